"""households.csv: made for whoever asks, the same for ODK Collect, for the tablet's list and for the validation of answers."""

import csv
import hashlib
import io
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from lxml import etree
from sqlalchemy.orm import Session

from questionnaires.data_files import read_data_file
from questionnaires.errors import SurveyError
from survey.db import utc_now
from survey.instruments.household_file import COLUMNS, EMPTY, FILE_NAME
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import Beside, publish_questionnaire
from survey.instruments.registry import load_questionnaire
from survey.intake.openrosa import MANIFEST_NAMESPACE
from survey.storage import Storage
from survey.tablet.lists import build_lists
from survey.tablet.plan import build_plan
from survey.visits.household_list import questionnaire_with_households, safe_cell
from survey.visits.models import Assignment
from tests.builders import add_assignment, add_form, add_household, add_pair, add_visit, find_or_add_person
from tests.survey.intake.interviews import basic, send

FORM_ID = "home_visit"
HOME_FORM = """
| survey   |                                     |               |                  |                        |             |
|          | type                                | name          | label::中文 (zh) | parameters             | calculation |
|          | select_one_from_file households.csv | assignment_id | 走访哪一户？     | value=name label=label |             |
|          | calculate                           | head          |                  |                        | pulldata('households', 'head_name', 'name', ${assignment_id}) |
|          | calculate                           | village_code  |                  |                        | pulldata('households', 'village_code', 'name', ${assignment_id}) |
|          | text                                | wish          | 有什么愿望？     |                        |             |
| settings |                                     |               |                  |                        |             |
|          | form_title                          | form_id       | version          | default_language       |             |
|          | 入户走访                            | home_visit    | 2018.1           | 中文 (zh)              |             |
"""  # noqa: E501 - a table


@dataclass(frozen=True, slots=True)
class Homes:
    """Two pairs with a household each."""

    version: QuestionnaireVersion
    first: Assignment
    second: Assignment


@pytest.fixture
def homes(session: Session) -> Homes:
    """A visit that uses the form, in which lead1 and lead2 each have one household."""
    version = add_form(session, HOME_FORM, "home_visit.md")
    visit = add_visit(session, forms=[version])
    pairs = [
        add_pair(session, visit, name, lead=lead, second=second) for name, lead, second in (("甲", "lead1", "s1"), ("乙", "lead2", "s2"))
    ]
    households = [add_household(session, number) for number in ("001", "002")]
    assignments = [add_assignment(session, pair, each, FORM_ID) for pair, each in zip(pairs, households, strict=True)]
    session.commit()
    return Homes(version, *assignments)


def listed_file(client: FlaskClient, username: str) -> tuple[str, bytes]:
    """The hash that the manifest gives for households.csv, and the file at the address beside it."""
    manifest = etree.fromstring(client.get(f"/openrosa/forms/{FORM_ID}/2018.1/manifest.xml", headers=basic(username)).data)
    (media,) = manifest.iter(f"{{{MANIFEST_NAMESPACE}}}mediaFile")
    told = {etree.QName(child).localname: str(child.text) for child in media}
    assert told["filename"] == FILE_NAME
    return told["hash"], client.get(told["downloadUrl"], headers=basic(username)).data


def answered(assignment_id: str, instance_id: str = "uuid:h1") -> bytes:
    """An interview of the form at this household."""
    return (
        f'<data id="{FORM_ID}" version="2018.1"><assignment_id>{assignment_id}</assignment_id><head/><village_code/><wish>路灯</wish>'
        f"<meta><instanceID>{instance_id}</instanceID></meta></data>"
    ).encode()


def test_manifest__each_person__gets_their_own_households_under_a_hash_that_changes_with_them(
    client: FlaskClient, session: Session, homes: Homes
) -> None:
    hash_before, data = listed_file(client, "lead1")
    assert hash_before == "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()
    (row,) = csv.DictReader(io.StringIO(data.decode()))
    assert tuple(row) == COLUMNS
    assert (row["name"], row["label"], row["head_name"]) == (homes.first.id, "001 户主001", "户主001")
    assert (row["village_name"], row["township_name"], row["county_name"]) == (
        "village 610727101201",
        "township 610727101",
        "county 610727",
    )
    assert [each["number"] for each in csv.DictReader(io.StringIO(listed_file(client, "lead2")[1].decode()))] == ["002"]
    find_or_add_person(session, "coordinator")
    assert [each["number"] for each in csv.DictReader(io.StringIO(listed_file(client, "coordinator")[1].decode()))] == ["001", "002"]
    assert homes.first.household is not None
    homes.first.household.head_name = "新户主"
    assert listed_file(client, "lead1")[0] != hash_before


def test_submission__household_of_the_visit__is_taken_with_what_the_list_says_of_it(
    client: FlaskClient, session: Session, homes: Homes
) -> None:
    complete = questionnaire_with_households(session, homes.version)
    assert [choice.name for choice in complete.choices["households"]] == [homes.first.id, homes.second.id]
    assert questionnaire_with_households(session, homes.version) is complete
    assert send(client, answered(homes.second.id), headers=basic("lead1")).status_code == 201
    answer = send(client, answered("no-such-household", "uuid:h2"), headers=basic("lead1"))
    assert answer.status_code == 422


def test_publishing__form_that_names_the_list__needs_no_file_and_reads_its_columns(session: Session) -> None:
    assert add_form(session, HOME_FORM, "home_visit.md").files == []
    with pytest.raises(SurveyError, match="shoe_size"):
        add_form(session, HOME_FORM.replace("value=name", "value=shoe_size").replace("2018.1", "2018.2"), "home_visit.md")


def test_publishing__file_of_this_name_handed_in__is_used_as_it_is(session: Session, client: FlaskClient) -> None:
    own = b"name,label,head_name,village_code\nx,X,Y,1\n"
    storage: Storage = client.application.extensions["survey.storage"]
    with client.application.app_context():
        version = publish_questionnaire(session, None, HOME_FORM.encode(), "home_visit.md", utc_now(), Beside(storage, {FILE_NAME: own}))
        find_or_add_person(session, "lead1")
        assert listed_file(client, "lead1")[1] == own
        assert [choice.name for choice in questionnaire_with_households(session, version).choices["households"]] == ["x"]


def test_plan__of_the_form__is_the_same_for_everybody_and_leaves_the_rows_to_the_device(session: Session, homes: Homes) -> None:
    questionnaire = load_questionnaire(homes.version)
    plan = build_plan(questionnaire)
    assert plan["households"] == "households"
    assert plan["lists"]["households"] == {"columns": list(COLUMNS), "rows": []}
    assert build_lists(questionnaire)["choices"]["households"] == {"list": "households", "value": "name", "label": "label"}
    assert build_plan(load_questionnaire(add_form(session)))["households"] is None


@pytest.mark.parametrize(
    ("text", "safe"), [("=1+1", "'=1+1"), ("@x", "'@x"), ('张三, "户"', '张三, "户"'), ("两\n行\t", "两 行"), ("1+1", "1+1")]
)
def test_cell__that_a_spreadsheet_would_run__is_a_text(text: str, safe: str) -> None:
    assert safe_cell(text) == safe
    assert read_data_file(FILE_NAME, EMPTY).columns == COLUMNS
