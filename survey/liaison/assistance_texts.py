"""Why rows of a register of assistance are refused, and how amounts are written, in the reader's language; and the sample file."""

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import format_decimal
from flask_babel import gettext as _

from survey.liaison.amounts import ten_thousands
from survey.liaison.assistance_queries import Total, Totals
from survey.liaison.models import Assistance
from survey.liaison.register import GIVER_TERMS, HEADINGS, HELP_TERMS
from survey.liaison.words import COLUMN_LABELS, GIVER_KIND_LABELS, HELP_KIND_LABELS
from survey.pages.workbooks import TableSheet, write_workbook
from survey.places.roster_sample import COUNTY
from survey.places.roster_texts import cell_texts
from survey.places.sheet_layout import SheetProblem
from survey.sample_sheets import Sample, write_sample

AMOUNT_PATTERN = "#,##0.00####"
EXAMPLE = Sample(
    ("帮扶台账", "Assistance"),
    {name: HEADINGS[name] for name in ("giver", "giver_kind", "help_kind", "amount", "place", "place_code", "year", "note")},
    (
        {
            "giver": ("示例农业发展有限公司（虚构）", "Example Farming Ltd (invented)"), "giver_kind": ["enterprise"],
            "help_kind": ["project"], "amount": 12.5, "place_code": COUNTY, "year": 2019, "note": ("香菇大棚", "mushroom sheds"),
        },
        {
            "giver": ("示例基金会（虚构）", "Example Foundation (invented)"), "giver_kind": ["foundation"], "help_kind": ["money"],
            "amount": 3, "place_code": COUNTY, "year": 2019,
        },
    ),
    {"giver_kind": GIVER_TERMS, "help_kind": HELP_TERMS},
    {"place": ("名称或代码填一项即可", "The name or the code is enough")},
)  # fmt: skip
"""Rows to be overwritten; the givers are invented."""


def amount_text(fen: int) -> str:
    """The amount in 10,000 yuan as the reader writes it, with every decimal it has and at least two."""
    return str(format_decimal(ten_thousands(fen), format=AMOUNT_PATTERN))


def reason_text(problem: SheetProblem) -> str:
    """One sentence that says what is wrong with the value and what to do."""
    return {
        **cell_texts(problem.detail),
        "unknown_word": _("This word is not known here. Known are: %(known)s.", known=problem.detail),
        "bad_amount": _("This is no amount. Write digits, not below zero and not finer than a fen."),
        "bad_year": _("This is no year. Write four digits, such as 2019."),
        "unknown_place": _("This place is not among the places here. Correct it, or add the place first."),
        "ambiguous_place": _("Several places have this name. Write the code, or the city before it."),
    }[problem.reason]


def sample_workbook(language: str = "zh") -> bytes:
    """The sample file that people fill in."""
    return write_sample(EXAMPLE, language)


def register_workbook(entries: Iterable[Assistance], totals: Totals) -> bytes:
    """The entries and their totals as a workbook; its first sheet can be imported again."""
    headings = [str(COLUMN_LABELS[name]) for name in ("giver", "giver_kind", "help_kind", "amount", "place")]
    headings += [_("Code"), str(COLUMN_LABELS["year"]), str(COLUMN_LABELS["note"])]
    rows = [
        (
            found.giver,
            str(GIVER_KIND_LABELS[found.giver_kind]),
            str(HELP_KIND_LABELS[found.help_kind]),
            ten_thousands(found.amount_fen),
            found.region.name,
            found.region_code,
            found.year,
            found.note,
        )
        for found in entries
    ]
    whole = (_("Total"), None, None, ten_thousands(totals.whole.amount_fen), None, None, None, None)
    return write_workbook([TableSheet(_("Assistance"), headings, rows, totals=[whole]), *_total_sheets(totals)])


def _total_sheets(totals: Totals) -> Iterable[TableSheet]:
    def sheet(title: str, rows: Iterable[tuple[str, Total]]) -> TableSheet:
        headings = [title, _("Givers"), _("Entries"), str(COLUMN_LABELS["amount"])]
        return TableSheet(title, headings, [_row(name, total) for name, total in rows], totals=[_row(_("Total"), totals.whole)])

    yield sheet(_("By kind of giver"), [(str(GIVER_KIND_LABELS[total.key]), total) for total in totals.by_giver_kind])
    yield sheet(_("By kind of help"), [(str(HELP_KIND_LABELS[total.key]), total) for total in totals.by_help_kind])
    yield sheet(_("By year"), [(total.key, total) for total in totals.by_year])
    yield sheet(
        _("By place"),
        [(f"{place.name} {name}" if code != place.code else name, part) for place in totals.by_place for code, name, part in place.parts],
    )


def _row(name: str, total: Total) -> tuple[str, int, int, Decimal]:
    return (name, total.n_givers, total.n_entries, ten_thousands(total.amount_fen))
