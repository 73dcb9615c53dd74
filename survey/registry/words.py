"""What the pages of the registry call relations, states and reasons, in the reader's language."""

from flask_babel import lazy_gettext as _l

SEX_LABELS = {"male": _l("Male"), "female": _l("Female")}
RELATION_LABELS = {
    "head": _l("Head"),
    "spouse": _l("Spouse"),
    "child": _l("Child"),
    "child_in_law": _l("Child-in-law"),
    "grandchild": _l("Grandchild"),
    "parent": _l("Parent"),
    "parent_in_law": _l("Parent-in-law"),
    "grandparent": _l("Grandparent"),
    "sibling": _l("Brother or sister"),
    "other": _l("Another relative"),
}
SCHOOLING_LABELS = {
    "preschool": _l("Below school age"),
    "none": _l("None or hardly any schooling"),
    "primary": _l("Primary school"),
    "junior": _l("Junior secondary school"),
    "senior": _l("Senior secondary school"),
    "vocational": _l("Vocational school"),
    "college": _l("College or more"),
}
HEALTH_LABELS = {
    "healthy": _l("Healthy"),
    "chronic": _l("Chronically ill"),
    "serious": _l("Seriously ill"),
    "disabled": _l("Disabled"),
}
WORK_LABELS = {
    "none": _l("Not working"),
    "home": _l("Works at home"),
    "township": _l("Away within the township"),
    "county": _l("Away within the county"),
    "province": _l("Away within the province"),
    "beyond": _l("Away beyond the province"),
}
LEAVING_LABELS = {
    "died": _l("Died"),
    "married_out": _l("Married out"),
    "moved_out": _l("Moved out"),
    "mistake": _l("Entered by mistake"),
    "other": _l("Another reason"),
}
IDENTIFICATION_LABELS = {
    "registered": _l("Registered"),
    "supported": _l("Supported"),
    "lifted_out": _l("Lifted out of poverty"),
    "accepted": _l("Accepted by inspection"),
    "struck_off": _l("Struck off"),
    "registered_again": _l("Registered again"),
}
MEMBER_FIELD_LABELS = {
    "name": _l("Full name"),
    "sex": _l("Sex"),
    "birth_year": _l("Year of birth"),
    "relation": _l("Relation to the head"),
    "schooling": _l("Schooling"),
    "health": _l("State of health"),
    "work": _l("Work"),
    "id_number": _l("Identity number"),
}
VALUE_LABELS = {
    "sex": SEX_LABELS,
    "relation": RELATION_LABELS,
    "schooling": SCHOOLING_LABELS,
    "health": HEALTH_LABELS,
    "work": WORK_LABELS,
}
"""The fields of a person that hold a term, with what the terms are called."""
