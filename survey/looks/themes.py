"""The themes that a page can have, and which of them the visitor chose on this device.

The server writes the choice into the page, so that a page is drawn in its colours from the start and needs no script for it.
What the themes look like stands in static/css/tokens.css.
"""

from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

COOKIE = "theme"


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: its name in addresses and style sheets, what people call it, its icon, and the schemes of colours that it may be in."""

    name: str
    label: LazyString
    icon: str
    schemes: str
    """As `<meta name="color-scheme">` has it: what a browser paints before it has read a style sheet."""


AUTOMATIC = Theme("automatic", _l("As the device"), "monitor", "light dark")
THEMES = {
    theme.name: theme
    for theme in (
        AUTOMATIC,
        Theme("light", _l("Light"), "sun", "light"),
        Theme("dark", _l("Dark"), "moon", "dark"),
        Theme("contrast", _l("High contrast"), "contrast", "light"),
    )
}


def chosen_theme() -> Theme:
    """The theme that the visitor chose on this device, else the one that follows the device."""
    return THEMES.get(request.cookies.get(COOKIE, ""), AUTOMATIC)


def looks_context() -> dict[str, Any]:
    """What every page is told of themes: the one it is in, and all."""
    return {"theme": chosen_theme(), "themes": tuple(THEMES.values())}
