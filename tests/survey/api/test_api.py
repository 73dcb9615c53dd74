"""Reading data by programs: who gets what, page by page, and that every answer is what the description says."""

import itertools
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from analysis.exports.archive import ExportRequest
from questionnaires.errors import SurveyError
from survey.api.openapi import describe, undescribed
from survey.api.serving import OPERATIONS, read_parameters
from survey.datasets.four_eyes import ask_for_full, decide_request
from survey.datasets.models import DatasetRequest
from survey.db import utc_now
from survey.intake.models import Submission
from survey.protection.models import PersonalRead
from survey.visits.models import Visit
from tests.builders import VILLAGE, find_or_add_person
from tests.recorder import Statements
from tests.survey.api.conftest import OTHER_VILLAGE, Ask

Program = Callable[[str], Ask]
LISTS = ("visits", "places", "households", "submissions", "issues", "questionnaires", "reports")


def pages(ask: Ask, address: str) -> list[dict[str, Any]]:
    """The items of all pages that begin at the address."""
    items, n_pages = [], 0
    while address:
        told = ask(address.removeprefix("http://localhost")).get_json()
        items += told["items"]
        address, n_pages = told["next"], n_pages + 1
        assert n_pages < 50
    return items


def test_lists__page_by_page__tell_everything_once_in_order(visit: Visit, ask: Program) -> None:
    coordinator = ask("coordinator")
    for name, key in (("places", "code"), ("households", "id"), ("submissions", "instance_id"), ("issues", "number"), ("visits", "id")):
        whole = coordinator(f"/api/v1/{name}").get_json()["items"]
        assert len(whole) > 0
        assert [each[key] for each in pages(coordinator, f"/api/v1/{name}?limit=1")] == [each[key] for each in whole]
    assert [each["form_id"] for each in pages(coordinator, "/api/v1/questionnaires")] == ["visit_form"]
    assert "water_safe" in coordinator("/api/v1/questionnaires/visit_form/2018.1").text
    history = coordinator("/api/v1/issues").get_json()["items"][0]["history"]
    assert [(step["number"], step["to_state"]) for step in history] == [(1, "raised")]
    links = coordinator("/api/v1").get_json()["links"]
    assert {f"http://localhost/api/v1/{name}" for name in LISTS} <= set(links.values())


FOUND = (
    ("submissions?county=610727", 8),
    (f"submissions?village={OTHER_VILLAGE}&state=accepted", 3),
    ("submissions?visit=none", 0),
    ("submissions?since=2018-04-20T08:30:00Z", 12),
    ("submissions?since=2018-04-20T16:30:01%2B08:00", 0),
    ("households?visit=2018-04-test&county=610926", 4),
    ("issues?county=610727&state=raised", 1),
    ("issues?since=2099-01-01T00:00:00Z", 0),
    (f"places?within={VILLAGE}", 1),
    ("places?level=county", 2),
    ("visits?state=closed", 0),
)


def test_filter__of_a_list__tells_only_what_passes(visit: Visit, ask: Program) -> None:
    coordinator = ask("coordinator")
    assert [(address, len(coordinator(f"/api/v1/{address}").get_json()["items"])) for address, _n_found in FOUND] == list(FOUND)


WRONG = (
    ("visits?stat=open", "stat"),
    ("visits?state=opened", "state"),
    ("visits?limit=0", "limit"),
    ("submissions?since=2018-04-20", "since"),
    ("submissions?county=990727", "county"),
    ("submissions?cursor=xx", "cursor"),
    ("submissions?cursor=WyIyMDE4LTA0LTIwVDA4OjMwOjAwWiIsICJcdTAwMDAiXQ", "cursor"),
    ("places?within=%00", "within"),
    ("visits/2018-04-test/tables/visit_form?cursor=WyJkZWlkZW50aWZpZWQtMDAwMDAwMDAwMDAwMDAwMC0wMDAwMDAwMDAwMDAiLDFd", "cursor"),
    ("visits/2018-04-test/tables/visit_form?cursor=WyIuLi8uLi8uLi9ldGMiLDFd", "cursor"),
)


def test_parameter__that_is_wrong__is_refused_with_its_name_in_the_readers_language(visit: Visit, ask: Program) -> None:
    coordinator = ask("coordinator")
    for address, place in WRONG:
        told = coordinator(f"/api/v1/{address}", 422).get_json()
        assert (told["code"], told["place"], told["status"]) == ("INVALID_VALUE", place, 422), address
        assert any("一" <= sign <= "鿿" for sign in told["detail"])
        assert told["remedy"]


WRONG_OF_KIND = {"int": ("x", "0", "100000"), "str": ("?" * 1001,), "bool": ("maybe",), "literal": ("?",), "datetime": ("2018", "x")}


def test_parameter__of_any_operation_that_is_wrong__is_told_in_chinese_without_words_of_a_library() -> None:
    n_wrong, known = 0, Counter[str]()
    for operation in OPERATIONS:
        for field in msgspec.structs.fields(operation.parameters):
            for value in itertools.chain.from_iterable(WRONG_OF_KIND.values()):
                try:
                    read_parameters(operation.parameters, MultiDict({field.encode_name: value}))
                except SurveyError as error:
                    detail, told = error.values["detail"], error.values.get("detail_zh", "")
                    assert "`" not in f"{detail}{told}"
                    if field.encode_name != "cursor":
                        assert not re.search("another value|取值不符合要求", f"{detail}{told}"), (field.encode_name, value)
                    assert re.search("[一-鿿]", str(told)), (field.encode_name, value)
                    n_wrong, known[str(told)] = n_wrong + 1, known[str(told)] + 1
    assert n_wrong > 100
    assert {"应为整数", "应为true或false", "应为不小于1的整数", "应为不大于1000的整数"} <= set(known)


REFUSALS = (
    ("/api/v1/visits?limit=0", 422),
    ("/api/v1/visits?limits=1", 422),
    ("/api/v1/visits?cursor=xx", 422),
    ("/api/v1/visits/none", 404),
    ("/api/v1/visits/none/estimates", 404),
    ("/api/v1/issues/none", 404),
    ("/api/v1/questionnaires/none/1", 404),
    ("/api/v1/questionnaires/visit_form/none", 404),
    ("/api/v1/reports/none/file", 404),
    ("/api/v1/visits/2018-04-test/tables/none", 404),
    ("/api/v1/visits/2018-04-test/tables?contents=full", 403),
    ("/api/v1/none", 404),
)


def test_refusals__of_every_kind__have_a_remedy_in_the_language_that_is_asked_for(
    visit: Visit, client: FlaskClient, ask: Program, token_of: Callable[[str], str], session: Session
) -> None:
    author = {"Authorization": f"Bearer {token_of('author')}"}
    person = find_or_add_person(session, "bound")
    person.roles, person.place_codes = find_or_add_person(session, "author").roles, ["610727000000"]
    bound = {"Authorization": f"Bearer {token_of('bound')}"}
    refusals = [(client.get, address, status, author) for address, status in REFUSALS]
    refusals += [(client.get, "/api/v1/visits", 401, {}), (client.get, "/api/v1/visits", 401, {"Authorization": "Bearer sst_none"})]
    refusals += [(client.post, "/api/v1/visits", 405, {}), (client.get, "/api/v1/reports", 403, bound)]
    for method, address, status, who in refusals:
        for language, has_chinese in (("", True), ("zh-CN,zh;q=0.9,en;q=0.8", True), ("en-GB,en;q=0.5", False), ("fr", True)):
            answer = method(address, headers={**who, **({"Accept-Language": language} if language else {})})
            assert answer.status_code == status, (address, answer.status_code, answer.text)
            told = answer.get_json()
            assert {"type", "title", "status", "detail", "code", "place", "remedy"} == set(told)
            for name in ("detail", "remedy"):
                assert bool(re.search("[一-鿿]", told[name])) == has_chinese, (address, language, told)


def test_program__without_a_token_for_reading__does_not_come_in(visit: Visit, client: FlaskClient, ask: Program, session: Session) -> None:
    refused = client.get("/api/v1/visits")
    assert (refused.status_code, refused.content_type) == (401, "application/problem+json")
    assert "Basic" in refused.headers["WWW-Authenticate"]
    password = {"Authorization": "Basic Y29vcmRpbmF0b3I6ZGVtby12aXNpdC0yMDE4"}
    assert client.get("/api/v1/visits", headers=password).status_code == 401, "a password is not for reading data"
    assert client.get("/api/v1/nothing").get_json()["code"] == "NOT_FOUND"
    assert client.post("/api/v1/visits").get_json()["status"] == 405
    ask("coordinator")("/api/v1/visits")
    person = find_or_add_person(session, "coordinator")
    person.must_change_password = True
    session.commit()
    ask("coordinator")("/api/v1/visits", 403)


def test_names__by_role__are_whole_and_on_record_or_masked(visit: Visit, ask: Program, session: Session) -> None:
    names = {each["head_name"] for each in ask("author")("/api/v1/households").get_json()["items"]}
    assert names == {"户*"}
    assert session.scalars(select(PersonalRead)).all() == []
    assert "户主000" in ask("coordinator")("/api/v1/households").text
    read = session.scalars(select(PersonalRead)).one()
    assert (read.page, read.n_names) == ("api.households", 12)


def test_places__of_somebody_bound__cut_lists_and_shut_whole_visits(visit: Visit, ask: Program, session: Session) -> None:
    person = find_or_add_person(session, "author")
    person.place_codes = ["610727000000"]
    session.commit()
    author = ask("author")
    assert {each["village_code"] for each in author("/api/v1/submissions").get_json()["items"]} == {VILLAGE}
    assert {each["place_code"] for each in author("/api/v1/issues").get_json()["items"]} == {VILLAGE}
    for name in ("tables", "estimates", "quality"):
        assert author(f"/api/v1/visits/{visit.id}/{name}", 403).get_json()["code"] == "OTHER_PLACES"
    author("/api/v1/reports", 403)


def test_answers__deidentified_by_default__page_through_one_state_of_the_data(visit: Visit, ask: Program, session: Session) -> None:
    author = ask("author")
    told = author(f"/api/v1/visits/{visit.id}/tables").get_json()
    main = next(each for each in told["tables"] if each["table"] == "main")
    assert main["n_rows"] == 6, "a county of three is in no cell of five"
    assert {each["name"] for each in main["columns"]}.isdisjoint({"lead_id", "started_at", "wish"})
    address = f"/api/v1/visits/{visit.id}/tables/{main['name']}?limit=4"
    first = author(address).get_json()
    session.get_one(Submission, "uuid:03").review_state = "accepted"
    session.commit()
    rows = first["items"] + pages(author, first["next"])
    assert len({row["instance_id"] for row in rows}) == 6, "the pages go on in the state that they began in"
    assert not any(str(row["instance_id"]).startswith("uuid:") for row in rows)
    author(f"/api/v1/visits/{visit.id}/tables/nothing", 404)
    assert author(f"/api/v1/visits/{visit.id}/tables?contents=full", 403).get_json()["remedy"]


def test_answers__full__need_the_approval_of_another_and_are_on_record(visit: Visit, ask: Program, session: Session) -> None:
    coordinator = ask("coordinator")
    address = f"/api/v1/visits/{visit.id}/tables/visit_form?contents=full&village={OTHER_VILLAGE}"
    coordinator(address, 403)
    person = find_or_add_person(session, "coordinator")
    asked = ask_for_full(session, person, ExportRequest(visit.id, is_full=True), "核对", utc_now())
    coordinator(address, 403)
    decide_request(session, find_or_add_person(session, "admin"), session.get_one(DatasetRequest, asked.id), True, utc_now())
    session.commit()
    rows = coordinator(address).get_json()["items"]
    assert {row["instance_id"] for row in rows} == {"uuid:08", "uuid:09", "uuid:10"}
    assert session.scalars(select(PersonalRead.n_names)).all() == [3]


def test_estimates_and_quality__of_a_visit__are_those_of_the_pages(visit: Visit, ask: Program) -> None:
    coordinator = ask("coordinator")
    whole = pages(coordinator, f"/api/v1/visits/{visit.id}/estimates?limit=7")
    of_visit = [each for each in whole if each["domain_type"] == "visit" and each["indicator"] == "water_share"]
    assert [(each["n"], each["suppressed"]) for each in of_visit] == [(9, False)]
    few = coordinator(f"/api/v1/visits/{visit.id}/estimates?county=610926&indicator=water_share&domain_type=county").get_json()["items"]
    assert [(each["estimate"], each["suppressed"]) for each in few] == [(None, True)]
    assert len(pages(coordinator, f"/api/v1/visits/{visit.id}/quality?every=true&limit=50")) > 0
    coordinator("/api/v1/visits/none/estimates", 404)


def test_answer__that_the_program_has__is_not_sent_again(visit: Visit, ask: Program, session: Session) -> None:
    coordinator = ask("coordinator")
    tag = coordinator("/api/v1/visits").headers["ETag"]
    assert coordinator("/api/v1/visits", 304, **{"If-None-Match": tag}).data == b""
    visit.title = "另一次"
    session.add(visit)
    session.commit()
    assert coordinator("/api/v1/visits", 200, **{"If-None-Match": tag}).headers["ETag"] != tag


def test_lists__however_long__take_the_same_few_statements(visit: Visit, ask: Program, statements: Statements) -> None:
    coordinator = ask("coordinator")
    coordinator("/api/v1")
    for name in LISTS:
        counts = []
        for limit in (1, 100):
            statements.reset()
            coordinator(f"/api/v1/{name}?limit={limit}")
            counts.append(len(statements))
        assert counts[0] == counts[1] <= 6, name


def test_rate__above_what_is_set__is_refused_with_when_to_come_again(app: Flask, ask: Program) -> None:
    settings = app.extensions["survey.settings"]
    app.extensions["survey.settings"] = type(settings)(
        **{name: getattr(settings, name) for name in settings.__slots__} | {"api_limit": "2 per minute"}
    )
    author = ask("author")
    author("/api/v1/visits")
    author("/api/v1/places")
    refused = author("/api/v1/visits", 429)
    assert (refused.get_json()["code"], refused.headers["Retry-After"]) == ("TOO_MANY_REQUESTS", "60")


def test_description__of_the_interface__is_valid_complete_and_speaks_both_languages(
    app: Flask, sign_in: Callable[[str], FlaskClient]
) -> None:
    with app.test_request_context():
        told = describe("http://localhost")
        Draft202012Validator.check_schema({"$defs": told["components"]["schemas"]})
        assert [rule.rule for rule in undescribed()] == []
    client = sign_in("author")
    page = client.get("/api").text
    assert "/api/v1/submissions" in page
    assert "收到的访谈，不含答案" in page
    client.post("/language/en")
    assert client.get("/api/openapi.json").get_json()["info"]["description"].startswith("Read access for scripts.")
