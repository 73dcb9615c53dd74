"""What somebody looks for, read from what they typed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits

from survey.sealing.pinyin import begins_as, is_typed_as, typed_letters

LONGEST = 64
"""Of what is typed so many signs are looked for; no name or number is longer."""
SHORTEST_PLAIN = 2
"""One Latin letter or digit stands in nearly everything; one Chinese sign may be a surname."""
MOST_WORDS = 6
"""More words are looked for as one text only."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: the text, its letters where they may be pinyin ("" where not), whether names of people may be looked in, and its
    words, of which a thing may hold each in another place; none of a text of one word."""

    text: str
    typed: str
    is_by_name: bool
    words: tuple["Wanted", ...] = ()

    @property
    def is_typed(self) -> bool:
        """Whether the text or one of its words may be pinyin."""
        return bool(self.typed) or any(word.typed for word in self.words)

    def stands_in_any(self, texts: Sequence[str]) -> bool:
        """Whether one of the texts holds what is looked for, or each of its words stands in one of them."""
        is_whole = any(self.stands_in(text) for text in texts)
        return is_whole or (bool(self.words) and all(any(word.stands_in(text) for text in texts) for word in self.words))

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
    words = [word for word in text.split() if not word.isascii() or len(word) >= SHORTEST_PLAIN]
    parts = tuple(Wanted(word, typed_letters(word), is_by_name) for word in words) if 1 < len(words) <= MOST_WORDS else ()
    return Wanted(text, typed_letters(text), is_by_name, parts)


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
