"""Looking back on issues: what households say, what that amounts to, what is decided, and what the tablets take along."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.db import utc_now
from survey.field_time import field_date
from survey.household_outcomes.operations import decide, propose, record_outcome, steps_to
from survey.household_outcomes.queries import find_again, list_followed
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence
from survey.issues.raising import raise_issue
from survey.issues.stepping import Change, act
from survey.places.models import Household
from survey.tablet.package import pack
from survey.verifications.operations import ask_verification, finish_verification
from survey.visits.models import Visit
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements

REPORT = {"recommendation": "修复管网", "responsible_body": "县水利局", "attribution": "local", "scope": "single"}
OTHER_VILLAGE = "610727101202"


@pytest.fixture
def coordinator(session: Session) -> User:
    return builders.find_or_add_person(session, "coordinator")


@pytest.fixture
def households(session: Session) -> list[Household]:
    return [builders.add_household(session, f"{number:03}") for number in range(3)]


@pytest.fixture
def issue(session: Session, coordinator: User, households: list[Household]) -> Issue:
    """An issue that two households of three showed in April, reported since."""
    builders.add_visit(session)
    return report(session, coordinator, raise_one(session, coordinator, households[:2]))


@pytest.fixture
def visit(session: Session, issue: Issue, households: list[Household]) -> Visit:
    """The look-back of one pair to all three."""
    version = builders.add_form(session)
    visit = builders.add_visit(session, "2018-08-back", forms=[version])
    visit.look_back_of_id, visit.ends_on = issue.visit_id, field_date(utc_now()) + timedelta(days=9)
    pair = builders.add_pair(session, visit)
    for household in households:
        builders.add_assignment(session, pair, household)
    session.flush()
    return visit


def raise_one(session: Session, author: User, shown_by: list[Household], **others: Any) -> Issue:
    evidence = [IssueEvidence(kind="note", village_code=each.village_code, household_id=each.id, note="没水") for each in shown_by]
    facts = {"title": "饮水不安全", "area": "water", "level": "village", "severity": "high", "visit_id": "2018-04-test"}
    return raise_issue(session, author, utc_now(), **{**facts, "place": builders.add_region(session), "evidence": evidence, **others})


def report(session: Session, coordinator: User, issue: Issue) -> Issue:
    now, verifier = utc_now(), builders.find_or_add_person(session, "lead1")
    due = field_date(now) + timedelta(days=30)
    task = ask_verification(session, coordinator, issue, verifier, now, kind="site", due_on=due)
    finish_verification(session, verifier, task, "confirmed", "已查看", now)
    act(session, coordinator, issue, "verify", now, seen=issue.n_steps)
    act(session, coordinator, issue, "report", now, seen=issue.n_steps, change=Change(values={**REPORT, "due_on": due}))
    return issue


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({}, "unclear"),
        ({"fixed": 3}, "fixed"),
        ({"fixed": 3, "unknown": 3}, "fixed"),
        ({"fixed": 3, "unknown": 4}, "unclear"),
        ({"unknown": 2}, "unclear"),
        ({"fixed": 9, "partly": 1}, "not_fixed"),
        ({"not": 1, "unknown": 8}, "not_fixed"),
        ({"fixed": 8, "worse": 1}, "not_fixed"),
    ],
)
def test_propose__counts_of_households__gives_a_verdict(counts: dict[str, int], verdict: str) -> None:
    assert propose(counts).verdict == verdict


def test_decide__fixed_after_a_report__goes_through_every_state_to_the_end(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User
) -> None:
    with pytest.raises(SurveyError) as caught:
        decide(session, coordinator, issue, "fixed", utc_now(), seen=issue.n_steps, reason="听说修好了")
    assert (caught.value.code, issue.state) == (ErrorCode.MISSING_FOR_STEP, "reported")
    lead = builders.find_or_add_person(session, "lead1")
    record_outcome(session, lead, issue, households[0], visit, "fixed", utc_now())

    steps = decide(session, coordinator, issue, "fixed", utc_now(), seen=issue.n_steps, reason="已通水")

    assert [step.action for step in steps] == ["rectify", "close"]
    assert (issue.state, steps_to("not_fixed", issue.state)) == ("closed", ("reopen",))


def test_record_outcome__of_what_does_not_go_together__is_refused(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User
) -> None:
    far = builders.add_household(session, "900", village_code=OTHER_VILLAGE)
    unreported = raise_one(session, coordinator, households[2:])
    first = session.get_one(Visit, issue.visit_id)
    stranger = builders.find_or_add_person(session, "stranger")

    def record(who: User, about: Issue, household: Household, at: Visit, outcome: str = "fixed", was: str | None = None) -> ErrorCode:
        with pytest.raises(SurveyError) as caught:
            record_outcome(session, who, about, household, at, outcome, utc_now(), was=was)
        return caught.value.code

    assert record(stranger, issue, households[0], visit) is ErrorCode.NOT_ALLOWED
    assert record(coordinator, unreported, households[2], visit) is ErrorCode.INVALID_TRANSITION
    assert record(coordinator, issue, households[0], visit, "gone") is ErrorCode.INVALID_VALUE
    assert record(coordinator, issue, far, visit) is ErrorCode.INVALID_VALUE
    assert record(coordinator, issue, households[0], first) is ErrorCode.INVALID_VALUE
    assert record(coordinator, issue, households[0], visit, was="not") is ErrorCode.STALE
    assert session.scalars(select(HouseholdOutcome)).all() == []


def test_outcomes__entered_by_the_pair__are_proposed_and_decided_on_the_page(
    session: Session, issue: Issue, visit: Visit, households: list[Household], sign_in: SignIn
) -> None:
    path = f"/visits/{visit.id}/issues/{issue.number}"
    ids = [each.id for each in households]
    client = sign_in("lead1")

    start, index, page = (client.get(each).text for each in ("/", f"/visits/{visit.id}/issues", path))
    data = {
        f"{ids[0]}-outcome": "fixed",
        f"{ids[0]}-note": "四月通水",
        f"{ids[1]}-outcome": "not",
        "other": ids[2],
        "other_outcome": "unknown",
    }
    saved = client.post(path, data=data)
    stale = client.post(path, data={f"{ids[0]}-outcome": "worse", f"{ids[0]}-was": "", f"{ids[1]}-was": "not", f"{ids[1]}-outcome": "not"})
    emptied = client.post(path, data={f"{ids[0]}-outcome": "", f"{ids[0]}-was": "fixed"})

    assert f"/visits/{visit.id}/issues" in start
    assert issue.number in index
    assert (f"{ids[0]}-outcome" in page, f"{ids[2]}-outcome" in page) == (True, False)
    assert (saved.status_code, stale.status_code, emptied.status_code) == (302, 409, 422)
    found = {row.household_id: (row.outcome, row.note) for row in session.scalars(select(HouseholdOutcome))}
    assert found == {ids[0]: ("fixed", "四月通水"), ids[1]: ("not", ""), ids[2]: ("unknown", "")}
    coordinator = sign_in("coordinator")
    shown = coordinator.get(f"/issues/{issue.number}").text
    assert f'<small class="muted">农户{households[0].number}</small>' in shown
    decided = coordinator.post(
        f"/issues/{issue.number}/look-back", data={"seen": issue.n_steps, "verdict": "not_fixed", "reason": "一户仍无水"}
    )
    again = coordinator.post(f"/issues/{issue.number}/look-back", data={"seen": 1, "verdict": "fixed", "reason": "都好了"})
    assert "四月通水" in shown
    assert decided.status_code == 302
    session.refresh(issue)
    assert issue.state == "not_fixed"
    assert again.status_code == 409
    assert "都好了" in again.text


def test_pages_of_a_visit__for_other_roles__are_read_or_refused(
    session: Session, issue: Issue, visit: Visit, households: list[Household], sign_in: SignIn
) -> None:
    path = f"/visits/{visit.id}/issues/{issue.number}"
    author = sign_in("author")
    assert author.get(path).status_code == 200
    assert author.post(path, data={f"{households[0].id}-outcome": "fixed"}).status_code == 403
    stranger = sign_in("stranger")
    assert [stranger.get(each).status_code for each in (path, f"/visits/{visit.id}/issues")] == [403, 403]
    assert sign_in("county").get(path).status_code == 403


def test_followed__issues_of_a_visit__are_those_reported_before_it_and_of_its_places(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User
) -> None:
    raise_one(session, coordinator, households[:1], title="还没核实")
    own = report(session, coordinator, raise_one(session, coordinator, households[:1], visit_id=visit.id))
    far = builders.add_household(session, "900", village_code="610728101201")
    builders.add_region(session, "610728101201")
    elsewhere = raise_one(session, coordinator, [far], place=builders.add_region(session, "610728101201"))
    report(session, coordinator, elsewhere)

    [found] = list_followed(session, visit)

    assert (found.issue.id, found.n_households, own.visit_id) == (issue.id, 2, visit.id)
    visit.starts_on = visit.ends_on = date(2018, 4, 1)
    assert list_followed(session, visit) == ()


def test_found_again__by_the_rule_in_another_village__is_shown(session: Session, households: list[Household], coordinator: User) -> None:
    version = builders.add_form(session)
    visit = builders.add_visit(session, village_codes=(builders.VILLAGE, OTHER_VILLAGE))
    issue = raise_one(session, coordinator, households[:1], form_id="test_form", rule="water")
    raise_one(session, coordinator, households[1:2], form_id="test_form", rule="other", place=builders.add_region(session, OTHER_VILLAGE))
    pair = builders.add_pair(session, visit)
    for number, village in enumerate((builders.VILLAGE, OTHER_VILLAGE)):
        household = builders.add_household(session, f"90{number}", village_code=village)
        assignment = builders.add_assignment(session, pair, household)
        builders.add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted")
        facts = {"area": "water", "level": "village", "severity": "high", "evidence": {}, "visit_id": visit.id}
        where = {"instance_id": f"uuid:{number}", "household_id": household.id, "village_code": village}
        later = utc_now() + timedelta(days=1)
        session.add(IssueCandidate(rule="water", title={"zh": "饮水"}, raised_at=later, **facts, **where))
    session.flush()

    again = find_again(session, issue)

    assert [(code, n) for code, _name, n in again.villages] == [(OTHER_VILLAGE, 1)]
    assert again.issues == ()


def test_package__of_households_with_issues__brings_them_in_place_of_their_candidates(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User
) -> None:
    lead = builders.find_or_add_person(session, "lead1")
    note = IssueEvidence(kind="note", village_code=builders.VILLAGE, note="全村路灯不亮")
    report(session, coordinator, raise_one(session, coordinator, [], title="路灯不亮", evidence=[note]))
    evidence = session.scalars(select(IssueEvidence).where(IssueEvidence.household_id == households[0].id)).one()
    builders.add_submission(session, session.get_one(Visit, visit.id).forms[0], "uuid:before")
    candidate = IssueCandidate(
        rule="water_unsafe",
        title={"zh": "规则说的"},
        area="water",
        level="village",
        severity="high",
        instance_id="uuid:before",
        visit_id=issue.visit_id,
        household_id=households[0].id,
        evidence={},
        raised_at=utc_now(),
    )
    session.add(candidate)
    session.flush()

    def titles() -> list[list[str]]:
        luggage = pack(session, lead)
        tasks = sorted(luggage.tasks, key=lambda task: task.number)
        return [[each.title["zh"] for each in luggage.background[task.assignment_id].issues] for task in tasks]

    assert titles() == [["饮水不安全", "路灯不亮", "规则说的"], ["饮水不安全", "路灯不亮"], ["路灯不亮"]]
    evidence.candidate_id = candidate.id
    session.flush()
    assert titles()[0] == ["饮水不安全", "路灯不亮"]


def test_pages__with_more_issues__send_no_more_statements(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User, sign_in: SignIn, statements: Statements
) -> None:
    counts, path = [], f"/visits/{visit.id}/issues"
    for size in (0, 5):
        for _number in range(size):
            report(session, coordinator, raise_one(session, coordinator, households))
        client = sign_in("coordinator")
        statements.reset()
        client.get(path)
        counts.append(len(statements))

    assert counts[0] == counts[1] < 12
