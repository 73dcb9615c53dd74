"""What comes next on a visit, from its state and its counts: pure rules in the order of the work."""

from dataclasses import dataclass

from survey.visits.progress import Progress


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do: the name of its words (`NEXT_STEP_LABELS`), the view where it is done, and how many there are (0: not counted).

    `values` stand in the address beside the visit, which is called `visit_as` there.
    """

    name: str
    endpoint: str
    n: int = 0
    visit_as: str = "visit_id"
    values: tuple[tuple[str, str], ...] = ()


PLANNING = (
    NextStep("villages", "visit_plan.villages"),
    NextStep("forms", "visit_plan.forms"),
    NextStep("pairs", "visit_plan.pairs"),
    NextStep("assignments", "visit_assignments.choose"),
)
"""What a visit needs before it is opened, in the order in which it is made."""
OPEN = NextStep("open", "visits.change_state", values=(("state", "open"),))
CLOSE = NextStep("close", "visits.change_state", values=(("state", "closed"),))
AFTERWARDS = (NextStep("reports", "report_batches.visit"), NextStep("look_back", "look_back_plan.plan"))


def next_steps(state: str, n_villages: int, n_forms: int, n_pairs: int, total: Progress) -> tuple[NextStep, ...]:
    """What a coordinator does next, the first first: one step while planning, in the field whatever waits, then what follows."""
    if state == "planned":
        counts = (n_villages, n_forms, n_pairs, total.n_assigned)
        missing = [step for step, n in zip(PLANNING, counts, strict=True) if not n]
        return (missing[0],) if missing else (OPEN,)
    if state == "closed":
        return AFTERWARDS
    waiting = (
        NextStep("review", "review.index", total.n_waiting, "visit", (("state", "received"),)),
        NextStep("returned", "review.index", total.n_returned, "visit", (("state", "returned"),)),
        NextStep("unmet", "outcomes.index", total.n_open - total.n_unmet),
    )
    return tuple(step for step in waiting if step.n > 0) or (CLOSE if total.n_assigned else PLANNING[-1],)
