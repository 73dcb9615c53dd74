"""The page of gaps: what it says of a visit with interviews and files, the workbook, and who opens it."""

import io

import openpyxl
from sqlalchemy.orm import Session

from tests.builders import VILLAGE, add_household
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.comparison.forms import Field

PAGE = "/visits/2018-04-test/gaps"


def test_gaps_page__of_a_visit__tells_agreement_and_its_direction_and_costs_nothing_again(
    session: Session, sign_in: SignIn, statements: Statements
) -> None:
    field = Field(session)
    for number, (said, filed, result) in enumerate(((3, 3, "agrees"), (4, 6, "differs"), (5, 7, "differs"))):
        household = add_household(session, f"00{number}", village_code=VILLAGE)
        field.interview(household, n_members=said)
        field.file(household, members_said=said, members_filed=filed, members_result=result)
    session.commit()
    client = sign_in("author")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "33.3%" in page.text
    assert "gap_between" in page.text
    statements.reset()
    client.get(PAGE)
    assert len(statements) <= 20
    assert not statements.touching("submissions")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{PAGE}/gaps.xlsx").data))
    assert book.sheetnames == ["悬崖效应", "说与写", "问题村差异", "说明"]
    members = [cell.value for cell in book["说与写"][2]]
    assert (members[4], members[11], members[12]) == (3, 2, 0)
    for name in ("county", "lead1"):
        assert {sign_in(name).get(path).status_code for path in (PAGE, f"{PAGE}/gaps.xlsx")} == {403}
