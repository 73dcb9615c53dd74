"""Entity sets as data: what they are called, what they hold, and the types of OData for it. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from analysis.exports.deidentify import FIELD_ZONE

STRING, INT, DOUBLE, BOOLEAN = "Edm.String", "Edm.Int64", "Edm.Double", "Edm.Boolean"
DATE, INSTANT = "Edm.Date", "Edm.DateTimeOffset"
TYPE_OF_KIND = {"integer": INT, "flag": INT, "decimal": DOUBLE, "date": DATE, "datetime": INSTANT}
"""The type of a column of answers by its kind; everything else is text."""
MAX_NAME = 100


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an entity: its name in the feed, the column it is of, its type, and what it is called."""

    name: str
    column: str
    type: str
    label: str = ""

    def shown(self, value: Any) -> Any:
        """The value as JSON has it. Instants without a zone are those of the field."""
        if value is None or value != value:
            return None
        if self.type == INSTANT and isinstance(value, datetime):
            return value.replace(tzinfo=FIELD_ZONE).isoformat() if value.tzinfo is None else value.astimezone(UTC).isoformat()
        if self.type == DATE and isinstance(value, date):
            return (value.date() if isinstance(value, datetime) else value).isoformat()
        return value


@dataclass(frozen=True)
class EntitySet:
    """One set: its name, its properties, which of them is the key, and how its rows are had when they are asked for.

    `state` names the state of the data, where pages have to go on in the one that they began in.
    """

    name: str
    title: str
    key: str
    properties: Sequence[Property]
    rows: Callable[[], ds.Dataset]
    state: str = ""

    @cached_property
    def by_name(self) -> dict[str, Property]:
        """The properties by name."""
        return {each.name: each for each in self.properties}


def identifiers(names: Iterable[str]) -> list[str]:
    """A name of OData for each: letters, digits and underscores, no digit first, none twice (OData CSDL 4.01, 17.2)."""
    found: list[str] = []
    for name in names:
        base = re.sub(r"\W", "_", unicodedata.normalize("NFC", name), flags=re.UNICODE)[:MAX_NAME] or "_"
        base = f"_{base}" if base[0].isdigit() else base
        known, number = base, 2
        while known in found:
            known, number = f"{base}_{number}", number + 1
        found.append(known)
    return found


def rows_of(records: Sequence[dict[str, Any]], properties: Sequence[Property]) -> ds.Dataset:
    """Records of the register as rows; instants are kept in UTC."""
    types = {STRING: pa.string(), INT: pa.int64(), DOUBLE: pa.float64(), BOOLEAN: pa.bool_(), DATE: pa.date32()}
    types[INSTANT] = pa.timestamp("us", tz="UTC")
    schema = pa.schema([(each.column, types[each.type]) for each in properties])
    return ds.dataset(pa.Table.from_pylist(list(records), schema=schema))
