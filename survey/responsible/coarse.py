"""How much the responsible side is told of place and numbers, so that nothing leads to a household. Pure."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from survey.issues.identifying import FEW_HOUSEHOLDS, FEWEST_SAID
from survey.places.codes import level_of, parent_of


def told_place(place_code: str, n_interviewed: int) -> str:
    """The code of the place that is named: the township instead of a village in which fewer than five households were interviewed."""
    if level_of(place_code) != "village" or n_interviewed >= FEW_HOUSEHOLDS:
        return place_code
    return parent_of(place_code) or place_code


def households_text(n: int) -> str:
    """So many households, in words that name no smaller number than three."""
    if n < FEWEST_SAID:
        return _("fewer than three households")
    return ngettext("%(num)s household", "%(num)s households", n)


def villages_text(n: int) -> str:
    """So many villages, in words that name no smaller number than three."""
    if n < FEWEST_SAID:
        return _("fewer than three villages")
    return ngettext("%(num)s village", "%(num)s villages", n)


def basis_text(basis: Mapping[str, Any]) -> str:
    """How many show it of those asked; "" where that was not counted."""
    households, asked = basis.get("households"), basis.get("households_asked")
    villages, villages_asked = basis.get("villages"), basis.get("villages_asked")
    parts = []
    if isinstance(households, int) and isinstance(asked, int) and asked > 0:
        parts.append(_("%(affected)s, of %(asked)s asked", affected=households_text(households), asked=households_text(asked)))
    if isinstance(villages, int) and isinstance(villages_asked, int) and villages_asked >= FEWEST_SAID:
        parts.append(_("%(affected)s, of %(asked)s visited", affected=villages_text(villages), asked=villages_text(villages_asked)))
    return _("; ").join(parts)
