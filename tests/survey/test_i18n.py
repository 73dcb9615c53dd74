"""The catalogues: complete, up to date, and no text changed on the way."""

from io import BytesIO

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey import i18n
from survey.command_help import speak_as_the_terminal
from survey.console import told
from survey.error_words import error_words, public_helpers, words_given
from survey.errors import spoken
from tests.builders import add_form
from tests.conftest import SignIn


@pytest.fixture(scope="module")
def collected() -> Catalog:
    """Every text of the program, collected once because it takes seconds; no test changes it."""
    return i18n.collect_texts()


def test_catalogue__of_every_text__is_complete_and_compiled(collected: Catalog) -> None:
    assert i18n.catalogue_problems(collected) == ()


def test_collect_texts__everywhere__finds_code_templates_and_errors(collected: Catalog) -> None:
    ids = {message.id if isinstance(message.id, str) else message.id[0] for message in i18n.texts(collected)}
    assert {"Questionnaires", "Change my password", "Administrator", ErrorCode.NOT_FOUND.value, "%(num)s account"} <= ids


def test_catalogue__written_and_read__is_the_same(collected: Catalog) -> None:
    written = i18n.po_bytes(i18n.updated_catalogue(collected))
    assert i18n.po_bytes(read_po(BytesIO(written), locale="zh")) == written


def test_is_translated__empty_plural_or_unapproved__is_not() -> None:
    assert i18n.is_translated(Message("a", "甲"))
    assert not i18n.is_translated(Message("a", ""))
    assert not i18n.is_translated(Message(("%(num)s a", "%(num)s as"), ("",)))
    assert not i18n.is_translated(Message("a", "甲", flags=["fuzzy"]))


def test_is_faithful__names_that_are_filled_in__are_the_same() -> None:
    assert i18n.is_faithful(Message("%(a)s of %(b)s", "%(b)s 之 %(a)s"))
    assert i18n.is_faithful(Message("{file} has no {sheet!r}", "{file} 没有 {sheet!r}"))
    assert not i18n.is_faithful(Message("%(a)s of %(b)s", "%(a)s"))
    assert not i18n.is_faithful(Message("{file}", "{fiel}"))


ENGLISH_ONLY = ("analysis/bundle.py", "analysis/scale/", "analysis/corrections/log.py", "analysis/exports/command.py")
"""What only `python -m analysis` says, which speaks English."""
LINTED = "questionnaires/"
"""What is wrong with a questionnaire is said by `questionnaires/lint` before any of these errors, in both languages."""


def test_words_given__to_errors_everywhere__are_texts_that_the_catalogue_can_hold() -> None:
    codes = i18n.error_codes()
    known = public_helpers(codes)
    said = {path: code for path, code in codes.items() if not path.startswith((*ENGLISH_ONLY, LINTED))}

    broken = [
        f"{path}:{each.line} {each.value_name}" for path, code in said.items() for each in words_given(code, known) if not each.is_whole
    ]

    assert not broken, "write the text with names in braces and give their values to the error: detail='… {most} …', most=80"


@pytest.mark.parametrize(
    ("given", "is_whole"),
    [
        ("'at most {most}'", True),
        ("f'{a}, {b}'", True),
        ("f'{place}.note'", True),
        ("f'at most {most}'", False),
        ("'at most ' + most", False),
        ("'at most %s' % most", False),
        ("'at most {}'.format(most)", False),
        ("held", False),
    ],
)
def test_words_given__put_together_from_parts__are_found(given: str, is_whole: bool) -> None:
    code = f"def look(place, most, a, b):\n    held = f'{{most}} at most'\n    raise SurveyError(CODE, detail={given})"
    assert [each.is_whole for each in words_given(code)] == [is_whole]


def test_error_words__given_to_a_function_that_raises__are_found_in_its_file_and_where_it_is_imported() -> None:
    helper = "def refused(field, detail, **values):\n    return SurveyError(CODE, field=field, detail=detail, **values)\n"
    known = public_helpers({"survey/visits/planning.py": helper})
    call = "def look(n):\n    raise refused('n', 'at most {most}', most=n)"
    wanted = {("field", "n"), ("detail", "at most {most}")}
    assert set(error_words(f"{helper}\n{call}")) == wanted
    assert set(error_words(f"from survey.visits.planning import refused\n{call}", known)) == wanted
    assert not set(error_words(f"from survey.places.planning import refused\n{call}", known))


def test_spoken__words_that_name_values__are_filled_in_after_they_were_translated(app: Flask) -> None:
    error = SurveyError(ErrorCode.INVALID_VALUE, field="title", detail="write a title of at most {most} characters", most=80)
    assert str(error) == "title: write a title of at most 80 characters"
    with app.test_request_context(), force_locale("zh"):
        assert spoken(error) == "标题：请写不超过 80 个字符的标题"
    with app.test_request_context(), force_locale("en"):
        assert spoken(error) == str(error)


def test_spoken__braces_that_name_no_value_or_reach_into_one__stay(app: Flask) -> None:
    error = SurveyError(ErrorCode.INVALID_VALUE, field="x", detail="{z} and {field.__class__} and {most!r}", most="{field}")
    assert str(error) == "x: {z} and {field.__class__} and {most!r}"


def test_told__in_a_chinese_terminal__says_the_words_in_an_error_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    error = SurveyError(ErrorCode.INVALID_VALUE, field="title", detail="write a title of at most {most} characters", most=80)
    speak_as_the_terminal()
    monkeypatch.setenv("LANGUAGE", "zh")
    assert told(error).message == "标题：请写不超过 80 个字符的标题"
    monkeypatch.setenv("LANGUAGE", "en")
    assert told(error).message == str(error)


def test_page__in_chinese__has_no_english_left_in_its_frame(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    assert "监督调研" in page
    assert "Supervision Survey" not in page
    assert "Password" not in page


def test_error__raised_on_purpose__is_said_in_the_readers_language(sign_in: SignIn, session: Session) -> None:
    add_form(session)
    client = sign_in("author")
    assert "test_form" in client.get("/instruments/test_form/9").text
    chinese = client.get("/instruments/test_form/9").text
    client.post("/language/en")
    assert "has no version" in client.get("/instruments/test_form/9").text
    assert "has no version" not in chinese


def test_error_words__of_code__are_the_words_written_out_and_no_names() -> None:
    code = 'def look(key):\n    raise SurveyError(CODE, what="Visit", key="2018-04", remedy=f"Open {key}.", state="open")'
    assert set(error_words(code)) == {("what", "Visit"), ("state", "open")}
    held = 'def look(key):\n    remedy = "Ask." if key else "Wait."\n    other = "Never."\n    raise SurveyError(CODE, remedy=remedy)'
    assert set(error_words(held)) == {("remedy", "Ask."), ("remedy", "Wait.")}
    assert not set(error_words(held.replace("=remedy)", '=remedy, remedy_zh="问。")')))


def test_spoken__words_and_names_in_an_error__only_the_words_are_translated(app: Flask) -> None:
    missing = SurveyError(ErrorCode.NOT_FOUND, what="Visit", key="Visit", remedy="Open it from the list of visits.")
    refused = SurveyError(ErrorCode.INVALID_TRANSITION, what="2018-04-610727", state="closed", action="closed")
    with app.test_request_context(), force_locale("zh"):
        assert spoken(missing) == "调研“Visit”不存在。请从调研列表打开。"
        assert spoken(refused) == "2018-04-610727目前处于“已结束”状态，不能结束。"
    with app.test_request_context(), force_locale("en"):
        assert spoken(missing) == str(missing)
