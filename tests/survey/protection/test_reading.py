"""Names are whole for the team that knows them and masked for others, and who was shown whole ones is on record."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.reader import read_questionnaire
from survey.protection.answers import masked_answers
from survey.protection.models import PersonalRead
from survey.protection.names import mask_name
from survey.protection.queries import ReadFilter, list_reads
from survey.protection.reading import shown_name
from survey.registry.models import HouseholdMember
from tests.builders import VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.conftest import SignIn
from tests.recorder import Statements

FORM = """
| survey |                   |             |       |
|        | type              | name        | label | sensitivity |
|        | text              | member_name | Name  |             |
|        | text              | told_phone  | Phone | number      |
|        | geopoint          | place       | Place |             |
|        | text              | wish        | Wish  |             |
|        | begin_repeat      | members     | Who   |             |
|        | text              | name        | Name  |             |
|        | integer           | age         | Age   |             |
|        | end_repeat        |             |       |             |
| settings |           |         |
|          | form_id   | version |
|          | personal  | 1       |
"""


@pytest.mark.parametrize(("name", "masked"), [("王小明", "王*"), (" 王", "王*"), ("Li Ming", "L*"), ("", "")])
def test_mask_name__of_any_script__keeps_the_first_sign(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_masked_answers__names_numbers_and_places__are_masked_and_others_stay() -> None:
    questionnaire = read_questionnaire(FORM.encode(), "form.md")
    answers = {
        "member_name": "王小明",
        "told_phone": "13800000000",
        "place": {"latitude": 33.1, "longitude": 106.1},
        "wish": "水",
        "members": [{"name": "王小红", "age": 8}],
    }
    masked = {"member_name": "王*", "told_phone": "*", "place": "*", "wish": "水", "members": [{"name": "王*", "age": 8}]}
    assert masked_answers(questionnaire, answers) == masked


def test_lists__searched_by_name__find_it_for_those_only_who_are_shown_names(sign_in: SignIn, session: Session) -> None:
    version, visit = add_form(session), add_visit(session)
    household = add_household(session, "0042")
    household.head_name = "欧阳大山"
    add_submission(session, version, "uuid:sought", assignment=add_assignment(session, add_pair(session, visit), household))
    session.commit()
    for who, is_told in (("coordinator", True), ("author", False)):
        client = sign_in(who)
        for address, field, mark in (("/review", "text", "uuid:sought"), (f"/places/{VILLAGE}", "search", f"households/{household.id}")):
            assert mark in client.get(f"{address}?{field}=0042").text
            assert (mark in client.get(f"{address}?{field}=阳大").text) is is_told, (who, address)


def test_household_page__by_role__shows_whole_or_masked_names_and_records_who_read(
    sign_in: SignIn, session: Session, statements: Statements
) -> None:
    household = add_household(session)
    household.head_name = "欧阳大山"
    session.add(HouseholdMember(household_id=household.id, position=1, name="欧阳小河"))
    session.flush()
    page = f"/places/households/{household.id}"
    text = sign_in("author").get(page).text
    assert "欧*" in text
    assert "欧阳" not in text
    assert session.scalars(select(PersonalRead)).all() == []
    statements.reset()
    assert "欧阳小河" in sign_in("coordinator").get(page).text
    read = session.scalars(select(PersonalRead)).one()
    assert (read.user.username, read.address, read.page, read.n_names) == ("coordinator", page, "places.household", 2)
    assert sign_in("coordinator").get("/protection/reads").status_code == 403
    admin = sign_in("admin")
    assert page in admin.get("/protection/reads?since=2018-01-01").text
    assert page not in admin.get("/protection/reads?address=nowhere").text
    assert list_reads(session, ReadFilter(user_id=read.user_id), 1)[1] == 2


def test_shown_name__without_a_request__is_whole(app: Flask) -> None:
    with app.app_context():
        assert shown_name("王小明") == "王小明"
