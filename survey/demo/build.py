"""Builds the demonstration: everything in one transaction, so that a build that was interrupted has left nothing behind."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.db import session_scope
from survey.demo.assistance import add_assistance_register
from survey.demo.chance import draw_from
from survey.demo.coding import code_worries
from survey.demo.comparison import decide_on_discrepancies
from survey.demo.corrections import correct_some
from survey.demo.decisions import return_for_amount, review_visit, settle_refused
from survey.demo.draws import place_villages, seal_draw
from survey.demo.estimates import raise_from_estimates
from survey.demo.facts import Facts, read_facts
from survey.demo.field_work import Desk, Sent, fill_tasks, mistyped, send, send_double, send_edit, send_mistaken
from survey.demo.frame import add_households, add_monitoring_points, add_people, add_places, publish_instruments
from survey.demo.homes import invent_homes
from survey.demo.issues import follow_findings, merge_findings
from survey.demo.liaison import add_liaison
from survey.demo.looking_back import look_back_on_issues
from survey.demo.other_forms import fill_in_others
from survey.demo.pictures import draw_pictures
from survey.demo.protection import keep_and_ask
from survey.demo.protocol import lend_keys, take_keys_back
from survey.demo.records import record_meetings, record_recommendations, record_reports
from survey.demo.register import add_register
from survey.demo.report_texts import write_report_texts
from survey.demo.saved_filters import save_filters
from survey.demo.schedule import ARCHIVE_FORM, HOUSEHOLD_FORM, LOCAL, VisitPlan, plan_visits
from survey.demo.second_records import record_twice
from survey.demo.tablets import register_tablets
from survey.demo.teams import add_profiles, put_team_together
from survey.demo.unmet import record_unmet
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.registry import load_questionnaire
from survey.places.models import Household
from survey.registry.sealing import Vault
from survey.schema import upgrade_schema
from survey.storage import Storage
from survey.visits.models import Pair, Visit
from survey.visits.operations import add_forms, add_pair, assign, create_visit, set_visit_state

BEGAN_AT = datetime(2016, 6, 20, 9, 0, tzinfo=LOCAL)
PAIR_NAMES = ("第一组", "第二组", "第三组", "第四组", "第五组", "第六组")

Progress = Callable[[int, int], None]
"""Is told how many interviews and archive checks are done, and how many there will be."""


def is_built(app: Flask) -> bool:
    """Whether this installation's database holds any people, and so is not to be built again."""
    with session_scope(app) as session:
        return session.scalar(select(User.id).limit(1)) is not None


def build_demo(app: Flask, progress: Progress | None = None, *, every: int = 1) -> None:
    """Fill an empty database with the demonstration of facts.toml; its schema is made if it is missing.

    With `every` above 1 only one of so many interviews and archive checks is held, and everything else is as it is.
    """
    facts = read_facts()
    upgrade_schema(app.extensions["survey.engine"])
    homes = {village.key: invent_homes(facts, village, county) for county in facts.counties for village in county.villages}
    plans = [replace(plan, tasks=plan.tasks[::every]) for plan in plan_visits(facts, homes)]
    n_tasks, n_done = sum(len(plan.tasks) for plan in plans), 0
    storage: Storage = app.extensions["survey.storage"]
    with app.app_context(), storage.in_bulk(), session_scope(app) as session:
        add_places(session, facts, BEGAN_AT)
        people = add_people(session, facts, BEGAN_AT)
        households = add_households(session, people["admin"], homes, BEGAN_AT)
        add_profiles(session, people, facts, BEGAN_AT)
        lend_keys(session, people.values(), BEGAN_AT)
        versions = publish_instruments(session, people["admin"], BEGAN_AT)
        pictures = draw_pictures(facts)
        forms = {version.form_id: load_questionnaire(version) for version in versions}
        for plan in plans:
            visit, assignments = _prepare(session, facts, people, plan, versions, households)
            put_team_together(session, people, visit, plan.facts, _at(plan.facts.starts_on - timedelta(days=3)))
            seal_draw(session, people, visit, plan.facts)
            desk = Desk(session, storage, facts, people, forms, pictures, assignments)
            _hold(desk, plan, _going_on(progress, n_done, n_tasks))
            n_done += len(plan.tasks)
            fill_in_others(desk, plan, visit)
            record_meetings(session, people, facts, visit, plan.facts)
            record_recommendations(session, people["coordinator"], facts, visit, plan.facts)
            record_unmet(session, people["coordinator"], plan.facts, visit)
            correct_some(session, people["coordinator"], facts, plan.facts, visit)
            if not plan.facts.is_open:
                decide_on_discrepancies(session, people["coordinator"], facts, plan.facts, visit)
                set_visit_state(session, people["coordinator"], visit, "closed", _at(plan.facts.ends_on + timedelta(days=4)))
        take_keys_back(session)
        record_reports(session, people["author"], facts)
        follow_findings(session, storage, pictures, people, facts)
        look_back_on_issues(session, people, facts)
        merge_findings(session, people["coordinator"], facts)
        raise_from_estimates(session, people, facts)
        add_liaison(session, storage, facts, people)
        add_assistance_register(session, facts, people["coordinator"])
        now = _at(facts.visits[-1].starts_on)
        save_filters(session, people, now)
        write_report_texts(session, people["author"], now)
        code_worries(session, people, session.get_one(Visit, facts.visits[-2].id), now)
        add_register(
            session, people["coordinator"], facts.seed, homes, households, Vault(app.extensions["survey.settings"].secret_key), now
        )
        add_monitoring_points(session, people["coordinator"], facts, now)
        keep_and_ask(session, people, session.get_one(Visit, facts.visits[-2].id), now)
        register_tablets(session, people, facts.visits[-1], _at(facts.visits[-1].days_held[-1] + timedelta(days=1)))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9, 0), LOCAL)


def _prepare(
    session: Session,
    facts: Facts,
    people: Mapping[str, User],
    plan: VisitPlan,
    versions: tuple[QuestionnaireVersion, ...],
    households: Mapping[tuple[str, str], Household],
) -> tuple[Visit, dict[tuple[str, str, str, str], str]]:
    """The opened visit, and its assignments' ids by visit, village code, household number and form."""
    told, coordinator, now = plan.facts, people["coordinator"], _at(plan.facts.starts_on - timedelta(days=3))
    visit = create_visit(
        session,
        coordinator,
        id=told.id,
        title=told.title,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
        purpose=told.purpose,
        look_back_of_id=told.look_back_of,
        records=told.records,
        is_invented=True,
        now=now,
    )
    now = place_villages(session, people, facts, visit, told, now)
    add_forms(session, coordinator, visit, versions, now)
    pairs = {
        number: add_pair(
            session,
            coordinator,
            visit,
            name=PAIR_NAMES[number - 1],
            lead_id=people[f"lead{number}"].id,
            second_id=people[f"second{number}"].id,
            now=now,
        )
        for number in told.pairs
    }
    assignments = _assign(session, coordinator, visit, plan, pairs, households, now)
    set_visit_state(session, coordinator, visit, "open", now)
    return visit, assignments


def _assign(
    session: Session,
    coordinator: User,
    visit: Visit,
    plan: VisitPlan,
    pairs: Mapping[int, Pair],
    households: Mapping[tuple[str, str], Household],
    now: datetime,
) -> dict[tuple[str, str, str, str], str]:
    batches: dict[tuple[int, str], dict[tuple[str, str], date]] = defaultdict(dict)
    for task in plan.tasks:
        batches[task.case.pair, task.form_id][task.case.home.key] = task.case.day
    files_due = {task.case.home.key for task in plan.tasks if task.form_id == ARCHIVE_FORM}
    for home, pair in plan.not_yet:
        # One village a day: the villages of a visit lie in counties far apart.
        day = plan.facts.days_held[-1] + timedelta(days=1 + plan.facts.villages.index(home.village.key) % 3)
        batches[pair, HOUSEHOLD_FORM][home.key] = day
        if home.has_file and home.key not in files_due:
            batches[pair, ARCHIVE_FORM][home.key] = day
    ids: dict[tuple[str, str, str, str], str] = {}
    for (pair, form_id), days in sorted(batches.items()):
        stored = [households[key] for key in days]
        days_by_id = {household.id: day for household, day in zip(stored, days.values(), strict=True)}
        made = assign(session, coordinator, visit, pair=pairs[pair], form_id=form_id, households=stored, now=now, days_by_id=days_by_id)
        for key, assignment in zip(days, made, strict=True):
            ids[visit.id, *key, form_id] = assignment.id
    return ids


def _going_on(progress: Progress | None, n_before: int, n_tasks: int) -> Callable[[int], None]:
    """What tells how much of everything is done, when it is told how much of one visit is."""

    def tell(done: int) -> None:
        if progress:
            progress(n_before + done, n_tasks)

    return tell


def _hold(desk: Desk, plan: VisitPlan, progress: Callable[[int], None]) -> None:
    """Send what the visit's pairs filled in, with some mistakes, edits and second forms, and decide on it."""
    coordinator, visit = desk.people["coordinator"], plan.facts
    interviews = [number for number, task in enumerate(plan.tasks) if task.form_id == HOUSEHOLD_FORM and not task.case.is_careless]
    chosen = draw_from(desk.facts.seed, visit.id, "special").sample(interviews, visit.n_edits + visit.n_doubles + visit.n_refused)
    edited = set(chosen[: visit.n_edits])
    doubled = set(chosen[visit.n_edits : visit.n_edits + visit.n_doubles])
    refused = chosen[visit.n_edits + visit.n_doubles :]
    sent: list[Sent] = []
    quarantined: list[str] = []
    for number, (task, filled) in enumerate(zip(plan.tasks, fill_tasks(plan.tasks), strict=True)):
        if number in refused:
            # The visits share the list of mistakes; the day keeps them from all making the first.
            quarantined.append(send_mistaken(desk, task, filled, refused.index(number) + visit.starts_on.day).instance_id)
        if number in edited:
            first = send(desk, task, mistyped(filled))
            return_for_amount(desk.session, coordinator, first)
            sent.append(send_edit(desk, first, filled))
        else:
            sent.append(send(desk, task, filled))
        if number in doubled:
            send_double(desk, sent[-1])
        progress(number + 1)
    review_visit(desk.session, coordinator, desk.facts, visit, sent)
    record_twice(desk, visit, sent)
    if not visit.is_open:
        settle_refused(desk.session, coordinator, quarantined, _at(visit.ends_on + timedelta(days=3)))
