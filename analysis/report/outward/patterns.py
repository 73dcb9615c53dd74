"""What tells who somebody is by its form alone, and how names are looked for in a text. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

UNIT = r"\s*(?:[%％‰]|[个户人元万亿年月日米亩天次岁分名所座条项吨斤千公平]|号(?![户农住家]))"
EVERYDAY = (
    "安全",
    "平安",
    "健康",
    "和平",
    "和谐",
    "文明",
    "高原",
    "高山",
    "安康",
    "康复",
    "易地",
    "向阳",
    "金银",
    "水利",
    "水质",
    "水源",
    "水费",
)
"""Words that are now and then somebody's name; without them a text about safety could not leave where somebody is called so."""
PATTERNS: Mapping[str, re.Pattern[str]] = {
    "id_number": re.compile(
        r"(?<!\d)[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])|(?<!\d)\d{4,6}\*{4,}[\dXx]{2,4}"
    ),
    "phone": re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![0-9A-Za-z])|(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)"),
    "birth": re.compile(
        r"(?:出生|生于|生日)[^\d\n]{0,6}\d{4}\s*[年./-]\s*\d{1,2}(?:\s*[月./-]\s*\d{1,2})?|\d{4}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?\s*(?:出)?生(?![产活态])"
        r"|\bborn\s+(?:on\s+|in\s+)?[\w ,./-]{0,14}\d{4}",
        re.IGNORECASE,
    ),
    "position": re.compile(
        r"(?:东经|北纬|经度|纬度|[Ll]atitude|[Ll]ongitude)\s*[:：为是]?\s*\d[\d.°′″'’]*|\d{1,3}\s*°\s*\d{1,2}\s*[′'’][\d.″]*"
        rf"|(?<![\d.])\d{{1,3}}\.\d{{3,}}\s*[,，;；/ ]\s*\d{{1,3}}\.\d{{3,}}|(?<![\d.])\d{{2,3}}\.\d{{4,}}(?!\d|{UNIT})"
    ),
    "instance": re.compile(r"uuid:[0-9A-Za-z-]+"),
}


def squeezed(text: str) -> str:
    """The text as names are looked for in it: width made one, without blanks, so that 王 平 is found too."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def short_village(name: str) -> str:
    """The name of a village without 村 or 社区, as it is spoken; which of both is looked for is for the caller to decide."""
    return name.removesuffix("村民委员会").removesuffix("社区").removesuffix("村")


def names_in(text: str, names: Iterable[str], public: Iterable[str] = ()) -> Iterator[str]:
    """Those of the names that stand in a text anywhere but within a `public` word, each once; blanks within them do not count.

    What it costs grows with the text and with how many lengths names have, not with how many names there are; Latin names, which have to
    stand alone, are looked for one by one.
    """
    plain = "\n".join(squeezed(line) for line in text.splitlines())
    by_length: dict[int, set[str]] = {}
    for name in sorted(set(names)):
        if name.isascii():
            if len(name) > 1 and re.search(rf"(?<![0-9A-Za-z]){re.escape(name)}(?![0-9A-Za-z])", text):
                yield name
        elif len(squeezed(name)) > 1:
            by_length.setdefault(len(squeezed(name)), set()).add(squeezed(name))
    covering = sorted({squeezed(word) for word in (*public, *EVERYDAY) if len(word) > 1}, key=lambda word: (-len(word), word))
    for length, known in sorted(by_length.items()):
        for name in sorted({part for start in range(len(plain) - length + 1) if (part := plain[start : start + length]) in known}):
            uncovered = plain
            for word in covering:
                if name in word:
                    uncovered = uncovered.replace(word, "\0")
            if name in uncovered:
                yield name
