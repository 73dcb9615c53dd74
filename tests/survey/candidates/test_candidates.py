"""Issue candidates: grouped by rule and county over accepted interviews, each with evidence and a way back to its interview."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.candidates.queries import CandidateFilter, count_waiting, group_candidates, list_candidates, list_counties, list_visits
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission
from survey.visits.models import Pair
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.recorder import Statements
from tests.survey.intake.interviews import FORM, FORM_ID

SECOND_VILLAGE, OTHER_COUNTY = "610727101202", "610728101201"


def add_interview(
    session: Session, version: QuestionnaireVersion, pair: Pair, name: str, village: str, state: str = "accepted", *, is_hit: bool = True
) -> Submission:
    """An interview at a household of its own; with `is_hit` its water is unsafe."""
    assignment = add_assignment(session, pair, add_household(session, name, village_code=village), FORM_ID)
    submission = add_submission(session, version, f"uuid:{name}", assignment=assignment, state=state)
    if is_hit:
        add_candidate(session, submission)
    return submission


def add_candidate(session: Session, submission: Submission) -> None:
    """What the rule on water finds in the interview."""
    session.add(
        IssueCandidate(
            rule="water",
            title={"zh": "饮水不安全", "en": "Unsafe water"},
            area="water",
            level="village",
            severity="high",
            instance_id=submission.instance_id,
            visit_id=submission.visit_id,
            village_code=submission.village_code,
            household_id=submission.household_id,
            evidence={"water_problem": "浑浊", "age": [40, 12]},
            raised_at=NOW,
        )
    )
    session.flush()


@pytest.fixture
def pair(session: Session) -> Pair:
    """Five accepted interviews in two villages of one county and one of another, three of them with unsafe water; one more waits."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, SECOND_VILLAGE, OTHER_COUNTY), forms=[version])
    pair = add_pair(session, visit)
    add_interview(session, version, pair, "1", VILLAGE)
    add_interview(session, version, pair, "2", VILLAGE)
    add_interview(session, version, pair, "3", SECOND_VILLAGE, is_hit=False)
    add_interview(session, version, pair, "4", SECOND_VILLAGE, is_hit=False)
    add_interview(session, version, pair, "5", OTHER_COUNTY)
    add_interview(session, version, pair, "6", OTHER_COUNTY, "received")
    add_interview(session, version, pair, "7", OTHER_COUNTY, "returned")
    session.commit()
    return pair


def test_group_candidates__accepted_interviews__are_affected_of_asked(session: Session, pair: Pair) -> None:
    groups = group_candidates(session, CandidateFilter())
    found = [
        (group.county_code, group.n_households, group.n_households_asked, group.n_villages, group.n_villages_asked) for group in groups
    ]
    assert found == [("610728", 1, 1, 1, 1), ("610727", 2, 4, 1, 2)]
    assert groups[1].household_share == 0.5
    assert groups[1].title == {"zh": "饮水不安全", "en": "Unsafe water"}
    assert groups[1].county_name == "county 610727"


def test_group_candidates__household_asked_twice__counts_once(session: Session, pair: Pair) -> None:
    first = session.get_one(Submission, "uuid:1")
    again = add_submission(session, first.questionnaire, "uuid:again", assignment=first.assignment, state="accepted")
    add_candidate(session, again)
    [group] = group_candidates(session, CandidateFilter(county="610727"))
    assert (group.n_households, group.n_households_asked) == (2, 4)


def test_group_candidates__filters__narrow_both_sides(session: Session, pair: Pair) -> None:
    assert [group.county_code for group in group_candidates(session, CandidateFilter(county="610728"))] == ["610728"]
    assert group_candidates(session, CandidateFilter(area="health")) == ()
    assert group_candidates(session, CandidateFilter(visit="absent")) == ()
    assert count_waiting(session, CandidateFilter()) == 1
    assert count_waiting(session, CandidateFilter(county="610727")) == 0
    assert list_visits(session) == (("2018-04-test", "调研 2018-04-test"),)
    assert [code for code, _ in list_counties(session, "")] == ["610727", "610728"]


def test_list_candidates__of_a_rule__are_by_village(session: Session, pair: Pair) -> None:
    page, candidates = list_candidates(session, FORM_ID, "water", CandidateFilter(), 1)
    assert page.total == 3
    assert [candidate.instance_id for candidate in candidates] == ["uuid:1", "uuid:2", "uuid:5"]


def test_pages__rule__shows_households_evidence_and_the_way_back(
    session: Session, pair: Pair, sign_in: Callable[[str], FlaskClient]
) -> None:
    client = sign_in("author")
    overview = client.get("/issues/candidates?county=610727").text
    assert "饮水不安全" in overview
    assert "50%" in overview
    page = client.get(f"/issues/candidates/{FORM_ID}/water?county=610727").text
    assert "户*" in page
    assert "户主5" not in page
    assert "有什么问题？" in page
    assert "浑浊" in page
    assert "40 · 12" in page
    assert 'href="/review/uuid:1"' in page
    assert client.get(f"/issues/candidates/{FORM_ID}/absent").status_code == 404


def test_pages__responsible_side_and_interviewers__are_refused(pair: Pair, sign_in: Callable[[str], FlaskClient]) -> None:
    for role in ("county", "lead1"):
        assert sign_in(role).get("/issues/candidates").status_code == 403
        assert sign_in(role).get(f"/issues/candidates/{FORM_ID}/water").status_code == 403


def test_rule_page__more_households__cost_the_same_statements(
    session: Session, pair: Pair, sign_in: Callable[[str], FlaskClient], statements: Statements
) -> None:
    client = sign_in("author")
    version = session.get_one(Submission, "uuid:1").questionnaire
    costs = []
    for first in (100, 200):
        statements.reset()
        assert client.get(f"/issues/candidates/{FORM_ID}/water").status_code == 200
        costs.append(len(statements))
        for number in range(first, first + 20):
            add_interview(session, version, pair, str(number), VILLAGE)
    statements.reset()
    client.get(f"/issues/candidates/{FORM_ID}/water")
    assert {*costs[1:], len(statements)} == {costs[1]}
