"""The page of a visit's wall charts, and each chart as a picture or a file to print."""

from typing import Any

from flask import Blueprint, Response, abort

from analysis.charts.wall_charts import wall_picture
from survey.accounts.access import requires
from survey.db import current_session
from survey.pages.downloads import PICTURES, download, drawing
from survey.visits.page import READERS, render_visit, visit_words
from survey.visits.plan_queries import find_visit
from survey.wall_charts.charts import CHART_LABELS, make_chart

blueprint = Blueprint("wall_charts", __name__, url_prefix="/visits/<visit_id>/wall-charts")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {**visit_words(), "chart_labels": CHART_LABELS, "formats": tuple(PICTURES)}


@blueprint.get("")
@requires(*READERS)
def index(visit_id: str) -> str:
    """All charts of the visit, as small as a page shows them."""
    return render_visit("wall_charts/index.html", find_visit(current_session(), visit_id))


@blueprint.get("/<name>.svg")
@requires(*READERS)
def picture(visit_id: str, name: str) -> Response:
    """One chart as the page shows it; drawn anew each time, because it is of what is known now."""
    return drawing(_drawn(visit_id, name, "svg"))


@blueprint.get("/<name>.<any(pdf, png):format>")
@requires(*READERS)
def file(visit_id: str, name: str, format: str) -> Response:
    """One chart on a sheet of A3, to save and print."""
    content = _drawn(visit_id, name, format)
    title = str(CHART_LABELS[name])
    return download(content, f"{visit_id} {title}.{format}", PICTURES[format])


def _drawn(visit_id: str, name: str, format: str) -> bytes:
    if name not in CHART_LABELS:
        abort(404)
    session = current_session()
    return wall_picture(make_chart(session, find_visit(session, visit_id), name), format)
