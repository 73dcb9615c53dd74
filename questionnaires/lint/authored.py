"""A questionnaire as its author wrote it: the rows of the workbook with their names, types and places in the tree. Judges nothing."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from questionnaires.sheets import Row, Workbook

TRANSLATABLE = (
    "label",
    "hint",
    "guidance_hint",
    "constraint_message",
    "required_message",
    "title",
    "media::image",
    "media::audio",
    "media::video",
    "image",
    "audio",
    "video",
    "big-image",
    "display_title",
    "form_title",
)
EXPRESSIONS = ("relevant", "constraint", "calculation", "required", "read_only", "choice_filter", "repeat_count", "default", "trigger")
KNOWN_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "survey": (
        *TRANSLATABLE[:5],
        *EXPRESSIONS,
        *("type", "name", "appearance", "parameters", "intent", "autoplay", "save_to", "disabled"),
        *("compare_item", "compare_source", "compare_map", "compare_unit", "compare_tolerance", "compare_area"),
        *("sensitivity", "back_check"),
    ),
    "choices": ("list_name", "name", "label"),
    "settings": (
        "form_title",
        "display_title",
        "form_id",
        "version",
        "default_language",
        "instance_name",
        "style",
        "allow_choice_duplicates",
        "public_key",
        "submission_url",
        "compare_source",
        "told_of",
    ),
    "indicators": (
        "name",
        "label",
        "area",
        "kind",
        "variable",
        "values",
        "p",
        "numerator",
        "denominator",
        "of",
        "unit",
        "good",
        "threshold",
        "source",
        "gap_between",
        "minimum_n",
        "is_part",
    ),
    "issue_rules": ("name", "title", "when", "area", "level", "severity", "evidence"),
}
MAX_COMPARED = 1_000
_ALIASES = {
    "relevance": "relevant",
    "calculate": "calculation",
    "readonly": "read_only",
    "count": "repeat_count",
    "constraint_msg": "constraint_message",
    "required_msg": "required_message",
    "list name": "list_name",
    "command": "type",
    "caption": "label",
    "tag": "name",
    "constraining_message": "constraint_message",
    "value": "name",
    "id_string": "form_id",
    "set_form_id": "form_id",
    "set_form_title": "form_title",
    "title": "form_title",
}
_BEGIN = re.compile(r"begin[ _](group|repeat|loop)\b")
_END = re.compile(r"end[ _](group|repeat|loop)\b")
_SELECT = re.compile(
    r"(?:add )?(select[ _](?:one|multiple)(?:[ _]from[ _]file)?|select1|select[ _]all[ _]that[ _]apply|rank)"
    r"(?: prompt using| from)?\s+(\S+)",
    re.IGNORECASE,
)
"""How the type of a choice question is written: "select_one list", and as older forms have it, "select one from list"."""
_AROUND_TYPE = re.compile(r"^(?:add |q |get |uri:)| prompt$")
_OLDER_TYPES = {
    "string": "text",
    "phone number": "text",
    "int": "integer",
    "percentage": "integer",
    "location": "geopoint",
    "gps": "geopoint",
    "photo": "image",
    "picture": "image",
    "date time": "datetime",
    "trigger": "acknowledge",
    "start time": "start",
    "end time": "end",
    "device id": "deviceid",
    "imei": "deviceid",
    "sim id": "simserial",
    "subscriber id": "subscriberid",
    "get phone number": "phonenumber",
}
"""Words for types that pyxform still takes, to the type that each means. Source: pyxform, question_type_dictionary.py."""
_SPLIT = re.compile(r"\s*::?\s*")
REFERENCE = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One row of the survey sheet: its base type ("text", "select_one", "begin repeat", …), its list, and the names of all around it."""

    row: Row
    type: str
    list_name: str
    name: str
    groups: tuple[str, ...]
    repeats: tuple[str, ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the groups around it and its own."""
        return (*self.groups, self.name)

    @property
    def is_end(self) -> bool:
        """Whether the row only closes a group."""
        return self.type.startswith("end ")

    @property
    def is_group(self) -> bool:
        """Whether the row opens a group or repeat."""
        return self.type.startswith("begin ")

    @property
    def is_repeat(self) -> bool:
        """Whether the row opens a repeat."""
        return self.type == "begin repeat"


@dataclass(frozen=True, slots=True)
class Authored:
    """A workbook with its survey sheet read."""

    workbook: Workbook
    survey: tuple[SurveyRow, ...]

    def named(self) -> dict[str, SurveyRow]:
        """The rows by name; of several with one name the first."""
        found: dict[str, SurveyRow] = {}
        for each in self.survey:
            if each.name and not each.is_end:
                found.setdefault(each.name, each)
        return found

    def choices(self) -> dict[str, list[Row]]:
        """The rows of the choices sheet by list name."""
        lists: dict[str, list[Row]] = {}
        for row in self.workbook.rows("choices"):
            name = cell(row, "list_name")
            if name:
                lists.setdefault(name, []).append(row)
        return lists


def read_authored(workbook: Workbook) -> Authored:
    """The workbook with the types, names and nesting of its survey sheet."""
    return Authored(workbook, tuple(_survey_rows(workbook)))


def _survey_rows(workbook: Workbook) -> Iterator[SurveyRow]:
    groups: list[tuple[str, bool]] = []
    for row in workbook.rows("survey"):
        written = re.sub(r"\s+", " ", cell(row, "type"))
        if not written or cell(row, "disabled").lower() in ("yes", "true"):
            continue
        name = cell(row, "name")
        begin, end, select = _BEGIN.match(written.lower()), _END.match(written.lower()), _SELECT.match(written)
        inside, repeats = tuple(each for each, _ in groups), tuple(each for each, is_repeat in groups if is_repeat)
        if end:
            if groups:
                groups.pop()
            yield SurveyRow(row, f"end {end[1]}", "", name, inside, repeats)
        elif begin:
            yield SurveyRow(row, f"begin {begin[1]}", "", name, inside, repeats)
            groups.append((name, begin[1] == "repeat"))
        elif select:
            base = select[1].lower().replace(" ", "_").replace("select1", "select_one").replace("select_all_that_apply", "select_multiple")
            yield SurveyRow(row, base, select[2], name, inside, repeats)
        else:
            yield SurveyRow(row, _base_type(written.lower()), "", name, inside, repeats)


def _base_type(written: str) -> str:
    """The type that a row without choices means, whatever older word it is written with."""
    plain = written if written in _OLDER_TYPES else _AROUND_TYPE.sub("", written)
    return _OLDER_TYPES.get(plain, plain.split(" ")[0])


def split_header(header: str) -> tuple[str, str]:
    """The column a header means and its language ("" when it names none): "label::中文 (zh)" is ("label", "中文 (zh)")."""
    lowered = header.strip().lower()
    if lowered.startswith("bind"):
        lowered = _SPLIT.sub("::", lowered).removeprefix("bind::").removeprefix("jr::")
        return _canonical(lowered), ""
    parts = _SPLIT.split(header.strip(), maxsplit=1)
    base = _canonical(parts[0].lower())
    if base == "media" and len(parts) == 2:
        inner = _SPLIT.split(parts[1], maxsplit=1)
        return f"media::{inner[0].lower()}", inner[1] if len(inner) == 2 else ""
    if base in TRANSLATABLE and len(parts) == 2:
        return base, parts[1]
    return (base, "") if len(parts) == 1 else (_canonical(lowered), "")


def _canonical(base: str) -> str:
    plain = base.strip().replace(" ", "_").replace("constraintmsg", "constraint_message").replace("requiredmsg", "required_message")
    return _ALIASES.get(plain, plain) if plain != "title" else plain


def header_of(row: Row, column: str) -> str:
    """The header under which a row has a column, the column's own name when it has none."""
    return column if column in row.cells else next((header for header in row.cells if split_header(header)[0] == column), column)


def cell(row: Row, column: str) -> str:
    """The text of a row in a column, whatever spelling the header has; "" when it is empty."""
    exact = row.cells.get(column)
    return exact if exact is not None else next((text for header, text in row.cells.items() if split_header(header)[0] == column), "")


def translations(row: Row, column: str) -> dict[str, str]:
    """The texts of a row in a translatable column by language; "" is the language of a column that names none."""
    return {language: text for header, text in row.cells.items() for base, language in [split_header(header)] if base == column}


def suggestion(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """The known word that is closest, "" when none is close."""
    # Comparing one word with very many takes longer than the hint is worth.
    close = get_close_matches(word, itertools.islice(known, MAX_COMPARED), n=1)
    return close[0] if close else ""


def is_number(text: str) -> bool:
    """Whether a text, as an author writes it, is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
