"""How Chinese names are typed on a keyboard without Chinese: in full pinyin, and by the first letter of each syllable."""

import os
from functools import lru_cache
from itertools import islice, product

# It reads these when it is imported. Its dictionary of phrases would take 45 MB and a quarter of a second of every start.
os.environ.update(PYPINYIN_NO_PHRASES="1", PYPINYIN_NO_DICT_COPY="1")
from pypinyin import Style, pinyin  # noqa: E402 - after what it reads

MAX_READINGS = 16
"""Of a name with many characters that are read in several ways only so many combinations are offered."""


@lru_cache(maxsize=20_000)
def pinyin_of(text: str) -> str:
    """Every way to type the text, separated by spaces: "单小华" gives "danxiaohua dxh shanxiaohua sxh …"; "" for a text without Chinese."""
    if text.isascii():
        return ""
    syllables = pinyin(text, style=Style.NORMAL, heteronym=True, errors=lambda other: [each.lower() for each in other if each.isalnum()])
    typed: dict[str, None] = {}
    for reading in islice(product(*syllables), MAX_READINGS):
        typed["".join(reading)] = None
        typed["".join(syllable[:1] for syllable in reading)] = None
    return " ".join(word for word in typed if word)
