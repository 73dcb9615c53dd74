"""Finding interviews: every filter, their combination, what they cost; and the page of decisions."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements


@pytest.fixture
def interviews(session: Session) -> list[Submission]:
    """Four interviews, 户主001 to 户主004, of two pairs in two villages on four days; the second carries a doubt."""
    version = add_form(session)
    visit = add_visit(session, village_codes=("610727101201", "610728101201"), forms=[version])
    pairs = [add_pair(session, visit), add_pair(session, visit, "第二组", lead="lead2", second="second2")]
    made = []
    for number in range(4):
        village = ("610727101201", "610728101201")[number % 2]
        household = add_household(session, f"00{number + 1}", village_code=village)
        assignment = add_assignment(session, pairs[number // 2], household)
        flags = ("not_countersigned",) if number == 1 else ()
        submission = add_submission(session, version, f"uuid:{number}", assignment=assignment, flags=flags)
        submission.started_at = datetime(2018, 4, 17 + number, 17 if number == 3 else 2, 0, tzinfo=UTC)
        submission.received_at = NOW.replace(minute=number)
        made.append(submission)
    session.commit()
    return made


def shown(text: str) -> set[int]:
    """The numbers of the interviews in a list."""
    return {number for number in range(4) if f"/review/uuid:{number}" in text}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("text=003", {2}),
        ("text=主002", {1}),
        ("text=%25", set()),
        ("since=2018-04-18&until=2018-04-19", {1, 2}),
        ("since=2018-04-21", {3}),
        ("since=never", {0, 1, 2, 3}),
        ("signed=no", {1}),
        ("flag=none&county=610727", {0, 2}),
        ("flag=any&since=2018-04-19", set()),
        ("visit=2018-04-test&county=610728&text=00", {1, 3}),
    ],
)
def test_list__filters__combine_freely(interviews: list[Submission], sign_in: SignIn, filters: str, expected: set[int]) -> None:
    assert shown(sign_in("coordinator").get(f"/review?{filters}").text) == expected


def test_list__interviewer__finds_lead_and_second(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    for username, expected in (("lead1", {0, 1}), ("second2", {2, 3}), ("coordinator", set())):
        assert shown(client.get(f"/review?interviewer={find_or_add_person(session, username).id}").text) == expected


def test_list__day_that_is_none__says_so_at_its_field(interviews: list[Submission], sign_in: SignIn) -> None:
    assert 'id="since-errors"' in sign_in("coordinator").get("/review?since=never").text


def test_list__with_every_filter__costs_no_more_statements(interviews: list[Submission], sign_in: SignIn, statements: Statements) -> None:
    client = sign_in("coordinator")
    costs = []
    for filters in ("", "?visit=2018-04-test&county=610727&text=户&since=2018-04-01&flag=none&signed=no&state=received"):
        client.get(f"/review{filters}")
        statements.reset()
        client.get(f"/review{filters}")
        costs.append(len(statements.touching("submissions")))
    assert costs == [3, 2], "counts by state, the page's ids, and its interviews where there are any"


def test_batch__many_clean_ones__says_how_many_and_costs_a_fixed_number_of_statements(
    interviews: list[Submission], sign_in: SignIn, session: Session, statements: Statements
) -> None:
    client = sign_in("coordinator")
    costs = []
    for _round in range(2):
        page = client.get("/review/accept").text
        statements.reset()
        client.get("/review/accept")
        costs.append(len(statements))
        pair = interviews[0].assignment.pair  # type: ignore[union-attr]
        for number in range(10, 30):
            household = add_household(session, f"{_round}{number}")
            add_submission(
                session, interviews[0].questionnaire, f"uuid:{_round}{number}", assignment=add_assignment(session, pair, household)
            )
    assert "（23）" in page or "(23)" in page
    assert costs[0] == costs[1]


def test_decisions__of_two_people__are_listed_counted_and_filtered(interviews: list[Submission], sign_in: SignIn, session: Session) -> None:
    assert "尚无审核记录" in sign_in("author").get("/review/decisions").text
    first = sign_in("coordinator")
    first.post("/review/uuid:0/accept", data={})
    first.post("/review/uuid:2/return", data={"reason": "请补问收入"})
    sign_in("admin").post("/review/uuid:1/accept", data={"reason": "副访当天生病"})
    client = sign_in("author")
    page = client.get("/review/decisions").text
    for text in ("请补问收入", "副访当天生病", "户*", "副访未签名"):
        assert text in page, text
    assert "户主001" not in page, "authors are shown no whole names"
    assert "户主001" in sign_in("coordinator").get("/review/decisions").text
    client = sign_in("author")
    own = client.get(f"/review/decisions?person={find_or_add_person(session, 'admin').id}").text
    assert "副访当天生病" in own
    assert "请补问收入" not in own
    assert "请补问收入" not in client.get("/review/decisions?action=submission.accepted").text
    assert "没有符合条件" in client.get("/review/decisions?until=2000-01-01").text
    assert sign_in("lead1").get("/review/decisions").status_code == 403


def test_decisions__more_than_a_page__go_on_with_older_ones(interviews: list[Submission], sign_in: SignIn, statements: Statements) -> None:
    client = sign_in("coordinator")
    for _again in range(26):
        client.post("/review/uuid:0/accept", data={})
        client.post("/review/uuid:0/reopen", data={"reason": "再看"})
    page = client.get("/review/decisions").text
    before = page[page.index("before=") + 7 :].split('"')[0].split("&")[0]
    older = client.get(f"/review/decisions?before={before}").text
    assert page.count("户主001") == 50
    assert older.count("户主001") == 2
    assert 'rel="next"' not in older
    statements.reset()
    client.get("/review/decisions")
    assert len(statements) <= 9, statements
