"""Which passwords keep nobody out, and first ones that the program makes. Pure, and without a network.

Length counts, not the kinds of signs (OWASP ASVS 5.0, 6.2). How soon a password is guessed is estimated by zxcvbn (Wheeler, USENIX Security
2016), which knows the 30,000 most frequent passwords of breaches, names, words, keyboards, years, and how they are strung together.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module

MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 256
"""Longer texts are refused only so that nobody makes the slow hash work on megabytes."""
MIN_GUESSES_LOG10 = 8.0
"""Below a hundred million guesses a password falls to whoever gets hold of the hashes, or tries for a few months."""
READ_AT_MOST = 72
MIN_LEFT = 8
"""So many signs must be left of a password without the words that everybody knows of its person."""

OF_THE_WORK = (
    "supervision",
    "survey",
    "coordinator",
    "interviewer",
    "民主监督",
    "监督",
    "调研",
    "脱贫攻坚",
    "脱贫",
    "扶贫",
    "协调员",
    "访谈员",
    "管理员",
)
"""Words of the program and of the work that it is for, the longer ones first: whoever tries passwords here begins with them."""

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without what looks alike on paper."""
GROUPS, GROUP_LENGTH = 3, 5
"""Fifteen signs of 31: 74 bits."""

SHORT, LONG, OWN, COMMON = "short", "long", "own", "common"


@dataclass(frozen=True, slots=True)
class FirstPassword:
    """Somebody's first password, which is shown once and kept nowhere."""

    username: str
    name: str
    roles: Sequence[str]
    password: str


def first_password() -> str:
    """A random password that is easily copied from paper, such as "k7mpx-4wd9h-qt2ra"."""
    return "-".join("".join(secrets.choice(ALPHABET) for _sign in range(GROUP_LENGTH)) for _group in range(GROUPS))


def weakness(password: str, known: Iterable[str] = ()) -> str:
    """What is wrong with the password, "" if nothing is; `known` are words that others know of the person, such as the user name."""
    if len(password) < MIN_PASSWORD_LENGTH:
        return SHORT
    if len(password) > MAX_PASSWORD_LENGTH:
        return LONG
    words = [word.casefold() for word in known if len(word.strip()) > 1]
    left = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    if len(left) < MIN_LEFT:
        return OWN
    for word in OF_THE_WORK:
        left = left.replace(word, "")
    if len(left) < MIN_LEFT:
        return COMMON
    # Its lists take 12 MB in every process from then on; most processes never see a password chosen.
    found = import_module("zxcvbn").zxcvbn(password[:READ_AT_MOST], user_inputs=[*words, *OF_THE_WORK])
    return COMMON if float(found["guesses_log10"]) < MIN_GUESSES_LOG10 else ""
