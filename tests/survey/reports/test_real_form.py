"""A form that was made for other software, all the way: published, sent, accepted, exported and read for tables."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.pipeline import Request, run
from benchmarks.questionnaire import fill
from questionnaires.columns import tables_of
from questionnaires.instance import write_instance
from questionnaires.stacking import rows_of
from survey.bundles.codebook import REPEAT_COLUMNS, SUBMISSION_COLUMNS
from survey.bundles.export import export_bundle
from survey.instruments.operations import publish_questionnaire
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.review.operations import accept_clean
from tests.builders import NOW, find_or_add_person
from tests.survey.intake.interviews import send

FORMS = Path(__file__).parents[4] / "shared" / "forms"
SUBMISSION_NAMES = {name for name, _ in (*SUBMISSION_COLUMNS, *REPEAT_COLUMNS)} - {"position", "parent_position"}
NAME = "socio-economic-survey-v20240515.xlsx"


@pytest.mark.skipif(not (FORMS / NAME).exists(), reason=f"{NAME} does not lie in ../shared/forms beside the checkout")
def test_socio_economic_survey__sent_and_accepted__is_in_the_bundle_answer_by_answer(
    client: FlaskClient, session: Session, tmp_path: Path
) -> None:
    version = publish_questionnaire(session, None, (FORMS / NAME).read_bytes(), NAME, NOW)
    questionnaire = load_questionnaire(version)
    find_or_add_person(session, "lead1")
    filled = fill(questionnaire, questionnaire.children, 2)
    xml = write_instance(questionnaire, filled, instance_id="uuid:real", now=NOW)
    response = send(client, xml)
    assert response.status_code == 201, response.text
    assert accept_clean(session, find_or_add_person(session, "coordinator"), ["uuid:real"], NOW) == ("uuid:real",)
    export_bundle(session, tmp_path / "bundle")
    bundle = read_bundle(tmp_path / "bundle")
    answers = session.get_one(Submission, "uuid:real").answers
    for table, rows in rows_of(questionnaire, answers).items():
        exported = bundle.tables[(version.form_id, table)]
        assert len(exported) == len(rows), table
        same_names = set(exported.columns) & (set(rows[0]) if rows else set())
        for column in same_names - SUBMISSION_NAMES:
            assert exported[column].notna().sum() == sum(row[column] is not None for row in rows), (table, column)
    assert {*bundle.tables} == {(version.form_id, table.name) for table in tables_of(questionnaire)}
    run(tmp_path / "bundle", tmp_path / "figures", Request(), today=NOW.date())
    assert (tmp_path / "figures" / "estimates.parquet").exists()
