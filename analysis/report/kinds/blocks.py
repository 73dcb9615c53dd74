"""The text blocks of reports: what stands in their introductions, suggestions and closings, in words that an organisation may change.

A block is plain text, a paragraph a line, with placeholders such as `{county}`: nothing else stands between braces, no expression, no
format. Every block has its list of names; one that is not on it is refused, naming it and those that there are. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analysis.report.kinds.block_texts import DEFAULTS
from analysis.report.texts import Text, Words, joined
from analysis.words import LANGUAGES
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import AREAS

VISIT_NAMES = ("visit", "dates", "start", "end", "n_villages", "n_households", "n_persons", "n_pairs", "n_issues", "day")
COUNTY_NAMES = ("county", *VISIT_NAMES)
PERIOD_NAMES = ("period", "n_issues", "n_counties", "day")
MAX_LENGTH = 4000
_PART = re.compile(r"\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class TextBlock:
    """One block: the kind of report it stands in ("" for suggestions on an area, which stand in several) and the names it may use."""

    name: str
    kind: str
    part: str
    names: tuple[str, ...]

    def default(self, language: str) -> str:
        """The words that come with the program; "" where it has none."""
        return DEFAULTS[language].get(self.name, "")


_NAMES_OF_KIND = {
    "feedback": COUNTY_NAMES,
    "visit": (*VISIT_NAMES, "n_counties"),
    "village": ("village", *COUNTY_NAMES),
    "look_back": (*VISIT_NAMES, "before", "n_again"),
    "quarter": (*PERIOD_NAMES, "n_overdue"),
    "month": (*PERIOD_NAMES, "n_overdue"),
    "year": (*PERIOD_NAMES, "n_visits", "n_households", "n_villages"),
    "area": ("area", "n_visits", "n_counties", "n_households", "n_issues", "day"),
}
BLOCKS: tuple[TextBlock, ...] = (
    *(TextBlock(f"{kind}.{part}", kind, part, names) for kind, names in _NAMES_OF_KIND.items() for part in ("introduction", "closing")),
    *(TextBlock(f"suggestions.{area}", "", area, ("n_issues", "day")) for area in AREAS),
)
"""All blocks: introduction and closing of each kind, and what an organisation suggests on an area beside the issues' recommendations."""
BLOCK_OF_NAME: Mapping[str, TextBlock] = {block.name: block for block in BLOCKS}


def find_block(name: str) -> TextBlock:
    """The block of this name; NOT_FOUND otherwise."""
    if name not in BLOCK_OF_NAME:
        raise SurveyError(
            ErrorCode.NOT_FOUND, what="Text block", key=name, remedy="There are: {choices}.", choices=", ".join(BLOCK_OF_NAME)
        )
    return BLOCK_OF_NAME[name]


def problems_in(block: TextBlock, text: str) -> tuple[tuple[str, str], ...]:
    """What is wrong with a text for the block, as (kind, what it is about): "too_long", "brace", or "unknown" for a placeholder."""
    found = [("too_long", str(MAX_LENGTH))] if len(text) > MAX_LENGTH else []
    for match in _PART.finditer(text):
        name = match.group(1)
        if name is None:
            found.append(("brace", _around(text, match.start())))
        elif name not in block.names:
            found.append(("unknown", name))
    return tuple(dict.fromkeys(found))


def fill_block(block: TextBlock, text: str, values: Mapping[str, Words]) -> tuple[Text, ...]:
    """The paragraphs of the text with its placeholders filled in; figures stay figures.

    INVALID_VALUE for a text with a problem, or a placeholder without a value.
    """
    for kind, found in problems_in(block, text):
        raise refusal_of(block, kind, found)
    return tuple(_filled(line.strip(), values) for line in text.splitlines() if line.strip())


def refusal_of(block: TextBlock, kind: str, found: str) -> SurveyError:
    """The error for a problem of `problems_in`."""
    detail = (
        "it has more than {found} characters; shorten it."
        if kind == "too_long"
        else "a brace stands alone near '{found}'; there are {known}. Nothing else may stand between braces."
        if kind == "brace"
        else "{{found}} is no placeholder of it; there are {known}. Nothing else may stand between braces."
    )
    known = ", ".join(f"{{{name}}}" for name in block.names)
    return SurveyError(ErrorCode.INVALID_VALUE, field="Text block '{block}'", detail=detail, block=block.name, found=found, known=known)


def block_text(block: TextBlock, texts: Mapping[str, str], language: str) -> str:
    """The organisation's own wording, or that of the program."""
    return texts[block.name] if block.name in texts else block.default(language)


def check_defaults() -> Iterable[tuple[str, str, str]]:
    """(language, block, problem) for every default that its own block would refuse; a test expects none."""
    for language in LANGUAGES:
        for block in BLOCKS:
            for kind, detail in problems_in(block, block.default(language)):
                yield language, block.name, f"{kind} {detail}"


def _filled(line: str, values: Mapping[str, Words]) -> Text:
    parts: list[Words] = []
    end = 0
    for match in _PART.finditer(line):
        parts += [line[end : match.start()], values[match.group(1)]]
        end = match.end()
    return joined([*parts, line[end:]])


def _around(text: str, position: int) -> str:
    return text[max(0, position - 8) : position + 9].replace("\n", " ")
