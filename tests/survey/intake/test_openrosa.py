"""What ODK Collect and Enketo do before they send: ask who they are, which forms there are, and fetch them."""

import io
import subprocess
import sys
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy.orm import Session

from survey.intake.models import Submission
from survey.intake.openrosa import LIST_NAMESPACE, MANIFEST_NAMESPACE, RESPONSE_NAMESPACE, md5_hash
from tests.builders import add_form, find_or_add_person
from tests.survey.intake.conftest import Field
from tests.survey.intake.interviews import FORM, FORM_ID, basic, interview_xml, send


def test_submission__head_with_basic__answers_204_and_the_limit(client: FlaskClient, field: Field) -> None:
    response = client.head("/openrosa/submission", headers=basic())
    assert response.status_code == 204
    assert response.headers["X-OpenRosa-Version"] == "1.0"
    assert int(response.headers["X-OpenRosa-Accept-Content-Length"]) == 100_000_000
    assert response.headers["Date"].endswith("GMT")
    assert response.headers["Location"] == "http://localhost/openrosa/submission"


@pytest.mark.parametrize("address", ["/openrosa/formList", "/openrosa/submission", f"/openrosa/forms/{FORM_ID}/2018.1.xml"])
def test_openrosa__nobody_signed_in__is_challenged(client: FlaskClient, field: Field, address: str) -> None:
    response = client.open(address, method="HEAD" if address.endswith("submission") else "GET")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].lower().startswith("basic ")
    assert response.headers["X-OpenRosa-Version"] == "1.0"


@pytest.mark.parametrize(("username", "password"), [("lead1", "wrong-password-1"), ("nobody", "demo-visit-2018"), ("lead1", "")])
def test_openrosa__wrong_password__is_challenged(client: FlaskClient, field: Field, username: str, password: str) -> None:
    assert client.get("/openrosa/formList", headers=basic(username, password)).status_code == 401


def test_openrosa__deactivated_person__is_challenged(client: FlaskClient, field: Field, session: Session) -> None:
    field.lead.active = False
    assert client.get("/openrosa/formList", headers=basic()).status_code == 401


def test_openrosa__many_wrong_passwords__have_to_wait(client: FlaskClient, field: Field) -> None:
    answers = [client.get("/openrosa/formList", headers=basic("lead1", "wrong-password-1")).status_code for _ in range(12)]
    assert answers == [401] * 5 + [429] * 7
    assert client.get("/openrosa/formList", headers=basic("second1")).status_code == 200


@pytest.mark.parametrize("username", ["author", "county"])
def test_openrosa__role_that_interviews_nobody__is_refused(client: FlaskClient, field: Field, session: Session, username: str) -> None:
    find_or_add_person(session, username)
    assert send(client, interview_xml(), headers=basic(username)).status_code == 403


def test_form_list__published_form__leads_to_its_xform_and_manifest(client: FlaskClient, field: Field) -> None:
    response = client.get("/openrosa/formList", headers=basic())
    assert response.content_type == "text/xml; charset=utf-8"
    form = etree.fromstring(response.data).find(f"{{{LIST_NAMESPACE}}}xform")
    assert form is not None
    told = {etree.QName(child).localname: child.text for child in form}
    assert (told["formID"], told["version"], told["name"]) == (FORM_ID, "2018.1", "走访问卷")
    xform = client.get(str(told["downloadUrl"]), headers=basic())
    assert told["hash"] == md5_hash(xform.data)
    assert etree.fromstring(xform.data).tag == "{http://www.w3.org/1999/xhtml}html"
    manifest = client.get(str(told["manifestUrl"]), headers=basic())
    assert etree.fromstring(manifest.data).tag == f"{{{MANIFEST_NAMESPACE}}}manifest"


def test_form_list__newer_version__also_offers_the_one_that_an_open_visit_uses(client: FlaskClient, field: Field, session: Session) -> None:
    newer = add_form(session, FORM.replace("2018.1", "2018.2"), "visit_form.md")
    newer.published_at = newer.published_at.replace(day=25)
    listed = etree.fromstring(client.get("/openrosa/formList", headers=basic()).data)
    assert [element.text for element in listed.iter(f"{{{LIST_NAMESPACE}}}version")] == ["2018.1", "2018.2"]
    field.visit.state = "closed"
    listed = etree.fromstring(client.get("/openrosa/formList", headers=basic()).data)
    assert [element.text for element in listed.iter(f"{{{LIST_NAMESPACE}}}version")] == ["2018.2"]


def test_form_list__asked_for_every_version_and_descriptions__gives_both(client: FlaskClient, field: Field, session: Session) -> None:
    newer = add_form(session, FORM.replace("2018.1", "2018.2"), "visit_form.md")
    newer.published_at = newer.published_at.replace(day=25)
    field.visit.state = "closed"
    listed = etree.fromstring(client.get("/openrosa/formList?verbose=true&listAllVersions=true", headers=basic()).data)
    assert [element.text for element in listed.iter(f"{{{LIST_NAMESPACE}}}version")] == ["2018.1", "2018.2"]
    assert [element.text for element in listed.iter(f"{{{LIST_NAMESPACE}}}descriptionText")] == ["走访问卷 2018.1", "走访问卷 2018.2"]


def test_submission__device_named_in_the_address__is_kept_as_collect_sends_it(client: FlaskClient, field: Field, session: Session) -> None:
    xml = interview_xml().replace(b"tablet-7", b"")
    data = {"xml_submission_file": (io.BytesIO(xml), "x.xml", "text/xml")}
    answer = client.post("/openrosa/submission?deviceID=collect%3Aabc", data=data, headers=basic())
    assert answer.status_code == 201, answer.text
    assert session.get_one(Submission, "uuid:0001").device_id == "collect:abc"


def test_addresses__behind_https__say_so(https_app: Flask, client: FlaskClient, field: Field, session: Session) -> None:
    session.commit()
    listed = https_app.test_client().get("/openrosa/formList", headers=basic(), base_url="https://192.168.137.1:5443")
    assert b"https://192.168.137.1:5443/openrosa/forms/" in listed.data
    assert b"http://192" not in listed.data


def test_form_list__form_asked_for__lists_it_alone(client: FlaskClient, field: Field, session: Session) -> None:
    add_form(session)
    listed = etree.fromstring(client.get("/openrosa/formList?formID=test_form", headers=basic()).data)
    assert [element.text for element in listed.iter(f"{{{LIST_NAMESPACE}}}formID")] == ["test_form"]


def test_form__unknown__is_404_as_openrosa_document(client: FlaskClient, field: Field) -> None:
    response = client.get("/openrosa/forms/absent/1.xml", headers=basic())
    assert response.status_code == 404
    message = etree.fromstring(response.data).find(f"{{{RESPONSE_NAMESPACE}}}message")
    assert message is not None
    assert message.get("nature") == "UNKNOWN_FORM"
    assert "absent" in str(message.text)
    assert FORM_ID in str(message.text)
    odd = client.get("/openrosa/forms/a%08b%ef%bf%bf/1.xml", headers=basic())
    assert odd.status_code == 404, "signs that no XML takes stand in no answer"
    assert "a�b�" in odd.text


def test_submission__signed_in_browser_without_token__is_refused(
    app: Flask, client: FlaskClient, field: Field, sign_in: Callable[[str], FlaskClient]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    sign_in("lead1")
    assert send(client, interview_xml(), headers={}).status_code == 400
    assert send(client, interview_xml(), headers=basic()).status_code == 201


@pytest.mark.soak
def test_application__just_made__checks_passwords_without_looking_for_the_method_first() -> None:
    looked = (
        "from passlib.hash import argon2; from survey.application import create_app; from survey.config import Settings;"
        "create_app(Settings(secret_key='x' * 32)); print([base.__name__ for base in argon2.__mro__])"
    )
    told = subprocess.run([sys.executable, "-c", looked], check=True, capture_output=True, text=True).stdout
    assert "_CffiBackend" in told
    assert "_NoBackend" not in told
