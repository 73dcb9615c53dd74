"""A form's pages: which questions stand together on the screen, as records that a template can draw without deciding anything.

Every group of the first level begins a page. A group too long for one page is taken apart: its larger inner groups become pages of
their own, and what is left is dealt out evenly. The form's style "pages" asks for one question a page instead. Pure; knows WTForms
fields but draws none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from wtforms import Field, FieldList, Form

from questionnaires.lint.design import MAX_PAGE_QUESTIONS
from questionnaires.model import Group, Node, Question, Repeat, Text
from survey.tablet.builder import QuestionnaireForm, field_name
from survey.tablet.fields.answers import HiddenField, NoteField

PAGES_STYLE = re.compile(r'<h:body[^>]*\bclass="(?:[^"]* )?pages[ "]')
"""How the XForm says that a form is written with one question, or one field list, on each page."""
TABLE_LABEL = "generated_table_list_label_"
OWN_PAGE_FROM = 4
"""An inner group of at least this many questions becomes a page of its own when the group around it is taken apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing on a page: a question with its field, a group with its parts, or a repeat with the parts of one blank instance."""

    kind: str
    """"question", "group", "repeat", or "media" for the pictures and sounds of the group that a page begins."""
    node: Node
    field: Field
    parts: tuple["Part", ...] = ()

    @property
    def n_questions(self) -> int:
        """How many questions are asked in it, one instance of a repeat counted."""
        if self.kind == "question":
            return int(not isinstance(self.field, NoteField))
        return sum(part.n_questions for part in self.parts)


@dataclass(frozen=True, slots=True)
class Page:
    """One screen: the title of the group it comes from, and its place among that group's pages."""

    parts: tuple[Part, ...]
    title: Text
    title_key: str
    """The key of the title among the questionnaire's texts; "" when nothing around the questions has a label."""
    number: int = 1
    n_pages: int = 1
    is_step: bool = False
    """Whether it is one of many short pages of its group, which a list of contents names together."""


def lay_out(form: QuestionnaireForm) -> tuple[Page, ...]:
    """The pages of a form, in the order of the questionnaire; questions without a control are on none."""
    pages: list[Page] = []
    drawn = tuple(_parts(form, form.questionnaire.children))
    if PAGES_STYLE.search(form.questionnaire.xform):
        return tuple(_one_by_one(drawn, {}, ""))
    for parts in _runs(drawn):
        if len(parts) == 1 and parts[0].kind == "group":
            pages += _pages_of_group(parts[0], parts[0].node.label, f"{parts[0].node.path}:label")
        else:
            repeat = parts[0].node if parts[0].kind == "repeat" else None
            pages += _deal_out(parts, repeat.label if repeat else {}, f"{repeat.path}:label" if repeat and repeat.label else "")
    return tuple(pages)


def _one_by_one(parts: Sequence[Part], title: Text, key: str) -> Iterator[Page]:
    """A page for every question, every repeat and every field list; a group's label titles the pages of its questions."""
    for part in parts:
        own = (part.node.label, f"{part.node.path}:label") if part.kind != "question" and part.node.label else (title, key)
        if part.kind == "group" and "field-list" not in part.node.appearance:
            yield from _with_media(tuple(_one_by_one(part.parts, *own)), part)
        elif part.kind == "group":
            yield from _with_media((_whole_page(part.parts, *own),), part)
        else:
            yield replace(_whole_page((part,), *own), is_step=part.kind == "question")


def _parts(form: Form, children: Sequence[Node]) -> Iterator[Part]:
    """What is drawn of some nodes; a group in which nothing is drawn is left out."""
    for child in children:
        field = form[field_name(child.name)]
        if isinstance(child, Question):
            if not isinstance(field, HiddenField):
                yield Part("question", child, field)
        elif parts := tuple(_parts(_inner_form(field), child.children)):
            yield Part("repeat" if isinstance(child, Repeat) else "group", child, field, parts)


def _inner_form(field: Field) -> Form:
    """The form inside a group's field, or inside one blank instance of a repeat's."""
    if isinstance(field, FieldList):
        field = field.entries[0] if field.entries else field.append_entry()
    inner: Form = field.form  # type: ignore[attr-defined]
    return inner


def _runs(parts: Sequence[Part]) -> Iterator[tuple[Part, ...]]:
    """The parts with every group and repeat by itself and questions that follow each other together."""
    run: list[Part] = []
    for part in parts:
        if part.kind == "question":
            run.append(part)
            continue
        if run:
            yield tuple(run)
            run = []
        yield (part,)
    if run:
        yield tuple(run)


def _pages_of_group(group: Part, title: Text, key: str) -> list[Page]:
    """The pages of one group; an inner group without a label is titled as the one around it."""
    if group.n_questions <= MAX_PAGE_QUESTIONS or "field-list" in group.node.appearance:
        return _with_media([_whole_page(group.parts, title, key)], group)
    runs: list[list[Part]] = [[]]
    for part in group.parts:
        if part.kind == "repeat" or (part.kind == "group" and part.n_questions >= OWN_PAGE_FROM):
            runs += [[part], []]
        else:
            runs[-1].append(part)
    pages: list[Page] = []
    for run in filter(None, runs):
        own = run[0].node if len(run) == 1 and run[0].kind != "question" and run[0].node.label else None
        run_title, run_key = (own.label, f"{own.path}:label") if own else (title, key if title else "")
        if len(run) == 1 and isinstance(run[0].node, Group):
            pages += _pages_of_group(run[0], run_title, run_key)
        else:
            pages += _deal_out(tuple(run), run_title, run_key)
    return _with_media(pages, group)


def _with_media(pages: Sequence[Page], group: Part) -> list[Page]:
    """The pages of a group, the first of them beginning with what the group shows beside its label."""
    first, *others = pages
    shown = (Part("media", group.node, group.field),) if group.node.media else ()
    return [replace(first, parts=(*shown, *first.parts)), *others]


def _whole_page(parts: tuple[Part, ...], title: Text, key: str) -> Page:
    """The page of these parts. The label of a table of questions, which pyxform turns into a note inside it, is its title again."""
    first = parts[0].node
    if len(parts) > 1 and not title and first.name.startswith(TABLE_LABEL):
        return Page(parts[1:], first.label, f"{first.path}:label")
    return Page(parts, title, key if title else "")


def _deal_out(parts: tuple[Part, ...], title: Text, key: str) -> list[Page]:
    """The parts on as few pages as the limit allows, evenly."""
    total = sum(part.n_questions for part in parts)
    if len(parts) == 1 or total <= MAX_PAGE_QUESTIONS:
        return [Page(parts, title, key)]
    n_pages = -(-total // MAX_PAGE_QUESTIONS)
    dealt: list[list[Part]] = [[] for _ in range(n_pages)]
    seen = 0
    for part in parts:
        dealt[min(seen * n_pages // total, n_pages - 1)].append(part)
        seen += part.n_questions
    kept = [tuple(each) for each in dealt if each]
    return [Page(each, title, key, number, len(kept)) for number, each in enumerate(kept, start=1)]
