"""Identity numbers are checked digit by digit, masked when shown, and lie sealed in the database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.errors import ErrorCode, SurveyError
from survey.handover.layout import told_columns
from survey.models import Base
from survey.registry.id_numbers import IdNumber, check_digit, clean_id_number, mask, read_id_number
from survey.registry.sealing import FORMAT, NONCE_BYTES, Sealed, SealedText, Vault, _keys
from tests.conftest import SECRET_KEY
from tests.survey.registry.lists import ZHANG

TODAY = date(2018, 4, 20)


def test_check_digit__of_the_standards_example__is_its_last_character() -> None:
    # GB 11643-1999, annex A: 11010519491231002X and 440524188001010014.
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(st.integers(0, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
def test_check_digit__one_digit_wrong__is_another(number: int, position: int, shift: int) -> None:
    digits = f"{number:017}"
    other = digits[:position] + str((int(digits[position]) + shift) % 10) + digits[position + 1 :]

    assert check_digit(other) != check_digit(digits)


def test_read_id_number__of_a_good_one__tells_birthday_and_sex() -> None:
    found = read_id_number("11010519491231002x", TODAY)

    assert isinstance(found, IdNumber)
    assert (found.text, found.born_on, found.sex) == ("11010519491231002X", date(1949, 12, 31), "female")
    assert "1949" not in repr(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("110105491231002", "id_old"),
        ("1101051949123100", "id_shape"),
        ("11010519491231X02", "id_shape"),
        ("00010519491231002X", "id_region"),
        ("11010519490231002X", "id_birthday"),
        ("110105201804210015", "id_birthday"),
        ("110105194912310021", "id_checksum"),
    ],
)
def test_read_id_number__of_a_wrong_one__names_what_is_wrong(text: str, reason: str) -> None:
    assert read_id_number(text, TODAY) == reason


def test_clean_id_number__of_a_disability_card__is_the_holders() -> None:
    assert clean_id_number(" １１０１０５19491231002x 43 ") == "11010519491231002X"


@pytest.mark.parametrize(("text", "shown"), [("11010519491231002X", "110105********002X"), ("12345", "*****"), ("", "")])
def test_mask__of_a_text__leaves_six_and_four(text: str, shown: str) -> None:
    assert mask(text) == shown


def test_vault__of_a_text__opens_only_with_its_key() -> None:
    vault = Vault(SECRET_KEY)
    sealed = vault.seal(ZHANG)

    assert ZHANG.encode() not in sealed.data
    assert vault.seal(ZHANG) != sealed
    assert vault.open(sealed) == ZHANG
    assert vault.fingerprint(ZHANG) == Vault(SECRET_KEY).fingerprint(ZHANG) != Vault(SECRET_KEY[::-1]).fingerprint(ZHANG)
    with pytest.raises(SurveyError) as refused:
        Vault(SECRET_KEY[::-1]).open(sealed)
    assert refused.value.code is ErrorCode.INVALID_SETTING


def test_vault__of_what_an_earlier_version_sealed_without_a_name__opens_it() -> None:
    cipher, nonce = _keys(SECRET_KEY)[0], b"id1:" + bytes(NONCE_BYTES - 4)
    for start in (bytes(NONCE_BYTES), nonce):
        assert Vault(SECRET_KEY).open(Sealed(start + cipher.encrypt(start, ZHANG.encode(), None))) == ZHANG
    named = Vault(SECRET_KEY).seal(ZHANG).data
    assert named.startswith(FORMAT)
    with pytest.raises(SurveyError):
        Vault(SECRET_KEY).open(Sealed(named.removeprefix(FORMAT)))


def test_sealed_text__of_plain_text__is_refused() -> None:
    with pytest.raises(TypeError, match="seal the text"):
        SealedText().process_bind_param(ZHANG, None)  # type: ignore[arg-type]
    assert SealedText().process_bind_param(Sealed(b"x"), None) == b"x"  # type: ignore[arg-type]


def test_handover__of_persons__leaves_identity_numbers_behind() -> None:
    told = {column.name for column in told_columns(Base.metadata.tables["household_members"])}

    assert {"name", "household_id"} <= told
    assert not {"id_number", "id_number_hash"} & told
