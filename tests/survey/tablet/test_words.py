"""The words of the tablet's pages: both languages say the same things, and no word is kept twice."""

import re
from collections import Counter
from pathlib import Path

import pytest

import survey

AREAS = sorted(Path(survey.__file__).parent.glob("static/tablet/screen/words/*.js"))
KEY = re.compile(r"^    (\w+):", re.MULTILINE)
VALUE = re.compile(r"\{(\w+)\}")


def read_words(path: Path) -> dict[str, dict[str, str]]:
    """The words of one area by language and key, as they are written."""
    chinese, english = re.split(r"^  en: \{$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {"zh": _entries(chinese), "en": _entries(english)}


def _entries(text: str) -> dict[str, str]:
    parts = KEY.split(text)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("path", AREAS, ids=[path.stem for path in AREAS])
def test_words__of_one_area__are_the_same_in_both_languages(path: Path) -> None:
    words = read_words(path)
    assert list(words["zh"]) == list(words["en"])
    values = {code: {key: sorted(set(VALUE.findall(text))) for key, text in words[code].items()} for code in words}
    assert values["zh"] == values["en"]


def test_words__of_all_areas__are_kept_once_and_are_all_read() -> None:
    counted = Counter(key for path in AREAS for key in read_words(path)["zh"])
    assert [key for key, count in counted.items() if count > 1] == []
    merged = (AREAS[0].parent.parent / "words.js").read_text(encoding="utf-8")
    assert [path.stem for path in AREAS if f'"./words/{path.name}"' not in merged] == []
