"""The pages of the expert pool: search by skill and place, one expert with the visits taken part in."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from survey.accounts.access import actor, requires
from survey.db import current_session, utc_now
from survey.liaison import expert_operations as operations
from survey.liaison.contact_queries import list_offices, list_visit_choices
from survey.liaison.expert_forms import ExpertFilterForm, ExpertForm
from survey.liaison.expert_queries import find_expert, is_in_pool, list_experts, list_skills, list_visits_of
from survey.liaison.meeting_queries import list_own_people
from survey.liaison.models import Expert
from survey.liaison.page import EDITORS, READERS, liaison_words, render_liaison
from survey.liaison.places import read_gazetteer

blueprint = Blueprint("liaison_experts", __name__, url_prefix="/liaison/experts")
blueprint.context_processor(liaison_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The pool, or those in it who are looked for."""
    session = current_session()
    form = ExpertFilterForm(request.args)
    form.offer(list_skills(session), list_offices(session))
    page, experts = list_experts(session, form.wanted(), request.args.get("page", 1, int))
    filters = {name: value for name, value in request.args.items() if name != "page" and value}
    return render_liaison("liaison/experts.html", form=form, page=page, experts=experts, filters=filters)


@blueprint.route("/new", methods=["GET", "POST"])
@requires(*EDITORS)
def new() -> str | Redirect:
    """Add somebody to the pool."""
    form = _offered(ExpertForm())
    if form.validate_on_submit() and _is_free(form, None):
        expert = operations.add_expert(current_session(), actor(), form.facts(), utc_now())
        flash(_("%(name)s was added.", name=expert.name), "success")
        return redirect(url_for(".show", expert_id=expert.id))
    return render_liaison("liaison/expert_form.html", form=form, expert=None)


@blueprint.get("/<expert_id>")
@requires(*READERS)
def show(expert_id: str) -> str:
    """One expert, with the visits taken part in."""
    session = current_session()
    expert = find_expert(session, expert_id)
    return render_liaison("liaison/expert.html", expert=expert, visits=list_visits_of(session, expert))


@blueprint.route("/<expert_id>/edit", methods=["GET", "POST"])
@requires(*EDITORS)
def edit(expert_id: str) -> str | Redirect:
    """Change what is known of an expert."""
    expert = find_expert(current_session(), expert_id)
    form = _offered(ExpertForm.of(expert), expert)
    if form.validate_on_submit() and _is_free(form, expert):
        operations.update_expert(current_session(), actor(), expert, form.facts(), utc_now())
        flash(_("%(name)s was changed.", name=expert.name), "success")
        return redirect(url_for(".show", expert_id=expert.id))
    return render_liaison("liaison/expert_form.html", form=form, expert=expert)


@blueprint.post("/<expert_id>/remove")
@requires(*EDITORS)
def remove(expert_id: str) -> Redirect:
    """Take somebody out of the pool."""
    expert = find_expert(current_session(), expert_id)
    operations.remove_expert(current_session(), actor(), expert, utc_now())
    flash(_("%(name)s was removed.", name=expert.name), "success")
    return redirect(url_for(".index"))


def _offered(form: ExpertForm, expert: Expert | None = None) -> ExpertForm:
    session = current_session()
    people = list_own_people(session, (expert.user_id,) if expert and expert.user_id else ())
    form.offer(list_skills(session), people, list_visit_choices(session), read_gazetteer(session))
    return form


def _is_free(form: ExpertForm, expert: Expert | None) -> bool:
    """Whether the account is nobody else's in the pool; says so at the field if not."""
    if not form.user_id.data or not is_in_pool(current_session(), form.user_id.data, expert):
        return True
    form.user_id.errors = [_("This account is in the pool already.")]
    return False
