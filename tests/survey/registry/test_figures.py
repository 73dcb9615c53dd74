"""The counts that the database makes of the register are those that the pure rules make household by household, on any day."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import create_engine_for
from survey.places.models import HOUSEHOLD_KINDS, Household
from survey.registry.figures import read_figures, read_moments
from survey.registry.models import Identification
from survey.registry.operations import correct_identification, record_identification
from survey.registry.order import KIND_OF_STATE, kind_on, may_follow, state_on
from survey.schema import upgrade_schema
from survey.sealing.fields import Keyring, seal_fields_of
from tests import builders
from tests.conftest import SECRET_KEY

VILLAGES = ("610727101201", "610727101202", "610727102201")
DAYS = (date(2013, 12, 31), date(2014, 6, 30), date(2015, 3, 3), date(2016, 12, 31), date(2018, 4, 20))


def fill(session: Session, now: datetime) -> None:
    """Sixteen households whose registers go as chance will have it, some rows corrected and some taken back."""
    rng = Random(20180420)
    for number in range(16):
        household = builders.add_household(
            session, f"{number:03}", village_code=VILLAGES[number % 3], kind=rng.choice(HOUSEHOLD_KINDS), n_members=1 + number % 5
        )
        household.cause = rng.choice(("illness", "schooling", ""))
        day, rows = date(2014, 1, 1), []
        for _ in range(rng.randrange(6)):
            day += timedelta(days=rng.randrange(300))
            rows.append(record_identification(session, None, household, rng.choice(may_follow(rows)), min(day, date(2018, 4, 1)), "", now))
        if rows and number % 2:
            values = {"kind": rows[-1].kind, "happened_on": rows[-1].happened_on + timedelta(days=9), "note": "", "reason": "笔误"}
            correct_identification(session, None, rows[-1], **values, is_withdrawn=number % 4 == 1, now=now)
    session.flush()


def check(session: Session, code: str) -> None:
    """Compare both ways of counting a place on every day."""
    region = builders.add_region(session, code)
    prefix = code.rstrip("0") if code not in VILLAGES else code
    households = [each for each in session.scalars(select(Household)) if each.village_code.startswith(prefix)]
    rows = {each.id: list(session.scalars(select(Identification).where(Identification.household_id == each.id))) for each in households}
    moments = {moment.day: moment for moment in read_moments(session, region, DAYS)}
    for day in DAYS:
        figures = read_figures(session, region, day)
        expected: Counter[str] = Counter()
        persons: Counter[str] = Counter()
        states: Counter[str] = Counter()
        for each in households:
            kind = kind_on(rows[each.id], day) or each.kind
            expected[kind] += 1
            persons[kind] += each.n_members
            states[state_on(rows[each.id], day)] += 1
        totals = figures.totals()
        assert {kind: (count.n_households, count.n_persons) for kind, count in totals.items()} == {
            **{kind: (expected[kind], persons[kind]) for kind in HOUSEHOLD_KINDS},
            "total": (len(households), sum(persons.values())),
        }
        for table in (figures.by_cause(), figures.by_area()):
            for kind in totals:
                assert sum(counts[kind].n_households for _, counts in table) == totals[kind].n_households
        assert {state: count.n_households for state, count in figures.by_state()} == {state: states[state] for state in KIND_OF_STATE}
        assert moments[day].n_of_kind("registered") == sum(states[state] for state, kind in KIND_OF_STATE.items() if kind == "registered")


def test_figures__of_a_random_register__are_those_of_the_rules(session: Session, now: datetime) -> None:
    fill(session, now)

    for code in ("610000000000", "610727000000", VILLAGES[0]):
        check(session, code)


def test_figures__on_postgresql__are_the_same(postgres_url: str, now: datetime) -> None:
    engine = create_engine_for(postgres_url)
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    upgrade_schema(engine)
    with Session(engine, expire_on_commit=False) as session:
        fill(session, now)
        check(session, "610727000000")
        session.rollback()
    engine.dispose()
