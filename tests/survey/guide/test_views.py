"""The guide as the program shows it: who may open it, what is answered while it is not there, and what is never answered."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from myst_parser.slugs import github_slugify

from survey.guide.chapters import SECTIONS, Section, place_for
from survey.guide.kept import ROOT, guide_folder
from survey.guide.sources import LANGUAGES
from tests.conftest import SignIn

PAGE = '<!doctype html>\n<html lang="zh-CN">\n<head><link rel="stylesheet" href="_static/guide.css"></head><body>第一页</body></html>\n'


@pytest.fixture
def guides(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that the installation keeps its guides in, which is empty."""
    before = app.extensions["survey.settings"]
    app.extensions["survey.settings"] = replace(before, guide=str(tmp_path / "guides"))
    yield tmp_path / "guides"
    app.extensions["survey.settings"] = before


def lay_down(folder: Path) -> None:
    """Write a small guide as building one leaves it."""
    for language in ("zh", "en"):
        (folder / language / "_static").mkdir(parents=True)
        for name in ("index.html", "interviewer.html"):
            (folder / language / name).write_text(PAGE, encoding="utf-8")
        (folder / language / "_static" / "guide.css").write_text("body { margin: 0 }", encoding="utf-8")
    (folder / "secret.txt").write_text("not to be told", encoding="utf-8")


def test_guide__not_built_yet__says_so_and_asks_again(client: FlaskClient, guides: Path) -> None:
    answer = client.get("/guide/zh/index.html")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert '<meta http-equiv="refresh" content="5">' in answer.text
    assert "python -m survey guide" in answer.text


def test_guide__while_that_of_this_version_is_missing__is_the_one_before(client: FlaskClient, guides: Path) -> None:
    lay_down(guides / "0123456789abcdef")
    (guides / "tmp-of-a-builder" / "zh").mkdir(parents=True)
    assert "第一页" in client.get("/guide/zh/index.html").text


def test_guide__for_anybody__answers_by_its_tag_in_the_colours_that_were_chosen(client: FlaskClient, guides: Path) -> None:
    lay_down(guide_folder(str(guides)))
    assert client.get("/guide/").headers["Location"] == "/guide/zh/index.html"
    page = client.get("/guide/zh/index.html")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/guide/zh/index.html", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    client.set_cookie("theme", "dark")
    assert '<html data-theme="dark" lang="zh-CN">' in client.get("/guide/en/index.html").text
    client.set_cookie("theme", '"><script>')
    assert client.get("/guide/en/index.html").text == PAGE


@pytest.mark.parametrize(
    "name", ["none.html", "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "_static", "_static/../../secret.txt", "//etc/passwd"]
)
def test_guide__asked_for_what_is_not_its__is_not_found(client: FlaskClient, guides: Path, name: str) -> None:
    lay_down(guide_folder(str(guides)))
    answer = client.get(f"/guide/zh/{name}")
    assert answer.status_code in (308, 404)
    assert "not to be told" not in answer.text


def test_worker__once_the_guide_is_built__keeps_the_interviewers_pages(client: FlaskClient, guides: Path) -> None:
    lay_down(guide_folder(str(guides)))
    shell = re.search(r"^const SHELL = (\{.*\});$", client.get("/tablet/worker.js").text, re.MULTILINE)
    assert shell is not None
    kept = [address for address, _tag in json.loads(shell[1])["files"] if address.startswith("/tablet/guide/")]
    assert kept == [f"/tablet/guide/{language}/{name}" for language in ("zh", "en") for name in ("interviewer.html", "_static/guide.css")]
    assert [client.get(address).status_code for address in kept] == [200] * 4


def test_link__of_every_page__leads_to_the_part_that_fits(client: FlaskClient, sign_in: SignIn, guides: Path) -> None:
    assert 'href="/guide/zh/index.html"' in client.get("/sign-in").text
    sign_in("coordinator")
    assert f'href="/guide/zh/coordinator.html#{quote("六审核")}"' in client.get("/review").text
    assert f'href="/guide/zh/author.html#{quote("起草一份报告")}"' in client.get("/reports").text


def test_sections__by_parts_of_the_program__name_each_part_once_and_such_as_there_are(app: Flask) -> None:
    named = [name for section in SECTIONS for name in section.blueprints.split()]
    assert sorted(set(named)) == sorted(named)
    assert set(named) - set(app.blueprints) == set()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: f"{section.chapter} {section.en}")
@pytest.mark.parametrize("language", LANGUAGES)
def test_section__that_a_page_leads_to__is_in_the_guide(section: Section, language: str) -> None:
    text = (ROOT / "docs" / "guide" / language / f"{section.chapter}.md").read_text(encoding="utf-8")
    slugs = {github_slugify(heading) for heading in re.findall(r"^##+ (.+)$", text, re.MULTILINE)}
    assert getattr(section, language) in {*slugs, ""}


@pytest.mark.parametrize(
    ("endpoint", "roles", "place"),
    [
        ("dashboard.start", {"author"}, ("author", "")),
        ("dashboard.start", {"interviewer", "coordinator"}, ("coordinator", "")),
        ("dashboard.start", {"admin"}, ("administrator", "")),
        ("issues.index", {"author"}, ("coordinator", "7-issues-from-evidence-to-verification")),
        ("responsible.index", {"responsible"}, ("responsible", "")),
        ("issues.index", {"responsible"}, ("responsible", "")),
        ("security.login", set(), ("index", "")),
    ],
)
def test_place__on_a_page_for_a_role__is_where_it_is_told_of(endpoint: str, roles: set[str], place: tuple[str, str]) -> None:
    assert place_for(endpoint, roles, "en") == place
