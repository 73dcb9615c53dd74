"""Files of interviews in which the virus scanner found something: kept, so that nothing of an interview is lost, and handed to nobody.

Their type says so (`media.py`), which goes wherever their rows go. Here is what is told of them: a doubt, and an event.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from questionnaires.instance import given_answers
from survey.accounts.models import User
from survey.events import log_event
from survey.instruments.registry import load_questionnaire
from survey.intake.attachments import StoredFile, question_types_of_files
from survey.intake.flags import raise_flag_of
from survey.intake.media import found_in
from survey.intake.models import Submission
from survey.intake.operations import raise_flag

CHECK = "infected_file"


def tell_infected(session: Session, actor: User | None, instance_id: str, files: Iterable[StoredFile], now: datetime) -> None:
    """Nothing; the stored interview is doubted for each of these files with a virus, and each is logged, once."""
    infected = [file for file in files if found_in(file.media_type)]
    if not infected:
        return
    asked, person = _files_asked_for(session, instance_id), actor.id if actor else None
    for file in infected:
        question, found = asked.get(file.name, ("", ""))[0], found_in(file.media_type)
        if raise_flag(session, instance_id, raise_flag_of(CHECK, question, f"{file.name}: {found}")):
            details = {"sha256": file.sha256, "found": found}
            log_event(session, person, "submission.file_held_back", "submission", instance_id, now, **details)


def _files_asked_for(session: Session, instance_id: str) -> dict[str, tuple[str, str]]:
    interview = session.get_one(Submission, instance_id)
    return question_types_of_files(given_answers(load_questionnaire(interview.questionnaire), interview.answers))
