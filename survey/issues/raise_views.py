"""Raising an issue: by hand, from one thing that a page shows, or from candidates; and adding the same evidence to an issue there is."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirect

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import actor, requires
from survey.config import current_settings
from survey.db import current_session, utc_now
from survey.issues.carrying import Piece, read_pieces
from survey.issues.forms import AddForm, RaiseForm
from survey.issues.identifying import FEWEST_SAID
from survey.issues.life import EDITORS
from survey.issues.models import Issue, IssueEvidence
from survey.issues.page import issue_words
from survey.issues.proposing import Proposal, propose_issue
from survey.issues.queries import find_issue, households_of, list_places_of_visits, list_takers, names_of_places
from survey.issues.raising import add_evidence, raise_issue
from survey.issues.scope import Basis, propose_scope
from survey.issues.scoping import count_asked, count_basis, thresholds_of, told_basis
from survey.pages.choices import choices_of
from survey.places.models import Region
from survey.visits.models import Visit

SHOWN = 6
"""So many pieces of evidence are shown before the issue is raised; the others go along all the same."""

blueprint = Blueprint("issue_raising", __name__, url_prefix="/issues")
blueprint.context_processor(issue_words)


@blueprint.get("/raise")
@requires(*EDITORS)
def new() -> str:
    """The form of a new issue, filled with what the evidence says; `evidence` names it, once or several times."""
    session = current_session()
    references = request.args.getlist("evidence")
    pieces = read_pieces(session, references)
    if references and not pieces:
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field="evidence", detail="nothing of it is left that is not evidence of an issue already"
        )
    proposal = propose_issue(pieces)
    form = _form(session, pieces, proposal, formdata=None)
    basis = _basis(session, pieces, proposal)
    form.title.data, form.area.data, form.level.data = proposal.title, proposal.area, proposal.level
    form.severity.data, form.place.data = proposal.severity, proposal.places[0] if proposal.places else ""
    form.finding.data = _first_words(session, proposal, basis)
    return _page(session, form, pieces, proposal, references, basis)


@blueprint.post("/raise")
@requires(*EDITORS)
def create() -> Any:
    """Raise it."""
    session = current_session()
    references = request.form.getlist("evidence")
    pieces = read_pieces(session, references)
    proposal = propose_issue(pieces)
    form = _form(session, pieces, proposal)
    if not form.validate_on_submit():
        return make_response(_page(session, form, pieces, proposal, references, _basis(session, pieces, proposal)), 422)
    place = session.get_one(Region, form.place.data)
    rows = [piece.row for piece in pieces]
    if form.note.data:
        rows.append(IssueEvidence(kind="note", village_code=place.code, note=form.note.data))
    said: dict[str, Any] = {name: form[name].data or "" for name in ("title", "finding", "area", "level", "severity")}
    came_from: dict[str, Any] = {"visit_id": proposal.visit_id, "form_id": proposal.form_id, "rule": proposal.rule}
    issue = raise_issue(session, actor(), utc_now(), place=place, evidence=rows, **said, **came_from)
    issue.basis = count_basis(session, issue).record()
    flash(_("Raised as %(number)s. It waits for verification by somebody else than you.", number=issue.number), "success")
    return _to(issue)


@blueprint.post("/add")
@requires(*EDITORS)
def add() -> Redirect:
    """Add the evidence to an issue that is there."""
    session = current_session()
    pieces = read_pieces(session, request.form.getlist("evidence"))
    issue = find_issue(session, request.form.get("number", ""))
    proposal = propose_issue(pieces)
    if proposal.county_code not in ("", issue.county_code):
        detail = f"it is from county {proposal.county_code}, and the issue is of {issue.county_code}; raise an issue of its own there"
        in_chinese = f"佐证来自 {proposal.county_code} 县，而问题属于 {issue.county_code}，请在该县另行提出"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail=detail, detail_zh=in_chinese)
    add_evidence(session, actor(), issue, [piece.row for piece in pieces], utc_now())
    flash(ngettext("%(num)s piece of evidence added.", "%(num)s pieces of evidence added.", len(pieces)), "success")
    return _to(issue)


def _form(session: Session, pieces: Sequence[Piece], proposal: Proposal, **values: Any) -> RaiseForm:
    if proposal.places:
        names = names_of_places(session, proposal.places)
        places = [(code, names.get(code, code)) for code in proposal.places]
    else:
        places = list(list_places_of_visits(session))
    return RaiseForm(has_evidence=bool(pieces), places=places, **values)


def _page(
    session: Session, form: RaiseForm, pieces: Sequence[Piece], proposal: Proposal, references: Sequence[str], basis: Basis | None
) -> str:
    takers = list_takers(session, proposal.county_code, proposal.form_id, proposal.rule) if pieces and proposal.county_code else ()
    add_form = AddForm(formdata=None)
    add_form.number.choices = choices_of([(issue.number, f"{issue.number} {issue.title}") for issue in takers])
    same = [issue for issue in takers if proposal.rule and (issue.form_id, issue.rule) == (proposal.form_id, proposal.rule)]
    return render_template(
        "issues/raise.html",
        form=form,
        pieces=pieces[:SHOWN],
        households=households_of(session, (piece.row.household_id for piece in pieces[:SHOWN])),
        n_pieces=len(pieces),
        references=references,
        proposal=proposal,
        visit=session.get(Visit, proposal.visit_id) if proposal.visit_id else None,
        basis=basis,
        scope=propose_scope(basis, thresholds_of(current_settings())) if basis else "",
        add_form=add_form if takers else None,
        same=same,
    )


def _basis(session: Session, pieces: Sequence[Piece], proposal: Proposal) -> Basis | None:
    """How many households and villages the pieces are of, of those asked; None for what nobody was asked about."""
    of_people = [piece.row for piece in pieces if piece.row.instance_id]
    n_households = len({row.household_id or row.instance_id for row in of_people})
    told = told_basis(piece.row for piece in pieces)
    if told is not None and told.households >= n_households:
        return told
    if not of_people or not proposal.county_code:
        return None
    n_villages = len({row.village_code for row in of_people if row.village_code})
    asked = count_asked(session, proposal.form_id, proposal.county_code, proposal.visit_id)
    if asked is None or asked[0] < n_households or asked[1] < n_villages:
        return Basis(n_households, None, n_villages, None)
    return Basis(n_households, asked[0], n_villages, asked[1])


def _first_words(session: Session, proposal: Proposal, basis: Basis | None) -> str:
    """What was found, in the language that reports are written in; "" where the evidence says it by itself.

    One or two households are not counted: the responsible side reads this, and would find them by asking around.
    """
    if basis is None or not proposal.rule or basis.households_asked is None or basis.households < FEWEST_SAID:
        return ""
    county = names_of_places(session, [proposal.county_code.ljust(12, "0")])
    with force_locale("zh"):
        return _(
            "%(place)s: %(households)s of %(asked)s households asked in %(villages)s of %(villages_asked)s villages: %(title)s.",
            place=next(iter(county.values()), proposal.county_code),
            households=basis.households,
            asked=basis.households_asked,
            villages=basis.villages,
            villages_asked=basis.villages_asked,
            title=proposal.title,
        )


def _to(issue: Issue) -> Redirect:
    return redirect(url_for("issues.show", number=issue.number))
