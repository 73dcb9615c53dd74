"""A position read from two cells of a spreadsheet: degrees as decimals, or in degrees, minutes and seconds. Pure."""

import re
import unicodedata

LATITUDE_HEADINGS = ("纬度", "北纬", "latitude", "lat")
LONGITUDE_HEADINGS = ("经度", "东经", "longitude", "lon", "lng")
LIMITS = {"latitude": 90.0, "longitude": 180.0}
"""How far each may lie from zero."""

_DEGREES = re.compile(
    r"(?P<sign>[+-]?)(?P<degrees>\d{1,3}(\.\d+)?)[°度]?((?P<minutes>\d{1,2}(\.\d+)?)['′分]((?P<seconds>\d{1,2}(\.\d+)?)(\"|″|''|秒))?)?"
)
_SOUTH_OR_WEST = re.compile(r"^(南纬|西经)|[SW]$")
_SIDE = re.compile(r"^(北纬|南纬|东经|西经)|[NSEW]$")


class NoDegrees(ValueError):
    """A text that is no such position; the argument is a reason's code name: "not_degrees" or "outside_degrees"."""


def read_degrees(text: str, name: str) -> float | None:
    """The degrees that a cell holds, south and west below zero, None for an empty one; `name` is "latitude" or "longitude".

    Understood are 33.3297, N33.3297 without a blank or with, 33°19′47″, 东经106度9分. Raises NoDegrees.
    """
    plain = "".join(unicodedata.normalize("NFKC", text.replace("″", '"').replace("′", "'")).split()).upper()
    if not plain:
        return None
    if plain[0] in "NSEW":
        plain = plain[1:] + plain[0]
    found = _DEGREES.fullmatch(_SIDE.sub("", plain))
    if found is None or float(found["minutes"] or 0) >= 60 or float(found["seconds"] or 0) >= 60:
        raise NoDegrees("not_degrees")
    value = float(found["degrees"]) + float(found["minutes"] or 0) / 60 + float(found["seconds"] or 0) / 3600
    if value > LIMITS[name]:
        raise NoDegrees("outside_degrees")
    return round(-value if found["sign"] == "-" or _SOUTH_OR_WEST.search(plain) else value, 7)


def read_position(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Both degrees, None where both cells are empty; NoDegrees "half_position" where only one is filled in."""
    north, east = read_degrees(latitude, "latitude"), read_degrees(longitude, "longitude")
    if north is None and east is None:
        return None
    if north is None or east is None:
        raise NoDegrees("half_position")
    return north, east
