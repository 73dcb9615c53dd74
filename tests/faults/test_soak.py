"""Everyday work for a while: interviews arrive, pages are opened, figures and datasets made; nothing is lost, and memory stays as it is.

`SURVEY_SOAK_MINUTES=60 pytest -m soak tests/faults/test_soak.py` goes on for an hour.
"""

import os
from collections.abc import Callable

import pytest

from benchmarks.soak_hour import GROWTH_MB, place, soak

pytestmark = pytest.mark.soak

MINUTES = float(os.environ.get("SURVEY_SOAK_MINUTES", "0.5"))
LONG_ENOUGH = 20
"""After so many minutes caches are full, and what grows then grows for ever."""


def test_soak__everyday_work__loses_nothing_and_does_not_grow(
    record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_EXPORT_LIMIT", "")  # which is put back as it was, whatever the soak sets
    with place("SQLite") as (folder, url, database):
        soaked = soak(folder, url, MINUTES, database)
    record_property("sent", soaked.n_sent)
    record_property("stored", soaked.n_stored)
    record_property("pages and files", soaked.n_asked)
    record_property("memory_mb", f"{soaked.memory[0][1]:.0f} to {soaked.memory[-1][1]:.0f}")
    if MINUTES >= LONG_ENOUGH:
        record_property("mb_an_hour", f"{soaked.slope_mb_per_hour:+.1f}")
    assert soaked.n_stored == soaked.n_sent
    assert set(soaked.statuses) <= {200, 201}
    assert MINUTES < LONG_ENOUGH or soaked.growth_mb < GROWTH_MB
