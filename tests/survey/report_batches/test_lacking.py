"""What counties of a visit lack before a report on them would be complete."""

from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.intake.models import AwaitedFile
from survey.issues.stepping import act
from survey.report_batches.lacking import read_lacks
from survey.report_batches.places import kinds_by
from survey.reports.queries import list_places
from survey.review.models import AnswerQuery
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit
from tests.issues import add_issue, verify_issue
from tests.recorder import Statements
from tests.survey.intake.interviews import FORM, FORM_ID

OTHER_COUNTY, OTHER_VILLAGE = "610728101201", "610727101202"


def test_lacks__of_each_county__are_told_in_order_from_interviews_to_issues(session: Session, statements: Statements) -> None:
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, OTHER_VILLAGE, OTHER_COUNTY), forms=[version])
    pair, coordinator = add_pair(session, visit), add_person(session, "coordinator", "coordinator")
    tasks = [add_assignment(session, pair, add_household(session, f"00{number}"), FORM_ID) for number in range(5)]
    for number, state in enumerate(("accepted", "accepted", "received", "returned")):
        add_submission(session, version, f"uuid:{number}", assignment=tasks[number], state=state)
    session.add(AwaitedFile(instance_id="uuid:0", name="a.jpg"))
    session.add(AnswerQuery(instance_id="uuid:1", node="/data/a", question="a", text="?", asked_by_id=coordinator.id, asked_at=NOW))
    told = {"rule": "no_water", "title": {}, "area": "water", "level": "household", "severity": "high", "evidence": {}, "raised_at": NOW}
    session.add(IssueCandidate(instance_id="uuid:0", visit_id=visit.id, village_code=VILLAGE, **told))
    add_issue(session, coordinator, NOW, visit_id=visit.id)
    issue = add_issue(session, coordinator, NOW, "另一问题", visit_id=visit.id)
    verify_issue(session, issue, coordinator, NOW)
    act(session, coordinator, issue, "verify", NOW, seen=issue.n_steps)
    session.flush()
    statements.reset()
    lacks = read_lacks(session, visit.id)
    assert len(statements) <= 12
    assert [(lack.code, lack.n) for lack in lacks["610727"]] == [
        ("no_interview", 1),
        ("villages_without", 1),
        ("not_visited", 1),
        ("to_review", 1),
        ("returned", 1),
        ("queries", 1),
        ("files", 1),
        ("candidates", 1),
        ("unverified", 1),
        ("incomplete", 1),
    ]
    assert [lack.code for lack in lacks["610728"]] == ["no_interview", "villages_without"]


def test_places__of_a_visit__are_its_counties_or_villages_with_accepted_interviews(session: Session) -> None:
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, OTHER_COUNTY), forms=[version])
    task = add_assignment(session, add_pair(session, visit), add_household(session, "001"), FORM_ID)
    add_submission(session, version, "uuid:1", assignment=task, state="accepted")
    assert [(place.code, place.n_accepted) for place in list_places(session, visit.id, "county")] == [
        ("610727000000", 1),
        ("610728000000", 0),
    ]
    assert [(place.code, place.n_accepted) for place in list_places(session, visit.id, "village")] == [(VILLAGE, 1), (OTHER_COUNTY, 0)]


def test_kinds__that_are_about_one_place_of_a_visit__are_offered_for_it() -> None:
    assert {"feedback", "county"} <= set(kinds_by("county"))
    assert kinds_by("village") == ("village",)
