"""Rows of the register as the records that the interface answers with. Names of people of households go through `shown_name`."""

from collections.abc import Iterable

from flask import url_for

from survey.api import schemas
from survey.instruments.models import QuestionnaireVersion
from survey.intake.models import Submission
from survey.issues.models import Issue, IssueStep
from survey.places.models import Household, Region
from survey.protection.reading import shown_name
from survey.reports.models import Report
from survey.visits.models import Visit


def visit_record(visit: Visit) -> schemas.Visit:
    """A visit with its villages and questionnaires."""
    return schemas.Visit(
        id=visit.id,
        title=visit.title,
        starts_on=visit.starts_on,
        ends_on=visit.ends_on,
        state=visit.state,
        records=visit.records,
        look_back_of=visit.look_back_of_id,
        is_invented=visit.is_invented,
        villages=sorted(each.village_code for each in visit.villages),
        forms=sorted(f"{form.form_id}:{form.version}" for form in visit.forms),
    )


def place_record(region: Region) -> schemas.Place:
    """A place."""
    return schemas.Place(
        code=region.code,
        name=region.name,
        level=region.level,
        parent_code=region.parent_code,
        is_invented=region.is_invented,
        latitude=region.latitude,
        longitude=region.longitude,
    )


def household_record(household: Household) -> schemas.Household:
    """A household, its head as the reader may know them."""
    return schemas.Household(
        id=household.id,
        village_code=household.village_code,
        number=household.number,
        head_name=shown_name(household.head_name),
        kind=household.kind,
        n_members=household.n_members,
        cause=household.cause,
        markers=list(household.markers or ()),
    )


def interview_record(interview: Submission) -> schemas.Interview:
    """An interview without its answers."""
    return schemas.Interview(
        instance_id=interview.instance_id,
        form_id=interview.form_id,
        form_version=interview.form_version,
        visit_id=interview.visit_id,
        village_code=interview.village_code,
        household_id=interview.household_id,
        recorded_as=interview.recorded_as,
        review_state=interview.review_state,
        started_at=interview.started_at,
        ended_at=interview.ended_at,
        received_at=interview.received_at,
        reviewed_at=interview.reviewed_at,
        doubts=sorted({flag.check for flag in interview.flags}),
    )


def issue_record(issue: Issue, steps: Iterable[tuple[IssueStep, str]]) -> schemas.Issue:
    """An issue with its history."""
    return schemas.Issue(
        number=issue.number,
        title=issue.title,
        titles=dict(issue.titles),
        finding=issue.finding,
        area=issue.area,
        level=issue.level,
        severity=issue.severity,
        place_code=issue.place_code,
        visit_id=issue.visit_id,
        form_id=issue.form_id,
        rule=issue.rule,
        attribution=issue.attribution,
        scope=issue.scope,
        basis=dict(issue.basis or {}),
        recommendation=issue.recommendation,
        responsible_body=issue.responsible_body,
        due_on=issue.due_on,
        escalated_to=issue.escalated_to,
        state=issue.state,
        state_since=issue.state_since,
        raised_at=issue.raised_at,
        verified_at=issue.verified_at,
        reported_at=issue.reported_at,
        closed_at=issue.closed_at,
        merged_into=issue.merged_into.number if issue.merged_into else None,
        history=[
            schemas.IssueStep(
                number=step.number,
                action=step.action,
                from_state=step.from_state,
                to_state=step.to_state,
                reason=step.reason,
                taken_at=step.taken_at,
                taken_by=name,
            )
            for step, name in steps
        ],
    )


def version_record(version: QuestionnaireVersion) -> schemas.Version:
    """A published version of a questionnaire."""
    return schemas.Version(
        form_id=version.form_id,
        version=version.version,
        title={"default": version.title, **version.titles},
        published_at=version.published_at,
        source_sha256=version.source_sha256,
    )


def report_record(report: Report) -> schemas.Report:
    """A report of the register with the address of its file."""
    address = url_for("api.report_file", report_id=report.id, _external=True) if report.sha256 else None
    return schemas.Report(
        id=report.id,
        kind=report.kind,
        title=report.title,
        visit_id=report.visit_id,
        region_code=report.region_code,
        reported_on=report.reported_on,
        created_at=report.created_at,
        language=report.language,
        audience=report.audience,
        version=report.version,
        sha256=report.sha256,
        dataset_hash=report.dataset_hash,
        file=address,
    )
