"""The page of two records as data: its rows in the reader's words, with what is decided, what is open, and which rules are broken. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from questionnaires.model import Node, Question, Questionnaire, Repeat, text_in
from questionnaires.question_types import MULTIPLE_TYPES
from survey.intake.media import FILE_TYPES
from survey.intake.models import Attachment, Submission
from survey.protection.reading import readable_answers
from survey.reconciling.alignment import key_question
from survey.reconciling.differences import OTHER, Comparison
from survey.reconciling.merging import Reconciled, open_nodes
from survey.reconciling.models import ReconciledAnswer
from survey.reconciling.queries import Records
from survey.review.answers import Line, answer_sections, word_raw

INPUT_TYPES = {"integer": "number", "decimal": "number", "range": "number", "date": "date", "time": "time"}
"""The kind of HTML input for another answer by type of question; any other is a line of text."""
EXAMPLES = {
    "geopoint": "33.3300 106.1500",
    "geotrace": "33.3300 106.1500; 33.3400 106.1500",
    "geoshape": "33.33 106.15; 33.34 106.15; 33.34 106.16; 33.33 106.15",
    "dateTime": "2018-04-20T08:30:00.000+08:00",
}
SHOWN_OF_ENTRY = 4
"""How many answers of an entry that only one of them has are shown."""


@dataclass(frozen=True, slots=True)
class OtherField:
    """The control in which another answer is entered: `kind` is "choice", "choices", or a type of HTML input; `values` are chosen.

    `example` shows how an answer is written that is entered as the form's XML has it.
    """

    kind: str
    options: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One difference (or agreement) as the page shows it; texts are empty where nothing was recorded."""

    comparison: Comparison
    label: str
    entry: str
    """Which entry of which repeat the question is asked of: "Members 2 · 王大"; "" outside repeats."""
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_note: str
    """What the interviewer wrote beside the answer; "" for nothing."""
    right_note: str
    is_open: bool
    is_moot: bool
    decided: ReconciledAnswer | None
    other_text: str
    broken: tuple[str, ...]
    field: OtherField | None
    """None for an entry, which is kept or left out as it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one section; `title` is "" for questions outside groups."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class File:
    """One file of a record with what its question is called."""

    attachment: Attachment
    label: str


@dataclass(frozen=True, slots=True)
class PairPage:
    """Everything of two records: the parts with all their rows, counts, and the broken rules that belong to no row."""

    parts: tuple[Part, ...]
    n_compared: int
    n_agreeing: int
    n_open: int
    next_open: str
    broken: tuple[tuple[str, str], ...]
    """The node and the message of each rule that the reconciled record breaks."""
    left_files: tuple[File, ...]
    right_files: tuple[File, ...]


def pair_page(
    questionnaire: Questionnaire,
    records: Records,
    comparisons: tuple[Comparison, ...],
    result: Reconciled,
    locale: str,
    *,
    after: str = "",
) -> PairPage:
    """The page of two records for a reader of `locale`; `next_open` is the first open node behind `after`, or else the first at all."""
    reader = _Reader(questionnaire, records, comparisons, result, locale)
    waiting = open_nodes(comparisons, records.decisions, result.moot)
    rows = {each.node: reader.row(each, each.node in waiting) for each in comparisons}
    sections: dict[str, list[Row]] = {}
    for each in comparisons:
        sections.setdefault(each.section, []).append(rows[each.node])
    order = [each.node for each in comparisons]
    behind = waiting if after not in order else tuple(node for node in waiting if order.index(node) > order.index(after))
    return PairPage(
        parts=tuple(Part(reader.section_title(name), tuple(found)) for name, found in sections.items()),
        n_compared=len(comparisons),
        n_agreeing=sum(each.is_agreeing for each in comparisons),
        n_open=len(waiting),
        next_open=next(iter(behind or waiting), ""),
        broken=tuple((each.node, reader.message(each.finding.message)) for each in result.broken),
        left_files=reader.files(records.lead),
        right_files=reader.files(records.second),
    )


class _Reader:
    """Words what both recorded, in one language."""

    def __init__(
        self, questionnaire: Questionnaire, records: Records, comparisons: tuple[Comparison, ...], result: Reconciled, locale: str
    ) -> None:
        self.questionnaire, self.locale, self.result = questionnaire, locale, result
        self.language = questionnaire.language(locale)
        self.repeats = _innermost_repeats(questionnaire.children, None)
        self.decided = {each.node: each for each in (records.reconciliation.decided if records.reconciliation else ())}
        self.notes = tuple({note.node: note.text for note in record.notes} for record in (records.lead, records.second))
        self.lines = (
            self._lines(records.lead, [each.left_node for each in comparisons]),
            self._lines(records.second, [each.right_node for each in comparisons]),
        )

    def _lines(self, record: Submission, nodes: Sequence[str]) -> dict[str, Line]:
        answers = readable_answers(self.questionnaire, record.answers)
        sections = answer_sections(self.questionnaire, answers, self.locale, remarked=nodes)
        return {line.node: line for section in sections for line in section.lines if line.node}

    def row(self, compared: Comparison, is_open: bool) -> Row:
        """One row of the page."""
        decided = self.decided.get(compared.node)
        return Row(
            comparison=compared,
            label=self._label(compared),
            entry=self._entry(compared),
            left=self._texts(0, compared.left_node, compared.left is not None),
            right=self._texts(1, compared.right_node, compared.right is not None),
            left_note=self.notes[0].get(compared.left_node, ""),
            right_note=self.notes[1].get(compared.right_node, ""),
            is_open=is_open,
            is_moot=compared.node in self.result.moot,
            decided=decided,
            other_text=word_raw(self.questionnaire, compared.node, decided.value, self.locale) if decided else "",
            broken=tuple(self.message(each.finding.message) for each in self.result.broken if each.node == compared.node),
            field=_other_field(self.questionnaire, compared.question, decided, self.language) if compared.question else None,
        )

    def _label(self, compared: Comparison) -> str:
        if compared.repeat is not None:
            return f"{text_in(compared.repeat.label, self.language) or compared.repeat.name} {compared.position[-1]}"
        line = self.lines[0].get(compared.left_node) or self.lines[1].get(compared.right_node)
        return line.label if line else compared.node

    def _entry(self, compared: Comparison) -> str:
        if compared.question is None or not compared.position:
            return ""
        repeat = self.repeats[compared.question.path]
        label = f"{text_in(repeat.label, self.language) or repeat.name} {compared.position[-1]}"
        key = key_question(repeat)
        if key is None or key is compared.question:
            return label
        for lines, node in zip(self.lines, (compared.left_node, compared.right_node), strict=True):
            around = node[: node.rindex("]") + 1] if "]" in node else ""
            named = lines.get(f"{around}{key.path.removeprefix(repeat.path)}")
            if named is not None and named.texts:
                return f"{label} · {self._joined(named.texts)}"
        return label

    def _texts(self, side: int, node: str, is_there: bool) -> tuple[str, ...]:
        if not is_there or not node:
            return ()
        line = self.lines[side].get(node)
        if line is not None:
            return line.texts
        inside = [found for place, found in self.lines[side].items() if place.startswith(f"{node}/") and found.texts]
        return tuple(self._joined(found.texts) for found in inside[:SHOWN_OF_ENTRY]) or ("✓",)

    def _joined(self, texts: tuple[str, ...]) -> str:
        return ("、" if self.locale.startswith("zh") else ", ").join(texts)

    def section_title(self, name: str) -> str:
        """What the outermost group or repeat of this name is called."""
        node = next((each for each in self.questionnaire.children if each.name == name), None)
        return text_in(node.label, self.language) if node is not None else ""

    def message(self, message: Mapping[str, str]) -> str:
        """The message in the reader's language."""
        return text_in(message, self.language)

    def files(self, record: Submission) -> tuple[File, ...]:
        """The record's files in the order of their questions; logs and notes, which answer no question, are left out."""
        attachments = {each.name: each for each in record.attachments}
        sections = answer_sections(self.questionnaire, record.answers, self.locale)
        lines = [line for section in sections for line in section.lines if line.file_name in attachments]
        return tuple(File(attachments[line.file_name], line.label) for line in lines)


def _innermost_repeats(children: tuple[Node, ...], around: Repeat | None) -> dict[str, Repeat]:
    """The innermost repeat around each question inside one, by the question's path."""
    found: dict[str, Repeat] = {}
    for child in children:
        if not isinstance(child, Question):
            found |= _innermost_repeats(child.children, child if isinstance(child, Repeat) else around)
        elif around is not None:
            found[child.path] = around
    return found


def _other_field(questionnaire: Questionnaire, question: Question, decided: ReconciledAnswer | None, language: str) -> OtherField:
    value = decided.value if decided is not None and decided.choice == OTHER else ""
    choices = questionnaire.choices.get(question.list_name or "", ()) if question.type not in FILE_TYPES else ()
    if not choices or question.type == "rank":
        example = EXAMPLES.get(question.type, " ".join(choice.name for choice in choices))
        return OtherField(INPUT_TYPES.get(question.type, "text"), values=(value,) if value else (), example=example)
    options = tuple((choice.name, text_in(choice.label, language) or choice.name) for choice in choices)
    return OtherField("choices" if question.type in MULTIPLE_TYPES else "choice", options, tuple(value.split()))
