"""The space for an answer on paper: what is printed for each type of question. Pure."""

import re
from dataclasses import dataclass

from analysis.paper.texts import plain_text, width_of
from analysis.paper.words import WORDS
from questionnaires.errors import SurveyError
from questionnaires.expressions.xpath import Binary, Literal, Path, Step, parse_expression
from questionnaires.model import Choice, Question, text_in
from questionnaires.question_types import MULTIPLE_TYPES, SELECT_TYPES

TICK = "□"
LINE_CHARS = 42.0
"""How many Chinese characters of the text size fit beside each other in the column of answers."""
COLUMNS = (6, 5, 4, 3, 2)
LISTED_AT_MOST, ANNEXED_AT_MOST = 30, 400
"""Choices up to the first number stand at the question; up to the second in a list at the end; more are written out by hand."""
SCALE_AT_MOST = 11
DEFAULT_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Space:
    """What is printed for one answer; `kind` is "choices", "codes", "text", "lines" or "box".

    choices: `texts` to tick in `columns`. codes: `texts` is the one line that points to a list. text: one line as it stands.
    lines: `n_lines` to write on, after `texts`. box: a frame with `texts` above it.
    """

    kind: str
    texts: tuple[str, ...] = ()
    columns: int = 1
    n_lines: int = 0


def boxes(n_digits: int) -> str:
    """Boxes for so many digits."""
    return "|" + "__|" * n_digits


def choice_texts(choices: tuple[Choice, ...], language: str) -> tuple[str, ...]:
    """What stands for each choice: its label, or its name where it has none."""
    return tuple(plain_text(text_in(choice.label, language)).replace("\n", " ") or choice.name for choice in choices)


def space_for(question: Question, choices: tuple[Choice, ...], language: str, words: str, list_number: int | None) -> Space:
    """The space for the answer of a question; `list_number` is that of the list at the end that holds its choices."""
    said = WORDS[words]
    kind = question.type
    if kind in SELECT_TYPES:
        return _choosing(question, choice_texts(choices, language), words, list_number)
    if kind == "acknowledge":
        return Space("choices", (said["confirmed"],))
    if kind == "range":
        return _scale(question, words)
    if kind in ("integer", "decimal"):
        return Space("text", (number_boxes(question),))
    if kind in ("date", "time", "dateTime"):
        return Space("text", (moment_boxes(kind, question.appearance, words),))
    if kind == "geopoint":
        return Space("lines", (said["latitude"], said["longitude"]))
    if kind in ("geotrace", "geoshape"):
        return Space("lines", (said["trace"],), n_lines=3)
    if kind == "image" and {"signature", "draw"} & set(question.appearance):
        return Space("box", (said["sign"],))
    if kind in ("image", "audio", "video", "file"):
        return Space("lines", (said[kind],))
    return Space("lines", n_lines=3 if "multiline" in question.appearance else 1)


def _choosing(question: Question, texts: tuple[str, ...], words: str, list_number: int | None) -> Space:
    said = WORDS[words]
    if list_number is not None:
        n_digits = len(str(len(texts)))
        codes = "、".join([boxes(n_digits)] * (3 if question.type in MULTIPLE_TYPES else 1))
        return Space("codes", (said["list_see"].format(boxes=codes, number=list_number),))
    if not texts or len(texts) > ANNEXED_AT_MOST:
        return Space("lines", (said["write_choice"],))
    return Space("choices", texts, columns_for(texts))


def columns_for(texts: tuple[str, ...]) -> int:
    """In how many columns of equal width the choices stand: as many as their longest allows."""
    widest = max(map(width_of, texts)) + 3
    return next((n for n in COLUMNS if n <= max(len(texts), 4) and widest <= LINE_CHARS / n), 1)


def _scale(question: Question, words: str) -> Space:
    given = question.parameters
    start, end, step = (given.get(name, default) for name, default in (("start", "1"), ("end", "10"), ("step", "1")))
    try:
        first, last, by = float(start), float(end), float(step)
        n_steps = round((last - first) / by) + 1
    except (ValueError, ZeroDivisionError):
        n_steps = 0
    if 1 < n_steps <= SCALE_AT_MOST:
        return Space("choices", tuple(f"{first + by * place:g}" for place in range(n_steps)), 6 if n_steps > 6 else n_steps)
    scale = WORDS[words]["scale"].format(start=start, end=end, step=step)
    return Space("text", (f"{number_boxes(question)}　({scale})",))


def number_boxes(question: Question) -> str:
    """Boxes for a number, as many as its greatest allowed value has digits."""
    _low, high = bounds(question.constraint)
    whole = boxes(len(high.lstrip("-").split(".")[0]) if high else DEFAULT_DIGITS)
    return f"{whole} . {boxes(2)}" if question.type in ("decimal", "range") else whole


def bounds(constraint: str | None) -> tuple[str, str]:
    """The least and the greatest number that a simple constraint (". >= 1 and . <= 20") allows, each "" where it sets none."""
    try:
        tree = parse_expression(constraint or "")
    except SurveyError:
        return "", ""
    low, high = "", ""
    waiting = [tree]
    while waiting:
        match waiting.pop():
            case Binary("and", left, right):
                waiting += [left, right]
            case Binary(operator, Path((Step("."),)), Literal(text)) if re.fullmatch(r"\d+(\.\d+)?", text):
                low = text if operator in (">", ">=") else low
                high = text if operator in ("<", "<=") else high
    return low, high


def is_between(constraint: str | None) -> bool:
    """Whether a constraint is nothing but two bounds, both included."""
    try:
        tree = parse_expression(constraint or "")
    except SurveyError:
        return False
    match tree:
        case Binary("and", Binary(">=", Path((Step("."),)), Literal()), Binary("<=", Path((Step("."),)), Literal())):
            return True
    return False


def moment_boxes(kind: str, appearance: tuple[str, ...], words: str) -> str:
    """Boxes for a date, a time of day, or both."""
    said = WORDS[words]
    values = {"year": boxes(4), "month": boxes(2), "day": boxes(2), "hour": boxes(2), "minute": boxes(2)}
    key = "year_boxes" if "year" in appearance else "month_boxes" if "month-year" in appearance else "date_boxes"
    wanted = {"date": (key,), "time": ("time_boxes",), "dateTime": ("date_boxes", "time_boxes")}[kind]
    return "　".join(said[each].format(**values) for each in wanted)
