"""Settings: where they come from, what is refused, and that the page about them is true."""

from pathlib import Path

import pytest

from questionnaires.errors import ErrorCode, SurveyError
from survey.command_help import speech
from survey.config import Settings, read_settings, settings_document

ROOT = Path(__file__).parents[2]
GOOD_KEY = "k3y-of-this-test-0123456789-abcdefghijk"


def test_read_settings__no_secret_key__says_how_to_make_one() -> None:
    with pytest.raises(SurveyError, match="missing.*token_urlsafe") as caught:
        read_settings({})
    assert caught.value.code is ErrorCode.WEAK_SECRET_KEY


def test_read_settings__no_secret_key_beside_a_demonstration__names_its_folder(tmp_path: Path) -> None:
    read_settings({"SURVEY_DATA": str(tmp_path / "demo")}, demo=True)
    with pytest.raises(SurveyError, match=f"set SURVEY_DATA={tmp_path / 'demo'}"):
        read_settings({"SURVEY_DATA": str(tmp_path)})


@pytest.mark.parametrize("key", ["secret", "changeme", "short-but-odd-1", "a" * 64, "abababababababababababababababababab"])
def test_read_settings__guessable_secret_key__is_refused(key: str) -> None:
    with pytest.raises(SurveyError, match="too weak"):
        read_settings({"SURVEY_SECRET_KEY": key})


def test_read_settings__guessable_secret_key_in_a_demonstration__is_refused_too() -> None:
    with pytest.raises(SurveyError, match="too weak"):
        read_settings({"SURVEY_SECRET_KEY": "secret", "SURVEY_DEMO": "1"})


def test_read_settings__demonstration_without_key__keeps_one_of_its_own(tmp_path: Path) -> None:
    first = read_settings({"SURVEY_DEMO": "1", "SURVEY_DATA": str(tmp_path / "demo")})
    second = read_settings({"SURVEY_DEMO": "1", "SURVEY_DATA": str(tmp_path / "demo")})
    assert len(first.secret_key) >= 32
    assert first.secret_key == second.secret_key
    assert (tmp_path / "demo" / "secret_key").stat().st_mode & 0o077 == 0
    other = read_settings({"SURVEY_DEMO": "1", "SURVEY_DATA": str(tmp_path / "other")})
    assert other.secret_key != first.secret_key


def test_read_settings__folder_of_a_demonstration__is_one_for_every_command(tmp_path: Path) -> None:
    first = read_settings({"SURVEY_DEMO": "1", "SURVEY_DATA": str(tmp_path)})

    assert read_settings({"SURVEY_DATA": str(tmp_path)}) == first
    assert read_settings({"SURVEY_DATA": str(tmp_path), "SURVEY_SECRET_KEY": "0123456789-of-an-own-key-abcdefghij"}).demo
    assert not read_settings(
        {"SURVEY_DATA": str(tmp_path), "SURVEY_SECRET_KEY": "0123456789-of-an-own-key-abcdefghij", "SURVEY_DEMO": "0"}
    ).demo


def test_read_settings__environment__is_read_by_type() -> None:
    settings = read_settings(
        {"SURVEY_SECRET_KEY": GOOD_KEY, "SURVEY_HTTPS": "yes", "SURVEY_MAX_UPLOAD_MB": "7", "SURVEY_DATA": "elsewhere"}
    )
    assert (settings.https, settings.max_upload_mb, settings.data) == (True, 7, "elsewhere")
    assert settings.sqlalchemy_url == f"sqlite:///{Path('elsewhere').resolve() / 'survey.sqlite3'}"


@pytest.mark.parametrize(("name", "value"), [("SURVEY_HTTPS", "maybe"), ("SURVEY_MAX_UPLOAD_MB", "0"), ("SURVEY_MAX_UPLOAD_MB", "many")])
def test_read_settings__value_of_another_type__names_the_setting_and_the_value(name: str, value: str) -> None:
    with pytest.raises(SurveyError, match=f"{name}.*{value}") as caught:
        read_settings({"SURVEY_SECRET_KEY": GOOD_KEY, name: value})
    assert caught.value.code is ErrorCode.INVALID_SETTING


def test_read_settings__override__wins_over_the_environment() -> None:
    assert read_settings({"SURVEY_SECRET_KEY": GOOD_KEY, "SURVEY_DATA": "a"}, data="b").data == "b"


@pytest.mark.parametrize(("language", "name"), [("en", "docs/settings.md"), ("zh", "docs/guide/zh/reference/settings.md")])
def test_settings_page__in_the_documentation__is_what_the_program_prints(language: str, name: str) -> None:
    told = f"run: python -m survey settings --language {language} > {name}"
    assert (ROOT / name).read_text(encoding="utf-8") == settings_document(speech(language)), told


def test_settings__every_one__has_a_help_text() -> None:
    assert all(len(item.metadata["help"]) > 20 for item in Settings.__dataclass_fields__.values())


def test_read_settings__secret_in_a_file__is_read_from_there_and_quoted_nowhere(tmp_path: Path) -> None:
    kept, empty = tmp_path / "secret_key", tmp_path / "field_key"
    kept.write_text(f"{GOOD_KEY}\n", encoding="utf-8")
    empty.touch()
    found = read_settings({"SURVEY_SECRET_KEY_FILE": str(kept), "SURVEY_FIELD_KEY_FILE": str(empty), "SURVEY_DATA_FILE": str(kept)})
    assert (found.secret_key, found.field_keys, found.data) == (GOOD_KEY, (GOOD_KEY,), "data")
    assert read_settings({"SURVEY_SECRET_KEY_FILE": str(empty), "SURVEY_SECRET_KEY": GOOD_KEY}).secret_key == GOOD_KEY
    with pytest.raises(SurveyError, match="set one of the two") as caught:
        read_settings({"SURVEY_SECRET_KEY_FILE": str(kept), "SURVEY_SECRET_KEY": GOOD_KEY[::-1]})
    assert GOOD_KEY not in str(caught.value)
    assert GOOD_KEY[::-1] not in str(caught.value)
    kept.write_bytes(b"\xff\xfe")
    for path, told in ((tmp_path / "none", "No such file"), (kept, "no text in UTF-8")):
        with pytest.raises(SurveyError, match=f"SURVEY_SECRET_KEY_FILE.*{told}"):
            read_settings({"SURVEY_SECRET_KEY_FILE": str(path)})


@pytest.mark.parametrize("address", ["clamav", "unix:clamd.sock", "run/clamd.sock", "host:"])
def test_read_settings__address_of_clamav_that_is_none__is_refused(address: str) -> None:
    with pytest.raises(SurveyError, match="SURVEY_CLAMAV.*host:port"):
        read_settings({"SURVEY_SECRET_KEY": GOOD_KEY, "SURVEY_CLAMAV": address})
