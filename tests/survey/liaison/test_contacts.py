"""Contacts: what is entered, who sees numbers, and what is handed out."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.liaison.contact_operations import ContactFacts, add_contact, remove_contact, update_contact
from survey.liaison.contact_queries import ContactFilter, list_contacts, list_counties_without
from survey.liaison.material_operations import RequestFacts, ask_for
from survey.liaison.models import Contact
from survey.liaison.vcards import vcards
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements

PROVINCE, CITY, COUNTY = "610000000000", "610700000000", "610727000000"
TODAY = date(2018, 4, 20)


def facts(code: str = COUNTY, name: str = "王某", **others: object) -> ContactFacts:
    """What is entered of a contact in this place."""
    return ContactFacts(code, name, date(2017, 1, 1), **others)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    """A village and what lies above it."""
    builders.add_region(session)


def test_add_contact__on_three_levels__is_listed_by_place(session: Session, now: datetime) -> None:
    for code in (COUNTY, PROVINCE, CITY):
        add_contact(session, None, facts(code, name=code), now)
    add_contact(session, None, facts(name="former", active_until=date(2017, 12, 31)), now)

    assert [each.region_code for each in list_contacts(session, ContactFilter(), TODAY)] == [PROVINCE, CITY, COUNTY]
    assert [each.name for each in list_contacts(session, ContactFilter(place=COUNTY, with_past=True), TODAY)] == [COUNTY, "former"]
    assert [each.region_code for each in list_contacts(session, ContactFilter(place=CITY), TODAY)] == [CITY, COUNTY]
    assert [each.region_code for each in list_contacts(session, ContactFilter(level="city"), TODAY)] == [CITY]
    logged = session.scalars(select(Event).where(Event.action == "contact.added")).all()
    assert len(logged) == 4
    assert logged[0].details == {"place": COUNTY}


WRONG = [
    (facts(name=" "), "name"),
    (facts(builders.VILLAGE), "region_code"),
    (facts("619999000000"), "region_code"),
    (facts(phone="1" * 65), "phone"),
    (facts(active_until=date(2016, 1, 1)), "active_until"),
]


def test_add_contact__with_a_wrong_fact__names_the_field_and_adds_nothing(session: Session, now: datetime) -> None:
    for wrong, field in WRONG:
        with pytest.raises(SurveyError) as caught:
            add_contact(session, None, wrong, now)

        assert (caught.value.code, caught.value.values["field"]) == (ErrorCode.INVALID_VALUE, field)
        assert session.scalars(select(Contact)).all() == []


def test_update_contact__with_nothing_new__logs_nothing(session: Session, now: datetime) -> None:
    contact = add_contact(session, None, facts(), now)
    update_contact(session, None, contact, facts(), now)
    update_contact(session, None, contact, facts(post="主任"), now)

    assert session.scalars(select(Event.details).where(Event.action == "contact.changed")).all() == [{"changed": ["post"]}]


def test_remove_contact__named_in_a_request__is_refused(session: Session, now: datetime) -> None:
    contact = add_contact(session, None, facts(), now)
    ask_for(session, None, RequestFacts("台账", COUNTY, TODAY, TODAY, contact_id=contact.id), now)

    with pytest.raises(SurveyError, match="named in a request"):
        remove_contact(session, None, contact, now)


def test_list_counties_without__after_a_visit__names_those_that_nobody_is_known_in(session: Session, now: datetime) -> None:
    builders.add_visit(session, village_codes=[builders.VILLAGE, "610902101201"])
    add_contact(session, None, facts(), now)

    assert [region.code for region in list_counties_without(session, TODAY)] == ["610902000000"]


def test_vcards__with_signs_that_separate__escapes_them(session: Session, now: datetime) -> None:
    contact = add_contact(
        session, None, facts(name="王,某", organisation="扶贫办;综合科", phone="0916-4822000", email="w@example.org"), now
    )

    text = vcards([contact]).decode()

    assert text.splitlines()[:4] == ["BEGIN:VCARD", "VERSION:3.0", "N:王\\,某;;;;", "FN:王\\,某"]
    assert "ORG:扶贫办\\;综合科" in text
    assert "TEL;TYPE=WORK:0916-4822000" in text
    assert text.endswith("END:VCARD\r\n")


def test_contact_pages__for_each_role__show_numbers_only_to_those_who_plan(session: Session, now: datetime, sign_in: SignIn) -> None:
    contact = add_contact(session, None, facts(phone="0916-4822000", email="w@example.org"), now)
    paths = ("/liaison/contacts", "/liaison/contacts/contacts.vcf", "/liaison/contacts/contacts.xlsx", f"/liaison/contacts/{contact.id}")

    statuses = {name: [sign_in(name).get(path).status_code for path in paths] for name in ("coordinator", "author", "lead1", "county")}

    refused = [403] * 4
    assert statuses == {"coordinator": [200] * 4, "author": [200, 403, 403, 403], "lead1": refused, "county": refused}
    assert "0916-4822000" in sign_in("coordinator").get("/liaison/contacts").text
    page = sign_in("author").get("/liaison/contacts").text
    assert "王某" in page
    assert "0916-4822000" not in page
    assert "w@example.org" not in page


def test_contact_form__filled_in__adds_and_says_what_is_wrong(session: Session, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    data = {"region_code": COUNTY, "name": "王某", "active_from": "2017-01-01", "active_until": "2016-01-01", "phone": "call me"}

    refused = client.post("/liaison/contacts/new", data=data)
    done = client.post("/liaison/contacts/new", data={**data, "active_until": "", "phone": "0916-4822000"})

    assert "早于" in refused.text or "before the first day" in refused.text
    assert done.status_code == 302
    contact = session.scalars(select(Contact)).one()
    assert contact.phone == "0916-4822000"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/liaison/contacts/contacts.xlsx").data))
    assert [cell.value for cell in book.active[2]][3:8] == ["王某", None, None, "0916-4822000", None]
    client.post(f"/liaison/contacts/{contact.id}", data={**data, "active_until": "2018-01-01", "phone": ""})
    client.post(f"/liaison/contacts/{contact.id}/remove")
    assert session.scalars(select(Contact)).all() == []


def test_contact_list__with_more_contacts__sends_no_more_statements(
    session: Session, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    counts = []
    for size in (1, 20):
        for number in range(size):
            add_contact(session, None, facts(name=f"{size} {number}"), now)
        session.commit()
        statements.reset()
        client.get("/liaison/contacts")
        counts.append(len(statements))

    assert counts[0] == counts[1] < 12
