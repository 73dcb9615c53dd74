"""Which part of the guide helps on which page of the program: by the part of the program that the page belongs to, else by role."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import get_locale
from flask_security import current_user


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a chapter, by its place on the page in both languages (none: the chapter from its beginning), and the blueprints whose
    pages it tells of."""

    chapter: str
    zh: str
    en: str
    blueprints: str


SECTIONS = (
    Section(
        "coordinator",
        "一应邀与材料",
        "1-invitation-and-materials",
        "liaison liaison_assistance liaison_assistance_import liaison_contacts liaison_experts liaison_materials liaison_meetings",
    ),
    Section(
        "coordinator",
        "二地点农户和人",
        "2-places-households-people",
        "first_lists first_run lists monitoring places region_import register_figures registry people roster",
    ),
    Section(
        "coordinator",
        "三筹备一次调研",
        "3-planning-a-visit",
        "board comparisons day_plans draws first_visit instruments pair_proposals previews teams village_tasks visit_assignments "
        "visit_plan visits",
    ),
    Section("coordinator", "四出发", "4-departure", "devices draw_opening tablet_devices"),
    Section("coordinator", "五调研期间", "5-while-it-lasts", "outcomes visit_progress wall_charts"),
    Section(
        "coordinator",
        "六审核",
        "6-review",
        "agreement asking corrections decisions protocol quality reconciling review comparison",
    ),
    Section(
        "coordinator",
        "七问题从佐证到核实",
        "7-issues-from-evidence-to-verification",
        "candidates issue_boards issue_merging issue_raising issues saved_filters thresholds verifications",
    ),
    Section("coordinator", "八反馈和跟踪", "8-feedback-and-following-up", "issue_figures issue_ledger joint_meetings visit_records"),
    Section("coordinator", "九回头看", "9-looking-back", "issue_look_back look_back look_back_plan tablet_look_back"),
    Section("coordinator", "十收尾", "10-at-the-end", "ledger"),
    Section("author", "先看数据", "look-at-the-figures-first", "answer_words code_books coding figures gaps"),
    Section("author", "起草一份报告", "draft-a-report", "drafts report_batches reports"),
    Section("author", "在-word-里改稿", "editing-in-word", "report_files report_versions"),
    Section("author", "本单位的文本和格式", "your-organisations-words-and-looks", "house_styles report_texts"),
    Section("administrator", "人员和权限", "people-and-rights", "accounts openid security signing_in"),
    Section("administrator", "出了故障", "when-something-fails", "health imports recovered"),
    Section("administrator", "", "", "handover personal_data personal_reads proof retention"),
    Section("responsible", "怎样答复", "how-to-reply", "issue_replies"),
    Section("responsible", "", "", "responsible"),
    Section("analyst", "三种拿数据的办法", "three-ways-to-the-data", "api api_page datasets odata tokens"),
    Section("interviewer", "", "", "openrosa tablet tablet_outcomes tablet_package uploads"),
)
"""All that is not named here leads to the chapter of the reader's role."""
_OF_BLUEPRINT = {blueprint: section for section in SECTIONS for blueprint in section.blueprints.split()}
_OF_ROLE = ("responsible", "coordinator", "author", "interviewer")
"""Whose chapter it is for somebody with several roles; administrators have their own otherwise."""


def place_for(endpoint: str, roles: set[str], language: str) -> tuple[str, str]:
    """The chapter that helps somebody with these roles on the page of this endpoint, and the place on it, which may be empty.

    Who is not signed in gets the first page, and the responsible side its own chapter, also from pages that are refused to it.
    """
    if not roles:
        return "index", ""
    section = _OF_BLUEPRINT.get(endpoint.rpartition(".")[0])
    if section is None or (roles == {"responsible"} and section.chapter != "responsible"):
        return next((role for role in _OF_ROLE if role in roles), "administrator"), ""
    return section.chapter, section.zh if language == "zh" else section.en


def guide_context() -> dict[str, Any]:
    """What every page is told of the guide: the address of the part that fits it."""
    roles = {role.name for role in current_user.roles} if current_user and current_user.is_authenticated else set()
    language = str(get_locale())
    chapter, place = place_for(request.endpoint or "", roles, language)
    return {"guide_url": url_for("guide.file", language=language, name=f"{chapter}.html", _anchor=place or None)}
