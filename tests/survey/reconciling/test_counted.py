"""What was reconciled is what counts: for the candidates of rules, for look-backs, and for what tablets show from before."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.queries import Scope, stream_candidates
from survey.candidates.models import IssueCandidate
from survey.candidates.queries import CandidateFilter, group_candidates
from survey.candidates.settling import settle_candidates
from survey.events import Event
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission
from survey.issues.carrying import read_pieces
from survey.lookback.queries import read_compared, read_parts
from survey.reconciling.counted import answers_that_count
from survey.reconciling.operations import reopen_reconciliation
from survey.reconciling.queries import find_records
from survey.review.operations import reopen_submission, return_submission
from survey.visits.models import Assignment, Visit
from tests.builders import NOW, add_assignment, add_pair, add_submission, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.reconciling.pairs import FORM_ID, LEFT, add_both, add_independent_visit, reconcile

LEAD, SECOND = "uuid:001-lead", "uuid:001-second"


@pytest.fixture
def assignment(session: Session) -> Assignment:
    """A household of whose two records the lead's tells of unsafe water and the second's of much from crops, as rules found at receipt."""
    assignment = add_both(session, *add_independent_visit(session))
    shared = {"visit_id": assignment.visit_id, "village_code": assignment.village_code, "household_id": assignment.household_id}
    kind = {"level": "village", "severity": "high", "raised_at": NOW}
    for instance_id, rule, area, evidence in (
        (LEAD, "unsafe", "water", {"water_safe": "no", "water_problem": "取水远"}),
        (SECOND, "crops", "industry", {"crop_cny": 5000}),
    ):
        title = {"zh": rule, "en": rule}
        session.add(IssueCandidate(instance_id=instance_id, rule=rule, area=area, title=title, evidence=evidence, **kind, **shared))
    session.commit()
    return assignment


def reopen(session: Session, assignment: Assignment) -> None:
    """The reconciliation, taken up again."""
    visit = session.get_one(Visit, assignment.visit_id)
    reopen_reconciliation(session, None, find_records(session, visit, assignment.id), "再看", NOW)


def standing(session: Session) -> dict[str, bool]:
    """Whether each rule's candidate of the lead's record stands."""
    rows = session.execute(select(IssueCandidate.rule, IssueCandidate.withdrawn_at).where(IssueCandidate.instance_id == LEAD))
    return {rule: withdrawn_at is None for rule, withdrawn_at in rows}


def found_rules(session: Session, state: str = "") -> list[str]:
    """The rules that the page of candidates tells of."""
    return sorted(group.rule for group in group_candidates(session, CandidateFilter(state=state)))


def test_finish__other_answers_count__settles_what_rules_find(session: Session, assignment: Assignment) -> None:
    assert found_rules(session) == ["unsafe"], "the second's own record counts in no figure"
    reconcile(session, assignment)
    assert standing(session) == {"unsafe": False, "crops": True}
    assert found_rules(session) == ["crops"]
    assert found_rules(session, "withdrawn") == ["unsafe"]
    assert [row["rule"] for row in stream_candidates(session, Scope())] == ["crops"]
    crops = session.scalars(select(IssueCandidate).where(IssueCandidate.instance_id == LEAD, IssueCandidate.rule == "crops")).one()
    assert crops.evidence["crop_cny"] == 5000
    assert (crops.originals["lead"]["crop_cny"], crops.originals["second"]["crop_cny"]) == (3000, 5000)
    events = session.execute(select(Event.action, Event.details).where(Event.action.startswith("submission.candidates_"))).all()
    assert [(action, details["rules"]) for action, details in events] == [
        ("submission.candidates_raised", ["crops"]),
        ("submission.candidates_withdrawn", ["unsafe"]),
    ]


def test_reopen__finished_once__brings_back_what_the_lead_recorded(session: Session, assignment: Assignment) -> None:
    reconcile(session, assignment)
    reopen(session, assignment)
    assert standing(session) == {"unsafe": True, "crops": False}
    unsafe = session.scalars(select(IssueCandidate).where(IssueCandidate.instance_id == LEAD, IssueCandidate.rule == "unsafe")).one()
    assert (unsafe.evidence, unsafe.originals) == ({"water_safe": "no", "water_problem": "取水远"}, None)


def test_return__of_the_second_record__lets_the_leads_answers_count_until_it_is_taken_back(
    session: Session, assignment: Assignment
) -> None:
    reconcile(session, assignment)
    coordinator, second = find_or_add_person(session, "coordinator"), session.get_one(Submission, SECOND)
    second.review_state = "received"
    session.flush()
    return_submission(session, coordinator, second, "重填", NOW)
    assert standing(session) == {"unsafe": True, "crops": False}
    assert answers_that_count(session, [LEAD])[LEAD].answers["water_safe"] == "no"
    reopen_submission(session, coordinator, second, "误退", NOW)
    assert standing(session) == {"unsafe": False, "crops": True}


def test_settle__nothing_changed_or_raised_by_hand__leaves_it_alone(session: Session, assignment: Assignment) -> None:
    by_hand = session.scalars(select(IssueCandidate).where(IssueCandidate.instance_id == LEAD)).one()
    by_hand.rule, by_hand.raised_by_id = "compared:water", find_or_add_person(session, "coordinator").id
    reconcile(session, assignment)
    assert standing(session) == {"compared:water": True, "crops": True}
    n_events = len(session.scalars(select(Event.number)).all())
    assert settle_candidates(session, None, LEAD, NOW).raised == ()
    assert len(session.scalars(select(Event.number)).all()) == n_events


def test_answers_that_count__many_interviews__are_one_statement(session: Session, assignment: Assignment, statements: Statements) -> None:
    reconcile(session, assignment)
    session.commit()
    statements.reset()
    found = answers_that_count(session, [LEAD, SECOND, "uuid:unknown"])
    assert len(statements) == 1
    assert {key: each.answers["water_safe"] for key, each in found.items()} == {LEAD: "yes", SECOND: "yes"}
    assert (found[LEAD].own["water_safe"], found[LEAD].second_instance_id, found[SECOND].second_instance_id) == ("no", SECOND, "")


def look_back_of(session: Session, assignment: Assignment) -> tuple[Visit, Assignment]:
    """A visit that goes to the same household again, whose interview tells what the lead told before."""
    earlier = session.get_one(Visit, assignment.visit_id)
    version: QuestionnaireVersion = earlier.forms[0]
    again = add_visit(session, "2018-08-test", forms=[version])
    again.look_back_of_id, again.starts_on, again.ends_on = earlier.id, date(2018, 8, 13), date(2018, 8, 24)
    household = assignment.household
    later = add_assignment(session, add_pair(session, again), household, FORM_ID)
    session.commit()
    return again, later


def test_look_back__reconciled_before__compares_with_what_counts(session: Session, assignment: Assignment) -> None:
    reconcile(session, assignment)
    again, later = look_back_of(session, assignment)
    add_submission(session, again.forms[0], "uuid:again", assignment=later, state="accepted", answers=LEFT)
    parts = read_parts(session, again)
    compared = read_compared(session, parts.households, FORM_ID)
    [(before, after)] = compared.rows.values()
    assert (before["main"][0]["water_safe"], after["main"][0]["water_safe"]) == ("yes", "no")


def test_tablet__reconciled_before__shows_what_counts(session: Session, assignment: Assignment, sign_in: SignIn) -> None:
    reconcile(session, assignment)
    _again, later = look_back_of(session, assignment)
    client = sign_in("lead1")
    [part] = client.get("/tablet/package.json").json["background"]
    told = client.get(part["url"]).json[later.id]
    earlier = told["earlier"]["answers"]
    assert (earlier["/data/water_safe"], earlier["/data/money/crop_cny"], earlier["/data/needs"]) == ("yes", "5000", "road doctor")
    assert earlier["/data/home/members[3]/member_name"] == "王小"
    assert "/data/well" not in earlier, "pictures stay on the server"
    assert [issue["title"]["en"] for issue in told["issues"]] == ["Much from crops"]


def test_pages__of_a_reconciled_interview__say_what_holds_no_longer_and_what_both_had_recorded(
    session: Session, assignment: Assignment, sign_in: SignIn
) -> None:
    reconcile(session, assignment)
    client = sign_in("coordinator")
    interview = client.get(f"/review/{LEAD}").text
    assert "不再成立" in interview
    assert "采信比对后的答案" in interview
    assert "采信答案变更，撤下问题线索" in interview, "the history says it"
    rule = client.get(f"/issues/candidates/{FORM_ID}/crops").text
    assert "主访：3000" in rule
    assert "副访：5000" in rule
    assert "这些线索已撤下" in client.get(f"/issues/candidates/{FORM_ID}/unsafe?state=withdrawn").text
    assert client.get(f"/issues/candidates/{FORM_ID}/unsafe").status_code == 404
    second = client.get(f"/review/{SECOND}").text
    assert "不计入" in second
    assert "采信比对后的答案" in second
    reopen(session, assignment)
    assert "采信比对后的答案" not in client.get(f"/review/{LEAD}").text


def test_evidence__of_a_reconciled_interview__carries_what_counts_and_what_each_had_recorded(
    session: Session, assignment: Assignment
) -> None:
    [before] = read_pieces(session, [f"answer|{LEAD}|/data/water_safe"])
    assert len(before.row.told["lines"]["en"]) == 1
    reconcile(session, assignment)
    for instance_id in (LEAD, SECOND):
        [piece] = read_pieces(session, [f"answer|{instance_id}|/data/water_safe"])
        lines = piece.row.told["lines"]["en"]
        assert (piece.row.instance_id, len(lines)) == (LEAD, 2)
        assert lines[0][1] != lines[1][1]
        assert lines[1][0] == "As the lead recorded it"
    [member] = read_pieces(session, [f"answer|{SECOND}|/data/home/members[1]/insured"])
    assert (member.row.instance_id, member.row.question) == (LEAD, "/data/home/members[2]/insured"), "they listed members in another order"
    [picture] = read_pieces(session, [f"answer|{SECOND}|/data/well"])
    assert (picture.row.kind, picture.row.instance_id, picture.row.told["files"]) == ("picture", SECOND, ["right.jpg"])
    with pytest.raises(SurveyError) as refused:
        read_pieces(session, [f"answer|{LEAD}|/data/water_problem"])
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_evidence__of_an_entry_that_was_not_kept__is_refused(session: Session, assignment: Assignment) -> None:
    [piece] = read_pieces(session, [f"answer|{SECOND}|/data/home/members[3]/member_name"])
    assert piece.row.instance_id == SECOND, "nothing is reconciled yet"
    reconcile(session, assignment, "left")
    with pytest.raises(SurveyError, match="without this entry"):
        read_pieces(session, [f"answer|{SECOND}|/data/home/members[3]/member_name"])
