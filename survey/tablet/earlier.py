"""What is known of a household from before: its answers at the visit that is looked back on, and what other visits found there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from lxml import etree
from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from questionnaires.instance import parse_instance
from questionnaires.model import Question, Questionnaire, Repeat
from questionnaires.question_types import QUESTION_TYPES
from questionnaires.settle import local_name
from questionnaires.typed_values import to_xml_text
from survey.candidates.raised_queries import raised_about
from survey.db import batches
from survey.field_time import field_date
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.issues.life import HANDED_OVER, OPEN
from survey.issues.models import Issue, IssueEvidence
from survey.reconciling.counted import is_counted
from survey.reconciling.models import Reconciliation
from survey.visits.models import Assignment, Visit
from survey.visits.queries import AssignedHousehold


@dataclass(frozen=True, slots=True)
class EarlierInterview:
    """What the household answered at the earlier visit, raw and by path; inside a repeat the path carries the position ("/data/m[2]/x")."""

    visit_title: str
    held_on: date
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """Something that is known of the household from another visit: an issue, or what a form raised that is no issue yet.

    `title` is by language code.
    """

    title: Mapping[str, str]
    area: str
    severity: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of one assignment's household from before."""

    earlier: EarlierInterview | None
    issues: tuple[OpenIssue, ...]


def background_of(
    session: Session, tasks: Sequence[AssignedHousehold], versions: Mapping[tuple[str, str], QuestionnaireVersion]
) -> dict[str, Background]:
    """What is known from before by assignment id, of the assignments of which anything is; `versions` by form id and version.

    Four statements for every 500 households.
    """
    households = [task for task in tasks if task.household_id]
    interviews = _earlier_interviews(session, households, versions)
    issues = _open_issues(session, households)
    followed = _followed(session, households)
    found = {}
    for task in households:
        before = (*followed.of_household.get(task.household_id, ()), *followed.of_village.get(task.village_code, ()))
        raised = ((visit_id, issue) for visit_id, issue, key in issues.get(task.household_id, ()) if key not in followed.candidates)
        own = tuple(issue for visit_id, issue in (*before, *raised) if visit_id != task.visit_id)
        earlier = interviews.get(task.assignment_id)
        if earlier or own:
            found[task.assignment_id] = Background(earlier, own)
    return found


def answers_by_path(shape: "Shape", xml: bytes) -> dict[str, str]:
    """The raw answers that a submission's XML gives to what the questionnaire asks now."""
    answers: dict[str, str] = {}
    stack = [(parse_instance(xml), shape.root, shape.root)]
    while stack:
        element, path, shown = stack.pop()
        n_seen: dict[str, int] = {}
        for child in element.iterchildren(tag=etree.Element):
            name = local_name(child)
            own, own_shown = f"{path}/{name}", f"{shown}/{name}"
            if own in shape.repeats:
                n_seen[name] = n_seen.get(name, 0) + 1
                own_shown = f"{own_shown}[{n_seen[name]}]"
            if own not in shape.asked:
                stack.append((child, own, own_shown))
            elif child.text and child.text.strip():
                answers[own_shown] = child.text
    return answers


def texts_by_path(shape: "Shape", answers: Mapping[str, Any]) -> dict[str, str]:
    """The same of stored answers, as the form's XML would write them."""
    texts: dict[str, str] = {}
    stack: list[tuple[Mapping[str, Any], str, str]] = [(answers, shape.root, shape.root)]
    while stack:
        inside, path, shown = stack.pop()
        for name, value in inside.items():
            own, own_shown = f"{path}/{name}", f"{shown}/{name}"
            if own in shape.repeats:
                stack.extend((each or {}, own, f"{own_shown}[{number}]") for number, each in enumerate(value or (), start=1))
            elif own in shape.asked:
                texts |= {own_shown: text} if (text := to_xml_text(value)).strip() else {}
            elif isinstance(value, dict):
                stack.append((value, own, own_shown))
    return texts


@dataclass(frozen=True, slots=True)
class Shape:
    """What reading a submission needs to know of its form: the path of its root, of what it asks, and of its repeats."""

    root: str
    asked: frozenset[str]
    repeats: frozenset[str]


def shape_of(questionnaire: Questionnaire) -> Shape:
    """The shape of a questionnaire; pictures, sounds and other files, which stay on the server, count as not asked."""
    nodes = tuple(questionnaire.walk())
    return Shape(
        root="/" + nodes[0].path.split("/")[1] if nodes else "/data",
        asked=frozenset(node.path for node in nodes if isinstance(node, Question) and _is_comparable(node)),
        repeats=frozenset(node.path for node in nodes if isinstance(node, Repeat)),
    )


def _is_comparable(question: Question) -> bool:
    known = QUESTION_TYPES.get(question.type)
    return known is None or (known.is_asked and known.kind not in ("", "media"))


def _earlier_interviews(
    session: Session, tasks: Sequence[AssignedHousehold], versions: Mapping[tuple[str, str], QuestionnaireVersion]
) -> dict[str, EarlierInterview]:
    """The newest accepted interview of the same household with the same form, at the visit that is looked back on, by assignment id.

    Of two records that were reconciled the answers that count; only of these are answers read beside the XML.
    """
    by_id = {task.assignment_id: task for task in tasks if (task.form_id, task.form_version) in versions}
    earlier_visit, this_visit = aliased(Visit), aliased(Visit)
    statement = (
        select(
            Assignment.id,
            Submission.xml,
            Submission.started_at,
            Submission.received_at,
            earlier_visit.title,
            Reconciliation.answers.label("reconciled"),
        )
        .join(this_visit, this_visit.id == Assignment.visit_id)
        .join(earlier_visit, earlier_visit.id == this_visit.look_back_of_id)
        .join(Submission, and_(Submission.visit_id == earlier_visit.id, Submission.household_id == Assignment.household_id))
        .outerjoin(Reconciliation, is_counted())
        .where(Submission.form_id == Assignment.form_id, Submission.review_state == "accepted", Submission.recorded_as == "lead")
        .order_by(Submission.received_at, Submission.instance_id, Reconciliation.finished_at)
    )
    rows = {row.id: row for ids in batches(by_id) for row in session.execute(statement.where(Assignment.id.in_(ids)))}
    used = {(by_id[each].form_id, by_id[each].form_version) for each in rows}
    shapes = {key: shape_of(load_questionnaire(versions[key])) for key in used}
    found = {}
    for assignment_id, row in rows.items():
        shape = shapes[by_id[assignment_id].form_id, by_id[assignment_id].form_version]
        held_on = field_date(row.started_at or row.received_at)
        answers = answers_by_path(shape, row.xml) if row.reconciled is None else texts_by_path(shape, row.reconciled)
        found[assignment_id] = EarlierInterview(row.title, held_on, answers)
    return found


@dataclass(frozen=True, slots=True)
class _Followed:
    """The issues of households and villages, each with its visit, and the candidates that belong to issues."""

    of_household: Mapping[str, Sequence[tuple[str | None, OpenIssue]]]
    of_village: Mapping[str, Sequence[tuple[str | None, OpenIssue]]]
    candidates: frozenset[str]


def _followed(session: Session, tasks: Sequence[AssignedHousehold]) -> _Followed:
    """The open issues that a household showed, and those reported of its whole village that no household showed, the newest first."""
    columns = Issue.id, Issue.title, Issue.titles, Issue.area, Issue.severity, Issue.raised_at, Issue.visit_id, Issue.state
    by_evidence = (
        select(IssueEvidence.household_id, IssueEvidence.candidate_id, *columns)
        .join(Issue, Issue.id == IssueEvidence.issue_id)
        .where(IssueEvidence.withdrawn_at.is_(None))
        .order_by(Issue.raised_at.desc(), Issue.id)
    )
    households: dict[str, dict[str, tuple[str | None, OpenIssue]]] = {}
    candidates: set[str] = set()
    for ids in batches(task.household_id for task in tasks):
        for household_id, candidate_id, *issue in session.execute(by_evidence.where(IssueEvidence.household_id.in_(ids))):
            candidates |= {candidate_id} if candidate_id else set()
            if issue[-1] in OPEN:
                households.setdefault(str(household_id), {}).setdefault(issue[0], _known(*issue))
    shown = select(IssueEvidence.id).where(IssueEvidence.issue_id == Issue.id, IssueEvidence.household_id.is_not(None))
    by_place = select(Issue.place_code, *columns).where(Issue.state.in_(HANDED_OVER), Issue.state.in_(OPEN), ~shown.exists())
    villages: dict[str, list[tuple[str | None, OpenIssue]]] = {}
    for codes in batches(task.village_code for task in tasks):
        for place_code, *issue in session.execute(by_place.where(Issue.place_code.in_(codes)).order_by(Issue.raised_at.desc(), Issue.id)):
            villages.setdefault(place_code, []).append(_known(*issue))
    return _Followed({key: tuple(each.values()) for key, each in households.items()}, villages, frozenset(candidates))


def _known(
    _id: str, title: str, titles: Mapping[str, str], area: str, severity: str, raised_at: datetime, visit_id: str | None, _state: str
) -> tuple[str | None, OpenIssue]:
    return visit_id, OpenIssue(titles or {"zh": title}, area, severity, raised_at)


def _open_issues(session: Session, tasks: Sequence[AssignedHousehold]) -> dict[str, list[tuple[str | None, OpenIssue, str]]]:
    """What was raised about each household, newest first and each rule once per visit, with visit and candidate, by household id."""
    found: dict[str, list[tuple[str | None, OpenIssue, str]]] = {}
    seen: set[tuple[str | None, str | None, str]] = set()
    for each in raised_about(session, (task.household_id for task in tasks)):
        key = (each.household_id, each.visit_id, each.rule)
        if key not in seen and each.household_id:
            seen.add(key)
            issue = OpenIssue(each.title, each.area, each.severity, each.raised_at)
            found.setdefault(each.household_id, []).append((each.visit_id, issue, each.id))
    return found
