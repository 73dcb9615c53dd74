"""Question types that there are not, and groups that nothing closes or opens; pyxform stops at the first, or at an earlier error."""

from collections.abc import Iterator

from pyxform import aliases
from pyxform.errors import ErrorCode as Said
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from questionnaires.lint.authored import Authored, SurveyRow, cell
from questionnaires.lint.questions import KOBO_TYPE
from questionnaires.question_types import QUESTION_TYPES

_TYPES = frozenset(word.lower() for words in (QUESTION_TYPES, QUESTION_TYPE_DICT, aliases.select, aliases.control) for word in words)


def unknown_types(authored: Authored) -> Iterator[SurveyRow]:
    """The rows whose type neither we nor pyxform know."""
    for each in authored.survey:
        written = cell(each.row, "type").lower().replace("_", " ")
        is_told_apart = each.list_name or each.is_group or each.is_end or KOBO_TYPE.fullmatch(each.type)
        if not is_told_apart and not {each.type.lower(), written, written.split(" ")[0], " ".join(written.split(" ")[:3])} & _TYPES:
            yield each


def unmatched_groups(authored: Authored) -> Iterator[str]:
    """What pyxform says of groups and repeats that are not closed, and of ends that close none, row by row."""
    open_rows: list[SurveyRow] = []
    unmatched: list[tuple[SurveyRow, Said]] = []
    for each in authored.survey:
        if each.is_group:
            open_rows.append(each)
        elif each.is_end and open_rows:
            open_rows.pop()
        elif each.is_end:
            unmatched.append((each, Said.SURVEY_001))
    unmatched.extend((each, Said.SURVEY_002) for each in open_rows)
    for each, said in sorted(unmatched, key=lambda pair: pair[0].row.number):
        yield said.value.format(row=each.row.number, type=each.type.split(" ")[1], name=each.name or "unknown")
