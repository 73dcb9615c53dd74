"""The tablet's one page and the script that keeps it on the device: what they say depends on the installation, never on a person."""

import json
from pathlib import Path

from flask import current_app, render_template, url_for

from survey.config import current_settings
from survey.guide.kept import built_guide
from survey.guide.offline import files_for_tablets
from survey.tablet.documents import Document, document_of
from survey.tablet.shell import shell_files, tag_of

WORKER = "tablet/worker.js"


def app_document() -> Document:
    """The page as it is sent."""
    return document_of(render_template("tablet/home.html").encode())


def worker_document() -> Document:
    """The service worker: its own text after a line that names every file of the app with its tag, and the interviewers' guide once it is
    built.

    A browser takes a worker for new when its bytes differ, hence whenever any file of the app does.
    """
    script = (_static() / WORKER).read_text(encoding="utf-8")
    page = app_document()
    files = [[url_for("static", filename=file.name), file.tag] for file in shell_files(_static(), _templates())]
    guide = built_guide(current_settings().guide)
    if guide is not None:
        files += [[url_for("guide.tablet_file", language=each.language, name=each.name), each.tag] for each in files_for_tablets(guide)]
    shell = {"page": url_for("tablet.home"), "pageTag": page.tag, "forms": f"{url_for('tablet.home')}forms/", "files": files}
    facts = json.dumps(shell, ensure_ascii=False, separators=(",", ":"))
    return document_of(f"const SHELL = {facts};\nconst VERSION = {json.dumps(tag_of((facts + script).encode()))};\n{script}".encode())


def _static() -> Path:
    return Path(str(current_app.static_folder))


def _templates() -> Path:
    return Path(current_app.root_path) / str(current_app.template_folder)
