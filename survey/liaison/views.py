"""The first page of liaison: what is waited for, and how much there is of everything."""

from flask import Blueprint

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.liaison.contact_queries import count_contacts, list_counties_without
from survey.liaison.material_queries import read_due
from survey.liaison.page import READERS, liaison_words, render_liaison

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
        contact_counts=count_contacts(session, today),
        missing=list_counties_without(session, today),
    )
