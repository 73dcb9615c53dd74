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
    assert set(i18n.error_words(code)) == {("what", "Visit"), ("state", "open")}
    held = 'def look(key):\n    remedy = "Ask." if key else "Wait."\n    other = "Never."\n    raise SurveyError(CODE, remedy=remedy)'
    assert set(i18n.error_words(held)) == {("remedy", "Ask."), ("remedy", "Wait.")}
    assert not set(i18n.error_words(held.replace("=remedy)", '=remedy, remedy_zh="问。")')))


def test_spoken__words_and_names_in_an_error__only_the_words_are_translated(app: Flask) -> None:
    missing = SurveyError(ErrorCode.NOT_FOUND, what="Visit", key="Visit", remedy="Open it from the list of visits.")
    refused = SurveyError(ErrorCode.INVALID_TRANSITION, what="2018-04-610727", state="closed", action="closed")
    with app.test_request_context(), force_locale("zh"):
        assert spoken(missing) == "调研“Visit”不存在。请从调研列表打开。"
        assert spoken(refused) == "2018-04-610727目前处于“已结束”状态，不能结束。"
    with app.test_request_context(), force_locale("en"):
        assert spoken(missing) == str(missing)
