"""The page of figures about issues: how far they came, how long they took, what a look-back confirmed; and their flow as a picture."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from analysis.charts.wall_charts import wall_picture
from analysis.charts.wall_records import Flow, Heading
from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issue_figures.figures import IssueLife, count_by, count_lives, flow_of, measure_stays
from survey.issue_figures.queries import list_issue_counties, list_issue_visits, read_lives, visit_titles
from survey.issues.words import AREA_LABELS, ATTRIBUTION_LABELS, STATE_LABELS, STATE_TONES
from survey.kept import kept
from survey.pages.choices import choices_of
from survey.pages.downloads import PICTURES, download, drawing
from survey.places.queries import county_names
from survey.visits.ledger_documents import period_text
from survey.visits.ledger_forms import DaysForm

READERS = ("admin", "coordinator", "author")
GROUPS = {"county": _l("By county"), "area": _l("By area"), "attribution": _l("By attribution"), "visit": _l("By visit")}
NUMBER_LABELS = {
    "raised": _l("Raised"),
    "verified": _l("True"),
    "refuted": _l("Not true"),
    "reported": _l("Reported"),
    "rectified": _l("Rectified"),
    "looked_back": _l("Looked back on"),
    "confirmed": _l("Confirmed"),
    "open": _l("Still open"),
}
STAGES = {
    _l("Verification"): {"verified": _l("True"), "refuted": _l("Not true"), "waiting": _l("Waiting for verification")},
    _l("Handing over"): {"reported": _l("Reported"), "not_reported": _l("Not reported")},
    _l("Rectification"): {"rectified": _l("Rectified"), "not_rectified": _l("Not rectified")},
    _l("Look-back"): {"confirmed": _l("Confirmed"), "not_confirmed": _l("Not fixed"), "not_looked_back": _l("Not looked back on")},
}

blueprint = Blueprint("issue_figures", __name__, url_prefix="/issues/figures")


class FigureForm(DaysForm):
    """Which issues are counted, and how they are grouped."""

    county = SelectField(_l("County"), validate_choice=False)
    visit = SelectField(_l("Visit"), validate_choice=False)
    by = SelectField(_l("Grouped"), choices=choices_of(GROUPS), default="county", validate_choice=False)

    def parameters(self) -> dict[str, Any]:
        """What was entered and limits something, as the parameters of an address."""
        chosen = {name: self[name].data for name in ("county", "visit") if self[name].data}
        return {**super().parameters(), **chosen, **({} if self.group() == "county" else {"by": self.group()})}

    def group(self) -> str:
        """One of `GROUPS`."""
        return self.by.data if self.by.data in GROUPS else "county"


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "number_labels": NUMBER_LABELS,
        "state_labels": STATE_LABELS,
        "state_tones": STATE_TONES,
        "period_text": period_text,
        "today": field_date(utc_now()),
        "formats": tuple(PICTURES),
    }


@blueprint.get("")
@requires(*READERS)
def index() -> str:
    """The numbers of the chosen issues, in total and by group, how long they stayed in each state, and their flow."""
    session = current_session()
    form = FigureForm(request.args)
    form.county.choices = choices_of(list_issue_counties(session), none=_("All"))
    form.visit.choices = choices_of(list_issue_visits(session), none=_("All"))
    lives = _lives(form)
    groups = count_by(lives, lambda life: _key(life, form.group()))
    labels = _group_labels(form.group(), {str(key) for key in groups if key})
    return render_template(
        "issues/figures.html",
        form=form,
        filters=form.parameters(),
        period=form.period(),
        total=count_lives(lives),
        groups={labels.get(str(key), _("Not said")) if key else _("Not said"): numbers for key, numbers in groups.items()},
        group_label=GROUPS[form.group()],
        stays=measure_stays(lives),
    )


@blueprint.get("/flow.svg")
@requires(*READERS)
def flow() -> Response:
    """The flow of the chosen issues as the page shows it."""
    return drawing(wall_picture(_flow(), "svg"))


@blueprint.get("/flow.<any(pdf, png):format>")
@requires(*READERS)
def flow_file(format: str) -> Response:
    """The flow of the chosen issues on a sheet of A3."""
    return download(wall_picture(_flow(), format), f"{_('Flow of issues')}.{format}", PICTURES[format])


def _lives(form: FigureForm) -> tuple[IssueLife, ...]:
    session = current_session()
    period, county, visit = form.period(), form.county.data or "", form.visit.data or ""
    key = ("issue_lives", period, county, visit)
    return kept(session, key, lambda: read_lives(session, period=period, county=county, visit=visit))


def _flow() -> Flow:
    form = FigureForm(request.args)
    words = [{name: str(label) for name, label in nodes.items()} for nodes in STAGES.values()]
    links: dict[tuple[int, str, str], int] = {}
    used: list[set[str]] = [set() for _stage in words]
    for way, n in flow_of(_lives(form)).items():
        said = [nodes[name] for nodes, name in zip(words, way, strict=True)]
        for stage, node in enumerate(said):
            used[stage].add(node)
        for stage in range(len(said) - 1):
            link = (stage, said[stage], said[stage + 1])
            links[link] = links.get(link, 0) + n
    stages = tuple(
        (str(name), tuple(label for label in nodes.values() if label in seen))
        for name, nodes, seen in zip(STAGES, words, used, strict=True)
    )
    heading = Heading(_("Flow of issues"), period_text(form.period()), _("Nothing has been raised yet."))
    return Flow(heading, stages, tuple((*link, n) for link, n in links.items()))


def _key(life: IssueLife, group: str) -> str | None:
    found: str | None = {"county": life.county_code, "area": life.area, "attribution": life.attribution, "visit": life.visit_id}[group]
    return found


def _group_labels(group: str, keys: set[str]) -> dict[str, str]:
    """The names of the groups with these keys."""
    if group == "county":
        return county_names(current_session(), keys)
    if group == "visit":
        return visit_titles(current_session(), keys)
    labels = AREA_LABELS if group == "area" else ATTRIBUTION_LABELS
    return {name: str(label) for name, label in labels.items()}
