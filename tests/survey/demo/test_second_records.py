"""The demonstration's visit that was recorded twice."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from survey.reconciling.agreement import pair_rows
from survey.reconciling.differences import compare_records
from survey.reconciling.models import ReconciledAnswer, Reconciliation
from survey.reconciling.queries import list_pairs, load_pairs
from survey.reconciling.tolerances import Tolerances
from survey.visits.household_list import questionnaire_with_households
from survey.visits.models import Visit

pytestmark = pytest.mark.soak
VISIT = "2016-07-hanbin"


def test_build_demo__one_visit__is_recorded_twice_and_partly_reconciled(demo_session: Session) -> None:
    assert demo_session.scalars(select(Visit.id).where(Visit.records == "independent")).all() == [VISIT]
    seconds = select(Submission.visit_id, func.count()).where(Submission.recorded_as == "second").group_by(Submission.visit_id)
    assert demo_session.execute(seconds).all() == [(VISIT, 150)]
    states = dict(demo_session.execute(select(Reconciliation.state, func.count()).group_by(Reconciliation.state)).all())
    assert states["finished"] >= 15
    assert states["open"] >= 1
    assert set(demo_session.scalars(select(ReconciledAnswer.choice))) == {"left", "right", "other"}


def test_build_demo__second_pair__agrees_least(demo_session: Session) -> None:
    keys = [key for key in list_pairs(demo_session, VISIT) if key.form_id == "household"]
    pairs = load_pairs(demo_session, keys)
    form = questionnaire_with_households(demo_session, pairs[0].lead.questionnaire)
    compared = [compare_records(form, each.lead.answers, each.second.answers, Tolerances()) for each in pairs]
    names = [(str(each.lead.lead.username), {"default": "–"}) for each in pairs]
    shares = {row.key: row.coefficients["share"].estimate for row in pair_rows(form, compared, names)}
    assert min(shares, key=shares.__getitem__) == "lead2"
    assert all(0.85 < share < 1 for share in shares.values())
