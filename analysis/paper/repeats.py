"""Repeats on paper: a table whose rows are questions, with one column for each thing (each member of a household) asked about."""

from collections.abc import Iterator

from docx.shared import Mm

from analysis.paper.answers import ANNEXED_AT_MOST, TICK, boxes, choice_texts, number_boxes
from analysis.paper.drawing import BAND_FILL, HEADER_FILL, Pen, repeat_header
from analysis.paper.questions import QuestionTexts
from analysis.paper.sheet import Band, Item, Part, Table
from analysis.paper.styles import TEXT_MM
from analysis.paper.texts import plain_text, without_number
from questionnaires.model import Question, Repeat, text_in
from questionnaires.question_types import MULTIPLE_TYPES, SELECT_TYPES

COLUMNS_AT_MOST = 4
INSTANCES_AT_MOST = 60
"""There is room for so many things at most, whatever number a form names; the hint says what to do about more."""
QUESTION_MM = 78.0
TICKED_AT_MOST = 3
WIDEST_BOXES = 5
ROW_MM, WRITTEN_ROW_MM = 7.0, 10.0
PICTURE_ROW_MM = 30.0


def draw_repeat(pen: Pen, texts: QuestionTexts, table: Table, n_instances: int) -> None:
    """The table of a repeat, as many times as it takes for `n_instances` columns."""
    words = texts.words
    fixed = fixed_count(texts, table.repeat)
    total = min(fixed or n_instances, INSTANCES_AT_MOST)
    title = without_number(plain_text(text_in(table.repeat.label, texts.language))) or table.repeat.name
    first = 1
    while first <= total:
        last = min(first + COLUMNS_AT_MOST - 1, total)
        _draw_block(pen, texts, table, title, range(first, last + 1))
        first = last + 1
    if fixed is None or fixed > total:
        pen.paragraph(words["more"].format(count=total), "Paper Hint").paragraph_format.keep_with_next = False


def fixed_count(texts: QuestionTexts, repeat: Repeat) -> int | None:
    """How many instances the repeat always has; None where that depends on answers."""
    counted = next((each for each in texts.questionnaire.questions() if each.path == (repeat.count or "").strip()), None)
    count = ((counted.calculation if counted else repeat.count) or "").strip()
    return int(count) if count.isdecimal() and int(count) else None


def _draw_block(pen: Pen, texts: QuestionTexts, table: Table, title: str, places: range) -> None:
    words = texts.words
    width = (TEXT_MM - QUESTION_MM) / len(places)
    rows = list(_rows(table.parts))
    grid = pen.grid(1 + len(table.parents) + len(rows), (QUESTION_MM, *([width] * len(places))))
    repeat_header(grid)
    pen.fill(grid.rows[0].cells[0], title, is_bold=True, fill=HEADER_FILL)
    for cell, place in zip(grid.rows[0].cells[1:], places, strict=True):
        pen.fill(cell, words["column"].format(number=place), is_bold=True, fill=HEADER_FILL, is_centred=True)
    for row, parent in zip(grid.rows[1:], table.parents, strict=False):
        label = plain_text(text_in(parent.label, texts.language)) or parent.name
        pen.fill(row.cells[0], words["belongs"].format(parent=label))
        for cell in row.cells[1:]:
            pen.fill(cell, boxes(2), is_centred=True)
    for row, part in zip(grid.rows[1 + len(table.parents) :], rows, strict=True):
        cells = row.cells
        row.height = Mm(ROW_MM)
        if isinstance(part, Band):
            merged = cells[0].merge(cells[-1])
            lines = (plain_text(text_in(part.group.label, texts.language)), texts.condition(part.group, "band_if"))
            pen.fill(merged, "\n".join(filter(None, lines)), is_bold=True, fill=BAND_FILL)
        elif not part.number:
            pen.fill(cells[0].merge(cells[-1]), "\n".join(texts.lines(part)))
        else:
            _draw_row(pen, texts, part, cells)
            row.height = Mm(ROW_MM if cell_text(part.question, texts) else WRITTEN_ROW_MM)
    pen.gap()


def _draw_row(pen: Pen, texts: QuestionTexts, item: Item, cells: tuple[object, ...]) -> None:
    question = item.question
    lines = texts.lines(item)
    if question.type in SELECT_TYPES and texts.list_number(question) is None:
        lines.append(codes_line(choice_texts(texts.choices(question), texts.language)))
    elif question.type in SELECT_TYPES:
        lines.append(texts.words["list_title"].format(number=texts.list_number(question), name="").strip(" .　"))
    written = pen.fill(cells[0], "\n".join(filter(None, lines)))  # type: ignore[arg-type]
    picture = texts.pictures.of(question.media, QUESTION_MM - 10, PICTURE_ROW_MM)
    if picture:
        written.add_run().add_break()
        pen.picture(written, picture)
    inside = cell_text(question, texts)
    for cell in cells[1:]:
        pen.fill(cell, inside, is_centred=True)  # type: ignore[arg-type]


def _rows(parts: tuple[Part, ...]) -> Iterator[Item | Band]:
    """The rows of a table: a band stands above its own questions."""
    for part in parts:
        if isinstance(part, Band):
            if part.group.label or part.group.relevant:
                yield part
            yield from _rows(part.parts)
        elif isinstance(part, Item):
            yield part


def codes_line(labels: tuple[str, ...]) -> str:
    """The choices with the codes that stand for them in the columns; "" where they are too many to print."""
    if len(labels) > ANNEXED_AT_MOST:
        return ""
    return "　".join(f"{number}\N{NO-BREAK SPACE}{label}" for number, label in enumerate(labels, start=1))


def cell_text(question: Question, texts: QuestionTexts) -> str:
    """What stands in the cell of one instance: ticks for a few codes, boxes for short numbers, nothing where one writes freely."""
    choices = texts.choices(question)
    if question.type in SELECT_TYPES and 0 < len(choices) <= ANNEXED_AT_MOST:
        if len(choices) <= TICKED_AT_MOST and question.type != "rank":
            return " ".join(f"{TICK}{number}" for number in range(1, len(choices) + 1))
        return "" if question.type in MULTIPLE_TYPES else boxes(len(str(len(choices))))
    if question.type == "acknowledge":
        return TICK
    if question.type in ("integer", "decimal"):
        shown = number_boxes(question)
        return shown if shown.count("__") + shown.count(".") <= WIDEST_BOXES else ""
    return ""
