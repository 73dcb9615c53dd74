"""The requests of Power Query, which both Excel and Power BI read feeds with, as others have recorded them: what it sends is sent here,
and what it takes is what is answered. Neither of the two programs runs where these tests do.
"""

import base64
import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from survey.odata.filtering import UNDERSTOOD
from survey.visits.models import Visit
from tests.survey.api.conftest import token_of, visit

__all__ = ["token_of", "visit"]
EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
CAPABILITIES = "Org.OData.Capabilities.V1"
DATA = ("application/json;odata.metadata=minimal;q=1.0", "application/json;odata=minimalmetadata;q=0.9", "application/atomsvc+xml;q=0.8")
DATA += ("application/atom+xml;q=0.8", "application/xml;q=0.7", "text/plain;q=0.7")
SENT = {
    "Accept": ",".join(DATA),
    "Accept-Encoding": "gzip, deflate",
    "MaxDataServiceVersion": "3.0",
    "OData-MaxVersion": "4.0",
    "User-Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
}
"""The headers of its requests, as https://github.com/NLstn/go-odata/issues/874 shows them."""
WRITTEN = {
    "Edm.String": re.compile(r'".*"', re.DOTALL),
    "Edm.Int64": re.compile(r"-?\d+"),
    "Edm.Double": re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?"),
    "Edm.Boolean": re.compile(r"true|false"),
    "Edm.Date": re.compile(r'"\d{4}-\d\d-\d\d"'),
    "Edm.DateTimeOffset": re.compile(r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)"'),
}
"""How JSON has the values of each type (OData JSON Format 4.01, 7.1)."""
Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(client: FlaskClient, token_of: Callable[[str], str]) -> Ask:
    """A function that asks as Power Query does for somebody who has entered a user name and a token."""
    given = base64.b64encode(f"author:{token_of('author')}".encode()).decode()

    def ask(address: str, status: int = 200, **headers: str) -> TestResponse:
        response = client.get(address, headers={**SENT, "Authorization": f"Basic {given}", **headers})
        assert response.status_code == status, (address, response.text[:300])
        assert response.headers.getlist("OData-Version") == ["4.0"], "two of them would be taken for one that is wrong"
        return response

    return ask


def test_address__without_a_password__asks_for_one(visit: Visit, client: FlaskClient) -> None:
    for address in ("/odata/v1/", "/odata/v1", f"/odata/v1/visit/{visit.id}"):
        response = client.get(address, headers=SENT)
        assert response.status_code == 401, "a redirection would be followed without the password, or not at all"
        assert response.headers.getlist("WWW-Authenticate") == ['Basic realm="supervision-survey", charset="UTF-8"']


def test_service__as_power_query_walks_through_it__gives_every_set_as_it_is_described(visit: Visit, ask: Ask) -> None:
    n_values = 0
    for root in ("/odata/v1", f"/odata/v1/visit/{visit.id}"):
        service = ask(root)
        assert service.content_type == "application/json;odata.metadata=minimal;charset=utf-8"
        context = service.json["@odata.context"]
        assert context == f"http://localhost{root}/$metadata"
        assert all(set(each) == {"name", "title", "kind", "url"} for each in service.json["value"]), "anything else is refused"
        described = ask(context.removeprefix("http://localhost"), Accept="application/xml")
        assert described.mimetype == "application/xml"
        container = etree.fromstring(described.data).find(f".//{EDM}EntityContainer")
        sets = [each["name"] for each in service.json["value"] if each["kind"] == "EntitySet"]
        assert [each.get("Name") for each in container.iter(f"{EDM}EntitySet")] == sets
        n_values += sum(check_values(ask(f"{root}/{name}?$top=1000"), types_of(described.data, name), context, name) for name in sets)
    assert n_values > 300


def types_of(document: bytes, name: str) -> dict[str, str]:
    """The types of the properties of a set."""
    kind = etree.fromstring(document).find(f".//{EDM}EntityType[@Name='{name}']")
    return {each.get("Name"): each.get("Type") for each in kind.iter(f"{EDM}Property")}


def check_values(response: TestResponse, types: dict[str, str], context: str, name: str) -> int:
    """How many values there are; each is written as its type has it."""
    told = response.json
    assert told["@odata.context"] == f"{context}#{name}"
    values = [(types[key], value) for row in told["value"] for key, value in row.items() if value is not None]
    wrong = [(kind, value) for kind, value in values if not WRITTEN[kind].fullmatch(json.dumps(value))]
    assert wrong == []
    return len(values)


STEPS = (
    ("places?$filter=level eq 'village'&$orderby=name desc,code&$select=code,name&$top=1000", 2),
    ("places?$filter=contains(name, 'village') and not (code eq null)&$top=1000", 2),
    ("places?$filter=startswith(tolower(trim(name)), 'village')", 2),
    ("places?$filter=(level eq 'county' or level eq 'city') and parent_code ne null&$count=true&$top=0", 0),
    ("places?$filter=level ne level", 0),
    ("places?$filter='village' eq level", 2),
    ("visits?$filter=starts_on ge 2018-04-01 and ends_on lt 2018-05-01&$skip=0&$top=200", 1),
    ("visits?$filter=year(starts_on) eq 2018 and month(starts_on) eq 4 and starts_on le ends_on", 1),
    ("issues?$filter=raised_at ge 2018-01-01T00:00:00Z and date(raised_at) gt 2018-01-01&$select=number,raised_at", 2),
)
"""What steps of a query become at the server: chosen columns and rows, an order, the first rows."""
NOT_HERE = ("$filter=substring(name,1) eq 'x'", "$filter=contains(name,level)", "$filter=latitude add 1 gt 2", "$orderby=tolower(name)")
NOT_HERE += ("$apply=groupby((level))", "$expand=parent", "$format=atom")
WRONG = ("$filter=latitude eq level", "$filter=5 lt", "$filter=round(name) eq 1", "$filter='x' eq latitude")


def test_steps_of_a_query__done_by_the_server__give_what_they_say_or_that_it_cannot(visit: Visit, ask: Ask) -> None:
    found = [(step, len(ask(f"/odata/v1/{step}").json["value"])) for step, _n in STEPS]
    assert found == list(STEPS)
    for options in NOT_HERE:
        told = ask(f"/odata/v1/places?{options}", 501).json["error"]
        assert told["code"] == "NOT_IMPLEMENTED"
        assert "不支持" in told["message"]
    assert {ask(f"/odata/v1/places?{options}", 400).json["error"]["code"] for options in WRONG} == {"INVALID_VALUE"}
    document = etree.fromstring(ask("/odata/v1/$metadata", Accept="application/xml").data)
    told = document.find(f".//{EDM}Annotation[@Term='{CAPABILITIES}.FilterFunctions']")
    assert [each.text for each in told.iter(f"{EDM}String")] == list(UNDERSTOOD), "so that it need not try the others"


def test_entity__by_its_key__is_the_one_of_the_set(visit: Visit, ask: Ask) -> None:
    root = f"/odata/v1/visit/{visit.id}"
    keys = (("/odata/v1", "visits", "id"), ("/odata/v1", "issue_steps", "id"), (root, "visit_form", "row"), (root, "estimates", "row"))
    for address, name, key in keys:
        first = ask(f"{address}/{name}?$top=1").json["value"][0]
        literal = f"'{first[key]}'" if isinstance(first[key], str) else str(first[key])
        for written in (f"{name}({literal})", f"{name}({key}={literal})"):
            told = ask(f"{address}/{written}").json
            assert told.pop("@odata.context") == f"http://localhost{address}/$metadata#{name}/$entity"
            assert told == first
    assert list(ask("/odata/v1/visits('none')", 404).json["error"]) == ["code", "message"]
    ask("/odata/v1/visits(title='x')", 400)
    ask("/odata/v1/visits(5)", 400)


def test_formats__of_other_clients__are_answered_as_asked_or_refused(visit: Visit, ask: Ask) -> None:
    bare = ask("/odata/v1/visits", Accept="application/json;odata.metadata=none")
    assert (bare.content_type, list(bare.json)) == ("application/json;odata.metadata=none;charset=utf-8", ["value"])
    exact = ask("/odata/v1/visits?$count=true", Accept="application/json;IEEE754Compatible=true")
    assert (exact.json["@odata.count"], exact.json["value"][0]["n_villages"]) == ("1", "2")
    assert "IEEE754Compatible=true" in exact.content_type
    assert ask("/odata/v1/visits?$format=json", Accept="text/html").json["value"][0]["n_villages"] == 2
    assert "OData 4" in ask("/odata/v1/visits", 406, Accept="application/atom+xml").json["error"]["message"]
