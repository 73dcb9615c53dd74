"""What the demonstration shows of liaison: the founding case's assistance, and a ledger whose numbers lead to as many rows."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.liaison.amounts import ten_thousands
from survey.liaison.assistance_queries import AssistanceFilter, read_totals
from survey.liaison.models import Contact, Expert, MaterialRequest
from survey.visits.ledger import NO_VISIT, read_work_ledger
from survey.visits.ledger_rows import Chosen, read_items
from survey.visits.models import Meeting


def test_build_demo__assistance_of_2019__is_that_of_the_founding_case(small_demo_session: Session) -> None:
    totals = read_totals(small_demo_session, AssistanceFilter(year="2019"))

    assert totals.whole.n_givers == 148
    assert str(ten_thousands(totals.whole.amount_fen)) == "6378.580000"
    for parts in (totals.by_giver_kind, totals.by_help_kind, totals.by_year, [place.total for place in totals.by_place]):
        assert sum(part.amount_fen for part in parts) == totals.whole.amount_fen


def test_build_demo__ledger__leads_to_as_many_rows_as_its_numbers_say(small_demo_session: Session) -> None:
    ledger = read_work_ledger(small_demo_session)
    chosen = [(Chosen(), ledger.total), *((Chosen(visit=row.visit.id if row.visit else NO_VISIT), row.numbers) for row in ledger.rows)]

    for wanted, numbers in chosen:
        for name, number in numbers.numbers().items():
            assert read_items(small_demo_session, name, wanted, size=1).page.total == number, (name, wanted)
    for name in ("visits", "households", "files_read", "meetings", "recommendations", "survey_reports", "theory_reports"):
        assert sum(getattr(row.numbers, name) for row in ledger.periods) == getattr(ledger.total, name)


def test_build_demo__liaison__has_something_on_every_page(small_demo_session: Session) -> None:
    states = dict(small_demo_session.execute(select(MaterialRequest.state, func.count()).group_by(MaterialRequest.state)).all())

    assert small_demo_session.scalar(select(func.count()).select_from(Contact)) == 21
    assert small_demo_session.scalar(select(func.count()).select_from(Expert)) == 14
    assert set(states) >= {"asked", "partly", "received"}
    assert small_demo_session.scalar(select(func.count()).select_from(Meeting).where(Meeting.visit_id.is_(None))) == 6
