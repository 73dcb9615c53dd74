"""The estimates: one tidy table with a row per indicator and domain, from which every number of a table, chart or report is taken.

Interviews of a visit are compared within that visit, because a look-back goes to the same households again. Where villages and households
were drawn by chance, figures are weighted and have standard errors and intervals (`analysis.estimation`). Whoever was chosen on purpose
stands for nobody else: such a figure is *observed*, unweighted, without standard error and interval.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.bundle import Bundle
from analysis.estimation.sums import centres_of
from analysis.estimation.suppression import Suppression
from analysis.frame.population import incomplete_frames
from analysis.frame.raking import Raking, check_margins
from analysis.tidy.figures import complete, partitions_of
from analysis.tidy.table import BASES, COLUMNS, Block, block_of, table_of
from analysis.tidy.work import LONELY, Work, problems_of_tables, read_work, units_of, weigh_form
from questionnaires.errors import SurveyError

__all__ = ["BASES", "COLUMNS", "LONELY", "Estimated", "compute_estimates", "compute_indicators", "units_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Estimated:
    """The estimates (`COLUMNS`) that could be made, and what stood in the way of others or makes some less sure."""

    table: pd.DataFrame
    problems: tuple[SurveyError, ...]


def compute_indicators(
    bundle: Bundle, *, visit_ids: Collection[str] | None = None, minimum_n: int = 0, calibrate: Sequence[str] = ()
) -> pd.DataFrame:
    """The estimates of `compute_estimates` alone; figures from fewer than `minimum_n` answers are suppressed."""
    return compute_estimates(bundle, visit_ids=visit_ids, suppression=Suppression(minimum_n), calibrate=calibrate).table


def compute_estimates(
    bundle: Bundle,
    *,
    visit_ids: Collection[str] | None = None,
    suppression: Suppression | None = None,
    domain_types: Collection[str] | None = None,
    calibrate: Sequence[str] = (),
) -> Estimated:
    """Every form's indicators over all interviews, visits, counties, villages and kinds of household, and the problems met.

    Rows are in the order of the forms, their indicators, `DOMAIN_KEYS` and the codes. Shares are 0 to 1. A domain without a usable answer
    has n = 0 and no estimate; one that `suppression` applies to has `suppressed` true and no figures. `visit_ids` limits the interviews,
    `domain_types` the domains. `calibrate` names what weights are brought to, of `analysis.frame.raking.MARGINS`: the frame's numbers of
    households; where that cannot be done, a problem says so and weights are those of the draw. INVALID_VALUE for another name.
    """
    check_margins(calibrate)
    problems = [*bundle.problems, *problems_of_tables(bundle)]
    incomplete = dict(incomplete_frames(bundle, [visit.id for visit in bundle.visits]))
    raking = Raking(calibrate, bundle.households, incomplete) if calibrate else None
    blocks: list[Block] = []
    for form_order, form in enumerate(bundle.forms.values()):
        weighed = weigh_form(bundle, form)
        for table in form.tables:
            work = read_work(bundle, form, table, visit_ids, problems, raking, incomplete, weighed)
            if work is not None:
                blocks += _blocks(work, form_order, suppression or Suppression(), domain_types)
    # The tables of a form share its sample, and so what is wrong with it.
    return Estimated(table_of(blocks), tuple({str(problem): problem for problem in problems}.values()))


def _blocks(work: Work, form_order: int, suppression: Suppression, domain_types: Collection[str] | None) -> Iterator[Block]:
    """The estimates of one table, a block for each of `DOMAIN_KEYS`."""
    for place, groups, domains in partitions_of(work, domain_types, centres_of(work.measures)):
        completed = complete(work, groups, domains)
        yield block_of(work.form_id, completed, domains.domain_type, domains.keys, suppression, (form_order, place))
