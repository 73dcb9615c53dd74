"""What does not go together in a plan: every kind told once, with its place, and nothing told of work that is done."""

from datetime import date

from survey.teams.conflicts import Conflict, Elsewhere, Work, find_conflicts
from survey.teams.distributing import Crew, Rules, Village

NEAR, NEAR_TOO, FAR, UNKNOWN = "610727901201", "610727901202", "610727901203", "610728901201"
DAY, OTHER_DAY = date(2018, 4, 17), date(2018, 4, 18)
VILLAGES = {
    NEAR: Village(NEAR, (33.33, 106.15)),
    NEAR_TOO: Village(NEAR_TOO, (33.34, 106.16), OTHER_DAY),
    FAR: Village(FAR, (33.60, 106.60)),
    UNKNOWN: Village(UNKNOWN),
}


def work(*villages: str, n: int = 2, n_open: int = 2) -> list[Work]:
    """What the pair does on the day."""
    return [Work("a", DAY, code, n, n_open) for code in villages]


def kinds(found: tuple[Conflict, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Kinds and villages."""
    return [(each.kind, each.villages) for each in found]


def test_conflicts__near_villages_on_one_day__are_none() -> None:
    villages = VILLAGES | {NEAR_TOO: Village(NEAR_TOO, (33.34, 106.16))}
    assert find_conflicts(work(NEAR, NEAR_TOO), villages, [Crew("a")], [], Rules()) == ()


def test_conflicts__of_every_kind__are_told_with_their_villages() -> None:
    assert kinds(find_conflicts(work(NEAR_TOO), VILLAGES, [Crew("a")], [], Rules())) == [("other_day", (NEAR_TOO,))]
    (far,) = find_conflicts(work(NEAR, FAR), VILLAGES, [Crew("a")], [], Rules())
    assert (far.kind, round(far.number)) == ("far_apart", 51)
    assert kinds(find_conflicts(work(NEAR, UNKNOWN), VILLAGES, [], [], Rules())) == [("two_villages", (NEAR, UNKNOWN))]
    (overloaded,) = find_conflicts(work(NEAR, n=11), VILLAGES, [], [], Rules())
    assert (overloaded.kind, overloaded.number) == ("overloaded", 660)
    assert kinds(find_conflicts(work(NEAR), VILLAGES, [Crew("a", frozenset(("610727",)))], [], Rules())) == [("ties", (NEAR,))]


def test_conflicts__one_of_the_pair_elsewhere__names_the_person_and_the_place() -> None:
    (found,) = find_conflicts(work(NEAR), VILLAGES, [], [Elsewhere("a", DAY, "林知远", "春季调研", "云雾垭村")], Rules())
    assert (found.kind, found.person, found.place) == ("elsewhere", "林知远", "春季调研 · 云雾垭村")
    assert find_conflicts(work(NEAR), VILLAGES, [], [Elsewhere("a", OTHER_DAY, "林知远", "春季调研", "云雾垭村")], Rules()) == ()


def test_conflicts__work_that_is_done__tells_nothing() -> None:
    assert find_conflicts(work(NEAR, FAR, n_open=0), VILLAGES, [Crew("a", frozenset(("610727",)))], [], Rules()) == ()
