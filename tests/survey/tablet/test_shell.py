"""What the app is made of: every file that its pages name or its modules import, and a worker that changes when any of them does."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

import survey
from survey.tablet.bundles import bundle_names
from survey.tablet.shell import shell_files
from tests.builders import add_form
from tests.conftest import SignIn
from tests.survey.tablet.forms import FIELD_FORM

PACKAGE = Path(survey.__file__).parent
STATIC, TEMPLATES = PACKAGE / "static", PACKAGE.parent / "templates"
SHELL = re.compile(r"^const SHELL = (\{.*\});$", re.MULTILINE)


def test_shell__of_the_app__holds_every_bundle_and_what_they_import() -> None:
    names = {file.name for file in shell_files(STATIC, TEMPLATES)}
    assert set(bundle_names(STATIC)) - names == set(), "a bundle that nothing imports, or an import that the walk does not see"
    assert "vendor/idb.js" in names


@pytest.fixture
def small(tmp_path: Path) -> tuple[Path, Path]:
    """A static folder and a template folder with one small app."""
    static, templates = tmp_path / "static", tmp_path / "templates"
    texts = {
        templates / "tablet/home.html": """<script src="{{ url_for("static", filename="a/app.js") }}"></script>""",
        templates / "tablet/form.html": """<link href="{{ url_for('static', filename='a/style.css') }}">""",
        static / "a/app.js": 'import { x } from "./b/x.js";\nconst y = () => import("../c/lazy.js");\n',
        static / "a/b/x.js": 'export * from "../b/z.js";\nnew URL("./picture.png", import.meta.url);\n',
        static / "a/b/z.js": "export const z = 1;\n",
        static / "a/b/picture.png": "",
        static / "c/lazy.js": 'import "./side.js";\n',
        static / "c/side.js": "",
        static / "a/style.css": '.a { background: url("../c/ground.svg#x"); }\n.b { background: url(data:image/png;base64,AA); }\n',
        static / "c/ground.svg": "",
        static / "c/unused.js": "",
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return static, templates


def test_shell__walked__follows_every_way_of_naming_a_file(small: tuple[Path, Path]) -> None:
    names = [file.name for file in shell_files(*small)]
    assert names == ["a/app.js", "a/b/picture.png", "a/b/x.js", "a/b/z.js", "a/style.css", "c/ground.svg", "c/lazy.js", "c/side.js"]


def test_shell__after_a_change__has_another_tag_for_that_file_only(small: tuple[Path, Path]) -> None:
    before = {file.name: file.tag for file in shell_files(*small)}
    (small[0] / "a/b/z.js").write_text("export const z = 22;\n")
    after = {file.name: file.tag for file in shell_files(*small)}
    assert [name for name in before if before[name] != after[name]] == ["a/b/z.js"]


def test_shell__with_an_import_of_nothing__is_refused(small: tuple[Path, Path]) -> None:
    (small[0] / "c/side.js").write_text('import "./missing.js";\n')
    with pytest.raises(FileNotFoundError, match="missing"):
        shell_files(*small)


def test_worker__for_a_browser__names_files_that_answer_and_the_page_by_its_tag(
    app: Flask, client: FlaskClient, sign_in: SignIn, session: Session
) -> None:
    worker = client.get("/tablet/worker.js")
    assert worker.content_type.startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "private, no-cache"
    found = SHELL.search(worker.text)
    assert found is not None
    shell = json.loads(found[1])
    for address, _tag in shell["files"]:
        with client.get(address) as file:
            assert file.status_code == 200
    assert sign_in("lead1").get(shell["page"]).headers["ETag"].strip('"') == shell["pageTag"]


def test_pages__of_the_tablet__name_no_static_file_outside_the_shell(client: FlaskClient, sign_in: SignIn, session: Session) -> None:
    add_form(session, FIELD_FORM)
    names = {f"/static/{file.name}" for file in shell_files(STATIC, TEMPLATES)}
    for path in ("/tablet/", "/tablet/forms/field_form/2018.1"):
        page = sign_in("lead1").get(path).text
        assert set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)) - names == set()
