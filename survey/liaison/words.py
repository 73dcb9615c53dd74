"""What the pages of liaison call states, kinds, levels, skills and columns, in the reader's language."""

from flask_babel import lazy_gettext as _l

CONTACT_LEVEL_LABELS = {
    "province": _l("Province"),
    "city": _l("City"),
    "county": _l("County"),
}
REQUEST_STATE_LABELS = {
    "asked": _l("Asked for"),
    "partly": _l("Received in part"),
    "received": _l("Received whole"),
    "withdrawn": _l("Withdrawn"),
}
MEANS_LABELS = {
    "telephone": _l("By telephone"),
    "message": _l("By message"),
    "letter": _l("By letter"),
    "in_person": _l("In person"),
}
EXPERT_LEVEL_LABELS = {
    "central": _l("Central organisation"),
    "province": _l("Provincial organisation"),
    "city": _l("City organisation"),
    "county": _l("County organisation"),
}
AVAILABILITY_LABELS = {
    "available": _l("Available"),
    "limited": _l("Available at times"),
    "unavailable": _l("Not available"),
}
SKILL_LABELS = {
    "clinical_medicine": _l("Clinical medicine"),
    "public_health": _l("Public health"),
    "education": _l("Education and schools"),
    "agronomy": _l("Agronomy"),
    "animal_husbandry": _l("Animal husbandry"),
    "forestry": _l("Forestry"),
    "water_supply": _l("Water supply"),
    "construction": _l("Building and housing"),
    "economics": _l("Economics"),
    "finance_audit": _l("Finance and audit"),
    "law": _l("Law"),
    "statistics": _l("Statistics and surveys"),
    "sociology": _l("Sociology"),
    "environment": _l("Environment"),
    "information_technology": _l("Information technology"),
    "commerce": _l("Commerce and selling produce"),
}
"""The skills offered; others may be added in free words."""
GIVER_KIND_LABELS = {
    "enterprise": _l("Enterprise"),
    "party_organisation": _l("Organisation of the party"),
    "member": _l("Member of the party"),
    "foundation": _l("Foundation"),
    "institution": _l("School, hospital or institute"),
    "other": _l("Other giver"),
}
HELP_KIND_LABELS = {
    "money": _l("Money"),
    "goods": _l("Goods"),
    "services": _l("Services"),
    "project": _l("Project"),
    "training": _l("Training"),
    "other": _l("Other help"),
}
COLUMN_LABELS = {
    "giver": _l("Giver"),
    "giver_kind": _l("Kind of giver"),
    "help_kind": _l("Kind of help"),
    "amount": _l("Amount (10,000 yuan)"),
    "place": _l("Receiving place"),
    "year": _l("Year"),
    "note": _l("Note"),
}
