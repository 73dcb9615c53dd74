"""Files published with a questionnaire: handed in on the page or in a folder, kept for good, handed out to tablets and ODK clients."""

import html
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from questionnaires.errors import ErrorCode, SurveyError
from survey.instruments.files import collect_files, file_media_type, media_folder, read_folder
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import Beside, publish_questionnaire
from survey.instruments.registry import find_version, load_questionnaire
from survey.intake.openrosa import MANIFEST_NAMESPACE
from survey.storage import Storage
from survey.verify import verify
from tests.conftest import SignIn
from tests.survey.instruments.test_pages import hidden
from tests.survey.intake.interviews import basic

FORM = """
| survey   |                                   |         |         |                  |
|          | type                              | name    | label   | media::image     |
|          | select_one_from_file villages.csv | village | Village | map.png          |
| settings |                                   |         |         |                  |
|          | form_id                           | version |         |                  |
|          | files_form                        | 2018.1  |         |                  |
"""
VILLAGES = "name,label\nv1,第一村\nv2,Second\n".encode()
PNG = b"\x89PNG\r\n\x1a\n rest"
FILES = {"villages.csv": VILLAGES, "map.png": PNG}
PAGE = "/tablet/forms/files_form/2018.1"


@pytest.fixture
def storage(app: Flask) -> Storage:
    """The storage of the test's installation."""
    found: Storage = app.extensions["survey.storage"]
    return found


def publish(session: Session, storage: Storage, now: datetime, files: dict[str, bytes], source: str = FORM) -> QuestionnaireVersion:
    """The form published with files."""
    return publish_questionnaire(session, None, source.encode(), "form.md", now, Beside(storage, files))


def zipped(files: dict[str, bytes], folder: str = "") -> bytes:
    """The files in a zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return target.getvalue()


def check(client: FlaskClient, *files: tuple[str, bytes], kept: str = "") -> TestResponse:
    """The answer to the form handed in with files."""
    data = {"file": (io.BytesIO(FORM.encode()), "form.md"), "files": [(io.BytesIO(data), name) for name, data in files], "kept": kept}
    return client.post("/instruments/check", data=data)


def test_publish__with_files__stores_them_and_reads_their_choices(session: Session, storage: Storage, now: datetime, app: Flask) -> None:
    version = publish(session, storage, now, {**FILES, "notes.txt": b"nobody names this"})
    assert [(file.name, file.media_type, file.size) for file in version.files] == [
        ("map.png", "image/png", len(PNG)),
        ("villages.csv", "text/csv; charset=utf-8", len(VILLAGES)),
    ]
    assert storage.get(version.files[1].sha256) == VILLAGES
    session.expire_all()
    with app.app_context():
        choices = load_questionnaire(find_version(session, "files_form")).choices["villages"]
    assert [choice.label["default"] for choice in choices] == ["第一村", "Second"]


def test_publish__without_a_file_it_names__is_refused_and_says_which(session: Session, storage: Storage, now: datetime) -> None:
    with pytest.raises(SurveyError, match=r"villages\.csv") as refused:
        publish(session, storage, now, {"map.png": PNG})
    assert refused.value.code is ErrorCode.INVALID_QUESTIONNAIRE


def test_publish__same_version_with_another_file__is_refused(session: Session, storage: Storage, now: datetime, app: Flask) -> None:
    with app.app_context():
        first = publish(session, storage, now, FILES)
        assert publish(session, storage, now, FILES) is first
        with pytest.raises(SurveyError) as refused:
            publish(session, storage, now, {**FILES, "map.png": PNG + b"!"})
    assert refused.value.code is ErrorCode.VERSION_EXISTS


NEXT = FORM.replace("2018.1", "2018.2").replace("| Village | ", "| Which village | ")


def test_publish__next_version__takes_over_the_files_it_still_names(session: Session, storage: Storage, now: datetime) -> None:
    publish(session, storage, now, FILES)
    renewed = b"name,label\nv9,Ninth\n"
    version = publish(session, storage, now, {"villages.csv": renewed}, NEXT)
    assert {file.name: storage.get(file.sha256) for file in version.files} == {"map.png": PNG, "villages.csv": renewed}
    newest = publish(session, storage, now, {}, NEXT.replace("2018.2", "2018.3"))
    assert {file.name: storage.get(file.sha256) for file in newest.files} == {"map.png": PNG, "villages.csv": renewed}
    dropped = publish(session, storage, now, {}, NEXT.replace("2018.2", "2018.4").replace("map.png", "       "))
    assert [file.name for file in dropped.files] == ["villages.csv"]
    other = NEXT.replace("files_form", "other_form")
    with pytest.raises(SurveyError, match="which is not there"):
        publish(session, storage, now, {}, other)


def test_check__next_version__says_which_files_are_taken_over(sign_in: SignIn, session: Session, storage: Storage, now: datetime) -> None:
    publish(session, storage, now, FILES)
    session.commit()
    client = sign_in("coordinator")
    page = client.post("/instruments/check", data={"file": (io.BytesIO(NEXT.encode()), "form.md")})
    assert "map.png、villages.csv" in page.text
    form = {name: html.unescape(hidden(page.text, name)) for name in ("sha256", "name", "files")}
    assert client.post("/instruments/publish", data=form).status_code == 302
    session.rollback()
    assert [file.name for file in find_version(session, "files_form").files] == ["map.png", "villages.csv"]


def test_verify__published_file_that_is_gone__is_told(session: Session, storage: Storage, now: datetime, tmp_path: Path) -> None:
    publish(session, storage, now, FILES)
    assert verify(session, storage, lambda *_: None).problems == ()
    problems = verify(session, Storage(str(tmp_path / "elsewhere")), lambda *_: None).problems
    assert any("files_form/2018.1 map.png" in problem for problem in problems)


def test_page__files_one_by_one_then_the_missing_one__publishes(sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    page = check(client, ("villages.csv", VILLAGES))
    assert "map.png" in page.text
    assert "publish" not in page.text.split("<main")[1].split('name="sha256"')[0] or 'name="sha256"' not in page.text
    kept = html.unescape(hidden(page.text, "kept"))
    page = check(client, ("map.png", PNG), kept=kept)
    form = {name: html.unescape(hidden(page.text, name)) for name in ("sha256", "name", "files")}
    assert client.post("/instruments/publish", data=form).status_code == 302
    session.rollback()
    assert [file.name for file in find_version(session, "files_form").files] == ["map.png", "villages.csv"]
    shown = client.get("/instruments/files_form/2018.1").text
    assert "/instruments/files_form/2018.1/files/villages.csv" in shown
    saved = client.get("/instruments/files_form/2018.1/files/villages.csv")
    assert saved.data == VILLAGES
    assert "attachment" in saved.headers["Content-Disposition"]


def test_page__files_in_a_zip__are_found_in_its_folders(sign_in: SignIn) -> None:
    page = check(sign_in("coordinator"), ("all.zip", zipped(FILES, "form-media/")))
    assert 'name="sha256"' in page.text


def test_page__forged_list_of_kept_files__is_not_found(sign_in: SignIn) -> None:
    assert check(sign_in("coordinator"), kept=f"{'0' * 64} map.png").status_code == 404


def test_tablet__file_of_a_form__is_kept_for_good(sign_in: SignIn, session: Session, storage: Storage, now: datetime) -> None:
    publish(session, storage, now, FILES)
    session.commit()
    client = sign_in("lead1")
    answer = client.get(f"{PAGE}/files/map.png")
    assert (answer.data, answer.content_type) == (PNG, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert client.get(f"{PAGE}/files/map.png", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(f"{PAGE}/files/map.png", headers={"Range": "bytes=0-3"}).data == PNG[:4]
    assert client.get(f"{PAGE}/files/other.png").status_code == 404


def test_manifest__of_a_form_with_files__names_each_with_its_hash(
    client: FlaskClient, sign_in: SignIn, session: Session, storage: Storage, now: datetime
) -> None:
    publish(session, storage, now, FILES)
    sign_in("lead1")
    session.commit()
    manifest = client.get("/openrosa/forms/files_form/2018.1/manifest.xml", headers=basic())
    media = etree.fromstring(manifest.data).findall(f"{{{MANIFEST_NAMESPACE}}}mediaFile")
    told = [{etree.QName(child).localname: child.text or "" for child in each} for each in media]
    assert [each["filename"] for each in told] == ["map.png", "villages.csv"]
    assert all(each["hash"].startswith("md5:") and len(each["hash"]) == 36 for each in told)
    fetched = client.get(told[1]["downloadUrl"], headers=basic())
    assert (fetched.status_code, fetched.data) == (200, VILLAGES)


def test_collect_files__two_of_one_name__must_be_the_same() -> None:
    assert collect_files([("a.csv", b"x"), ("folder\\a.csv", b"x")]) == {"a.csv": b"x"}
    with pytest.raises(SurveyError, match="twice"):
        collect_files([("a.csv", b"x"), ("a.csv", b"y")])


def test_collect_files__zip_made_by_windows_in_chinese__keeps_the_names() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("__MACOSX/._a.csv", b"")
        archive.writestr("xxxx.csv", b"x")
    named = target.getvalue().replace(b"xxxx.csv", "村名".encode("gb18030") + b".csv")
    assert collect_files([("all.zip", named)]) == {"村名.csv": b"x"}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: b"PK no zip", "damaged"),
        (lambda: zipped({"zeros.csv": bytes(301_000_000)}), "unpacks to 301 MB"),
        (lambda: zipped({f"folder{number}/a.csv": b"x" for number in range(1001)}), "more than 1000 files"),
    ],
    ids=["damaged", "bomb", "many"],
)
def test_collect_files__bad_zip__is_refused_in_one_line(make: Callable[[], bytes], said: str) -> None:
    with pytest.raises(SurveyError, match=said):
        collect_files([("all.zip", make())])


def test_read_folder__beside_a_form__gives_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "form-media"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"x")
    (folder / ".hidden").write_bytes(b"y")
    assert media_folder(tmp_path / "form.xlsx") == folder
    assert media_folder(tmp_path / "other.xlsx") is None
    assert read_folder(folder) == {"a.csv": b"x"}


def test_file_media_type__svg__is_told_by_how_it_begins() -> None:
    assert file_media_type("map.svg", b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>") == "image/svg+xml"
    assert file_media_type("map.svg", b"<html>") == "application/octet-stream"
    assert file_media_type("page.html", b"<html>") == "application/octet-stream"
