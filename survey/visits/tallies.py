"""The counts of progress of one village of one visit, so that they can be kept and counted anew village by village."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from survey.visits.parts import Part, Scope
from survey.visits.progress_queries import (
    Outcomes,
    count_assigned,
    count_awaited,
    count_checks,
    count_minutes,
    count_open,
    count_received,
    count_unmet,
)

Key = tuple[str, str]
"""A pair's id and a form's id; the pair is "" for interviews that came without an assignment."""
COUNTS = ("n_assigned", "n_open", "n_unmet", "n_waiting", "n_accepted", "n_returned", "n_flagged", "n_awaited")
"""What a list of counts holds, in this order: what `Progress` says of them."""
N_ASSIGNED, N_OPEN, N_UNMET, N_WAITING, N_ACCEPTED, N_RETURNED, N_FLAGGED, N_AWAITED = range(len(COUNTS))
_PLACES = {"received": N_WAITING, "accepted": N_ACCEPTED, "returned": N_RETURNED}


def _zeros() -> list[int]:
    return [0] * len(COUNTS)


@dataclass(slots=True)
class Tally:
    """The counts of one part, by pair and form where they are counted in detail. Whoever reads it must not change it.

    `met` are the leads' interviews; `signed` holds interviews, and how many of them carry a proven countersignature. `kinds` holds forms
    assigned, received of leads and accepted of leads by form and kind of household.
    """

    counts: defaultdict[Key, list[int]] = field(default_factory=lambda: defaultdict(_zeros))
    met: defaultdict[Key, int] = field(default_factory=lambda: defaultdict(int))
    outcomes: dict[Key, Outcomes] = field(default_factory=dict)
    kinds: defaultdict[Key, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0, 0]))
    minutes: dict[Key, Mapping[int, int]] = field(default_factory=dict)
    checks: dict[Key, Mapping[str, int]] = field(default_factory=dict)
    signed: defaultdict[Key, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))


def count_parts(session: Session, scope: Scope | None, *, in_detail: bool) -> dict[Part, Tally]:
    """The tally of every part in the scope that has anything to count; parts without are left out.

    In detail they are nine statements; otherwise five, and kinds, files, minutes, doubts and signatures are not counted.
    """
    found: defaultdict[Part, Tally] = defaultdict(Tally)
    for cell, n in count_assigned(session, scope, in_detail=in_detail).items():
        tally = found[cell.part]
        tally.counts[cell.pair_id, cell.form_id][N_ASSIGNED] += n
        tally.kinds[cell.form_id, cell.kind][0] += n
    for cell, n in count_open(session, scope, in_detail=in_detail).items():
        found[cell.part].counts[cell.pair_id, cell.form_id][N_OPEN] += n
    for cell, row in count_received(session, scope, in_detail=in_detail).items():
        tally = found[cell.part]
        counts, kinds = tally.counts[cell.pair_id, cell.form_id], tally.kinds[cell.form_id, cell.kind]
        for state, n in row.by_state.items():
            counts[_PLACES[state]] += n
        counts[N_FLAGGED] += row.n_flagged
        tally.met[cell.pair_id, cell.form_id] += row.n_lead
        kinds[1] += row.n_lead
        kinds[2] += row.n_lead_accepted
        signed = tally.signed[cell.pair_id, cell.form_id]
        signed[0] += sum(row.by_state.values())
        signed[1] += row.n_signed
    for cell, outcomes in count_unmet(session, scope).items():
        tally = found[cell.part]
        tally.counts[cell.pair_id, cell.form_id][N_UNMET] += sum(n for (_outcome, is_told), n in outcomes.items() if not is_told)
        tally.outcomes[cell.pair_id, cell.form_id] = outcomes
    if in_detail:
        _count_details(session, scope, found)
    return dict(found)


def _count_details(session: Session, scope: Scope | None, found: defaultdict[Part, Tally]) -> None:
    for cell, n in count_awaited(session, scope).items():
        found[cell.part].counts[cell.pair_id, cell.form_id][N_AWAITED] += n
    for cell, minutes in count_minutes(session, scope).items():
        found[cell.part].minutes[cell.pair_id, cell.form_id] = minutes
    for cell, checks in count_checks(session, scope).items():
        found[cell.part].checks[cell.pair_id, cell.form_id] = checks
