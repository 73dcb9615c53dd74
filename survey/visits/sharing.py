"""How households are shared out evenly over pairs: neighbours stay together, and loads differ by at most one. Pure."""

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def share_out(items: Sequence[Item], n_shares: int) -> tuple[tuple[Item, ...], ...]:
    """The items in `n_shares` runs of equal length, in their order; the first runs are one longer when it does not come out even."""
    size, longer = divmod(len(items), n_shares)
    shares, start = [], 0
    for number in range(n_shares):
        end = start + size + (number < longer)
        shares.append(tuple(items[start:end]))
        start = end
    return tuple(shares)
