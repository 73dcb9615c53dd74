"""The XLSForm question types as data: what kind of value each one yields, and whether anybody is asked."""

import re
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
_PROPERTIES = ("deviceid", "username", "phonenumber", "email", "simserial", "subscriberid")
PRELOADS: Mapping[tuple[str, str], str] = {
    ("timestamp", "start"): "start",
    ("timestamp", "end"): "end",
    ("date", "today"): "today",
    **{("property", f"{scheme}{name}"): name for scheme in ("", "uri:") for name in _PROPERTIES},
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


@dataclass(frozen=True, slots=True)
class Appearance:
    """One word of the appearance column: the types (or "group", "repeat") it is written at, and whether it has a widget of its own."""

    name: str
    types: tuple[str, ...]
    is_full: bool = True
    """False when the tablet page shows the type's plain widget instead; the check says so."""
    pattern: str = ""
    """For a family of words what they look like, as a regular expression; `name` then only says how they are written."""
    is_always_so: bool = False
    """Whether the page does what the word asks for with the word and without."""

    def covers(self, word: str) -> bool:
        """Whether a word of the appearance column is this appearance."""
        return re.fullmatch(self.pattern or re.escape(self.name), word) is not None


_TYPED = ("text", "integer", "decimal")
_CHOSEN = ("select_one", "select_multiple", "select_one_from_file", "select_multiple_from_file")
_PLACES = ("geopoint", "geotrace", "geoshape")
_DRAWN = tuple(name for name, each in QUESTION_TYPES.items() if each.is_asked)
_CALENDARS = ("ethiopian", "coptic", "islamic", "bikram-sambat", "myanmar", "persian", "buddhist")

APPEARANCES: tuple[Appearance, ...] = (
    Appearance("field-list", ("group",)),
    Appearance("field-list", ("repeat",), is_always_so=True),
    Appearance("table-list", ("group",)),
    Appearance("label", _CHOSEN),
    Appearance("list-nolabel", _CHOSEN),
    Appearance("list", _CHOSEN),
    Appearance("multiline", ("text",)),
    Appearance("numbers", ("text",)),
    Appearance("thousands-sep", ("text", "integer", "decimal")),
    Appearance("masked", _TYPED),
    Appearance("url", ("text", "note"), is_full=False),
    Appearance("ex:…", (*_TYPED, "image", "audio", "video", "file", "group"), is_full=False, pattern="ex:.+"),
    Appearance("printer:…", ("text",), is_full=False, pattern="printer:.+"),
    Appearance("bearing", ("decimal",), is_full=False),
    Appearance("counter", ("integer",)),
    Appearance("minimal", _CHOSEN),
    Appearance("autocomplete", _CHOSEN),
    Appearance("search", _CHOSEN),
    Appearance("search(…)", ("select_one", "select_multiple"), pattern=r"search\(.+"),
    Appearance("quick", ("select_one", "select_one_from_file")),
    Appearance("columns", _CHOSEN),
    Appearance("columns-n", _CHOSEN, pattern=r"columns-\d+"),
    Appearance("columns-pack", _CHOSEN),
    Appearance("compact", _CHOSEN),
    Appearance("compact-n", _CHOSEN, pattern=r"compact-\d+"),
    Appearance("quickcompact", ("select_one", "select_one_from_file")),
    Appearance("horizontal", _CHOSEN),
    Appearance("horizontal-compact", _CHOSEN),
    Appearance("no-buttons", _CHOSEN),
    Appearance("likert", ("select_one", "select_one_from_file")),
    Appearance("image-map", _CHOSEN),
    Appearance("map", ("select_one", "select_one_from_file")),
    Appearance("maps", ("geopoint",)),
    Appearance("placement-map", ("geopoint",)),
    Appearance("hide-input", ("geopoint",), is_full=False),
    Appearance("no-calendar", ("date", "dateTime")),
    Appearance("month-year", ("date",)),
    Appearance("year", ("date",)),
    *(Appearance(name, ("date", "dateTime"), is_full=False) for name in _CALENDARS),
    Appearance("picker", ("range",)),
    Appearance("rating", ("range",)),
    Appearance("no-ticks", ("range",)),
    Appearance("vertical", ("range",)),
    Appearance("distress", ("range",), is_full=False),
    Appearance("analog-scale", ("range", "integer"), is_full=False),
    Appearance("show-scale", ("range", "integer"), is_full=False),
    Appearance("new", ("image", "audio", "video")),
    Appearance("new", ("file",), is_full=False),
    Appearance("new-front", ("image", "video")),
    Appearance("new-rear", ("image", "video")),
    Appearance("signature", ("image",)),
    Appearance("draw", ("image",)),
    Appearance("annotate", ("image",)),
    Appearance("w1 … w12", (*_DRAWN, "group"), is_full=False, pattern=r"w\d{1,2}"),
    Appearance("comment", ("text",), is_full=False),
)
"""Every appearance that ODK, KoboToolbox and Enketo know. Sources: xlsform.org, "Appearance"; docs.getodk.org/form-question-types;
the Enketo documentation on widgets. What stands here as full is drawn by `survey/tablet`, and docs/xlsform_coverage.md is made from it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One word of the parameters column: the types it is written at, an example of its value, and whether it changes anything here."""

    name: str
    types: tuple[str, ...]
    example: str
    is_full: bool = True


_FROM_FILE = ("select_one_from_file", "select_multiple_from_file")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter("start", ("range",), "2"),
    Parameter("end", ("range",), "8"),
    Parameter("step", ("range",), "3"),
    Parameter("tick_interval", ("range",), "2"),
    Parameter("placeholder", ("range",), "5"),
    Parameter("tick_labelset", ("range",), "scale", is_full=False),
    Parameter("randomize", (*_CHOSEN, "rank"), "true"),
    Parameter("seed", (*_CHOSEN, "rank"), "7"),
    Parameter("value", _FROM_FILE, "parent"),
    Parameter("label", _FROM_FILE, "parent"),
    Parameter("max-pixels", ("image",), "640"),
    Parameter("app", ("image",), "org.example.app", is_full=False),
    Parameter("quality", ("audio", "background-audio"), "voice-only"),
    Parameter("capture-accuracy", ("geopoint",), "10"),
    Parameter("warning-accuracy", ("geopoint",), "30"),
    Parameter("allow-mock-accuracy", _PLACES, "true", is_full=False),
    Parameter("incremental", ("geotrace", "geoshape"), "true", is_full=False),
    Parameter("rows", ("text",), "5"),
    Parameter("track-changes", ("audit",), "true"),
    Parameter("track-changes-reasons", ("audit",), "on-form-edit"),
    Parameter("identify-user", ("audit",), "true"),
    Parameter("location-priority", ("audit",), "balanced location-min-interval=60 location-max-age=120"),
    Parameter("location-min-interval", ("audit",), "60 location-priority=balanced location-max-age=120"),
    Parameter("location-max-age", ("audit",), "120 location-priority=balanced location-min-interval=60"),
)
"""Every parameter of XLSForm. Source: xlsform.org and pyxform, whose check refuses any other."""


def find_appearance(word: str, type_name: str) -> Appearance | None:
    """The row of `APPEARANCES` for a word written at a question of a type (or at "group", "repeat"); None when there is none."""
    return next((each for each in APPEARANCES if type_name in each.types and each.covers(word)), None)
