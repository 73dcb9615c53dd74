"""What the pages call sources, kinds of discrepancies and where a finding comes from, in the reader's language."""

from flask_babel import lazy_gettext as _l

SOURCE_LABELS = {
    "said": _l("Said"),
    "filed": _l("Filed"),
    "seen": _l("Seen"),
    "judged": _l("Found at the file"),
}
PICTURE_LABELS = {"said": _l("What was said"), "filed": _l("Page of the file"), "seen": _l("What was seen")}
KIND_LABELS = {
    "agrees": _l("Agrees"),
    "differs": _l("Differs"),
    "missing": _l("Missing from the file"),
    "out_of_date": _l("Out of date"),
    "cannot_verify": _l("Cannot be verified"),
}
KIND_TONES = {"agrees": "good", "differs": "bad", "missing": "bad", "out_of_date": "warn", "cannot_verify": "info"}
BASIS_LABELS = {
    "corrected": _l("corrected"),
    "judged": _l("found at the file"),
    "computed": _l("by the answers"),
}
REMARK_LABELS = {
    "against_file_check": _l("The pair found agreement at the file; the answers say otherwise."),
    "said_otherwise": _l("What was said differs from one questionnaire to the other."),
    "seen_otherwise": _l("What was seen differs from one questionnaire to the other."),
    "not_read": _l("The file was not read for this item."),
    "other_types": _l("The questionnaires hold this item in different forms; compare by eye."),
    "older_values": _l("The correction was made for earlier answers and no longer applies."),
}
DECIDED_LABELS = {
    "open": _l("Not looked at"),
    "corrected": _l("Kind corrected"),
    "offered": _l("Offered as evidence"),
}
UNIT_LABELS = {
    "cny": _l("yuan"),
    "10k_cny": _l("10,000 yuan"),
    "m2": "m²",
    "mu": _l("mu"),
    "ha": _l("hectares"),
    "kg": _l("kg"),
    "jin": _l("jin"),
    "t": _l("tonnes"),
    "m": _l("metres"),
    "li": _l("li"),
    "km": _l("km"),
    "minutes": _l("minutes"),
    "hours": _l("hours"),
    "days": _l("days"),
    "persons": _l("persons"),
    "times": _l("times"),
    "items": _l("items"),
    "share": "",
    "per_cent": "%",
}
