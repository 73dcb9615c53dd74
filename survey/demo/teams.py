"""The teams of the demonstration: who leads, who learns, what people bring, what is spoken where, and notes for days to come."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.demo.facts import Facts, VisitFacts
from survey.places.models import Region
from survey.teams.operations import save_profile, set_day_note, set_local_languages, set_member
from survey.visits.models import Assignment, Visit, VisitMember

SPOKEN = {"6103": "关中话", "6105": "关中话", "6106": "陕北话", "6107": "陕南话", "6108": "陕北话", "6109": "陕南话", "6110": "商洛话"}
"""What is mainly spoken in each city; the dialects are real, who speaks them here is invented."""
PROFILES = {
    "lead1": (("陕南话",), "610922000000", (), "在县扶贫系统工作十二年，熟悉建档立卡流程。"),
    "lead2": (("关中话",), None, ("610329000000",), "长期从事农村经济调研，主持过三次入户普查。"),
    "lead3": (("陕北话", "关中话"), None, (), "高校社会学教师，擅长深度访谈。"),
    "lead4": (("陕南话", "四川话"), None, ("610902000000",), "曾在安康市挂职两年。"),
    "lead5": (("关中话",), None, (), "医务工作者，关注家庭医生签约和大病救助。"),
    "lead6": (("陕南话",), None, (), "水利工程师，关注饮水安全。"),
    "second1": (("关中话",), None, (), "青年社员，参加过入户访谈培训。"),
    "second2": (("陕南话",), "610724000000", (), "农业技术推广员。"),
    "second3": (("关中话",), None, ("610727000000",), "配偶为略阳县人，略阳县的调研应当回避。"),
    "second4": ((), None, (), ""),
    "second5": (("商洛话",), None, (), "中学教师，熟悉控辍保学政策。"),
    "second6": (("陕北话",), None, (), "青年社员，以调代训。"),
}
"""Languages, home, other ties and a word on experience, by user name; all invented. Homes that are no places here are left out."""
NOTES = (
    "早八点在村委会门口集合，由司机老赵送到一组路口。",
    "先走最远的两户，中午在村小学食堂用餐。",
    "雨后土路难行，请带雨鞋；平板出发前充满电。",
)


def add_profiles(session: Session, people: Mapping[str, User], facts: Facts, now: datetime) -> None:
    """Say what the interviewers bring and what is spoken in the counties."""
    known = set(session.scalars(select(Region.code)))
    for username, (languages, home, ties, words) in PROFILES.items():
        save_profile(
            session,
            people["coordinator"],
            people[username],
            languages=languages,
            home_region_code=home if home in known else None,
            tie_codes=[code for code in ties if code in known],
            is_experienced=username in ("lead2", "lead3"),
            experience=words,
            now=now,
        )
    for county in facts.counties:
        region = session.get_one(Region, county.code.ljust(12, "0"))
        set_local_languages(session, people["coordinator"], region, [SPOKEN[county.code[:4]]], now)


def put_team_together(session: Session, people: Mapping[str, User], visit: Visit, told: VisitFacts, now: datetime) -> None:
    """The coordinator leads; who goes along for the first time as a second learns; into the open visit come two pairs' people more."""
    coordinator = people["coordinator"]
    set_member(session, coordinator, visit, coordinator, "leader", now)
    been_before = set(session.scalars(select(VisitMember.user_id).where(VisitMember.visit_id != visit.id)))
    numbers = range(1, 7) if told.is_open else told.pairs
    for number in numbers:
        lead, second = people[f"lead{number}"], people[f"second{number}"]
        set_member(session, coordinator, visit, lead, "member", now)
        is_new = second.id not in been_before or (told.is_open and number == 6)
        set_member(session, coordinator, visit, second, "trainee" if is_new else "member", now)
    if told.is_open:
        _add_notes(session, coordinator, visit, told, now)


def _add_notes(session: Session, coordinator: User, visit: Visit, told: VisitFacts, now: datetime) -> None:
    """What the pairs are told for the first day that is still to come."""
    day = told.days_held[-1] + timedelta(days=1)
    at_work = set(session.scalars(select(Assignment.pair_id).where(Assignment.visit_id == visit.id, Assignment.planned_on == day)))
    pairs = sorted((pair for pair in visit.pairs if pair.id in at_work), key=lambda pair: pair.lead.username)
    for pair, note in zip(pairs, NOTES, strict=False):
        set_day_note(session, coordinator, pair, day, note, now)
