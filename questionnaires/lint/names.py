"""Problems of names as other software sees them: what SPSS, Stata and R garble, cut or confuse, with a name that all three take."""

from collections.abc import Iterator

from questionnaires.lint.aliases import MAX_LENGTH, aliases_of, is_reserved
from questionnaires.lint.authored import Authored, SurveyRow, header_of
from questionnaires.lint.problems import Problem, make_problem
from questionnaires.lint.questions import NAME
from questionnaires.question_types import QUESTION_TYPES


def name_problems(authored: Authored) -> Iterator[Problem]:
    """The problems of every name that becomes the name of a variable or a table."""
    named = [each for each in authored.survey if NAME.fullmatch(each.name) and not each.is_end and _is_exported(each)]
    aliases = aliases_of(each.name for each in named)
    first: dict[str, SurveyRow] = {}
    for each in named:
        other = first.setdefault(each.name.lower(), each)
        alias = aliases.get(each.name)
        if alias is None:
            continue
        code, details = _fault(each.name, other.name)
        place = ("survey", each.row.number, header_of(each.row, "name"), each.name)
        yield make_problem(code, *place, name=each.name, alias=alias, **details)


def _is_exported(each: SurveyRow) -> bool:
    known = QUESTION_TYPES.get(each.type)
    return each.is_repeat or (not each.is_group and (known is None or known.kind != ""))


def _fault(name: str, other: str) -> tuple[str, dict[str, str]]:
    if not name.isascii():
        return "non_ascii_name", {}
    if "-" in name or "." in name:
        return "punctuated_name", {}
    if len(name) > MAX_LENGTH:
        return "long_name", {"length": str(len(name))}
    return ("reserved_name", {}) if is_reserved(name) else ("case_clash", {"other": other})
