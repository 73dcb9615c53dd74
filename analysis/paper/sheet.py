"""The paper questionnaire as data: numbered questions in sections, each with its condition and the space for its answer. Pure.

Sections are the groups of the first level; one of very many questions is taken apart at its inner groups. A question's number is that
of its section and its place there ("2.3"), so that adding a question to one section leaves the numbers of the others as they are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.paper.texts import plain_text
from questionnaires.model import Group, Node, Question, Questionnaire, Repeat, text_in
from questionnaires.question_types import QUESTION_TYPES

SPLIT_FROM = 60
"""A group of so many questions is not one section but as many as it has inner groups."""
NEVER = ("false()", "false() ")


@dataclass(frozen=True, slots=True)
class Item:
    """One question (`number` "2.3") or one note (`number` "")."""

    question: Question
    number: str


@dataclass(frozen=True, slots=True)
class Band:
    """An inner group: its title and condition stand above its parts."""

    group: Group
    parts: tuple["Part", ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A repeat: its parts are the rows, each thing asked about a column. `parents` are the repeats around it, the outermost first."""

    repeat: Repeat
    parts: tuple["Part", ...]
    parents: tuple[Repeat, ...] = ()


Part = Item | Band | Table


@dataclass(frozen=True, slots=True)
class Section:
    """One numbered section; `outer` are the groups around it that were taken apart, the outermost first."""

    number: int
    node: Group | Repeat | None
    parts: tuple[Part, ...]
    outer: tuple[Group, ...] = ()


def lay_out_sheet(questionnaire: Questionnaire, language: str) -> tuple[Section, ...]:
    """The sections of the questionnaire; what nobody is asked or told is in none of them."""
    sections: list[Section] = []
    for node, children, outer in _runs(questionnaire.children, None, (), language):
        number = len(sections) + 1
        counter = _Counter(number)
        if isinstance(node, Repeat):
            parts: tuple[Part, ...] = tuple(_tables(node, (), counter, language))
        else:
            parts = tuple(_parts(children, counter, language, ()))
        if parts:
            sections.append(Section(number, node, parts, outer))
    return tuple(sections)


def items_in(parts: Sequence[Part]) -> Iterator[Item]:
    """Every question and note in some parts, in order."""
    for part in parts:
        if isinstance(part, Item):
            yield part
        else:
            yield from items_in(part.parts)


def is_on_paper(node: Node, language: str) -> bool:
    """Whether a node, or anything inside it, is asked or told."""
    if isinstance(node, Question):
        known = QUESTION_TYPES.get(node.type)
        is_told = bool(plain_text(text_in(node.label, language)) or plain_text(text_in(node.hint, language)))
        is_computed = node.calculation is not None and node.type != "note"
        return (known is None or known.is_asked) and is_told and not is_computed and (node.relevant or "").strip() not in NEVER
    return (node.relevant or "").strip() not in NEVER and any(is_on_paper(child, language) for child in node.children)


def span_of(group: Group, sections: Sequence[Section]) -> tuple[int, int]:
    """The numbers of the first and the last section that a group which was taken apart holds."""
    numbers = [section.number for section in sections if group in section.outer]
    return min(numbers), max(numbers)


def n_asked(node: Node, language: str) -> int:
    """How many questions the node asks, notes left out."""
    if isinstance(node, Question):
        return int(is_on_paper(node, language) and is_numbered(node))
    return sum(n_asked(child, language) for child in node.children) if is_on_paper(node, language) else 0


def is_numbered(question: Question) -> bool:
    """Whether a question on paper is answered: notes and the mere headings of a row of choices are not."""
    return question.type != "note" and "label" not in question.appearance


@dataclass(slots=True)
class _Counter:
    """Gives out the numbers of one section."""

    section: int
    last: int = 0

    def next(self) -> str:
        """The number after the one given last."""
        self.last += 1
        return f"{self.section}.{self.last}"


_Run = tuple[Group | Repeat | None, tuple[Node, ...], tuple[Group, ...]]


def _runs(children: Sequence[Node], around: Group | None, outer: tuple[Group, ...], language: str) -> Iterator[_Run]:
    """The nodes section by section: every group and repeat by itself, questions that follow each other together."""
    loose: list[Node] = []
    for child in [*(each for each in children if is_on_paper(each, language)), None]:
        if isinstance(child, Question):
            loose.append(child)
            continue
        if loose:
            yield around, tuple(loose), outer
            loose = []
        if isinstance(child, Group) and n_asked(child, language) >= SPLIT_FROM and any(isinstance(c, Group) for c in child.children):
            yield from _runs(child.children, child, (*outer, child), language)
        elif child is not None:
            yield child, child.children, outer


def _parts(children: Sequence[Node], counter: _Counter, language: str, parents: tuple[Repeat, ...]) -> Iterator[Part]:
    for child in children:
        if not is_on_paper(child, language):
            continue
        if isinstance(child, Question):
            yield Item(child, counter.next() if is_numbered(child) else "")
        elif isinstance(child, Group):
            yield Band(child, tuple(_parts(child.children, counter, language, parents)))
        else:
            yield from _tables(child, parents, counter, language)


def _tables(repeat: Repeat, parents: tuple[Repeat, ...], counter: _Counter, language: str) -> Iterator[Table]:
    """The table of a repeat, followed by those of the repeats inside it, since a table cannot stand in a cell of another."""
    parts = tuple(_parts(repeat.children, counter, language, (*parents, repeat)))
    inner = [part for part in parts if isinstance(part, Table)]
    inner += [table for part in parts if isinstance(part, Band) for table in part.parts if isinstance(table, Table)]
    yield Table(repeat, tuple(_without_tables(parts)), parents)
    yield from inner


def _without_tables(parts: Sequence[Part]) -> Iterator[Part]:
    for part in parts:
        if isinstance(part, Band):
            yield Band(part.group, tuple(_without_tables(part.parts)))
        elif isinstance(part, Item):
            yield part
