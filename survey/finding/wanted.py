"""What somebody looks for, read from what they typed. Pure."""

from dataclasses import dataclass
from string import ascii_letters, digits

from survey.sealing.pinyin import begins_as, is_typed_as, typed_letters

LONGEST = 64
"""Of what is typed so many signs are looked for; no name or number is longer."""
SHORTEST_PLAIN = 2
"""One Latin letter or digit stands in nearly everything; one Chinese sign may be a surname."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the text, its letters where they may be pinyin ("" where not), and whether names of people may be looked in."""

    text: str
    typed: str
    is_by_name: bool

    def stands_in(self, text: str) -> bool:
        """Whether the text holds what is looked for, as it is written or as it is typed in pinyin; spaces and capitals do not matter."""
        is_written = _plain(self.text) in _plain(text)
        return is_written or bool(self.typed and is_typed_as(text, self.typed))

    def begins(self, text: str) -> bool:
        """Whether the text begins with what is looked for, in either way."""
        return _plain(text).startswith(_plain(self.text)) or bool(self.typed and begins_as(text, self.typed))


_ORDINARY = {0xFEE0 + ord(sign): sign for sign in f"-{digits}{ascii_letters}"}
"""What input methods write in full width; Chinese punctuation stays as titles have it."""


def read_wanted(text: str, *, is_by_name: bool) -> Wanted | None:
    """What is looked for, its full-width letters and digits made ordinary; None for too little of it."""
    text = " ".join(text.translate(_ORDINARY).split())[:LONGEST]
    if len(text) < SHORTEST_PLAIN and text.isascii():
        return None
    return Wanted(text, typed_letters(text), is_by_name)


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
