"""What a person takes along: the open visits, the assignments, what is known from before, and every form, each part under a tag.

A tablet compares the tags with what it has and fetches what differs. However many households a visit has, the number of statements is
the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from survey.accounts.models import User
from survey.household_outcomes.carried import issues_to_carry
from survey.instruments.models import QuestionnaireVersion
from survey.outcomes.queries import standing_outcomes
from survey.review.asking_queries import queries_for_tablets
from survey.sealing.pinyin import pinyin_of
from survey.tablet.documents import Document, json_document
from survey.tablet.earlier import Background, background_of
from survey.tablet.queries import prefilled_answers
from survey.visits.household_list import above_villages
from survey.visits.models import Assignment, Pair, Visit
from survey.visits.queries import AssignedHousehold, list_assignments_of

FormKey = tuple[str, str]
"""A form's id and version."""


@dataclass(frozen=True, slots=True)
class Luggage:
    """Everything of one person's package that the database holds, read once per request."""

    user: User
    tasks: tuple[AssignedHousehold, ...]
    visits: tuple[Visit, ...]
    pairs: Mapping[str, Pair]
    versions: Mapping[FormKey, QuestionnaireVersion]
    background: Mapping[str, Background]
    above: Mapping[str, str]
    """The names of townships and counties, by the digits that the codes of their villages begin with."""
    queries: Mapping[str, tuple[dict[str, Any], ...]]
    """What is asked about single answers of returned interviews, by instance id."""
    outcomes: Mapping[str, str]
    """What stands for assignments without an interview, such as "absent", by assignment id."""


def pack(session: Session, user: User, drafts: Sequence[FormKey] = ()) -> Luggage:
    """What this person takes along; `drafts` are the forms of interviews that already lie on the tablet."""
    tasks = list_assignments_of(session, user.id)
    visits = _visits_of(session, user)
    versions = _versions(session, {(task.form_id, task.form_version) for task in tasks if task.form_version} | set(drafts), visits)
    standing = standing_outcomes(session, Assignment.pair_id.in_({task.pair_id for task in tasks}))
    return Luggage(
        user=user,
        tasks=tasks,
        visits=visits,
        pairs=_pairs(session, {task.pair_id for task in tasks}),
        versions=versions,
        background=background_of(session, tasks, versions),
        above=above_villages(session, (task.village_code for task in tasks)),
        queries=queries_for_tablets(session, {task.instance_id for task in tasks}),
        outcomes={assignment_id: each.outcome for assignment_id, each in standing.items()},
    )


def _visits_of(session: Session, user: User) -> tuple[Visit, ...]:
    """The open visits in whose pairs the person is, by their first day."""
    mine = select(Pair.visit_id).where(or_(Pair.lead_id == user.id, Pair.second_id == user.id))
    statement = (
        select(Visit)
        .where(Visit.state == "open", Visit.id.in_(mine))
        .options(selectinload(Visit.forms))
        .order_by(Visit.starts_on, Visit.id)
    )
    return tuple(session.scalars(statement))


def _versions(session: Session, wanted: set[FormKey], visits: Sequence[Visit]) -> dict[FormKey, QuestionnaireVersion]:
    """The published versions among `wanted`, and those that the visits use, with their files."""
    wanted = wanted | {(form.form_id, form.version) for visit in visits for form in visit.forms}
    if not wanted:
        return {}
    key = tuple_(QuestionnaireVersion.form_id, QuestionnaireVersion.version)
    statement = (
        select(QuestionnaireVersion)
        .where(key.in_(sorted(wanted)))
        .options(selectinload(QuestionnaireVersion.files))
        .order_by(QuestionnaireVersion.form_id, QuestionnaireVersion.version)
    )
    return {(each.form_id, each.version): each for each in session.scalars(statement)}


def _pairs(session: Session, pair_ids: set[str]) -> dict[str, Pair]:
    statement = select(Pair).where(Pair.id.in_(sorted(pair_ids))).options(joinedload(Pair.lead), joinedload(Pair.second))
    return {pair.id: pair for pair in session.scalars(statement)}


def tasks_document(luggage: Luggage) -> Document:
    """The assignments as the list of the tablet needs them; what is known from before is kept apart, because it is large and still."""
    return json_document({"tasks": [task_facts(task, luggage) for task in luggage.tasks]})


def task_facts(task: AssignedHousehold, luggage: Luggage) -> dict[str, Any]:
    """One assignment as the tablet keeps it."""
    pair = luggage.pairs[task.pair_id]
    return {
        "id": task.assignment_id,
        "visit_id": task.visit_id,
        "household_id": task.household_id,
        "form_id": task.form_id,
        "form_version": task.form_version,
        "form_titles": dict(task.form_titles) or {"default": task.form_title or task.form_id},
        "title": f"{task.number} {task.head_name}".strip() or task.village_name,
        "number": task.number,
        "head_name": task.head_name,
        "kind": task.kind,
        "n_members": task.n_members,
        "markers": list(task.markers),
        "village_code": task.village_code,
        "village": task.village_name,
        "group": task.group_name,
        "township": luggage.above.get(task.village_code[:9], ""),
        "county": luggage.above.get(task.village_code[:6], ""),
        "planned_on": task.planned_on.isoformat() if task.planned_on else None,
        "state": task.state,
        "outcome": luggage.outcomes.get(task.assignment_id, ""),
        "instance_id": task.instance_id,
        "review_reason": task.review_reason,
        "queries": list(luggage.queries.get(task.instance_id, ())),
        "prefill": prefilled_answers(task),
        "role": "lead" if pair.lead_id == luggage.user.id else "second",
        "pair": {"name": pair.name, "lead": _person(pair.lead), "second": _person(pair.second)},
        "search": search_text(task),
        "has_background": task.assignment_id in luggage.background,
    }


def search_text(task: AssignedHousehold) -> str:
    """What an assignment is found by: number, name, village and group as they are written and as they are typed in pinyin."""
    names = (task.number, task.head_name, task.village_name, task.group_name)
    return " ".join(filter(None, [*names, *(pinyin_of(name) for name in (task.head_name, task.village_name, task.group_name))])).lower()


def look_back_document(session: Session, tasks: Sequence[AssignedHousehold], visits: Sequence[Visit]) -> Document:
    """The issues that the visits follow, and at which households they are asked; apart, because what is recorded changes by the hour."""
    return json_document(issues_to_carry(session, tasks, visits))


def find_look_back_document(session: Session, user: User) -> Document:
    """The same for everything of one person's package."""
    return look_back_document(session, list_assignments_of(session, user.id), _visits_of(session, user))


def background_documents(luggage: Luggage) -> dict[str, Document]:
    """What is known of households from before, by village code; villages of which nothing is known are left out."""
    known = sorted((task for task in luggage.tasks if task.assignment_id in luggage.background), key=lambda task: task.village_code)
    return {
        village_code: json_document({task.assignment_id: _background_facts(luggage.background[task.assignment_id]) for task in of_village})
        for village_code, of_village in groupby(known, key=lambda task: task.village_code)
    }


def _background_facts(background: Background) -> dict[str, Any]:
    earlier = background.earlier
    return {
        "earlier": {**asdict(earlier), "held_on": earlier.held_on.isoformat(), "answers": dict(earlier.answers)} if earlier else None,
        "issues": [
            {"title": dict(issue.title), "area": issue.area, "severity": issue.severity, "raised_at": issue.raised_at.isoformat()}
            for issue in background.issues
        ],
    }


def _person(user: User) -> dict[str, str]:
    return {"username": user.username, "name": user.name}
