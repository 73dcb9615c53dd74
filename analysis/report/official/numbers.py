"""The numbers of headings as text, and numbers read from Chinese digits. Pure."""

from collections.abc import Mapping

from analysis.words import chinese_number

DIGITS = "〇一二三四五六七八九十"


def numbered(level: int, number: int) -> str:
    """The number of a heading in the official form of its level, 1 to 4: "一、", "（一）", "1.", "（1）"."""
    return {1: f"{chinese_number(number)}、", 2: f"（{chinese_number(number)}）", 3: f"{number}.", 4: f"（{number}）"}[level]


def number_of(text: str) -> int:
    """The number that Chinese or Arabic digits say: "二十一", "二〇一八", "12"; 0 for others."""
    if text.isascii():
        return int(text) if text.isdigit() else 0
    text = text.replace("○", "〇").replace("零", "〇")
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (DIGITS.find(tens) if tens else 1) + (DIGITS.find(ones) if ones else 0)
    return int("".join(str(max(DIGITS.find(sign), 0)) for sign in text))


class HeadingNumbers:
    """Counts headings as word processors do: a level begins anew below each heading of a higher one, and below each annex."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._counts: Mapping[int, int] = {}
        self._n_annexes = 0

    def annex(self) -> None:
        """Nothing; the headings that follow are those of the next annex."""
        self._n_annexes += 1
        self._counts = {}

    @property
    def is_annexed(self) -> bool:
        """Whether the headings that follow are those of an annex."""
        return self._n_annexes > 0

    def next(self, level: int) -> str:
        """The number of the next heading of a level, as it stands before its text."""
        counts = {each: count for each, count in self._counts.items() if each <= level}
        counts[level] = counts.get(level, 0) + 1
        self._counts = counts
        if self._language == "zh":
            return numbered(level, counts[level])
        if self.is_annexed and level > 1:
            return ".".join((f"A{self._n_annexes}", *(str(counts.get(each, 0)) for each in range(2, level + 1)))) + " "
        parts = ".".join(str(counts.get(each, 0)) for each in range(1, level + 1))
        return f"{parts}. " if level == 1 else f"{parts} "
