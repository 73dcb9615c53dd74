"""Which figures are too unsure to be told: the one rule for tables, charts, reports and pages."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Suppression:
    """The least number of answers; the largest standard error as a share of the estimate, or within 0 to 1 the widest interval.

    None means no limit. Relative errors do not suit shares, where they are large near 0 and small near 1 for the same interval
    (Parker et al. 2017, NCHS Vital and Health Statistics 2(175)).
    """

    minimum_n: int = 0
    largest_relative_error: float | None = None
    widest_interval: float | None = None

    def applies(
        self, n: Numbers, estimate: Numbers, se: Numbers, ci_low: Numbers, ci_high: Numbers, is_part: Flags, least: Numbers | int = 0
    ) -> Flags:
        """Whether each figure is to be left out; one without answers is none. `least` answers each needs anyhow, whatever the limits."""
        is_out = (n > 0) & (n < np.maximum(self.minimum_n, least))
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.largest_relative_error is not None:
                is_out |= ~is_part & (se > 0) & (se / np.abs(estimate) > self.largest_relative_error)
            if self.widest_interval is not None:
                is_out |= is_part & (ci_high - ci_low > self.widest_interval)
        return is_out
