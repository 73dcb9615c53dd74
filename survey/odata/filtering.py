"""`$filter` as a condition on rows (OData URL Conventions 4.01, 5.1.1): comparisons, `in`, functions of one operand, and, or, not.

Missing values compare as OData has it: nothing is equal to a missing value but another one, and everything else differs from it. What
OData has besides is not supported, which is something else than being wrong.
"""

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from analysis.exports.deidentify import FIELD_ZONE
from questionnaires.errors import ErrorCode, SurveyError
from survey.odata.formats import not_supported
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
TESTS: Mapping[str, Callable[[pc.Expression, str], pc.Expression]] = {
    "contains": lambda column, text: pc.match_substring(column, text),
    "startswith": lambda column, text: pc.starts_with(column, text),
    "endswith": lambda column, text: pc.ends_with(column, text),
}
TURNED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
"""What a comparison says when its sides change places."""
WORDS = frozenset(("and", "or", "not", "in", *COMPARISONS))
NUMBERS, MOMENTS = (INT, DOUBLE), (DATE, INSTANT)
LITERALS = ("instant", "date", "number", "text")
NOT_HERE = frozenset(
    ("concat", "indexof", "substring", "matchesPattern", "fractionalseconds", "time", "totaloffsetminutes", "totalseconds", "now")
    + ("maxdatetime", "mindatetime", "cast", "isof", "case", "hassubset", "hassubsequence")
)
"""Functions of OData that there are not here."""
ARITHMETIC = ("add", "sub", "mul", "div", "divby", "mod", "has")


@dataclass(frozen=True, slots=True)
class Part:
    """A function of one operand: the types that it takes, the type of what it makes, and how it does so."""

    takes: tuple[str, ...]
    type: str
    arrow: pa.DataType
    make: Callable[[pc.Expression], pc.Expression]


PARTS = {
    "year": Part(MOMENTS, INT, pa.int64(), pc.year),
    "month": Part(MOMENTS, INT, pa.int64(), pc.month),
    "day": Part(MOMENTS, INT, pa.int64(), pc.day),
    "date": Part(MOMENTS, DATE, pa.date32(), lambda column: column.cast(pa.date32())),
    "hour": Part((INSTANT,), INT, pa.int64(), pc.hour),
    "minute": Part((INSTANT,), INT, pa.int64(), pc.minute),
    "second": Part((INSTANT,), INT, pa.int64(), pc.second),
    "length": Part((STRING,), INT, pa.int64(), pc.utf8_length),
    "tolower": Part((STRING,), STRING, pa.string(), pc.utf8_lower),
    "toupper": Part((STRING,), STRING, pa.string(), pc.utf8_upper),
    "trim": Part((STRING,), STRING, pa.string(), pc.utf8_trim_whitespace),
    "round": Part((DOUBLE,), DOUBLE, pa.float64(), lambda column: pc.round(column, round_mode="half_towards_infinity")),
    "floor": Part((DOUBLE,), DOUBLE, pa.float64(), pc.floor),
    "ceiling": Part((DOUBLE,), DOUBLE, pa.float64(), pc.ceil),
}
UNDERSTOOD = (*TESTS, *PARTS, *sorted(WORDS))
"""The functions and operators that a condition may have."""


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

    def is_operand(self) -> bool:
        """Whether a property stands here, or a function of one."""
        return self.kind == "name" and (self.value in self.properties or self.is_call(PARTS) or self.is_call(NOT_HERE))

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
    if reader.kind == "name":
        raise not_supported(f"$filter: {reader.value}")
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
    if reader.kind in LITERALS:
        return _turned(reader)
    operand = _operand(reader)
    if reader.is_word("in"):
        reader.next()
        return _one_of(reader, operand)
    if operand.type == BOOLEAN and not reader.is_word(*COMPARISONS, *ARITHMETIC):
        return _total(operand.column, False)
    sign = _sign(reader)
    if reader.is_word("null"):
        reader.next()
        if sign not in ("eq", "ne"):
            reader.refuse("null is only compared by eq and ne", "null 只能用 eq 或 ne 比较")
        return operand.column.is_null() if sign == "eq" else operand.column.is_valid()
    if reader.is_operand():
        return _compared(reader, sign, operand, _operand(reader))
    return _total(COMPARISONS[sign](operand.column, _literal(reader, operand)), sign == "ne")


def _turned(reader: _Reader) -> pc.Expression:
    """A comparison that begins with its value."""
    kind, value = reader.kind, reader.value
    reader.next()
    sign = _sign(reader)
    operand = _operand(reader)
    literal = _known(reader, kind, value, operand)
    return _total(COMPARISONS[TURNED.get(sign, sign)](operand.column, literal), sign == "ne")


def _sign(reader: _Reader) -> str:
    """The comparison that stands here, read over."""
    if reader.is_word(*ARITHMETIC):
        raise not_supported(f"$filter: {reader.value}")
    if not reader.is_word(*COMPARISONS):
        reader.refuse(f"one of {', '.join(COMPARISONS)} is needed", f"需要{'、'.join(COMPARISONS)}之一")
    sign = reader.value
    reader.next()
    return sign


def _compared(reader: _Reader, sign: str, one: Operand, other: Operand) -> pc.Expression:
    """A comparison of two properties, of which two missing ones are equal."""
    if one.arrow != other.arrow and not (one.type in NUMBERS and other.type in NUMBERS):
        reader.refuse(f"{one.type} and {other.type} cannot be compared", f"{one.type} 与 {other.type} 无法比较")
    if sign not in ("eq", "ne"):
        return _total(COMPARISONS[sign](one.column, other.column), False)
    is_equal = _total(pc.equal(one.column, other.column), False) | (one.column.is_null() & other.column.is_null())
    return is_equal if sign == "eq" else ~is_equal


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
    if reader.is_call(NOT_HERE):
        raise not_supported(f"$filter: {name}")
    if reader.is_call(PARTS):
        reader.next()
        reader.expect("(")
        of, part = _operand(reader), PARTS[name]
        if of.type not in part.takes:
            reader.refuse(f"{name} cannot be taken of it", f"不能对它使用 {name}")
        reader.expect(")")
        return Operand(part.make(of.column), part.type, part.arrow)
    known = reader.properties.get(name)
    if known is None:
        shown = ", ".join(list(reader.properties)[:20])
        reader.refuse(f"there is no property '{name[:50]}'; there are: {shown}", f"没有属性“{name[:50]}”；有：{shown}")
    reader.next()
    return Operand(pc.field(known.column), known.type, reader.schema.field(known.column).type)


def _literal(reader: _Reader, operand: Operand) -> pa.Scalar:
    """The value that stands here, read over."""
    found = _known(reader, reader.kind, reader.value, operand)
    reader.next()
    return found


def _known(reader: _Reader, kind: str, value: str, operand: Operand) -> pa.Scalar:
    """The value as the operand has it."""
    try:
        found = _value(kind, value, operand)
    except (ValueError, OverflowError, pa.ArrowException):
        found = None
    if found is None:
        reader.refuse(f"a value of type {operand.type} is needed", f"需要 {operand.type} 类型的值")
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
