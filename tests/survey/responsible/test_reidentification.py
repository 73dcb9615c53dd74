"""Nothing that the responsible side can fetch leads to a household, an interview, or whoever held it.

The data are laid out like those of a visit, with every name, number and position unmistakable, so that one of them in any answer is found.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence, IssueFile, Verification
from survey.issues.raising import add_evidence
from survey.issues.stepping import Change, act
from survey.places.models import Household
from survey.registry.models import HouseholdMember
from survey.responsible.answering import ReplyFacts, decide_reply, give_reply
from tests.builders import add_assignment, add_form, add_household, add_pair, add_person, add_region, add_submission, add_visit
from tests.conftest import SignIn
from tests.survey.responsible.reported import add_county_office, add_verified, report

SMALL, LARGE = "610727901201", "610727901202"
VILLAGES = {SMALL: "青檀沟村", LARGE: "白鹭湾村"}
LATITUDE, LONGITUDE = 33.32971, 106.15213
BLANK_DAY = "2099-07-30"


@pytest.fixture
def issues(session: Session, now: datetime) -> list[Issue]:
    """Two issues, of a village with two interviewed households and one with six, through everything that can happen to them."""
    add_region(session, "610727901000", "云栈镇")
    for code, name in VILLAGES.items():
        add_region(session, code, name)
    add_person(session, "zhou.ming", "interviewer", name="周明远")
    add_person(session, "qian.wen", "interviewer", name="钱文博")
    add_person(session, "lead1", "interviewer", name="核实人孙立")
    add_person(session, "coordinator", "coordinator", name="协调员吴岚")
    add_county_office(session)
    visit = add_visit(session, village_codes=tuple(VILLAGES), forms=[add_form(session)])
    pair = add_pair(session, visit, lead="zhou.ming", second="qian.wen")
    for code, n in ((SMALL, 2), (LARGE, 6)):
        for number in range(1, n + 1):
            household = add_household(session, f"7{number:02}{code[-1]}9", village_code=code)
            household.head_name, household.latitude, household.longitude = f"郑{'一二三四五六'[number - 1]}牛", LATITUDE, LONGITUDE
            session.add(HouseholdMember(household_id=household.id, position=1, name=f"冯{'一二三四五六'[number - 1]}妹"))
            assignment = add_assignment(session, pair, household)
            add_submission(session, visit.forms[0], f"uuid:aa-{code[-3:]}-{number}", assignment=assignment)
    return [follow(session, code, visit.id, now) for code in VILLAGES]


def follow(session: Session, code: str, visit_id: str, now: datetime) -> Issue:
    """An issue with evidence, files, a verification, replies, decisions and outcomes."""
    coordinator = session.scalars(select(User).where(User.username == "coordinator")).one()
    county = session.scalars(select(User).where(User.username == "county")).one()
    issue = add_verified(session, now, title="饮水不安全", finding="部分农户冬季断水", place_code=code, visit_id=visit_id)
    household = session.scalars(select(Household).where(Household.village_code == code)).first()
    assert household is not None
    told = {"lines": {"zh": [["户主", household.head_name]]}}
    evidence = IssueEvidence(
        kind="answer",
        instance_id=f"uuid:aa-{code[-3:]}-1",
        household_id=household.id,
        village_code=code,
        question="water_safe",
        told=told,
        note=f"{household.head_name}家水管冻裂",
    )
    add_evidence(session, coordinator, issue, [evidence], now)
    report(session, issue, now, finding="部分农户冬季断水")
    reply = give_reply(session, county, issue, ReplyFacts("progress", "已开工"), [], now, seen=issue.n_steps)
    decide_reply(session, coordinator, reply, "accepted", "请按期完成", now, seen=issue.n_steps)
    act(
        session,
        coordinator,
        issue,
        "escalate",
        now,
        seen=issue.n_steps,
        change=Change(reason=f"{household.head_name}家最急", higher="county"),
    )
    outcome = HouseholdOutcome(
        issue_id=issue.id, household_id=household.id, visit_id=visit_id, outcome="not", note="郑一牛家仍无水", found_at=now
    )
    session.add(outcome)
    session.flush()
    for beside in ({"evidence_id": evidence.id}, {"verification_id": issue.verifications[0].id}, {"outcome_id": outcome.id}):
        session.add(
            IssueFile(
                issue_id=issue.id,
                name="郑一牛家.jpg",
                sha256="0" * 64,
                size_bytes=1,
                media_type="image/jpeg",
                added_at=now,
                added_by_id=coordinator.id,
                **beside,
            )
        )
    session.flush()
    act(session, coordinator, issue, "not_fix", now, seen=issue.n_steps, change=Change(reason=f"{household.head_name}家仍无水"))
    return issue


def secrets(session: Session) -> Iterator[str]:
    """Everything that must not be read on the other side."""
    for household in session.scalars(select(Household)):
        yield from (household.head_name, household.number, household.id)
    yield from session.scalars(select(HouseholdMember.name))
    for user in session.scalars(select(User).where(~User.roles.any(name="responsible"))):
        yield from (user.name, user.username, user.id)
    yield from session.scalars(select(IssueEvidence.id))
    yield from session.scalars(select(Verification.id))
    yield from session.scalars(select(HouseholdOutcome.id))
    yield from (str(LATITUDE), str(LONGITUDE), f"{LATITUDE:.3f}", f"{LONGITUDE:.3f}", "uuid:aa", "郑一牛家.jpg", "到户查看", "水龙头")


def addresses(session: Session, issues: list[Issue]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Every request of the responsible side, well made and badly made, as (method, address, data)."""
    yield from (("GET", path, {}) for path in ("/", "/password", "/reminders", "/responsible", "/responsible/opinions"))
    yield from (("GET", f"/responsible?show={show}&search=水", {}) for show in ("open", "overdue", "all"))
    yield "GET", "/responsible/ledger.xlsx", {}
    for issue in issues:
        page = f"/responsible/{issue.number}"
        yield "GET", page, {}
        yield "POST", f"{page}/replies", {}
        yield "POST", f"{page}/replies", {"seen": "1", "kind": "progress", "body": "已开工"}
        yield "POST", f"{page}/replies", {"seen": str(issue.n_steps), "kind": "date", "body": "雨季", "proposed_due_on": BLANK_DAY}
        yield "GET", page, {}
        yield "GET", f"/issues/{issue.number}", {}
        yield "GET", f"/issues/{issue.number}/as-responsible", {}
        for file_id in session.scalars(select(IssueFile.id).where(IssueFile.issue_id == issue.id)):
            yield "GET", f"{page}/files/{file_id}", {}
            yield "GET", f"/visits/{issue.visit_id}/issues/{issue.number}/files/{file_id}", {}
        yield from (("GET", f"/review/{row.instance_id}", {}) for row in issue.evidence if row.instance_id)
    yield from (("GET", path, {}) for path in ("/responsible/2018-610727-999", "/responsible/x/files/y", "/issues", "/places/610727901201"))


def test_answers__to_everything_the_responsible_side_asks__lead_to_nobody(session: Session, issues: list[Issue], sign_in: SignIn) -> None:
    forbidden = sorted(set(secrets(session)))
    assert "郑一牛" in forbidden
    client = sign_in("county")
    found, n_read = [], 0
    for language, accept in (("zh", "text/html"), ("en", "application/json")):
        client.post(f"/language/{language}")
        for method, address, data in list(addresses(session, issues)):
            answer = client.open(address, method=method, data=data, headers={"Accept": accept})
            assert answer.status_code < 500, address
            text = answer.get_data(as_text=True) if not answer.data.startswith(b"PK") else "".join(texts_of(answer.data))
            # A page that is refused names its own address, which whoever asked for it knew.
            text = (text + json.dumps(dict(answer.headers), ensure_ascii=False)).replace(address, "")
            text = re.sub(r'name="csrf_token"[^>]*', "", text)
            found += [(address, secret) for secret in forbidden if is_in(secret, text)]
            n_read += answer.status_code == 200
    assert found == []
    assert n_read > 20


def is_in(secret: str, text: str) -> bool:
    """Whether the text holds the secret as such: a number not within a longer one, a user name not within a word."""
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", text) is not None


def texts_of(workbook: bytes) -> Iterator[str]:
    """Every text of a workbook's parts, properties included."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        for name in archive.namelist():
            yield archive.read(name).decode("utf-8", "replace")


def test_place__of_a_village_with_few_interviews__is_told_as_its_township(session: Session, issues: list[Issue], sign_in: SignIn) -> None:
    client = sign_in("county")
    small, large = (client.get(f"/responsible/{issue.number}").text for issue in issues)
    assert "云栈镇" in small
    assert "青檀沟" not in small
    assert "白鹭湾村" in large
    assert "青檀沟" not in client.get("/responsible?show=all").text


def test_counts__below_three__are_not_said(session: Session, issues: list[Issue], sign_in: SignIn) -> None:
    issues[1].basis = {"households": 2, "households_asked": 6, "villages": 1, "villages_asked": 3}
    session.flush()
    client = sign_in("county")
    client.post("/language/en")
    page = client.get(f"/responsible/{issues[1].number}").text
    assert "fewer than three households, of 6 households asked; fewer than three villages, of 3 villages visited" in page


def test_report__with_what_leads_to_somebody__does_not_reach_the_other_side(session: Session, issues: list[Issue], now: datetime) -> None:
    issue = add_verified(session, now, place_code=LARGE, visit_id=issues[1].visit_id)
    for text in ("冯一妹患病", "70129 号户", "周明远访谈时", f"{LATITUDE},{LONGITUDE}", "13812345678"):
        with pytest.raises(SurveyError):
            report(session, issue, now, finding=text)
    assert issue.state == "verified"
