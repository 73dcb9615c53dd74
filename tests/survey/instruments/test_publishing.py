"""Publishing questionnaires: immutable, idempotent, refused with the place when something is wrong."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.instruments import registry
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import publish_questionnaire
from survey.instruments.outline import outline_of, summary_of
from survey.instruments.registry import find_version, load_questionnaire
from tests.builders import FORM, add_form, add_person
from tests.recorder import Statements


@pytest.fixture(autouse=True)
def nothing_parsed_yet() -> Iterator[None]:
    """Every test begins with an empty memory of parsed questionnaires."""
    registry._parsed.clear()
    yield
    registry._parsed.clear()


def test_publish__new__stores_file_xform_and_event(session: Session, now: datetime) -> None:
    actor = add_person(session, "coordinator", "coordinator")
    version = publish_questionnaire(session, actor, FORM.encode(), "form.md", now)
    assert (version.form_id, version.version, version.title, version.n_questions) == ("test_form", "2018.1", "测试问卷", 3)
    assert version.source == FORM.encode()
    assert "<h:html" in version.xform
    event = session.scalars(select(Event)).one()
    assert (event.action, event.actor_id, event.subject_id) == ("questionnaire.published", actor.id, "test_form/2018.1")


def test_publish__title_by_language__is_kept_for_every_reader(session: Session) -> None:
    titled = add_form(
        session, FORM.replace("| form_title |", "| display_title::English (en) | form_title |").replace("| 测试", "| Test | 测试")
    )
    untitled = add_form(session, FORM.replace("| 2018.1 ", "| 2018.2 "))
    assert (titled.title_in("zh"), titled.title_in("en")) == ("测试问卷", "Test")
    assert (untitled.title_in("zh"), untitled.title_in("en")) == ("测试问卷", "测试问卷")


def test_publish__same_content_again__is_the_same_row(session: Session, now: datetime) -> None:
    first = add_form(session)
    again = publish_questionnaire(session, None, FORM.encode(), "form.md", now)
    saved_anew = publish_questionnaire(session, None, FORM.replace("|        |", "||").encode(), "form.md", now)
    assert first is again is saved_anew
    assert len(session.scalars(select(Event)).all()) == 1


def test_publish__other_content_with_the_same_version__is_refused(session: Session, now: datetime) -> None:
    add_form(session)
    with pytest.raises(SurveyError, match=r"'test_form' version '2018.1'.*Raise the version") as caught:
        publish_questionnaire(session, None, FORM.replace("您家有几口人", "家里几口人").encode(), "form.md", now)
    assert caught.value.code is ErrorCode.VERSION_EXISTS
    assert len(session.scalars(select(QuestionnaireVersion)).all()) == 1


def test_publish__with_an_error__names_sheet_and_row(session: Session, now: datetime) -> None:
    head = "| issue_rules |\n| | name | title::中文 (zh) | when | area | level | severity |\n"
    source = f"{FORM}{head}| | r1 | 标题 | ${{wish}} = 'x' | nowhere | village | high |\n"
    with pytest.raises(SurveyError, match="sheet issue_rules, row 2") as caught:
        publish_questionnaire(session, None, source.encode(), "form.md", now)
    assert caught.value.code is ErrorCode.INVALID_QUESTIONNAIRE


def test_publish__no_workbook__is_refused_in_one_line(session: Session, now: datetime) -> None:
    with pytest.raises(SurveyError) as caught:
        publish_questionnaire(session, None, b"\x00\x01 nothing", "nothing.bin", now)
    assert caught.value.code is ErrorCode.NOT_A_WORKBOOK
    assert "\n" not in str(caught.value)


def test_find_version__no_version_asked_for__is_the_newest(session: Session, now: datetime) -> None:
    add_form(session)
    newer = publish_questionnaire(session, None, FORM.replace("2018.1", "2018.2").encode(), "form.md", now + timedelta(days=1))
    assert find_version(session, "test_form") is newer
    assert find_version(session, "test_form", "2018.1").version == "2018.1"


def test_find_version__unknown__names_what_is_published(session: Session) -> None:
    with pytest.raises(SurveyError, match="'test_form' is published here. Published: none yet") as caught:
        find_version(session, "test_form")
    assert caught.value.code is ErrorCode.UNKNOWN_FORM
    add_form(session)
    with pytest.raises(SurveyError, match="Published: test_form"):
        find_version(session, "other")
    with pytest.raises(SurveyError, match=r"has no version '9' here. Published versions: 2018.1") as caught:
        find_version(session, "test_form", "9")
    assert caught.value.code is ErrorCode.UNKNOWN_FORM_VERSION


def test_load_questionnaire__second_time__is_not_parsed_again(session: Session, statements: Statements) -> None:
    add_form(session)
    session.commit()
    session.expire_all()
    first = load_questionnaire(find_version(session, "test_form"))
    session.expire_all()
    version = find_version(session, "test_form")
    statements.reset()
    assert load_questionnaire(version) is first
    assert statements == []


def test_load_questionnaire__more_than_are_kept__forgets_the_oldest(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "KEPT_AT_MOST", 2)
    versions = [add_form(session, FORM.replace("2018.1", f"2018.{number}")) for number in range(1, 4)]
    first = load_questionnaire(versions[0])
    load_questionnaire(versions[1])
    load_questionnaire(versions[2])
    assert len(registry._parsed) == 2
    assert load_questionnaire(versions[0]) is not first
    assert load_questionnaire(versions[0]) == first


def test_outline__of_a_questionnaire__says_what_is_asked_in_the_language(session: Session) -> None:
    questionnaire = load_questionnaire(add_form(session))
    lines = outline_of(questionnaire, "English (en)")
    assert [(line.name, line.label, line.is_required, line.is_asked) for line in lines] == [
        ("assignment_id", "", False, False),
        ("n_members", "How many members?", True, True),
        ("water_safe", "Is the water safe?", False, True),
        ("wish", "What do you wish?", False, True),
    ]
    assert lines[2].choices == ("Yes", "No")
    assert summary_of(questionnaire).n_asked == 3
