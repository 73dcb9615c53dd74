"""Open answers as coders read them: without names of people, numbers and positions that would tell whose answer it is. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from survey.issues.identifying import Known, find_identifying

MASK = "××"
WIDER = 0xFEE0
"""How far the full-width form of a Latin sign or digit stands from it."""
SHOWN = ("village", "few")
"""Kinds of what identifies that stay: coders read answers of a visit whose villages they know."""


def mask_text(text: str, known: Known) -> str:
    """The text with `MASK` in place of everything that names a person or tells where somebody lives.

    Coders work for the supervising side; the mask keeps them from coding the person in place of the answer.
    """
    said = _only_said(known, unicodedata.normalize("NFKC", text))
    shown = text
    for each in sorted(find_identifying({"answer": text}, said), key=lambda each: -len(each.text)):
        if each.kind not in SHOWN:
            shown = _pattern(each.text).sub(MASK, shown)
    return shown


def _only_said(known: Known, text: str) -> Known:
    """The names whose signs all stand in the text; the others need not be looked for one by one."""
    signs = set(text)

    def said(names: Iterable[str]) -> frozenset[str]:
        return frozenset(name for name in names if len(name) > 1 and set(name.replace(" ", "")) <= signs)

    return replace(known, heads=said(known.heads), members=said(known.members), interviewers=said(known.interviewers))


def _pattern(found: str) -> re.Pattern[str]:
    """The text that was found, in either width and with any blanks between its signs."""
    return re.compile(r"\s*".join(_sign(sign) for sign in found if not sign.isspace()))


def _sign(sign: str) -> str:
    wide = chr(ord(sign) + WIDER) if "!" <= sign <= "~" else sign
    return f"[{re.escape(sign)}{re.escape(wide)}]"
