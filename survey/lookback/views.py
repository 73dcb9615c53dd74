"""The pages of a look-back: its households, their answers before and after, and what became of what was raised."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from survey.accounts.access import requires
from survey.db import current_session
from survey.intake.texts import text_for
from survey.issues.words import AREA_LABELS, SEVERITY_LABELS
from survey.lookback.changes import CHANGES, FIRST, OTHER, Tally, compare_answers, items_of, naming_columns, tally
from survey.lookback.fates import FATES, Fate, count_fates, rule_key
from survey.lookback.plan_queries import list_rounds
from survey.lookback.queries import (
    Compared,
    Parts,
    count_raised_in_new,
    read_compared,
    read_fates,
    read_parts,
)
from survey.lookback.readable import readable_lines
from survey.lookback.words import AGAIN_LABELS, AGAIN_TONES, CHANGE_LABELS, CHANGE_TONES, FATE_LABELS, FATE_TONES, REASON_LABELS
from survey.lookback.workbook import look_back_workbook
from survey.pages.choices import choices_of
from survey.pages.downloads import download
from survey.pages.paging import page_of
from survey.pages.plain_form import PlainForm
from survey.pages.workbooks import XLSX
from survey.visits.page import READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit

blueprint = Blueprint("look_back", __name__, url_prefix="/visits")
blueprint.context_processor(visit_words)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "area_labels": AREA_LABELS,
        "severity_labels": SEVERITY_LABELS,
        "again_labels": AGAIN_LABELS,
        "again_tones": AGAIN_TONES,
        "change_labels": CHANGE_LABELS,
        "change_tones": CHANGE_TONES,
        "fate_labels": FATE_LABELS,
        "fate_tones": FATE_TONES,
        "reason_labels": REASON_LABELS,
        "changes": CHANGES,
        "fates": FATES,
        "text_for": text_for,
    }


class HouseholdsForm(PlainForm):
    """The filters of the list of households; sent with GET."""

    village = SelectField(_l("Village"), validate_choice=False)
    again = SelectField(_l("Met again"), validate_choice=False)

    def offer(self, parts: Parts) -> None:
        """Offer the villages and states that there are."""
        villages = dict(sorted((each.village_code, each.village_name) for each in parts.households))
        self.village.choices = choices_of(villages, none=_l("All"))
        present = {each.again for each in parts.households}
        self.again.choices = choices_of({name: label for name, label in AGAIN_LABELS.items() if name in present}, none=_l("All"))


class AnswersForm(PlainForm):
    """The filters of the table of answers; sent with GET."""

    form = SelectField(_l("Questionnaire"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    show = SelectField(
        _l("Questions"),
        choices=choices_of({"": _l("Indicators"), "raised": _l("Indicators and evidence of issues"), "all": _l("All questions")}),
        validate_choice=False,
    )


class IssuesForm(PlainForm):
    """The filters of the list of candidates; sent with GET."""

    rule = SelectField(_l("Issue"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)
    fate = SelectField(_l("What became of it"), choices=choices_of(FATE_LABELS, none=_l("All")), validate_choice=False)


@blueprint.get("/<visit_id>/look-back")
@requires(*READERS)
def index(visit_id: str) -> str:
    """The households of a look-back and what each came to; of another visit, how to look back on it."""
    session = current_session()
    visit = find_visit(session, visit_id)
    parts = read_parts(session, visit)
    if parts is None:
        return render_visit("lookback/none.html", visit, rounds=list_rounds(session, visit))
    form = HouseholdsForm(request.args)
    form.offer(parts)
    rows = [
        each
        for each in parts.households
        if form.village.data in (None, "", each.village_code) and form.again.data in (None, "", each.again)
    ]
    page = page_of(request.args.get("page", 1, int), len(rows))
    counts = {name: sum(each.again == name for each in parts.households) for name in AGAIN_LABELS}
    fates = read_fates(session, parts)
    return render_visit(
        "lookback/households.html",
        visit,
        parts=parts,
        form=form,
        params={name: value for name, value in form.data.items() if value},
        page=page,
        rows=rows[page.offset : page.offset + page.size],
        counts={name: n for name, n in counts.items() if n},
        n_waiting=sum(each.is_waiting for each in parts.households),
        fates_of=_by_household(fates),
        raised_in_new=count_raised_in_new(session, parts),
        rounds=list_rounds(session, visit),
    )


def _by_household(fates: tuple[Fate, ...]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for fate in fates:
        counts = found.setdefault(fate.household_id, {})
        counts[fate.fate] = counts.get(fate.fate, 0) + 1
    return found


@blueprint.get("/<visit_id>/look-back/answers")
@requires(*READERS)
def answers(visit_id: str) -> str | Response:
    """Question by question: how many households answer differently, and the figures before and after."""
    session = current_session()
    visit = find_visit(session, visit_id)
    parts = read_parts(session, visit)
    if parts is None:
        return render_visit("lookback/none.html", visit, rounds=list_rounds(session, visit))
    form = AnswersForm(request.args)
    compared, titles = None, {}
    if parts.forms():
        wanted = form.form.data if form.form.data in parts.forms() else parts.forms()[0]
        form.form.data = wanted
        compared = read_compared(session, parts.households, wanted)
        titles = {version.form_id: version.title_in(str(get_locale())) for version in visit.forms}
    form.form.choices = choices_of({form_id: titles.get(form_id, form_id) for form_id in parts.forms()})
    tallies = _tallies(compared, form.show.data or "") if compared else ()
    present = {each.item.area for each in tallies}
    form.area.choices = choices_of({name: label for name, label in AREA_LABELS.items() if name in present}, none=_l("All"))
    return render_visit(
        "lookback/answers.html",
        visit,
        parts=parts,
        form=form,
        n_compared=len(compared.rows) if compared else 0,
        tallies=[each for each in tallies if form.area.data in (None, "", each.item.area)],
    )


def _tallies(compared: Compared, show: str) -> tuple[Tally, ...]:
    last = {"": FIRST, "raised": OTHER - 1, "all": OTHER}.get(show, FIRST)
    items = (item for item in items_of(compared.book) if item.rank <= last)
    return tally(items, tuple(compared.rows.values()))


@blueprint.get("/<visit_id>/look-back/issues")
@requires(*READERS)
def issues(visit_id: str) -> str:
    """What was raised before and what became of it: by rule, by village, and one by one."""
    session = current_session()
    visit = find_visit(session, visit_id)
    parts = read_parts(session, visit)
    if parts is None:
        return render_visit("lookback/none.html", visit, rounds=list_rounds(session, visit))
    fates = read_fates(session, parts)
    by_rule = count_fates(fates, rule_key)
    by_village = count_fates(fates, lambda fate: fate.raised.village_code or "")
    villages = {each.village_code: each.village_name for each in parts.households}
    form = IssuesForm(request.args)
    locale = str(get_locale())
    form.rule.choices = choices_of({row.key: text_for(row.raised.title, locale) for row in by_rule}, none=_l("All"))
    form.village.choices = choices_of(villages, none=_l("All"))
    params = {name: value for name, value in form.data.items() if value}
    return render_visit(
        "lookback/issues.html",
        visit,
        parts=parts,
        form=form,
        params=params,
        by_rule=by_rule,
        by_village=by_village,
        villages=villages,
        households={each.id: each for each in parts.households},
        listed=[fate for fate in fates if _suits(fate, params)] if params else (),
        totals={name: sum(fate.fate == name for fate in fates) for name in FATES},
    )


def _suits(fate: Fate, params: dict[str, str]) -> bool:
    return (
        params.get("rule", "") in ("", rule_key(fate))
        and params.get("village", "") in ("", fate.raised.village_code)
        and params.get("fate", "") in ("", fate.fate)
    )


@dataclass(frozen=True, slots=True)
class _FormLines:
    """One form of a household, as the page shows it: the answers that are in question, and how many others there are."""

    form_id: str
    title: str
    before: str
    after: str
    lines: tuple[Any, ...]
    n_hidden: int


@blueprint.get("/<visit_id>/look-back/households/<household_id>")
@requires(*READERS)
def household(visit_id: str, household_id: str) -> str:
    """One household: its answers before and after, and what was raised about it."""
    session = current_session()
    visit = find_visit(session, visit_id)
    parts = read_parts(session, visit)
    if parts is None:
        return render_visit("lookback/none.html", visit, rounds=list_rounds(session, visit))
    found = parts.find(household_id)
    order = [each.id for each in parts.households]
    place = order.index(found.id) if found.id in order else -1
    show = request.args.get("show", "")
    forms = []
    for form_id in sorted(found.before.keys() & found.after.keys(), key=lambda each: each != "household"):
        compared = read_compared(session, [found], form_id)
        if compared:
            forms.append(_form_lines(compared, found.id, form_id, (found.before[form_id], found.after[form_id]), show))
    return render_template(
        "lookback/household.html",
        visit=visit,
        parts=parts,
        household=found,
        forms=forms,
        show=show,
        fates=[fate for fate in read_fates(session, parts) if fate.household_id == found.id],
        before_id=order[place - 1] if place > 0 else None,
        after_id=order[place + 1] if 0 <= place < len(order) - 1 else None,
        tab="look_back",
    )


def _form_lines(compared: Compared, household_id: str, form_id: str, instances: tuple[str, str], show: str) -> _FormLines:
    every = compare_answers(items_of(compared.book), *compared.rows[household_id], naming_columns(compared.book))
    wanted = (line for line in every if (show == "all" or line.item.rank < OTHER) and (show != "changed" or line.change != "same"))
    chosen = tuple(readable_lines(wanted))
    title = text_for(compared.title, str(get_locale())) or form_id
    return _FormLines(form_id, title, *instances, chosen, len(every) - len(chosen))


@blueprint.get("/<visit_id>/look-back/export.xlsx")
@requires(*READERS)
def export(visit_id: str) -> Response:
    """Households, answers and candidates before and after as a workbook in the reader's language."""
    session = current_session()
    visit = find_visit(session, visit_id)
    parts = read_parts(session, visit)
    if parts is None:
        return Response(_("This visit looks back on none."), status=404)
    compared = [found for form_id in parts.forms() if (found := read_compared(session, parts.households, form_id))]
    data = look_back_workbook(parts, compared, read_fates(session, parts), str(get_locale()))
    return download(data, f"{visit.id}-look-back.xlsx", XLSX)
