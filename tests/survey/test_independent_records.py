"""Records of both of a pair, from the accepted submissions to the figures: one of each interview is exported and counted, the lead's."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.export import export_bundle
from survey.candidates.models import IssueCandidate
from survey.visits.operations import create_visit, update_visit
from survey.visits.progress import read_progress
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.conftest import SignIn
from tests.survey.intake.interviews import FORM, FORM_ID

ANSWERS = {"family": {"n_members": 2, "members": [{"age": 40}, {"age": 12}]}, "water_safe": "no"}


def add_both_records(session: Session) -> None:
    """An interview of which both of the pair have an accepted record with two members and an issue, and one that only the lead sent."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, forms=[version])
    visit.records = "independent"
    pair = add_pair(session, visit)
    first, other = (add_assignment(session, pair, add_household(session, number), FORM_ID) for number in ("001", "002"))
    for instance_id, assignment, role in (("uuid:lead", first, "lead"), ("uuid:second", first, "second"), ("uuid:other", other, "lead")):
        add_submission(session, version, instance_id, assignment=assignment, state="accepted", answers=ANSWERS).recorded_as = role
        facts = {"rule": "water", "title": {"zh": "饮水"}, "area": "water", "level": "village", "severity": "high", "evidence": {}}
        session.add(
            IssueCandidate(instance_id=instance_id, visit_id=visit.id, village_code=assignment.village_code, raised_at=NOW, **facts)
        )
    session.commit()


def test_export__both_records__holds_the_leads_and_says_that_they_are_not_reconciled(session: Session, tmp_path: Path) -> None:
    add_both_records(session)
    manifest = export_bundle(session, tmp_path / "bundle")
    bundle = read_bundle(tmp_path / "bundle")
    assert json.loads((tmp_path / "bundle" / "manifest.json").read_text())["counts"]["submissions"] == 2
    assert sorted(bundle.tables[FORM_ID, "main"]["instance_id"]) == ["uuid:lead", "uuid:other"]
    assert set(bundle.tables[FORM_ID, "main"]["reconciliation"]) == {"not_reconciled"}
    assert sorted(set(bundle.tables[FORM_ID, "members"]["instance_id"])) == ["uuid:lead", "uuid:other"]
    assert sorted(bundle.candidates["instance_id"]) == ["uuid:lead", "uuid:other"]
    assert [row["n"] for row in manifest["review"]] == [2], "what a report leaves out is told of the records that it could take"


def test_progress__both_records_wanted__expects_two_of_every_assignment(session: Session) -> None:
    add_both_records(session)
    total = read_progress(session, "2018-04-test").total
    assert (total.n_assigned, total.n_open, total.n_accepted) == (4, 1, 3)


def test_records__of_a_visit__are_chosen_while_it_is_planned_and_stay(session: Session) -> None:
    facts = {"title": "调研", "starts_on": NOW.date(), "ends_on": NOW.date()}
    visit = create_visit(session, None, id="2018-05-x", records="independent", now=NOW, **facts)
    more = {**facts, "purpose": "", "look_back_of_id": None, "now": NOW}
    assert update_visit(session, None, visit, records="paired", **more).records == "paired"
    visit.state = "open"
    assert update_visit(session, None, visit, **more).records == "paired"
    with pytest.raises(SurveyError) as caught:
        update_visit(session, None, visit, records="independent", **more)
    assert caught.value.code is ErrorCode.INVALID_TRANSITION
    with pytest.raises(SurveyError):
        create_visit(session, None, id="2018-05-y", records="both", now=NOW, **facts)


def test_page_of_a_visit__planned_or_open__offers_or_only_tells_how_its_pairs_record(session: Session, sign_in: SignIn) -> None:
    visit = add_visit(session)
    visit.state = "planned"
    client: FlaskClient = sign_in("coordinator")
    facts = {"title": visit.title, "starts_on": "2018-04-16", "ends_on": "2018-04-27", "look_back_of_id": "", "purpose": ""}
    assert client.post(f"/visits/{visit.id}/edit", data={**facts, "records": "independent"}).status_code == 302
    session.refresh(visit)
    assert visit.records == "independent"
    visit.state = "open"
    page = client.get(f"/visits/{visit.id}/edit").text
    assert 'name="records"' not in page
    assert client.post(f"/visits/{visit.id}/edit", data={**facts, "title": "另一个名称"}).status_code == 302
    session.refresh(visit)
    assert (visit.title, visit.records) == ("另一个名称", "independent")
