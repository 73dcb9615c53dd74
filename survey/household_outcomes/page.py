"""What the page of an issue shows of looking back: what visits found, what that amounts to, the decision, and where it came up again."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.household_outcomes.forms import DecideForm
from survey.household_outcomes.operations import Proposal, steps_to
from survey.household_outcomes.queries import find_again, list_rounds, propose_for
from survey.issues.life import ACTION_OF_NAME, EDITORS, HANDED_OVER
from survey.issues.models import Issue
from survey.issues.words import HOUSEHOLD_OUTCOME_LABELS, HOUSEHOLD_OUTCOME_TONES, VERDICT_LABELS

VERDICT_TONES = {"fixed": "good", "not_fixed": "bad", "unclear": ""}


def look_back_words() -> dict[str, Any]:
    """What the templates of looking back call things."""
    return {
        "outcome_words": HOUSEHOLD_OUTCOME_LABELS,
        "outcome_word_tones": HOUSEHOLD_OUTCOME_TONES,
        "verdict_labels": VERDICT_LABELS,
        "verdict_tones": VERDICT_TONES,
    }


def look_back_context(session: Session, issue: Issue, viewer: User) -> dict[str, Any]:
    """The values of `issues/_look_back.html`; `proposal` is None where an issue was never handed over."""
    again = find_again(session, issue)
    if issue.state not in HANDED_OVER:
        return {"rounds": (), "proposal": None, "decide_form": None, "again": again, **look_back_words()}
    rounds = list_rounds(session, issue)
    proposal = propose_for(session, issue, rounds)
    form = None
    if proposal.n and any(viewer.has_role(role) for role in EDITORS):
        form = DecideForm(formdata=None, seen=issue.n_steps, reason=reason_of(proposal))
        form.offer(issue.state)
        form.verdict.data = proposal.verdict if steps_to(proposal.verdict, issue.state) else None
    return {
        "rounds": rounds,
        "proposal": proposal,
        "decide_form": form if form and form.verdict.choices else None,
        "ways": {verdict: [ACTION_OF_NAME[name].label for name in steps_to(verdict, issue.state)] for verdict in VERDICT_LABELS},
        "again": again,
        **look_back_words(),
    }


def reason_of(proposal: Proposal) -> str:
    """The counts in words, as the reason that is offered."""
    counts = _(", ").join(f"{HOUSEHOLD_OUTCOME_LABELS[name]} {n}" for name, n in proposal.counts.items())
    return ngettext(
        "Looked back on %(num)s household: %(counts)s.", "Looked back on %(num)s households: %(counts)s.", proposal.n, counts=counts
    )
