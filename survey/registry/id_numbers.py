"""Citizens' identity numbers (GB 11643-1999): 18 digits of region, birthday, sequence and check. Pure; keeps nothing."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from survey.places.codes import PROVINCES

LENGTH = 18
DISABILITY_CARD_LENGTHS = frozenset({20, 22})
"""A disability card's number is the identity number with kind and grade (and a mark of reissue) behind it."""

EARLIEST_YEAR = 1890
_WEIGHTS = tuple(2 ** (17 - position) % 11 for position in range(17))
"""ISO 7064 MOD 11-2, from the left."""
_CHECK_CHARACTERS = "10X98765432"
_OLD = re.compile(r"[0-9]{15}")
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number that stood every check, with what it says of its holder; its text is not part of what is printed."""

    text: str
    born_on: date
    sex: str

    def __repr__(self) -> str:
        """The number as it may be shown."""
        return f"IdNumber({mask(self.text)})"


def clean_id_number(text: str) -> str:
    """The text with ordinary digits and a capital X, without blanks; of a disability card's number the part that is the holder's."""
    number = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return number[:LENGTH] if len(number) in DISABILITY_CARD_LENGTHS else number


def check_digit(first_seventeen: str) -> str:
    """The eighteenth character for these seventeen digits."""
    return _CHECK_CHARACTERS[sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True)) % 11]


def read_id_number(text: str, today: date) -> IdNumber | str:
    """The number that `text` writes, or the code name of what is wrong with it.

    "id_old" (15 digits), "id_shape", "id_region", "id_birthday" (no day, or one to come), "id_checksum".
    """
    number = clean_id_number(text)
    if _OLD.fullmatch(number):
        return "id_old"
    if not _SHAPE.fullmatch(number):
        return "id_shape"
    if number[:2] not in PROVINCES:
        return "id_region"
    try:
        born_on = date.fromisoformat(number[6:14])
    except ValueError:
        return "id_birthday"
    if born_on.year < EARLIEST_YEAR or born_on > today:
        return "id_birthday"
    if check_digit(number[:17]) != number[17]:
        return "id_checksum"
    return IdNumber(number, born_on, "male" if int(number[16]) % 2 else "female")


def mask(text: str) -> str:
    """The first six and the last four characters with stars between; a text too short for that is all stars."""
    return text if not text else f"{text[:6]}{'*' * (len(text) - 10)}{text[-4:]}" if len(text) > 14 else "*" * len(text)
