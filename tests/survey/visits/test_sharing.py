"""Sharing out: nothing lost, order kept, loads differing by at most one."""

from hypothesis import given
from hypothesis import strategies as st

from survey.visits.sharing import share_out


@given(st.lists(st.integers()), st.integers(1, 12))
def test_share_out__anything__keeps_order_and_balances(items: list[int], n_shares: int) -> None:
    shares = share_out(items, n_shares)

    assert [item for share in shares for item in share] == items
    assert len(shares) == n_shares
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_share_out__seven_over_three__gives_the_first_one_more() -> None:
    assert share_out("abcdefg", 3) == (("a", "b", "c"), ("d", "e"), ("f", "g"))
