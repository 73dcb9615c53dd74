"""How far visits are: assigned, received, accepted, returned, flagged, not met; by village, pair, form and kind of respondent.

The figures are worked out once for each state of the data (`survey/kept.py`), with a number of statements that no size changes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields

from sqlalchemy.orm import Session

from survey.kept import kept
from survey.visits.measures import Measures, added, summarise_minutes
from survey.visits.models import Visit
from survey.visits.progress_queries import (
    ARCHIVE_FORM,
    HOUSEHOLD_FORM,
    Cell,
    Outcomes,
    Received,
    count_assigned,
    count_awaited,
    count_checks,
    count_minutes,
    count_open,
    count_received,
    count_replacements,
    count_signed,
    count_unmet,
    list_quotas,
)

NO_PAIR = ""
"""The key of interviews that came without an assignment."""
RESPONDENT_FORMS = {"cadre": "cadre", "village_cadre": "cadre", "work_team": "work_team"}
"""Forms that are not held with households, and the kind of respondent that they are held with."""
STATE_NAMES = {"received": "n_waiting", "accepted": "n_accepted", "returned": "n_returned"}


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of assignments and of the interviews that count (those replaced by an edit do not).

    `n_open` assignments have nothing received, for `n_unmet` of them it is recorded why; `n_waiting`, `n_accepted` and `n_returned` are
    interviews by review state, those without an assignment included; `n_flagged` of them carry a doubt. `n_awaited` files that they name
    are still to come.
    """

    n_assigned: int = 0
    n_open: int = 0
    n_unmet: int = 0
    n_waiting: int = 0
    n_accepted: int = 0
    n_returned: int = 0
    n_flagged: int = 0
    n_awaited: int = 0

    @property
    def n_received(self) -> int:
        """The interviews that count."""
        return self.n_waiting + self.n_accepted + self.n_returned

    @property
    def done_share(self) -> float:
        """The share of assignments that are answered and not returned, or settled without an interview; 0 without assignments."""
        left = self.n_open - self.n_unmet + self.n_returned
        return max(0.0, 1 - left / self.n_assigned) if self.n_assigned else 0.0

    def segments(self) -> tuple[tuple[str, float, float], ...]:
        """The parts of a bar 100 wide, as (state, where it begins, width): accepted, received, returned, not met; the rest is open."""
        whole = max(self.n_open + self.n_received, 1)
        parts, start = [], 0.0
        counts = (("accepted", self.n_accepted), ("received", self.n_waiting), ("returned", self.n_returned), ("unmet", self.n_unmet))
        for state, n in counts:
            parts.append((state, round(start, 2), round(100 * n / whole, 2)))
            start += 100 * n / whole
        return tuple(parts)


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the households that a pair, or anybody, went to: how many gave an interview, and how many each outcome stands for."""

    n_met: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_tried(self) -> int:
        """The households that somebody went to, as far as it is known."""
        return self.n_met + sum(self.outcomes.values())

    def share(self, *outcomes: str) -> float | None:
        """The share of these outcomes among the households tried; None while nobody was tried."""
        return sum(self.outcomes.get(name, 0) for name in outcomes) / self.n_tried if self.n_tried else None


@dataclass(frozen=True, slots=True)
class Quota:
    """One kind of respondent: how many are wanted (None for no quota), assigned, received and accepted."""

    kind: str
    n_wanted: int | None
    n_assigned: int
    n_received: int
    n_accepted: int

    @property
    def met_share(self) -> float | None:
        """The share of the quota that was received, at most 1; None without a quota."""
        return min(1.0, self.n_received / self.n_wanted) if self.n_wanted else None


@dataclass(frozen=True, slots=True)
class VisitProgress:
    """The progress of a visit as a whole and by village code, pair id and form id; `interview_form` is the one that quotas count."""

    total: Progress
    by_village: dict[str, Progress]
    by_pair: dict[str, Progress]
    by_form: dict[str, Progress]
    interview_form: str = ""
    quotas: tuple[Quota, ...] = ()
    kinds_by_village: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Interviews by village code and kind of respondent."""
    shares: Shares = field(default_factory=Shares)
    shares_by_pair: Mapping[str, Shares] = field(default_factory=dict)
    shares_by_village: Mapping[str, Shares] = field(default_factory=dict)
    measures: Measures = field(default_factory=Measures)
    measures_by_pair: Mapping[str, Measures] = field(default_factory=dict)
    n_drawn: int = 0
    n_replaced: int = 0

    @property
    def replaced_share(self) -> float | None:
        """The share of drawn households that a reserve came in for; None where nothing was drawn."""
        return self.n_replaced / self.n_drawn if self.n_drawn else None


def read_progress(session: Session, visit_id: str) -> VisitProgress:
    """The progress of one visit, as it was worked out for the present state of the data."""
    return kept(session, ("progress", visit_id), lambda: work_out_progress(session, visit_id))


def read_all_progress(session: Session) -> dict[str, Progress]:
    """The progress of every visit that has any, by visit id; flags and files are not counted here."""
    return kept(session, "progress", lambda: work_out_all_progress(session))


def work_out_all_progress(session: Session) -> dict[str, Progress]:
    """The progress of every visit from the rows; five statements."""
    cells = _progress_cells(
        count_assigned(session, None),
        count_open(session, None),
        count_received(session, None, in_detail=False),
        count_unmet(session, None),
        {},
    )
    return _sum_by(cells, lambda cell: cell.visit_id)


def work_out_progress(session: Session, visit_id: str) -> VisitProgress:
    """The progress of one visit from the rows; twelve statements."""
    visit = session.get_one(Visit, visit_id)
    assigned = count_assigned(session, visit_id)
    received = count_received(session, visit_id, in_detail=True)
    unmet = count_unmet(session, visit_id)
    cells = _progress_cells(assigned, count_open(session, visit_id), received, unmet, count_awaited(session, visit_id))
    form = interview_form({cell.form_id for cell in (*received, *assigned)})
    n_drawn, n_replaced = count_replacements(session, visit_id)

    def shares_by(part: Callable[[Cell], str]) -> dict[str, Shares]:
        return _shares(received, unmet, form, part)

    measures = _measures(session, visit, form)
    return VisitProgress(
        total=_sum(cells.values()),
        by_village=_sum_by(cells, lambda cell: cell.village_code),
        by_pair=_sum_by(cells, lambda cell: cell.pair_id),
        by_form=_sum_by(cells, lambda cell: cell.form_id),
        interview_form=form,
        quotas=_quotas(list_quotas(session, visit_id), assigned, received, form),
        kinds_by_village=_kinds_by_village(received, form),
        shares=shares_by(lambda _cell: "").get("", Shares()),
        shares_by_pair=shares_by(lambda cell: cell.pair_id),
        shares_by_village=shares_by(lambda cell: cell.village_code),
        measures=measures.pop("all"),
        measures_by_pair=measures,
        n_drawn=n_drawn,
        n_replaced=n_replaced,
    )


def interview_form(form_ids: Iterable[str]) -> str:
    """The form that households are interviewed with: "household" where it is used, else the first that is no archive check."""
    known = sorted(form_ids)
    others = [form_id for form_id in known if form_id != ARCHIVE_FORM and form_id not in RESPONDENT_FORMS]
    return HOUSEHOLD_FORM if HOUSEHOLD_FORM in known else next(iter(others), next(iter(known), ""))


def _progress_cells(
    assigned: Mapping[Cell, int],
    open_: Mapping[Cell, int],
    received: Mapping[Cell, Received],
    unmet: Mapping[Cell, Outcomes],
    awaited: Mapping[Cell, int],
) -> dict[Cell, Progress]:
    """The finest counts, kinds of households taken together."""
    counts: defaultdict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell, n in assigned.items():
        counts[cell.without_kind()]["n_assigned"] += n
    for cell, n in open_.items():
        counts[cell]["n_open"] += n
    for cell, row in received.items():
        whole = counts[cell.without_kind()]
        for state, n in row.by_state.items():
            whole[STATE_NAMES[state]] += n
        whole["n_flagged"] += row.n_flagged
    for cell, outcomes in unmet.items():
        counts[cell]["n_unmet"] += sum(n for (_outcome, is_told), n in outcomes.items() if not is_told)
    for cell, n in awaited.items():
        counts[cell]["n_awaited"] += n
    return {cell: Progress(**row) for cell, row in counts.items()}


def _shares(received: Mapping[Cell, Received], unmet: Mapping[Cell, Outcomes], form: str, part: Callable[[Cell], str]) -> dict[str, Shares]:
    """Households met and not met by what `part` gives of each cell; only the interview form counts, so that each counts once."""
    met: defaultdict[str, int] = defaultdict(int)
    outcomes: defaultdict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for cell, row in received.items():
        if cell.form_id == form:
            met[part(cell)] += row.n_lead
    for cell, counts in unmet.items():
        for (outcome, is_told), n in counts.items() if cell.form_id == form else ():
            outcomes[part(cell)][outcome] += n
            met[part(cell)] -= n if is_told else 0
    return {key: Shares(max(0, met[key]), dict(outcomes.get(key, {}))) for key in (*met, *(key for key in outcomes if key not in met))}


def _kind_of(cell: Cell, form: str) -> str | None:
    """The kind of respondent that a cell counts, None when it is none that quotas know."""
    return RESPONDENT_FORMS.get(cell.form_id) or (cell.kind if cell.form_id == form and cell.kind else None)


def _quotas(wanted: Mapping[str, int], assigned: Mapping[Cell, int], received: Mapping[Cell, Received], form: str) -> tuple[Quota, ...]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for cell, n in assigned.items():
        if kind := _kind_of(cell, form):
            counts[kind][0] += n
    for cell, row in received.items():
        if kind := _kind_of(cell, form):
            counts[kind][1] += row.n_lead
            counts[kind][2] += row.n_lead_accepted
    order = ("registered", "lifted_out", "marginal", "ordinary", "cadre", "work_team")
    return tuple(Quota(kind, wanted.get(kind), *counts[kind]) for kind in order if kind in wanted or kind in counts)


def _kinds_by_village(received: Mapping[Cell, Received], form: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for cell, row in received.items():
        if kind := _kind_of(cell, form):
            village = found.setdefault(cell.village_code, {})
            village[kind] = village.get(kind, 0) + row.n_lead
    return found


def _measures(session: Session, visit: Visit, form: str) -> dict[str, Measures]:
    """The measures by pair id, and of all under "all"."""
    minutes = count_minutes(session, visit.id, form)
    checks = count_checks(session, visit.id)
    signing = count_signed(session, visit.id) if visit.records == "paired" else {}
    found = {
        pair_id: Measures(summarise_minutes(minutes.get(pair_id, {})), *signing.get(pair_id, (0, 0)), checks.get(pair_id, {}))
        for pair_id in sorted({*minutes, *checks, *signing})
    }
    every: dict[str, int] = {}
    for of_pair in checks.values():
        for check, n in of_pair.items():
            every[check] = every.get(check, 0) + n
    n_to_sign, n_signed = (sum(row[place] for row in signing.values()) for place in (0, 1))
    return {**found, "all": Measures(summarise_minutes(added(minutes.values())), n_to_sign, n_signed, every)}


def _sum_by(cells: Mapping[Cell, Progress], part: Callable[[Cell], str]) -> dict[str, Progress]:
    groups: defaultdict[str, list[Progress]] = defaultdict(list)
    for cell, progress in cells.items():
        groups[part(cell)].append(progress)
    return {name: _sum(group) for name, group in groups.items()}


def _sum(cells: Iterable[Progress]) -> Progress:
    rows = list(cells)
    return Progress(**{item.name: sum(getattr(row, item.name) for row in rows) for item in fields(Progress)})
