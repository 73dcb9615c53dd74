"""Which of the first steps are done, told by what there is. Pure."""

from dataclasses import dataclass

STEPS = ("organisation", "places", "people", "visit")
"""The steps in their order; each has a page of its name."""
PAIR = 2
"""So many interviewers make the first pair."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What an installation has so far; `visit_id` is its first visit with assignments, or else its first visit, or ""."""

    organisation: str
    is_put_aside: bool
    n_villages: int
    n_households: int
    n_interviewers: int
    visit_id: str
    visit_title: str
    visit_state: str
    n_assignments: int
    n_devices: int
    n_received: int

    def is_done(self, step: str) -> bool:
        """Whether nothing is left to do of the step."""
        return {
            "organisation": bool(self.organisation),
            "places": self.n_households > 0,
            "people": self.n_interviewers >= PAIR,
            "visit": self.n_assignments > 0,
        }[step]

    @property
    def n_done(self) -> int:
        """How many steps are done."""
        return sum(self.is_done(step) for step in STEPS)

    @property
    def next_step(self) -> str:
        """The first step that is not done; "next" when all are."""
        return next((step for step in STEPS if not self.is_done(step)), "next")

    @property
    def is_over(self) -> bool:
        """Whether nobody is led any more: everything is done, or somebody said that they need it not."""
        return self.is_put_aside or self.n_done == len(STEPS)
