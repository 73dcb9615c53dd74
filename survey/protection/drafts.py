"""Drafts of reports that the program keeps: who is erased is taken out of them; of drafts that left the register nothing stays."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from analysis.report.outward.checking import FrameNames, check_anonymity
from analysis.report.outward.taking_out import text_without, without_texts
from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.events import Event, log_event
from survey.instruments.registry import load_questionnaire
from survey.protection.answers import ERASED, TEXT, changed_answers
from survey.protection.held import Found, Held
from survey.reports.models import Report
from survey.sealing.fields import TOMBSTONE
from survey.storage import Storage

REMOVED = "report.removed"
MIN_TEXT_LENGTH = 6
"""Shorter answers, such as 没有, are said by many and tell of nobody."""


@dataclass(slots=True)
class TakenOut:
    """The drafts that the person was taken out of and those that still name them, and the hashes of the files that are replaced."""

    changed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)


def names_of(found: Found, held: Held) -> frozenset[str]:
    """The names that go: the member's alone, or those of the household's head and everybody in it."""
    names = {found.member.name} if found.member else {found.household.head_name, *(each.name for each in held.members)}
    return frozenset(names - {"", TOMBSTONE})


def is_naming(content: bytes, names: Collection[str]) -> bool:
    """Whether any of the names stands anywhere in a Word file."""
    return any(each.kind == "head" for each in check_anonymity(content, FrameNames(heads=frozenset(names))))


def take_out_of_drafts(session: Session, storage: Storage, actor: User | None, found: Found, held: Held, now: datetime) -> TakenOut:
    """What became of the drafts of the household's visits, and of those of no one visit; asked before the names are gone.

    In them stands a mark in place of each name and, for a whole household, of each text of its interviews that they quote. What cannot be
    read, or has a name in a picture, is left.
    """
    names, taken = names_of(found, held), TakenOut()
    texts = names if found.member else names | _texts_of(held)
    if not texts:
        return taken
    wanted = or_(Report.visit_id.in_(held.visit_ids), Report.visit_id.is_(None))
    for report in session.scalars(select(Report).where(Report.sha256.is_not(None), wanted).order_by(Report.created_at, Report.id)):
        if report.sha256 and storage.exists(report.sha256):
            _take_out(session, storage, actor, report, names, texts, taken, now)
    return taken


def _take_out(
    session: Session,
    storage: Storage,
    actor: User | None,
    report: Report,
    names: Collection[str],
    texts: Collection[str],
    taken: TakenOut,
    now: datetime,
) -> None:
    report.title = text_without(report.title, texts, ERASED)
    was = str(report.sha256)
    content = storage.get(was)
    try:
        changed = without_texts(content, texts, ERASED, name=report.title)
        is_left = bool(names) and is_naming(changed, names)
    except SurveyError:
        taken.left.append(report.id)
        return
    if changed != content:
        report.sha256 = storage.put(changed)
        taken.files.add(was)
        log_event(session, actor.id if actor else None, "report.names_taken_out", "report", report.id, now, was=was, sha256=report.sha256)
    if is_left:
        taken.left.append(report.id)
    elif changed != content:
        taken.changed.append(report.id)


def _texts_of(held: Held) -> frozenset[str]:
    """Whatever somebody typed in an interview of the household, where it is long enough to be theirs alone."""
    texts: set[str] = set()

    def note(_question: Any, told: str, value: Any) -> Any:
        if told == TEXT and isinstance(value, str) and len(value.strip()) >= MIN_TEXT_LENGTH:
            texts.add(value.strip())
        return value

    for submission in held.submissions:
        changed_answers(load_questionnaire(submission.questionnaire), submission.answers, note)
    return frozenset(texts)


def files_of_removed_drafts(session: Session, storage: Storage) -> set[str]:
    """The hashes of stored files of drafts that left the register; earlier versions of the program kept them."""
    told = session.scalars(select(Event.details).where(Event.action == REMOVED))
    return {str(each["sha256"]) for each in told if each.get("sha256") and storage.exists(str(each["sha256"]))}
