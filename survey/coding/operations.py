"""Every write about open answers: codes, who codes, and each decision. Decisions are added and never changed."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.coding.answers import OpenAnswer
from survey.coding.models import (
    FIRST,
    MAX_LABEL_LENGTH,
    MAX_NAME_LENGTH,
    MAX_TEXT_LENGTH,
    SECOND,
    SETTLED,
    BookCode,
    CodeBook,
    Coding,
    CodingRound,
)
from survey.coding.queries import CODER_ROLES, find_code_book
from survey.coding.rounds import APART, DONE, CodedAnswer, codes_of
from survey.events import log_event
from survey.visits.models import Visit

NAME = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{MAX_NAME_LENGTH - 1}}}")
RESERVED = "no_code"
"""What datasets hold of an answer that no code fits."""


@dataclass(frozen=True, slots=True)
class CodeValues:
    """What a code is said to be; both labels are needed, because figures are told in both languages."""

    name: str
    label_zh: str
    label_en: str
    definition: str = ""
    example: str = ""


def save_codes(session: Session, actor: User, form_id: str, question: str, values: Sequence[CodeValues], now: datetime) -> CodeBook:
    """The question's code book with these codes: known names are said anew, others are added at the end; all of them or none.

    A retired code that is among them is offered again. Raises INVALID_VALUE naming the code that cannot be taken.
    """
    seen: set[str] = set()
    for each in values:
        _check(each)
        if each.name in seen:
            raise _refused("name", f"the code '{each.name}' is there twice", f"代码“{each.name}”出现了两次")
        seen.add(each.name)
    book = find_code_book(session, form_id, question)
    if book is None:
        book = CodeBook(form_id=form_id, question=question, created_at=now, created_by_id=actor.id)
        session.add(book)
    known = {code.name: code for code in book.codes}
    added, changed = [], []
    for each in values:
        code = known.get(each.name)
        if code is None:
            code = BookCode(name=each.name, position=len(book.codes), is_retired=False)
            book.codes.append(code)
            added.append(each.name)
        elif (code.label_zh, code.label_en, code.definition, code.example, code.is_retired) != (*_texts(each), False):
            changed.append(each.name)
        code.label_zh, code.label_en, code.definition, code.example = _texts(each)
        code.is_retired = False
    session.flush()
    if added or changed:
        _log(session, actor, "codes.saved", "code_book", book.id, now, question=f"{form_id}.{question}", added=added, changed=changed)
    return book


def retire_code(session: Session, actor: User, book: CodeBook, name: str, now: datetime) -> None:
    """Offer a code to nobody any more; where it was given it stays."""
    code = next((each for each in book.codes if each.name == name), None)
    if code is None or code.is_retired:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Code", key=name, remedy="It is retired already, or was never there.")
    code.is_retired = True
    session.flush()
    _log(session, actor, "codes.retired", "code_book", book.id, now, question=f"{book.form_id}.{book.question}", code=name)


def open_round(session: Session, actor: User, visit: Visit, book: CodeBook, first: User, second: User, now: datetime) -> CodingRound:
    """The round in which these two code the visit's answers; other people can be named as long as nobody has coded anything.

    Raises INVALID_VALUE for one person twice or somebody who may not read interviews, INVALID_TRANSITION once coding has begun.
    """
    if first.id == second.id:
        raise _refused("second_coder", "two different people code the answers", "须由两个不同的人编码")
    for user in (first, second):
        if not user.active or not any(user.has_role(role) for role in CODER_ROLES):
            detail = f"{user.name} may not read interviews; name a coordinator or an author"
            raise _refused("coder", detail, f"{user.name}无权阅读访谈；请选择协调员或撰写人")
    if not any(not code.is_retired for code in book.codes):
        raise _refused("code_book", "the code book is empty; add codes first", "编码本是空的，请先添加代码")
    statement = select(CodingRound).where(CodingRound.visit_id == visit.id, CodingRound.code_book_id == book.id)
    found = session.scalar(statement)
    if found is None:
        found = CodingRound(visit_id=visit.id, code_book_id=book.id)
        session.add(found)
    elif session.scalar(select(func.count()).select_from(Coding).where(Coding.round_id == found.id)):
        raise SurveyError(
            ErrorCode.INVALID_TRANSITION, what=f"{book.form_id}.{book.question}", state="being coded", action="given to other coders"
        )
    found.first_coder_id, found.second_coder_id, found.opened_at, found.opened_by_id = first.id, second.id, now, actor.id
    session.flush()
    _log(session, actor, "coding.opened", "coding_round", found.id, now, visit=visit.id, first=first.id, second=second.id)
    return found


def part_of(coding_round: CodingRound, user: User) -> str:
    """Which of the two coders somebody is, "" for others."""
    return {coding_round.first_coder_id: FIRST, coding_round.second_coder_id: SECOND}.get(user.id, "")


def code_answer(
    session: Session, actor: User, coding_round: CodingRound, answer: OpenAnswer, codes: Collection[str], note: str, now: datetime
) -> Coding:
    """One coder's decision about an answer; no codes say that none fits. NOT_ALLOWED for anybody else than the two coders."""
    part = part_of(coding_round, actor)
    if not part:
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.username, action="code these answers", remedy="Two coders are named for them.")
    return _decide(session, actor, coding_round, answer, part, codes, note, now)


def settle_answer(
    session: Session, actor: User, coding_round: CodingRound, coded: CodedAnswer, codes: Collection[str], note: str, now: datetime
) -> Coding:
    """The third decision about an answer on which both coders differ; it counts. NOT_ALLOWED for the coders themselves."""
    if part_of(coding_round, actor):
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=actor.username,
            action="settle their own coding",
            remedy="Somebody who has coded neither way settles it.",
        )
    if coded.state not in (APART, DONE):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=coded.answer.instance_id, state=coded.state, action="settled")
    return _decide(session, actor, coding_round, coded.answer, SETTLED, codes, note, now)


def _decide(
    session: Session,
    actor: User,
    coding_round: CodingRound,
    answer: OpenAnswer,
    part: str,
    codes: Collection[str],
    note: str,
    now: datetime,
) -> Coding:
    offered = [code.name for code in coding_round.code_book.codes if not code.is_retired]
    if strange := sorted(set(codes) - set(offered)):
        raise _refused("codes", f"'{strange[0]}' is no code of this book, or retired", f"“{strange[0]}”不是本编码本的代码，或已停用")
    note = note.strip()
    if len(note) > MAX_TEXT_LENGTH:
        raise _refused("note", f"at most {MAX_TEXT_LENGTH} signs", f"不超过{MAX_TEXT_LENGTH}字")
    at = (Coding.round_id == coding_round.id, Coding.instance_id == answer.instance_id, Coding.part == part)
    latest = session.scalar(select(Coding).where(*at).order_by(Coding.number.desc()).limit(1))
    chosen = [name for name in offered if name in set(codes)]
    if latest is not None and (codes_of(latest), latest.note, latest.text_hash) == (frozenset(chosen), note, answer.text_hash):
        return latest
    coding = Coding(
        round_id=coding_round.id,
        instance_id=answer.instance_id,
        part=part,
        number=latest.number + 1 if latest else 1,
        codes=chosen,
        note=note,
        text_hash=answer.text_hash,
        coder_id=actor.id,
        coded_at=now,
    )
    session.add(coding)
    session.flush()
    action = "coding.settled" if part == SETTLED else "coding.coded"
    _log(session, actor, action, "coding_round", coding_round.id, now, instance=answer.instance_id, codes=chosen, part=part)
    return coding


def _check(values: CodeValues) -> None:
    if not NAME.fullmatch(values.name) or values.name == RESERVED:
        detail = f"'{values.name}' is no name of a code: a letter, then letters, digits and underscores, {MAX_NAME_LENGTH} at most"
        told = f"“{values.name}”不能作代码：须以字母开头，只用字母、数字和下划线，不超过{MAX_NAME_LENGTH}个字符"
        raise _refused("name", detail, told)
    for label in (values.label_zh, values.label_en):
        if not 0 < len(label.strip()) <= MAX_LABEL_LENGTH:
            detail = f"the code '{values.name}' needs a Chinese and an English label of at most {MAX_LABEL_LENGTH} signs"
            raise _refused("label", detail, f"代码“{values.name}”须有中文和英文名称，各不超过{MAX_LABEL_LENGTH}字")
    if max(len(values.definition), len(values.example)) > MAX_TEXT_LENGTH:
        detail = f"definition and example of '{values.name}' have at most {MAX_TEXT_LENGTH} signs each"
        raise _refused("definition", detail, f"代码“{values.name}”的定义和例子各不超过{MAX_TEXT_LENGTH}字")


def _texts(values: CodeValues) -> tuple[str, str, str, str]:
    return values.label_zh.strip(), values.label_en.strip(), values.definition.strip(), values.example.strip()


def _refused(field: str, detail: str, detail_zh: str) -> SurveyError:
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, detail_zh=detail_zh)


def _log(session: Session, actor: User, action: str, subject_type: str, subject_id: str, now: datetime, **details: object) -> None:
    log_event(session, actor.id, action, subject_type, subject_id, now, **details)
