"""The pages of places over HTTP: browsing, changing, and the roster in three steps."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey.places.models import Household, MonitoringPoint, Region, RosterDraft
from tests import builders
from tests.recorder import Statements
from tests.survey.places.rosters import GOOD_ROWS, changed, text_file, workbook

SignIn = Callable[[str], FlaskClient]
BAD_ROW = changed(GOOD_ROWS[0], number="0009", members="四")


@pytest.fixture
def coordinator(session: Session, sign_in: SignIn) -> FlaskClient:
    """A coordinator who reads English, on an installation that knows one village."""
    builders.add_region(session, "610727101201", "甲村")
    client = sign_in("coordinator")
    client.post("/language/en")
    return client


def send(client: FlaskClient, path: str, data: bytes, name: str, **fields: str) -> TestResponse:
    """The answer to uploading a file."""
    return client.post(path, data={"file": (io.BytesIO(data), name), **fields}, content_type="multipart/form-data")


PATHS = (
    "/places",
    "/places?search=甲",
    "/places?search=nowhere",
    "/places/610000000000",
    "/places/6107",
    "/places/610727",
    "/places/610727101",
    "/places/610727101201",
    "/places/610727101201?kind=registered&search=00",
    "/places/add",
    "/places/import",
    "/places/roster",
    "/places/610727101201/households/add",
)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages__for_a_coordinator__open(language: str, coordinator: FlaskClient, session: Session) -> None:
    builders.add_household(session, "0001")
    builders.add_visit(session, village_codes=["610727101201"])
    coordinator.post(f"/language/{language}")

    assert [path for path in PATHS if coordinator.get(path).status_code != 200] == []


def test_empty_installation__browsed__says_where_to_begin(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    client.post("/language/en")

    assert "There is no place yet" in client.get("/places").text


@pytest.mark.parametrize("username", ["county", "lead1"])
def test_pages__for_the_responsible_side_and_interviewers__are_refused(username: str, session: Session, sign_in: SignIn) -> None:
    builders.add_region(session)
    client = sign_in(username)

    assert {client.get(path).status_code for path in PATHS} == {403}


def test_page__for_an_author__shows_but_changes_nothing(session: Session, sign_in: SignIn) -> None:
    builders.add_household(session)
    client = sign_in("author")

    assert client.get("/places/610727101201").status_code == 200
    assert client.get("/places/roster").status_code == 403
    assert client.post("/places/610727101201/rename", data={"name": "x"}).status_code == 403


def test_unknown_place__opened__is_404(coordinator: FlaskClient) -> None:
    assert coordinator.get("/places/659999").status_code == 404


def test_region__with_more_villages_and_households__sends_no_more_statements(
    coordinator: FlaskClient, session: Session, statements: Statements
) -> None:
    builders.add_household(session, "0001")
    counts = []
    for n in (1, 5):
        for number in range(n):
            builders.add_household(session, f"1{number}", village_code=f"61072710{n}20{number + 2}")
        session.commit()
        statements.reset()
        coordinator.get("/places")
        coordinator.get("/places/610727")
        counts.append(len(statements))

    assert counts[0] == counts[1] < 40


def test_add__with_places_above_missing__asks_for_their_names_first(coordinator: FlaskClient, session: Session) -> None:
    data = {"code": "510129101201", "name": "丁村"}

    asked = coordinator.post("/places/add", data=data)
    names = {f"name-{code}": "某地" for code in ("510000000000", "510100000000", "510129000000", "510129101000")}
    added = coordinator.post("/places/add", data=data | names)

    assert 'name="name-510129000000"' in asked.text
    assert added.location == "/places/510129101201"
    assert session.get_one(Region, "510129101201").parent_code == "510129101000"


@pytest.mark.parametrize(("code", "said"), [("12", "was added"), ("610727101201", "already here"), ("6107271", "no place code")])
def test_add__of_a_code__says_what_came_of_it(code: str, said: str, coordinator: FlaskClient) -> None:
    page = coordinator.post("/places/add", data={"code": code, "name": "某地"}, follow_redirects=True)

    assert said in page.text


def test_rename_and_remove__a_place__does_so(coordinator: FlaskClient, session: Session) -> None:
    path = "/places/610727101201"

    coordinator.post(f"{path}/rename", data={"name": "新甲村"})
    renamed = coordinator.get(path).text
    removed = coordinator.post(f"{path}/remove")

    assert "新甲村" in renamed
    assert removed.location == "/places/610727101000"
    assert session.get(Region, "610727101201") is None


def test_monitoring__begun_ended_and_begun_again__keeps_its_times(coordinator: FlaskClient, session: Session) -> None:
    path = "/places/610727101201"

    coordinator.post(f"{path}/monitoring", data={"chosen_on": "2016-06-20", "reason": "典型"})
    observed = coordinator.get(path).text
    coordinator.post(f"{path}/monitoring/end", data={"ended_on": "2017-06-30", "end_reason": "整村搬迁"})
    overlapping = coordinator.post(f"{path}/monitoring", data={"chosen_on": "2017-01-01"}).text
    coordinator.post(f"{path}/monitoring", data={"chosen_on": "2018-01-01", "reason": "回头看"})
    page = coordinator.get(f"{path}/monitoring").text
    refused = coordinator.post(f"{path}/remove")

    assert "Monitoring point since" in observed
    assert "was a monitoring point on that day already" in overlapping
    assert [text in page for text in ("典型", "整村搬迁", "回头看")] == [True] * 3
    assert len(session.scalars(select(MonitoringPoint)).all()) == 2
    assert refused.status_code == 409


def test_monitoring__of_a_day_to_come__is_refused_at_the_field(coordinator: FlaskClient) -> None:
    page = coordinator.post("/places/610727101201/monitoring", data={"chosen_on": "2999-01-01"})

    assert "has not come yet" in page.text


def test_household__added_changed_and_removed_by_hand__does_so(coordinator: FlaskClient, session: Session) -> None:
    facts = {"number": "0001", "head_name": "张一", "kind": "registered", "n_members": "4", "cause": "illness", "markers": ["sick"]}

    coordinator.post("/places/610727101201/households/add", data=facts)
    doubled = coordinator.post("/places/610727101201/households/add", data=facts)
    household = session.scalars(select(Household)).one()
    coordinator.post(f"/places/households/{household.id}/edit", data=facts | {"kind": "lifted_out", "markers": []})
    shown = coordinator.get(f"/places/households/{household.id}").text
    changed_kind = session.get_one(Household, household.id).kind
    coordinator.post(f"/places/households/{household.id}/remove")

    assert "already in the village" in doubled.text
    assert "Lifted out" in shown
    assert changed_kind == "lifted_out"
    assert session.scalars(select(Household)).all() == []


def test_household__with_an_interview__shows_it_and_cannot_be_removed(coordinator: FlaskClient, session: Session) -> None:
    version = builders.add_form(session)
    pair = builders.add_pair(session, builders.add_visit(session, forms=[version]))
    household = builders.add_household(session)
    builders.add_submission(session, version, "uuid:1", assignment=builders.add_assignment(session, pair, household))

    page = coordinator.get(f"/places/households/{household.id}").text

    assert "/review/uuid:1" in page
    assert "/remove" not in page


def test_roster__of_good_rows__is_shown_before_it_is_imported(coordinator: FlaskClient, session: Session) -> None:
    read = send(coordinator, "/places/roster", workbook(*GOOD_ROWS), "花名册.xlsx")
    preview = coordinator.get(read.location).text
    before = len(session.scalars(select(Household)).all())
    done = coordinator.post(f"{read.location}/import", follow_redirects=True)

    assert "Import 3 households" in preview
    assert before == 0
    assert "Households added: 3, changed: 0, unchanged: 0, bad rows left out: 0." in done.text
    assert len(session.scalars(select(Household)).all()) == 3
    assert session.scalars(select(RosterDraft)).all() == []


def test_roster__with_bad_rows__needs_the_word_that_they_are_left_out(coordinator: FlaskClient, session: Session) -> None:
    read = send(coordinator, "/places/roster", text_file(*GOOD_ROWS, BAD_ROW, encoding="gb18030"), "花名册.csv")
    preview = coordinator.get(read.location).text
    refused = coordinator.post(f"{read.location}/import")
    before = len(session.scalars(select(Household)).all())
    table = coordinator.get(f"{read.location}/bad-rows.csv")
    done = coordinator.post(f"{read.location}/import", data={"keep_good": "y"}, follow_redirects=True)

    assert "This is not a whole number." in preview
    assert "Say that the bad rows are to be left out" in refused.text
    assert before == 0
    assert table.data.decode("utf-8-sig").splitlines()[1] == ",5,人口数,四,This is not a whole number."
    assert "Households added: 3, changed: 0, unchanged: 0, bad rows left out: 1." in done.text


def test_roster__imported_again__shows_what_changes(coordinator: FlaskClient, session: Session) -> None:
    first = send(coordinator, "/places/roster", text_file(*GOOD_ROWS), "a.csv")
    coordinator.post(f"{first.location}/import")

    again = send(coordinator, "/places/roster", text_file(changed(GOOD_ROWS[0], kind="脱贫户"), *GOOD_ROWS[1:]), "b.csv")
    preview = coordinator.get(again.location).text
    coordinator.post(f"{again.location}/drop")

    assert (
        '<del>Registered poor</del> <span aria-hidden="true">→</span> <span class="visually-hidden">now</span> <ins>Lifted out</ins>'
        in preview
    )
    assert session.scalars(select(RosterDraft)).all() == []
    assert {household.kind for household in session.scalars(select(Household).where(Household.number == "0001"))} == {"registered"}


def test_roster__unreadable__says_why_at_the_field(coordinator: FlaskClient) -> None:
    page = send(coordinator, "/places/roster", b"<html></html>", "roster.xls")

    assert page.status_code == 200
    assert "a web page or XML under another name" in page.text


def test_draft__of_somebody_else__is_not_found(coordinator: FlaskClient, sign_in: SignIn) -> None:
    read = send(coordinator, "/places/roster", text_file(*GOOD_ROWS), "a.csv")

    assert sign_in("admin").get(read.location).status_code == 404


def test_sample__downloaded__is_a_workbook(coordinator: FlaskClient) -> None:
    answer = coordinator.get("/places/roster/sample.xlsx")

    assert answer.data.startswith(b"PK")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_places__imported_with_a_bad_row__are_shown_first_and_need_the_word(coordinator: FlaskClient, session: Session) -> None:
    rows = (
        "代码,名称,级别",
        "610728,镇巴县,县",
        "610727,新名县,县级",
        "610727101203,甲村,村",
        "99,无,",
        "6107290,乙县,",
        "610729,丙县,村",
        "61073O,丁县,",
    )
    data = "\n".join((*rows, "610731,123,")).encode()

    read = send(coordinator, "/places/import", data, "places.csv")
    preview = coordinator.get(read.location).text
    refused = coordinator.post(f"{read.location}/import").text
    before = session.get(Region, "610728000000")
    done = coordinator.post(f"{read.location}/import", data={"keep_good": "y"})

    assert "Import 3 rows" in preview
    assert "<ins>新名县</ins>" in preview
    for text in ("begins with 99", "has 7 digits", "another level: County", "here stands “O”", "This is no name"):
        assert text in preview
    assert "Say that the bad rows are to be left out" in refused
    assert before is None
    assert done.location == "/places"
    assert session.get_one(Region, "610728000000").name == "镇巴县"
    assert session.scalars(select(RosterDraft)).all() == []


def test_places__given_up__leave_nothing(coordinator: FlaskClient, session: Session) -> None:
    read = send(coordinator, "/places/import", "代码,名称\n610728,镇巴县\n".encode(), "places.csv")
    coordinator.post(f"{read.location}/drop")

    assert session.get(Region, "610728000000") is None
    assert session.scalars(select(RosterDraft)).all() == []
