"""What comes next on a visit: step after step while it is planned, whatever waits while it is open, what follows once closed."""

import pytest
from sqlalchemy.orm import Session

from survey.visits.models import Visit
from survey.visits.next_steps import next_steps
from survey.visits.page import TABS
from survey.visits.progress import Progress
from tests import builders
from tests.conftest import SignIn


def names(state: str, counts: tuple[int, int, int] = (1, 1, 1), total: Progress | None = None) -> list[str]:
    """The names of the next steps."""
    return [step.name for step in next_steps(state, *counts, total or Progress(n_assigned=5))]


@pytest.mark.parametrize(
    ("counts", "n_assigned", "expected"),
    [
        ((0, 0, 0), 0, "villages"),
        ((1, 0, 0), 0, "forms"),
        ((1, 1, 0), 0, "pairs"),
        ((1, 1, 1), 0, "assignments"),
        ((1, 0, 1), 5, "forms"),
        ((1, 1, 1), 5, "open"),
    ],
)
def test_planned_visit__lacking_something__names_the_first_that_it_lacks(
    counts: tuple[int, int, int], n_assigned: int, expected: str
) -> None:
    assert names("planned", counts, Progress(n_assigned=n_assigned)) == [expected]


def test_open_visit__with_work_waiting__names_all_of_it_with_counts() -> None:
    steps = next_steps("open", 1, 1, 1, Progress(n_assigned=9, n_open=4, n_unmet=1, n_waiting=2, n_returned=1))
    assert [(step.name, step.n) for step in steps] == [("review", 2), ("returned", 1), ("unmet", 3)]


def test_open_visit__with_everything_told__is_to_be_closed() -> None:
    assert names("open", total=Progress(n_assigned=3, n_open=1, n_unmet=1, n_accepted=2)) == ["close"]
    assert names("open", total=Progress()) == ["assignments"]


def test_closed_visit__whatever_its_counts__leads_to_reports_and_the_look_back() -> None:
    assert names("closed") == ["reports", "look_back"]


@pytest.fixture
def visit(session: Session) -> Visit:
    """A planned visit with a village, and nothing else."""
    made = builders.add_visit(session)
    made.state = "planned"
    session.commit()
    return made


def test_start_page__of_a_planned_visit__leads_its_coordinator_on_and_tells_a_reader_nothing(visit: Visit, sign_in: SignIn) -> None:
    page = sign_in("coordinator").get(f"/visits/{visit.id}").text
    assert "下一步" in page
    assert f'href="/visits/{visit.id}/forms">选定问卷' in page
    assert "选定问卷" not in sign_in("author").get(f"/visits/{visit.id}").text


@pytest.mark.parametrize("state", ["planned", "open", "closed"])
def test_parts__of_a_visit__mark_where_it_is(state: str, visit: Visit, session: Session, sign_in: SignIn) -> None:
    visit.state = state
    session.commit()
    page = sign_in("coordinator").get(f"/visits/{visit.id}").text
    label = dict(zip(("planned", "open", "closed"), ("计划", "实地", "成果"), strict=True))[state]
    assert f'{label} <span class="visually-hidden">' in page
    assert page.count("is-now") == 1
    assert len(TABS) == 3
