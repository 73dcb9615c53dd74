"""What is invented for the questionnaires beside the household's passes their rules, and what the demonstration holds of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import questionnaires
from questionnaires.instance import check_instance, parse_instance, write_instance
from questionnaires.reader import read_questionnaire
from survey.candidates.models import IssueCandidate
from survey.demo.chance import draw_from
from survey.demo.frame import BESIDE
from survey.demo.nesting import nest_answers
from survey.demo.other_answers import invent_answers
from survey.demo.other_forms import N_LOOKED_BACK, OF_COUNTIES, OF_HOUSEHOLDS, OF_VILLAGES
from survey.devices.models import DeviceUse
from survey.intake.models import Submission

NOW = datetime(2018, 3, 15, 9, 0, tzinfo=UTC)
GIVEN = {"village_name": "虚构村", "county_name": "虚构县", "meeting_date": "2018-03-15", "signature": "signature.png"}


@pytest.mark.parametrize("name", BESIDE)
def test_answers__drawn_many_times__are_what_the_questionnaire_takes(name: str) -> None:
    questionnaire = read_questionnaire(Path(questionnaires.__file__).parent / name)
    seen = set()
    for number in range(12):
        answers, entries = invent_answers(questionnaire, draw_from(1, name, number), GIVEN)
        nested = nest_answers(questionnaire, answers, entries)
        xml = write_instance(questionnaire, nested, instance_id=f"uuid:{number}", now=NOW, preloads={"today": "2018-03-15"})
        check = check_instance(questionnaire, parse_instance(xml), now=NOW)
        assert check.findings == (), (number, check.findings)
        seen.add(xml)
    assert len(seen) == 12


@pytest.mark.soak
def test_build_demo__other_forms__are_accepted_reach_figures_and_raise_candidates(demo_session: Session) -> None:
    counted = select(Submission.form_id, func.count()).where(Submission.review_state == "accepted").group_by(Submission.form_id)
    accepted = dict(demo_session.execute(counted).all())
    several = dict.fromkeys(("village_cadre", "work_team"), 18)
    assert {form_id: accepted.get(form_id) for form_id in OF_VILLAGES} == {**dict.fromkeys(OF_VILLAGES, 6), **several}
    assert {form_id: accepted.get(form_id) for form_id in OF_COUNTIES} == dict.fromkeys(OF_COUNTIES, 4)
    assert accepted[OF_HOUSEHOLDS] == N_LOOKED_BACK
    sources = select(Submission.form_id).join(IssueCandidate, IssueCandidate.instance_id == Submission.instance_id)
    raised = set(demo_session.scalars(sources.distinct()))
    assert len(raised & {*OF_VILLAGES, *OF_COUNTIES, OF_HOUSEHOLDS}) >= 5


@pytest.mark.soak
def test_build_demo__tablets__tell_what_was_not_sent(demo_session: Session) -> None:
    sent_from = set(demo_session.scalars(select(Submission.device_id)))
    uses = demo_session.scalars(select(DeviceUse)).all()
    assert {use.device_id for use in uses} <= sent_from
    assert any(use.n_drafts for use in uses)
    assert any(use.n_unsent for use in uses)
