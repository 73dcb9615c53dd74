"""The demonstration as it stands in the database after it was built through the real intake.

What it promises by number is looked for in the whole of it, in long tests; all else in the small one, which is built in the same way.
"""

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.candidates.models import IssueCandidate
from survey.demo.build import is_built
from survey.demo.facts import read_facts
from survey.devices.models import PersonPin
from survey.events import Event
from survey.intake.models import Attachment, Countersignature, Flag, QuarantinedSubmission, Submission
from survey.issues.models import Issue
from survey.liaison.models import Contact
from survey.places.models import Household, Region
from survey.registry.models import HouseholdMember
from survey.storage import Storage
from survey.visits.ledger import read_ledger
from survey.visits.models import Assignment, MeetingPerson, Pair, Visit


@pytest.mark.soak
def test_build_demo__founding_case__gives_its_numbers(demo_session: Session) -> None:
    numbers = read_ledger(demo_session).numbers()

    recommendations = numbers.pop("recommendations")
    assert recommendations > 70
    assert numbers == {
        "visits": 12,
        "cities": 7,
        "counties": 13,
        "villages": 28,
        "households": 1009,
        "files_read": 1099,
        "meetings": 42,
        "survey_reports": 9,
        "theory_reports": 1,
    }


def test_build_demo__places_and_visits__say_that_they_are_invented(small_demo_session: Session) -> None:
    invented = {
        level: is_invented for level, is_invented in small_demo_session.execute(select(Region.level, Region.is_invented).distinct())
    }

    assert invented == {"province": False, "city": False, "county": False, "township": True, "village": True}
    assert small_demo_session.scalars(select(Visit.is_invented).distinct()).all() == [True]


@pytest.mark.soak
def test_build_demo__look_back__returns_in_august_to_households_of_april(demo_session: Session) -> None:
    look_back = demo_session.scalars(select(Visit).where(Visit.look_back_of_id.is_not(None))).one()
    april = demo_session.get_one(Visit, look_back.look_back_of_id)

    assert (april.starts_on.month, look_back.starts_on.month, look_back.starts_on.year) == (4, 8, 2017)
    interviewed = select(Submission.household_id).where(Submission.form_id == "household", Submission.review_state != "replaced")
    before = set(demo_session.scalars(interviewed.where(Submission.visit_id == april.id)))
    after = set(demo_session.scalars(interviewed.where(Submission.visit_id == look_back.id)))
    assert after <= before
    people = {visit.id: {(pair.lead_id, pair.second_id) for pair in visit.pairs} for visit in (april, look_back)}
    assert people[april.id] == people[look_back.id]
    issues = demo_session.scalars(select(Issue).where(Issue.visit_id.in_((april.id, look_back.id)), Issue.county_code == "610727")).all()
    assert {issue.visit_id for issue in issues} == {april.id, look_back.id}
    assert len({(issue.form_id, issue.rule) for issue in issues}) == len(issues)


@pytest.mark.soak
def test_build_demo__review__has_work_left_in_every_state(demo_session: Session) -> None:
    counts = dict(demo_session.execute(select(Submission.review_state, func.count()).group_by(Submission.review_state)).all())
    by_visit = demo_session.execute(
        select(Visit.state, func.count())
        .join(Submission, Submission.visit_id == Visit.id)
        .where(Submission.review_state == "received")
        .group_by(Visit.state)
    )
    quarantined = dict(demo_session.execute(select(QuarantinedSubmission.state, func.count()).group_by(QuarantinedSubmission.state)).all())
    checks = set(demo_session.scalars(select(Flag.check)))

    assert counts["accepted"] > 1900
    assert dict(by_visit.all())["open"] > 20
    assert counts["returned"] >= 20
    assert quarantined == {"waiting": 4, "settled": 2}
    assert checks >= {"cadre_present", "clock_wrong", "no_position", "short_interview", "hurried_answers"}
    assert checks >= {"far_position", "not_countersigned", "outside_days", "same_picture"}
    n_impossible = demo_session.scalar(select(func.count()).select_from(Flag).where(Flag.check == "impossible_speed"))
    assert n_impossible == sum(visit.n_impossible for visit in read_facts().visits)


def test_build_demo__of_one_interview_in_six__has_everything_that_the_whole_one_has(small_demo_session: Session) -> None:
    numbers = read_ledger(small_demo_session).numbers()
    reviewed = set(small_demo_session.scalars(select(Submission.review_state)))
    quarantined = dict(
        small_demo_session.execute(select(QuarantinedSubmission.state, func.count()).group_by(QuarantinedSubmission.state)).all()
    )
    checks = set(small_demo_session.scalars(select(Flag.check)))
    states = set(small_demo_session.scalars(select(Issue.state)))

    told = ("visits", "cities", "counties", "villages", "meetings", "survey_reports", "theory_reports")
    assert [numbers[name] for name in told] == [12, 7, 13, 28, 42, 9, 1]
    assert 150 < numbers["households"] < 200
    assert reviewed == {"accepted", "received", "returned", "replaced"}
    assert quarantined == {"waiting": 4, "settled": 2}
    assert checks >= {"cadre_present", "no_position", "short_interview", "hurried_answers", "not_countersigned", "repeated_assignment"}
    assert states >= {"raised", "verified", "partly_verified", "refuted", "reported", "rectifying", "rectified", "closed", "reopened"}
    assert small_demo_session.scalars(select(PersonPin)).all() == []


def test_build_demo__second_forms__wait_beside_the_first_and_differ(small_demo_session: Session) -> None:
    second = small_demo_session.scalars(
        select(Submission).join(Flag, Flag.instance_id == Submission.instance_id).where(Flag.check == "repeated_assignment")
    ).all()

    assert len(second) == 10
    for form in second:
        first = small_demo_session.scalars(
            select(Submission).where(
                Submission.assignment_id == form.assignment_id,
                Submission.instance_id != form.instance_id,
                Submission.review_state != "replaced",
            )
        ).one()
        assert form.received_from_id == form.second_id != first.received_from_id
        assert form.answers != first.answers


def test_build_demo__edits__replace_what_was_returned(small_demo_session: Session) -> None:
    edits = small_demo_session.scalars(select(Submission).where(Submission.deprecated_id.is_not(None))).all()

    assert len(edits) == 8
    for edit in edits:
        original = small_demo_session.get_one(Submission, edit.deprecated_id)
        assert original.review_state == "replaced"
        assert original.answers["income"]["crop_income_cny"] > edit.answers["income"]["crop_income_cny"]


def test_build_demo__open_visit__leaves_households_for_the_first_pair(small_demo_session: Session) -> None:
    lead = small_demo_session.scalars(select(User).where(User.username == "lead1")).one()
    answered = select(Submission.assignment_id).where(Submission.assignment_id.is_not(None))
    left = small_demo_session.scalars(
        select(Assignment)
        .join(Pair)
        .join(Visit, Visit.id == Assignment.visit_id)
        .where(Visit.state == "open", Pair.lead_id == lead.id, Assignment.form_id == "household", Assignment.id.not_in(answered))
    ).all()

    assert len(left) >= 5
    own = select(func.count()).select_from(Submission).join(Visit).where(Visit.state == "open", Submission.lead_id == lead.id)
    assert small_demo_session.scalar(own.where(Submission.review_state == "returned")) >= 1


def test_build_demo__candidates__come_from_every_focus_area(small_demo_session: Session) -> None:
    areas = set(small_demo_session.scalars(select(IssueCandidate.area).distinct()))

    assert areas >= {"health", "education", "industry", "housing", "funds", "water", "conduct", "identification", "responsibility"}


def test_build_demo__pictures__lie_in_storage_and_are_what_they_say(small_demo_app: Flask, small_demo_session: Session) -> None:
    storage: Storage = small_demo_app.extensions["survey.storage"]
    pictures = select(Attachment.sha256, Attachment.media_type).where(Attachment.name != "audit.csv")
    rows = small_demo_session.execute(pictures.distinct()).all()

    assert {media_type for _, media_type in rows} == {"image/jpeg", "image/png"}
    for sha256, media_type in rows:
        assert storage.get(sha256).startswith(b"\xff\xd8" if media_type == "image/jpeg" else b"\x89PNG")


@pytest.mark.soak
def test_build_demo__seconds__have_countersigned_nearly_everything_and_nobody_keeps_a_pin(demo_session: Session) -> None:
    signed = dict(demo_session.execute(select(Countersignature.is_verified, func.count()).group_by(Countersignature.is_verified)).all())

    assert signed[True] > 1800
    assert 15 < signed[False] < 80
    assert demo_session.scalars(select(PersonPin)).all() == []


def test_build_demo__everything__is_in_the_log(small_demo_session: Session) -> None:
    received = small_demo_session.scalar(select(func.count()).select_from(Event).where(Event.action == "submission.received"))

    assert received == small_demo_session.scalar(select(func.count()).select_from(Submission))


def test_build_demo__households__are_met_under_their_own_kind(small_demo_session: Session) -> None:
    facts = read_facts()
    kinds = dict(small_demo_session.execute(select(Household.kind, func.count()).group_by(Household.kind)).all())

    assert sum(kinds.values()) == 28 * facts.households_per_village
    stated = small_demo_session.execute(
        select(Submission, Household.kind).join(Household).where(Submission.form_id == "household").limit(40)
    ).all()
    assert all(submission.answers["household_kind"] == kind for submission, kind in stated)


def test_is_built__demonstration__is_so_and_an_empty_installation_not(small_demo_app: Flask, app: Flask) -> None:
    assert is_built(small_demo_app)
    assert not is_built(app)


def test_sign_in__fixed_password__opens_the_pages_for_every_role(small_demo_app: Flask) -> None:
    facts = read_facts()
    for username in ("admin", "coordinator", "author", "county", "lead1", "second1"):
        client = small_demo_app.test_client()
        answer = client.post("/sign-in", data={"username": username, "password": facts.password})
        assert answer.status_code == 302, username
        assert client.get("/", follow_redirects=True).status_code == 200, username


def test_build_demo__names_of_households__stand_nowhere_in_the_bytes_of_the_database(small_demo_session: Session) -> None:
    names = {*small_demo_session.scalars(select(Household.head_name)), *small_demo_session.scalars(select(HouseholdMember.name))}
    # Officials are named in the clear, and some of the invented ones have the name of a peasant.
    names -= {*small_demo_session.scalars(select(Contact.name)), *small_demo_session.scalars(select(MeetingPerson.name))}
    assert len(names) > 2000
    content = Path(str(small_demo_session.get_bind().engine.url.database)).read_bytes()
    signs = (run.decode(errors="replace") for run in re.findall(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}", content))
    escaped = (run.decode("unicode_escape") for run in re.findall(rb"(?:\\u[4-9][0-9a-f]{3}){2,}", content))
    found = {run[at : at + n] for run in (*signs, *escaped) for at in range(len(run) - 1) for n in (2, 3, 4)}
    assert not names & found
