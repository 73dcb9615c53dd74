"""Reading the largest workbook that is not refused: the promise of memory of the check."""

from io import BytesIO
from time import process_time

import openpyxl

from benchmarks.figure import Figure, peak_mb, print_figure
from questionnaires.lint.check import lint_questionnaire
from questionnaires.packed import MAX_CELLS

N_COLUMNS = 12


def long_list(n_cells: int) -> bytes:
    """A workbook whose one question chooses from a list with about `n_cells` cells in twelve columns."""
    made = openpyxl.Workbook(write_only=True)
    survey, listed = made.create_sheet("survey"), made.create_sheet("choices")
    for row in (("type", "name", "label"), ("text", "a", "A"), ("select_one county", "county", "County")):
        survey.append(row)
    listed.append(("list_name", "name", "label", *(f"x{number}" for number in range(N_COLUMNS - 3))))
    for number in range(n_cells // N_COLUMNS - 5):
        listed.append(("county", f"c{number}", f"Label {number}", *(f"p{number % 100}" for _ in range(N_COLUMNS - 3))))
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def main() -> None:
    """Prints a figure per promise."""
    data = long_list(MAX_CELLS)
    start = process_time()
    problems = lint_questionnaire(data, "form.xlsx")
    seconds = process_time() - start
    megabytes = peak_mb()
    detail = f"{MAX_CELLS:,} cells, {len(problems)} problems, {seconds:.1f} s"
    print_figure(Figure("Check the largest workbook that is not refused", 500.0, megabytes, "MB", detail))


if __name__ == "__main__":
    main()
