"""What the pages of draws call methods, states and reasons, and a design in sentences, in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from survey.draws.design import CHANCE_AMONG_HOUSEHOLDS, KINDS, MARKERS, Design
from survey.outcomes.words import OUTCOME_LABELS
from survey.places.words import KIND_LABELS, MARKER_LABELS

VILLAGE_METHOD_LABELS = {
    "named": _l("Villages chosen on purpose"),
    "all": _l("All villages of the chosen counties"),
    "simple": _l("Simple random: every village with the same probability"),
    "systematic": _l("Systematic: at even distances in the order of codes, from a start by chance"),
    "pps": _l("Proportional to size: villages with more households more probably"),
}
HOUSEHOLD_METHOD_LABELS = {
    "all": _l("The whole village"),
    "simple": _l("Simple random"),
    "systematic": _l("Systematic: at even distances in the order of numbers, from a start by chance"),
    "stratified": _l("Stratified: so many of each kind of household"),
    "named": _l("Households chosen on purpose"),
}
SEED_SOURCE_LABELS = {
    "program": _l("The program throws it; nobody sees it before the opening"),
    "mixed": _l("Dice or lots thrown in public, with a secret part of the program"),
    "public": _l("Dice or lots alone: whoever saw them can work the draw out"),
}
DRAW_STATE_LABELS = {"sealed": _l("Sealed"), "opened": _l("Unsealed"), "voided": _l("Voided")}
UNIT_STATE_LABELS = {
    "drawn": _l("Drawn"),
    "taken": _l("Came in for another"),
    "replaced": _l("Replaced"),
    "reserve": _l("Reserve"),
    "out": _l("Village not in the sample"),
}
VILLAGE_REASON_LABELS = {
    "cut_off": _l("Roads or weather do not let pairs through"),
    "announced": _l("Word of the visit has got out there"),
    "resettled": _l("The village was resettled or merged"),
    "other": _l("Other reason"),
}
REASON_LABELS = {
    **{name: OUTCOME_LABELS[name] for name in ("refused", "absent", "moved", "died", "not_found")},
    "other": _l("Other reason"),
}
STRATUM_LABELS = {"all": _l("all"), "named": _l("chosen on purpose")}


def stratum_label(stratum: str) -> str:
    """A stratum of households in words: its kind, and its special group if it is one."""
    kind, _slash, group = stratum.partition("/")
    words = [str(KIND_LABELS.get(kind) or STRATUM_LABELS.get(kind) or kind)] if kind != "all" or not group else []
    return " · ".join([*words, str(MARKER_LABELS[group])] if group in MARKER_LABELS else words)


def villages_sentence(design: Design, county_names: Mapping[str, str]) -> str:
    """The first stage in words."""
    stage = design.villages
    places = _(", ").join(county_names.get(code, code) for code in stage.counties)
    if stage.method == "named":
        return ngettext("%(num)s village chosen on purpose", "%(num)s villages chosen on purpose", len(stage.named))
    if stage.method == "all":
        return _("All villages of %(places)s", places=places)
    how = {"simple": _("simple random"), "systematic": _("systematic"), "pps": _("proportional to size")}[stage.method]
    if stage.is_per_county:
        return ngettext(
            "%(num)s village in each of %(places)s, %(how)s",
            "%(num)s villages in each of %(places)s, %(how)s",
            stage.n,
            places=places,
            how=how,
        )
    return ngettext("%(num)s village of %(places)s, %(how)s", "%(num)s villages of %(places)s, %(how)s", stage.n, places=places, how=how)


def households_sentence(design: Design) -> str:
    """The second stage in words."""
    stage = design.households
    if stage.method == "all":
        return _("Every household of each village")
    if stage.method == "named":
        return ngettext("%(num)s household chosen on purpose", "%(num)s households chosen on purpose", len(stage.named))
    if stage.method == "stratified":
        quotas = _(", ").join(f"{KIND_LABELS[kind]} {stage.quotas[kind]}" for kind in KINDS if kind in stage.quotas)
        text = _("In each village by kind: %(quotas)s", quotas=quotas)
    elif stage.method == "systematic":
        text = ngettext("%(num)s household of each village, systematic", "%(num)s households of each village, systematic", stage.n)
    else:
        text = ngettext("%(num)s household of each village, simple random", "%(num)s households of each village, simple random", stage.n)
    if stage.special:
        quotas = _(", ").join(f"{MARKER_LABELS[marker]} {stage.special[marker]}" for marker in MARKERS if marker in stage.special)
        text = _("%(text)s; of them at least: %(quotas)s", text=text, quotas=quotas)
    return text


def reserves_sentence(design: Design) -> str:
    """How many villages and households are drawn in reserve, in words."""
    villages, households = design.villages, design.households
    parts = []
    if villages.reserves:
        in_each = ngettext("Up to %(num)s village in each county", "Up to %(num)s villages in each county", villages.reserves)
        parts.append(in_each if villages.is_per_county else ngettext("Up to %(num)s village", "Up to %(num)s villages", villages.reserves))
    if households.method in CHANCE_AMONG_HOUSEHOLDS and households.reserves:
        up_to = ngettext(
            "Up to %(num)s household in each stratum of each village",
            "Up to %(num)s households in each stratum of each village",
            households.reserves,
        )
        parts.append(up_to)
    return _("; ").join(parts) or _("None")
