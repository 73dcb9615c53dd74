"""The lines that stand with a question on paper: its condition, its text, what is allowed, and how it is answered. Pure."""

from collections.abc import Mapping

from analysis.paper.answers import ANNEXED_AT_MOST, LISTED_AT_MOST, bounds, is_between
from analysis.paper.conditions import Describer
from analysis.paper.pictures import Pictures
from analysis.paper.sheet import Item, Section, items_in
from analysis.paper.texts import BLANK, plain_text
from analysis.paper.words import WORDS
from questionnaires.model import Choice, Group, Question, Questionnaire, Repeat, text_in
from questionnaires.question_types import MULTIPLE_TYPES

ALWAYS = ("true()", "yes")


class QuestionTexts:
    """The texts of one questionnaire on paper, in one of its languages; `words` are the program's own, "zh" or "en"."""

    def __init__(
        self, questionnaire: Questionnaire, language: str, words_key: str, sections: tuple[Section, ...], pictures: Pictures
    ) -> None:
        self.questionnaire = questionnaire
        self.pictures = pictures
        self.language = language
        self.words_key = words_key
        self.words = WORDS[words_key]
        items = [item for section in sections for item in items_in(section.parts)]
        self.numbers: Mapping[str, str] = {item.question.path: item.number for item in items if item.number}
        self.describer = Describer(questionnaire, language, words_key, self.numbers)
        self.annexed = self._annexed(items)

    def _annexed(self, items: list[Item]) -> tuple[str, ...]:
        names = dict.fromkeys(item.question.list_name or "" for item in items if item.number)
        return tuple(name for name in names if LISTED_AT_MOST < len(self.questionnaire.choices.get(name, ())) <= ANNEXED_AT_MOST)

    def choices(self, question: Question) -> tuple[Choice, ...]:
        """The choices of a question, none where the questionnaire does not hold them."""
        return self.questionnaire.choices.get(question.list_name or "", ())

    def list_number(self, question: Question) -> int | None:
        """The number of the list at the end that holds the choices of a question, None when they stand at the question."""
        return self.annexed.index(question.list_name) + 1 if question.list_name in self.annexed else None

    def condition(self, node: Question | Group | Repeat, form: str, **values: object) -> str:
        """The condition of a node in the sentence `form` of the words; "" when it is always asked."""
        said = self.describer.condition(node.relevant, node.path)
        return self.words[form].format(condition=said, **values) + self.words["sentence_end"] if said else ""

    def label(self, item: Item) -> str:
        """The text of a question with the marks for a required and for a multiple answer."""
        question = item.question
        text = self._shown(text_in(question.label, self.language) or text_in(question.hint, self.language), question)
        if not item.number:
            return text
        several = f"（{self.words['several']}）" if self.words_key == "zh" else f" ({self.words['several']})"
        marks = "*" if (question.required or "").strip() in ALWAYS else ""
        return f"{text}{marks}{several if question.type in MULTIPLE_TYPES and question.type != 'rank' else ''}"

    def hints(self, question: Question) -> list[str]:
        """What helps to answer: hint, guidance, what is allowed, which choices apply, how to rank."""
        texts = [question.hint if question.label else {}, question.guidance]
        lines = [self._shown(text_in(text, self.language), question) for text in texts]
        lines.append(self.allowed(question))
        if question.choice_filter:
            numbers = self.describer.numbers_in(question.choice_filter, question.path)
            lines.append(self.words["filtered"].format(numbers=", ".join(numbers)) if numbers else "")
        lines.append(self.words["rank"] if question.type == "rank" else "")
        return list(dict.fromkeys(filter(None, lines)))

    def allowed(self, question: Question) -> str:
        """What answers the question allows: in its author's words, else in ours where the constraint is simple, else ""."""
        if not question.constraint:
            return ""
        message = self._shown(text_in(question.constraint_message, self.language), question)
        if message:
            return message
        if is_between(question.constraint):
            low, high = bounds(question.constraint)
            return self.words["between"].format(low=low, high=high) if low and high else ""
        said = self.describer.condition(question.constraint, question.path)
        return "" if self.words["holds"].split("{")[0] in said else said

    def lines(self, item: Item) -> list[str]:
        """All that stands in the cell of a question in a table."""
        condition = self.condition(item.question, "note_if" if not item.number else "ask_if")
        return [*filter(None, (condition,)), f"{item.number} {self.label(item)}".strip(), *self.hints(item.question)]

    def _shown(self, text: str, question: Question) -> str:
        return plain_text(text, lambda expression: self._answer_shown(expression, question.path))

    def _answer_shown(self, expression: str, place: str) -> str:
        numbers = self.describer.numbers_in(expression, place)
        return self.words["answer_to"].format(number=numbers[0]) if len(numbers) == 1 else BLANK
