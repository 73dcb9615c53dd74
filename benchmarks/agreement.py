"""Comparing two records of a household interview, and the agreement of a whole visit: how long both take."""

from time import perf_counter
from typing import Any

from benchmarks.export import FORM, NOW, typical_answers
from benchmarks.figure import Figure, print_figure
from questionnaires.reader import read_questionnaire
from survey.reconciling.agreement import pair_rows, question_rows, section_rows
from survey.reconciling.differences import compare_records
from survey.reconciling.merging import reconcile_records
from survey.reconciling.tolerances import Tolerances

N_INTERVIEWS, N_PAIRS = 200, 5
COMPARE_MS, RECONCILE_MS, TABLES_S = 10, 250, 5


def heard_differently(answers: dict[str, Any], number: int) -> dict[str, Any]:
    """The answers with every tenth number another one."""
    changed: dict[str, Any] = {}
    for position, (name, value) in enumerate(answers.items()):
        if isinstance(value, dict) and "latitude" not in value:
            changed[name] = heard_differently(value, number)
        elif isinstance(value, int) and (position + number) % 10 == 0:
            changed[name] = value + 1
        else:
            changed[name] = value
    return changed


def main() -> None:
    """Print the figures."""
    questionnaire = read_questionnaire(FORM.read_bytes(), FORM.name)
    lead = typical_answers()
    seconds = [heard_differently(lead, number) for number in range(N_INTERVIEWS)]
    start = perf_counter()
    interviews = [compare_records(questionnaire, lead, second, Tolerances()) for second in seconds]
    compared = perf_counter() - start
    start = perf_counter()
    reconcile_records(questionnaire, lead, seconds[0], {}, now=NOW)
    reconciled = perf_counter() - start
    pairs = [(f"pair {number % N_PAIRS}", {"default": str(number % N_PAIRS)}) for number in range(N_INTERVIEWS)]
    start = perf_counter()
    question_rows(questionnaire, interviews)
    section_rows(questionnaire, interviews)
    pair_rows(questionnaire, interviews, pairs)
    tables = perf_counter() - start
    told = f"{len(interviews[0])} answers each"
    print_figure(Figure("compare two records of a household interview", COMPARE_MS, compared / N_INTERVIEWS * 1000, "ms", told))
    print_figure(Figure("compute and judge a reconciled household interview", RECONCILE_MS, reconciled * 1000, "ms"))
    print_figure(Figure(f"agreement of {N_INTERVIEWS} interviews in all three tables", TABLES_S, tables, "s"))


if __name__ == "__main__":
    main()
