"""The feed as Excel and Power BI read it: documents, conditions, pages, and that places and people are kept from it as elsewhere."""

import base64
from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy.orm import Session

from survey.events import log_event
from survey.intake.models import Submission
from survey.odata.filtering import read_filter
from survey.odata.model import DATE, STRING, Property, identifiers
from survey.visits.models import Visit
from tests.builders import NOW, VILLAGE, find_or_add_person
from tests.survey.api.conftest import OTHER_VILLAGE, token_of, visit

__all__ = ["token_of", "visit"]
Feed = Callable[..., Any]
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"


@pytest.fixture
def feed(client: FlaskClient, token_of: Callable[[str], str]) -> Callable[[str], Feed]:
    """A function that gives the feed of a person as Excel asks for it: by HTTP Basic with a token in the place of the password."""

    def of(username: str) -> Feed:
        given = base64.b64encode(f"{username}:{token_of(username)}".encode()).decode()

        def ask(path: str, status: int = 200, **options: str) -> Any:
            headers = {"Authorization": f"Basic {given}", "Prefer": options.pop("prefer", "")}
            response = client.get(f"/odata/v1/{path}", headers=headers, query_string={f"${name}": text for name, text in options.items()})
            assert (response.status_code, response.headers["OData-Version"]) == (status, "4.0"), response.text[:300]
            return response.get_json() if response.is_json else response

        return ask

    return of


def test_service__of_the_register_and_of_a_visit__list_their_sets_and_describe_them(visit: Visit, feed: Callable[[str], Feed]) -> None:
    author = feed("author")
    root = author("")["value"]
    assert [each["name"] for each in root] == ["visits", "places", "issues", "issue_steps", visit.id]
    assert (root[-1]["kind"], root[-1]["url"]) == ("ServiceDocument", f"http://localhost/odata/v1/visit/{visit.id}/")
    assert [each["name"] for each in author(f"visit/{visit.id}/")["value"]][:4] == ["issues", "issue_steps", "estimates", "visit_form"]
    document = etree.fromstring(author(f"visit/{visit.id}/$metadata").data)
    types = {each.get("Name"): each for each in document.iter(f"{EDM}EntityType")}
    told = {each.get("Name"): each.get("Type") for each in types["visit_form"].iter(f"{EDM}Property")}
    assert (told["row"], told["water_safe"]) == ("Edm.Int64", "Edm.String")
    rows = author(f"visit/{visit.id}/visit_form")["value"]
    assert {name for row in rows for name in row} == set(told), "every property that comes is described"
    for path in ("$metadata", "visits", "places", "issues", "issue_steps", f"visit/{visit.id}/estimates", f"visit/{visit.id}/issues"):
        author(path)
    assert int(author("places/$count").data) == len(author("places")["value"])
    assert int(author("visits/$count").data) == 1


def test_rows__page_by_page__come_once_in_the_state_that_the_first_page_had(
    visit: Visit, feed: Callable[[str], Feed], client: FlaskClient, session: Session
) -> None:
    author = feed("author")
    told = author(f"visit/{visit.id}/visit_form", prefer="odata.maxpagesize=2", count="true")
    rows, pages = told["value"], 1
    assert told["@odata.count"] == 6
    session.get_one(Submission, "uuid:03").review_state = "accepted"
    log_event(session, None, "submission.accepted", "submission", "uuid:03", NOW)
    session.commit()
    while "@odata.nextLink" in told:
        path, _, query = told["@odata.nextLink"].removeprefix("http://localhost/odata/v1/").partition("?")
        options = dict(part.split("=", 1) for part in query.replace("%24", "$").split("&"))
        told = author(path, prefer="maxpagesize=2", **{name.removeprefix("$"): text for name, text in options.items()})
        rows, pages = rows + told["value"], pages + 1
    assert (len({row["row"] for row in rows}), pages) == (6, 3)
    assert int(author(f"visit/{visit.id}/visit_form/$count").data) == 7, "a new reading is of the present state"
    assert len(author("places", top="3", skip="1")["value"]) == 3
    assert "@odata.nextLink" not in author("places", top="1")


CONDITIONS = (
    ("level eq 'county'", 2),
    (f"code eq '{VILLAGE}' or code eq '{OTHER_VILLAGE}'", 2),
    ("not (level eq 'village')", 7),
    ("level in ('village','county') and contains(name,'village')", 2),
    ("contains(name,'village') eq false", 7),
    ("parent_code eq null", 1),
    ("parent_code ne null", 8),
    ("parent_code ne '610000000000'", 7),
    ("latitude gt 1", 0),
    ("is_invented", 9),
    ("is_invented eq false", 0),
    ("startswith(toupper(name),'VILLAGE')", 2),
    ("length(code) eq 12", 9),
    ("name eq 'it''s'", 0),
)
NAMED_ALIKE = (
    ("month eq '2018-04'", [True, False]),
    ("month(today) eq 3", [False, True]),
    ("month (today) gt 3 and contains(month,'04')", [True, False]),
    ("contains eq 'x' or contains(contains,'y')", [True, True]),
)
"""Conditions on properties that have the names of functions, as the month of an interview has."""
WRONG = (
    ("places", {"filter": "nothing eq 1"}),
    ("places", {"filter": "level eq 1"}),
    ("places", {"filter": "level eq 'a' and"}),
    ("places", {"filter": "(" * 200 + "level eq 'a'"}),
    ("places", {"filter": "level eq 'a"}),
    ("places", {"select": "nothing"}),
    ("places", {"orderby": "name up"}),
    ("places", {"top": "-1"}),
    ("places", {"count": "1"}),
    ("places", {"skiptoken": "x"}),
    ("places", {"nothing": "1"}),
    ("visits", {"filter": "starts_on gt 5"}),
)


def test_filter__of_properties_with_names_of_functions__tells_them_apart() -> None:
    rows = pa.table({"month": ["2018-04", "2018-03"], "today": [date(2018, 4, 20), date(2018, 3, 20)], "contains": ["x", "xy"]})
    properties = {name: Property(name, name, DATE if name == "today" else STRING) for name in rows.column_names}
    for text, expected in NAMED_ALIKE:
        kept = rows.filter(read_filter(text, properties, rows.schema)).column("month").to_pylist()
        assert kept == [month for month, is_kept in zip(("2018-04", "2018-03"), expected, strict=True) if is_kept], text


def test_options__of_a_set__choose_order_and_count_or_say_what_is_wrong(visit: Visit, feed: Callable[[str], Feed]) -> None:
    author = feed("author")
    found = [(each, author("places", filter=each, count="true")["@odata.count"]) for each, _n_found in CONDITIONS]
    assert found == list(CONDITIONS)
    assert [int(author("visits/$count", filter=each).data) for each in ("starts_on ge 2018-04-16", "year(ends_on) lt 2018")] == [1, 0]
    assert int(author("issues/$count", filter="raised_at gt 2018-01-01T00:00:00+08:00 and verified_at eq null").data) == 2
    chosen = author("places", select="code,level", orderby="level desc,code", top="2")
    assert chosen["@odata.context"].endswith("$metadata#places(code,level)")
    assert [row["code"] for row in chosen["value"]] == sorted((VILLAGE, OTHER_VILLAGE))
    for path, options in WRONG:
        told = author(path, 400, **options)["error"]
        assert told["code"] == "INVALID_VALUE", options
        assert any("一" <= sign <= "鿿" for sign in told["message"])
    assert author("places", 501, expand="x")["error"]["code"] == "NOT_IMPLEMENTED"
    author("nothing", 404)
    author(f"visit/{visit.id}/nothing", 404)
    author("visit/none/", 404)


def test_feed__of_somebody_bound_to_places__is_cut_or_shut(
    visit: Visit, feed: Callable[[str], Feed], client: FlaskClient, session: Session
) -> None:
    find_or_add_person(session, "author").place_codes = ["610727000000"]
    session.commit()
    author = feed("author")
    assert {row["place_code"] for row in author("issues")["value"]} == {VILLAGE}
    assert author(f"visit/{visit.id}/visit_form", 403)["error"]["code"] == "OTHER_PLACES"
    assert client.get("/odata/v1/").headers["WWW-Authenticate"].startswith("Basic")


def test_identifiers__of_any_names__are_those_of_odata() -> None:
    assert identifiers(["row", "row", "a-b", "a.b", "1", "家庭 成员", ""]) == ["row", "row_2", "a_b", "a_b_2", "_1", "家庭_成员", "_"]
