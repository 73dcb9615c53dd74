"""Pages of persons, of the register and of its figures: who sees what, what is refused where, and that no number gets out."""

import io

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.bundles.export import export_bundle
from survey.events import Event
from survey.places.models import Household, RosterDraft
from survey.registry.models import HouseholdMember, Identification
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.registry.lists import (
    HAPPENED,
    IDENTIFICATION_HEADINGS,
    LI,
    MEMBERS,
    VILLAGE,
    ZHANG,
    changed,
    members_file,
    text_file,
)


@pytest.fixture
def coordinator(sign_in: SignIn, session: Session) -> FlaskClient:
    """A coordinator at work, in English."""
    person = builders.find_or_add_person(session, "coordinator")
    person.locale = "en"
    return sign_in("coordinator")


@pytest.fixture
def household(session: Session) -> Household:
    """A household with nobody in it yet."""
    return builders.add_household(session)


def send(client: FlaskClient, kind: str, data: bytes) -> str:
    """The address of the preview of this file."""
    answer = client.post(f"/places/lists/{kind}", data={"file": (io.BytesIO(data), "list.csv")}, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def bring_in(client: FlaskClient, kind: str, data: bytes) -> str:
    """The page after importing this file."""
    return client.post(f"{send(client, kind, data)}/import", follow_redirects=True).text


def test_persons__imported__are_shown_first_and_wait_without_a_number_in_the_clear(
    coordinator: FlaskClient, session: Session, household: Household
) -> None:
    preview = send(coordinator, "members", members_file(*MEMBERS, changed(MEMBERS[0], id_number=ZHANG[:-1])))
    page = coordinator.get(preview).text
    waiting = str(session.scalars(select(RosterDraft.content)).one())
    refused = coordinator.post(f"{preview}/import").text
    bad = coordinator.get(f"{preview}/bad-rows.csv").data.decode("utf-8-sig")
    done = coordinator.post(f"{preview}/import", data={"keep_good": "y"}, follow_redirects=True).text

    assert "An identity number has 18 characters" in page
    assert "Say that the bad rows are to be left out" in refused
    assert ",5,身份证号," in bad
    for text in (page, waiting, refused, bad):
        assert ZHANG[:-1] not in text
    assert "Persons added: 3, changed: 0, households made: 0, bad rows left out: 1." in done
    assert session.scalars(select(RosterDraft)).all() == []


def test_preview__of_changed_persons__says_what_changes(coordinator: FlaskClient, household: Household) -> None:
    bring_in(coordinator, "members", members_file(*MEMBERS))

    page = coordinator.get(send(coordinator, "members", members_file(changed(MEMBERS[0], health="残疾")))).text

    assert '<del>Healthy</del> <span aria-hidden="true">→</span> <span class="visually-hidden">now</span> <ins>Disabled</ins>' in page


def test_id_number__on_the_page__has_stars_until_it_is_asked_for(
    coordinator: FlaskClient, session: Session, household: Household, sign_in: SignIn
) -> None:
    bring_in(coordinator, "members", members_file(*MEMBERS))
    member = session.scalars(select(HouseholdMember).where(HouseholdMember.position == 1)).one()
    path = f"/places/households/{household.id}"

    page = coordinator.get(path).text
    form = coordinator.get(f"/places/members/{member.id}/edit").text
    shown = coordinator.post(f"/places/members/{member.id}/id-number")
    author = sign_in("author")
    seen_by_author = author.get(path).text
    refused = [author.post(f"/places/members/{member.id}/id-number"), sign_in("lead1").get(path), sign_in("county").get(path)]

    assert f"{ZHANG[:6]}********{ZHANG[-4:]}" in page
    assert ZHANG not in page + form + seen_by_author
    assert (ZHANG in shown.text, LI in shown.text, shown.headers["Cache-Control"]) == (True, False, "no-store")
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    event = session.scalars(select(Event).where(Event.action == "member.id_number_read")).one()
    assert (event.subject_id, event.details) == (member.id, {"household": household.id})


def test_member__by_hand__is_checked_at_the_fields(coordinator: FlaskClient, session: Session, household: Household) -> None:
    path = f"/places/households/{household.id}/members/add"
    facts = {"name": "张一", "relation": "head", "sex": "", "birth_year": "", "schooling": "", "health": "", "work": ""}

    wrong = coordinator.post(path, data=facts | {"new_number": ZHANG[:-1] + "0"}).text
    differs = coordinator.post(path, data=facts | {"new_number": ZHANG, "birth_year": "1970"}).text
    coordinator.post(path, data=facts | {"new_number": ZHANG})
    second_head = coordinator.post(path, data=facts | {"name": "李二"}).text
    twice = coordinator.post(path, data=facts | {"name": "李二", "relation": "spouse", "new_number": ZHANG}).text

    assert "some digit is wrong" in wrong
    assert "says 1964 as the year of birth" in differs
    assert "has a head already" in second_head
    assert "lives in this or another household" in twice
    member = session.scalars(select(HouseholdMember)).one()
    assert (member.birth_year, member.sex) == (1964, "male")


def test_member__changed_gone_and_back__keeps_the_number_unless_told(
    coordinator: FlaskClient, session: Session, household: Household
) -> None:
    bring_in(coordinator, "members", members_file(MEMBERS[0]))
    member = session.scalars(select(HouseholdMember)).one()
    path, facts = f"/places/members/{member.id}", {"name": "张壹", "relation": "head", "sex": "", "schooling": "", "health": "", "work": ""}

    coordinator.post(f"{path}/edit", data=facts)
    kept = session.get_one(HouseholdMember, member.id).id_number
    coordinator.post(f"{path}/leave", data={"left_on": "2018-01-01", "left_reason": "moved_out"})
    gone = coordinator.get(f"/places/households/{household.id}").text
    coordinator.post(f"{path}/return")
    coordinator.post(f"{path}/edit", data=facts | {"forget_number": "y"})

    assert kept is not None
    assert "Moved out" in gone
    again = session.get_one(HouseholdMember, member.id)
    assert (again.name, again.left_on, again.id_number, again.id_number_hash) == ("张壹", None, None, None)


def test_member__who_moved_to_another_household__cannot_come_back(coordinator: FlaskClient, session: Session, household: Household) -> None:
    builders.add_household(session, "002")
    bring_in(coordinator, "members", members_file(MEMBERS[0]))
    member = session.scalars(select(HouseholdMember)).one()

    coordinator.post(f"/places/members/{member.id}/leave", data={"left_on": "2018-01-01", "left_reason": "moved_out"})
    moved = bring_in(coordinator, "members", members_file(changed(MEMBERS[0], household="002")))
    back = coordinator.post(f"/places/members/{member.id}/return", follow_redirects=True).text

    assert "Persons added: 1" in moved
    assert "cannot come back" in back
    assert session.get_one(HouseholdMember, member.id).left_on is not None


def test_register__written_and_corrected__keeps_every_row(coordinator: FlaskClient, session: Session, household: Household) -> None:
    path = f"/places/households/{household.id}"
    out_of_order = coordinator.post(f"{path}/register", data={"kind": "lifted_out", "happened_on": "2016-12-20"}).text
    coordinator.post(f"{path}/register", data={"kind": "registered", "happened_on": "2014-11-30"})
    coordinator.post(f"{path}/register", data={"kind": "lifted_out", "happened_on": "2016-12-20"})
    last = session.scalars(select(Identification).where(Identification.position == 2)).one()
    unreasoned = coordinator.post(f"/places/register-rows/{last.id}/correct", data={"kind": "supported", "happened_on": "2016-12-20"})
    before = coordinator.get(path).text
    coordinator.post(
        f"/places/register-rows/{last.id}/correct", data={"kind": "supported", "happened_on": "2016-12-20", "reason": "抄错了"}
    )
    twice = coordinator.post(
        f"/places/register-rows/{last.id}/correct", data={"kind": "supported", "happened_on": "2016-12-20", "reason": "再来"}
    )
    after, earlier = coordinator.get(path).text, coordinator.get(f"{path}?day=2013-01-01").text

    assert "out of order" in out_of_order
    assert unreasoned.status_code == 200
    assert "Lifted out of poverty</span>" in before
    assert "<del>Lifted out of poverty</del>" in after
    assert "抄错了" in after
    assert "not registered yet" in earlier
    assert twice.status_code == 409
    assert session.get_one(Household, household.id).kind == "registered"
    assert len(session.scalars(select(Identification)).all()) == 3
    assert coordinator.post(f"{path}/remove").status_code == 409


def test_figures__of_any_place_and_day__add_up(coordinator: FlaskClient, session: Session, statements: Statements) -> None:
    for number, (kind, cause) in enumerate((("registered", "illness"), ("lifted_out", "schooling"), ("marginal", "")), start=1):
        builders.add_household(session, f"00{number}", kind=kind).cause = cause
    builders.add_household(session, "009", village_code="610727101202", kind="ordinary")
    bring_in(coordinator, "identification", text_file(IDENTIFICATION_HEADINGS, *HAPPENED))
    statements.reset()

    page = coordinator.get("/places/610727/register?day=2015-06-30").text
    n_statements = len(statements)
    book = load_workbook(io.BytesIO(coordinator.get("/places/610727/register.xlsx?day=2018-04-20").data))

    assert n_statements <= 8
    assert "3 households have no row in the register" in page
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    # By cause: households and persons of registered, lifted out, marginal, ordinary, and together.
    assert rows == [
        ["Illness", 0, 0, 1, 3, 0, 0, 0, 0, 1, 3],
        ["Cost of schooling", 0, 0, 1, 3, 0, 0, 0, 0, 1, 3],
        ["none given", 0, 0, 0, 0, 1, 3, 1, 3, 2, 6],
        ["Together", 0, 0, 2, 6, 1, 3, 1, 3, 4, 12],
    ]
    village = load_workbook(io.BytesIO(coordinator.get(f"/places/{VILLAGE}/register.xlsx?day=2014-01-01").data))
    assert village.sheetnames == ["By cause"]
    assert [cell.value for cell in village.worksheets[0][2]][:1] == ["Cost of schooling"]


def test_monitoring_page__of_a_village__shows_the_register_over_time(
    coordinator: FlaskClient, session: Session, statements: Statements
) -> None:
    builders.add_household(session)
    builders.add_visit(session)
    bring_in(coordinator, "identification", text_file(IDENTIFICATION_HEADINGS, *HAPPENED))
    statements.reset()

    page = coordinator.get(f"/places/{VILLAGE}/monitoring").text

    assert len(statements) <= 16
    assert f"/places/{VILLAGE}/register?day=2018-04-16" in page


def test_bundle__with_persons_in_the_register__holds_nothing_of_them(
    coordinator: FlaskClient, session: Session, household: Household, tmp_path: object
) -> None:
    bring_in(coordinator, "members", members_file(*MEMBERS))
    folder = tmp_path / "bundle"  # type: ignore[operator]

    export_bundle(session, folder)

    assert sorted(path.stem for path in folder.glob("*.parquet")) == [
        "codings", "corrections", "events", "households", "issue_candidates", "notes", "regions", "sample", "visit_villages",
    ]  # fmt: skip
    assert all("id_number" not in str(event.details) for event in session.scalars(select(Event)))


@pytest.mark.parametrize("kind", ["members", "identification"])
def test_sample__of_each_list__can_be_read_again(kind: str, coordinator: FlaskClient, session: Session) -> None:
    builders.add_household(session, "0001")
    data = coordinator.get(f"/places/lists/{kind}/sample.xlsx").data

    page = coordinator.get(send(coordinator, kind, data)).text

    assert "Every row is good." in page
    assert coordinator.get("/places/lists/others").status_code == 404
