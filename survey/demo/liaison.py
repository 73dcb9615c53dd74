"""Writes whom the invented work goes through: contacts, materials asked for, and the expert pool. Who sat in meetings is here too."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.chance import any_of, draw_from
from survey.demo.facts import County, Facts, VisitFacts
from survey.demo.schedule import LOCAL
from survey.kept_files import GivenFile, keep_files
from survey.liaison.contact_operations import ContactFacts, add_contact
from survey.liaison.expert_operations import ExpertFacts, add_expert
from survey.liaison.material_operations import RequestFacts, ask_for, log_reminder, receive, withdraw
from survey.liaison.models import Contact
from survey.storage import Storage
from survey.visits.meeting_operations import Attendee

BEGAN = date(2016, 6, 1)
AREA_CODES = {"61": "029", "6103": "0917", "6105": "0913", "6106": "0911", "6107": "0916", "6108": "0912", "6109": "0915", "6110": "0914"}
WANTED = (
    ("建档立卡贫困户花名册及致贫原因统计表", "按村列明户数、人数、致贫原因、识别和退出年份，电子表格。"),
    ("易地扶贫搬迁和危房改造台账", "每户的搬迁或改造方式、面积、自筹和补助金额、入住时间。"),
    ("家庭医生签约服务台账", "签约户数、签约医生、最近一次随访日期。"),
    ("涉农资金统筹整合方案和使用明细", "整合方案、项目清单、资金拨付进度。"),
)
PER_VISIT = 2
"""So many of `WANTED` are asked of every county before a visit, in turn."""
OUTSIDERS = ("{county}人民政府副县（区）长", "{county}扶贫开发办公室主任", "{county}卫生健康局局长", "驻村工作队队长", "村党支部书记")
JOINT_OUTSIDERS = ("省扶贫开发办公室副主任", "省发展和改革委员会处长", "省卫生健康委员会处长")
VENUES = {"briefing": "政府会议室", "discussion": "村委会会议室", "feedback": "政府会议室", "joint_meeting": "省委会机关会议室"}
EXPERTS = (
    ("秦博文", "示例医学院", "教授", "province", ("public_health", "clinical_medicine"), ("health",), ("61",), "limited", "每月一周"),
    ("柳思远", "示例农林大学", "研究员", "province", ("agronomy", "茶叶加工"), ("industry",), ("6107", "6109"), "available", ""),
    ("贺兰君", "示例农林大学", "副教授", "province", ("forestry", "environment"), ("industry",), ("6110",), "available", ""),
    ("欧阳澄", "示例设计院", "高级工程师", "city", ("construction", "water_supply"), ("housing",), ("6109",), "limited", "周末"),
    ("尹正则", "示例会计师事务所", "注册会计师", "city", ("finance_audit", "economics"), ("funds",), ("61",), "available", ""),
    ("颜若水", "示例师范大学", "教授", "central", ("education", "sociology"), ("education",), ("61",), "unavailable", "2018年出国访问"),
    ("温如言", "示例律师事务所", "律师", "city", ("law",), ("funds", "housing"), ("6106", "6108"), "available", ""),
    (
        "季长庚",
        "示例统计调查中心",
        "高级统计师",
        "province",
        ("statistics", "information_technology"),
        ("industry",),
        ("61",),
        "available",
        "",
    ),
)
"""Name, organisation, post, level, skills, areas, places (digits), availability and its note of experts without an account."""
PAIR_SKILLS = (
    ("public_health",),
    ("education",),
    ("agronomy", "commerce"),
    ("construction",),
    ("finance_audit",),
    ("sociology", "statistics"),
)


def attendees(facts: Facts, visit: VisitFacts, kind: str, county: County, people: Mapping[str, User]) -> tuple[Attendee, ...]:
    """Who sat in a meeting of this kind: the pairs with the coordinator, and invented people of the other side."""
    rng = draw_from(facts.seed, visit.id, kind, "people")
    own = [people["coordinator"], *(people[f"{role}{number}"] for number in visit.pairs for role in ("lead", "second"))]
    posts = OUTSIDERS[3:] if kind == "discussion" else OUTSIDERS[:3]
    if kind == "joint_meeting":
        posts = JOINT_OUTSIDERS
    others = [Attendee(name=_name(facts, rng), post=post.format(county=county.name)) for post in posts]
    return (*(Attendee(user_id=person.id) for person in own), *others)


def add_liaison(session: Session, storage: Storage, facts: Facts, people: Mapping[str, User]) -> None:
    """Add contacts on three levels, the materials asked for before every visit, and the expert pool."""
    contacts = _add_contacts(session, facts, people["coordinator"])
    for number, visit in enumerate(facts.visits):
        _ask(session, storage, facts, people["coordinator"], visit, number, contacts)
    _add_experts(session, facts, people)


def _name(facts: Facts, rng: Random) -> str:
    people = facts.people
    return any_of(rng, people.surnames) + any_of(rng, (*people.given_male, *people.given_female))


def _add_contacts(session: Session, facts: Facts, actor: User) -> dict[str, Contact]:
    """The contacts by county; one county has none yet, and one had another before."""
    rng = draw_from(facts.seed, "contacts")
    found = {}
    offices = [(facts.province[0], facts.province[1], "省扶贫开发办公室", "社会扶贫处处长")]
    offices += [(code, name, f"{name}扶贫开发局", "综合科科长") for code, name in facts.cities]
    offices += [(county.code, county.name, f"{county.name}扶贫开发办公室", "副主任") for county in facts.counties[:-1]]
    for number, (code, _place, office, post) in enumerate(offices):
        name = _name(facts, rng)
        telephone = f"{AREA_CODES.get(code[:4], AREA_CODES['61'])}-0{100000 + number:06}"
        began = BEGAN if number != len(offices) - 1 else date(2017, 9, 1)
        given = ContactFacts(
            code.ljust(12, "0"), name, began, post=post, organisation=office, phone=telephone, email=f"contact{number + 1}@example.org"
        )
        found[code] = add_contact(session, actor, given, _at(began))
    last = found[facts.counties[-2].code]
    former = ContactFacts(last.region_code, _name(facts, rng), BEGAN, date(2017, 8, 31), post=last.post, organisation=last.organisation)
    add_contact(session, actor, former, _at(BEGAN))
    return found


def _ask(
    session: Session,
    storage: Storage,
    facts: Facts,
    actor: User,
    visit: VisitFacts,
    number: int,
    contacts: Mapping[str, Contact],
) -> None:
    """Ask each county of a visit for materials; all of it came before the visits that are over, and a part before the open one."""
    rng = draw_from(facts.seed, visit.id, "materials")
    asked_on, due_on = visit.starts_on - timedelta(days=21), visit.starts_on - timedelta(days=5)
    counties = list(dict.fromkeys(facts.county_of(key) for key in visit.villages))
    wanted = [WANTED[(number + each) % len(WANTED)] for each in range(PER_VISIT)]
    for place, county in enumerate(counties):
        for order, (title, details) in enumerate(wanted):
            contact = contacts.get(county.code)
            request = ask_for(
                session,
                actor,
                RequestFacts(title, county.code.ljust(12, "0"), asked_on, due_on, details, contact.id if contact else None, visit.id),
                _at(asked_on),
            )
            turn = place + order if visit.is_open else 0
            if turn == 0:
                came_on = due_on - timedelta(days=rng.randrange(4))
                text = f"{county.name}\n{title}\n演示数据，均为虚构。\n"
                files = keep_files(storage, [GivenFile(f"{county.name}{title}.txt", text.encode())])
                receive(session, actor, request, files, is_complete=any_of(rng, (True, True, True, not visit.is_open)), now=_at(came_on))
            elif turn == 1:
                receive(session, actor, request, (), note="纸质台账先到，电子表格待补。", is_complete=False, now=_at(due_on))
                log_reminder(
                    session,
                    actor,
                    request,
                    reminded_on=due_on + timedelta(days=1),
                    means="telephone",
                    note="答复两天内补齐",
                    now=_at(visit.starts_on),
                )
            elif turn == 3:
                withdraw(session, actor, request, "省里已统一提供", _at(due_on))


def _add_experts(session: Session, facts: Facts, people: Mapping[str, User]) -> None:
    visits = [visit.id for visit in facts.visits]
    now = _at(date(2016, 6, 20))
    for number, (name, organisation, post, level, skills, areas, places, availability, note) in enumerate(EXPERTS):
        codes = tuple(code.ljust(12, "0") for code in places)
        given = ExpertFacts(
            name,
            organisation=organisation,
            post=post,
            level=level,
            email=f"expert{number + 1}@example.org",
            availability=availability,
            availability_note=note,
            skills=skills,
            areas=areas,
            places=codes,
            visits=tuple(visits[number % 5 :: 5]) if number % 3 else (),
        )
        add_expert(session, people["coordinator"], given, now)
    for number, (name, skills) in enumerate(zip(facts.people.leads, PAIR_SKILLS, strict=True), start=1):
        counties = _home_counties(facts.counties, number)
        lead = ExpertFacts(name, people[f"lead{number}"].id, organisation=facts.people.organisation, skills=skills, places=counties)
        add_expert(session, people["coordinator"], lead, now)


def _home_counties(counties: Sequence[County], number: int) -> tuple[str, ...]:
    return tuple(county.code.ljust(12, "0") for county in counties[number::6])


def _at(day: date) -> datetime:
    return datetime.combine(day, time(17, 0), LOCAL)
