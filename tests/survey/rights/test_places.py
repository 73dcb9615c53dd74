"""Somebody who is bound to places sees nothing of others, on any page and in any file."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.accounts.operations import check_places
from survey.events import log_event
from survey.instruments.models import QuestionnaireVersion
from survey.models import Base
from survey.pages.downloads import DOCX
from survey.places.models import Household
from survey.rights.cutting import prefix_of, prefixes_of
from survey.rights.placed import PLACED, SPECIAL, UNPLACED
from survey.visits.models import Assignment, Visit
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_person, add_region, add_submission, add_visit
from tests.conftest import SignIn
from tests.issues import add_issue
from tests.signing_in import sign_in_as
from tests.survey.rights.places import Place, cut_addresses, place_of, text_of, visits_of

HERE, THERE = "610727101201", "610926102203"


@pytest.fixture
def bound(session: Session) -> User:
    """A coordinator of one of the two counties that a visit goes to, both with everything that can lie in one."""
    version = add_form(session)
    add_region(session, HERE, "这里村")
    add_region(session, THERE, "那里村")
    visit = add_visit(session, village_codes=(HERE, THERE), forms=(version,))
    pair = add_pair(session, visit)
    author = add_person(session, "coordinator", "coordinator")
    for number, code in enumerate((HERE, THERE), 1):
        household = add_household(session, f"{number:03}", village_code=code)
        add_submission(session, version, f"uuid:{number}", assignment=add_assignment(session, pair, household), flags=("short",))
        add_issue(session, author, NOW, title=f"{code}的问题", place_code=code)
    person = add_person(session, "bound", "coordinator")
    person.place_codes = ["610727000000"]
    session.commit()
    return person


def leaks(client: FlaskClient, addresses: list[str], other: Place) -> dict[str, list[str]]:
    """For each address, the marks of another place that stand in what it answers; what fails is a leak, too."""
    found = {}
    for address in addresses:
        response = client.get(address)
        told = text_of(response.data)
        marks = sorted(mark for mark in other.marks if mark in told)
        if marks or response.status_code >= 500:
            found[address] = [str(response.status_code), *marks[:5]]
    return found


def test_tables__every_one__tells_of_a_place_or_of_none() -> None:
    assert sorted(PLACED.keys() | SPECIAL | UNPLACED) == sorted(Base.metadata.tables), (
        "give new tables their place in survey/rights/placed.py"
    )


def test_prefix__of_a_place_at_any_level__is_that_of_what_lies_in_it() -> None:
    codes = ["610000000000", "610700000000", "610727000000", "610727101000", "610727101201"]
    assert [prefix_of(code) for code in codes] == ["61", "6107", "610727", "610727101", "610727101201"]


def test_pages__for_somebody_bound_to_a_county__tell_nothing_of_another(app: Flask, bound: User, session: Session, sign_in: SignIn) -> None:
    here, there = place_of(session, "610727"), place_of(session, "610926")
    client = sign_in("bound")
    assert leaks(client, sorted(set(cut_addresses(app.url_map.iter_rules(), here))), there) == {}
    assert "这里村" in client.get("/places?q=村").text + client.get(f"/visits/{here.values['visit_id']}/villages").text
    assert "uuid:1" in client.get("/review").text
    opened = {
        address: client.get(address).status_code
        for address in (
            "/review/uuid:2",
            f"/places/{THERE}",
            f"/places/households/{there.values['household_id']}",
            f"/issues/{there.values['number']}",
            "/review/uuid:2/submission.xml",
        )
    }
    assert set(opened.values()) == {404}, opened
    assert client.post("/review/uuid:2/accept").status_code == 404
    assert client.post("/review/uuid:1/accept").status_code == 422, "it is found, and only the version that was seen is missing"
    for refused in ("/ledger", f"/visits/{here.values['visit_id']}/quality", "/figures", "/reports"):
        page = client.get(refused)
        assert page.status_code == 403
        assert "您的账号只限部分地区" in page.text
    everywhere = sign_in("coordinator")
    assert all(mark in everywhere.get("/review").text for mark in ("uuid:1", "uuid:2")), "nothing that was cut is kept for others"


def test_visit_as_a_whole__named_in_the_form_or_beside_one_that_may_be_seen__is_refused(
    bound: User, session: Session, sign_in: SignIn
) -> None:
    mixed = session.scalars(select(Visit.id)).one()
    version = session.scalars(select(QuestionnaireVersion)).one()
    own = add_visit(session, "own", village_codes=(HERE,), forms=(version,))
    lead = add_pair(session, own, lead="lead2", second="second2")
    household = session.scalars(select(Household).where(Household.village_code == HERE)).one()
    for number, assignment in enumerate((add_assignment(session, lead, household), session.scalars(select(Assignment).limit(1)).one())):
        add_submission(session, version, f"uuid:accepted{number}", assignment=assignment, state="accepted")
    log_event(session, None, "dataset.exported", "dataset", "visit-elsewhere", NOW, purpose="别处的用途")
    session.commit()
    client, data = sign_in("bound"), {"language": "zh", "formats": ["csv"], "k": "2", "contents": "deidentified"}
    assert client.post("/figures/update?visit=own", data={"visit": "own"}).status_code == 302
    assert "别处的用途" not in client.get("/reports/datasets?visit=own").text
    assert "别处的用途" in sign_in("coordinator").get("/reports/datasets").text
    client = sign_in("bound")
    for address, told in (
        ("/reports/datasets?visit=own", data | {"visit": mixed}),
        ("/reports/datasets?visit=own", data | {"visit": mixed, "contents": "full", "purpose": "复核"}),
        ("/figures/update?visit=own", {"visit": mixed}),
        (f"/reports/draft/visit?visit=own&visit={mixed}", {"language": "zh", "audience": "inward"}),
        ("/reports/draft/quarter?visit=own&year=2018&quarter=2", {"language": "zh", "audience": "inward"}),
    ):
        assert client.post(address, data=told).status_code == 403, address
    assert client.get("/figures?visit=&visit=own").status_code == 403
    drafted = client.post("/reports/draft/method?visit=own", data={"language": "zh", "audience": "inward"})
    assert (drafted.status_code, drafted.mimetype) == (200, DOCX), "the register is shut to them"


def test_binding__of_roles_that_see_everything_or_to_no_place__is_refused(session: Session, bound: User) -> None:
    for roles, codes in ((["admin", "coordinator"], ["610727000000"]), (["interviewer"], ["610727000000"]), (["author"], ["999999000000"])):
        with pytest.raises(SurveyError) as caught:
            check_places(session, roles, codes)
        assert caught.value.code is ErrorCode.INVALID_VALUE
    bound.roles.append(add_person(session, "admin", "admin").roles[0])
    assert prefixes_of(bound) == (), "an administrator is bound to nothing"


def test_person__bound_by_the_administrator__is_bound_from_then_on(sign_in: SignIn, session: Session, bound: User) -> None:
    author = add_person(session, "writer", "author")
    data = {"name": "作者", "roles": ["author"], "region_code": "", "place_codes": ["610926000000"]}
    assert sign_in("admin").post(f"/admin/people/{author.id}", data=data).status_code == 302
    assert "uuid:2" in sign_in("writer").get("/review").text
    assert "uuid:1" not in sign_in("writer").get("/review").text
    wrong = sign_in("admin").post(f"/admin/people/{author.id}", data=data | {"roles": ["interviewer"]})
    assert wrong.status_code == 422


@pytest.mark.soak
def test_demonstration__for_somebody_bound_to_each_county__tells_nothing_of_others(
    demo_app: Flask, demo_session: Session, record_property: Callable[[str, object], None]
) -> None:
    counties = sorted({code for codes in visits_of(demo_session).values() for code in codes})[:4]
    places = {code: place_of(demo_session, code) for code in counties}
    coordinator = demo_session.scalars(select(User).where(User.username == "coordinator")).one()
    client, n_opened = demo_app.test_client(), 0
    for code in counties:
        with Session(demo_app.extensions["survey.engine"]) as session:
            session.get_one(User, coordinator.id).place_codes = [code.ljust(12, "0")]
            session.commit()
        sign_in_as(client, coordinator)
        others = Place({}, frozenset().union(*(place.marks for other, place in places.items() if other != code)) - places[code].marks)
        addresses = sorted(set(cut_addresses(demo_app.url_map.iter_rules(), places[code])))
        assert leaks(client, addresses, others) == {}
        n_opened += len(addresses)
    record_property("pages opened", n_opened)
