"""The table of the sample in a bundle: a row for each household that a visit drew or assigned, with probabilities and what came of it.

Visits with an opened draw that counts have the probabilities of the draw, and so has a look-back on them, because it goes to the
households that were drawn then. In others nothing was left to chance: households of a village taken whole (census) have probability 1,
all others none.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, undefer

from survey.bundles.queries import Scope
from survey.draws.algorithm import divide, village_strata
from survey.draws.design import read_design
from survey.draws.frame import read_line
from survey.draws.models import Draw, DrawReplacement, DrawUnit, DrawVillage, DrawVillageReplacement
from survey.draws.sample import SampleUnit, SampleVillage, sample_of, villages_of
from survey.intake.models import Submission
from survey.outcomes.queries import standing_outcomes
from survey.places import codes
from survey.places.models import Household
from survey.visits.ledger import ARCHIVE_FORM
from survey.visits.models import Assignment, Visit, VisitVillage

SAMPLE = (
    ("visit_id", "text"),
    ("household_id", "text"),
    ("village_code", "text"),
    ("county_code", "text"),
    ("basis", "category"),
    ("village_stratum", "text"),
    ("household_stratum", "text"),
    ("inclusion_village", "decimal"),
    ("inclusion_household", "decimal"),
    ("n_villages_frame", "integer"),
    ("n_villages_drawn", "integer"),
    ("n_households_frame", "integer"),
    ("n_households_drawn", "integer"),
    ("state", "category"),
    ("outcome", "category"),
)
INTERVIEWED, NOTHING = "interviewed", "no_interview"

Row = Mapping[str, Any]


def stream_sample(session: Session, scope: Scope) -> Iterator[Row]:
    """The rows of the table, visit by visit, by village, stratum and household."""
    statement = select(Visit.id).order_by(Visit.id)
    for visit_id in session.scalars(statement.where(Visit.id.in_(scope.visits)) if scope.visits else statement).all():
        made = _draw_behind(session, visit_id)
        outcomes = _outcomes(session, visit_id)
        if made is None:
            rows = _assigned(session, visit_id, outcomes)
        elif made.visit_id == visit_id:
            rows = _drawn(session, made, outcomes)
        else:
            rows = _inherited(session, visit_id, made, outcomes)
        yield from sorted(rows, key=lambda row: (row["village_code"], row["household_stratum"], row["household_id"] or ""))


def _draw_behind(session: Session, visit_id: str) -> Draw | None:
    """The opened draw that the households of the visit come from: its own, else that of the visit it looks back on, and so on."""
    earlier: str | None = visit_id
    seen: set[str] = set()
    while earlier is not None and earlier not in seen:
        seen.add(earlier)
        statement = select(Draw).where(Draw.visit_id == earlier, Draw.voided_at.is_(None), Draw.opening.has())
        made = session.scalar(statement.options(undefer(Draw.frame_villages)))
        if made is not None:
            return made
        earlier = session.scalar(select(Visit.look_back_of_id).where(Visit.id == earlier))
    return None


def _inherited(session: Session, visit_id: str, made: Draw, outcomes: Mapping[str, str]) -> Iterator[Row]:
    """The sample of an earlier draw as a look-back finds it: the same places and probabilities, with what came of them this time.

    Where the look-back leaves out a village that was drawn, somebody chose among those of its stratum: their villages have no probability
    any more, the households in them keep theirs. What the look-back visits beside the sample was assigned.
    """
    visited = set(session.scalars(select(VisitVillage.village_code).where(VisitVillage.visit_id == visit_id)))
    drawn = list(_drawn(session, made, outcomes))
    chosen = {row["village_stratum"] for row in drawn if row["village_code"] not in visited and row["state"] != "stood_in_for"}
    for row in drawn:
        if row["village_code"] in visited:
            left = {"inclusion_village": None} if row["village_stratum"] in chosen else {}
            yield {**row, "visit_id": visit_id, **left}
    places = {row["village_code"] for row in drawn}
    yield from (row for row in _assigned(session, visit_id, outcomes) if row["village_code"] not in places)


def _outcomes(session: Session, visit_id: str) -> dict[str, str]:
    """By household of the visit: that an accepted interview is there, or what stood in its way. A file that was read is no interview."""
    outcomes: dict[str, str] = {}
    conditions = _to_be_interviewed(visit_id)
    standing = standing_outcomes(session, *conditions)
    for assignment_id, household_id in session.execute(select(Assignment.id, Assignment.household_id).where(*conditions)):
        if assignment_id in standing and household_id:
            outcomes[household_id] = standing[assignment_id].outcome
    accepted = select(Submission.household_id).where(
        Submission.visit_id == visit_id,
        Submission.review_state == "accepted",
        Submission.form_id != ARCHIVE_FORM,
        Submission.household_id.is_not(None),
    )
    return {**outcomes, **{household_id: INTERVIEWED for household_id in session.scalars(accepted) if household_id}}


def _to_be_interviewed(visit_id: str) -> tuple[ColumnElement[bool], ...]:
    """The conditions of the visit's assignments of an interview with a household."""
    return Assignment.visit_id == visit_id, Assignment.form_id != ARCHIVE_FORM, Assignment.household_id.is_not(None)


def _drawn(session: Session, made: Draw, outcomes: Mapping[str, str]) -> Iterator[Row]:
    design = read_design(made.design)
    villages = villages_of(
        session.scalars(select(DrawVillage).where(DrawVillage.draw_id == made.id).options(undefer(DrawVillage.lines))).all(),
        session.scalars(select(DrawVillageReplacement).where(DrawVillageReplacement.draw_id == made.id)).all(),
    )
    in_place = {each.row.village_code: each for each in villages if each.state != "reserve"}
    units = sample_of(
        session.scalars(select(DrawUnit).where(DrawUnit.draw_id == made.id)).all(),
        session.scalars(select(DrawReplacement).where(DrawReplacement.draw_id == made.id)).all(),
        in_place,
    )
    counted = [each for each in units if each.state in ("drawn", "taken", "replaced")]
    strata = village_strata(design.villages, [(code, n) for code, n, _hash in made.frame_villages])
    n_drawn = Counter(each.row.stratum for each in villages if each.row.role == "drawn")
    n_units = Counter((each.unit.village_code, each.unit.stratum) for each in counted if each.unit.role == "drawn")
    sizes = {
        (code, cell.stratum): len(cell.numbers)
        for code, village in in_place.items()
        for kind in divide(design.households, code, [read_line(line) for line in village.row.lines]).kinds
        for cell in kind.cells
    }
    for each in counted:
        village, place = in_place[each.unit.village_code], (each.unit.village_code, each.unit.stratum)
        yield {
            "visit_id": made.visit_id,
            "household_id": each.unit.household_id,
            "village_code": each.unit.village_code,
            "county_code": codes.county_of(each.unit.village_code),
            "basis": made.basis,
            "village_stratum": village.row.stratum,
            "household_stratum": each.unit.stratum,
            "inclusion_village": _number(village.row.inclusion),
            "inclusion_household": _number(each.unit.inclusion_household),
            "n_villages_frame": len(strata.get(village.row.stratum, ())),
            "n_villages_drawn": n_drawn[village.row.stratum],
            "n_households_frame": sizes.get(place, village.row.n_households),
            "n_households_drawn": n_units[place],
            "state": _state(each, village),
            "outcome": _outcome(each, outcomes),
        }


def _state(unit: SampleUnit, village: SampleVillage) -> str:
    """Whether it is in the sample ("drawn", or "taken" as a reserve), or was given up, with a stand-in or without ("replaced")."""
    if village.left_by is not None:
        return "stood_in_for" if village.left_by.reserve_code else "replaced"
    if unit.left_by is not None:
        return "stood_in_for" if unit.left_by.reserve_id else "replaced"
    return unit.state


def _outcome(unit: SampleUnit, outcomes: Mapping[str, str]) -> str:
    found = outcomes.get(unit.unit.household_id or "")
    if found == INTERVIEWED or unit.left_by is None:
        return found or NOTHING
    return unit.left_by.reason


def _assigned(session: Session, visit_id: str, outcomes: Mapping[str, str]) -> Iterator[Row]:
    whole = select(VisitVillage.village_code).where(VisitVillage.visit_id == visit_id, VisitVillage.basis == "census")
    wholes = sorted(session.scalars(whole))
    assigned = select(Assignment.household_id, Assignment.village_code).where(*_to_be_interviewed(visit_id))
    places: dict[str, str] = {household_id: code for household_id, code in session.execute(assigned) if household_id}
    asked = set(places)
    if wholes:
        roster = select(Household.id, Household.village_code).where(Household.village_code.in_(wholes))
        places.update({household_id: code for household_id, code in session.execute(roster)})
    n_villages = _villages_with_households(session, {codes.county_of(code) for code in wholes})
    n_whole = Counter(codes.county_of(code) for code in wholes)
    n_households = Counter(places.values())
    for household_id, code in places.items():
        county, is_whole = codes.county_of(code), code in wholes
        is_whole_county = is_whole and n_whole[county] >= n_villages[county]
        yield {
            "visit_id": visit_id,
            "household_id": household_id,
            "village_code": code,
            "county_code": county,
            "basis": "census" if is_whole else "purposive",
            "village_stratum": county,
            "household_stratum": "all",
            "inclusion_village": 1.0 if is_whole_county else None,
            "inclusion_household": 1.0 if is_whole else None,
            "n_villages_frame": n_villages[county] if is_whole else None,
            "n_villages_drawn": n_whole[county] if is_whole else None,
            "n_households_frame": n_households[code] if is_whole else None,
            "n_households_drawn": n_households[code] if is_whole else None,
            "state": "assigned" if household_id in asked else "not_assigned",
            "outcome": outcomes.get(household_id, NOTHING),
        }


def _villages_with_households(session: Session, counties: Sequence[str] | set[str]) -> dict[str, int]:
    """How many villages of each county have households on the roster."""
    numbers: dict[str, int] = defaultdict(int)
    if not counties:
        return numbers
    county = func.substr(Household.village_code, 1, 6)
    statement = select(county, func.count(Household.village_code.distinct())).where(county.in_(sorted(counties))).group_by(county)
    numbers.update({code: n for code, n in session.execute(statement)})
    return numbers


def _number(fraction: str | None) -> float | None:
    return None if fraction is None else float(Fraction(fraction))
