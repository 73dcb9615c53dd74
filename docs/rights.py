"""Prints `docs/rights.md` from the table of rights: `python -m docs.rights > docs/rights.md`. A test keeps it true."""

import secrets
import sys
from collections.abc import Iterable
from itertools import groupby

from flask import Flask
from werkzeug.routing import Rule

from survey import create_app
from survey.accounts.models import ROLES
from survey.config import Settings
from survey.rights.cutting import BOUND_ROLES
from survey.rights.table import ANYWHERE, CUT, EVERYWHERE, OWN_WORK, RIGHT_OF, WHOLE_VISIT, Right

HEAD = """# Who may open what · 权限表

Made by `python -m docs.rights` from the table that the program itself acts on (`survey/rights/table.py`); a test keeps it true, and another
opens every address as everybody and compares. A view without an entry fails both. ● opens the page; what a page then lets do follows from
its buttons, which have addresses of their own. A visitor is somebody who did not sign in.

*Bound* says what a coordinator or author sees who is bound to places ([accounts.md](accounts.md)): **all** of a page that tells of no
place; **own** work, that of one's own pairs wherever it is; **cut**, only what lies in the places; **whole** pages of visits that go
nowhere else; and **–**, no page.
"""


BOUND = {ANYWHERE: "all", OWN_WORK: "own", CUT: "cut", WHOLE_VISIT: "whole", EVERYWHERE: "–"}
"""How the table says what somebody bound to places gets."""


def mark(is_admitted: bool) -> str:
    """How a cell of the table says whether somebody comes in."""
    return "●" if is_admitted else ""


def row_of(rule: Rule, right: Right) -> str:
    """One address as a row: its methods, who comes in, and what somebody bound to places gets of it."""
    methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})) or "HEAD"
    cells = [mark(right.who.admits(frozenset((role,)))) for role in ROLES]
    cells += [mark(right.who.admits(None)), mark(right.who.is_program)]
    cells.append(BOUND[right.place] if any(right.who.admits(frozenset((role,))) for role in BOUND_ROLES) else "")
    return " | ".join([f"| `{rule.rule.replace('|', ' ')}`", methods, *cells]) + " |"


def section(name: str, of_slice: Iterable[Rule]) -> str:
    """The addresses that begin with the same word."""
    head = ["path", "", *ROLES, "visitor", "program", "bound"]
    lines = [f"## /{name}", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *(row_of(rule, RIGHT_OF[rule.endpoint]) for rule in of_slice), ""])


def rights_document(app: Flask) -> str:
    """The whole page about the addresses of this application."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
    grouped = groupby(rules, key=lambda rule: rule.rule.split("/")[1])
    return "\n".join([HEAD, *(section(name, tuple(of_slice)) for name, of_slice in grouped)])


if __name__ == "__main__":
    sys.stdout.write(rights_document(create_app(Settings(secret_key=secrets.token_urlsafe(48)))))
