"""Drawing from chance, always from a generator that is handed in, so that the same seed always tells the same story."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def draw_from(seed: int, *keys: object) -> Random:
    """A generator of its own for what `keys` name; it gives the same numbers on every machine."""
    return Random("/".join(str(key) for key in (seed, *keys)))


def happens(rng: Random, probability: float) -> bool:
    """Whether something of this probability happens."""
    return rng.random() < probability


def yes_no(rng: Random, probability: float) -> str:
    """ "yes" with this probability, else "no"."""
    return "yes" if happens(rng, probability) else "no"


def pick(rng: Random, weights: Mapping[str, float]) -> str:
    """One of the names, each as often as its weight says."""
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def pick_some(rng: Random, probabilities: Mapping[str, float], none: str = "none") -> list[str]:
    """Each name with its own probability; [`none`] when nothing came."""
    return [name for name, probability in probabilities.items() if happens(rng, probability)] or [none]


def any_of(rng: Random, options: Sequence[T]) -> T:
    """One of the options, all equally often."""
    return options[rng.randrange(len(options))]


def heaped(rng: Random, amount: float, is_rough: bool = False) -> int:
    """The amount as people say it: rounded to tens, hundreds, or (`is_rough`) thousands; never below zero."""
    if amount <= 0:
        return 0
    step = 1000 if is_rough else any_of(rng, (10, 50, 100, 100, 500))
    return int(max(round(amount / step) * step, step if amount > step / 2 else 0))
