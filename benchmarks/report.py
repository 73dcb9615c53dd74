"""What a report costs: a county of 30 villages with some 40 tables and charts drafted as Word, the same refreshed after its data changed, a
ledger of 2,000 rows and one of 4,000, and 13 counties one after the other. Seconds of one core; memory is the most that was held.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.bundle import Bundle, Visit
from analysis.codebook import Column, Form, Table
from analysis.report import outline
from analysis.report.kinds.records import About, Sources
from analysis.report.kinds.registry import draft_outline
from analysis.report.live.drafting import redraft_from, sources_of_bundle
from analysis.report.live.refreshing import refresh_document
from analysis.report.texts import Figure as TextFigure
from analysis.report.word.document import write_word
from benchmarks.figure import Figure, peak_mb, print_figure
from questionnaires.model import AREAS, Choice, Indicator

N_VILLAGES, N_HOUSEHOLDS, N_INDICATORS, N_COUNTIES = 30, 1_000, 66, 13
KINDS = ("registered", "lifted_out", "marginal", "ordinary")
MARKERS = ("old", "sick", "disabled", "other_special")
VISIT, COUNTY, DAY = "visit", "610727", date(2018, 4, 28)
LEDGER_ROWS, LEDGER_COLUMNS = 2_000, 8
DRAFT_S, DRAFT_MB, LEDGER_S, LINEAR, REFRESH_S, BATCH_S = 8.0, 400.0, 5.0, 2.6, 3.0, 60.0
MEASURE = "--draft"


def generated_bundle(seed: int) -> Bundle:
    """A bundle in memory of one county, with six shares and means in each area; a tenth of the answers is missing."""
    random = np.random.default_rng(seed)
    codes = np.array([f"{COUNTY}{number:06}" for number in range(1, N_VILLAGES + 1)])
    village = np.arange(N_HOUSEHOLDS) % N_VILLAGES
    households = [f"h{number}" for number in range(N_HOUSEHOLDS)]
    rows = pd.DataFrame(
        {
            "instance_id": [f"uuid:{number}" for number in range(N_HOUSEHOLDS)],
            "visit_id": VISIT,
            "household_id": households,
            "household_kind": np.array(KINDS)[np.arange(N_HOUSEHOLDS) // N_VILLAGES % len(KINDS)],
            "village_code": codes[village],
            "lead_id": [f"lead{number % 20}" for number in range(N_HOUSEHOLDS)],
            "second_id": [f"second{number % 20}" for number in range(N_HOUSEHOLDS)],
            "duration_minutes": random.integers(30, 90, N_HOUSEHOLDS),
            "county": COUNTY,
        }
    )
    form = with_answers(rows, random)
    marks = [[MARKERS[number % 4]] if number % 5 == 0 else [] for number in range(N_HOUSEHOLDS)]
    candidate_columns = [
        "rule",
        "title_zh",
        "title_en",
        "area",
        "level",
        "severity",
        "instance_id",
        "visit_id",
        "village_code",
        "county_code",
    ]
    return Bundle(
        path=Path("generated"),
        dataset_hash=f"{seed:064}",
        visits=(Visit(VISIT, "调研", DAY, DAY, None, False),),
        forms={"household": form},
        tables={("household", "main"): rows},
        regions=places(codes),
        households=pd.DataFrame(
            {
                "household_id": households,
                "village_code": codes[village],
                "county_code": COUNTY,
                "kind": rows["household_kind"],
                "n_members": 3,
                "markers": marks,
            }
        ),
        visit_villages=pd.DataFrame({"visit_id": VISIT, "village_code": codes, "county_code": COUNTY, "basis": "purposive"}),
        candidates=pd.DataFrame(columns=candidate_columns, dtype="str"),
        review=pd.DataFrame(columns=["visit_id", "form_id", "county_code", "state", "n"]),
    )


def places(codes: Sequence[str]) -> pd.DataFrame:
    """The county and its villages."""
    names = ["略阳县", *(f"第{number}村" for number in range(1, len(codes) + 1))]
    levels = ["county", *["village"] * len(codes)]
    return pd.DataFrame({"code": [f"{COUNTY}000000", *codes], "name": names, "level": levels, "is_invented": False})


def with_answers(rows: pd.DataFrame, random: np.random.Generator) -> Form:
    """The form whose answers are put into the rows: two shares and a mean by turns in every area."""
    columns: list[Column] = []
    indicators: list[Indicator] = []
    for number in range(N_INDICATORS):
        name, area, label = f"q{number}", AREAS[number % len(AREAS)], {"zh": f"第{number}项指标", "en": f"Indicator {number}"}
        is_missing = random.random(len(rows)) < 0.1
        if number // len(AREAS) % 3 == 2:
            rows[name] = np.where(is_missing, np.nan, random.normal(10_000, 2_000, len(rows)))
            columns.append(Column(name, "decimal", name, label, (), True))
            indicators.append(Indicator(name, label, area, "mean", name, unit="cny"))
        else:
            rows[name] = pd.Series(random.choice(("yes", "no"), len(rows), p=(0.8, 0.2)), dtype="str").mask(is_missing)
            columns.append(Column(name, "category", name, label, (Choice("yes", {}), Choice("no", {})), True))
            indicators.append(Indicator(name, label, area, "share", name, ("yes",), good="high", threshold=0.8))
    return Form("household", {"zh": "农户问卷", "en": "Household"}, ("1",), (Table("main", None, tuple(columns)),), tuple(indicators), ())


def draft(bundle: Bundle) -> tuple[bytes, outline.Outline]:
    """The report on the county, and its outline."""
    drafted = draft_outline("county", Sources(About(VISIT, COUNTY), "zh", DAY, (bundle,)))
    return write_word(drafted, today=DAY), drafted


def ledger(n_rows: int) -> float:
    """Seconds that a ledger of so many rows takes to be written."""
    row = [f"第{number}栏的内容，约有二十个字" for number in range(LEDGER_COLUMNS - 1)]
    rows = tuple(outline.Row((TextFigure(str(number), f"count:row-{number}@ledger"), *row)) for number in range(n_rows))
    table = outline.Table("问题台账", tuple(f"栏{number}" for number in range(LEDGER_COLUMNS)), rows, (1.0,) * LEDGER_COLUMNS)
    began = time.process_time()
    write_word(outline.Outline("台账", "zh", (table,)), today=DAY)
    return time.process_time() - began


def measure_draft() -> None:
    """Print what one draft costs, in a process that has done nothing else."""
    bundle = generated_bundle(1)
    began = time.process_time()
    content, drafted = draft(bundle)
    seconds = time.process_time() - began
    n_blocks = sum(isinstance(block, outline.Table | outline.Picture) for block in drafted.blocks)
    figures = len(drafted.origin.evidence) if drafted.origin else 0
    detail = f"{n_blocks} tables and charts, {figures:,} different figures, {len(content) / 1024:,.0f} kB"
    print_figure(Figure(f"county report, {N_VILLAGES} villages", DRAFT_S, seconds, "s", detail))
    print_figure(Figure(f"county report, {N_VILLAGES} villages: memory", DRAFT_MB, peak_mb(), "MB"))


def main() -> None:
    """Print the figures."""
    subprocess.run([sys.executable, "-m", "benchmarks.report", MEASURE], check=True)
    content, _ = draft(generated_bundle(1))
    changed = generated_bundle(2)
    began = time.process_time()
    refreshed = refresh_document(content, lambda known: redraft_from(known, sources_of_bundle(known, changed, today=DAY)))
    seconds = time.process_time() - began
    print_figure(Figure("refresh of the county report", REFRESH_S, seconds, "s", f"{len(refreshed.changes):,} changes"))
    few, many = (min(ledger(n_rows) for _ in range(2)) for n_rows in (LEDGER_ROWS, 2 * LEDGER_ROWS))
    print_figure(Figure(f"ledger of {LEDGER_ROWS:,} rows", LEDGER_S, few, "s"))
    print_figure(Figure("ledger of twice the rows, times its time", LINEAR, many / few, "×"))
    counties = [replace(generated_bundle(number), dataset_hash=str(number)) for number in range(N_COUNTIES)]
    began = time.process_time()
    for bundle in counties:
        draft(bundle)
    print_figure(Figure(f"{N_COUNTIES} county reports one after the other", BATCH_S, time.process_time() - began, "s"))


if __name__ == "__main__":
    if MEASURE in sys.argv:
        measure_draft()
    else:
        main()
