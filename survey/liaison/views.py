"""The first page of liaison: what is waited for, and how much there is of everything."""

from flask import Blueprint

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.liaison.assistance_queries import read_latest_year
from survey.liaison.assistance_texts import amount_text
from survey.liaison.contact_queries import count_contacts
from survey.liaison.expert_queries import count_experts
from survey.liaison.material_queries import read_due
from survey.liaison.meeting_queries import MeetingFilter, list_all_meetings
from survey.liaison.page import READERS, liaison_words, render_liaison

MEETINGS_SHOWN = 6

blueprint = Blueprint("liaison", __name__, url_prefix="/liaison")
blueprint.context_processor(liaison_words)


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """What is overdue and due soon, and what there is."""
    session, today = current_session(), field_date(utc_now())
    return render_liaison(
        "liaison/index.html",
        due=read_due(session, today),
        n_contacts=sum(count_contacts(session, today).values()),
        n_experts=count_experts(session),
        assistance=read_latest_year(session),
        meetings=list_all_meetings(session, MeetingFilter(), 1, MEETINGS_SHOWN)[1],
        amount_text=amount_text,
    )
