"""Erasing again what came back out of a backup that was made before somebody was erased."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.protection.erased import take_erased
from survey.protection.erasing import erase_again
from survey.protection.held import find_subject
from survey.protection.retention import erase_visit_again
from survey.storage import Storage
from survey.visits.models import Visit

REASON = "restored from a backup that was made before the erasure"


def erase_what_came_back(session: Session, storage: Storage, rows: Iterable[Mapping[str, Any]], now: datetime) -> int:
    """How many erasures of the list were not known to this database, and are done in it now; who is not in it needs none."""
    added = take_erased(session, rows)
    whole = {each.household_id for each in added if each.household_id and each.member_id is None}
    n_done = 0
    for each in added:
        if each.visit_id is not None:
            visit = session.get(Visit, each.visit_id)
            if visit is not None:
                erase_visit_again(session, storage, None, visit, now)
                n_done += 1
        elif each.household_id is not None and (each.member_id is None or each.household_id not in whole):
            n_done += _erase_person(session, storage, each.household_id, each.member_id, now)
    return n_done


def _erase_person(session: Session, storage: Storage, household_id: str, member_id: str | None, now: datetime) -> bool:
    try:
        found = find_subject(session, household_id, member_id)
    except SurveyError as error:
        if error.code is not ErrorCode.NOT_FOUND:
            raise
        return False
    erase_again(session, storage, None, found, REASON, now)
    return True
