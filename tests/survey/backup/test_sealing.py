"""What lies in a backup: only the passphrase opens it, and no bit of it can be another one."""

import os
from pathlib import Path

import pytest

from questionnaires.errors import SurveyError
from survey.backup.place import open_place
from survey.backup.sealing import FRAME_BYTES, SALT_BYTES, TAG_BYTES, Keys, begin, open_keys, read_header, seal, unseal

PASSPHRASE = "correct-horse-battery-9"
KEYS = Keys(b"s" * 32, b"n" * 32)


def test_passphrase__another_or_too_weak_one__is_refused() -> None:
    header, keys = begin(PASSPHRASE)
    again = read_header(header.to_json(), "place")
    assert open_keys(again, PASSPHRASE, "place") == keys
    with pytest.raises(SurveyError, match="not the passphrase"):
        open_keys(again, PASSPHRASE + "x", "place")
    with pytest.raises(SurveyError, match="random characters"):
        begin("aaaaaaaaaaaaaaaaaaaa")
    with pytest.raises(SurveyError, match="no backup that this version can read"):
        read_header(b'{"format": "another"}', "place")


@pytest.mark.parametrize("n_bytes", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, 2 * FRAME_BYTES + 5])
def test_piece__of_any_length__comes_back_and_shows_nothing(n_bytes: int) -> None:
    content = os.urandom(n_bytes)
    sealed = seal(KEYS, "a", content, compressed=False)
    assert unseal(KEYS, "a", sealed) == content
    assert n_bytes < 16 or content[:16] not in sealed
    assert seal(KEYS, "a", content, compressed=False) != sealed


def test_piece__changed_cut_off_reordered_or_exchanged__is_refused() -> None:
    content = os.urandom(2 * FRAME_BYTES)
    sealed, step = seal(KEYS, "a", content, compressed=False), FRAME_BYTES + TAG_BYTES
    first, second, rest = (
        sealed[SALT_BYTES : SALT_BYTES + step],
        sealed[SALT_BYTES + step : SALT_BYTES + 2 * step],
        sealed[SALT_BYTES + 2 * step :],
    )
    flipped = bytearray(sealed)
    flipped[-1] ^= 1
    wrong = [
        bytes(flipped),
        sealed[: SALT_BYTES + step],
        sealed[: SALT_BYTES + 2 * step],
        sealed[:SALT_BYTES] + second + first + rest,
        sealed[:SALT_BYTES],
        b"",
    ]
    for each in wrong:
        with pytest.raises(SurveyError, match="damaged"):
            unseal(KEYS, "a", each)
    with pytest.raises(SurveyError, match="damaged"):
        unseal(KEYS, "b", sealed)
    assert unseal(KEYS, "z", seal(KEYS, "z", b"0" * 9999, compressed=True)) == b"0" * 9999


@pytest.mark.parametrize(
    "told", [b"[]", b"{", b'{"tables": 5}', b'{"tables": [{"name": "a"}], "files": [[]], "beside": [], "taken_at": ""}']
)
def test_list__of_another_shape__is_refused(told: bytes, tmp_path: Path) -> None:
    name = "000001-20180420T083000Z"
    place = open_place(str(tmp_path / "backup"), PASSPHRASE, may_begin=True)
    (tmp_path / "backup" / "backups").mkdir()
    (tmp_path / "backup" / "backups" / name).write_bytes(seal(place.keys, name, told, compressed=True))
    with pytest.raises(SurveyError, match="no backup that this version can read"):
        place.read_list(name)
