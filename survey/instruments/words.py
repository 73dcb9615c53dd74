"""What the pages of questionnaires call kinds of questions and figures, in the reader's language."""

from flask_babel import lazy_gettext as _l

KIND_LABELS = {
    "group": _l("Section"),
    "repeat": _l("Repeated for each"),
    "text": _l("Text"),
    "integer": _l("Whole number"),
    "decimal": _l("Decimal number"),
    "range": _l("Range"),
    "select_one": _l("One choice"),
    "select_multiple": _l("Several choices"),
    "select_one_from_file": _l("One choice"),
    "select_multiple_from_file": _l("Several choices"),
    "rank": _l("Ranking"),
    "note": _l("Note"),
    "geopoint": _l("Position"),
    "geotrace": _l("Line on the map"),
    "geoshape": _l("Area on the map"),
    "date": _l("Date"),
    "time": _l("Time"),
    "dateTime": _l("Date and time"),
    "image": _l("Picture"),
    "audio": _l("Sound"),
    "video": _l("Film"),
    "file": _l("File"),
    "barcode": _l("Barcode"),
    "acknowledge": _l("Confirmation"),
    "calculate": _l("Calculated"),
    "hidden": _l("Filled in by the tablet"),
}
INDICATOR_KIND_LABELS = {
    "share": _l("Share"),
    "mean": _l("Mean"),
    "total": _l("Total"),
    "ratio": _l("Ratio"),
    "median": _l("Median"),
    "quantile": _l("Quantile"),
    "distribution": _l("Distribution"),
    "function": _l("By formula"),
}
GOOD_LABELS = {"high": _l("high is good"), "low": _l("low is good"), "": ""}
WEIGHT_LABELS = {"breaks": _l("Parts the data"), "check": _l("Look at it"), "fine": _l("Does no harm")}
WEIGHT_TONES = {"breaks": "bad", "check": "warn", "fine": "good"}
PROBLEM_LABELS = {"error": _l("Error"), "warning": _l("Warning")}
