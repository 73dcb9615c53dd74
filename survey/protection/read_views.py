"""The page that tells who was shown whose names."""

from flask import Blueprint, request

from survey.accounts.access import requires
from survey.db import current_session
from survey.protection.forms import ReadFilterForm
from survey.protection.page import render_protection
from survey.protection.queries import list_readers, list_reads

blueprint = Blueprint("personal_reads", __name__, url_prefix="/protection/reads")


@blueprint.get("")
@requires("admin")
def index() -> str:
    """Who was shown names of people of households, when, where, and how many."""
    session = current_session()
    form = ReadFilterForm(request.args)
    form.offer(list_readers(session))
    page, n_names, reads = list_reads(session, form.wanted(), request.args.get("page", 1, int))
    filters = {name: value for name, value in request.args.items() if name != "page" and value}
    return render_protection("protection/reads.html", form=form, page=page, n_names=n_names, reads=reads, filters=filters)
