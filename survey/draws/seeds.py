"""Where the seed of a draw comes from. Pure but for the chance itself."""

import secrets

from survey.draws.models import SEED_SOURCES
from survey.draws.refusals import refusal

MIN_MIXED, MIN_PUBLIC, MAX_PUBLIC = 6, 20, 200
"""How many digits or letters of public throws are wanted beside the program's secret part, and alone; and how many are taken."""


def secret_part() -> str:
    """A secret that nobody guesses: 32 random bytes in hexadecimal."""
    return secrets.token_hex(32)


def make_seed(source: str, public: str, secret: str) -> str:
    """The seed: the secret, what was thrown in public, or both with a blank between; refused when the throws could be guessed."""
    if source not in SEED_SOURCES:
        raise refusal("seed_source")
    if source == "program":
        return secret
    thrown = " ".join(public.split())
    least = MIN_PUBLIC if source == "public" else MIN_MIXED
    if sum(character.isalnum() for character in thrown) < least:
        raise refusal("seed_short", n=least)
    if len(thrown) > MAX_PUBLIC:
        raise refusal("seed_long", n=MAX_PUBLIC)
    return thrown if source == "public" else f"{thrown} {secret}"
