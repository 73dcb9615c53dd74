"""Doubts beside other interviews, through the real intake: raised once, whatever arrives last, and taken back with their cause."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.bundles.export import export_bundle
from survey.events import Event
from survey.intake.attachments import ReceivedFile
from survey.intake.models import Flag, Submission
from survey.intake.receive import Received, receive_submission
from survey.protocol.operations import set_limits
from survey.protocol.queries import list_checks_of
from survey.review.operations import accept_submission, reopen_submission, return_submission
from survey.storage import Storage
from survey.visits.models import Assignment, Visit
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.survey.intake.interviews import ANSWERS, BEGAN, FORM, FORM_ID, JPEG, interview_xml

ARRIVAL = datetime(2018, 4, 20, 12, 0, tzinfo=UTC)
FAR = {"latitude": 33.51, "longitude": 106.15, "altitude": 900.0, "accuracy": 6.0}


class Office:
    """One visit with two assignments, and what is sent to it."""

    def __init__(self, session: Session, storage: Storage) -> None:
        self.session, self.storage = session, storage
        version = add_form(session, FORM, "visit_form.md")
        self.visit: Visit = add_visit(session, forms=[version])
        # What is tested here is not the signature, which a visit with two records each does without.
        self.visit.records = "independent"
        pair = add_pair(session, self.visit)
        self.tasks: list[Assignment] = [add_assignment(session, pair, add_household(session, f"00{n}"), FORM_ID) for n in (1, 2, 3)]
        self.lead = session.get_one(User, pair.lead_id)
        self.coordinator = find_or_add_person(session, "coordinator")
        session.flush()

    def send(
        self, name: str, task: int, *, after: int = 0, picture: bytes | None = None, replaces: str = "", place: object = ANSWERS["place"]
    ) -> Submission:
        """The interview of a task, begun so many minutes after the first; `picture` is what was taken of the well."""
        xml = interview_xml(name, replaces=replaces, place=place, **({"well": "well.jpg"} if picture else {}))
        if after:
            for minutes in (0, 40):
                xml = xml.replace(_instant(minutes), _instant(minutes + after))
        files = {"well.jpg": ReceivedFile("well.jpg", picture)} if picture else {}
        received = Received(xml, files, self.tasks[task].id)
        now = ARRIVAL + timedelta(minutes=len(self.session.scalars(select(Submission.instance_id)).all()))
        assert receive_submission(self.session, self.lead, received, self.storage, now).outcome in ("stored", "repeated")
        self.session.expire_all()
        return self.session.get_one(Submission, name)

    def checks(self, name: str) -> tuple[str, ...]:
        """The doubts about an interview."""
        return list_checks_of(self.session, name)

    def accept(self, name: str, reason: str = "") -> None:
        """Accept it."""
        accept_submission(self.session, self.coordinator, self.session.get_one(Submission, name), reason, ARRIVAL)


def _instant(minutes: int) -> bytes:
    return (BEGAN + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z").encode()


@pytest.fixture
def office(session: Session, tmp_path: Path) -> Office:
    """The visit."""
    return Office(session, Storage(str(tmp_path / "attachments")))


def test_pictures__of_two_households_alike__are_doubted_on_both_once(office: Office) -> None:
    office.send("uuid:a", 0, picture=JPEG)
    assert office.checks("uuid:a") == ()
    for _again in range(2):
        office.send("uuid:b", 1, after=60, picture=JPEG)
    office.send("uuid:c", 2, after=120, picture=JPEG + b"other")
    assert [office.checks(f"uuid:{name}") for name in "abc"] == [("same_picture",), ("same_picture",), ()]
    flags = {flag.instance_id: (flag.value, flag.other_id, flag.severity) for flag in office.session.scalars(select(Flag))}
    assert flags == {"uuid:a": ("well.jpg", "uuid:b", "serious"), "uuid:b": ("well.jpg", "uuid:a", "serious")}


def test_pictures__coming_after_the_answers__are_doubted_then(office: Office) -> None:
    office.send("uuid:a", 0, picture=JPEG)
    late = interview_xml("uuid:b", well="well.jpg")
    for files in ({}, {"well.jpg": ReceivedFile("well.jpg", JPEG)}):
        receive_submission(office.session, office.lead, Received(late, files, office.tasks[1].id), office.storage, ARRIVAL)
    assert office.checks("uuid:b") == office.checks("uuid:a") == ("same_picture",)


def test_pictures__edit_without_the_cause__takes_the_doubt_about_the_other_back(office: Office) -> None:
    office.send("uuid:a", 0, picture=JPEG)
    office.send("uuid:b", 1, after=60, picture=JPEG)
    office.send("uuid:b2", 1, after=60, picture=JPEG + b"new", replaces="uuid:b")
    assert (office.checks("uuid:a"), office.checks("uuid:b2")) == ((), ())
    actions = office.session.scalars(select(Event.action).where(Event.subject_id == "uuid:a").order_by(Event.number)).all()
    assert actions == ["submission.received", "submission.flagged", "submission.unflagged"]


def test_pictures__edit_while_a_third_has_the_same__leaves_the_doubt_beside_the_third(office: Office) -> None:
    for number, name in enumerate("abc"):
        office.send(f"uuid:{name}", number, after=60 * number, picture=JPEG)
    office.send("uuid:b2", 1, after=60, picture=JPEG + b"new", replaces="uuid:b")
    assert office.session.scalars(select(Flag.other_id).where(Flag.instance_id == "uuid:a")).all() == ["uuid:c"]
    assert office.checks("uuid:b2") == ()


def test_pictures__of_the_same_household_kept_by_an_edit__are_not_doubted(office: Office) -> None:
    office.send("uuid:a", 0, picture=JPEG)
    office.send("uuid:a2", 0, picture=JPEG, replaces="uuid:a")
    assert office.checks("uuid:a2") == ()


def test_accepted_interview__doubted_later__leaves_the_figures_until_it_is_readmitted_with_a_reason(office: Office, tmp_path: Path) -> None:
    office.send("uuid:a", 0, picture=JPEG)
    office.accept("uuid:a")
    assert export_bundle(office.session, tmp_path / "before")["counts"]["submissions"] == 1
    office.send("uuid:b", 1, after=60, picture=JPEG)
    suspended = office.session.get_one(Submission, "uuid:a")
    assert (suspended.review_state, suspended.reviewed_by_id, suspended.review_reason) == ("received", None, "")
    assert export_bundle(office.session, tmp_path / "without")["counts"]["submissions"] == 0
    office.accept("uuid:a", "照片是村口合影，两户都在")
    assert export_bundle(office.session, tmp_path / "after")["counts"]["submissions"] == 1
    office.send("uuid:c", 2, after=120, picture=JPEG)
    assert office.session.get_one(Submission, "uuid:a").review_state == "accepted", "a doubt that was answered is not raised again"


@pytest.mark.parametrize("order", [("near", "far"), ("far", "near")])
def test_speed__whichever_arrives_first__is_doubted_of_the_later_interview(office: Office, order: tuple[str, str]) -> None:
    for name in order:
        if name == "near":
            office.send("uuid:near", 0)
        else:
            office.send("uuid:far", 1, after=45, place=FAR)
    assert (office.checks("uuid:near"), office.checks("uuid:far")) == ((), ("impossible_speed",))
    flag = office.session.scalars(select(Flag)).one()
    assert (flag.value, flag.other_id) == ("20.0 km / 5 min", "uuid:near")


def test_speed__edit_that_tells_another_place__takes_the_doubt_back(office: Office) -> None:
    office.send("uuid:near", 0)
    office.send("uuid:far", 1, after=45, place=FAR)
    office.send("uuid:near2", 0, place=FAR, replaces="uuid:near")
    assert (office.checks("uuid:near2"), office.checks("uuid:far")) == ((), ())


def test_repeats__one_returned__frees_the_other_and_reopening_burdens_it_again(office: Office) -> None:
    first = office.send("uuid:a", 0)
    office.send("uuid:b", 0, after=60)
    assert (office.checks("uuid:a"), office.checks("uuid:b")) == ((), ("repeated_assignment",))
    with pytest.raises(Exception, match="no reason passes over"):
        office.accept("uuid:b", "两份都要")
    return_submission(office.session, office.coordinator, first, "以第二份为准", ARRIVAL)
    assert office.checks("uuid:b") == ()
    reopen_submission(office.session, office.coordinator, first, "误退", ARRIVAL)
    assert (office.checks("uuid:a"), office.checks("uuid:b")) == ((), ("repeated_assignment",))
    return_submission(office.session, office.coordinator, first, "以第二份为准", ARRIVAL)
    office.accept("uuid:b")
    reopen_submission(office.session, office.coordinator, first, "误退", ARRIVAL)
    assert (office.checks("uuid:a"), office.checks("uuid:b")) == (("repeated_assignment",), ()), "the accepted one stays in the figures"


def test_limits__changed__look_at_what_waits_anew_and_leave_what_was_decided(office: Office) -> None:
    office.send("uuid:near", 0)
    office.send("uuid:far", 1, after=45, place=FAR)
    office.send("uuid:done", 2, after=120, place=FAR)
    office.accept("uuid:done")
    strict = set_limits(
        office.session, office.coordinator, office.visit, {"speed_kmh": 500, "short_minutes": 50, "long_form_questions": 1}, ARRIVAL
    )
    assert (strict.n_raised, strict.n_taken_back) == (2, 1)
    assert [office.checks(f"uuid:{name}") for name in ("near", "far", "done")] == [("short_interview",), ("short_interview",), ()]
    mild = set_limits(office.session, office.coordinator, office.visit, {}, ARRIVAL)
    assert (mild.n_raised, mild.n_taken_back) == (1, 2)
    assert office.checks("uuid:far") == ("impossible_speed",)
