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
from survey.field_time import field_date
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.intake.models import Submission
from survey.issues.raised_queries import batches, raised_about
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
    """Something that an interview of another visit raised about the household; `title` is by language code."""

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

    Two statements for every 500 households.
    """
    households = [task for task in tasks if task.household_id]
    interviews = _earlier_interviews(session, households, versions)
    issues = _open_issues(session, households)
    found = {}
    for task in households:
        own = tuple(issue for visit_id, issue in issues.get(task.household_id, ()) if visit_id != task.visit_id)
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


def _open_issues(session: Session, tasks: Sequence[AssignedHousehold]) -> dict[str, list[tuple[str | None, OpenIssue]]]:
    """What was raised about each household, newest first and each rule once per visit, with the visit, by household id."""
    found: dict[str, list[tuple[str | None, OpenIssue]]] = {}
    seen: set[tuple[str | None, str | None, str]] = set()
    for each in raised_about(session, (task.household_id for task in tasks)):
        key = (each.household_id, each.visit_id, each.rule)
        if key not in seen and each.household_id:
            seen.add(key)
            issue = OpenIssue(each.title, each.area, each.severity, each.raised_at)
            found.setdefault(each.household_id, []).append((each.visit_id, issue))
    return found
