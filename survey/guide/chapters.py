"""Which chapter of the guide helps on which page of the program: by the part of the program that the page belongs to, else by role."""

from typing import Any

from flask import request, url_for
from flask_babel import get_locale
from flask_security import current_user

CHAPTERS = {
    "interviewer": "tablet tablet_package openrosa uploads",
    "author": (
        "drafts figures gaps house_styles report_batches report_files report_texts report_versions reports answer_words coding code_books"
    ),
    "administrator": (
        "accounts handover health imports looks openid personal_data personal_reads proof recovered retention security signing_in"
    ),
    "responsible": "responsible issue_replies",
    "analyst": "api api_page datasets odata tokens",
}
"""Each chapter with the blueprints whose pages it tells of; all others are the coordinator's."""
_OF_BLUEPRINT = {blueprint: chapter for chapter, blueprints in CHAPTERS.items() for blueprint in blueprints.split()}
_OF_ROLE = ("responsible", "coordinator", "author", "interviewer")
"""Whose chapter the start page leads to, in this order for whoever has several roles; administrators have their own otherwise."""
COORDINATOR = "coordinator"
_START = ("dashboard", "reminders")


def chapter_for(endpoint: str, roles: set[str]) -> str:
    """The chapter that helps somebody with these roles on the page of this endpoint; the first page for who is not signed in."""
    blueprint = endpoint.rpartition(".")[0]
    if not roles:
        return "index"
    if blueprint in _START:
        return next((role for role in _OF_ROLE if role in roles), "administrator")
    return _OF_BLUEPRINT.get(blueprint, COORDINATOR)


def guide_context() -> dict[str, Any]:
    """What every page is told of the guide: the address of the chapter that fits it."""
    roles = {role.name for role in current_user.roles} if current_user and current_user.is_authenticated else set()
    name = chapter_for(request.endpoint or "", roles)
    return {"guide_url": url_for("guide.file", language=str(get_locale()), name=f"{name}.html")}
