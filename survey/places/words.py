"""What the pages of places call levels, kinds, causes and markers, in the reader's language."""

from flask_babel import lazy_gettext as _l

LEVEL_LABELS = {
    "province": _l("Province"),
    "city": _l("City"),
    "county": _l("County"),
    "township": _l("Township"),
    "village": _l("Village"),
}
KIND_LABELS = {
    "registered": _l("Registered poor"),
    "lifted_out": _l("Lifted out"),
    "marginal": _l("Marginal"),
    "ordinary": _l("Ordinary"),
}
CAUSE_LABELS = {
    "illness": _l("Illness"),
    "disability": _l("Disability"),
    "schooling": _l("Cost of schooling"),
    "disaster": _l("Disaster"),
    "land": _l("Lack of land"),
    "water": _l("Lack of water"),
    "skills": _l("Lack of skills"),
    "labour": _l("Lack of labour"),
    "funds": _l("Lack of funds"),
    "transport": _l("Poor transport"),
    "motivation": _l("Lack of own drive"),
    "other": _l("Another cause"),
}
MARKER_LABELS = {
    "old": _l("Old"),
    "sick": _l("Sick"),
    "disabled": _l("Disabled"),
    "other_special": _l("Other special case"),
}
FIELD_LABELS = {
    "number": _l("Number"),
    "head_name": _l("Head of household"),
    "kind": _l("Kind of household"),
    "n_members": _l("Members"),
    "cause": _l("Main cause of poverty"),
    "group_name": _l("Village group"),
    "markers": _l("Special attention"),
    "latitude": _l("Latitude"),
    "longitude": _l("Longitude"),
}
