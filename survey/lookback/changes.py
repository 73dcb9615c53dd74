"""What changed in a household's answers from one visit to the next, question by question. Pure.

Answers of different versions of a form are joined as the dataset joins them: by table and column, with the labels of the newest version.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.exports.sensitivity import is_identifying
from analysis.words import with_minus
from questionnaires.model import QUANTILE_KINDS, Indicator, Question, Questionnaire, Repeat
from survey.bundles.codebook import PREFILLED, BookColumn, BookTable, FormBook
from survey.intake.texts import text_for, texts_by_code, without_quotes
from survey.protection.answers import NAME, class_of_question

CHANGES = ("better", "worse", "changed", "same", "appeared", "vanished")
"""Better and worse only where an indicator says which direction is good; appeared and vanished where one visit has no answer."""
NUMBERS = frozenset(("integer", "decimal"))
HIDDEN_KINDS = frozenset(("", "media"))
FIRST, EVIDENCE, OTHER = 0, 1, 2
"""Questions of indicators come first, then those that are evidence of issue rules, then all others."""

YES_NO = {"yes": {"zh": "是", "en": "Yes"}, "no": {"zh": "否", "en": "No"}}
"""What calculations say that have no list of choices."""

Row = Mapping[str, Any]
Tables = Mapping[str, Sequence[Row]]
"""A submission's rows by table, as `questionnaires.stacking.rows_of` gives them."""


@dataclass(frozen=True, slots=True)
class Item:
    """One column that is compared; `indicator` is the one that tells which direction is good, if there is any. `tells` is what its answers
    tell of who somebody is, a class of `PERSONAL` or ""."""

    table: str
    column: BookColumn
    rank: int
    area: str = ""
    indicator: Indicator | None = None
    indicator_label: Mapping[str, str] | None = None
    tells: str = ""

    def label_in(self, locale: str) -> str:
        """What it is called: the indicator's name where it has one, else the question."""
        return text_for(self.indicator_label or {}, locale) or self.question_in(locale)

    def question_in(self, locale: str) -> str:
        """The question's own words, with "…" where they quote another answer."""
        return without_quotes(text_for(self.column.label, locale)) or self.column.name

    def word(self, value: Any, locale: str) -> str:
        """An answer in words; "" for none."""
        if is_blank(value):
            return ""
        if isinstance(value, list):
            return " · ".join(self.word(each, locale) for each in value)
        if isinstance(value, float):
            return with_minus(f"{value:,.2f}".rstrip("0").rstrip("."))
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if "year" in self.column.name else with_minus(f"{value:,}")
        return text_for(self.column.choices.get(str(value), YES_NO.get(str(value), {})), locale) or str(value)


@dataclass(frozen=True, slots=True)
class Line:
    """One answer before and after; `place` names the row of a repeat ("" in the main table), by somebody's name where `is_name`."""

    item: Item
    place: str
    before: Any
    after: Any
    change: str
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Tally:
    """One column over all households that were asked at both visits.

    `n` of them answered both times; `counts` are households by kind of change. `before` and `after` are a share from 0 to 1, a mean or a
    total of those `n`, None for a column that no indicator counts.
    """

    item: Item
    n: int
    counts: Mapping[str, int]
    before: float | None
    after: float | None

    @property
    def is_share(self) -> bool:
        """Whether the two figures are shares."""
        return self.item.indicator is not None and self.item.indicator.kind == "share"


def items_of(book: FormBook) -> tuple[Item, ...]:
    """The columns of a form that can be compared: those of indicators first, then evidence of issue rules, then the others."""
    newest = book.newest
    directions = _directions(newest)
    evidence = {name for rule in newest.issue_rules for name in rule.evidence}
    areas = {name: rule.area for rule in newest.issue_rules for name in rule.evidence}
    hidden = {question.name for question in newest.questions() if question.preload} | PREFILLED
    tells = {question.name: class_of_question(newest, question) for question in newest.questions()}
    found = []
    for table in book.tables:
        for column in _comparable(table):
            if column.question in hidden:
                continue
            indicator = directions.get((column.question, table.name)) or directions.get((column.question, ""))
            rank = FIRST if indicator else EVIDENCE if column.question in evidence else OTHER
            # A median or quantile says which direction is good; what is told of the households that answered twice is their mean.
            label = texts_by_code(newest, indicator.label) if indicator and indicator.kind not in QUANTILE_KINDS else None
            area = indicator.area if indicator else areas.get(column.question, "")
            told = tells.get(column.question, NAME if is_identifying(column.question) else "")
            found.append(Item(table.name, column, rank, area, indicator, label, told))
    return tuple(sorted(found, key=lambda item: item.rank))


def _comparable(table: BookTable) -> Iterator[BookColumn]:
    return (column for column in table.columns if column.kind not in HIDDEN_KINDS and not column.part and not column.is_prefilled)


def _directions(questionnaire: Questionnaire) -> dict[tuple[str, str], Indicator]:
    """The indicator of each variable by (question, repeat or ""), one that says which direction is good before others."""
    found: dict[tuple[str, str], Indicator] = {}
    for indicator in questionnaire.indicators:
        if not indicator.variable:
            continue
        key = (indicator.variable, indicator.of or "")
        if key not in found or (indicator.good and not found[key].good):
            found[key] = indicator
    return found


def is_blank(value: Any) -> bool:
    """Whether there is no answer."""
    return value is None or value in ("", [], {})


def change_of(item: Item, before: Any, after: Any) -> str | None:
    """One of `CHANGES`, None when neither visit has an answer."""
    if is_blank(before) and is_blank(after):
        return None
    if is_blank(before):
        return "appeared"
    if is_blank(after):
        return "vanished"
    if _normal(before) == _normal(after):
        return "same"
    scores = [_score(item, value) for value in (before, after)]
    good = item.indicator.good if item.indicator else ""
    if good and None not in scores and scores[0] != scores[1]:
        return "better" if (scores[1] > scores[0]) == (good == "high") else "worse"
    return "changed"


def _normal(value: Any) -> Any:
    if isinstance(value, list):
        return frozenset(str(each) for each in value)
    if isinstance(value, bool):
        return value
    return float(value) if isinstance(value, int | float) else " ".join(str(value).split())


def _score(item: Item, value: Any) -> Any:
    """What the indicator counts in one answer: 1 or 0 for a share, the number itself for others of one number, None if it cannot tell."""
    indicator = item.indicator
    if indicator is None or is_blank(value):
        return None
    if indicator.kind == "share":
        given = {str(each) for each in value} if isinstance(value, list) else {str(value)}
        return float(bool(given & set(indicator.values)))
    if indicator.kind in ("mean", "total", *QUANTILE_KINDS) and isinstance(value, int | float):
        return float(value)
    return None


def compare_answers(items: Iterable[Item], before: Tables, after: Tables, names: Mapping[str, str]) -> tuple[Line, ...]:
    """Every answer of one household before and after, in the order of the items.

    `names` gives for a repeat the column by which its rows are known again, such as a member's name; without one, or where it is not
    unique, rows are matched by position.
    """
    items, lines = tuple(items), []
    matched: dict[str, tuple[tuple[str, Row, Row], ...]] = {}
    harmless = {item.table for item in items if item.column.source == names.get(item.table) and item.tells != NAME}
    for item in items:
        if item.table not in matched:
            matched[item.table] = match_rows(before.get(item.table, ()), after.get(item.table, ()), names.get(item.table, ""))
        for place, old, new in matched[item.table]:
            values = old.get(item.column.source), new.get(item.column.source)
            change = change_of(item, *values)
            if change:
                is_name = item.table not in harmless and place in [_key(row, names.get(item.table, "")) for row in (old, new)]
                lines.append(Line(item, place if item.table != "main" else "", *values, change, is_name))
    return tuple(lines)


def match_rows(before: Sequence[Row], after: Sequence[Row], name: str) -> tuple[tuple[str, Row, Row], ...]:
    """(place, row before, row after) for the rows of one table, an empty row where one visit has none; `name` is the column to match by."""
    keyed = [{_key(row, name): row for row in rows} for rows in (before, after)] if name else []
    if keyed and all("" not in each and len(each) == len(rows) for each, rows in zip(keyed, (before, after), strict=True)):
        keys = dict.fromkeys((*keyed[0], *keyed[1]))
        return tuple((key, keyed[0].get(key, {}), keyed[1].get(key, {})) for key in keys)
    longest = max(len(before), len(after))
    rows = ([*each, *({} for _ in range(longest - len(each)))] for each in (before, after))
    return tuple((str(number), old, new) for number, (old, new) in enumerate(zip(*rows, strict=True), start=1))


def _key(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if is_blank(value) else " ".join(str(value).split())


def tally(items: Iterable[Item], pairs: Sequence[tuple[Tables, Tables]]) -> tuple[Tally, ...]:
    """For each column of the main table: what changed over the households, given as their rows before and after."""
    found = []
    for item in items:
        if item.table != "main":
            continue
        counts: dict[str, int] = {}
        scores: list[tuple[float, float]] = []
        n = 0
        for before, after in pairs:
            old, new = before["main"][0].get(item.column.source), after["main"][0].get(item.column.source)
            change = change_of(item, old, new)
            if change is None:
                continue
            counts[change] = counts.get(change, 0) + 1
            if change not in ("appeared", "vanished"):
                n += 1
                if (score := _score(item, old)) is not None and (later := _score(item, new)) is not None:
                    scores.append((score, later))
        if counts:
            divisor = 1 if item.indicator and item.indicator.kind == "total" else len(scores)
            figures = [sum(each) / divisor for each in zip(*scores, strict=True)] if scores else [None, None]
            found.append(Tally(item, n, counts, *figures))
    return tuple(found)


def naming_columns(book: FormBook) -> dict[str, str]:
    """For each repeat the column of its first required text question, by which its rows are known again, such as a member's name."""
    tables = {table.name: table for table in book.tables}
    found = {}
    for node in book.newest.walk():
        table = tables.get(node.name)
        if not isinstance(node, Repeat) or table is None:
            continue
        texts = {child.name for child in node.children if isinstance(child, Question) and child.type == "text" and child.required}
        column = next((column for column in table.columns if column.question in texts), None)
        if column is not None:
            found[table.name] = column.source
    return found
