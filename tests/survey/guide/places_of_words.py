"""Whether a word that the guide has pressed stands where its section says: on a page of the parts of the program that the section tells of.

A section's parts are those whose pages lead to it (`survey/guide/chapters.py`), a chapter's own where its section has none.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

from lxml import html

from survey.guide.chapters import SECTIONS
from tests.guide import read_steps, words_by_section

CHAPTERS_OF = {"coordinator": ("coordinator", "author", "analyst"), "admin": ("administrator",), "responsible": ("responsible",)}
"""Whose pages are held against which chapters. What interviewers press is on the tablet."""
FURTHER = {
    "二地点农户和人": "liaison_experts",
    "四出发": "board visit_assignments",
    "八反馈和跟踪": "issues",
    "本单位的文本和格式": "reports",
    "三种拿数据的办法": "reports",
}
"""Parts that a section names beside its own, by the place of its Chinese text."""
NOT_SHOWN = {
    "退回访谈组": "an interview that waits for review (tests/survey/review)",
    "询问": "an interview that waits for review (tests/survey/review)",
    "被监督方所见": "an issue that somebody verified (tests/survey/responsible)",
    "附批注说明依据": "a report that was drafted here (tests/survey/report_versions)",
    "全部下载（.zip）": "once a batch is drafted (tests/survey/report_batches)",
    "对比": "a report of two versions (tests/survey/report_versions)",
    "重置双重验证": "somebody who has a second factor (tests/survey/signing_in)",
    "登录": "before signing in (tests/survey/accounts)",
    "已知悉": "a reply that was decided on so (tests/survey/responsible)",
    "未采纳": "a reply that was decided on so (tests/survey/responsible)",
}
"""Words of states that a walk through the demonstration does not meet, each with where they are shown; the worked visit is played."""
NAMED = "//a | //button | //summary | //label | //legend | //h1 | //h2 | //h3 | //th | //input[@type='submit']"
COUNTS = re.compile(r"^[\d,.]+ | ?[\d,]+$")


def names_on(page: str) -> set[str]:
    """What stands on the links, buttons, fields and headings of a page, without its keys and without numbers beside it.

    What is only heard (of which row a button is) belongs to a name and does not: both are taken.
    """
    tree = html.fromstring(page)
    names: set[str] = set()
    for left_out in ("//kbd", "//span[@class='visually-hidden']"):
        for each in tree.xpath(left_out):
            each.drop_tree()
        texts = (" ".join((each.text_content() or each.get("value", "")).split()) for each in tree.xpath(NAMED))
        names |= {COUNTS.sub("", text) for text in texts}
    return names


def misplaced_words(role: str, names: Mapping[str, set[str]]) -> list[tuple[str, str]]:
    """The sections of the Chinese chapters for this role with the words that no page of their parts shows.

    `names` holds what each view shows, by its name. What everybody finds on the start page, its header included, is at hand everywhere.
    """
    by_part: dict[str, set[str]] = defaultdict(set)
    for view, found in names.items():
        by_part[view.rpartition(".")[0]] |= found
    played = {token.text for step in read_steps("zh") for token in step.tokens}
    at_hand = by_part["dashboard"] | by_part["responsible"] if role == "responsible" else by_part["dashboard"]
    lost = []
    for chapter in CHAPTERS_OF.get(role, ()):
        parts: dict[str, list[str]] = defaultdict(list)
        for section in SECTIONS:
            if section.chapter == chapter:
                parts[section.zh] += section.blueprints.split()
        whole = [part for each in parts.values() for part in each]
        for place, word in words_by_section("zh", chapter):
            there = [*(parts.get(place) or whole), *FURTHER.get(place, "").split()]
            if not (word in at_hand or word in played or word in NOT_SHOWN or any(word in by_part[part] for part in there)):
                lost.append((place, word))
    return lost
