"""Tables of agreement as a workbook."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from survey.pages.workbooks import TableSheet, Value, write_workbook
from survey.reconciling.agreement import FEW, AgreementRow
from survey.reconciling.words import COEFFICIENT_LABELS, REASON_LABELS

Named = Sequence[tuple[str, AgreementRow]]


def workbook_of(tables: Sequence[tuple[str, Named, Sequence[str]]]) -> bytes:
    """The tables as an .xlsx file; each is a title, its rows with what they are called, and the coefficients beside the share."""
    return write_workbook([_sheet(title, rows, columns) for title, rows, columns in tables])


def _sheet(title: str, rows: Named, columns: Sequence[str]) -> TableSheet:
    headings = [_("Name"), _("Interviews"), _("Answered by one only"), _("Remark")]
    for name in ("share", *columns):
        label = str(COEFFICIENT_LABELS[name])
        headings += [label, _("%(name)s, from", name=label), _("%(name)s, to", name=label), _("%(name)s, n", name=label)]
    return TableSheet(title, headings, [_row(name, row, columns) for name, row in rows])


def _row(name: str, row: AgreementRow, columns: Sequence[str]) -> list[Value]:
    values: list[Value] = [name, row.n_interviews, row.n_one_sided, "; ".join(_remarks(row))]
    for coefficient in ("share", *columns):
        found = row.coefficients.get(coefficient)
        values += [found.estimate, found.ci_low, found.ci_high, found.n] if found else [None, None, None, None]
    return values


def _remarks(row: AgreementRow) -> Iterator[str]:
    if row.is_few:
        yield _("fewer than %(n)s", n=FEW)
    for name, found in row.coefficients.items():
        if found.reason:
            yield f"{COEFFICIENT_LABELS[name]}: {REASON_LABELS[found.reason]}"
