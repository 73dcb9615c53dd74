"""Whoever does the work, on this machine or on a cluster, and whoever is lost in the middle of it, no figure changes."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import psutil
import pytest

from analysis.scale.large import estimate_large
from analysis.scale.running import workers_of
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.scale.nations import write_nation

pytestmark = pytest.mark.soak

distributed = pytest.importorskip("distributed", reason="Dask is not installed (requirements-dask.txt)")


@dataclass
class Assassin:
    """A report of progress that ends one process once the second figure of all has come."""

    victims: Callable[[], list[int]]
    killed: int = 0

    def __call__(self, done: int, total: int, what: str) -> None:
        if what == "figures" and 2 <= done < total and not self.killed:
            self.killed = self.victims()[0]
            os.kill(self.killed, signal.SIGKILL)


def _children() -> list[int]:
    """The processes that work for this one; the first one that it started keeps their semaphores."""
    return [each.pid for each in psutil.Process().children() if "spawn_main" in " ".join(each.cmdline())]


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of three counties."""
    return write_nation(tmp_path_factory.mktemp("nation") / "bundle", 5, has_strays=False)


@pytest.fixture(scope="module")
def alone(nation: Path) -> pd.DataFrame:
    """What this process makes of it by itself."""
    return estimate_large(nation, n_workers=1, at_once=1).table


def test_processes__one_of_which_is_killed__give_the_same_to_the_last_digit(nation: Path, alone: pd.DataFrame) -> None:
    assassin = Assassin(_children)
    found = estimate_large(nation, n_workers=2, at_once=1, progress=assassin)
    assert assassin.killed
    pd.testing.assert_frame_equal(found.table, alone, check_exact=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Of the libraries of the cluster, at its start and end.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_cluster__whose_worker_is_killed__gives_the_same_to_the_last_digit(nation: Path, alone: pd.DataFrame) -> None:
    options = {"n_workers": 2, "threads_per_worker": 1, "memory_limit": "512MB", "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(processes=True, **options) as cluster:
        assassin = Assassin(lambda: [nanny.pid for nanny in cluster.workers.values()])
        found = estimate_large(nation, scheduler=cluster.scheduler_address, at_once=1, progress=assassin)
    assert assassin.killed
    pd.testing.assert_frame_equal(found.table, alone, check_exact=True)


def test_cluster__that_does_not_answer__is_told_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.scale.running.CONNECT_SECONDS", 0.5)
    with pytest.raises(SurveyError) as refused, workers_of(1, "tcp://127.0.0.1:9"):
        pass
    assert refused.value.code == ErrorCode.UNREACHABLE_CLUSTER
    assert "127.0.0.1:9" in str(refused.value)
