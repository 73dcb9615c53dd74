"""What in a text could tell who was interviewed: names, numbers, positions. Pure; the names and numbers to look for come as `Known`.

Before an issue is reported its texts must hold none of it, because what the responsible side reads it may act upon.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.report.outward.patterns import EVERYDAY, PATTERNS, UNIT, short_village, squeezed

FEW_HOUSEHOLDS = 5
"""Where fewer households of a village were interviewed, the village's name says nearly who they are: its cadres know who was at home.
Five is the usual smallest cell of official statistics on persons."""
FEWEST_SAID = 3
"""Counts of households below this are not said of a small place: one or two households are found by asking around."""
TEXTS = ("title", "finding", "recommendation", "responsible_body")
"""The fields of an issue that the responsible side reads as they were written."""
KIND_LABELS: Mapping[str, LazyString] = {
    "head": _l("name of a household head"),
    "member": _l("name of a member of a household"),
    "interviewer": _l("name of somebody of the supervising side"),
    "number": _l("number of a household"),
    "phone": _l("telephone number"),
    "id_number": _l("identity number"),
    "position": _l("position"),
    "instance": _l("identifier of an interview"),
    "village": _l("village in which only a few households were interviewed"),
    "few": _l("number of households so small that they are found by asking around"),
}
FIELD_LABELS: Mapping[str, LazyString] = {
    "title": _l("Title"),
    "finding": _l("What was found"),
    "recommendation": _l("Recommendation"),
    "responsible_body": _l("Responsible body"),
    "answer": _l("Answer"),
}
_BEFORE = r"(?:户号|编号|户主|农户|住户|第|[Nn]o\.?|[Nn]umber|[Hh]ousehold)\s*[:：#]?\s*"
_PATTERNS = {kind: PATTERNS[kind] for kind in ("id_number", "phone", "position")} | {
    "instance": re.compile(r"uuid:[0-9A-Za-z-]+|(?<![0-9a-fA-F])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
}
_NOT_PART = r"(?<![零〇一二三四五六七八九十百千万两每逐第\d\-])(?<!\d[.,])(?<!任何)(?<!不[漏落少])"
"""What may not stand before a number of households: the rest of a larger number, or the beginning of a phrase such as 不漏一户."""
_NO_IDIOM = r"(?!\s*(?:[一1](?![人名个])|多宅|不[漏落少]))"
"""What may not follow: 一户一策, 一户多宅 and 一户不漏 count nobody."""
_KINDS = r"\s*(?:[家个名]\s*)?(?:户|农户|住户|贫困户|脱贫户|边缘户|一般户|人家)"
_LARGER = r"(?:hundred|thousand|dozen|million|third|quarter|half|in|out|by|per)"
_FEW = (
    re.compile(rf"{_NOT_PART}(?:1\s*[至到~-]\s*|一\s*[至到~-]?\s*)?[一二两壹贰12]{_KINDS}{_NO_IDIOM}|唯一的?(?:农户|住户|贫困户)"),
    re.compile(
        rf"(?<![\d.,\-])\b(?:one|two|1|2|single)\s+(?:(?!{_LARGER}s?\b)[a-z-]+\s+){{0,2}}(?:households?|famil(?:y|ies))\b"
        r"|(?<![\d.,\-])\b(?:one|two|1|2)\s+(?:out\s+)?of\s+(?:the\s+)?\w+\s+(?:households|families)\b|\bonly\s+(?:household|family)\b",
        re.IGNORECASE,
    ),
)
"""One or two households, in figures or words, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to be found: the names and numbers of the places that an issue is about.

    `places` are names that everybody may read; a name within one of them is not somebody's. `villages` are those in which fewer than
    `FEW_HOUSEHOLDS` households were interviewed. `is_small` says that the issue is of a village or township, or of such villages only:
    there a number below `FEWEST_SAID` says nearly who they are.
    """

    heads: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    interviewers: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    villages: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Identifying:
    """One thing that was found: in which field, of which kind, and what it says."""

    field: str
    kind: str
    text: str


def find_identifying(texts: Mapping[str, str], known: Known) -> tuple[Identifying, ...]:
    """Everything in the texts (by field) that could tell who was interviewed, each once, in the order of the fields."""
    found = [
        Identifying(field, kind, part) for field, text in texts.items() for kind, part in _find(unicodedata.normalize("NFKC", text), known)
    ]
    return tuple(dict.fromkeys(found))


def identifying_parts(found: Iterable[Identifying]) -> str:
    """What was found, and where, in the reader's language."""
    return _("; ").join(
        _(
            "“%(text)s” – %(kind)s, in: %(field)s",
            text=each.text,
            field=FIELD_LABELS.get(each.field, each.field),
            kind=KIND_LABELS[each.kind],
        )
        for each in found
    )


def identifying_text(found: Iterable[Identifying]) -> str:
    """Why a text is refused, and what to do, in the reader's language."""
    return _("this could tell who was interviewed: %(parts)s. Write it without", parts=identifying_parts(found))


def _find(text: str, known: Known) -> Iterator[tuple[str, str]]:
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            yield kind, match.group().strip()
    for number in sorted(known.numbers):
        if found := _number_pattern(number).search(text):
            yield "number", found.group().strip()
    plain = squeezed(text)
    public = _spans(plain, (*known.places, *EVERYDAY))
    for kind, names in (("head", known.heads), ("member", known.members - known.heads), ("interviewer", known.interviewers)):
        for name in sorted(names):
            if _is_said(squeezed(name), plain, public):
                yield kind, name
    for name in sorted(known.villages):
        if _is_said(_short(name), plain, _spans(plain, known.places - {name})):
            yield "village", name
    if known.is_small:
        for match in (match for pattern in _FEW for match in pattern.finditer(text)):
            yield "few", match.group().strip()


def _is_said(name: str, plain: str, public: Iterable[tuple[int, int]]) -> bool:
    """Whether the name stands in the text anywhere but inside a public word."""
    if len(name) < 2:
        return False
    spans = tuple(public)
    return any(not any(first <= start and end <= last for first, last in spans) for start, end in _spans(plain, (name,)))


def _spans(plain: str, words: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where one of the words stands, as (start, end)."""
    return tuple(match.span() for word in words if len(word) > 1 for match in re.finditer(re.escape(word), plain))


def _short(name: str) -> str:
    """A village's name as it is spoken, without 村 or 社区, where that leaves two signs."""
    short = short_village(squeezed(name))
    return short if len(short) > 1 else squeezed(name)


def _number_pattern(number: str) -> re.Pattern[str]:
    """Where the number of a household stands as one: with the word for it, or alone when no amount is written so (001, 3-12)."""
    plain = re.escape(number)
    if not number.isdecimal():
        return re.compile(rf"(?<![0-9A-Za-z.\-]){plain}(?![0-9A-Za-z\-])")
    digits = f"0*{int(number)}"
    said = rf"{_BEFORE}{digits}(?!\d|\.\d|{UNIT})|(?<![\d.\-]){digits}\s*号\s*(?:[户农住]|家)|第\s*{digits}\s*(?:农户|住户|户)"
    if number.startswith("0") and len(number) > 2 or len(number) > 4:
        return re.compile(rf"{said}|(?<![0-9A-Za-z.,\-]){plain}(?![0-9A-Za-z\-]|[.,]\d|{UNIT})")
    return re.compile(said)
