"""What the responsible side replied to the demonstration's issues: one county here itself, the others by letter."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.pictures import Pictures
from survey.issues.models import Issue, IssueReply
from survey.kept_files import GivenFile, KeptFile, keep_files
from survey.responsible.answering import ReplyFacts, answers_for, decide_reply, give_reply
from survey.storage import Storage

PROGRESS: Mapping[str, str] = {
    "water": "已组织水利局和乡镇逐户排查，更换管道并新建蓄水池，预计两个月内完工。",
    "health": "已重新核定签约名单，抽调家庭医生组成服务队，本月起逐户上门。",
    "housing": "已逐户核实建房借款，对确有困难的农户落实贴息和公益岗位。",
    "industry": "已与两家收购企业洽谈，正在登记待售农产品数量。",
    "funds": "已核对补贴发放台账，欠发部分正在补发。",
}
RECTIFIED: Mapping[str, str] = {
    "water": "供水管网已修复并通水，水质检测合格，已落实管护人员。",
    "health": "签约农户已全部上门服务一次，服务记录由农户签字确认。",
    "housing": "已逐户制定帮扶措施并见面确认。",
    "industry": "已签订保底收购协议，滞销农产品已全部收购。",
    "funds": "欠发补贴已全部补发到户，发放结果已公示。",
}
OTHERWISE = "已按要求制定整改方案，明确责任人和完成时间，正在推进。"
DONE_OTHERWISE = "已按建议整改到位，并建立长效机制。"
POSTPONED = "雨季道路中断，材料运不进去，申请延期一个月。"
DISAGREED = "经我方核对，部分农户已在名册之外另行安排，统计口径与贵方不同，请予复核。"


def reply_before(
    session: Session, storage: Storage, pictures: Pictures, people: Mapping[str, User], issue: Issue, name: str, now: datetime
) -> None:
    """The reply that an action follows from: progress before rectification begins, proof before it counts as rectified."""
    kind = {"start": "progress", "rectify": "rectified"}[name]
    words, otherwise = (PROGRESS, OTHERWISE) if kind == "progress" else (RECTIFIED, DONE_OTHERWISE)
    files = (
        keep_files(storage, [GivenFile("整改现场.jpg", pictures.houses[issue.sequence % len(pictures.houses)])])
        if kind == "rectified"
        else ()
    )
    reply = _reply(session, people, issue, ReplyFacts(kind, words.get(issue.area, otherwise)), files, now - timedelta(days=3))
    decide_reply(session, people["coordinator"], reply, "accepted", "情况已收悉。", now, seen=issue.n_steps)


def reply_last(session: Session, people: Mapping[str, User], issue: Issue, number: int, now: datetime) -> None:
    """Where it stands with the responsible side: another date is asked for, or it sees the matter otherwise; some say nothing."""
    if number % 4 == 0 and issue.due_on is not None:
        facts = ReplyFacts("date", POSTPONED, issue.due_on + timedelta(days=30))
    elif number % 4 == 1:
        facts = ReplyFacts("disagreed", DISAGREED)
    else:
        return
    _reply(session, people, issue, facts, (), now)


def _reply(
    session: Session, people: Mapping[str, User], issue: Issue, facts: ReplyFacts, files: tuple[KeptFile, ...], now: datetime
) -> IssueReply:
    county = people["county"]
    if answers_for(county, issue):
        return give_reply(session, county, issue, facts, files, now, seen=issue.n_steps)
    day: date = (now - timedelta(days=2)).date()
    letter = ReplyFacts(facts.kind, facts.body, facts.proposed_due_on, "letter", day)
    return give_reply(session, people["coordinator"], issue, letter, files, now, seen=issue.n_steps)
