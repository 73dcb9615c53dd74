"""Saying the sentences of a report in one language, the wordings of a sentence by turns, so that a report does not repeat itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from analysis.report.texts import Text, Words, filled, joined, plain
from analysis.words import MONTHS, day_text

Sentences = Mapping[str, Mapping[str, str | tuple[str, ...]]]
"""By language and name: one wording of a sentence, or several that are taken by turns."""
STOPS = "。！？.!?"


class Voice:
    """Says sentences of the given tables, of which later ones add to earlier ones and take their place.

    Which variant comes next depends on what was said before in this report and on nothing else, so the same report has the same words.
    """

    def __init__(self, language: str, *tables: Sentences) -> None:
        """A voice that has said nothing yet."""
        self.language = language
        self._sentences: dict[str, str | tuple[str, ...]] = {}
        for table in tables:
            self._sentences.update(table[language])
        self._n_said: Counter[str] = Counter()

    def tell(self, sentence: str, **values: object) -> Text:
        """The sentence with its values filled in; figures among them stay figures."""
        wordings = self._sentences[sentence]
        if isinstance(wordings, str):
            return filled(wordings, values)
        said = self._n_said[sentence]
        self._n_said[sentence] += 1
        return filled(wordings[said % len(wordings)], values)

    def say(self, sentence: str, **values: object) -> str:
        """The sentence as plain words, for headings and tables."""
        return plain(self.tell(sentence, **values))

    def day(self, day: date) -> str:
        """The day as official documents write it."""
        return day_text(day, self.language)

    def short_day(self, day: date) -> str:
        """The day as it stands in narrow columns: "2018.4.20", "20 Apr 2018"."""
        if self.language == "zh":
            return f"{day.year}.{day.month}.{day.day}"
        return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"

    def span(self, first: date, last: date) -> str:
        """The days from the first to the last, what both share said once: "2018年4月16日至27日", "16 to 27 April 2018"."""
        if first == last:
            return self.day(first)
        is_same_year, is_same_month = first.year == last.year, (first.year, first.month) == (last.year, last.month)
        if self.language == "zh":
            end = f"{last.day}日" if is_same_month else f"{last.month}月{last.day}日" if is_same_year else self.day(last)
            return f"{self.day(first)}至{end}"
        begin = str(first.day) if is_same_month else self.day(first).removesuffix(f" {first.year}") if is_same_year else self.day(first)
        return f"{begin} to {self.day(last)}"

    def joined(self, items: Sequence[Words], *, is_list: bool = False) -> Text:
        """Sentences one after another, or with `is_list` items of one sentence."""
        separators = ("；", "; ") if is_list else ("", " ")
        return joined(items, separators[self.language != "zh"])

    def listed(self, items: Sequence[Words]) -> Text:
        """The items as a sentence enumerates them."""
        if self.language == "zh" or len(items) < 2:
            return joined(items, "、" if self.language == "zh" else ", ")
        return joined([joined(items[:-1], ", "), items[-1]], " and ")

    def stopped(self, words: Words) -> Text:
        """The words with a full stop, unless they end with one."""
        told = plain(words).rstrip()
        if not told or told[-1] in STOPS:
            return joined([words])
        return joined([words, "。" if self.language == "zh" else "."])
