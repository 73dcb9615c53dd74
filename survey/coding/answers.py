"""The open questions of a visit and what was answered: reads of accepted interviews, kept until an interview or a name changes."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.columns import MAIN, Column, tables_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from questionnaires.stacking import rows_of
from survey.accounts.models import User
from survey.bundles.codebook import NAMES_OF_PEOPLE
from survey.bundles.unrelated_events import UNRELATED
from survey.coding.masking import mask_text
from survey.db import AnyRow
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.intake.texts import texts_by_code
from survey.issues.identifying import Known
from survey.kept import kept_past
from survey.places.codes import county_of
from survey.places.models import Household, Region
from survey.reconciling.counted import is_counted
from survey.reconciling.models import Reconciliation
from survey.registry.models import HouseholdMember

NAME_ENDING = "_name"
"""Questions that end so ask who somebody is; there is nothing to code."""
COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class OpenAnswer:
    """One answer in the interviewers' words; `shown` is what coders and tables see of it, without names."""

    instance_id: str
    village_code: str
    county_code: str
    text: str
    shown: str
    text_hash: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One question of a form that was answered in words; `label` is by language code."""

    form_id: str
    question: str
    form_title: Mapping[str, str]
    label: Mapping[str, str]
    answers: tuple[OpenAnswer, ...]

    @property
    def key(self) -> str:
        """What addresses call it."""
        return f"{self.form_id}.{self.question}"


@dataclass(frozen=True, slots=True)
class OpenAnswers:
    """Everything that a visit's accepted interviews say in words, and the names that no word count may hold."""

    questions: Mapping[tuple[str, str], OpenQuestion]
    left_out: frozenset[str]
    county_names: Mapping[str, str]


def read_open_answers(session: Session, visit_id: str) -> OpenAnswers:
    """The open questions of the visit in the order of its forms, each with its answers by instance id."""
    return kept_past(session, ("open_answers", visit_id), UNRELATED, lambda: _read(session, visit_id))


def find_question(session: Session, visit_id: str, form_id: str, question: str) -> OpenQuestion:
    """The question with its answers; NOT_FOUND when no accepted interview of the visit answers it in words."""
    found = read_open_answers(session, visit_id).questions.get((form_id, question))
    if found is None:
        raise SurveyError(
            ErrorCode.NOT_FOUND,
            what="Open question",
            key=f"{form_id}.{question}",
            remedy="Choose one of the open questions of the visit; it needs an accepted interview that answers it.",
        )
    return found


def _read(session: Session, visit_id: str) -> OpenAnswers:
    rows = session.execute(
        select(
            Submission.instance_id,
            Submission.form_id,
            Submission.questionnaire_version_id,
            Submission.village_code,
            Submission.answers,
            Reconciliation.answers.label("reconciled"),
        )
        .outerjoin(Reconciliation, is_counted())
        .where(Submission.visit_id == visit_id, Submission.review_state == "accepted", Submission.recorded_as == "lead")
        .order_by(Submission.form_id, Submission.instance_id, Reconciliation.finished_at)
    ).all()
    newest = {row.instance_id: row for row in rows}
    versions = session.scalars(
        select(QuestionnaireVersion)
        .where(QuestionnaireVersion.id.in_({row.questionnaire_version_id for row in newest.values()}))
        .order_by(QuestionnaireVersion.published_at)
    )
    questionnaires = {version.id: load_questionnaire(version) for version in versions}
    villages = {row.village_code for row in newest.values() if row.village_code}
    known = _known(session, villages)
    answers: dict[tuple[str, str], list[OpenAnswer]] = {}
    for row in newest.values():
        for name, text in _texts(questionnaires[row.questionnaire_version_id], row).items():
            answers.setdefault((row.form_id, name), []).append(_answer(row, text, known))
    questions = {}
    for questionnaire in reversed(questionnaires.values()):
        for column in open_columns(questionnaire):
            key = (questionnaire.form_id, column.question)
            if key in answers and key not in questions:
                title, label = (texts_by_code(questionnaire, text) for text in (questionnaire.title, column.label))
                questions[key] = OpenQuestion(*key, title, label, tuple(answers[key]))
    names = known.heads | known.members | known.interviewers | known.places
    return OpenAnswers(questions, names, _county_names(session, villages))


def open_columns(questionnaire: Questionnaire) -> tuple[Column, ...]:
    """The questions that are answered once in words, names of people left aside."""
    main = next(table for table in tables_of(questionnaire) if table.name == MAIN)
    return tuple(
        column
        for column in main.columns
        if column.kind == "text"
        and column.is_asked
        and column.question not in NAMES_OF_PEOPLE
        and not column.question.endswith(NAME_ENDING)
    )


def _texts(questionnaire: Questionnaire, row: AnyRow) -> dict[str, str]:
    main = rows_of(questionnaire, row.reconciled if row.reconciled is not None else row.answers)[MAIN][0]
    found = {column.question: str(main.get(column.name) or "").strip() for column in open_columns(questionnaire)}
    return {name: text for name, text in found.items() if text}


def _answer(row: AnyRow, text: str, known: Known) -> OpenAnswer:
    village = row.village_code or ""
    shown = mask_text(text, known)
    return OpenAnswer(row.instance_id, village, county_of(village)[:COUNTY_DIGITS] if village else "", text, shown, hash_of(text))


def hash_of(text: str) -> str:
    """What a decision about this text is bound to."""
    return hashlib.sha256(text.encode()).hexdigest()


def _known(session: Session, villages: Iterable[str]) -> Known:
    """Everybody of the villages' households and of the supervising side, and the places that may be named."""
    codes = sorted(set(villages))
    heads = session.scalars(select(Household.head_name).where(Household.village_code.in_(codes)))
    members = session.scalars(
        select(HouseholdMember.name).join(Household, Household.id == HouseholdMember.household_id).where(Household.village_code.in_(codes))
    )
    places = session.scalars(select(Region.name).where(Region.code.in_(_around(codes))))
    return Known(
        heads=frozenset(filter(None, heads)),
        members=frozenset(filter(None, members)),
        interviewers=frozenset(filter(None, session.scalars(select(User.name)))),
        places=frozenset(places),
    )


def _around(villages: Iterable[str]) -> set[str]:
    """The codes of the villages and of the township, county, city and province around each."""
    return {code[:digits].ljust(12, "0") for code in villages for digits in (2, 4, 6, 9, 12)}


def _county_names(session: Session, villages: Iterable[str]) -> dict[str, str]:
    codes = {code[:COUNTY_DIGITS].ljust(12, "0") for code in villages}
    rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))
    return {code[:COUNTY_DIGITS]: name for code, name in rows}
