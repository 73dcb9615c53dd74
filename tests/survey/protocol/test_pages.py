"""The page of a visit's protocol: every check with its effect and counts, and the limits."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.protocol.models import VisitLimits
from survey.visits.models import Visit
from tests.builders import add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.conftest import SignIn
from tests.recorder import Statements

ADDRESS = "/visits/2018-04-test/protocol"


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit with one doubted interview that waits and one that is accepted."""
    version = add_form(session)
    visit = add_visit(session, forms=[version])
    pair = add_pair(session, visit)
    for number, state in enumerate(("received", "accepted", "replaced")):
        assignment = add_assignment(session, pair, add_household(session, f"{number:03}"))
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state=state, flags=("cadre_present",))
    session.commit()
    return visit


def test_protocol__its_page__says_what_each_check_does_and_counts(visit: Visit, sign_in: SignIn) -> None:
    client = sign_in("author")
    client.post("/language/en")
    page = client.get(ADDRESS).text
    for text in ("Held in front of a cadre", "less than 15 minutes", "Cannot be accepted while it stands", "A note only"):
        assert text in page, text
    assert "flag=cadre_present&amp;state=received" in page
    assert "flag=cadre_present&amp;state=returned" not in page
    assert "Save the limits" not in page
    assert "Shortest interview, minutes" in page


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("author", 200), ("lead1", 403), ("county", 403)])
def test_protocol__each_role__opens_or_is_refused(visit: Visit, sign_in: SignIn, role: str, status: int) -> None:
    assert sign_in(role).get(ADDRESS).status_code == status
    assert sign_in("author").post(ADDRESS, data={}).status_code == 403


def limits(**changes: str) -> dict[str, str]:
    """The form with its proposals, changed as given."""
    proposed = {
        "short_minutes": "15",
        "long_form_questions": "60",
        "hurried_seconds": "2",
        "straight_questions": "6",
        "far_household_m": "1000",
        "far_village_m": "8000",
        "speed_kmh": "90",
        "speed_from_m": "2000",
        "days_outside": "1",
    }
    return {**proposed, **changes}


def test_limits__set__are_kept_where_they_differ_and_shown(visit: Visit, sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    client.post("/language/en")
    assert client.post(ADDRESS, data=limits(short_minutes="20.5", speed_kmh="0")).status_code == 302
    assert session.scalars(select(VisitLimits.values)).one() == {"short_minutes": 20.5, "speed_kmh": 0.0}
    page = client.get(ADDRESS).text
    for text in ("less than 20.5 minutes", "Switched off", "Set by coordinator"):
        assert text in page, text


@pytest.mark.parametrize("value", ["", "-1", "601", "many"])
def test_limits__that_are_no_such_number__are_refused_at_the_field(visit: Visit, sign_in: SignIn, session: Session, value: str) -> None:
    answer = sign_in("coordinator").post(ADDRESS, data=limits(short_minutes=value))
    assert answer.status_code == 422
    assert 'id="short_minutes-errors"' in answer.text
    assert session.scalars(select(VisitLimits)).all() == []


def test_limits__of_a_closed_visit__stay(visit: Visit, sign_in: SignIn, session: Session) -> None:
    visit.state = "closed"
    client = sign_in("coordinator")
    assert client.post(ADDRESS, data=limits(short_minutes="20")).status_code == 409
    assert 'name="short_minutes"' not in client.get(ADDRESS).text


def test_protocol__more_interviews__cost_the_same_statements(
    visit: Visit, sign_in: SignIn, session: Session, statements: Statements
) -> None:
    client = sign_in("coordinator")
    client.get(ADDRESS)
    statements.reset()
    client.get(ADDRESS)
    before = len(statements)
    version = visit.forms[0]
    for number in range(10, 30):
        assignment = add_assignment(session, visit.pairs[0], add_household(session, f"{number:03}"))
        add_submission(session, version, f"uuid:{number}", assignment=assignment, flags=("no_position", "cadre_present"))
    client.get(ADDRESS)
    statements.reset()
    client.get(ADDRESS)
    assert len(statements) == before
