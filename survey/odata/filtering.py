"""`$filter` as a condition on rows (OData URL Conventions 4.01, 5.1.1): comparisons, `in`, functions of texts and days, and, or, not.

Missing values compare as OData has it: nothing is equal to a missing value but null, and everything else differs from it.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from analysis.exports.deidentify import FIELD_ZONE
from questionnaires.errors import ErrorCode, SurveyError
from survey.odata.model import BOOLEAN, DATE, DOUBLE, INSTANT, INT, STRING, Property

MAX_LENGTH, MAX_DEPTH = 4000, 40
_TOKEN = re.compile(
    r"\s*(?:(?P<instant>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d))|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|INF|NaN)(?![\w]))|(?P<text>'(?:[^']|'')*')|(?P<name>[^\W\d]\w*)|(?P<sign>[(),]))"
)
COMPARISONS = {
    "eq": pc.equal,
    "ne": pc.not_equal,
    "gt": pc.greater,
    "ge": pc.greater_equal,
    "lt": pc.less,
    "le": pc.less_equal,
}
TESTS = {
    "contains": lambda column, text: pc.match_substring(column, text),
    "startswith": lambda column, text: pc.starts_with(column, text),
    "endswith": lambda column, text: pc.ends_with(column, text),
}
PARTS = {"year": pc.year, "month": pc.month, "day": pc.day, "length": pc.utf8_length, "tolower": pc.utf8_lower, "toupper": pc.utf8_upper}
TAKEN = {
    "year": (DATE, INSTANT),
    "month": (DATE, INSTANT),
    "day": (DATE, INSTANT),
    "length": (STRING,),
    "tolower": (STRING,),
    "toupper": (STRING,),
}
WORDS = frozenset(("and", "or", "not", "in", *COMPARISONS))
NUMBERS = (INT, DOUBLE)


@dataclass(frozen=True, slots=True)
class Operand:
    """A column, or something made of it, with its type."""

    column: pc.Expression
    type: str
    arrow: pa.DataType


@dataclass
class _Reader:
    """Where reading stands: one token ahead."""

    text: str
    properties: Mapping[str, Property]
    schema: pa.Schema
    at: int = 0
    depth: int = 0
    kind: str = ""
    value: str = ""
    began: int = field(default=0)

    def next(self) -> None:
        """Read one token further; the end is of kind ""."""
        self.began = self.at
        if not self.text[self.at :].strip():
            self.kind = self.value = ""
            return
        found = _TOKEN.match(self.text, self.at)
        if found is None or found.lastgroup is None:
            self.refuse("this is no part of a condition", "这里不是条件的写法")
        self.kind, self.value, self.at = found.lastgroup, found[found.lastgroup], found.end()

    def is_word(self, *words: str) -> bool:
        """Whether one of these words stands here."""
        return self.kind == "name" and self.value in words

    def is_call(self, names: Container[str]) -> bool:
        """Whether one of these functions is called here; a property may have the name of one, such as the month of an interview."""
        return self.kind == "name" and self.value in names and self.text[self.at :].lstrip().startswith("(")

    def expect(self, sign: str) -> None:
        """Read over this sign."""
        if self.kind != "sign" or self.value != sign:
            self.refuse(f"'{sign}' is missing", f"缺少“{sign}”")
        self.next()

    def refuse(self, detail: str, told: str) -> NoReturn:
        """Say what is wrong, and where."""
        here = self.text[self.began :].strip()[:30]
        at = f"position {self.began + 1}" + (f", before “{here}”" if here else ", at the end")
        zh = f"第{self.began + 1}个字符处" + (f"（“{here}”之前）" if here else "（末尾）")
        raise SurveyError(ErrorCode.INVALID_VALUE, field="$filter", detail=f"{detail} ({at})", detail_zh=f"{told}：{zh}")


def read_filter(text: str, properties: Mapping[str, Property], schema: pa.Schema) -> pc.Expression:
    """The condition on columns of this schema; INVALID_VALUE that says what is wrong and where."""
    if len(text) > MAX_LENGTH:
        told = f"条件不能超过{MAX_LENGTH}个字符"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="$filter", detail=f"it has more than {MAX_LENGTH} signs", detail_zh=told)
    reader = _Reader(text, properties, schema)
    reader.next()
    found = _either(reader)
    if reader.kind:
        reader.refuse("nothing can follow here but and, or", "这里只能接 and 或 or")
    return found


def _either(reader: _Reader) -> pc.Expression:
    reader.depth += 1
    if reader.depth > MAX_DEPTH:
        reader.refuse("it is nested too deeply", "嵌套过深")
    found = _both(reader)
    while reader.is_word("or"):
        reader.next()
        found = found | _both(reader)
    reader.depth -= 1
    return found


def _both(reader: _Reader) -> pc.Expression:
    found = _one(reader)
    while reader.is_word("and"):
        reader.next()
        found = found & _one(reader)
    return found


def _one(reader: _Reader) -> pc.Expression:
    n_not = 0
    while reader.is_word("not"):
        reader.next()
        n_not += 1
    if reader.kind == "sign" and reader.value == "(":
        reader.next()
        found = _either(reader)
        reader.expect(")")
    elif reader.is_call(TESTS):
        found = _test(reader)
    else:
        found = _comparison(reader)
    return ~found if n_not % 2 else found


def _test(reader: _Reader) -> pc.Expression:
    test = TESTS[reader.value]
    reader.next()
    reader.expect("(")
    operand = _operand(reader)
    if operand.type != STRING:
        reader.refuse("only texts can be searched", "只能在文本中查找")
    reader.expect(",")
    if reader.kind != "text":
        reader.refuse("a text in quotation marks is needed", "需要用引号括起的文本")
    text = _literal(reader, operand)
    reader.expect(")")
    found = _total(test(operand.column, text.as_py()), False)
    if reader.is_word("eq", "ne"):
        # Excel writes contains(name,'x') eq true.
        is_same = reader.value == "eq"
        reader.next()
        if not reader.is_word("true", "false"):
            reader.refuse("true or false is needed", "需要 true 或 false")
        is_same = is_same == (reader.value == "true")
        reader.next()
        return found if is_same else ~found
    return found


def _comparison(reader: _Reader) -> pc.Expression:
    operand = _operand(reader)
    if reader.is_word("in"):
        reader.next()
        return _one_of(reader, operand)
    if not reader.is_word(*COMPARISONS):
        if operand.type == BOOLEAN:
            return _total(operand.column, False)
        reader.refuse(f"one of {', '.join(COMPARISONS)} is needed", f"需要{'、'.join(COMPARISONS)}之一")
    sign = reader.value
    reader.next()
    if reader.is_word("null"):
        reader.next()
        if sign not in ("eq", "ne"):
            reader.refuse("null is only compared by eq and ne", "null 只能用 eq 或 ne 比较")
        return operand.column.is_null() if sign == "eq" else operand.column.is_valid()
    return _total(COMPARISONS[sign](operand.column, _literal(reader, operand)), sign == "ne")


def _one_of(reader: _Reader, operand: Operand) -> pc.Expression:
    reader.expect("(")
    values = [_literal(reader, operand)]
    while reader.kind == "sign" and reader.value == ",":
        reader.next()
        values.append(_literal(reader, operand))
    reader.expect(")")
    return _total(operand.column.isin([each.as_py() for each in values]), False)


def _operand(reader: _Reader) -> Operand:
    if reader.kind != "name" or reader.value in WORDS:
        reader.refuse("the name of a property is needed", "需要属性名")
    name = reader.value
    if reader.is_call(PARTS):
        reader.next()
        reader.expect("(")
        of = _operand(reader)
        if of.type not in TAKEN[name]:
            reader.refuse(f"{name} cannot be taken of it", f"不能对它使用 {name}")
        reader.expect(")")
        is_text = name in ("tolower", "toupper")
        return Operand(PARTS[name](of.column), STRING if is_text else INT, pa.string() if is_text else pa.int64())
    known = reader.properties.get(name)
    if known is None:
        shown = ", ".join(list(reader.properties)[:20])
        reader.refuse(f"there is no property '{name[:50]}'; there are: {shown}", f"没有属性“{name[:50]}”；有：{shown}")
    reader.next()
    return Operand(pc.field(known.column), known.type, reader.schema.field(known.column).type)


def _literal(reader: _Reader, operand: Operand) -> pa.Scalar:
    kind, value = reader.kind, reader.value
    try:
        found = _value(kind, value, operand)
    except (ValueError, OverflowError, pa.ArrowException):
        found = None
    if found is None:
        reader.refuse(f"a value of type {operand.type} is needed", f"需要 {operand.type} 类型的值")
    reader.next()
    return found


def _value(kind: str, value: str, operand: Operand) -> pa.Scalar | None:
    """The value as the column has it; None where it is of another type."""
    if kind == "text" and operand.type == STRING:
        return pa.scalar(value[1:-1].replace("''", "'"), pa.string())
    if kind == "name" and operand.type == BOOLEAN and value in ("true", "false"):
        return pa.scalar(value == "true")
    if kind == "number" and operand.type in NUMBERS:
        is_whole = re.fullmatch(r"[+-]?\d{1,18}", value)
        return pa.scalar(int(value), pa.int64()) if is_whole else pa.scalar(float(value), pa.float64())
    if kind in ("date", "instant") and operand.type in (DATE, INSTANT):
        return pa.scalar(_moment(kind, value, operand.arrow), operand.arrow)
    return None


def _moment(kind: str, value: str, arrow: pa.DataType) -> date | datetime:
    if pa.types.is_date(arrow):
        return date.fromisoformat(value[:10])
    zone = UTC if arrow.tz else FIELD_ZONE
    moment = datetime.fromisoformat(value) if kind == "instant" else datetime.fromisoformat(value).replace(tzinfo=zone)
    moment = moment.astimezone(zone).replace(microsecond=0 if arrow.unit == "s" else moment.microsecond)
    return moment if arrow.tz else moment.replace(tzinfo=None)


def _total(condition: pc.Expression, otherwise: bool) -> pc.Expression:
    """The condition, `otherwise` where a value is missing."""
    return pc.coalesce(condition, pa.scalar(otherwise))
