"""Names in the words of an outline replaced by what may be told. Pure; figures stay as they are."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from analysis.report.outline import Outline
from analysis.report.texts import Figure

SOMEBODY = "某"
NOT_WORDS = ("origin", "key", "role", "language", "png")
"""Fields of an outline that no reader reads."""


def masked_name(name: str) -> str:
    """A person's name as it may be told: the family name and 某 (王某某), or the first letter (W.)."""
    first = name.strip()[:1]
    return f"{first}." if first.isascii() else first + SOMEBODY * max(len(name.strip()) - 1, 1)


def masked(outline: Outline, names: Mapping[str, str]) -> Outline:
    """The outline with each of the names (longest first) replaced, in all of its words: titles, texts, tables, captions, descriptions."""
    known = sorted((name for name in names if len(name) > 1), key=lambda name: (-len(name), name))
    if not known:
        return outline
    pattern = re.compile("|".join(map(re.escape, known)))
    changed: Outline = _replaced(outline, lambda text: pattern.sub(lambda match: names[match.group()], text))
    return changed


def texts_of(outline: Outline) -> tuple[str, ...]:
    """All words of an outline that somebody reads, without its figures."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    _replaced(outline, keep)
    return tuple(text for text in found if text)


def _replaced(value: Any, change: Callable[[str], str]) -> Any:
    """The value with every text in it changed, whatever records it lies in; figures, and where the document comes from, are left."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_replaced(each, change) for each in value)
    if is_dataclass(value) and not isinstance(value, type | Figure):
        texts = [each.name for each in fields(value) if each.name not in NOT_WORDS]
        return replace(value, **{name: _replaced(getattr(value, name), change) for name in texts})
    return value
