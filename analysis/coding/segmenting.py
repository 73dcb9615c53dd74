"""Chinese and English texts as words, by jieba's dictionary, which lies on this machine: nothing is sent anywhere.

jieba is imported with the first text, not with the program: it and its dictionary take a second that most commands do not need.
"""

import re
import unicodedata
import warnings
from collections.abc import Collection, Iterator
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from analysis.coding.frequencies import Frequencies

FIELD_WORDS = (
    "建档立卡",
    "贫困户",
    "脱贫户",
    "边缘户",
    "一般户",
    "易地搬迁",
    "易地扶贫搬迁",
    "危房改造",
    "家庭医生",
    "驻村工作队",
    "帮扶干部",
    "第一书记",
    "公益岗位",
    "两不愁三保障",
    "合作社",
    "自来水",
    "饮水安全",
    "新农合",
    "慢性病",
    "低保",
    "五保",
    "小额信贷",
    "到户补贴",
    "退耕还林",
)
"""Words of the field that the dictionary would cut into pieces."""
STOP_WORDS = frozenset(
    word
    for line in (Path(__file__).parent / "stop_words.txt").read_text(encoding="utf-8").splitlines()
    for word in line.split()
    if not line.startswith("#")
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}|[A-Za-z][A-Za-z'-]{2,}")
_lock = Lock()


def words_of(text: str, left_out: Collection[str] = ()) -> Iterator[str]:
    """The words of the text in order: two Chinese signs or three letters at least, none of `STOP_WORDS`, no number.

    `left_out` are names of people and places: they are cut out before anything is taken apart, so that no part of one is counted.
    """
    plain = unicodedata.normalize("NFKC", text)
    for name in sorted({unicodedata.normalize("NFKC", name) for name in left_out if len(name) > 1}, key=len, reverse=True):
        plain = plain.replace(name, " ")
    with _lock:
        found = _segmenter().lcut(plain)
    for word in found:
        small = word.strip().lower()
        if _WORD.fullmatch(small) and small not in STOP_WORDS:
            yield small


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    """jieba with its own dictionary and the words of the field; it keeps no file, because any program could have put one in its place.

    The dictionary is kept in 6 MB instead of the 55 MB of jieba's own dict, in every process that was once asked for words.
    """
    with warnings.catch_warnings():
        # It asks setuptools for the place of its dictionary, which warns that this is an old way to ask.
        warnings.simplefilter("ignore")
        segmenter = import_module("jieba").Tokenizer()
        with segmenter.get_dict_file() as lines:
            segmenter.FREQ = Frequencies(lines)
    segmenter.total, segmenter.initialized = segmenter.FREQ.total, True
    for word in FIELD_WORDS:
        segmenter.add_word(word)
    return segmenter
