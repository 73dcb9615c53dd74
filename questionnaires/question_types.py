"""The XLSForm question types as data: what kind of value each one yields, and whether anybody is asked."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QuestionType:
    """One XLSForm type; `kind` is the kind of column it yields, or "" when it carries no data (a note)."""

    name: str
    kind: str
    """"category", "multi", "integer", "decimal", "text", "date", "datetime", "boolean", "position", "media" or ""."""
    value_type: str
    """How a non-empty value must look: "string", "int", "decimal", "date", "time", "dateTime", "geopoint", "geotrace", "geoshape"."""
    is_asked: bool = True
    """False for values without a question: calculations, hidden values, metadata."""


def _table(*types: QuestionType) -> Mapping[str, QuestionType]:
    return {each.name: each for each in types}


QUESTION_TYPES: Mapping[str, QuestionType] = _table(
    QuestionType("text", "text", "string"),
    QuestionType("integer", "integer", "int"),
    QuestionType("decimal", "decimal", "decimal"),
    QuestionType("range", "decimal", "decimal"),
    QuestionType("select_one", "category", "string"),
    QuestionType("select_multiple", "multi", "string"),
    QuestionType("select_one_from_file", "category", "string"),
    QuestionType("select_multiple_from_file", "multi", "string"),
    QuestionType("rank", "multi", "string"),
    QuestionType("note", "", "string"),
    QuestionType("geopoint", "position", "geopoint"),
    QuestionType("geotrace", "text", "geotrace"),
    QuestionType("geoshape", "text", "geoshape"),
    QuestionType("date", "date", "date"),
    QuestionType("time", "text", "time"),
    QuestionType("dateTime", "datetime", "dateTime"),
    QuestionType("image", "media", "string"),
    QuestionType("audio", "media", "string"),
    QuestionType("video", "media", "string"),
    QuestionType("file", "media", "string"),
    QuestionType("barcode", "text", "string"),
    QuestionType("acknowledge", "boolean", "string"),
    QuestionType("calculate", "text", "string", is_asked=False),
    QuestionType("hidden", "text", "string", is_asked=False),
    QuestionType("start", "datetime", "dateTime", is_asked=False),
    QuestionType("end", "datetime", "dateTime", is_asked=False),
    QuestionType("today", "date", "date", is_asked=False),
    QuestionType("start-geopoint", "position", "geopoint", is_asked=False),
    QuestionType("background-audio", "media", "string", is_asked=False),
    QuestionType("deviceid", "text", "string", is_asked=False),
    QuestionType("username", "text", "string", is_asked=False),
    QuestionType("phonenumber", "text", "string", is_asked=False),
    QuestionType("email", "text", "string", is_asked=False),
    QuestionType("simserial", "text", "string", is_asked=False),
    QuestionType("subscriberid", "text", "string", is_asked=False),
)

SELECT_TYPES = ("select_one", "select_multiple", "select_one_from_file", "select_multiple_from_file", "rank")
MULTIPLE_TYPES = ("select_multiple", "select_multiple_from_file", "rank")
METADATA_TYPES = (
    "start",
    "end",
    "today",
    "start-geopoint",
    "background-audio",
    "deviceid",
    "username",
    "phonenumber",
    "email",
    "simserial",
    "subscriberid",
)

PRELOADS: Mapping[tuple[str, str], str] = {
    ("timestamp", "start"): "start",
    ("timestamp", "end"): "end",
    ("date", "today"): "today",
    ("property", "deviceid"): "deviceid",
    ("property", "username"): "username",
    ("property", "phonenumber"): "phonenumber",
    ("property", "email"): "email",
    ("property", "simserial"): "simserial",
    ("property", "subscriberid"): "subscriberid",
}
"""The XForm's preload and its parameter, to the metadata type that XLSForm writes for it."""

BIND_TYPES: Mapping[str, str] = {
    "int": "integer",
    "decimal": "decimal",
    "date": "date",
    "time": "time",
    "dateTime": "dateTime",
    "geopoint": "geopoint",
    "geotrace": "geotrace",
    "geoshape": "geoshape",
    "barcode": "barcode",
    "string": "text",
}
"""The XForm's bind type to the XLSForm type of a question that is typed in."""

UPLOAD_TYPES: Mapping[str, str] = {"image/*": "image", "audio/*": "audio", "video/*": "video"}
"""The upload's media type to the XLSForm type; any other media type is "file"."""
