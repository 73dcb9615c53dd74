"""The pages of planning send as many statements for a large visit as for a small one."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.visits.models import VisitVillage
from tests import builders
from tests.recorder import Statements

VISIT = "/visits/2018-04-test"
QUERY = "?forms=test_form&days=2018-04-17&days=2018-04-18&per_day=6&minutes=60&near_km=5&speed_kmh=20"


@pytest.mark.parametrize(
    "path", ["/visits/2018-04-test/board", f"{VISIT}/board/propose{QUERY}", "/people", f"{VISIT}/days/2018-04-17/plans"]
)
def test_page__with_more_pairs_villages_and_households__sends_as_many_statements(
    path: str, session: Session, sign_in: Callable[[str], FlaskClient], statements: Statements
) -> None:
    visit = builders.add_visit(session, forms=[builders.add_form(session)])

    def grow(number: int) -> None:
        code = f"6107271012{number:02}"
        if code != builders.VILLAGE:
            visit.villages.append(VisitVillage(village_code=builders.add_region(session, code).code))
        pair = builders.add_pair(session, visit, f"第{number}组", lead=f"lead{number}", second=f"second{number}")
        for each in range(4):
            household = builders.add_household(session, f"{each:03}", village_code=code)
            household.latitude, household.longitude = 33.3 + number / 100, 106.1 + each / 1000
            if each < 2:
                builders.add_assignment(session, pair, household).planned_on = date(2018, 4, 17)
        session.flush()

    grow(1)
    client = sign_in("coordinator")
    client.get(path)
    statements.reset()
    client.get(path)
    n_small = len(statements)
    for number in (2, 3, 4):
        grow(number)
    client.get(path)
    statements.reset()
    assert client.get(path).status_code == 200

    assert len(statements) == n_small
