"""A submission's answers as lines to read: labels in the reader's language, choices by their labels, files by name. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from questionnaires.audit_log import split_node
from questionnaires.instance import iter_answers
from questionnaires.model import Group, Node, Question, Questionnaire, Repeat, text_in
from survey.intake.media import FILE_TYPES

SILENT_TYPES = frozenset(("note",))
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_PATH = re.compile(r"\s*(?:current\(\)/)?[\w./-]+\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a heading inside a section (`is_heading`), or a question with its answer; `texts` is empty when it was not answered."""

    name: str
    label: str
    depth: int
    texts: tuple[str, ...] = ()
    is_heading: bool = False
    is_computed: bool = False
    file_name: str = ""
    node: str = ""
    """The question's path with the positions of repeats, as timing logs and notes name it: "/data/members[2]/age"; "" for a heading."""


@dataclass(frozen=True, slots=True)
class Section:
    """The lines of one top-level group, or of the questions between groups (`title` is "" then)."""

    name: str
    title: str
    lines: tuple[Line, ...]

    @property
    def n_answered(self) -> int:
        """How many of its questions have an answer."""
        return sum(bool(line.texts or line.file_name) for line in self.lines)


def answer_sections(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    locale: str,
    *,
    with_blanks: bool = False,
    remarked: Collection[str] = (),
) -> tuple[Section, ...]:
    """The sections in the order of the form; with `with_blanks` also questions without an answer, and values that nobody was asked for.

    `remarked` are nodes of which there is something to say, so that they are shown in any case.
    Metadata (start, end, device) are left out: the page shows them at its head.
    """
    language = questionnaire.language(locale)
    shown = {
        question.name: value for question, _, value in iter_answers(questionnaire, dict(answers)) if not isinstance(value, dict | list)
    }
    root = next((node.path.rpartition("/")[0] for node in questionnaire.children), "")
    reader = _Reader(questionnaire, language, shown, with_blanks, root, frozenset(remarked))
    sections: list[Section] = []
    loose: list[Line] = []
    for node in questionnaire.children:
        if isinstance(node, Question):
            loose.extend(reader.lines(node, answers, 0))
            continue
        if loose:
            sections.append(Section("", "", tuple(loose)))
            loose = []
        lines = reader.inner_lines(node, answers.get(node.name), 0)
        if lines:
            sections.append(Section(node.name, reader.text(node.label) or node.name, lines))
    if loose:
        sections.append(Section("", "", tuple(loose)))
    return tuple(sections)


def word_raw(questionnaire: Questionnaire, node: str, raw: str, locale: str) -> str:
    """An answer as the form's XML writes it, with the labels of choices for a reader of `locale`; "" for none."""
    path, _positions = split_node(node)
    question = next((each for each in questionnaire.questions() if each.path == path), None)
    choices = questionnaire.choices.get(question.list_name or "", ()) if question else ()
    labels = {choice.name: text_in(choice.label, questionnaire.language(locale)) for choice in choices}
    return " · ".join(labels.get(each) or each for each in raw.split()) if labels else raw


def label_at(questionnaire: Questionnaire, node: str, locale: str) -> str:
    """What the question at a node is called, with the positions of repeats; the node itself when the form has no such question."""
    path, positions = split_node(node)
    question = next((each for each in questionnaire.questions() if each.path == path), None)
    if question is None:
        return node
    place = "".join(f" [{number}]" for number in positions)
    return f"{text_in(question.called, questionnaire.language(locale)) or question.name}{place}"


def _leaves(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of one repeat instance by question name, those of its groups included, those of repeats inside it left out."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        if isinstance(value, dict) and "latitude" not in value:
            found.update(_leaves(value))
        elif not isinstance(value, dict | list):
            found[name] = value
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    """What every line needs to be worded."""

    questionnaire: Questionnaire
    language: str
    shown: Mapping[str, Any]
    with_blanks: bool
    around: str
    """The path of the group or repeat instance that is being read, with positions."""
    remarked: frozenset[str]

    def text(self, text: Mapping[str, str]) -> str:
        """The text with the answers it quotes put in; "…" where it quotes something computed."""
        return _PLACEHOLDER.sub(self._quoted, text_in(text, self.language))

    def _quoted(self, match: re.Match[str]) -> str:
        expression = match.group(1)
        name = expression.strip().rsplit("/", 1)[-1]
        return str(self.shown.get(name, "…")) if _PATH.fullmatch(expression) else "…"

    def lines(self, node: Node, answers: Mapping[str, Any], depth: int) -> tuple[Line, ...]:
        """The lines of one node, whose answer lies in `answers` under its name."""
        if isinstance(node, Question):
            line = self._question(node, answers.get(node.name), depth)
            return (line,) if line else ()
        inner = self.inner_lines(node, answers.get(node.name), depth + 1)
        if not inner:
            return ()
        return (Line(node.name, self.text(node.label) or node.name, depth, is_heading=True), *inner)

    def inner_lines(self, node: Group | Repeat, value: Any, depth: int) -> tuple[Line, ...]:
        """The lines inside a group, or of every instance of a repeat under its own numbered heading."""
        if isinstance(node, Repeat):
            label = self.text(node.label) or node.name
            around = f"{self.around}/{node.name}"
            found: list[Line] = []
            for number, instance in enumerate(value or (), start=1):
                # A text inside the repeat quotes the answers of its own instance.
                inside = replace(self, shown={**self.shown, **_leaves(instance or {})}, around=f"{around}[{number}]")
                found.append(Line(node.name, f"{label} {number}", depth, is_heading=True))
                found.extend(line for child in node.children for line in inside.lines(child, instance or {}, depth + 1))
            return tuple(found)
        inside = replace(self, around=f"{self.around}/{node.name}")
        return tuple(line for child in node.children for line in inside.lines(child, value or {}, depth))

    def _question(self, question: Question, value: Any, depth: int) -> Line | None:
        is_computed = not question.label
        is_blank = value is None or value in ("", [], {})
        node = f"{self.around}/{question.name}"
        is_left_out = (is_blank or is_computed) and not self.with_blanks and node not in self.remarked
        if question.type in SILENT_TYPES or question.preload or is_left_out:
            return None
        file_name = str(value) if question.type in FILE_TYPES and not is_blank else ""
        return Line(
            name=question.name,
            label=self.text(question.called) or question.name,
            depth=depth,
            texts=() if is_blank or file_name else self._texts(question, value),
            is_computed=is_computed,
            file_name=file_name,
            node=node,
        )

    def _texts(self, question: Question, value: Any) -> tuple[str, ...]:
        if isinstance(value, dict) and "latitude" in value:
            accuracy = value.get("accuracy")
            return (f"{value['latitude']:.6f}, {value['longitude']:.6f}" + (f" (±{accuracy:.0f} m)" if accuracy is not None else ""),)
        if question.type == "acknowledge":
            return ("✓",)
        labels = {choice.name: self.text(choice.label) for choice in self.questionnaire.choices.get(question.list_name or "", ())}
        values = value if isinstance(value, list) else [value]
        return tuple(labels.get(str(each)) or str(each) for each in values)
