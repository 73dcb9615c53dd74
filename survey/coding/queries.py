"""What the pages of open answers read beside the answers: code books, rounds, decisions, people who may code."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import Role, User
from survey.coding.answers import OpenQuestion
from survey.coding.models import CodeBook, Coding, CodingRound
from survey.coding.rounds import CodedAnswer, join_codings

CODER_ROLES = ("admin", "coordinator", "author")


def list_code_books(session: Session) -> Mapping[tuple[str, str], CodeBook]:
    """Every code book with its codes, by form and question."""
    books = session.scalars(select(CodeBook).options(selectinload(CodeBook.codes)))
    return {(book.form_id, book.question): book for book in books}


def find_code_book(session: Session, form_id: str, question: str) -> CodeBook | None:
    """The code book of a question, None before it has a code."""
    statement = select(CodeBook).where(CodeBook.form_id == form_id, CodeBook.question == question)
    return session.scalar(statement.options(selectinload(CodeBook.codes)))


def list_rounds(session: Session, visit_id: str) -> Mapping[tuple[str, str], CodingRound]:
    """The visit's rounds with their people, by form and question."""
    statement = select(CodingRound).where(CodingRound.visit_id == visit_id)
    people = (joinedload(CodingRound.first_coder).lazyload(User.roles), joinedload(CodingRound.second_coder).lazyload(User.roles))
    rounds = session.scalars(statement.options(joinedload(CodingRound.code_book).selectinload(CodeBook.codes), *people))
    return {(each.code_book.form_id, each.code_book.question): each for each in rounds}


def find_round(session: Session, visit_id: str, form_id: str, question: str) -> CodingRound:
    """The round; NOT_FOUND before two coders are named."""
    found = list_rounds(session, visit_id).get((form_id, question))
    if found is None:
        raise SurveyError(
            ErrorCode.NOT_FOUND,
            what="Round of coding",
            key=f"{form_id}.{question}",
            remedy="A coordinator names two coders on the page of open answers first.",
        )
    return found


def list_codings(session: Session, round_ids: Sequence[str]) -> Mapping[str, list[Coding]]:
    """Every decision of these rounds, by round."""
    found: dict[str, list[Coding]] = {round_id: [] for round_id in round_ids}
    for coding in session.scalars(select(Coding).where(Coding.round_id.in_(list(round_ids)))):
        found[coding.round_id].append(coding)
    return found


def read_coded(session: Session, coding_round: CodingRound, question: OpenQuestion) -> tuple[CodedAnswer, ...]:
    """Where each answer of the round stands."""
    return join_codings(question.answers, list_codings(session, [coding_round.id])[coding_round.id])


def list_coders(session: Session) -> list[tuple[str, str]]:
    """Who may code, as (id, name): coordinators, authors and administrators that are active."""
    statement = select(User).where(User.active.is_(True), User.roles.any(Role.name.in_(CODER_ROLES)))
    return [(user.id, f"{user.name}（{user.username}）") for user in session.scalars(statement.order_by(User.name, User.username))]
