"""A workbook becomes a `Questionnaire`: pyxform makes the XForm, and our tree is read back from it.

What this module adds of its own are the two sheets that other XLSForm tools ignore, `indicators` and `issue_rules`; `compared.py` and
`sensitivity.py` read the columns that they ignore.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from questionnaires.back_checks import read_back_checks
from questionnaires.compared import read_compared
from questionnaires.converter_words import in_chinese
from questionnaires.data_files import digest_files, read_named_files
from questionnaires.engine import engine_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.external_choices import with_inner_choices
from questionnaires.model import Indicator, IssueRule, Node, Question, Questionnaire, Text
from questionnaires.search import with_file_choices
from questionnaires.sensitivity import read_sensitivity
from questionnaires.sheets import Row, Workbook, read_workbook
from questionnaires.xform import XFormTree, file_choices, paths_of, read_xform

MAX_SURVEY_ROWS = 10_000
MAX_DEPTH = 50
_XLSFORM_SHEETS = ("survey", "choices", "settings", "external_choices", "entities", "osm")
_TRANSLATED = re.compile(r"(\w+)\s*::?\s*(.+)")
LEFT_OUT = ("public_key", "submission_url")
"""Settings by which ODK Collect would seal answers so that they cannot be read here, or send them to another server."""
TITLE_COLUMNS = ("display_title", "form_title")
"""The columns of the settings that may name a language: pyxform stops at `form_title::…`, so `display_title::…` is the one to use."""
_REFERENCE = re.compile(r"\$\{\s*([^}\s]+)\s*\}")

CONVERSIONS_KEPT = 8
"""How many of the last conversions are kept, because a file is checked, shown and read one after the other."""
_converted: dict[bytes, "Conversion"] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Conversion:
    """What pyxform made of a workbook: the XForm, and what it wants the author to know."""

    xform: str
    warnings: tuple[str, ...]


def read_questionnaire(source: Path | bytes, name: str | None = None, files: Mapping[str, bytes] | None = None) -> Questionnaire:
    """The questionnaire in the file at `source`, or in the bytes of a file called `name`; `files` are those published with it.

    A questionnaire without a version gets one made from its content, so that the same cells always yield the same version.
    Raises NOT_A_WORKBOOK, MISSING_SHEET, INVALID_QUESTIONNAIRE, INVALID_DATA_FILE, CIRCULAR_EXPRESSION or INVALID_EXPRESSION.
    """
    workbook = with_inner_choices(read_workbook(source, name))
    conversion = convert_workbook(workbook, files)
    tree = read_xform(conversion.xform, declared_types(workbook))
    questionnaire = with_files(build_questionnaire(workbook, conversion, tree), files or {})
    try:
        engine_of(questionnaire)
    except SurveyError as error:
        raise SurveyError(error.code, **{**error.values, "file": workbook.name}) from error
    return questionnaire


def convert_workbook(workbook: Workbook, files: Mapping[str, bytes] | None = None) -> Conversion:
    """The XForm that pyxform makes of the workbook; `files` count only for the version that is made from content.

    Raises MISSING_SHEET, INVALID_QUESTIONNAIRE, or INVALID_EXPRESSION for choices that an appearance takes from a file.
    """
    if "survey" not in workbook.sheets:
        raise SurveyError(ErrorCode.MISSING_SHEET, file=workbook.name, sheet="survey")
    needs_choices = any(kind.split(" ")[0] in ("select_one", "select_multiple", "rank") and "${" not in kind for kind in _types(workbook))
    if needs_choices and "choices" not in workbook.sheets:
        raise SurveyError(ErrorCode.MISSING_SHEET, file=workbook.name, sheet="choices")
    _refuse_shape(workbook)
    book = _as_pyxform(workbook, digest_files(files or {}))
    digest = hashlib.sha256(json.dumps(book, ensure_ascii=False).encode()).digest()
    with _lock:
        known = _converted.get(digest)
    conversion = known or _converted_by_pyxform(workbook, book)
    with _lock:
        _converted[digest] = conversion
        while len(_converted) > CONVERSIONS_KEPT:
            _converted.pop(next(iter(_converted)))
    return conversion


def _converted_by_pyxform(workbook: Workbook, book: dict[str, Any]) -> Conversion:
    """What pyxform makes of the workbook, written as `book` for it. Raises INVALID_QUESTIONNAIRE."""
    warnings: list[str] = []
    try:
        result = convert(book, warnings=warnings)
    except PyXFormError as error:
        raise _invalid(workbook, _one_line(str(error))) from error
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # pyxform does not foresee every cell that an author can write, and says no more than this of those.
        detail = f"a cell holds what XLSForm does not allow there ({_one_line(str(error))})."
        raise _invalid(workbook, detail) from error
    try:
        etree.fromstring(result.xform.encode())
    except etree.XMLSyntaxError as error:
        # Columns such as "body::x:y" are copied as they are, and may name what no setting declares.
        detail = f"it makes no well-formed XForm ({str(error).split(', line')[0]})."
        raise _invalid(workbook, detail) from error
    return Conversion(xform=with_file_choices(result.xform), warnings=tuple(_one_line(warning) for warning in warnings))


def _refuse_shape(workbook: Workbook) -> None:
    """Raise INVALID_QUESTIONNAIRE for a form that is too long or too deep for pyxform and for anybody to answer."""
    depth = deepest = 0
    for kind in _types(workbook):
        depth += 1 if kind.lower().startswith("begin") else -1 if kind.lower().startswith("end") and kind.lower() != "end" else 0
        deepest = max(deepest, depth)
    n_rows = len(workbook.rows("survey"))
    if n_rows > MAX_SURVEY_ROWS:
        detail = f"the survey sheet has {n_rows:,} rows, more than {MAX_SURVEY_ROWS:,}. Divide it into several forms."
        raise _invalid(workbook, detail)
    if deepest > MAX_DEPTH:
        detail = f"the groups lie {deepest} deep in each other, more than {MAX_DEPTH}. Take some away."
        raise _invalid(workbook, detail)


def declared_types(workbook: Workbook) -> Mapping[str, str]:
    """The type each question was given in the survey sheet, without list names, by question name."""
    return {row.get("name"): row.get("type").split(" ")[0] for row in workbook.rows("survey") if row.get("name")}


def build_questionnaire(workbook: Workbook, conversion: Conversion, tree: XFormTree) -> Questionnaire:
    """The questionnaire record from its parts. Raises INVALID_QUESTIONNAIRE for a bad cell of what is our own."""
    bare = questionnaire_of(conversion, tree)
    root = "/" + bare.children[0].path.split("/")[1] if bare.children else "/data"
    paths = {**paths_of(bare.walk()), "instanceID": f"{root}/meta/instanceID"}
    indicators = tuple(_indicator(workbook, row) for row in workbook.rows("indicators"))
    rules = tuple(_issue_rule(workbook, row, paths) for row in workbook.rows("issue_rules"))
    labels = {row.get("name"): translated(row, "label") for row in workbook.rows("survey")}
    return replace(
        bare,
        title=_titles(workbook, bare),
        children=_with_value_labels(bare.children, labels),
        indicators=indicators,
        issue_rules=rules,
        told_of=next((row.get("told_of") for row in workbook.rows("settings")), ""),
        compared=read_compared(workbook, {node.path: node for node in bare.walk()}),
        sensitivity=read_sensitivity(workbook, [node.path for node in bare.walk()]),
        back_checks=read_back_checks(workbook, [node.path for node in bare.walk()]),
    )


def questionnaire_of(conversion: Conversion, tree: XFormTree) -> Questionnaire:
    """The questionnaire that an XForm tells, without what the two sheets of our own add."""
    return Questionnaire(
        form_id=tree.form_id,
        version=tree.version,
        title={"default": tree.title},
        languages=tree.languages,
        default_language=tree.default_language,
        children=tree.children,
        choices=tree.choices,
        indicators=(),
        issue_rules=(),
        xform=conversion.xform,
        instance_name=tree.instance_name,
    )


def with_files(questionnaire: Questionnaire, files: Mapping[str, bytes]) -> Questionnaire:
    """The questionnaire with the data files that it names and the choices its questions take from them. Raises INVALID_DATA_FILE."""
    held = read_named_files(questionnaire.xform, files)
    if not held:
        return questionnaire
    choices = {
        str(question.list_name): file_choices(question, held[question.instance_id])
        for question in questionnaire.questions()
        if question.instance_id in held
    }
    return replace(questionnaire, files=held, choices={**questionnaire.choices, **choices})


def resolve_references(expression: str, paths: Mapping[str, str]) -> str:
    """The expression with every `${name}` as an absolute path. Raises KeyError with the name that no question has."""
    return _REFERENCE.sub(lambda match: f" {paths[match[1]]} ", expression).strip()


def references(expression: str) -> tuple[str, ...]:
    """The names that an expression or text refers to as `${name}`, in order."""
    return tuple(_REFERENCE.findall(expression))


def translated(row: Row, column: str) -> Text:
    """The texts of `column::language` cells by language name; a cell without a language is "default"."""
    texts = {}
    for header, cell in row.cells.items():
        match = _TRANSLATED.fullmatch(header)
        if match and match[1] == column:
            texts[match[2].strip()] = cell
        elif header == column:
            texts["default"] = cell
    return texts


def _with_value_labels(nodes: tuple[Node, ...], labels: Mapping[str, Text]) -> tuple[Node, ...]:
    """The nodes, with the labels that an XForm has no place for, because nothing shows the value."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Question):
            found.append(node if node.label else replace(node, value_label=labels.get(node.name, {})))
        else:
            found.append(replace(node, children=_with_value_labels(node.children, labels)))
    return tuple(found)


def _titles(workbook: Workbook, bare: Questionnaire) -> Text:
    """The form's title by language; the one without a language stays only where a language has none of its own."""
    row = next(iter(workbook.rows("settings")), Row(0, {}))
    titles = {name: text for column in reversed(TITLE_COLUMNS) for name, text in translated(row, column).items() if name != "default"}
    is_complete = all(language.name in titles for language in bare.languages)
    return titles if titles and is_complete else {**titles, **bare.title}


def _types(workbook: Workbook) -> list[str]:
    return [row.get("type") for row in workbook.rows("survey")]


def _as_pyxform(workbook: Workbook, files_sha256: str) -> dict[str, Any]:
    """The workbook as pyxform's own readers would hand it on; empty rows are put back so that its row numbers stay true."""
    book: dict[str, Any] = {
        "sheet_names": [sheet.name for sheet in workbook.sheets.values()],
        "fallback_form_name": Path(workbook.name).stem,
    }
    for name in _XLSFORM_SHEETS:
        if name in workbook.sheets:
            sheet = workbook.sheets[name]
            by_number = {row.number: dict(row.cells) for row in sheet.rows}
            book[name] = [by_number.get(number, {}) for number in range(2, max(by_number, default=1) + 1)]
            book[f"{name}_header"] = [dict.fromkeys(sheet.columns)]
    settings = _settings_for_pyxform(workbook, files_sha256)
    book["settings"], book["settings_header"] = [settings], [dict.fromkeys(settings)]
    return book


def _settings_for_pyxform(workbook: Workbook, files_sha256: str) -> dict[str, str]:
    """The settings without titles by language, which pyxform does not know, and without what would lead answers astray.

    A title and a version are put where there is none.
    """
    row = next(iter(workbook.rows("settings")), Row(0, {}))
    own = [header for header in row.cells if is_title_in_language(header)]
    settings = {header: text for header, text in row.cells.items() if header not in own and header.strip().lower() not in LEFT_OUT}
    if own and not settings.keys() & {"form_title", "title"}:
        language = settings.get("default_language", "")
        settings["form_title"] = next((row.cells[header] for header in own if header.endswith(language)), row.cells[own[0]])
    return settings if settings.get("version") else {**settings, "version": content_version(workbook, files_sha256)}


def is_title_in_language(header: str) -> bool:
    """Whether a column of the settings gives the form's title in one language."""
    match = _TRANSLATED.fullmatch(header)
    return match is not None and match[1] in TITLE_COLUMNS


def content_version(workbook: Workbook, files_sha256: str = "") -> str:
    """A version made from the cells and the files beside them: the same content gives the same version, however it was saved."""
    cells = {name: [sorted(row.cells.items()) for row in sheet.rows] for name, sheet in sorted(workbook.sheets.items())}
    content = json.dumps(cells, ensure_ascii=False) + files_sha256
    return "c" + hashlib.sha256(content.encode()).hexdigest()[:12]


def _invalid(workbook: Workbook, detail: str) -> SurveyError:
    """INVALID_QUESTIONNAIRE with its detail in both languages, to be raised."""
    return SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=workbook.name, detail=detail, detail_zh=in_chinese(detail))


def _one_line(message: str) -> str:
    return re.sub(r"\s+", " ", message).strip()


def _bad_cell(workbook: Workbook, sheet: str, row: Row, detail: str) -> SurveyError:
    place = f"sheet '{sheet}', row {row.number}: {detail}"
    return SurveyError(ErrorCode.INVALID_QUESTIONNAIRE, file=workbook.name, detail=place)


def _indicator(workbook: Workbook, row: Row) -> Indicator:
    if not row.get("name"):
        raise _bad_cell(workbook, "indicators", row, "the indicator has no name")
    return Indicator(
        name=row.get("name"),
        label=translated(row, "label"),
        area=row.get("area"),
        kind=row.get("kind"),
        variable=_reference_or_name(row.get("variable")),
        values=tuple((row.get("values") or row.get("value")).split()),
        numerator=_reference_or_name(row.get("numerator")),
        denominator=_reference_or_name(row.get("denominator")),
        of=_reference_or_name(row.get("of")),
        unit=row.get("unit"),
        good=row.get("good"),
        threshold=_number(workbook, row, "threshold"),
        source=row.get("source"),
        p=_number(workbook, row, "p"),
        gap_between=tuple(row.get("gap_between").split()),
        minimum_n=int(_number(workbook, row, "minimum_n") or 0),
        is_part=row.get("is_part") == "yes",
    )


def _number(workbook: Workbook, row: Row, column: str) -> float | None:
    cell = row.get(column)
    try:
        return float(cell) if cell else None
    except ValueError as error:
        raise _bad_cell(workbook, "indicators", row, f"the {column} '{cell}' is not a number") from error


def _reference_or_name(cell: str) -> str | None:
    """A question's name, whether the author wrote `name` or `${name}`; None for an empty cell."""
    return _REFERENCE.sub(r"\1", cell) or None


def _issue_rule(workbook: Workbook, row: Row, paths: Mapping[str, str]) -> IssueRule:
    if not row.get("name") or not row.get("when"):
        raise _bad_cell(workbook, "issue_rules", row, "a rule needs both a name and a 'when'")
    try:
        when = resolve_references(row.get("when"), paths)
    except KeyError as error:
        raise _bad_cell(workbook, "issue_rules", row, f"'when' refers to ${{{error.args[0]}}}, which no question is named") from error
    evidence = tuple(str(_reference_or_name(word)) for word in re.split(r"[\s,;]+", row.get("evidence")) if word)
    return IssueRule(
        name=row.get("name"),
        title=translated(row, "title"),
        when=when,
        area=row.get("area"),
        level=row.get("level"),
        severity=row.get("severity"),
        evidence=evidence,
    )
