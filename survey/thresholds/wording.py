"""What an estimate beyond its threshold says in both languages: as the title of an issue, and as its evidence with the day's numbers."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from flask_babel import LazyString, force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from analysis.measures import SHARE_UNIT
from analysis.words import value_text
from survey.pages.dates import format_date
from survey.pages.language import LANGUAGES
from survey.thresholds.crossing import HIGH, Crossing

BASIS_LABELS: Mapping[str, LazyString] = {
    "purposive": _l("Observed at villages chosen on purpose"),
    "probability": _l("Estimated from villages drawn by chance"),
    "census": _l("Every village was visited"),
}


def threshold_text(crossing: Crossing, language: str) -> str:
    """The right side of the crossed threshold in words; see `limit_text`."""
    return limit_text(crossing.threshold, crossing.unit, crossing.good, language)


def limit_text(threshold: float, unit: str, good: str, language: str) -> str:
    """The right side of a threshold in words, in the language in force: "90% or more", "below 2%"."""
    value = value_text(threshold, unit, language).replace(".0", "")
    if good != HIGH:
        return _("below %(value)s", value=value)
    # More than all of them cannot be asked for.
    return value if unit == SHARE_UNIT and threshold >= 1 else _("%(value)s or more", value=value)


def interval_text(crossing: Crossing, language: str) -> str:
    """The interval and whether all of it lies beyond the threshold, in the language in force; "" without one."""
    if crossing.is_certain is None:
        return ""
    low, high = (value_text(value, crossing.unit, language) for value in (crossing.ci_low, crossing.ci_high))
    told = _("95%% interval %(low)s to %(high)s", low=low, high=high)
    return f"{told}{_('; ')}{_('all of it beyond the threshold') if crossing.is_certain else _('it reaches across the threshold')}"


def title_of(crossing: Crossing, language: str) -> str:
    """The title of an issue raised from it, in the language in force."""
    value, limit = value_text(crossing.estimate, crossing.unit, language), threshold_text(crossing, language)
    return _("%(indicator)s %(value)s, where it should be %(limit)s", indicator=crossing.labels[language], value=value, limit=limit)


def told_by(crossing: Crossing, today: date) -> dict[str, Any]:
    """What is kept of it as evidence: title and lines by language, and the numbers themselves, whatever becomes of the estimate."""
    titles, lines = {}, {}
    for language in LANGUAGES:
        with force_locale(language):
            titles[language] = title_of(crossing, language)
            lines[language] = _lines(crossing, language, today)
    numbers = asdict(replace(crossing, labels={})) | {"as_of": today.isoformat()}
    return {"title": titles, "lines": lines, "estimate": numbers}


def _lines(crossing: Crossing, language: str, today: date) -> list[list[str]]:
    value = value_text(crossing.estimate, crossing.unit, language)
    figure = _("%(value)s, of %(n)s answers", value=value, n=crossing.n)
    if crossing.n_missing:
        figure += f"{_('; ')}{_('%(n)s without one', n=crossing.n_missing)}"
    told = [
        [crossing.labels[language], figure],
        [_("Threshold"), threshold_text(crossing, language)],
        [_("Basis"), _("; ").join(filter(None, (str(BASIS_LABELS[crossing.basis]), interval_text(crossing, language))))],
    ]
    if shown := crossing.shown:
        counts = {
            "n": shown.households,
            "asked": shown.households_asked,
            "villages": shown.villages,
            "villages_asked": shown.villages_asked,
        }
        words = _("%(n)s of %(asked)s asked; villages: %(villages)s of %(villages_asked)s", **counts)
        told.append([_("Households on the wrong side"), words])
    return [*told, [_("As of"), format_date(today, "medium")]]
