"""Prints the page of rights from their table: `python -m docs.rights > docs/rights.md`, and in Chinese
`python -m docs.rights zh > docs/guide/zh/reference/rights.md`. A test keeps both true."""

import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from flask import Flask
from flask_babel import force_locale
from werkzeug.routing import Rule

from survey import create_app
from survey.accounts.models import ROLES
from survey.accounts.words import ROLE_LABELS
from survey.config import Settings
from survey.rights.cutting import BOUND_ROLES
from survey.rights.table import ANYWHERE, CUT, EVERYWHERE, OWN_WORK, RIGHT_OF, WHOLE_VISIT, Right


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says around the addresses in one language; `bound` says what somebody bound to places gets."""

    head: str
    path: str
    visitor: str
    program: str
    bound_head: str
    bound: Mapping[str, str]


WORDS = {
    "en": Words(
        """# Who may open what · 权限表

Made by `python -m docs.rights` from the table that the program itself acts on (`survey/rights/table.py`); a test keeps it true, and another
opens every address as everybody and compares. A view without an entry fails both. ● opens the page; what a page then lets do follows from
its buttons, which have addresses of their own. A visitor is somebody who did not sign in.

*Bound* says what a coordinator or author sees who is bound to places ([accounts.md](accounts.md)): **all** of a page that tells of no
place; **own** work, that of one's own pairs wherever it is; **cut**, only what lies in the places; **whole** pages of visits that go
nowhere else; and **–**, no page.
""",
        "path",
        "visitor",
        "program",
        "bound",
        {ANYWHERE: "all", OWN_WORK: "own", CUT: "cut", WHOLE_VISIT: "whole", EVERYWHERE: "–"},
    ),
    "zh": Words(
        """# 权限表

本页由 `python -m docs.rights zh` 从程序自己所依据的表（`survey/rights/table.py`）生成，由测试保证一致；另有测试以每种身份打开每个地址，
与本表比较。没有列入的视图，两个测试都不通过。● 表示能打开该页；打开之后能做什么，取决于页面上的按钮，按钮各有自己的地址。
访客指没有登录的人。

「限定」一栏说明限定了地区的协调员或执笔人看到什么（[账号、登录与权限](accounts.md)）：**全部**，页面不涉及任何地区；**自己**，本组的工作，
不论在哪里；**本地**，只看到所限定地区之内的；**整次**，只去这些地区的调研的页面；**–**，不能打开。
""",
        "地址",
        "访客",
        "程序",
        "限定",
        {ANYWHERE: "全部", OWN_WORK: "自己", CUT: "本地", WHOLE_VISIT: "整次", EVERYWHERE: "–"},
    ),
}


def mark(is_admitted: bool) -> str:
    """How a cell of the table says whether somebody comes in."""
    return "●" if is_admitted else ""


def row_of(rule: Rule, right: Right, page: Words) -> str:
    """One address as a row: its methods, who comes in, and what somebody bound to places gets of it."""
    methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})) or "HEAD"
    cells = [mark(right.who.admits(frozenset((role,)))) for role in ROLES]
    cells += [mark(right.who.admits(None)), mark(right.who.is_program)]
    cells.append(page.bound[right.place] if any(right.who.admits(frozenset((role,))) for role in BOUND_ROLES) else "")
    return " | ".join([f"| `{rule.rule.replace('|', ' ')}`", methods, *cells]) + " |"


def section(name: str, of_slice: Iterable[Rule], page: Words, roles: Sequence[str]) -> str:
    """The addresses that begin with the same word; `roles` are the names of the roles, in their order."""
    head = [page.path, "", *roles, page.visitor, page.program, page.bound_head]
    lines = [f"## /{name}", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *(row_of(rule, RIGHT_OF[rule.endpoint], page) for rule in of_slice), ""])


def rights_document(app: Flask, language: str = "en") -> str:
    """The whole page about the addresses of this application; in English roles stand under the words of the code."""
    page = WORDS[language]
    with app.test_request_context(), force_locale(language):
        roles = ROLES if language == "en" else [str(ROLE_LABELS[role]) for role in ROLES]
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    grouped = groupby(rules, key=lambda rule: rule.rule.split("/")[1])
    return "\n".join([page.head, *(section(name, tuple(of_slice), page, roles) for name, of_slice in grouped)])


if __name__ == "__main__":
    sys.stdout.write(rights_document(create_app(Settings(secret_key=secrets.token_urlsafe(48))), *sys.argv[1:]))
