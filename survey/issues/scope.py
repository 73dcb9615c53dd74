"""Whether what was found is a single case, several, or general: proposed from how many show it of those that were asked. Pure.

The method keeps the three apart, because a general problem is reported for its cause and a single case is followed for the household.
The thresholds are settings, so that an office can say where it draws the line; whoever draws it elsewhere for one issue says why.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where several cases become general: shares in per cent of the households and of the villages that were asked in the county.

    `single_households` is the largest number of households that still is a single case.
    """

    single_households: int = 1
    general_household_percent: int = 20
    general_village_percent: int = 50


@dataclass(frozen=True, slots=True)
class Basis:
    """How many households and villages of a county show something, of how many that were asked; None where nobody counted who was asked."""

    households: int = 0
    households_asked: int | None = None
    villages: int = 0
    villages_asked: int | None = None

    @property
    def household_share(self) -> float | None:
        """Households that show it of those asked, 0 to 1; None without a number asked."""
        return self.households / self.households_asked if self.households_asked else None

    @property
    def village_share(self) -> float | None:
        """Villages that show it of those asked, 0 to 1; None without a number asked."""
        return self.villages / self.villages_asked if self.villages_asked else None

    def record(self) -> dict[str, Any]:
        """The basis as it is kept beside an issue."""
        return asdict(self)


def read_basis(record: Mapping[str, Any]) -> Basis | None:
    """The basis that was kept beside an issue; None where none was."""
    names = Basis.__dataclass_fields__
    return Basis(**{name: value for name, value in record.items() if name in names}) if record.get("households") is not None else None


def propose_scope(basis: Basis, thresholds: Thresholds) -> str:
    """One of "single", "several", "general".

    General needs both shares at their thresholds and more than one village: a problem of every household of one village is that village's.
    Without a number of those asked nothing is called general.
    """
    if basis.households <= thresholds.single_households and basis.villages <= 1:
        return "single"
    households, villages = basis.household_share, basis.village_share
    if households is None or villages is None or basis.villages < 2:
        return "several"
    is_general = households * 100 >= thresholds.general_household_percent and villages * 100 >= thresholds.general_village_percent
    return "general" if is_general else "several"
