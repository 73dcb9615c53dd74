"""What a tablet fetches of one form version: its page, its plan, its large lists and its files, each under a tag of its content."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from survey.config import current_settings
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire, version_key
from survey.tablet.documents import Document, json_bytes, kept_document
from survey.tablet.form_page import draw_form_page
from survey.tablet.lists import build_shipped_lists
from survey.tablet.plan import build_plan


@dataclass(frozen=True, slots=True)
class Asset:
    """One thing to fetch: its address (which ends in its tag), the tag, and about how many bytes go over the network."""

    url: str
    tag: str
    n_bytes: int


_known: dict[tuple[str, ...], tuple[Asset, ...]] = {}
"""What was said before: a few hundred bytes a version, where the documents themselves are too large to keep all of them."""


def form_assets(version: QuestionnaireVersion) -> tuple[Asset, ...]:
    """Everything that filling in this version needs, its page first. A version never changes, so it is found out once per process."""
    key = (request.root_path, str(current_settings().demo), version.form_id, version.version, *version_key(version))
    if key not in _known:
        _known[key] = tuple(_assets(version))
    return _known[key]


def _assets(version: QuestionnaireVersion) -> Iterator[Asset]:
    named: dict[str, Any] = {"form_id": version.form_id, "version": version.version}
    page, plan = page_document(version), plan_document(version)
    yield Asset(url_for("tablet.form_page", **named, v=page.tag), page.tag, len(page.compressed))
    yield Asset(url_for("tablet.plan", **named, v=plan.tag), plan.tag, len(plan.compressed))
    lists = lists_document(version)
    if _names_lists(plan, lists):
        yield Asset(url_for("tablet.lists", **named, v=lists.tag), lists.tag, len(lists.compressed))
    for file in version.files:
        tag = file.sha256[:16]
        yield Asset(url_for("tablet.form_file", **named, name=file.name, v=tag), tag, file.size)


def page_document(version: QuestionnaireVersion) -> Document:
    """The page that runs the version, the same for everybody."""
    key = ("page", request.root_path, str(current_settings().demo), *version_key(version))
    return kept_document(key, lambda: _draw_page(version).encode())


def plan_document(version: QuestionnaireVersion) -> Document:
    """What the page needs to run the form."""
    return kept_document(("plan", *version_key(version)), lambda: json_bytes(build_plan(load_questionnaire(version))))


def lists_document(version: QuestionnaireVersion) -> Document:
    """The large lists that lie beside the plan; without any, lists of nothing."""
    return kept_document(("lists", *version_key(version)), lambda: json_bytes(build_shipped_lists(load_questionnaire(version))))


def _names_lists(plan: Document, lists: Document) -> bool:
    """Whether the plan tells its page to fetch the lists; most forms have none that are large."""
    return f'"shipped":"{lists.tag}"'.encode() in plan.body


def _draw_page(version: QuestionnaireVersion) -> str:
    named: dict[str, Any] = {"form_id": version.form_id, "version": version.version}
    return draw_form_page(
        load_questionnaire(version),
        {
            "plan": url_for("tablet.plan", **named, v=plan_document(version).tag),
            "files": f"{url_for('tablet.form_page', **named)}/files/",
            "home": url_for("tablet.home"),
            "session": url_for("tablet.session_facts"),
            "corrections": f"{url_for('tablet.home')}submissions/",
            "submission": url_for("openrosa.submission"),
            "sign-in": url_for("security.login"),
        },
    )
