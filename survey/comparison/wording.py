"""Answers as they are shown side by side: choices by their labels, numbers with their unit. Pure but for the reader's language."""

from typing import Any

from questionnaires.compared import SOURCES
from questionnaires.model import Questionnaire, text_in
from survey.comparison.cases import Case
from survey.comparison.join import Item, Reading
from survey.comparison.words import UNIT_LABELS
from survey.intake.texts import text_for


class Wording:
    """The words for a reader of one language; what each questionnaire calls things is looked up once."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._labels: dict[tuple[int, str], tuple[str, dict[str, str]]] = {}

    def item(self, item: Item) -> str:
        """What an item is called, its code without a label."""
        return text_for(item.label, self.locale) or item.name

    def reading(self, reading: Reading, case: Case) -> str:
        """One answer, "" for none; a computed answer by the label that a choice of the same item has."""
        raw = reading.raw
        if raw is None or raw in ("", []):
            return ""
        choices = self._words_of(reading)[1] or self._choices_of(case)
        values = raw if isinstance(raw, list) else [raw]
        words = [choices.get(str(value)) or choices.get(reading.question.mapping.get(str(value), "")) or _plain(value) for value in values]
        unit = str(UNIT_LABELS.get(reading.question.unit, "")) if isinstance(raw, int | float) else ""
        return " · ".join(words) + (f" {unit}" if unit else "")

    def question(self, reading: Reading) -> str:
        """What the question of an answer is called."""
        return self._words_of(reading)[0]

    def readings(self, case: Case, source: str) -> list[tuple[str, Reading]]:
        """The answers of one source in words, those of several questionnaires only where they differ."""
        found: dict[Any, tuple[str, Reading]] = {}
        for reading in case.comparison.readings.get(source, ()):
            if text := self.reading(reading, case):
                found.setdefault(reading.value if reading.value is not None else text, (text, reading))
        return list(found.values())

    def told(self, case: Case, source: str) -> str:
        """What one source tells, in one text."""
        return " / ".join(text for text, _ in self.readings(case, source))

    def row(self, case: Case) -> tuple[str, ...]:
        """What said, filed and seen tell, in this order."""
        return tuple(self.told(case, source) for source in SOURCES)

    def _choices_of(self, case: Case) -> dict[str, str]:
        """The labels of all choices that the item's questions offer, by name."""
        readings = (each for told in case.comparison.readings.values() for each in told)
        return {name: label for reading in readings for name, label in self._words_of(reading)[1].items()}

    def _words_of(self, reading: Reading) -> tuple[str, dict[str, str]]:
        questionnaire = reading.record.questionnaire
        key = (id(questionnaire), reading.question.path)
        if key not in self._labels:
            self._labels[key] = _look_up(questionnaire, reading.question.path, questionnaire.language(self.locale))
        return self._labels[key]


def _look_up(questionnaire: Questionnaire, path: str, language: str) -> tuple[str, dict[str, str]]:
    question = next(node for node in questionnaire.questions() if node.path == path)
    choices = questionnaire.choices.get(question.list_name or "", ())
    return text_in(question.called, language) or question.name, {choice.name: text_in(choice.label, language) for choice in choices}


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
