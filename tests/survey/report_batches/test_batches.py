"""Drafting all counties of a visit at once, the zip, what failed, and the versions that drafts leave behind."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.instruments.models import QuestionnaireVersion
from survey.report_batches import drafting
from survey.report_batches.models import ReportBatch
from survey.reports.models import Report
from survey.visits.models import Pair
from tests.builders import VILLAGE, add_assignment, add_form, add_household, add_pair, add_region, add_submission, add_visit
from tests.survey.intake.interviews import FORM, FORM_ID
from tests.word_files import open_word

OTHER_COUNTY = "610728101201"
CODES = ["610727000000", "610728000000"]
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def visit_id(session: Session) -> str:
    """A visit with one accepted interview in each of two counties."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, OTHER_COUNTY), forms=[version])
    pair = add_pair(session, visit)
    for number, village in ((1, VILLAGE), (2, OTHER_COUNTY)):
        task = add_assignment(session, pair, add_household(session, f"00{number}", village_code=village), FORM_ID)
        add_submission(session, version, f"uuid:{number}", assignment=task, state="accepted", answers={"water_safe": "yes"})
    session.commit()
    return visit.id


def _begin(client: FlaskClient, visit_id: str, *places: str) -> str:
    told = {"kind": "county", "language": "en", "audience": "inward", "places": list(places)}
    response = client.post(f"/reports/batches/visits/{visit_id}", data=told)
    assert response.status_code == 302, response.text
    return response.location.rsplit("/", 1)[1]


def test_batch__of_all_counties__drafts_each_and_packs_them(app: Flask, visit_id: str, sign_in: SignIn, session: Session) -> None:
    client = sign_in("author")
    page = client.get(f"/reports/batches/visits/{visit_id}").text
    assert all(f'value="{code}" checked' in page for code in CODES)
    batch_id = _begin(client, visit_id, *CODES)
    drafting.begin(app, batch_id).thread.join()
    session.expire_all()
    page = client.get(f"/reports/batches/{batch_id}").text
    assert "all.zip" in page
    assert 'http-equiv="refresh"' not in page
    reports = session.scalars(select(Report).order_by(Report.region_code)).all()
    assert [(each.kind, each.region_code, each.version) for each in reports] == [("county", code, 1) for code in CODES]
    packed = ZipFile(BytesIO(client.get(f"/reports/batches/{batch_id}/all.zip").data))
    assert [name[:12] for name in packed.namelist()] == CODES
    text = "\n".join(paragraph.text for paragraph in open_word(packed.read(packed.namelist()[0])).paragraphs)
    assert "county 610727" in text


def test_batch__with_a_county_without_interviews__drafts_the_others_and_tells_why_not(
    app: Flask, visit_id: str, sign_in: SignIn, session: Session
) -> None:
    client = sign_in("author")
    batch_id = _begin(client, visit_id, *CODES)
    batch = session.get_one(ReportBatch, batch_id)
    add_region(session, "610729101201")
    batch.drafts[1].region_code = "610729000000"
    session.commit()
    drafting.begin(app, batch_id).thread.join()
    session.expire_all()
    done, failed = session.get_one(ReportBatch, batch_id).drafts
    assert done.report is not None
    assert "610729" in failed.failure
    assert "不存在" in failed.failure, "it is said in the language of whoever began the batch"
    assert failed.failure in client.get(f"/reports/batches/{batch_id}").get_data(as_text=True).replace("&#39;", "'")
    assert client.post(f"/reports/batches/{batch_id}/again").status_code == 302
    session.expire_all()
    assert session.get_one(ReportBatch, batch_id).drafts[1].ended_at is None


def test_batch__without_a_place_or_for_others__is_refused(visit_id: str, sign_in: SignIn) -> None:
    address = f"/reports/batches/visits/{visit_id}"
    assert sign_in("author").post(address, data={"kind": "county", "language": "en", "audience": "inward"}).status_code == 422
    assert sign_in("author").get("/reports/batches/absent").status_code == 404
    assert sign_in("author").get("/reports/batches/visits/absent").status_code == 404
    assert sign_in("lead1").get(address).status_code == 403
    assert sign_in("county").get(address).status_code == 403


def test_versions__of_one_report__are_listed_and_compared(app: Flask, visit_id: str, sign_in: SignIn, session: Session) -> None:
    client = sign_in("author")
    drafting.begin(app, _begin(client, visit_id, CODES[0])).thread.join()
    pair, version = session.scalars(select(Pair)).one(), session.scalars(select(QuestionnaireVersion)).one()
    task = add_assignment(session, pair, add_household(session, "009"), FORM_ID)
    add_submission(session, version, "uuid:9", assignment=task, state="accepted", answers={"water_safe": "no"})
    session.commit()
    drafting.begin(app, _begin(client, visit_id, CODES[0])).thread.join()
    session.expire_all()
    newer, older = session.scalars(select(Report).order_by(Report.version.desc())).all()
    assert (newer.version, older.version) == (2, 1)
    assert client.get(f"/reports/{newer.id}/versions").text.count('name="older"') == 2
    page = client.get(f"/reports/{newer.id}/versions/compared").text
    assert "<del>1</del>" in page
    assert "<ins>2</ins>" in page
    assert client.get(f"/reports/{newer.id}/versions/compared?older=absent").status_code == 404
