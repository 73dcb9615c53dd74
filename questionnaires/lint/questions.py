"""Problems of the survey and choices sheets that the rows show by themselves: names, labels, references, lists, translations."""

import re
from collections.abc import Iterator

from questionnaires.data_files import is_data_file
from questionnaires.lint.authored import (
    EXPRESSIONS,
    REFERENCE,
    TRANSLATABLE,
    Authored,
    SurveyRow,
    cell,
    header_of,
    split_header,
    suggestion,
    translations,
)
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.question_types import QUESTION_TYPES
from questionnaires.sheets import Row, Sheet

KOBO_TYPE = re.compile(r"(?:begin|end)_(?:score|rank|kobomatrix)|score__row|rank__level")
"""Types that KoboToolbox takes apart into others before it publishes a form."""
NAME = re.compile(r"[^\W\d][\w.-]*")
_SILENT = frozenset(
    ("calculate", "hidden", "audit", "xml-external", "csv-external", "start-geopoint", "background-geopoint", "background-audio", "osm")
)
_N_SPOKEN = TRANSLATABLE.index("display_title")
"""Of the columns that may name a language, those of questions and choices come first."""
_KNOWN_SETS = ("instanceID", "instanceName", "last-saved")


def question_problems(authored: Authored) -> Iterator[Problem]:
    """Problems of names, labels, constraints, lists and references, row by row."""
    seen: dict[tuple[str, ...], int] = {}
    named = authored.named()
    lists = authored.choices()
    for each in authored.survey:
        if each.is_end or KOBO_TYPE.fullmatch(each.type):
            continue
        yield from _name_problems(each, seen)
        yield from _label_problems(each)
        yield from _list_problems(each, lists)
        yield from _reference_problems(each, named)
        if cell(each.row, "constraint") and not any(translations(each.row, "constraint_message").values()):
            yield _at(each, "silent_constraint", "constraint")
    for row in authored.workbook.rows("settings"):
        yield from _references_of(row, "settings", ("instance_name",), named)


def _at(each: SurveyRow, code: str, column: str, **details: str) -> Problem:
    header = header_of(each.row, column)
    return make_problem(code, "survey", each.row.number, header, cell(each.row, column), **details)


def _name_problems(each: SurveyRow, seen: dict[tuple[str, ...], int]) -> Iterator[Problem]:
    name = each.name
    if not name:
        if each.type != "note":  # pyxform gives a note without a name one of its own
            yield _at(each, "missing_name", "name")
        return
    if not NAME.fullmatch(name):
        yield _at(each, "invalid_name", "name", name=name)
    if each.path in seen:
        yield _at(each, "duplicate_name", "name", name=name, other=str(seen[each.path]))
    seen.setdefault(each.path, each.row.number)


def _label_problems(each: SurveyRow) -> Iterator[Problem]:
    known = QUESTION_TYPES.get(each.type)
    if each.is_group or each.type in _SILENT or (known is not None and not known.is_asked):
        return
    if cell(each.row, "calculation") or "label" in cell(each.row, "appearance").split():
        return
    columns = ("label", "hint", "guidance_hint", "media::image", "media::audio", "media::video", "image", "audio", "video", "big-image")
    if not any(text for column in columns for text in translations(each.row, column).values()):
        yield _at(each, "missing_label", "label")


def _list_problems(each: SurveyRow, lists: dict[str, list[Row]]) -> Iterator[Problem]:
    name = each.list_name
    if not name or name.startswith("${"):
        return
    if is_data_file(name) or each.type.endswith("_from_file"):
        return
    if name not in lists and lists:
        close = suggestion(name, lists)
        yield _at(each, "unknown_list", "type", list=name, meant=f" ({close}?)" if close else "")


def _reference_problems(each: SurveyRow, named: dict[str, SurveyRow]) -> Iterator[Problem]:
    yield from _references_of(each.row, "survey", (*EXPRESSIONS, *TRANSLATABLE[:5]), named)


def _references_of(row: Row, sheet: str, columns: tuple[str, ...], named: dict[str, SurveyRow]) -> Iterator[Problem]:
    for header, text in row.cells.items():
        if split_header(header)[0] not in columns:
            continue
        for name in dict.fromkeys(found.strip() for found in REFERENCE.findall(text)):
            bare = name.removeprefix("last-saved#")
            if bare not in named and bare not in _KNOWN_SETS:
                close = suggestion(bare, named)
                yield make_problem("unknown_reference", sheet, row.number, header, text, name=name, meant=f" ({close}?)" if close else "")


def choice_problems(authored: Authored) -> Iterator[Problem]:
    """Problems of the choices sheet: names, duplicates, lists that nobody uses."""
    lists = authored.choices()
    settings = next(iter(authored.workbook.rows("settings")), None)
    may_repeat = settings is not None and cell(settings, "allow_choice_duplicates").lower() in ("yes", "true")
    several = {each.list_name for each in authored.survey if each.type in ("select_multiple", "rank")}
    for list_name, rows in lists.items():
        seen: dict[str, int] = {}
        for row in rows:
            name = cell(row, "name")
            place = ("choices", row.number, header_of(row, "name"), name)
            if not name:
                yield make_problem("missing_name", *place)
                continue
            if name in seen and not may_repeat:
                yield make_problem("duplicate_choice", *place, list=list_name, name=name, other=str(seen[name]))
            elif " " in name and list_name in several:
                yield make_problem("space_in_choice", *place, name=name)
            seen.setdefault(name, row.number)
    text = " ".join(text for each in authored.survey for text in each.row.cells.values())
    for list_name, rows in lists.items():
        if not re.search(rf"(?<![\w.-]){re.escape(list_name)}(?![\w.-])", text):
            yield make_problem("unused_list", "choices", rows[0].number, "list_name", list_name, list=list_name)


def translation_problems(authored: Authored) -> Iterator[Problem]:
    """Texts that one language has and another lacks; a text in a column without language stands for all."""
    sheets = authored.workbook.sheets
    languages = {
        language
        for name in ("survey", "choices")
        if name in sheets
        for header in sheets[name].columns
        for base, language in [split_header(header)]
        if language and base == "label"
    }
    for name in ("survey", "choices", "settings", "indicators", "issue_rules"):
        if name in sheets:
            yield from _untranslated(name, sheets[name], languages)


def _untranslated(name: str, sheet: Sheet, languages: set[str]) -> Iterator[Problem]:
    headers: dict[str, dict[str, str]] = {}
    for header in sheet.columns:
        base, language = split_header(header)
        if base in TRANSLATABLE and language in languages:
            headers.setdefault(base, {})[language] = header
    if languages and not any(split_header(header) == ("label", "") for header in sheet.columns):
        for header in sheet.columns:
            base, language = split_header(header)
            is_used = base in TRANSLATABLE[:_N_SPOKEN] and not language and any(header in row.cells for row in sheet.rows)
            if is_used and base != "title" and name in ("survey", "choices"):
                yield make_problem("no_language", name, 1, header, header, column=header, meant=f"{header}::{min(languages)}")
    for base, by_language in headers.items():
        for language in sorted(languages - by_language.keys()):
            column = f"{base}::{language}"
            yield make_problem("missing_translation", name, 1, column, language=language, column=column)
    for row in sheet.rows:
        for base, by_language in headers.items():
            texts = translations(row, base)
            if not any(texts.get(language) for language in by_language):
                continue
            for language in sorted(by_language):
                if not texts.get(language) and not texts.get(""):
                    header = by_language[language]
                    yield make_problem("missing_translation", name, row.number, header, language=language, column=header)
