"""A look-back as a workbook: its households, the figures and answers before and after, and what became of each candidate."""

from collections.abc import Sequence

from flask_babel import gettext as _

from survey.intake.texts import text_for
from survey.issues.words import AREA_LABELS, SEVERITY_LABELS
from survey.lookback.changes import CHANGES, OTHER, compare_answers, items_of, naming_columns, tally
from survey.lookback.fates import Fate
from survey.lookback.queries import Compared, Parts
from survey.lookback.readable import readable_lines
from survey.lookback.words import AGAIN_LABELS, CHANGE_LABELS, FATE_LABELS, REASON_LABELS
from survey.pages.workbooks import TableSheet, write_workbook
from survey.places.words import KIND_LABELS
from survey.protection.reading import name_in_file


def look_back_workbook(parts: Parts, compared: Sequence[Compared], fates: Sequence[Fate], locale: str) -> bytes:
    """The workbook as bytes, in the reader's language."""
    return write_workbook(
        (_households(parts), _figures(compared, locale), _answers(parts, compared, locale), _candidates(parts, fates, locale))
    )


def _households(parts: Parts) -> TableSheet:
    headings = (_("Village"), _("Number"), _("Head of household"), _("Kind of household"), _("Pair"), _("Met again"), _("New"), _("Note"))
    known = ((each, "") for each in parts.households)
    new = ((each, str(REASON_LABELS.get(each.reason) or _("Reason not recorded"))) for each in parts.new)
    rows = (
        (
            each.village_name,
            each.number,
            name_in_file(each.head_name),
            str(KIND_LABELS[each.kind]),
            each.pair_name,
            str(AGAIN_LABELS[each.again]),
            reason,
            each.note,
        )
        for each, reason in (*known, *new)
    )
    return TableSheet(_("Households"), [str(heading) for heading in headings], rows)


def _figures(compared: Sequence[Compared], locale: str) -> TableSheet:
    headings = (
        _("Questionnaire"),
        _("Area"),
        _("Indicator"),
        _("Answered both times"),
        _("Before"),
        _("After"),
        *(CHANGE_LABELS[name] for name in CHANGES),
    )
    rows = (
        (
            text_for(form.title, locale),
            str(AREA_LABELS.get(each.item.area, each.item.area)),
            each.item.label_in(locale),
            each.n,
            each.before,
            each.after,
            *(each.counts.get(name, 0) for name in CHANGES),
        )
        for form in compared
        for each in tally((item for item in items_of(form.book) if item.rank < OTHER), tuple(form.rows.values()))
    )
    return TableSheet(_("Figures"), [str(heading) for heading in headings], rows)


def _answers(parts: Parts, compared: Sequence[Compared], locale: str) -> TableSheet:
    headings = (
        _("Village"),
        _("Number"),
        _("Head of household"),
        _("Questionnaire"),
        _("Question"),
        _("Of whom"),
        _("Before"),
        _("After"),
        _("Kind of change"),
    )
    households = {each.id: each for each in parts.households}
    rows = (
        (
            households[key].village_name,
            households[key].number,
            name_in_file(households[key].head_name),
            text_for(form.title, locale),
            line.item.question_in(locale),
            line.place,
            line.item.word(line.before, locale),
            line.item.word(line.after, locale),
            str(CHANGE_LABELS[line.change]),
        )
        for form in compared
        for items, names in ((items_of(form.book), naming_columns(form.book)),)
        for key, sides in form.rows.items()
        for line in readable_lines(compare_answers(items, *sides, names), is_file=True)
        if line.change != "same"
    )
    return TableSheet(_("Changed answers"), [str(heading) for heading in headings], rows)


def _candidates(parts: Parts, fates: Sequence[Fate], locale: str) -> TableSheet:
    headings = (
        _("Village"),
        _("Number"),
        _("Head of household"),
        _("Issue"),
        _("Area"),
        _("Severity"),
        _("What became of it"),
        _("Interview before"),
        _("Interview after"),
    )
    households = {each.id: each for each in parts.households}
    rows = (
        (
            households[fate.household_id].village_name,
            households[fate.household_id].number,
            name_in_file(households[fate.household_id].head_name),
            text_for(fate.raised.title, locale),
            str(AREA_LABELS.get(fate.raised.area, fate.raised.area)),
            str(SEVERITY_LABELS.get(fate.raised.severity, fate.raised.severity)),
            str(FATE_LABELS[fate.fate]),
            fate.before,
            fate.after,
        )
        for fate in fates
    )
    return TableSheet(_("Issue candidates"), [str(heading) for heading in headings], rows)
