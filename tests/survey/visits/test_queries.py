"""What a pair is to do: order, states, forms, and a fixed number of statements."""

from datetime import date

from sqlalchemy.orm import Session

from survey.visits.queries import list_assignments_of
from tests import builders
from tests.recorder import Statements


def test_list_assignments_of__several_days__comes_in_the_order_of_the_walk(session: Session) -> None:
    visit = builders.add_visit(session, village_codes=[builders.VILLAGE, "610727101202"], forms=[builders.add_form(session)])
    pair = builders.add_pair(session, visit)
    days = {"010": date(2018, 4, 18), "9": date(2018, 4, 18), "1": None, "002": date(2018, 4, 17)}
    for number, day in days.items():
        builders.add_assignment(session, pair, builders.add_household(session, number)).planned_on = day
    session.flush()

    rows = list_assignments_of(session, pair.second_id)

    assert [row.number for row in rows] == ["002", "9", "010", "1"]
    assert {(row.form_title, row.form_version, row.state) for row in rows} == {("测试问卷", "2018.1", "open")}


def test_list_assignments_of__household_and_its_file__hears_the_household_first(session: Session) -> None:
    pair = builders.add_pair(session, builders.add_visit(session))
    household = builders.add_household(session)
    for form_id in ("archive_check", "household", "look_back"):
        builders.add_assignment(session, pair, household, form_id)

    assert [row.form_id for row in list_assignments_of(session, pair.lead_id)] == ["household", "look_back", "archive_check"]


def test_list_assignments_of__with_an_edited_submission__tells_the_newest_that_counts(session: Session) -> None:
    version = builders.add_form(session)
    pair = builders.add_pair(session, builders.add_visit(session, forms=[version]))
    row = builders.add_assignment(session, pair, builders.add_household(session))
    builders.add_submission(session, version, "uuid:1", assignment=row, state="replaced")
    builders.add_submission(session, version, "uuid:2", assignment=row, state="returned").review_reason = "补签名"
    session.flush()

    found = list_assignments_of(session, pair.lead_id)[0]

    assert (found.state, found.instance_id, found.review_reason) == ("returned", "uuid:2", "补签名")


def test_list_assignments_of__visits_not_open_and_other_pairs__are_left_out(session: Session) -> None:
    version = builders.add_form(session)
    for visit_id, state in (("a", "planned"), ("b", "closed")):
        visit = builders.add_visit(session, visit_id, forms=[version])
        visit.state = state
        builders.add_assignment(session, builders.add_pair(session, visit), builders.add_household(session, visit_id))
    other = builders.add_pair(session, builders.add_visit(session, "c", forms=[version]), lead="lead2", second="second2")
    builders.add_assignment(session, other, builders.add_household(session, "c"))

    assert list_assignments_of(session, builders.find_or_add_person(session, "lead1").id) == ()
    assert len(list_assignments_of(session, other.lead_id)) == 1


def test_list_assignments_of__many_households__sends_three_statements(session: Session, statements: Statements) -> None:
    version = builders.add_form(session)
    pair = builders.add_pair(session, builders.add_visit(session, forms=[version]))
    for number in range(40):
        builders.add_assignment(session, pair, builders.add_household(session, str(number)))
    statements.reset()

    assert len(list_assignments_of(session, pair.lead_id)) == 40
    assert len(statements) == 3
