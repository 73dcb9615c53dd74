"""Pairs proposed from the team: looked at with their reasons, changed, and accepted as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from questionnaires.errors import SurveyError
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.errors import spoken
from survey.teams import operations
from survey.teams.forms import PairsForm
from survey.teams.operations import PairWish
from survey.teams.proposing import Candidate, Ground, ProposedPair, Remark, describe_pair, propose_pairs
from survey.teams.queries import TeamMember, candidates_of, list_county_words, list_team, read_ground
from survey.teams.words import ROLE_LABELS, remark_text
from survey.visits.models import Pair, Visit
from survey.visits.operations import MAX_PAIR_NAME_LENGTH
from survey.visits.ordering import pairs_in_order
from survey.visits.page import EDITORS, render_visit, visit_words
from survey.visits.plan_queries import count_by_pair, find_visit

blueprint = Blueprint("pair_proposals", __name__, url_prefix="/visits/<visit_id>/team/pairs")
blueprint.context_processor(visit_words)


@dataclass(frozen=True, slots=True)
class Row:
    """A pair on the page: as it would be, with what speaks for it and what does not."""

    pair_id: str
    name: str
    lead_id: str
    second_id: str
    judged: ProposedPair | None


@blueprint.get("")
@requires(*EDITORS)
def propose(visit_id: str) -> Response:
    """Pairs proposed of everybody in the team who is in none, and of the pairs that are to be put together anew."""
    session = current_session()
    visit = find_visit(session, visit_id)
    team = list_team(session, visit)
    words = list_county_words(session, visit)
    ground = read_ground(words)
    people = candidates_of(team, ground)
    again = [pair for pair in pairs_in_order(visit) if pair.id in request.args.getlist("again")]
    kept = [pair for pair in pairs_in_order(visit) if pair not in again]
    busy = {user_id for pair in kept for user_id in (pair.lead_id, pair.second_id)}
    proposal = propose_pairs([person for key, person in people.items() if key not in busy], ground)
    names = _free_names(visit, again, len(proposal.pairs))
    ids = [*(pair.id for pair in again), *[""] * len(proposal.pairs)]
    rows = [Row(ids[n], names[n], pair.lead.user_id, pair.second.user_id, pair) for n, pair in enumerate(proposal.pairs)]
    return _page(visit, team, rows, kept, proposal.left, ground, {each.code: each.name for each in words}, [])


def _free_names(visit: Visit, again: Sequence[Pair], n_rows: int) -> list[str]:
    """The names of the pairs put together anew, then names that no pair has."""
    names = [pair.name for pair in again]
    taken = {pair.name for pair in visit.pairs}
    number = 1
    while len(names) < n_rows:
        name = _("Pair %(number)s", number=number)
        if name not in taken:
            names.append(name)
        number += 1
    return names


@blueprint.post("")
@requires(*EDITORS)
def accept(visit_id: str) -> Response:
    """Judge the pairs as they were changed, or accept them all; what cannot be is said, and nothing is half done."""
    session = current_session()
    visit = find_visit(session, visit_id)
    form = PairsForm()
    team = list_team(session, visit)
    words = list_county_words(session, visit)
    ground = read_ground(words)
    people = candidates_of(team, ground)
    sent = form.rows(request.form)
    rows = [_row(each, people, ground) for each in sent]
    reconsidered = set(request.form.getlist("again"))
    kept = [pair for pair in pairs_in_order(visit) if pair.id not in reconsidered]
    problems = _problems(rows, kept, people)
    if form.validate_on_submit() and request.form.get("action") == "accept" and not problems:
        wishes = [PairWish(row.name, row.lead_id, row.second_id, row.pair_id) for row in rows]
        dissolved = reconsidered - {row.pair_id for row in rows}
        try:
            n = operations.accept_pairs(session, current_user, visit, wishes, dissolved, utc_now())
        except SurveyError as error:
            problems = [spoken(error)]
        else:
            flash(ngettext("%(num)s pair was put together.", "%(num)s pairs were put together.", n), "success")
            return redirect(url_for("visit_plan.pairs", visit_id=visit.id))
    busy = {user_id for pair in kept for user_id in (pair.lead_id, pair.second_id)} | {
        user_id for row in rows for user_id in (row.lead_id, row.second_id)
    }
    left = tuple(person for key, person in people.items() if key not in busy)
    return _page(visit, team, rows, kept, left, ground, {each.code: each.name for each in words}, problems)


def _row(sent: Mapping[str, str], people: Mapping[str, Candidate], ground: Ground) -> Row:
    lead, second = people.get(sent["lead_id"]), people.get(sent["second_id"])
    judged = describe_pair(lead, second, ground) if lead and second and lead is not second else None
    return Row(sent["pair_id"], sent["name"], sent["lead_id"], sent["second_id"], judged)


def _problems(rows: Sequence[Row], kept: Sequence[Pair], people: Mapping[str, Candidate]) -> list[str]:
    """What keeps the pairs from being accepted, each with the name and the pair it concerns."""
    problems = []
    places = {user_id: pair.name for pair in kept for user_id in (pair.lead_id, pair.second_id)}
    names = {pair.name for pair in kept}
    for row in rows:
        if not row.name or len(row.name) > MAX_PAIR_NAME_LENGTH:
            problems.append(_("Every pair needs a name of at most %(max)s characters.", max=MAX_PAIR_NAME_LENGTH))
        elif row.name in names:
            problems.append(_("Two pairs are called %(name)s; give one of them another name.", name=row.name))
        names.add(row.name)
        if not (row.lead_id in people and row.second_id in people):
            problems.append(_("%(name)s: choose a lead and a second who are in the team.", name=row.name))
        elif row.lead_id == row.second_id:
            problems.append(_("%(name)s: a pair is two different people.", name=row.name))
            continue
        for user_id in (row.lead_id, row.second_id):
            if user_id in places:
                values = {"person": people[user_id].name if user_id in people else "", "one": places[user_id], "other": row.name}
                problems.append(_("%(person)s would be in two pairs, %(one)s and %(other)s.", **values))
            elif user_id:
                places[user_id] = row.name
    return problems


def _page(
    visit: Visit,
    team: Sequence[TeamMember],
    rows: Sequence[Row],
    kept: Sequence[Pair],
    left: Sequence[Candidate],
    ground: Ground,
    county_names: Mapping[str, str],
    problems: Sequence[str],
) -> Response:
    def say(remark: Remark) -> str:
        return remark_text(remark, county_names)

    kept_ids = {pair.id for pair in kept}
    page = render_visit(
        "teams/pairs.html",
        visit,
        form=PairsForm(formdata=None),
        rows=rows,
        kept=kept,
        again=[pair for pair in pairs_in_order(visit) if pair.id not in kept_ids],
        pairs=pairs_in_order(visit),
        counts=count_by_pair(current_session(), visit),
        left=left,
        people=[(member.user.id, member) for member in team if member.can_interview],
        n_team=len(team),
        unknown_languages=[county_names[code] for code in ground.counties if code not in ground.languages],
        say=say,
        problems=problems,
        role_labels=ROLE_LABELS,
    )
    return make_response(page, 422 if problems else 200)
