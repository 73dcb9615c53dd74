"""Processes that work on parts: whichever is lost, its tasks are done again, and results come in the order of the tasks."""

from pathlib import Path

from analysis.scale.running import workers_of
from tests.analysis.scale.dying import Errand, square


def test_processes__one_of_which_is_killed__do_its_tasks_again(tmp_path: Path) -> None:
    errands = [Errand(number, number == 2, tmp_path / "killed") for number in range(4)]
    with workers_of(2) as workers:
        assert workers.run(square, errands, lambda done: None) == [0, 1, 4, 9]
    assert (tmp_path / "killed").exists()
