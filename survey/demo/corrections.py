"""A few answers that were found to be wrong after their interviews had been accepted, and one correction that was withdrawn again."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from survey.accounts.models import User
from survey.corrections.operations import correct_answer, withdraw_correction
from survey.corrections.queries import find_record
from survey.demo.chance import draw_from
from survey.demo.facts import Facts, VisitFacts
from survey.demo.schedule import HOUSEHOLD_FORM, LOCAL
from survey.intake.models import Submission
from survey.visits.models import Visit

AREA, WATER, HELPER = "house_area_m2", "water_minutes", "helper_visits"
FOUND = {
    "2017-04-lueyang": ((AREA, 20, "丈量照片上记的是两间，访谈时少算了偏房。"), (HELPER, 2, "复听录音，户主后来又说还有两次是晚上来的。")),
    "2018-03-ziyang-langao": ((WATER, 10, "复听录音，说的是单程，来回要加倍；电话核实过。"),),
    "2018-04-hanzhong": (
        (AREA, 30, "照片上院内另有一间厢房，访谈时没有算进去。"),
        (WATER, 5, "副访记的是另一个数，两人核对后以副访为准。"),
    ),
}
"""By visit: the question, by how much the answer was too small, and what showed it."""
WITHDRAWN = ("2017-04-lueyang", HELPER)
WITHDRAWN_REASON = "再次复听，晚上来的那两次已经算在内，仍以原答案为准。"


def correct_some(session: Session, coordinator: User, facts: Facts, told: VisitFacts, visit: Visit) -> None:
    """Correct what was found of this visit, after its interviews were reviewed."""
    found = FOUND.get(visit.id, ())
    if not found:
        return
    counting = (Submission.review_state == "accepted", Submission.recorded_as == "lead", Submission.form_id == HOUSEHOLD_FORM)
    statement = select(Submission).where(Submission.visit_id == visit.id, *counting).options(undefer(Submission.answers))
    interviews = sorted(session.scalars(statement), key=lambda each: (each.village_code or "", each.received_at))
    rng = draw_from(facts.seed, visit.id, "corrections")
    rng.shuffle(interviews)
    day = told.starts_on + timedelta(days=4) if told.is_open else told.ends_on + timedelta(days=5)
    for number, (question, difference, reason) in enumerate(found):
        now = datetime.combine(day, time(9, 10 + 12 * number), LOCAL)
        _correct_first(session, coordinator, interviews, question, difference, reason, now, is_withdrawn=(visit.id, question) == WITHDRAWN)


def _correct_first(
    session: Session,
    coordinator: User,
    interviews: list[Submission],
    question: str,
    difference: int,
    reason: str,
    now: datetime,
    *,
    is_withdrawn: bool,
) -> None:
    """Correct the answer of the first interview that has one above 0."""
    for submission in interviews:
        record = find_record(session, submission)
        place = next((each for each in record.places.values() if each.question.name == question), None)
        if place is not None and place.text not in ("", "0"):
            made = correct_answer(session, coordinator, record, place.node, str(int(place.text) + difference), reason, now)
            if is_withdrawn:
                withdraw_correction(
                    session, coordinator, find_record(session, submission), made, WITHDRAWN_REASON, now + timedelta(hours=3)
                )
            interviews.remove(submission)
            return
