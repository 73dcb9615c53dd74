from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.candidates.models import IssueCandidate
from survey.instruments.models import QuestionnaireVersion
from survey.sealing.pinyin import pinyin_of
from survey.visits.models import Assignment, Visit
from tests.builders import add_assignment, add_form, add_household, add_pair, add_person, add_submission, add_visit
from tests.recorder import Statements
from tests.survey.tablet.forms import FIELD_FORM

SignIn = Callable[[str], FlaskClient]
EARLIER_XML = b"""<data id="field_form" version="2018.1">
  <home><n_members>2</n_members><water_safe>no</water_safe><house>house.jpg</house><unheard_of>x</unheard_of></home>
  <members><m_name>W</m_name><m_age>41</m_age></members><members><m_name> </m_name><m_age>7</m_age></members>
  <meta><instanceID>uuid:earlier</instanceID></meta>
</data>"""


@pytest.fixture
def version(session: Session) -> QuestionnaireVersion:
    return add_form(session, FIELD_FORM)


@pytest.fixture
def assignment(session: Session, version: QuestionnaireVersion) -> Assignment:
    """A household of lead1 and second1, in a visit that looks back on an earlier one."""
    earlier = add_visit(session, "2017-04-test", forms=[version])
    earlier.state = "closed"
    visit = add_visit(session, forms=[version])
    visit.look_back_of_id = earlier.id
    return add_assignment(session, add_pair(session, visit), add_household(session, kind="marginal"), "field_form")


def interview_earlier(session: Session, version: QuestionnaireVersion, assignment: Assignment, state: str = "accepted") -> None:
    """An interview of the same household at the earlier visit, and what a rule found in it."""
    submission = add_submission(session, version, "uuid:earlier", state=state)
    submission.visit_id, submission.household_id = "2017-04-test", assignment.household_id
    submission.xml, submission.started_at = EARLIER_XML, datetime(2017, 4, 18, 20, 0, tzinfo=UTC)
    for visit_id, rule in (("2017-04-test", "unsafe_water"), (assignment.visit_id, "of_this_visit")):
        session.add(
            IssueCandidate(
                rule=rule,
                title={"zh": "饮水不安全", "en": "Unsafe water"},
                area="water",
                level="household",
                severity="acute",
                instance_id="uuid:earlier",
                visit_id=visit_id,
                household_id=assignment.household_id,
                evidence={},
                raised_at=datetime(2017, 4, 19, tzinfo=UTC),
            )
        )
    session.flush()


def test_tasks__of_the_pair__say_whose_household_it_is_and_what_is_known_beforehand(sign_in: SignIn, assignment: Assignment) -> None:
    [task] = sign_in("second1").get("/tablet/tasks.json").json["tasks"]
    assert task["prefill"] == {
        "assignment_id": assignment.id,
        "household_number": "001",
        "household_kind": "marginal",
        "village_code": assignment.village_code,
        "village_name": assignment.village.name,
        "head_name": "户主001",
        "lead_name": "lead1",
        "second_name": "second1",
    }
    assert (task["form_version"], task["title"], task["state"], task["role"]) == ("2018.1", "001 户主001", "open", "second")
    assert task["pair"]["lead"] == {"username": "lead1", "name": "lead1"}
    assert sign_in("lead1").get("/tablet/tasks.json").json["tasks"][0]["role"] == "lead"


def test_tasks__of_somebody_else__are_none(sign_in: SignIn, assignment: Assignment) -> None:
    assert sign_in("lead2").get("/tablet/tasks.json").json == {"tasks": []}


def test_tasks__as_a_pair_walks__come_by_day_with_the_undated_last(sign_in: SignIn, session: Session, assignment: Assignment) -> None:
    dated = add_assignment(session, assignment.pair, add_household(session, "002"), "field_form")
    dated.planned_on = date(2018, 4, 21)
    tasks = sign_in("lead1").get("/tablet/tasks.json").json["tasks"]
    assert [(task["id"], task["planned_on"]) for task in tasks] == [(dated.id, "2018-04-21"), (assignment.id, None)]


@pytest.mark.parametrize("state", ["received", "accepted", "returned"])
def test_tasks__after_sending__carry_the_state_and_the_reason(
    sign_in: SignIn, session: Session, version: QuestionnaireVersion, assignment: Assignment, state: str
) -> None:
    submission = add_submission(session, version, "uuid:one", assignment=assignment, state=state)
    submission.review_reason = "人口数不对"
    [task] = sign_in("lead1").get("/tablet/tasks.json").json["tasks"]
    assert (task["state"], task["instance_id"], task["review_reason"]) == (state, "uuid:one", "人口数不对")


def test_background__of_a_look_back__has_raw_answers_by_path_and_what_other_visits_found(
    sign_in: SignIn, session: Session, version: QuestionnaireVersion, assignment: Assignment
) -> None:
    interview_earlier(session, version, assignment)
    client = sign_in("lead1")
    [part] = client.get("/tablet/package.json").json["background"]
    response = client.get(part["url"])
    assert response.headers["Cache-Control"] == "no-store"
    found = response.json[assignment.id]
    assert found["earlier"]["visit_title"] == "调研 2017-04-test"
    assert found["earlier"]["held_on"] == "2017-04-19"
    # The blank name and the picture, which stays on the server, are left out; so is what the form does not ask.
    assert found["earlier"]["answers"] == {
        "/data/home/n_members": "2",
        "/data/home/water_safe": "no",
        "/data/members[1]/m_name": "W",
        "/data/members[1]/m_age": "41",
        "/data/members[2]/m_age": "7",
    }
    assert [issue["title"]["en"] for issue in found["issues"]] == ["Unsafe water"]
    [task] = client.get("/tablet/tasks.json").json["tasks"]
    assert task["has_background"] is True


def test_background__of_an_interview_that_was_not_accepted__has_no_answers(
    sign_in: SignIn, session: Session, version: QuestionnaireVersion, assignment: Assignment
) -> None:
    interview_earlier(session, version, assignment, "returned")
    client = sign_in("lead1")
    assert client.get("/tablet/package.json").json["background"] == []
    assert client.get(f"/tablet/background/{assignment.village_code}.json").status_code == 404


def test_background__of_another_pair__is_not_given(
    sign_in: SignIn, session: Session, version: QuestionnaireVersion, assignment: Assignment
) -> None:
    interview_earlier(session, version, assignment)
    assert sign_in("lead2").get(f"/tablet/background/{assignment.village_code}.json").status_code == 404


def test_package__of_a_pair__lists_every_form_under_tags_that_answer(sign_in: SignIn, assignment: Assignment) -> None:
    client = sign_in("lead1")
    response = client.get("/tablet/package.json")
    assert response.headers["Cache-Control"] == "no-store"
    package = response.json
    assert [visit["id"] for visit in package["visits"]] == ["2018-04-test"]
    assert [person["username"] for person in package["visits"][0]["people"]] == ["lead1", "second1"]
    assert [asset["url"].split("?")[0].rsplit("/", 1)[1] for asset in package["assets"]] == ["2018.1", "plan.json"]
    for asset in package["assets"]:
        answer = client.get(asset["url"], headers={"Accept-Encoding": "gzip"})
        assert asset["url"].endswith(asset["tag"])
        assert answer.headers["ETag"].strip('"').startswith(asset["tag"])
        assert len(answer.data) == asset["n_bytes"]


def test_package__of_a_tablet_with_drafts_of_an_older_version__holds_that_version_too(
    sign_in: SignIn, session: Session, assignment: Assignment
) -> None:
    add_form(session, FIELD_FORM.replace("2018.1", "2017.9"))
    client = sign_in("lead1")
    drafts = '[["field_form","2017.9"],["nothing","1"]]'
    urls = [asset["url"] for asset in client.get("/tablet/package.json", query_string={"drafts": drafts}).json["assets"]]
    assert len(urls) == 4
    assert sum("/2017.9" in url for url in urls) == 2
    for nonsense in ("nonsense", "[" * 3000, "5", '{"a": 1}'):
        assert len(client.get("/tablet/package.json", query_string={"drafts": nonsense}).json["assets"]) == 2


def test_package__after_one_answer__has_another_tag_for_the_tasks_only(
    sign_in: SignIn, session: Session, version: QuestionnaireVersion, assignment: Assignment
) -> None:
    interview_earlier(session, version, assignment)
    client = sign_in("lead1")
    before = client.get("/tablet/package.json").json
    add_submission(session, version, "uuid:one", assignment=assignment)
    after = client.get("/tablet/package.json").json
    assert before["tasks_tag"] != after["tasks_tag"]
    assert (before["background"], before["assets"]) == (after["background"], after["assets"])


def test_package__of_a_coordinator__has_forms_to_practise_and_no_household(sign_in: SignIn, assignment: Assignment) -> None:
    package = sign_in("coordinator").get("/tablet/package.json").json
    assert (package["n_tasks"], package["visits"]) == (0, [])
    assert [form["form_id"] for form in package["practice"]] == ["field_form"]
    assert package["person"]["roles"] == ["coordinator"]


@pytest.mark.parametrize("path", ["/tablet/package.json", "/tablet/tasks.json", "/tablet/background/610727101201.json"])
def test_package__however_many_households__asks_the_database_as_often(
    sign_in: SignIn, session: Session, version: QuestionnaireVersion, assignment: Assignment, statements: Statements, path: str
) -> None:
    interview_earlier(session, version, assignment)
    client = sign_in("lead1")
    client.get(path)
    statements.reset()
    client.get(path)
    few = len(statements)
    for number in range(2, 42):
        household = add_household(session, f"{number:03d}")
        add_assignment(session, assignment.pair, household, "field_form")
        submission = add_submission(session, version, f"uuid:{number}", state="accepted")
        submission.visit_id, submission.household_id, submission.xml = "2017-04-test", household.id, EARLIER_XML
    session.commit()
    statements.reset()
    client.get(path)
    assert len(statements) == few


def test_visit__that_is_closed__is_in_nobodys_package(sign_in: SignIn, session: Session, assignment: Assignment) -> None:
    visit = session.get(Visit, assignment.visit_id)
    assert visit is not None
    visit.state = "closed"
    package = sign_in("lead1").get("/tablet/package.json").json
    assert (package["visits"], package["n_tasks"], package["assets"]) == ([], 0, [])


@pytest.mark.parametrize(
    ("name", "typed"),
    [("王德贵", ("wangdegui", "wdg")), ("单小华", ("shanxiaohua", "sxh", "dxh")), ("Anna", ()), ("二组A", ("erzua", "eza"))],
)
def test_pinyin__of_a_name__is_every_way_to_type_it(name: str, typed: tuple[str, ...]) -> None:
    assert set(typed) <= set(pinyin_of(name).split())
    assert bool(pinyin_of(name)) == bool(typed)


def test_search_text__of_a_task__finds_it_by_number_name_and_initials(sign_in: SignIn, session: Session, assignment: Assignment) -> None:
    assert assignment.household is not None
    assignment.household.head_name, assignment.household.group_name = "赵大明", "三组"
    [task] = sign_in("lead1").get("/tablet/tasks.json").json["tasks"]
    assert {"001", "赵大明", "zhaodaming", "zdm", "三组", "sanzu"} <= set(task["search"].split())


def test_manifest__of_the_app__names_pictures_that_exist(client: FlaskClient, session: Session) -> None:
    manifest = client.get("/tablet/manifest.webmanifest")
    assert manifest.content_type.startswith("application/manifest+json")
    assert manifest.json["scope"] == "/tablet/"
    for icon in manifest.json["icons"]:
        with client.get(icon["src"]) as picture:
            assert (picture.status_code, picture.content_type.split(";")[0]) == (200, icon["type"])


def test_people__without_a_pin__are_in_the_package_without_one(sign_in: SignIn, session: Session, assignment: Assignment) -> None:
    add_person(session, "lead2", "interviewer")
    [visit] = sign_in("lead1").get("/tablet/package.json").json["visits"]
    assert [person["pin"] for person in visit["people"]] == [None, None]
