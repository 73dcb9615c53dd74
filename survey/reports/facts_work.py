"""The work of a year, and how far pairs of a visit agree, as the records that reports are made of."""

from datetime import date

from sqlalchemy.orm import Session

from analysis.report.kinds.records import AgreementFact, WorkFact, WorkRow
from survey.instruments.registry import load_questionnaire
from survey.issue_figures.figures import count_lives
from survey.issue_figures.queries import read_lives
from survey.reconciling.differences import compare_records
from survey.reconciling.queries import list_pairs, load_pairs, read_tolerances
from survey.visits.ledger import read_work_ledger
from survey.visits.models import Visit
from survey.visits.periods import NamedPeriod, Period


def read_work_fact(session: Session, year: int, today: date) -> WorkFact:
    """The work ledger of the year up to today, by visit and quarter, and what became of the issues that were raised in it."""
    whole = NamedPeriod(year).period
    period = Period(whole.since, min(whole.until or today, max(today, whole.since or today)))
    ledger = read_work_ledger(session, period, by_quarter=True)
    return WorkFact(
        total=ledger.total.numbers(),
        visits=tuple(WorkRow(row.visit.title, row.numbers.numbers()) for row in ledger.rows if row.visit),
        quarters=tuple(WorkRow(str(row.named.quarter), row.numbers.numbers()) for row in ledger.periods),
        issues=count_lives(read_lives(session, period=period)).counts(),
    )


def read_agreement_facts(session: Session, visit_id: str, language: str) -> tuple[AgreementFact, ...]:
    """How many answers that both of a pair recorded by themselves are the same, by form; () where one form is filled in together."""
    visit = session.get_one(Visit, visit_id)
    if visit.records != "independent":
        return ()
    by_form: dict[str, list[int]] = {}
    titles: dict[str, str] = {}
    tolerances = read_tolerances(session, visit)
    for each in load_pairs(session, list_pairs(session, visit_id)):
        questionnaire = load_questionnaire(each.lead.questionnaire)
        compared = compare_records(questionnaire, each.lead.answers, each.second.answers, tolerances)
        both = [comparison for comparison in compared if comparison.question is not None and not comparison.is_one_sided]
        counts = by_form.setdefault(questionnaire.form_id, [0, 0, 0])
        for place, n in enumerate((1, len(both), sum(comparison.is_agreeing for comparison in both))):
            counts[place] += n
        titles[questionnaire.form_id] = each.lead.questionnaire.title_in(language)
    return tuple(AgreementFact(titles[form_id], *counts) for form_id, counts in sorted(by_form.items()))
