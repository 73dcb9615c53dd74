"""What in the texts of an issue could tell who was interviewed, and that it is not reported with any of it."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.issues.identifying import Known, find_identifying
from survey.issues.models import IssueEvidence
from survey.issues.raising import add_evidence
from survey.issues.stepping import Change, act, edit_issue
from tests.builders import add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.issues import add_issue
from tests.survey.responsible.reported import add_verified, report

TOWNSHIP, OTHER_VILLAGE = "610727101000", "610727102201"
KNOWN = Known(
    heads=frozenset(("王平", "安全")),
    members=frozenset(("赵小英",)),
    interviewers=frozenset(("李青",)),
    numbers=frozenset(("001", "012", "3-12", "12345")),
    villages=frozenset(("青檀沟村",)),
    places=frozenset(("略阳县", "云栈镇", "李青镇", "青檀沟镇", "青檀沟村")),
)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("饮水不安全，全村多数农户反映", []),
        ("王平家饮水不安全", ["head"]),
        ("王 平家", ["head"]),
        ("其儿媳赵小英患病", ["member"]),
        ("李青镇的路", []),
        ("李青访谈时发现", ["interviewer"]),
        ("第 12 户无水", ["number"]),
        ("０１２号户缺水", ["number"]),
        ("户号：1，未签约", ["number"]),
        ("编号3-12的住户", ["number"]),
        ("Household no. 12", ["number"]),
        ("001", ["number"]),
        ("共 12 户、12345 元、占 12%", []),
        ("青檀沟的水", ["village"]),
        ("青檀沟镇的水", []),
        ("请拨打13812345678", ["phone"]),
        ("电话 0916-4822111", ["phone"]),
        ("身份证61072719800101123X", ["id_number"]),
        ("610727********123X", ["id_number"]),
        ("位于东经106.15度", ["position"]),
        ("33.3297, 106.1521", ["position"]),
        ("33°19′47″", ["position"]),
        ("投入6378.58万元，人均3.1416亩，2018-610727-003", []),
        ("见 uuid:0f8b", ["instance"]),
    ],
)
def test_find_identifying__in_a_text__finds_what_leads_to_somebody(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in find_identifying({"finding": text}, KNOWN)] == kinds


FEW = (
    "1户",
    "仅一户无水",
    "有 １ 户",
    "两户漏雨",
    "一两户",
    "1至2户",
    "一家农户",
    "1 个贫困户",
    "30户中有1户",
    "一户一人患病",
    "唯一的贫困户",
    "one household",
    "Two poor households",
    "1 of the 30 households",
    "the only family",
    "a single household",
    "one or two households",
)
MANY = (
    "11户",
    "十一户",
    "二十二户",
    "1,001户",
    "3.1户",
    "三户",
    "一户一策",
    "1户1档",
    "一户多宅",
    "不漏一户",
    "一户不落",
    "每一户",
    "任何一户",
    "第一户",
    "12 households",
    "one third of the households",
    "one hundred households",
    "2.2 households per pair",
    "only households",
)


def test_find_identifying__of_a_small_place__finds_one_or_two_households() -> None:
    small = Known(is_small=True)
    assert [text for text in FEW if [each.kind for each in find_identifying({"finding": text}, small)] != ["few"]] == []
    assert [text for text in MANY if find_identifying({"finding": text}, small)] == []
    assert [text for text in (*FEW, *MANY) if find_identifying({"finding": text}, Known())] == []


def test_find_identifying__in_several_fields__says_where() -> None:
    found = find_identifying({"title": "王平家", "recommendation": "修好王平家的水管", "finding": ""}, KNOWN)
    assert [(each.field, each.text) for each in found] == [("title", "王平"), ("recommendation", "王平")]


def test_report__with_a_name_in_the_finding__is_refused_until_it_is_rewritten(session: Session, now: datetime) -> None:
    visit = add_visit(session, forms=[add_form(session)])
    pair = add_pair(session, visit)
    for number in range(5):
        household = add_household(session, f"{number + 1:03}")
        assignment = add_assignment(session, pair, household)
        add_submission(session, visit.forms[0], f"uuid:{number}", assignment=assignment)
    issue = add_verified(session, now, finding="户主003家水管冻裂", visit_id=visit.id)
    with pytest.raises(SurveyError) as refused:
        report(session, issue, now)
    assert refused.value.code is ErrorCode.MISSING_FOR_STEP
    assert "户主003" in str(refused.value)
    assert issue.state == "verified"
    report(session, issue, now, finding="有农户水管冻裂")  # the village may be named: five of its households were interviewed
    assert issue.state == "reported"
    coordinator = find_or_add_person(session, "coordinator")
    with pytest.raises(SurveyError) as refused:
        edit_issue(session, coordinator, issue, {"recommendation": "修好 003 号户的水管"}, now, seen=issue.n_steps)
    assert refused.value.values["field"] == "recommendation"
    with pytest.raises(SurveyError):
        act(session, coordinator, issue, "start", now, seen=issue.n_steps, change=Change(reason="来电", values={"title": "户主003无水"}))
    assert issue.state == "reported"


def test_report__of_a_village_with_few_interviews__must_not_name_it(session: Session, now: datetime) -> None:
    issue = add_verified(session, now, title="village 610727101201 饮水不安全")
    with pytest.raises(SurveyError) as refused:
        report(session, issue, now)
    assert "610727101201" in str(refused.value)


def test_evidence__added_to_or_merged_into_a_reported_issue__must_not_be_of_somebody_whom_it_names(session: Session, now: datetime) -> None:
    issue = add_verified(session, now, title="户主009家无水", place_code=TOWNSHIP)
    report(session, issue, now)  # nobody of that name lives in the villages of its evidence
    coordinator = find_or_add_person(session, "coordinator")
    household = add_household(session, "009", village_code=OTHER_VILLAGE)
    assert household.head_name == "户主009"
    piece = {"kind": "note", "village_code": OTHER_VILLAGE, "household_id": household.id, "note": "无水"}
    other = add_issue(session, coordinator, now, place_code=OTHER_VILLAGE)
    session.commit()
    for attempt in (
        lambda: add_evidence(session, coordinator, issue, [IssueEvidence(**piece)], now),
        lambda: act(session, coordinator, other, "merge", now, seen=other.n_steps, change=Change(merged_into=issue)),
    ):
        with pytest.raises(SurveyError, match="户主009") as refused:
            attempt()
        assert refused.value.values["field"] == "title"
        session.rollback()
    edit_issue(session, coordinator, issue, {"title": "多户无水"}, now, seen=issue.n_steps)
    add_evidence(session, coordinator, issue, [IssueEvidence(**piece)], now)
    act(session, coordinator, other, "merge", now, seen=other.n_steps, change=Change(merged_into=issue))
    assert other.state == "merged"
