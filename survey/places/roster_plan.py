"""What importing a roster would do now: its villages found, its rows compared with the stored households. Reads, never writes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from survey.places.models import Household, Region
from survey.places.roster import Roster, RosterRow
from survey.places.roster_compare import RosterComparison, compare_roster, resolve_villages, without_lost_zeros
from survey.places.sheet_layout import SheetProblem, in_order
from survey.protection.erased import read_erased


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a household that an import would change."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """The resolved roster, its comparison, and the stored households and villages that it touches."""

    roster: Roster
    comparison: RosterComparison
    stored: dict[tuple[str, str], Household]
    village_names: dict[str, str]

    def changes_of(self, row: RosterRow, fields: tuple[str, ...]) -> tuple[Change, ...]:
        """What would change of the household that the row describes."""
        household = self.stored[(row.village_code, row.number)]
        return tuple(Change(name, getattr(household, name), getattr(row, name)) for name in fields)

    def by_village(self) -> tuple[tuple[str, str, dict[str, int]], ...]:
        """Per village of the file: code, name, and how many rows are "new", "changed" and "unchanged"."""
        changed = [row for row, _ in self.comparison.changed]
        groups = {"new": self.comparison.new, "changed": changed, "unchanged": self.comparison.unchanged}
        counts = {name: Counter(row.village_code for row in rows) for name, rows in groups.items()}
        village_codes = sorted(set().union(*counts.values()))
        return tuple((code, self.village_names[code], {name: counts[name][code] for name in counts}) for code in village_codes)


def known_villages(session: Session) -> dict[str, tuple[str, str]]:
    """Every village by its code: (its name, its township's name)."""
    parent = aliased(Region)
    villages = select(Region.code, Region.name, parent.name).outerjoin(parent, parent.code == Region.parent_code)
    return {code: (name, above or "") for code, name, above in session.execute(villages.where(Region.level == "village"))}


def stored_households(session: Session, village_codes: Iterable[str]) -> dict[tuple[str, str], Household]:
    """The households of these villages by (village code, number)."""
    households = session.scalars(select(Household).where(Household.village_code.in_(sorted(village_codes))))
    return {(household.village_code, household.number): household for household in households}


def plan_roster(session: Session, roster: Roster) -> RosterPlan:
    """The plan of importing `roster`; a fixed number of statements."""
    known = known_villages(session)
    resolved = resolve_villages(roster, known)
    village_codes = {row.village_code for row in resolved.rows}
    stored = stored_households(session, village_codes)
    resolved = _without_erased(session, without_lost_zeros(resolved, stored), stored)
    comparison = compare_roster(resolved.rows, stored)
    return RosterPlan(resolved, comparison, stored, {code: known[code][0] for code in sorted(village_codes)})


def _without_erased(session: Session, roster: Roster, stored: dict[tuple[str, str], Household]) -> Roster:
    """The roster with a problem in place of every row that would bring back somebody whose data were erased."""
    erased = read_erased(session, {row.village_code for row in roster.rows})
    kept, problems = [], []
    for row in roster.rows:
        household = stored.get((row.village_code, row.number))
        if erased.has(row.village_code, row.head_name, household.id if household else None):
            problems.append(SheetProblem(row.row, roster.headings.get("head_name", ""), row.head_name, "erased", sheet=row.sheet))
        else:
            kept.append(row)
    return replace(roster, rows=tuple(kept), problems=in_order([*roster.problems, *problems])) if problems else roster
