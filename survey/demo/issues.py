"""What became of the visits' findings: issues raised from candidates, verified by others, reported, and looked back on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.candidates.queries import CandidateFilter, group_candidates, list_free_candidates
from survey.demo.facts import Facts, VisitFacts
from survey.demo.pictures import Pictures
from survey.demo.replies import reply_before, reply_last
from survey.demo.schedule import ARCHIVE_FORM, HOUSEHOLD_FORM, LOCAL
from survey.issues.carrying import read_pieces
from survey.issues.models import Issue
from survey.issues.proposing import propose_issue
from survey.issues.raising import raise_issue
from survey.issues.scope import Thresholds, propose_scope
from survey.issues.scoping import count_basis
from survey.issues.stepping import Change, act, edit_issue
from survey.places.models import Region
from survey.storage import Storage
from survey.verifications.operations import ask_verification, finish_verification

RULES = (
    (HOUSEHOLD_FORM, "water_unsafe"),
    (HOUSEHOLD_FORM, "doctor_not_visiting"),
    (HOUSEHOLD_FORM, "housing_debt"),
    (HOUSEHOLD_FORM, "produce_unsold"),
    (HOUSEHOLD_FORM, "payments_missing"),
    (ARCHIVE_FORM, "income_overstated"),
    (HOUSEHOLD_FORM, "unsafe_housing"),
    (HOUSEHOLD_FORM, "helper_only_forms"),
    (HOUSEHOLD_FORM, "school_aid_missing"),
    (ARCHIVE_FORM, "signature_not_own"),
)
"""The rules whose findings are raised, the weightiest first."""
PER_COUNTY, PER_COUNTY_AT_HOME, HOME = 2, 3, "6107"
"""How many of a county's findings are raised; more of the city that is visited most."""
MOST_EVIDENCE = 7
BODIES: Mapping[str, str] = {
    "water": "水利局",
    "health": "卫生健康局",
    "housing": "住房和城乡建设局",
    "industry": "农业农村局",
    "funds": "财政局",
    "identification": "扶贫开发局",
    "responsibility": "脱贫攻坚指挥部办公室",
    "education": "教育体育局",
    "conduct": "纪委监委党风室",
}
ADVICE: Mapping[str, str] = {
    "water": "逐户排查供水管网和水源，先解决断水户，再建立村级管护制度并落实管护人员和经费。",
    "health": "按签约名单逐户上门服务并由农户签字确认，将上门次数与签约经费拨付挂钩。",
    "housing": "对因建房举债户逐户核账，纠正超标准建设，对无力偿还户制定帮扶措施。",
    "industry": "组织龙头企业和供销社与合作社签订保底收购协议，建立滞销农产品报告制度。",
    "funds": "公开各类补贴发放台账，补发欠发部分，由乡镇财政所按月对账。",
    "identification": "由乡镇组织复核收入测算表，注明测算人和依据，与农户见面确认。",
    "responsibility": "压减表册，要求帮扶干部每次入户解决一件具体事项并留有结果。",
    "education": "比对学籍与建档立卡名单，补发应享未享的资助，公示发放结果。",
    "conduct": "对代签、补签的档案逐份核实，追究责任并由户主本人重新签字。",
}
FOUND: Mapping[str, str] = {
    "confirmed": "逐户查阅资料并听取乡村干部说明，入户复核，情况属实。",
    "partly": "大部分农户情况属实，个别农户系访谈时理解有误，已与农户核对。",
    "refuted": "查阅台账和凭证并再次入户，所反映情况系统计口径不同造成，不属实。",
}
ESCALATED = ("city", "市政府分管领导", "县级财力不足，请市级统筹资金并明确完成时限。")


@dataclass(frozen=True, slots=True)
class Way:
    """How far an issue came: the result of its verification ("" while nobody has finished it), then the actions taken."""

    result: str = ""
    actions: tuple[str, ...] = ()
    is_asked: bool = True


Reply = Callable[[Issue, str, datetime], None]
"""Is told of an issue and the action that a reply leads to ("" for none), and when."""
RECTIFIED = ("verify", "report", "start", "rectify")
WAYS = (
    Way("confirmed", RECTIFIED),
    Way("confirmed", ("verify", "report", "start")),
    Way("partly", ("verify_partly", "report", "start", "rectify")),
    Way("confirmed", ("verify", "report")),
    Way("refuted", ("refute",)),
    Way("confirmed", ("verify", "report", "escalate", "start")),
    Way("confirmed", RECTIFIED),
    Way("partly", ("verify_partly",)),
    Way("confirmed", ("verify",)),
)
"""None of these is closed: that takes a later visit to the same villages, which `looking_back.py` tells of."""
LOOKED_BACK_ON = (Way("confirmed", RECTIFIED), Way("partly", ("verify_partly", "report", "start", "rectify")), Way("confirmed", RECTIFIED))
"""Of the visit that a later one looks back on: all are said to be rectified by then."""
LATEST = (Way(), Way(is_asked=False), Way("confirmed"))
"""Of the visit that is still going on: given to somebody, given to nobody, found true and to be concluded."""
MERGED_RULE = (HOUSEHOLD_FORM, "water_unsafe")


def follow_findings(session: Session, storage: Storage, pictures: Pictures, people: Mapping[str, User], facts: Facts) -> None:
    """Raise issues from what the rules found at each visit since 2017, county by county, and lead each as far as its turn says."""
    number = 0

    def reply(issue: Issue, name: str, now: datetime) -> None:
        if name in ("start", "rectify"):
            reply_before(session, storage, pictures, people, issue, name, now)
        elif name == "":
            reply_last(session, people, issue, number, now)

    looked_back_on = {told.look_back_of for told in facts.visits}
    for told in facts.visits:
        if told.starts_on.year < 2017:
            continue
        begin = datetime.combine(min(told.ends_on, told.starts_on + timedelta(days=7)) + timedelta(days=3), time(15, 0), LOCAL)
        for form_id, rule, county in _worst(session, told):
            issue = _raise(session, people["coordinator"], told, form_id, rule, county, begin)
            ways = LATEST if told.is_open else LOOKED_BACK_ON if told.id in looked_back_on else WAYS
            _lead(session, people, told, issue, ways[number % len(ways)], begin, number, reply)
            number += 1


def _worst(session: Session, told: VisitFacts) -> list[tuple[str, str, str]]:
    """(form, rule, county) of what most households of each county show, the weightiest rules first.

    What a look-back finds of an issue that it came for is told of that issue, so no other is raised from it.
    """
    raised = session.scalars(select(Issue).where(Issue.visit_id == told.look_back_of))
    followed = {(issue.form_id, issue.rule, issue.county_code) for issue in raised}
    groups = {(group.form_id, group.rule, group.county_code) for group in group_candidates(session, CandidateFilter(visit=told.id))}
    found = []
    for county in sorted({county for _form, _rule, county in groups}):
        shown = [(form_id, rule, county) for form_id, rule in RULES if (form_id, rule, county) in groups - followed]
        turn = int(county[4:]) % 3
        found += (shown[turn:] + shown[:turn])[: PER_COUNTY_AT_HOME if county.startswith(HOME) else PER_COUNTY]
    return found


def _raise(session: Session, actor: User, told: VisitFacts, form_id: str, rule: str, county: str, now: datetime) -> Issue:
    found = list_free_candidates(session, form_id, rule, CandidateFilter(visit=told.id, county=county), MOST_EVIDENCE)
    pieces = read_pieces(session, [f"candidate|{candidate.id}" for candidate in found])
    proposal = propose_issue(pieces)
    issue = raise_issue(
        session,
        actor,
        now,
        title=proposal.title,
        area=proposal.area,
        level=proposal.level,
        severity=proposal.severity,
        place=session.get_one(Region, proposal.places[0]),
        evidence=[piece.row for piece in pieces],
        visit_id=told.id,
        form_id=form_id,
        rule=rule,
    )
    issue.basis = count_basis(session, issue).record()
    issue.finding = f"{proposal.title}，户主反映与档案、现场所见一致。"
    session.flush()
    return issue


def _lead(
    session: Session, people: Mapping[str, User], told: VisitFacts, issue: Issue, way: Way, begin: datetime, number: int, reply: Reply
) -> None:
    """Take the issue through the actions of its way, a few days apart each."""
    verifiers = [people[f"second{pair}"] for pair in told.pairs]
    if way.is_asked:
        verifier = verifiers[number % len(verifiers)]
        now = begin + timedelta(hours=2)
        kind = ("site", "archive", "explanation", "second_interview", "document")[number % 5]
        task = ask_verification(session, people["coordinator"], issue, verifier, now, kind=kind, due_on=now.date() + timedelta(days=14))
        if way.result:
            finish_verification(session, verifier, task, way.result, FOUND[way.result], begin + timedelta(days=5 + number % 4))
    now = begin + timedelta(days=10)
    for name in way.actions:
        if name in ("start", "rectify"):
            reply(issue, name, now)
        else:
            _act(session, people["coordinator"], issue, name, now)
        now += timedelta(days=21 if name in ("report", "start") else 6)
    if issue.state in ("reported", "rectifying"):
        reply(issue, "", now)


def _act(session: Session, actor: User, issue: Issue, name: str, now: datetime) -> None:
    reason = {
        "refute": "核实结果不属实，原因已向提出人说明。",
        "start": "责任单位来函：已制定整改方案，明确专人负责。",
        "rectify": "责任单位来函报告整改完成，附现场照片。",
        "escalate": f"{ESCALATED[1]}：{ESCALATED[2]}",
    }.get(name, "")
    if name == "report":
        edit_issue(session, actor, issue, _terms(session, issue, now.date()), now - timedelta(days=1), seen=issue.n_steps)
    change = Change(reason=reason, higher=ESCALATED[0] if name == "escalate" else "")
    act(session, actor, issue, name, now, seen=issue.n_steps, change=change)


def _terms(session: Session, issue: Issue, day: date) -> dict[str, object]:
    """What the responsible side is asked to do."""
    county = session.get_one(Region, issue.county_code.ljust(12, "0"))
    basis = count_basis(session, issue)
    return {
        "recommendation": ADVICE[issue.area],
        "responsible_body": f"{county.name}{BODIES[issue.area]}",
        "responsible_code": county.code,
        "due_on": day + timedelta(days=60),
        "attribution": {"water": "planned", "health": "above", "funds": "above"}.get(issue.area, "local"),
        "scope": propose_scope(basis, Thresholds()),
        "basis": basis.record(),
    }


def merge_findings(session: Session, actor: User, facts: Facts) -> None:
    """Nothing; where two issues of a county are of one rule and the later one is not reported yet, the later one goes into the earlier."""
    form_id, rule = MERGED_RULE
    of_rule: Sequence[Issue] = session.scalars(
        select(Issue).where(Issue.form_id == form_id, Issue.rule == rule).order_by(Issue.raised_at, Issue.number)
    ).all()
    now = datetime.combine(facts.visits[-1].starts_on + timedelta(days=12), time(9, 0), LOCAL)
    for issue in of_rule:
        earlier = next((each for each in of_rule if each.county_code == issue.county_code and each.raised_at < issue.raised_at), None)
        if earlier and issue.state in ("raised", "verified", "partly_verified") and earlier.state not in ("refuted", "merged"):
            change = Change(reason="与前次调研发现的是同一问题，一并跟踪。", merged_into=earlier)
            act(session, actor, issue, "merge", now, seen=issue.n_steps, change=change)
            return
