"""The functions of the ODK XForms specification, as Python callables over what libxml2 hands to an extension function.

No function raises over what people answer: where there is no result it is "" or not-a-number, as ODK clients have it. The clock and
the source of randomness come from `values.MOMENT`.
"""

import base64
import binascii
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from questionnaires.expressions.dates import format_date, format_instant, from_days, to_day_share, to_days
from questionnaires.expressions.geography import area_m2, is_inside, length_m, parse_point, parse_trace, trace_of
from questionnaires.expressions.patterns import is_found
from questionnaires.expressions.values import MOMENT, flat, texts, to_boolean, to_date_text, to_number, to_text

_HASHES = {"md5": "md5", "sha-1": "sha1", "sha-256": "sha256", "sha-384": "sha384", "sha-512": "sha512"}
_PARK_MILLER, _MODULUS = 16_807, 2_147_483_647


def selected(value: Any, name: Any) -> bool:
    """Whether the answer of a select holds the choice."""
    return f" {to_text(name).strip()} " in f" {to_text(value)} "


def selected_at(value: Any, index: Any) -> str:
    """The chosen name at a place counted from 0, "" outside."""
    names, place = to_text(value).split(), to_number(index)
    return names[int(place)] if 0 <= place < len(names) else ""


def rounded(value: Any, digits: Any = 0.0) -> float:
    """The number rounded half away from zero to some decimals (negative: tens, hundreds)."""
    number, places = to_number(value), to_number(digits)
    if not math.isfinite(number) or not math.isfinite(places):
        return number
    factor = 10.0 ** int(places)
    scaled = float(f"{abs(number) * factor:.12g}")
    return math.copysign(math.floor(scaled + 0.5) / factor, number) if number else 0.0


def whole(value: Any) -> float:
    """The number without its decimals."""
    number = to_number(value)
    return float(math.trunc(number)) if math.isfinite(number) else math.nan


def power(base: Any, exponent: Any) -> float:
    """The first number to the power of the second."""
    return _math(math.pow, base, exponent)


def _math(function: Callable[..., float], *arguments: Any) -> float:
    try:
        return float(function(*(to_number(argument) for argument in arguments)))
    except (ValueError, OverflowError):
        return math.nan


def extreme(choose: Callable[[list[float]], float], arguments: tuple[Any, ...]) -> float:
    """The least or greatest of all arguments, not-a-number when one is no number or there is none."""
    numbers = [to_number(each) for each in flat(arguments)]
    return choose(numbers) if numbers and not any(map(math.isnan, numbers)) else math.nan


def substring_between(text: Any, start: Any, end: Any = None) -> str:
    """Python's slice of the text: places count from 0, negative ones from the end."""
    first, last = to_number(start), None if end is None else to_number(end)
    whole_text = to_text(text)
    if math.isnan(first):
        first = 0
    if last is not None and math.isnan(last):
        last = 0
    return whole_text[int(first) : None if last is None else int(last)]


def matches(text: Any, pattern: Any) -> bool:
    """Whether the pattern is found in the text; a pattern that is none, or that takes too long, is never found."""
    return is_found(to_text(pattern), to_text(text))


def checked(least: Any, most: Any, arguments: tuple[Any, ...]) -> bool:
    """Whether between `least` and `most` of the arguments are true; -1 sets no limit."""
    return _is_between(sum(_is_ticked(each) for each in flat(arguments)), least, most)


def weighed(least: Any, most: Any, arguments: tuple[Any, ...]) -> bool:
    """As `checked`, where every second argument is the weight of the one before it."""
    total = 0.0
    for value, weight in zip(arguments[::2], arguments[1::2], strict=False):
        for one, its_weight in zip(flat((value,)), flat((weight,)), strict=False):
            amount = to_number(its_weight)
            total += amount if _is_ticked(one) and not math.isnan(amount) else 0.0
    return _is_between(total, least, most)


def _is_ticked(value: Any) -> bool:
    return bool(to_text(value).strip()) if isinstance(value, list) else to_boolean(value)


def _is_between(amount: float, least: Any, most: Any) -> bool:
    low, high = to_number(least), to_number(most)
    return (low < 0 or amount >= low) and (high < 0 or amount <= high)


def digest(text: Any, algorithm: Any, encoding: Any = "base64") -> str:
    """The hash of the text in base64 or hex; "" for an unknown algorithm."""
    name = _HASHES.get(to_text(algorithm).lower())
    if name is None:
        return ""
    raw = hashlib.new(name, to_text(text).encode(), usedforsecurity=False).digest()
    return raw.hex() if to_text(encoding).lower() == "hex" else base64.b64encode(raw).decode()


def decoded(text: Any) -> str:
    """The text inside base64; "" when it is not base64 of UTF-8."""
    try:
        return base64.b64decode(to_text(text), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def identifier(length: Any = None) -> str:
    """A random UUID, or that many random letters and digits."""
    random = MOMENT.get().random
    if length is None:
        return str(UUID(int=random.getrandbits(128), version=4))
    count = to_number(length)
    return "".join(random.choices("0123456789abcdefghijklmnopqrstuvwxyz", k=int(count))) if 0 < count < 10_000 else ""


def shuffled(items: Any, seed: Any = None) -> list[Any]:
    """The elements in random order; with a seed in the order that every ODK client gives them (Park and Miller 1988)."""
    elements = list(items) if isinstance(items, list) else []
    if seed is None:
        MOMENT.get().random.shuffle(elements)
        return elements
    number = to_number(seed)
    # The remainder keeps the sign of the seed, as it does in Java and JavaScript.
    state = int(math.fmod(int(number), _MODULUS)) if math.isfinite(number) else 0
    state = state + _MODULUS - 1 if state <= 0 else state
    result: list[Any] = []
    for place, element in enumerate(elements):
        state = state * _PARK_MILLER % _MODULUS
        other = math.floor((state - 1) / (_MODULUS - 1) * (place + 1))
        result.append(result[other] if other < place else element)
        result[other] = element
    return result


def fenced(point: Any, fence: Any) -> bool:
    """Whether a position lies inside a closed trace."""
    position, line = parse_point(to_text(point)), parse_trace(to_text(fence))
    return position is not None and line is not None and is_inside((position[0], position[1]), line)


def place_of(nodes: Any) -> float:
    """The place of the first node among its siblings of the same name, counted from 1."""
    if not isinstance(nodes, list) or not nodes or isinstance(nodes[0], str):
        return math.nan
    return float(1 + sum(1 for _ in nodes[0].itersiblings(nodes[0].tag, preceding=True)))


def day_of(value: Any) -> str:
    """The date of a date or instant, in the interview's time zone."""
    text = to_date_text(value)
    if "T" not in text:
        return text
    days = to_days(text, MOMENT.get().zone)
    return "" if math.isnan(days) else from_days(math.floor(days), MOMENT.get().zone)


def kept_once(current: Any, value: Any) -> str:
    """The value that is there already, else the new one."""
    return to_text(current) or to_text(value)


def first_filled(*arguments: Any) -> str:
    """The first argument that is not empty."""
    return next((text for text in map(to_text, arguments) if text), "")


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how many arguments it takes (`most` None: any number), the kind of its result, and what computes it.

    `kind` is "int", "num", "bool", "str", "date" or "nodes". Without `call`, libxml2's own function is used.
    `is_fleeting`: the result is of the moment, the device or the language, so the server cannot compute it again.
    """

    least: int
    most: int | None
    kind: str
    call: Callable[..., Any] | None = None
    is_fleeting: bool = False
    is_aggregate: bool = False


def _mathematics() -> dict[str, Function]:
    functions = (math.acos, math.asin, math.atan, math.cos, math.exp, math.log, math.log10, math.sin, math.sqrt, math.tan)
    return {function.__name__: Function(1, 1, "num", partial(_math, function)) for function in functions}


FUNCTIONS: Mapping[str, Function] = {
    **_mathematics(),
    "atan2": Function(2, 2, "num", lambda y, x: _math(math.atan2, y, x)),
    "abs": Function(1, 1, "num", lambda value: _math(abs, value)),
    "exp10": Function(1, 1, "num", lambda value: power(10.0, value)),
    "pi": Function(0, 0, "num", lambda: math.pi),
    "pow": Function(2, 2, "num", power),
    "round": Function(1, 2, "num", rounded),
    "int": Function(1, 1, "int", whole),
    "number": Function(1, 1, "num", to_number),
    "floor": Function(1, 1, "int", lambda value: _math(math.floor, value)),
    "ceiling": Function(1, 1, "int", lambda value: _math(math.ceil, value)),
    "sum": Function(1, 1, "num", lambda nodes: math.fsum(to_number(text) for text in texts(nodes)), is_aggregate=True),
    "min": Function(1, None, "num", lambda *a: extreme(min, a), is_aggregate=True),
    "max": Function(1, None, "num", lambda *a: extreme(max, a), is_aggregate=True),
    "count": Function(1, 1, "int", is_aggregate=True),
    "count-non-empty": Function(1, 1, "int", lambda n: float(sum(bool(t) for t in texts(n))), is_aggregate=True),
    "count-selected": Function(1, 1, "int", lambda value: float(len(to_text(value).split()))),
    "selected": Function(2, 2, "bool", selected),
    "is-selected": Function(2, 2, "bool", selected),
    "selected-at": Function(2, 2, "str", selected_at),
    "if": Function(3, 3, "str", lambda condition, yes, no: yes if to_boolean(condition) else no),
    "coalesce": Function(1, None, "str", first_filled),
    "once": Function(1, 1, "str", kept_once, is_fleeting=True),
    "checklist": Function(2, None, "bool", lambda least, most, *a: checked(least, most, a), is_aggregate=True),
    "weighted-checklist": Function(2, None, "bool", lambda least, most, *a: weighed(least, most, a)),
    "boolean-from-string": Function(1, 1, "bool", lambda value: to_text(value).strip().lower() in ("true", "1")),
    "boolean": Function(1, 1, "bool", to_boolean),
    "not": Function(1, 1, "bool"),
    "true": Function(0, 0, "bool"),
    "false": Function(0, 0, "bool"),
    "regex": Function(2, 2, "bool", matches),
    "position": Function(0, 1, "int", place_of),
    "last": Function(0, 0, "int"),
    "indexed-repeat": Function(3, 7, "nodes"),
    "instance": Function(1, 1, "nodes"),
    "current": Function(0, 0, "nodes"),
    "randomize": Function(1, 2, "nodes", shuffled, is_fleeting=True, is_aggregate=True),
    "random": Function(0, 0, "num", lambda: MOMENT.get().random.random(), is_fleeting=True),
    "uuid": Function(0, 1, "str", identifier, is_fleeting=True),
    "today": Function(0, 0, "date", lambda: MOMENT.get().now.date().isoformat(), is_fleeting=True),
    "now": Function(0, 0, "date", lambda: format_instant(MOMENT.get().now), is_fleeting=True),
    "date": Function(1, 1, "date", day_of),
    "date-time": Function(1, 1, "date", to_date_text),
    "format-date": Function(2, 2, "str", lambda v, p: format_date(to_date_text(v), to_text(p), MOMENT.get().zone)),
    "format-date-time": Function(2, 2, "str", lambda v, p: format_date(to_date_text(v), to_text(p), MOMENT.get().zone)),
    "decimal-date-time": Function(1, 1, "num", to_number),
    "decimal-time": Function(1, 1, "num", lambda value: to_day_share(to_text(value))),
    "string": Function(0, 1, "str"),
    "string-length": Function(0, 1, "int"),
    "normalize-space": Function(0, 1, "str"),
    "concat": Function(1, None, "str", lambda *a: "".join(text for each in a for text in texts(each)), is_aggregate=True),
    "join": Function(1, None, "str", lambda d, *a: to_text(d).join(t for each in a for t in texts(each)), is_aggregate=True),
    "substr": Function(2, 3, "str", substring_between),
    "substring": Function(2, 3, "str"),
    "substring-before": Function(2, 2, "str"),
    "substring-after": Function(2, 2, "str"),
    "contains": Function(2, 2, "bool"),
    "starts-with": Function(2, 2, "bool"),
    "ends-with": Function(2, 2, "bool", lambda text, end: to_text(text).endswith(to_text(end))),
    "translate": Function(3, 3, "str"),
    "upper-case": Function(1, 1, "str", lambda value: to_text(value).upper()),
    "lower-case": Function(1, 1, "str", lambda value: to_text(value).lower()),
    "digest": Function(2, 3, "str", digest),
    "base64-decode": Function(1, 1, "str", decoded),
    "area": Function(1, 1, "num", lambda value: area_m2(trace_of(texts(value))), is_aggregate=True),
    "distance": Function(1, None, "num", lambda *a: length_m(trace_of(t for each in a for t in texts(each))), is_aggregate=True),
    "geofence": Function(2, 2, "bool", fenced),
    "local-name": Function(0, 1, "str"),
    "name": Function(0, 1, "str"),
    "namespace-uri": Function(0, 1, "str"),
    "lang": Function(1, 1, "bool"),
    "id": Function(1, 1, "nodes"),
    "jr:choice-name": Function(2, 2, "str", is_fleeting=True),
    "jr:itext": Function(1, 1, "str", is_fleeting=True),
    "pulldata": Function(4, 4, "str"),
    "pull-data": Function(4, 4, "str"),
    "property": Function(1, 1, "str", lambda _: "", is_fleeting=True),
    "version": Function(0, 0, "str", lambda: "", is_fleeting=True),
}
"""Every function that an expression may call, by its name."""
