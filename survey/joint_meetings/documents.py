"""A joint meeting's agenda as a Word document, and its ledger of issues as a workbook."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import get_locale
from flask_babel import gettext as _

from analysis.report.outline import Heading, Outline, Paragraph, Row, Table
from analysis.report.word.document import write_word
from survey.field_time import field_date
from survey.issues.words import AREA_LABELS, STATE_LABELS
from survey.joint_meetings.agenda import Section, Standing
from survey.joint_meetings.models import MeetingDecision
from survey.joint_meetings.words import SECTION_LABELS
from survey.pages.dates import format_date
from survey.pages.workbooks import TableSheet, Value, write_workbook
from survey.visits.models import Meeting

WEIGHTS = (0.6, 2.2, 3.4, 1.8, 2.0, 2.6)


def agenda_document(
    meeting: Meeting, sections: Sequence[Section], decisions: Mapping[str, MeetingDecision], *, day: date, today: date, is_invented: bool
) -> bytes:
    """The agenda as the bytes of a .docx file, one table per section; `day` is that of the state it shows."""
    language = "zh" if str(get_locale()).startswith("zh") else "en"
    asof = _("State of %(day)s", day=format_date(day, "long"))
    blocks: list[Heading | Paragraph | Table] = [Paragraph(f"{meeting.region.name} · {asof}", "subtitle")]
    if is_invented:
        blocks.append(Paragraph(_("Invented data: this is a demonstration. Its villages, people and answers do not exist."), "notice"))
    if not sections:
        blocks.append(Paragraph(_("No issue of the place is to be spoken about.")))
    for section in sections:
        label = str(SECTION_LABELS[section.name])
        blocks += [Heading(label), _table(label, section.issues, decisions)]
    outline = Outline(title=_("Agenda of the joint meeting: %(title)s", title=meeting.title), language=language, blocks=tuple(blocks))
    return write_word(outline, today=today)


def _table(caption: str, issues: Sequence[Standing], decisions: Mapping[str, MeetingDecision]) -> Table:
    header = (_("No."), _("Issue number"), _("Issue"), _("Responsible body"), _("Due and state"), _("Decision of the meeting"))
    rows = []
    for at, issue in enumerate(issues, start=1):
        due = format_date(issue.due_on, "medium") if issue.due_on else "–"
        decision = decisions.get(issue.id)
        said = decision.body if decision else ""
        rows.append(
            Row(
                (
                    str(at),
                    issue.number,
                    f"{issue.title} ({issue.place})",
                    issue.responsible_body,
                    f"{due} {STATE_LABELS[issue.state]}",
                    said,
                )
            )
        )
    return Table(caption, header, tuple(rows), WEIGHTS)


def agenda_workbook(sections: Sequence[Section], decisions: Mapping[str, MeetingDecision], *, day: date) -> bytes:
    """The issues of the agenda as the bytes of an .xlsx file: one row each, with what is asked, what was answered and what was decided."""
    headings = [
        _("No."),
        _("Section"),
        _("Issue number"),
        _("Issue"),
        _("Area"),
        _("Place"),
        _("State"),
        _("In this state since"),
        _("Recommendation"),
        _("Responsible body"),
        _("Due"),
        _("Last reply"),
        _("Decision of the meeting"),
    ]
    rows: list[Sequence[Value]] = []
    for section in sections:
        for issue in section.issues:
            decision = decisions.get(issue.id)
            rows.append(
                (
                    len(rows) + 1,
                    str(SECTION_LABELS[section.name]),
                    issue.number,
                    issue.title,
                    str(AREA_LABELS[issue.area]),
                    issue.place,
                    str(STATE_LABELS[issue.state]),
                    field_date(issue.state_since),
                    issue.recommendation,
                    issue.responsible_body,
                    issue.due_on,
                    issue.reply,
                    decision.body if decision else "",
                )
            )
    return write_workbook([TableSheet(_("State of %(day)s", day=day.isoformat()), headings, rows)])
