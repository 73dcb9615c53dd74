"""The operations over the register: visits, places, households, interviews, issues, questionnaires and reports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Blueprint, Response, url_for
from flask_security import current_user
from msgspec import Meta

from survey.api import queries, schemas
from survey.api.cursors import cut_page, read_cursor
from survey.api.program import open_to_programs
from survey.api.serving import Paging, Parameters, next_address, serve
from survey.api.words import described
from survey.api.writing import (
    household_record,
    interview_record,
    issue_record,
    place_record,
    report_record,
    version_record,
    visit_record,
)
from survey.bundles.codebook import codebook_entry, make_form_book
from survey.db import current_session
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import find_version, load_questionnaire
from survey.intake.models import REVIEW_STATES, Submission
from survey.issues.life import STATES
from survey.issues.models import Issue
from survey.pages.downloads import DOCX, download
from survey.places.models import HOUSEHOLD_KINDS, LEVELS, Household, Region
from survey.reports.models import Report
from survey.reports.queries import content_of, find_report
from survey.storage import current_storage
from survey.visits.models import VISIT_STATES, Visit

VERSION = "1"

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
open_to_programs(blueprint)

Since = Annotated[
    Annotated[datetime, Meta(tz=True)] | None,
    Meta(description=described("Only what changed since this instant, with its zone: 2018-04-20T00:00:00Z.")),
]
OfVisit = Annotated[str, Meta(max_length=36, description=described("Only of the visit with this id."))]
OfCounty = Annotated[str, Meta(pattern=r"^(|\d{6}|\d{12})$", description=described("Only of the county with this code, six digits."))]
OfVillage = Annotated[str, Meta(pattern=r"^(|\d{12})$", description=described("Only of the village with this code, twelve digits."))]


class Nothing(Parameters, frozen=True, kw_only=True):
    """No parameters."""


class VisitParameters(Paging, frozen=True, kw_only=True):
    """Which visits."""

    state: Annotated[Literal[("", *VISIT_STATES)], Meta(description=described("Only in this state."))] = ""  # type: ignore[valid-type]


class PlaceParameters(Paging, frozen=True, kw_only=True):
    """Which places."""

    level: Annotated[Literal[("", *LEVELS)], Meta(description=described("Only of this level."))] = ""  # type: ignore[valid-type]
    within: Annotated[str, Meta(pattern=r"^[0-9]{0,12}$", description=described("Only in the place with this code, itself included."))] = ""


class HouseholdParameters(Paging, frozen=True, kw_only=True):
    """Which households."""

    visit: OfVisit = ""
    county: OfCounty = ""
    village: OfVillage = ""
    kind: Annotated[Literal[("", *HOUSEHOLD_KINDS)], Meta(description=described("Only of this kind."))] = ""  # type: ignore[valid-type]


class InterviewParameters(Paging, frozen=True, kw_only=True):
    """Which interviews."""

    visit: OfVisit = ""
    county: OfCounty = ""
    village: OfVillage = ""
    form_id: Annotated[str, Meta(max_length=128, description=described("Only of this questionnaire."))] = ""
    state: Annotated[Literal[("", *REVIEW_STATES)], Meta(description=described("Only in this state."))] = ""  # type: ignore[valid-type]
    since: Since = None


class IssueParameters(Paging, frozen=True, kw_only=True):
    """Which issues."""

    visit: OfVisit = ""
    county: OfCounty = ""
    village: OfVillage = ""
    state: Annotated[Literal[("", *STATES)], Meta(description=described("Only in this state."))] = ""  # type: ignore[valid-type]
    since: Since = None


class VersionParameters(Paging, frozen=True, kw_only=True):
    """Which versions of questionnaires."""

    visit: OfVisit = ""
    form_id: Annotated[str, Meta(max_length=128, description=described("Only of this questionnaire."))] = ""


class ReportParameters(Paging, frozen=True, kw_only=True):
    """Which reports."""

    visit: OfVisit = ""
    county: OfCounty = ""
    since: Since = None


@serve(blueprint, "", described("Who is asking, and where everything is"))
def index(parameters: Nothing) -> schemas.Index:
    """The addresses of all lists, and whose token it is."""
    lists = ("visits", "places", "households", "submissions", "issues", "questionnaires", "reports")
    return schemas.Index(
        title="Supervision Survey",
        version=VERSION,
        user=current_user.username,
        roles=sorted(role.name for role in current_user.roles),
        places=list(current_user.place_codes or ()),
        links={name: url_for(f".{name}", _external=True) for name in lists}
        | {"openapi": url_for("api_page.description", _external=True), "odata": url_for("odata.service", _external=True)},
    )


@serve(blueprint, "/visits", described("Visits"))
def visits(parameters: VisitParameters) -> schemas.Page[schemas.Visit]:
    """The visits, by id."""
    after = read_cursor(parameters.cursor, str)
    chosen = [*queries.equal(Visit.state, parameters.state), *([] if after is None else [Visit.id > after])]
    page, cursor = cut_page(queries.list_visits(current_session(), chosen, parameters.limit + 1), parameters.limit, lambda visit: visit.id)
    return schemas.Page(items=[visit_record(each) for each in page], next=next_address(parameters, cursor))


@serve(blueprint, "/visits/<visit_id>", described("One visit"))
def visit(parameters: Nothing, visit_id: str) -> schemas.Visit:
    """One visit."""
    return visit_record(queries.find_visit(current_session(), visit_id))


@serve(blueprint, "/places", described("Places: provinces, cities, counties, townships, villages"))
def places(parameters: PlaceParameters) -> schemas.Page[schemas.Place]:
    """The places, by code."""
    after = read_cursor(parameters.cursor, str)
    chosen = [*queries.equal(Region.level, parameters.level), *queries.within(Region.code, parameters.within, "within")]
    chosen += [] if after is None else [Region.code > after]
    page, cursor = cut_page(queries.list_places(current_session(), chosen, parameters.limit + 1), parameters.limit, lambda each: each.code)
    return schemas.Page(items=[place_record(each) for each in page], next=next_address(parameters, cursor))


@serve(blueprint, "/households", described("Households of the frame; names are whole only for those who may see them"))
def households(parameters: HouseholdParameters) -> schemas.Page[schemas.Household]:
    """The households, by village and number."""
    chosen = [*queries.equal(Household.kind, parameters.kind), *queries.of_visit(parameters.visit)]
    chosen += _places(Household.village_code, parameters)
    after = read_cursor(parameters.cursor, tuple[str, str])
    found = queries.list_households(current_session(), chosen, after, parameters.limit + 1)
    page, cursor = cut_page(found, parameters.limit, lambda each: (each.village_code, each.number))
    return schemas.Page(items=[household_record(each) for each in page], next=next_address(parameters, cursor))


@serve(blueprint, "/submissions", described("Interviews as they came, without answers"))
def submissions(parameters: InterviewParameters) -> schemas.Page[schemas.Interview]:
    """The interviews, by the moment in which they came."""
    chosen = [*queries.equal(Submission.visit_id, parameters.visit), *queries.equal(Submission.form_id, parameters.form_id)]
    chosen += [*queries.equal(Submission.review_state, parameters.state), *queries.since_received(parameters.since)]
    chosen += _places(Submission.village_code, parameters)
    after = read_cursor(parameters.cursor, queries.Moment)
    found = queries.list_interviews(current_session(), chosen, after, parameters.limit + 1)
    page, cursor = cut_page(found, parameters.limit, lambda each: (each.received_at, each.instance_id))
    return schemas.Page(items=[interview_record(each) for each in page], next=next_address(parameters, cursor))


@serve(blueprint, "/issues", described("Issues with their state and history"))
def issues(parameters: IssueParameters) -> schemas.Page[schemas.Issue]:
    """The issues, by number."""
    after = read_cursor(parameters.cursor, str)
    chosen = [*queries.equal(Issue.visit_id, parameters.visit), *queries.equal(Issue.state, parameters.state)]
    chosen += [*_places(Issue.place_code, parameters), *queries.since_step(parameters.since)]
    chosen += [] if after is None else [Issue.number > after]
    session = current_session()
    page, cursor = cut_page(queries.list_issues(session, chosen, parameters.limit + 1), parameters.limit, lambda each: each.number)
    steps = queries.histories(session, page)
    return schemas.Page(items=[issue_record(each, steps[each.id]) for each in page], next=next_address(parameters, cursor))


@serve(blueprint, "/issues/<number>", described("One issue with its history"))
def issue(parameters: Nothing, number: str) -> schemas.Issue:
    """One issue."""
    found = queries.find_issue(current_session(), number)
    return issue_record(found, queries.histories(current_session(), [found])[found.id])


@serve(blueprint, "/questionnaires", described("Published versions of questionnaires"))
def questionnaires(parameters: VersionParameters) -> schemas.Page[schemas.Version]:
    """The versions, by form and version."""
    chosen = [*queries.equal(QuestionnaireVersion.form_id, parameters.form_id), *queries.visit_uses(parameters.visit)]
    after = read_cursor(parameters.cursor, tuple[str, str])
    found = queries.list_versions(current_session(), chosen, after, parameters.limit + 1)
    page, cursor = cut_page(found, parameters.limit, lambda each: (each.form_id, each.version))
    return schemas.Page(items=[version_record(each) for each in page], next=next_address(parameters, cursor))


@serve(
    blueprint, "/questionnaires/<form_id>/<version>", described("The codebook of one version: tables, columns, labels, choices, indicators")
)
def questionnaire(parameters: Nothing, form_id: str, version: str) -> schemas.Codebook:
    """The codebook of one version."""
    found = find_version(current_session(), form_id, version)
    entry = codebook_entry(make_form_book((load_questionnaire(found),)))
    return schemas.Codebook(form_id=form_id, version=version, title={"default": found.title, **found.titles}, codebook=entry)


@serve(blueprint, "/reports", described("The register of reports"))
def reports(parameters: ReportParameters) -> schemas.Page[schemas.Report]:
    """The reports, by the moment in which they came into the register."""
    chosen = [*queries.equal(Report.visit_id, parameters.visit), *queries.within(Report.region_code, parameters.county, "county")]
    chosen += [] if parameters.since is None else [Report.created_at >= parameters.since]
    after = read_cursor(parameters.cursor, queries.Moment)
    found = queries.list_reports(current_session(), chosen, after, parameters.limit + 1)
    page, cursor = cut_page(found, parameters.limit, lambda each: (each.created_at, each.id))
    return schemas.Page(items=[report_record(each) for each in page], next=next_address(parameters, cursor))


@serve(blueprint, "/reports/<report_id>/file", described("The Word document of a report"), media_type=DOCX)
def report_file(parameters: Nothing, report_id: str) -> Response:
    """The Word document of a report."""
    report = find_report(current_session(), report_id)
    return download(content_of(report, current_storage()), f"{report.title}.docx", DOCX)


def _places(column: Any, parameters: HouseholdParameters | InterviewParameters | IssueParameters) -> list[queries.Condition]:
    return [*queries.within(column, parameters.county, "county"), *queries.within(column, parameters.village, "village")]
