"""A questionnaire written as a Word document to print and fill in by hand. The same questionnaire gives the same bytes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from datetime import date as Date
from io import BytesIO

from docx.document import Document as WordDocument
from docx.shared import Mm

from analysis.archive import without_times
from analysis.paper.answers import LISTED_AT_MOST, TICK, choice_texts, columns_for, space_for
from analysis.paper.drawing import HEADER_FILL, Pen, repeat_header
from analysis.paper.pictures import Picture, Pictures
from analysis.paper.questions import QuestionTexts
from analysis.paper.repeats import draw_repeat
from analysis.paper.sheet import Band, Item, Part, Section, Table, lay_out_sheet, span_of
from analysis.paper.styles import NUMBER_MM, TEXT_MM, blank_paper
from analysis.paper.texts import plain_text, without_number
from analysis.paper.words import PREFILLED, words_for
from analysis.words import chinese_number
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Group, Language, Question, Questionnaire, Repeat, Text, text_in
from questionnaires.question_types import SELECT_TYPES

INSTANCES = 8
"""So many members (things of a repeat) have room, where the questionnaire does not say how many there are."""
MATRIX_AT_MOST = 8
PICTURE_MM, CHOICE_PICTURE_MM = (90.0, 60.0), (34.0, 26.0)
"""The largest width and height of a question's picture, and of a choice's."""
CHOSEN = tuple(name for name in SELECT_TYPES if name != "rank")


def write_paper(
    questionnaire: Questionnaire,
    language: Language,
    *,
    today: Date,
    n_instances: int = INSTANCES,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The paper questionnaire in one of its languages, as the bytes of a .docx file dated `today`, with those `pictures` that it shows."""
    writer = _Writer(questionnaire, language, n_instances, Pictures(pictures or {}, language.name))
    writer.write()
    _set_properties(writer.pen.document, writer.title, today)
    content = BytesIO()
    writer.pen.document.save(content)
    return without_times(content.getvalue())


def find_language(questionnaire: Questionnaire, wanted: str) -> Language:
    """The language of the questionnaire that `wanted` names by its code ("zh") or in full; raises INVALID_VALUE with what there is."""
    for language in questionnaire.languages:
        if wanted.casefold() in (language.code.casefold(), language.name.casefold()):
            return language
    for language in questionnaire.languages:
        if words_for(language.code or language.name) == "zh" and wanted == "zh":
            return language
    known = ", ".join(language.code or language.name for language in questionnaire.languages)
    raise SurveyError(
        ErrorCode.INVALID_VALUE, field="language", detail="the questionnaire has no '{wanted}', only: {known}.", wanted=wanted, known=known
    )


class _Writer:
    """Writes one questionnaire."""

    def __init__(self, questionnaire: Questionnaire, language: Language, n_instances: int, pictures: Pictures) -> None:
        self.questionnaire = questionnaire
        self.language = language.name
        self.n_instances = n_instances
        self.key = words_for(language.code or language.name)
        self.sections = lay_out_sheet(questionnaire, language.name)
        self.texts = QuestionTexts(questionnaire, language.name, self.key, self.sections, pictures)
        self.words = self.texts.words
        self.title = plain_text(text_in(questionnaire.title, language.name)) or questionnaire.form_id
        facts = f"{questionnaire.form_id} · {self.words['version']} {questionnaire.version}"
        self.facts = facts
        self.pen = Pen(blank_paper(self.key, f"{self.title}　{facts}"), is_chinese=self.key == "zh")

    def write(self) -> None:
        """All of it, from the title to the list of computed values."""
        self.pen.paragraph(self.title, "Title")
        self.pen.paragraph(self.facts, "Paper Facts")
        self._head()
        self._instructions()
        told: set[str] = set()
        for section in self.sections:
            self._outer(section, told)
            self._section(section)
        self._signatures()
        self._lists()
        self._computed()

    def _head(self) -> None:
        """Boxes for whom it is about, the pair and the time."""
        names = PREFILLED[self.key]
        boxes = {"year": "______", "month": "____", "day": "____", "hour": "____", "minute": "____"}
        day = (self.words["date"], self.words["date_boxes"].format(**boxes))
        begun = (self.words["started"], self.words["time_boxes"].format(**boxes))
        pair = (names["lead_name"], "", names["second_name"], "")
        if self._is_of_household():
            household = (names["village_name"], "", names["household_number"], "")
            self._facts_table([household, (names["head_name"], "", names["household_kind"], ""), pair, (*day, *begun)])
        else:
            self._facts_table([(names["village_name"], "", *day), pair, (*begun, "", "")])

    def _is_of_household(self) -> bool:
        """False where the form is given its village from the visit, but no household."""
        names = {question.name for question in self.questionnaire.questions()}
        return "village_name" not in names or not names.isdisjoint(("household_number", "head_name"))

    def _facts_table(self, rows: list[tuple[str, str, str, str]]) -> None:
        label, value = 26.0, TEXT_MM / 2 - 26.0
        table = self.pen.grid(len(rows), (label, value, label, value))
        for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True), start=1):
            row.height = Mm(9)
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                written = self.pen.fill(cell, text, fill="" if place % 2 or not text else HEADER_FILL)
                written.paragraph_format.keep_with_next = number < len(rows)
        self.pen.gap()

    def _instructions(self) -> None:
        lines = [self.words[key] for key in ("how_choice", "how_number", "how_skip", "how_entry")]
        table = self.pen.grid(1, (TEXT_MM,))
        cell = table.rows[0].cells[0]
        self.pen.fill(cell, self.words["how"], is_bold=True)
        for line in lines:
            self.pen.write(cell.add_paragraph(style="Paper Cell"), f"· {line}")

    def _outer(self, section: Section, told: set[str]) -> None:
        """The conditions of groups that were taken apart, before the first section inside them."""
        for group in section.outer:
            first, last = span_of(group, self.sections)
            condition = self.texts.condition(group, "group_if", first=first, last=last)
            if condition and group.path not in told:
                self.pen.paragraph(condition, "Paper Condition")
            told.add(group.path)

    def _section(self, section: Section) -> None:
        node = section.node
        title = without_number(plain_text(text_in(node.label, self.language)).replace("\n", " ")) if node else ""
        number = f"{chinese_number(section.number)}、" if self.key == "zh" else f"{section.number}. "
        each = self.words["each"].format(thing=title) if isinstance(node, Repeat) and title else ""
        self.pen.paragraph(f"{number}{title or self.words['section']}{each}", "Paper Heading")
        if node is not None and node not in section.outer:
            self._condition(node, "section_if")
        if node is not None:
            self._picture(node.media)
        self._parts(section.parts)

    def _condition(self, node: Group | Repeat, form: str) -> None:
        condition = self.texts.condition(node, form)
        if condition:
            self.pen.paragraph(condition, "Paper Condition").paragraph_format.space_after = Mm(1)

    def _parts(self, parts: tuple[Part, ...]) -> None:
        at = 0
        while at < len(parts):
            part = parts[at]
            matrix = self._matrix_from(parts[at:])
            if matrix:
                self._matrix(matrix)
                at += len(matrix)
                continue
            match part:
                case Item():
                    self._item(part)
                case Band():
                    self._band(part)
                case Table():
                    if part.parents or part.repeat not in [section.node for section in self.sections]:
                        self.pen.paragraph(plain_text(text_in(part.repeat.label, self.language)) or part.repeat.name, "Paper Band")
                        self._condition(part.repeat, "band_if")
                    draw_repeat(self.pen, self.texts, part, self.n_instances)
            at += 1

    def _band(self, band: Band) -> None:
        title = plain_text(text_in(band.group.label, self.language)).replace("\n", " ")
        if title:
            self.pen.paragraph(title, "Paper Band")
        self._condition(band.group, "band_if")
        self._picture(band.group.media)
        self._parts(band.parts)

    def _item(self, item: Item) -> None:
        question = item.question
        condition = self.texts.condition(question, "ask_if" if item.number else "note_if")
        if condition:
            self.pen.paragraph(condition, "Paper Condition")
        if not item.number:
            note = self.pen.paragraph("\n".join([self.texts.label(item), *self.texts.hints(question)]), "Paper Note")
            note.paragraph_format.space_before = Mm(0) if condition else None
            self._picture(question.media)
            return
        paragraph = self.pen.paragraph(f"{item.number}\t{self.texts.label(item)}", "Paper Question")
        paragraph.paragraph_format.space_before = Mm(0) if condition else None
        for hint in self.texts.hints(question):
            self.pen.paragraph(hint, "Paper Hint")
        self._picture(question.media)
        if question.type == "rank":
            self._ranking(item)
            return
        choices = self.texts.choices(question)
        pictured = self._pictured(question)
        if pictured:
            self.pen.pictured(pictured)
            return
        self.pen.space(space_for(question, choices, self.language, self.key, self.texts.list_number(question)))

    def _picture(self, media: Mapping[str, Text]) -> None:
        """The picture of a text on a line of its own; its name where paper cannot show it."""
        name = self.texts.pictures.name_of(media)
        picture = self.texts.pictures.of(media, *PICTURE_MM)
        if picture:
            paragraph = self.pen.paragraph("", "Paper Answer", keeps_next=True)
            self.pen.picture(paragraph, picture)
        elif name:
            self.pen.paragraph(self.words["picture"].format(name=name), "Paper Hint")

    def _pictured(self, question: Question) -> list[tuple[str, Picture | None]]:
        """The choices of a question with their pictures, none where no choice has one that paper shows or where they stand elsewhere."""
        choices = self.texts.choices(question)
        if question.type not in CHOSEN or len(choices) > LISTED_AT_MOST:
            return []
        pictures = [self.texts.pictures.of(choice.media, *CHOICE_PICTURE_MM) for choice in choices]
        return list(zip(choice_texts(choices, self.language), pictures, strict=True)) if any(pictures) else []

    def _ranking(self, item: Item) -> None:
        labels = choice_texts(self.texts.choices(item.question), self.language)
        for number, label in enumerate(labels, start=1):
            self.pen.paragraph(f"|__| {label}", "Paper Answer", keeps_next=number < len(labels))

    def _matrix_from(self, parts: tuple[Part, ...]) -> tuple[Item, ...]:
        """The rows at the beginning of the parts that share one line of choices (appearances "label" and "list-nolabel"); else none."""
        rows: list[Item] = []
        for part in parts:
            if not isinstance(part, Item) or not {"label", "list-nolabel"} & set(part.question.appearance):
                break
            if rows and part.question.list_name != rows[0].question.list_name:
                break
            rows.append(part)
        is_matrix = len(rows) > 1 and 0 < len(self.texts.choices(rows[0].question)) <= MATRIX_AT_MOST
        return tuple(rows) if is_matrix else ()

    def _matrix(self, rows: tuple[Item, ...]) -> None:
        """Questions that share their choices, as a table to tick."""
        labels = choice_texts(self.texts.choices(rows[0].question), self.language)
        width = min(24.0, 100.0 / len(labels))
        asked = [item for item in rows if item.number]
        head = next((self.texts.label(item) for item in rows if not item.number), "")
        table = self.pen.grid(1 + len(asked), (TEXT_MM - width * len(labels), *([width] * len(labels))))
        repeat_header(table)
        self.pen.fill(table.rows[0].cells[0], head or self.words["question"], is_bold=True, fill=HEADER_FILL)
        for cell, label in zip(table.rows[0].cells[1:], labels, strict=True):
            self.pen.fill(cell, label, fill=HEADER_FILL, is_centred=True)
        for row, item in zip(table.rows[1:], asked, strict=True):
            self.pen.fill(row.cells[0], "\n".join(self.texts.lines(item)))
            for cell in row.cells[1:]:
                self.pen.fill(cell, TICK, is_centred=True)
        self.pen.gap()

    def _signatures(self) -> None:
        self.pen.paragraph(self.words["signatures"], "Paper Heading")
        blanks = {"year": "______", "month": "____", "day": "____", "hour": "____", "minute": "____"}
        rows = [
            (self.words["lead_sign"], "", self.words["second_sign"], ""),
            (self.words["ended"], self.words["time_boxes"].format(**blanks), self.words["entered_by"], ""),
            (self.words["entered_on"], self.words["date_boxes"].format(**blanks), "", ""),
        ]
        self._facts_table(rows)

    def _lists(self) -> None:
        """The long lists of choices with their codes."""
        for number, name in enumerate(self.texts.annexed, start=1):
            self.pen.paragraph(self.words["list_title"].format(number=number, name=name), "Paper Heading")
            coded = enumerate(choice_texts(self.questionnaire.choices[name], self.language), start=1)
            texts = tuple(f"{code} {label}" for code, label in coded)
            columns = columns_for(texts)
            width = (TEXT_MM - NUMBER_MM) / columns
            for at in range(0, len(texts), columns):
                paragraph = self.pen.paragraph("\t".join(texts[at : at + columns]), "Paper Answer")
                for column in range(1, columns):
                    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(NUMBER_MM + width * column))

    def _computed(self) -> None:
        """How the computed values are found on which conditions depend."""
        used = [(node.relevant, node.path) for node in self.questionnaire.walk() if node.relevant]
        computed = self.texts.describer.computed_in(used)
        if not computed:
            return
        self.pen.paragraph(self.words["computed"], "Paper Heading")
        self.pen.paragraph(self.words["computed_how"], "Paper Note")
        table = self.pen.grid(1 + len(computed), (48.0, TEXT_MM - 48.0))
        repeat_header(table)
        for cell, key in zip(table.rows[0].cells, ("computed_name", "computed_formula"), strict=True):
            self.pen.fill(cell, self.words[key], is_bold=True, fill=HEADER_FILL)
        for row, question in zip(table.rows[1:], computed, strict=True):
            self.pen.fill(row.cells[0], question.name)
            self.pen.fill(row.cells[1], self.texts.describer.formula(question.calculation or "", question.path))


def _set_properties(document: WordDocument, title: str, today: Date) -> None:
    properties = document.core_properties
    properties.title = title
    properties.author = properties.last_modified_by = ""
    properties.created = properties.modified = datetime(today.year, today.month, today.day, tzinfo=UTC)
    properties.revision = 1
