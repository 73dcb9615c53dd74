"""Fills in the questionnaires beside the household's and the archive check in some visits, through the real intake: each visited village,
two for each county, three cadres and three members of the work team of a village, and in the look-back some households."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from questionnaires.instance import write_instance
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.demo.chance import draw_from
from survey.demo.field_work import Desk
from survey.demo.homes import Home, seat_of
from survey.demo.nesting import nest_answers
from survey.demo.other_answers import invent_answers, told_answers
from survey.demo.protocol import countersign, own_pictures
from survey.demo.schedule import HOUSEHOLD_FORM, LOCAL, VisitPlan
from survey.demo.tablets import device_of
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.intake.attachments import ReceivedFile
from survey.intake.models import Submission
from survey.intake.receive import Received, receive_submission
from survey.places.models import Household
from survey.protocol.checks import blocking
from survey.protocol.queries import list_checks_of
from survey.review.operations import accept_submission
from survey.visits.assignment_operations import add_village_tasks, assign
from survey.visits.models import Pair, Visit
from survey.visits.operations import add_forms

OF_VILLAGES = ("village_facts", "village_cadre", "work_team", "education", "health", "relocation_site")
OF_COUNTIES = ("county_funds", "meeting_record")
OF_HOUSEHOLDS = "look_back"
N_LOOKED_BACK = 8
TOOK, BETWEEN = timedelta(minutes=40), timedelta(minutes=15)
SENT_AT = time(21, 40)
ACCEPTED = "已核对，予以采用。"
_Turn = tuple[int, date]
"""A pair on a day."""


@dataclass(frozen=True, slots=True)
class _Sitting:
    """One form that a pair fills in after its day's interviews in a village, perhaps at a household."""

    form_id: str
    pair: int
    home: Home
    began_at: datetime
    is_of_household: bool = False
    post: str = ""
    """Whose answers these are, where several people of a village are asked."""


def fill_in_others(desk: Desk, plan: VisitPlan, visit: Visit) -> int:
    """How many forms were received and accepted; none in most visits."""
    sittings = tuple(_plan(plan))
    if not sittings:
        return 0
    session, coordinator = desk.session, desk.people["coordinator"]
    wanted = sorted({each.form_id for each in sittings})
    versions = session.scalars(select(QuestionnaireVersion).where(QuestionnaireVersion.form_id.in_(wanted))).all()
    forms = {version.form_id: load_questionnaire(version) for version in versions}
    before = datetime.combine(plan.facts.starts_on - timedelta(days=2), time(9, 0), LOCAL)
    add_forms(session, coordinator, visit, versions, before)
    pairs = {pair.lead_id: pair for pair in session.scalars(select(Pair).where(Pair.visit_id == visit.id))}
    decided_at = datetime.combine(plan.facts.ends_on + timedelta(days=3), time(10, 30), LOCAL)
    for each in sittings:
        pair = pairs[desk.people[f"lead{each.pair}"].id]
        sent = _send(desk, each, forms[each.form_id], _assigned(desk, coordinator, visit, pair, each, before))
        if not blocking(list_checks_of(session, sent.instance_id)):
            accept_submission(session, coordinator, sent, ACCEPTED, decided_at)
    return len(sittings)


def _plan(plan: VisitPlan) -> Iterator[_Sitting]:
    """What is filled in beside the visit's interviews, each after everything else that its pair does on that day."""
    free: dict[_Turn, datetime] = {}
    for task in plan.tasks:
        if task.ended_at.date() == task.case.day:  # the clocks of some tablets are days ahead
            turn = (task.case.pair, task.case.day)
            free[turn] = max(free.get(turn, task.ended_at), task.ended_at)

    def sit(form_id: str, turn: _Turn, home: Home, **more: Any) -> _Sitting:
        began_at = free[turn] + BETWEEN
        free[turn] = began_at + TOOK
        return _Sitting(form_id, turn[0], home, began_at, **more)

    interviews = [task.case for task in plan.tasks if task.form_id == HOUSEHOLD_FORM and not task.case.is_careless]
    if plan.facts.id == told_answers()["looked_back"]:
        for case in interviews[:: len(interviews) // N_LOOKED_BACK][:N_LOOKED_BACK]:
            yield sit(OF_HOUSEHOLDS, (case.pair, case.day), case.home, is_of_household=True)
    if plan.facts.id not in told_answers()["visits"]:
        return
    counties: set[str] = set()
    for code in sorted({case.home.village.code for case in interviews}):
        homes = {(case.pair, case.day): case.home for case in interviews if case.home.village.code == code}
        county = next(iter(homes.values())).county.code
        for form_id in (*OF_VILLAGES, *(() if county in counties else OF_COUNTIES)):
            for post in told_answers()["posts"].get(form_id, ("",)):
                # Whoever is done first that day sits down once more.
                turn = min(homes, key=lambda each: (free[each].time(), each))
                yield sit(form_id, turn, homes[turn], post=post)
        counties.add(county)


def _assigned(desk: Desk, coordinator: User, visit: Visit, pair: Pair, sitting: _Sitting, now: datetime) -> str:
    """The identifier of the assignment, made for it."""
    day = sitting.began_at.date()
    common: dict[str, Any] = {"pair": pair, "form_id": sitting.form_id, "now": now, "planned_on": day}
    if sitting.is_of_household:
        village, number = sitting.home.key
        found = select(Household).where(Household.village_code == village, Household.number == number)
        made = assign(desk.session, coordinator, visit, households=desk.session.scalars(found).all(), **common)
    else:
        made = add_village_tasks(desk.session, coordinator, visit, village_code=sitting.home.village.code, n=1, **common)
    return made[0].id


def _send(desk: Desk, sitting: _Sitting, questionnaire: Questionnaire, assignment_id: str) -> Submission:
    seed, home, ended_at = desk.facts.seed, sitting.home, sitting.began_at + TOOK
    rng = draw_from(seed, "beside", sitting.form_id, home.village.code, home.number, sitting.began_at.isoformat())
    instance_id = f"uuid:{uuid.UUID(int=rng.getrandbits(128), version=4)}"
    device_id, lead = device_of(sitting.pair), f"lead{sitting.pair}"
    answers, entries = invent_answers(questionnaire, rng, _given(desk, sitting, assignment_id))
    xml = write_instance(
        questionnaire,
        nest_answers(questionnaire, answers, entries),
        instance_id=instance_id,
        now=ended_at,
        preloads={
            "start": sitting.began_at.isoformat(timespec="milliseconds"),
            "end": ended_at.isoformat(timespec="milliseconds"),
            "today": sitting.began_at.date().isoformat(),
            "deviceid": device_id,
        },
    )
    signature = own_pictures(seed, instance_id, {"signature.png": desk.pictures.signatures[sitting.pair]})
    parts = {name: ReceivedFile(name, data) for name, data in signature.items()}
    signed = countersign(seed, instance_id, xml, f"second{sitting.pair}", ended_at)
    received_at = datetime.combine(sitting.began_at.date() + timedelta(days=1), SENT_AT, LOCAL)
    received = Received(xml, parts, assignment_id, device_id, signed)
    receipt = receive_submission(desk.session, desk.people[lead], received, desk.storage, received_at)
    return desk.session.get_one(Submission, receipt.instance_id)


def _given(desk: Desk, sitting: _Sitting, assignment_id: str) -> Mapping[str, Any]:
    """The answers that no chance decides on."""
    home, people = sitting.home, desk.facts.people
    latitude, longitude = (home.latitude, home.longitude) if sitting.is_of_household else seat_of(home.village, home.county)
    return {
        "assignment_id": assignment_id,
        "household_number": home.number,
        "household_kind": home.kind,
        "head_name": home.head_name,
        "village_code": home.village.code,
        "village_name": home.village.name,
        "county_name": home.county.name,
        "lead_name": people.leads[sitting.pair - 1],
        "second_name": people.seconds[sitting.pair - 1],
        "meeting_date": sitting.began_at.date().isoformat(),
        "position": {"latitude": latitude, "longitude": longitude, "altitude": 640.0, "accuracy": 8.0},
        "signature": "signature.png",
        **({"post": sitting.post} if sitting.post else {}),
    }
