"""What every answer carries and refuses, whatever page it is of: headers, cookies, methods, ways out, files from the field."""

from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.intake.media import media_type_of
from survey.pages.downloads import stored_file
from tests.builders import add_person
from tests.conftest import MakeApp, SignIn

SCRIPT_IN_PICTURE = b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"
PARTS = "multipart/form-data; boundary=x"
PAGE = b"<!doctype html><script>alert(1)</script>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def test_answers__of_every_kind__carry_the_headers_that_keep_others_out(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    for path in ("/", "/healthz", "/no-such-page", "/visits", "/static/css/app.css"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if path.startswith("/static") else "same-origin"), path
        assert headers["Content-Type"] == "application/json" or "charset=utf-8" in headers["Content-Type"], path
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, path
        assert "object-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert "Access-Control-Allow-Origin" not in headers, path


def test_pages__with_what_people_said__are_kept_by_no_cache(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    assert [client.get(path).headers["Cache-Control"] for path in ("/", "/visits", "/places", "/admin/people")] == ["no-store"] * 4


def test_cookie__over_https__is_bound_to_the_host_and_unreadable_for_scripts(make_app: MakeApp, settings: Settings) -> None:
    app = make_app(replace(settings, https=True))
    answer = app.test_client().get("/sign-in", base_url="https://survey.example.org")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        name, *attributes = (part.strip() for part in cookie.split(";"))
        assert name.startswith("__Host-session=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
        assert not any(attribute.startswith("Domain") for attribute in attributes)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_address__forged_by_the_visitor__is_believed_from_our_own_proxies_only(
    make_app: MakeApp, settings: Settings, proxies: int, seen: str
) -> None:
    app = make_app(replace(settings, proxies=proxies))
    app.add_url_rule("/seen", "seen", lambda: f"{request.remote_addr} {request.host}")
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9", "X-Real-IP": "198.51.100.1", "X-Forwarded-Host": "evil.example"}
    assert app.test_client().get("/seen", headers=forged).text == f"{seen} localhost"


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PROPFIND", "PUT", "DELETE"])
def test_method__that_no_page_has__is_refused(sign_in: SignIn, method: str) -> None:
    assert sign_in("coordinator").open("/visits", method=method).status_code == 405


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"])
def test_way_back__to_another_site__leads_home(client: FlaskClient, sign_in: SignIn, target: str) -> None:
    after_language = sign_in("coordinator").post("/language/en", data={"next": target})
    assert after_language.headers["Location"] == "/"


@pytest.mark.parametrize("path", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/..%2fconfig.py"])
def test_path__out_of_the_folder_of_scripts__is_no_file(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(("data", "is_shown"), [(SCRIPT_IN_PICTURE, True), (PAGE, False), (DRAWING, False)])
def test_file_from_the_field__with_a_script_in_it__runs_nothing(app: Flask, data: bytes, is_shown: bool) -> None:
    with app.test_request_context():
        answer = stored_file(data, "图.png", media_type_of(data))
    if is_shown:
        assert answer.mimetype == "image/png"
        assert {"frame-ancestors 'none'", "sandbox"} <= set(answer.headers["Content-Security-Policy"].split("; "))
    else:
        assert answer.mimetype == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def in_parts(*values: bytes) -> bytes:
    """The body of a form whose fields travel as parts, as those of forms with files do."""
    return b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + value + b"\r\n" for value in values) + b"--x--\r\n"


def test_form__far_too_large__is_refused_before_it_is_read(client: FlaskClient) -> None:
    assert client.post("/sign-in", data={"username": "x" * 2_000_000}).status_code == 413
    assert client.post("/sign-in", data=in_parts(b"x" * 600_000), content_type=PARTS).status_code == 413
    assert client.post("/sign-in", data=in_parts(*(b"x" for _ in range(1_001))), content_type=PARTS).status_code == 413


def test_failure__of_a_page__tells_nothing_of_the_program(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise RuntimeError("secret-of-the-program /var/lib/survey")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setitem(app.view_functions, "dashboard.start", fails)
    answer = sign_in("coordinator").get("/")
    assert answer.status_code == 500
    assert "secret-of-the-program" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path", ["/visits/%252e%252e", "/visits/2018%252Ftest", "/places/%2531", "/admin/people/%250aadmin", "/visits/%0d%0aX-Own:%201"]
)
def test_address__encoded_twice_or_with_a_line_break__is_decoded_once_and_no_page(sign_in: SignIn, path: str) -> None:
    answer = sign_in("admin").get(path)
    assert answer.status_code == 404
    assert "X-Own" not in answer.headers


def test_form__with_fields_that_it_does_not_have_or_twice__changes_what_it_shows_only(sign_in: SignIn, session: Session) -> None:
    person = add_person(session, "lead1", "interviewer")
    session.commit()
    client = sign_in("admin")
    sent = {
        "name": ["新名", "旧名"],
        "roles": "interviewer",
        "password": "x",
        "username": "chief",
        "active": "",
        "id": "1",
        "must_change_password": "y",
    }
    before = (person.id, person.password, person.username, person.active, person.must_change_password)
    assert client.post(f"/admin/people/{person.id}?name=address&roles=admin", data=sent).status_code == 302
    session.refresh(person)
    assert (person.id, person.password, person.username, person.active, person.must_change_password) == before
    assert (person.name, [role.name for role in person.roles]) == ("新名", ["interviewer"]), (
        "the first of two, and the form's, not the address's"
    )
    client.post(f"/admin/people/{person.id}/active?active=0", data={"active": "1"})
    session.refresh(person)
    assert person.active


@pytest.mark.parametrize("told", ["[" * 100_000, '"\\ud800"', '"\\u0000"', '"x\\\\\\u0000"', "1e999", "NaN", "{"])
def test_json__that_no_database_could_hold_or_that_has_no_end__is_refused_as_none(sign_in: SignIn, told: str) -> None:
    client = sign_in("lead1")
    for path in ("/tablet/outcomes", "/tablet/look-back", "/tablet/pin", "/tablet/devices", "/tablet/recovery"):
        answer = client.post(path, data=f'{{"a": {told}}}', content_type="application/json")
        assert answer.status_code == 422, path


def test_json__with_a_backslash_before_zeros__is_taken_as_it_is(app: Flask) -> None:
    assert app.json.loads('{"a": "x\\\\u0000"}') == {"a": "x\\u0000"}


def test_zero_byte__in_an_address_or_a_form__is_refused_whatever_the_database(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    for address in ("/places?search=a%00", "/visits/a%00b", "/find?q=%00", "/no-such-page%00"):
        assert client.get(address).status_code == 400, address
    for path, field in (("/places/add", "name"), ("/sign-in", "username"), ("/visits/new", "title")):
        for told in ({field: "a\0"}, {f"{field}\0": "a"}):
            assert client.post(path, data=told).status_code == 400, path
            assert client.post(path, data=told, content_type="multipart/form-data").status_code == 400, path
    assert client.get("/places?search=a%2500").status_code == 200
    for about in (b'name="files"; filename="a\0b.txt"', b'name="fil\0es"; filename="b.txt"'):
        part = b"--x\r\nContent-Disposition: form-data; " + about + b"\r\n\r\na\r\n--x--\r\n"
        assert client.post("/sign-in", data=part, content_type=PARTS).status_code == 400, about
    nameless = b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"
    assert client.post("/sign-in", data=nameless, content_type=PARTS).status_code == 400
