"""Reading questionnaires and judging full instances: the promises of speed of the questionnaire engine.

The largest form is the WHO verbal autopsy where the folder of shared forms lies beside the project, else a built-in form as large.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.figure import Figure, print_figure
from questionnaires.engine import engine_of
from questionnaires.instance import check_instance, parse_instance, write_instance
from questionnaires.model import Node, Question, Questionnaire, Repeat
from questionnaires.reader import read_questionnaire

ROOT = Path(__file__).parents[1]
LARGE_FORM = ROOT.parent / "shared" / "forms" / "whova_form.xlsx"
NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
N_RUNS = 60
VALUES: Mapping[str, Any] = {
    "integer": 2,
    "decimal": 2.5,
    "range": 2.0,
    "text": "some words",
    "date": "2017-06-01",
    "dateTime": "2017-06-01T10:00:00.000+08:00",
    "time": "10:00:00.000+08:00",
    "geopoint": {"latitude": 33.3, "longitude": 106.1, "altitude": 800.0, "accuracy": 5.0},
    "image": "picture.jpg",
    "acknowledge": "OK",
}


def fill(questionnaire: Questionnaire, children: Sequence[Node], n_instances: int) -> dict[str, Any]:
    """An answer to every question, `n_instances` of every repeat; what is irrelevant is dropped when it is written."""
    answers: dict[str, Any] = {}
    for node in children:
        if isinstance(node, Repeat):
            answers[node.name] = [fill(questionnaire, node.children, n_instances) for _ in range(n_instances)]
        elif not isinstance(node, Question):
            answers[node.name] = fill(questionnaire, node.children, n_instances)
        elif node.list_name and node.list_name in questionnaire.choices:
            name = questionnaire.choices[node.list_name][0].name
            answers[node.name] = [name] if node.type == "select_multiple" else name
        elif node.type in VALUES:
            answers[node.name] = VALUES[node.type]
    return answers


def milliseconds_to_check(questionnaire: Questionnaire, n_instances: int) -> tuple[float, int]:
    """The median processor time to parse and check one full instance, and how many of its nodes hold something."""
    xml = write_instance(questionnaire, fill(questionnaire, questionnaire.children, n_instances), instance_id="uuid:1", now=NOW)
    times = []
    for _ in range(N_RUNS):
        start = process_time()
        check_instance(questionnaire, parse_instance(xml), now=NOW)
        times.append((process_time() - start) * 1000)
    return median(times), sum(1 for element in parse_instance(xml).iter() if element.text)


def main() -> None:
    """Prints a figure per promise."""
    large_path = LARGE_FORM if LARGE_FORM.exists() else ROOT / "questionnaires" / "household.md"
    start = perf_counter()
    large = read_questionnaire(large_path)
    print_figure(Figure("Read and compile the largest form", 3.0, perf_counter() - start, "s", large_path.name))
    measured, n_filled = milliseconds_to_check(large, 5)
    n_nodes = len(engine_of(large).plans)
    print_figure(Figure("Check one full instance of the largest form", 12.0, measured, "ms", f"{n_nodes} nodes, {n_filled} filled"))
    household = read_questionnaire(ROOT / "questionnaires" / "household.md")
    by_members = {}
    for n_members in (4, 10, 50, 200):
        by_members[n_members], n_filled = milliseconds_to_check(household, n_members)
    print_figure(Figure("Check one household of 4 members", 3.0, by_members[4], "ms", f"{len(engine_of(household).plans)} nodes"))
    growth = ((by_members[200] - by_members[50]) / 150) / ((by_members[50] - by_members[10]) / 40)
    detail = ", ".join(f"{n}: {time:.1f} ms" for n, time in by_members.items())
    print_figure(Figure("Cost per member from 50 to 200, against from 10 to 50", 1.5, growth, "times", detail))


if __name__ == "__main__":
    main()
