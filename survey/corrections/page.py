"""Corrections as pages show them: in the reader's words, at their answers, to those who are shown no names without them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from questionnaires.audit_log import split_node
from questionnaires.model import Questionnaire, text_in
from survey.corrections.effect import Change, is_correctable
from survey.corrections.models import Correction
from survey.corrections.queries import COUNTS, Record
from survey.protection.answers import NAME, class_of_question
from survey.protection.reading import readable_answer, readable_answers
from survey.review.answers import Line, answer_sections, word_raw

SHOWN_LENGTH = 40
YES_NO = frozenset(("yes", "no"))


@dataclass(frozen=True, slots=True)
class WordedCorrection:
    """One correction: what its question is called, and both answers in words, "" for none."""

    correction: Correction
    label: str
    old: str
    new: str
    state: str


@dataclass(frozen=True, slots=True)
class WordedChange:
    """An answer that follows from corrections, before and after, "" for none."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CorrectedAnswers:
    """What was corrected of an interview and what follows from it, both by node, corrections oldest first."""

    corrections: Mapping[str, tuple[WordedCorrection, ...]]
    follows: Mapping[str, WordedChange]

    @property
    def nodes(self) -> frozenset[str]:
        """Every node of which there is something to say."""
        return frozenset((*self.corrections, *self.follows))

    @property
    def replaced(self) -> frozenset[str]:
        """The nodes whose stored answer does not count."""
        corrected = (node for node, entries in self.corrections.items() if any(each.state == COUNTS for each in entries))
        return frozenset((*corrected, *self.follows))


NOTHING = CorrectedAnswers({}, {})


def word_corrections(record: Record, locale: str, wanted: Iterable[Correction] | None = None) -> tuple[WordedCorrection, ...]:
    """The corrections of the interview, or those that are wanted, in their order."""
    shown = tuple(record.corrections if wanted is None else wanted)
    lines = _lines(record, locale, {each.node for each in shown})
    tells = {question.name: class_of_question(record.questionnaire, question) for question in record.questionnaire.questions()}
    return tuple(
        WordedCorrection(
            correction=each,
            label=_label(lines, each.node, each.question),
            old=word_raw(record.questionnaire, each.node, readable_answer(tells.get(each.question, NAME), each.old), locale),
            new=word_raw(record.questionnaire, each.node, readable_answer(tells.get(each.question, NAME), each.new), locale),
            state=record.states[each.id],
        )
        for each in shown
    )


def corrected_answers(record: Record, locale: str) -> CorrectedAnswers:
    """What the page of the interview says at its answers."""
    by_node: dict[str, tuple[WordedCorrection, ...]] = {}
    for each in word_corrections(record, locale):
        node = each.correction.node
        by_node[node] = (*by_node.get(node, ()), each)
    follows = record.effect.follows if record.chosen else ()
    lines = _lines(record, locale, {change.node for change in follows})
    words = {
        change.node: WordedChange(
            _label(lines, change.node, change.question.name),
            *(_word_followed(record.questionnaire, change, value, locale) for value in (change.old, change.new)),
        )
        for change in follows
    }
    return CorrectedAnswers(by_node, words)


def _word_followed(questionnaire: Questionnaire, change: Change, value: str, locale: str) -> str:
    """An answer that follows in words; a calculation that gives "yes" or "no" has the words of the form's first list of them."""
    yes_no = next(
        (each for each in questionnaire.choices.values() if {choice.name for choice in each} >= YES_NO),
        (),
    )
    labels = {choice.name: text_in(choice.label, questionnaire.language(locale)) for choice in yes_no if choice.name in YES_NO}
    shown = readable_answer(class_of_question(questionnaire, change.question), value)
    return labels.get(shown) or word_raw(questionnaire, change.node, shown, locale)


def choices_of_answers(record: Record, locale: str) -> dict[str, list[tuple[str, str]]]:
    """What can be corrected, as (node, label with the stored answer) by the title of its section, in the order of the form."""
    found: dict[str, list[tuple[str, str]]] = {}
    for section in answer_sections(record.questionnaire, readable_answers(record.questionnaire, record.stored), locale, with_blanks=True):
        for line in section.lines:
            place = record.places.get(line.node)
            if place is not None and is_correctable(place.question):
                shown = shortened(" · ".join(line.texts) or "–")
                found.setdefault(section.title or "–", []).append((line.node, f"{line.label}{_position(line.node)} ({shown})"))
    return found


def names_of_questions(questionnaires: Iterable[Questionnaire], locale: str) -> dict[str, str]:
    """What questions are called for a reader of `locale`, by their names."""
    return {
        question.name: text_in(question.called, questionnaire.language(locale))
        for questionnaire in questionnaires
        for question in questionnaire.questions()
    }


def shortened(text: str) -> str:
    """The text, cut with "…" where it is too long for a list."""
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


def label_of(record: Record, node: str, locale: str) -> str:
    """What the question at a node is called, with the positions of repeats."""
    place = record.places[node]
    return _label(_lines(record, locale, {node}), node, place.question.name)


def _lines(record: Record, locale: str, nodes: set[str]) -> dict[str, Line]:
    if not nodes:
        return {}
    sections = answer_sections(record.questionnaire, record.stored, locale, remarked=nodes)
    return {line.node: line for section in sections for line in section.lines if line.node in nodes}


def _label(lines: Mapping[str, Line], node: str, name: str) -> str:
    return f"{lines[node].label if node in lines else name}{_position(node)}"


def _position(node: str) -> str:
    return "".join(f" [{number}]" for number in split_node(node)[1])
