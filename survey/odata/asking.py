"""The system query options of a request as one record, and the rows that it asks for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from questionnaires.errors import ErrorCode, SurveyError
from survey.api.cursors import read_cursor, write_cursor
from survey.api.released import rows_between
from survey.odata.filtering import read_filter
from survey.odata.formats import Format, not_supported
from survey.odata.model import INT, EntitySet, Property

PAGE_SIZE, MAX_PAGE = 1000, 10_000
MAX_NUMBER = 2**31 - 1
SUPPORTED = ("$filter", "$select", "$orderby", "$top", "$skip", "$count", "$skiptoken", "$format")
UNSUPPORTED = ("$expand", "$apply", "$search", "$compute", "$levels", "$deltatoken", "$schemaversion", "$index")


class Place(NamedTuple):
    """Where a page goes on: the state of the data, and how many rows lie before."""

    state: str
    offset: int


KEYED = re.compile(r"(?P<set>\w+)\((?:(?P<name>\w+)=)?(?P<value>'(?:[^']|'')*'|\d{1,18})\)")
"""The address of one entity: its set, and its key with or without the key's name."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a set: a condition, properties, an order, and which rows."""

    given: Mapping[str, str]
    wanted: pc.Expression | None
    properties: Sequence[Property]
    order: Sequence[tuple[str, str]]
    offset: int
    top: int | None
    is_counted: bool
    page_size: int


def read_options(given: Mapping[str, str], entity_set: EntitySet, rows: ds.Dataset, page_size: int = PAGE_SIZE) -> Asked:
    """The options; INVALID_VALUE naming the one that is wrong, NotSupported (501) for those of OData that there are not here."""
    options = {name if name.startswith("$") else f"${name}" if f"${name}" in SUPPORTED else name: value for name, value in given.items()}
    for name in options:
        if name in UNSUPPORTED:
            raise not_supported(name)
        if name.startswith("$") and name not in SUPPORTED:
            raise refused(
                name[:50], f"there is no such option; there are: {', '.join(SUPPORTED)}", f"没有这一选项；有：{'、'.join(SUPPORTED)}"
            )
    is_counted = options.get("$count", "false")
    if is_counted not in ("true", "false"):
        raise refused("$count", "write true or false", "请写 true 或 false")
    place = read_cursor(options.get("$skiptoken", ""), Place)
    return Asked(
        options,
        read_filter(options["$filter"], entity_set.by_name, rows.schema) if options.get("$filter", "").strip() else None,
        _selected(options.get("$select", ""), entity_set),
        _ordered(options.get("$orderby", ""), entity_set),
        max(0, place[1]) if place else _number(options, "$skip", 0) or 0,
        _number(options, "$top", None),
        is_counted == "true",
        max(1, min(page_size, MAX_PAGE)),
    )


def asked_for_one(asked: Asked, keyed: re.Match[str], entity_set: EntitySet, rows: ds.Dataset) -> Asked:
    """The same properties of the entity with this key; INVALID_VALUE for a key that the set has not."""
    if keyed["name"] not in (None, entity_set.key):
        raise refused(keyed["name"], f"the key of this set is {entity_set.key}", f"这一集合的键是 {entity_set.key}")
    wanted = read_filter(f"{entity_set.key} eq {keyed['value']}", entity_set.by_name, rows.schema)
    return replace(asked, wanted=wanted, order=(), offset=0, top=1, page_size=1)


def state_asked_for(given: Mapping[str, str]) -> str:
    """The name of the state of the data that a page goes on in; "" for the first page."""
    place = read_cursor(given.get("$skiptoken", ""), Place)
    return place[0] if place else ""


def read_page(asked: Asked, entity_set: EntitySet, rows: ds.Dataset, form: Format) -> tuple[list[dict[str, Any]], int | None]:
    """The entities of the page as JSON has them, and how many rows lie before the next page; None behind the last one."""
    n_wanted = asked.page_size if asked.top is None else min(asked.top, asked.page_size)
    columns = [each.column for each in asked.properties]
    if asked.order:
        # The key comes last, so that what is equal stays in one order from page to page.
        by: dict[str, str] = {}
        for name, direction in (*asked.order, (entity_set.by_name[entity_set.key].column, "ascending")):
            by.setdefault(name, direction)
        needed = list(dict.fromkeys([*columns, *by]))
        found = rows.to_table(columns=needed, filter=asked.wanted, use_threads=False).sort_by(list(by.items()))
        page = found.slice(asked.offset, n_wanted + 1).select(columns)
    else:
        page = rows_between(rows, asked.wanted, asked.offset, n_wanted + 1, columns)
    is_more = len(page) > n_wanted and (asked.top is None or asked.top > n_wanted)
    return _entities(page.slice(0, n_wanted), asked.properties, form), asked.offset + n_wanted if is_more else None


def next_link(address: str, asked: Asked, state: str, offset: int) -> str:
    """The address of the next page."""
    options = {name: value for name, value in asked.given.items() if name not in ("$skip", "$skiptoken", "$top")}
    if asked.top is not None:
        options["$top"] = str(asked.top - asked.page_size)
    return f"{address}?{urlencode(options | {'$skiptoken': write_cursor((state, offset))}, quote_via=quote, safe='$')}"


def refused(option: str, detail: str, told: str) -> SurveyError:
    """What an option that is wrong is refused with."""
    return SurveyError(ErrorCode.INVALID_VALUE, field=option, detail=detail, detail_zh=told)


def _entities(page: pa.Table, properties: Sequence[Property], form: Format) -> list[dict[str, Any]]:
    columns = []
    for each in properties:
        values = [each.shown(value) for value in page.column(each.column).to_pylist()]
        columns.append([value if value is None else form.number(value) for value in values] if each.type == INT else values)
    names = [each.name for each in properties]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _number(options: Mapping[str, str], name: str, otherwise: int | None) -> int | None:
    text = options.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > MAX_NUMBER:
        raise refused(name, "write a whole number from 0 on", "请写不小于 0 的整数")
    return int(text)


def _selected(text: str, entity_set: EntitySet) -> Sequence[Property]:
    names = [each.strip() for each in text.split(",") if each.strip()]
    if not names or "*" in names:
        return entity_set.properties
    return tuple(_property(name, entity_set, "$select") for name in dict.fromkeys(names))


def _ordered(text: str, entity_set: EntitySet) -> Sequence[tuple[str, str]]:
    found = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, direction = part.partition(" ")
        if "(" in part or "/" in part:
            raise not_supported(f"$orderby={part[:50]}")
        if direction.strip() not in ("", "asc", "desc"):
            raise refused("$orderby", "write names of properties, each with asc or desc", "请写属性名，可接 asc 或 desc")
        found.append((_property(name, entity_set, "$orderby").column, "descending" if direction.strip() == "desc" else "ascending"))
    return tuple(found)


def _property(name: str, entity_set: EntitySet, option: str) -> Property:
    known = entity_set.by_name.get(name)
    if known is None:
        shown = ", ".join(list(entity_set.by_name)[:20])
        raise refused(option, f"there is no property '{name[:50]}'; there are: {shown}", f"没有属性“{name[:50]}”；有：{shown}")
    return known
