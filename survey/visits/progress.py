"""How far visits are: assigned, received, accepted, returned, flagged, not met; by village, pair, form and kind of respondent.

The counts are kept village by village (`survey/kept.py`), and after other events only those villages are counted anew that they touched
(`parts.py`), with a number of statements that no size changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from sqlalchemy.orm import Session

from survey.kept import kept, kept_parts
from survey.visits.measures import Measures, added, summarise_minutes
from survey.visits.models import RESPONDENT_KINDS, Visit
from survey.visits.parts import Part, Scope, touched_since
from survey.visits.progress_queries import ARCHIVE_FORM, HOUSEHOLD_FORM, count_replacements, list_quotas
from survey.visits.tallies import COUNTS, Key, Tally, count_parts

ALL = "all"
"""The key of measures over all pairs."""
RESPONDENT_FORMS = {"cadre": "cadre", "village_cadre": "cadre", "work_team": "work_team"}
"""Forms that are not held with households, and the kind of respondent that they are held with."""


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
    """The progress of one visit in the present state of the data; what no event has touched since the last time is not counted again."""
    return kept(session, ("progress", visit_id), lambda: _assemble(session, visit_id, _tallies_of(session, visit_id)))


def read_all_progress(session: Session) -> dict[str, Progress]:
    """The progress of every visit that has any, by visit id; flags and files are not counted here."""

    def count(scope: Scope | None) -> dict[Part, Tally]:
        return count_parts(session, scope, in_detail=False)

    return kept(session, "progress", lambda: _sum_by_visit(kept_parts(session, "tallies", touched_since, count)))


def work_out_all_progress(session: Session) -> dict[str, Progress]:
    """The progress of every visit from the rows; five statements."""
    return _sum_by_visit(count_parts(session, None, in_detail=False))


def work_out_progress(session: Session, visit_id: str) -> VisitProgress:
    """The progress of one visit from the rows; eleven statements, and one for the visit."""
    return _assemble(session, visit_id, count_parts(session, Scope(visits=frozenset((visit_id,))), in_detail=True))


def _tallies_of(session: Session, visit_id: str) -> Mapping[Part, Tally]:
    whole = Scope(visits=frozenset((visit_id,)))

    def touched(session: Session, number: int, digest: str) -> Scope | None:
        found = touched_since(session, number, digest)
        return found.within(visit_id) if found is not None else None

    def count(scope: Scope | None) -> dict[Part, Tally]:
        return count_parts(session, whole if scope is None else scope, in_detail=True)

    return kept_parts(session, ("tallies", visit_id), touched, count)


def _assemble(session: Session, visit_id: str, tallies: Mapping[Part, Tally]) -> VisitProgress:
    visit = session.get_one(Visit, visit_id)
    form = interview_form({form_id for tally in tallies.values() for _pair, form_id in tally.counts})
    n_drawn, n_replaced = count_replacements(session, visit_id)
    sums, shares = _Sums(), _Shares()
    for (_visit, village_code), tally in sorted(tallies.items(), key=itemgetter(0)):
        for (pair_id, form_id), counts in tally.counts.items():
            sums.add(counts, ("all", ""), ("village", village_code), ("pair", pair_id), ("form", form_id))
        for key in tally.met.keys() | tally.outcomes.keys():
            if key[1] == form:
                shares.add(tally, key, ("all", ""), ("village", village_code), ("pair", key[0]))
    measures = _measures(tallies.values(), form, is_signed=visit.records == "paired")
    return VisitProgress(
        total=sums.of("all").get("", Progress()),
        by_village=sums.of("village"),
        by_pair=sums.of("pair"),
        by_form=sums.of("form"),
        interview_form=form,
        quotas=_quotas(list_quotas(session, visit_id), tallies.values(), form),
        kinds_by_village=_kinds_by_village(tallies, form),
        shares=shares.of("all").get("", Shares()),
        shares_by_pair=shares.of("pair"),
        shares_by_village=shares.of("village"),
        measures=measures.pop(ALL),
        measures_by_pair=measures,
        n_drawn=n_drawn,
        n_replaced=n_replaced,
    )


def interview_form(form_ids: Iterable[str]) -> str:
    """The form that households are interviewed with: "household" where it is used, else the first that is no archive check."""
    known = sorted(form_ids)
    others = [form_id for form_id in known if form_id != ARCHIVE_FORM and form_id not in RESPONDENT_FORMS]
    return HOUSEHOLD_FORM if HOUSEHOLD_FORM in known else next(iter(others), next(iter(known), ""))


Group = tuple[str, str]
"""What is summed up: a kind of group, and which one."""


class _Sums:
    """Counts added up by group."""

    def __init__(self) -> None:
        self.found: defaultdict[Group, list[int]] = defaultdict(lambda: [0] * len(COUNTS))

    def add(self, counts: Sequence[int], *groups: Group) -> None:
        """Add one list of counts to these groups."""
        for group in groups:
            sums = self.found[group]
            for place, n in enumerate(counts):
                sums[place] += n

    def of(self, kind: str) -> dict[str, Progress]:
        """The sums of one kind of group."""
        return {name: Progress(**dict(zip(COUNTS, sums, strict=True))) for (found, name), sums in self.found.items() if found == kind}


class _Shares:
    """Households met and not met by group; only the interview form is added, so that each counts once."""

    def __init__(self) -> None:
        self.met: defaultdict[Group, int] = defaultdict(int)
        self.outcomes: defaultdict[Group, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, tally: Tally, key: Key, *groups: Group) -> None:
        """Add what a tally has of one pair and form."""
        outcomes = tally.outcomes.get(key, {})
        n_met = tally.met.get(key, 0) - sum(n for (_outcome, is_told), n in outcomes.items() if is_told)
        for group in groups:
            self.met[group] += n_met
            for (outcome, _is_told), n in outcomes.items():
                self.outcomes[group][outcome] += n

    def of(self, kind: str) -> dict[str, Shares]:
        """The shares of one kind of group."""
        return {
            name: Shares(max(0, n), dict(self.outcomes.get((found, name), {}))) for (found, name), n in self.met.items() if found == kind
        }


def _kind_of(form_id: str, kind: str, form: str) -> str | None:
    """The kind of respondent that a form and a kind of household are, None when it is none that quotas know."""
    return RESPONDENT_FORMS.get(form_id) or (kind if form_id == form and kind else None)


def _quotas(wanted: Mapping[str, int], tallies: Iterable[Tally], form: str) -> tuple[Quota, ...]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for tally in tallies:
        for (form_id, kind), numbers in tally.kinds.items():
            if respondent := _kind_of(form_id, kind, form):
                counts[respondent] = [one + other for one, other in zip(counts[respondent], numbers, strict=True)]
    return tuple(Quota(kind, wanted.get(kind), *counts[kind]) for kind in RESPONDENT_KINDS if kind in wanted or kind in counts)


def _kinds_by_village(tallies: Mapping[Part, Tally], form: str) -> dict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for (_visit, village_code), tally in tallies.items():
        for (form_id, kind), (_n_assigned, n_received, _n_accepted) in tally.kinds.items():
            respondent = _kind_of(form_id, kind, form)
            if respondent and n_received:
                village = found[village_code]
                village[respondent] = village.get(respondent, 0) + n_received
    return dict(found)


def _measures(tallies: Iterable[Tally], form: str, *, is_signed: bool) -> dict[str, Measures]:
    """The measures by pair id, and of all under `ALL`; minutes are those of the interview form."""
    minutes: defaultdict[str, list[Mapping[int, int]]] = defaultdict(list)
    checks: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    signing: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tally in tallies:
        for (pair_id, form_id), counts in tally.minutes.items():
            if form_id == form:
                minutes[pair_id].append(counts)
                minutes[ALL].append(counts)
        for (pair_id, _form), found in tally.checks.items():
            for check, n in found.items():
                checks[pair_id][check] += n
                checks[ALL][check] += n
        for (pair_id, _form), (n_interviews, n_signed) in tally.signed.items() if is_signed else ():
            for key in (pair_id, ALL):
                signing[key][0] += n_interviews
                signing[key][1] += n_signed
    return {
        key: Measures(summarise_minutes(added(minutes.get(key, ()))), signing[key][0], signing[key][1], dict(checks.get(key, {})))
        for key in sorted({*minutes, *checks, *signing, ALL})
    }


def _sum_by_visit(tallies: Mapping[Part, Tally]) -> dict[str, Progress]:
    sums = _Sums()
    for (visit_id, _village), tally in tallies.items():
        for counts in tally.counts.values():
            sums.add(counts, ("visit", visit_id))
    return sums.of("visit")
