"""The pages of issue candidates."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user
from wtforms import SelectField

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import text_in
from survey.accounts.access import requires
from survey.candidates.evidence import spoken_evidence, spoken_originals
from survey.candidates.queries import (
    WITHDRAWN,
    CandidateFilter,
    count_waiting,
    group_candidates,
    issues_of_candidates,
    list_candidates,
    list_counties,
    list_visits,
)
from survey.db import current_session
from survey.instruments.registry import load_questionnaire
from survey.intake.texts import text_for
from survey.issues.life import EDITORS
from survey.issues.words import AREA_LABELS, LEVEL_LABELS, SEVERITY_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places.words import KIND_LABELS
from survey.protection.reading import readable_evidence

READERS = ("admin", "coordinator", "author")

blueprint = Blueprint("candidates", __name__, url_prefix="/issues/candidates")


class FilterForm(PlainForm):
    """The filters; sent with GET, so it needs no token and its address can be passed on."""

    visit = SelectField(_l("Visit"), validate_choice=False)
    county = SelectField(_l("County"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    state = SelectField(_l("State"), choices=choices_of({WITHDRAWN: _l("No longer holds")}, none=_l("Holds")), validate_choice=False)

    def wanted(self) -> CandidateFilter:
        """What is looked for."""
        return CandidateFilter(**{name: (field.data or "").strip() for name, field in self._fields.items()})


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "area_labels": AREA_LABELS,
        "level_labels": LEVEL_LABELS,
        "severity_labels": SEVERITY_LABELS,
        "kind_labels": KIND_LABELS,
        "text_for": text_for,
        "may_edit": any(current_user.has_role(role) for role in EDITORS),
    }


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """Candidates grouped by rule and county, with how many were affected of those asked."""
    session = current_session()
    form = FilterForm(request.args)
    wanted = form.wanted()
    form.visit.choices = choices_of(list_visits(session), none=_("All"))
    form.county.choices = choices_of(list_counties(session, wanted.visit), none=_("All"))
    form.area.choices = choices_of(AREA_LABELS, none=_("All"))
    groups = group_candidates(session, wanted)
    rules: dict[tuple[str, str], list[Any]] = {}
    for group in groups:
        rules.setdefault((group.form_id, group.rule), []).append(group)
    return render_template(
        "issues/candidates.html", form=form, wanted=wanted, rules=tuple(rules.values()), n_waiting=count_waiting(session, wanted)
    )


@blueprint.get("/<form_id>/<rule>")
@requires(*READERS)
def rule(form_id: str, rule: str) -> str:
    """The households of one rule, each with its evidence and a link to its interview."""
    session = current_session()
    wanted = FilterForm(request.args).wanted()
    page, candidates = list_candidates(session, form_id, rule, wanted, request.args.get("page", 1, int))
    if not candidates:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Rule", key=rule, remedy="No accepted interview shows it with these filters.")
    groups = [group for group in group_candidates(session, wanted) if (group.form_id, group.rule) == (form_id, rule)]
    locale = str(get_locale())
    lines = []
    for candidate in candidates:
        questionnaire = load_questionnaire(candidate.submission.questionnaire)
        language = questionnaire.language(locale)
        sides = {side: readable_evidence(questionnaire, told) for side, told in (candidate.originals or {}).items()}
        originals = spoken_originals(questionnaire, sides, language)
        evidence = spoken_evidence(questionnaire, readable_evidence(questionnaire, candidate.evidence), language)
        lines.append((candidate, evidence, originals))
    form_title = text_in(questionnaire.title, questionnaire.language(locale))
    villages = {candidate.village_code: candidate.submission.village.name for candidate in candidates if candidate.submission.village}
    return render_template(
        "issues/rule.html",
        wanted=wanted,
        page=page,
        lines=lines,
        groups=groups,
        group=groups[0],
        form_title=form_title,
        issue_numbers=issues_of_candidates(session, candidates),
        villages=tuple(villages.items()),
    )
