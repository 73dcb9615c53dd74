"""What a bundle holds of open answers: the codes given to each, and the code books. Texts stay in the form's own column."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey.bundles.queries import Scope
from survey.coding.answers import read_open_answers
from survey.coding.models import CodeBook, CodingRound
from survey.coding.queries import list_code_books, list_codings
from survey.coding.rounds import CodedAnswer, codes_of, join_codings

COLUMNS = (
    ("instance_id", "text"),
    ("visit_id", "text"),
    ("form_id", "text"),
    ("question", "text"),
    ("first_codes", "texts"),
    ("second_codes", "texts"),
    ("codes", "texts"),
    ("state", "category"),
)
Row = Mapping[str, Any]


def stream_codings(session: Session, scope: Scope) -> Iterator[Row]:
    """A row per answer that somebody has coded, by visit, question and interview; `codes` are those that count, none while they differ."""
    statement = select(CodingRound).join(CodeBook).options(joinedload(CodingRound.code_book))
    if scope.visits:
        statement = statement.where(CodingRound.visit_id.in_(scope.visits))
    rounds = session.scalars(statement.order_by(CodingRound.visit_id, CodeBook.form_id, CodeBook.question)).all()
    codings = list_codings(session, [each.id for each in rounds])
    for each in rounds:
        key = (each.code_book.form_id, each.code_book.question)
        question = read_open_answers(session, each.visit_id).questions.get(key)
        for coded in join_codings(question.answers, codings[each.id]) if question else ():
            if coded.first or coded.second:
                yield _row(each, coded)


def _row(coding_round: CodingRound, coded: CodedAnswer) -> Row:
    return {
        "instance_id": coded.answer.instance_id,
        "visit_id": coding_round.visit_id,
        "form_id": coding_round.code_book.form_id,
        "question": coding_round.code_book.question,
        "first_codes": sorted(codes_of(coded.first)) if coded.first else None,
        "second_codes": sorted(codes_of(coded.second)) if coded.second else None,
        "codes": None if coded.counted is None else sorted(coded.counted),
        "state": coded.state,
    }


def code_books_entry(session: Session, form_id: str) -> dict[str, Any]:
    """The part `code_books` of a form's entry in the codebook: by question its codes; nothing for a form without code books."""
    books = {question: book for (form, question), book in sorted(list_code_books(session).items()) if form == form_id}
    if not books:
        return {}
    return {"code_books": {question: [_code(each) for each in book.codes] for question, book in books.items()}}


def _code(code: Any) -> dict[str, Any]:
    return {
        "name": code.name,
        "label": {"zh": code.label_zh, "en": code.label_en},
        "definition": code.definition,
        "example": code.example,
        "is_retired": code.is_retired,
    }
