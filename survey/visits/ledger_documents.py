"""The work ledger as a Word document and as a workbook."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _

from analysis.report.outline import Heading, Outline, Paragraph, Row, Table
from analysis.report.word.document import write_word
from survey.pages.dates import format_date
from survey.pages.workbooks import TableSheet, Value, write_workbook
from survey.visits.ledger import Ledger, WorkLedger
from survey.visits.ledger_rows import LedgerItems
from survey.visits.periods import NamedPeriod, Period
from survey.visits.words import LEDGER_LABELS, LEDGER_NOTES

FIRST_COLUMN_WEIGHT = 2.6
MAX_DETAIL = 400


def period_text(period: Period) -> str:
    """The period in words."""
    since, until = (format_date(day, "long") if day else "" for day in (period.since, period.until))
    if since and until:
        return _("%(since)s to %(until)s", since=since, until=until)
    if since:
        return _("since %(day)s", day=since)
    return _("until %(day)s", day=until) if until else _("from the beginning until today")


def named_text(named: NamedPeriod) -> str:
    """A year or quarter in words."""
    if named.quarter:
        return _("%(year)s, quarter %(quarter)s", year=named.year, quarter=named.quarter)
    return _("%(year)s", year=named.year)


def ledger_document(ledger: WorkLedger, period: Period, *, today: date, is_invented: bool) -> bytes:
    """The ledger as the bytes of a .docx file: the totals, by year or quarter, and by visit."""
    language = "zh" if str(get_locale()).startswith("zh") else "en"
    blocks: list[Heading | Paragraph | Table] = [Paragraph(_("Period: %(period)s", period=period_text(period)), "subtitle")]
    if is_invented:
        blocks.append(Paragraph(_("Invented data: this is a demonstration. Its villages, people and answers do not exist."), "notice"))
    blocks += [Heading(_("In total")), _total_table(ledger.total)]
    if ledger.periods:
        blocks += [Heading(_("By period")), _table(_("Work by period"), _("Period"), _period_rows(ledger), ledger.total)]
    if ledger.rows:
        note = _("A place that several visits went to counts once in the total, so the columns of places do not add up.")
        blocks += [Heading(_("By visit")), _table(_("Work by visit"), _("Visit"), _visit_rows(ledger), ledger.total, note)]
    outline = Outline(title=_("Work ledger"), language=language, blocks=tuple(blocks), subject=period_text(period))
    return write_word(outline, today=today)


def _total_table(total: Ledger) -> Table:
    rows = [Row((str(LEDGER_LABELS[name]), _number(n), str(LEDGER_NOTES[name]))) for name, n in total.numbers().items()]
    return Table(_("The ten numbers"), (_("Item of the ledger"), _("Count"), _("What it counts")), tuple(rows), (2, 1, 6))


def _table(caption: str, first: str, rows: Iterable[tuple[str, Ledger]], total: Ledger, note: str = "") -> Table:
    header = (first, *(str(label) for label in LEDGER_LABELS.values()))
    body = [Row((name, *_cells(numbers))) for name, numbers in rows]
    last = Row((_("Total"), *_cells(total)), is_total=True)
    return Table(caption, header, (*body, last), (FIRST_COLUMN_WEIGHT, *(1.0 for _each in LEDGER_LABELS)), note)


def _cells(numbers: Ledger) -> tuple[str, ...]:
    return tuple(_number(n) if n else "–" for n in numbers.numbers().values())


def _number(n: int) -> str:
    return str(format_decimal(n))


def _period_rows(ledger: WorkLedger) -> list[tuple[str, Ledger]]:
    return [(named_text(row.named), row.numbers) for row in ledger.periods]


def _visit_rows(ledger: WorkLedger) -> list[tuple[str, Ledger]]:
    return [(row.visit.title if row.visit else _("Without a visit"), row.numbers) for row in ledger.rows]


def ledger_workbook(ledger: WorkLedger, period: Period) -> bytes:
    """The ledger as the bytes of an .xlsx file, one sheet for the totals, one by year or quarter, one by visit."""
    labels = [str(label) for label in LEDGER_LABELS.values()]
    totals = [(str(LEDGER_LABELS[name]), n, str(LEDGER_NOTES[name])) for name, n in ledger.total.numbers().items()]

    def sheet(title: str, rows: Iterable[tuple[str, Ledger]]) -> TableSheet:
        body: list[tuple[Value, ...]] = [(name, *numbers.numbers().values()) for name, numbers in rows]
        return TableSheet(title, [title, *labels], body, totals=[(_("Total"), *ledger.total.numbers().values())])

    period_row = (_("Period"), period_text(period), None)
    return write_workbook(
        [
            TableSheet(_("Work ledger"), [_("Item of the ledger"), _("Count"), _("What it counts")], [*totals, period_row]),
            sheet(_("By period"), _period_rows(ledger)),
            sheet(_("By visit"), _visit_rows(ledger)),
        ]
    )


def items_workbook(title: str, found: LedgerItems) -> bytes:
    """The rows behind a number as the bytes of an .xlsx file."""
    headings = [title, _("Place"), _("Code"), _("Visit"), _("Day")]
    rows: list[Sequence[Value]] = [
        (
            (item.title or found.names.get(item.place, item.place))[:MAX_DETAIL],
            found.names.get(item.place, ""),
            item.place,
            "、".join(name for _key, name in item.visits),
            item.day,
        )
        for item in found.items
    ]
    return write_workbook([TableSheet(title, headings, rows)])
