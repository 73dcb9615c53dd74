"""Units in which the same thing may be told: how many of the smallest each is. Data.

Source: GB 3100-1993 for metric units; the State Council's order of 1984 for mu, jin and li.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: only units of one `quantity` can be compared, each after being multiplied by its `factor`."""

    quantity: str
    factor: float


UNITS: Mapping[str, Unit] = {
    "cny": Unit("money", 1),
    "10k_cny": Unit("money", 10_000),
    "m2": Unit("area", 1),
    "mu": Unit("area", 10_000 / 15),
    "ha": Unit("area", 10_000),
    "kg": Unit("weight", 1),
    "jin": Unit("weight", 0.5),
    "t": Unit("weight", 1_000),
    "m": Unit("length", 1),
    "li": Unit("length", 500),
    "km": Unit("length", 1_000),
    "minutes": Unit("time", 1),
    "hours": Unit("time", 60),
    "days": Unit("time", 1_440),
    "persons": Unit("persons", 1),
    "times": Unit("times", 1),
    "items": Unit("items", 1),
    "share": Unit("share", 1),
    "per_cent": Unit("share", 0.01),
}
"""Every unit that the column `compare_unit` may name."""
