"""Whether a pattern of `regex()` can take for ever: a loop that can go round in two ways by the same text, so that each letter more of
an answer doubles the work of an engine that tries all ways. A tablet has no limit of time for that, as the server has (`patterns.py`).

The pattern becomes an automaton of its places (Glushkov 1961) that counts by how many ways one leads to the next, empty passages included.
It runs away when a place of a loop is followed by another one of the loop in two ways, or when two different walks through a loop begin and
end at the same place and can read the same text: a strongly connected part of the product of the automaton with itself that holds both a
pair of equal places and one of different ones (Weber and Seidl 1991, "On the degree of ambiguity of finite automata").
Loops that follow each other and can read the same text multiply the work by the length of the answer.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]  # the only way to the tree of a pattern that Python gives
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, TypeVar

Node = TypeVar("Node", int, tuple[int, int])

MOST_PLACES = 200
"""A pattern with more places is not looked at; one for an answer has a few dozen."""
MOST_COPIES = 20
"""A part that is repeated up to so many times stands there as often; more often, as a loop without an end."""
MOST_STEPS = 100_000
"""So many steps of walks beside each other are looked at; a pattern for an answer needs a few hundred."""
MANY = 2
"""Two ways or more are counted as two."""
SAMPLES = frozenset(" \t\n-_.,:/()+#@'\"0159AFZafz\u00e9\u4e2d\u6751\uff08\uff10\U0001f600")
"""Letters of every kind, to which those of the pattern are added: two classes overlap when they share one of them."""
CATEGORIES: Mapping[Any, re.Pattern[str]] = {
    codes.CATEGORY_DIGIT: re.compile(r"\d"),
    codes.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    codes.CATEGORY_SPACE: re.compile(r"\s"),
    codes.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    codes.CATEGORY_WORD: re.compile(r"\w"),
    codes.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
ALTERNATIVE = re.compile(r"(\\.|\[\^?\]?(?:\\.|[^\]\\])*\])|\|", re.DOTALL)
"""What only looks like it, or the sign between two alternatives; with a glance ahead at nothing behind it, Python leaves `(\\d|[0-9])` as
it is and makes no class of it, in which nobody could see any more that there are two ways."""
LOOKING = (codes.ASSERT, codes.ASSERT_NOT)
BEGINS_OR_ENDS = (codes.AT_BEGINNING, codes.AT_BEGINNING_STRING, codes.AT_END, codes.AT_END_STRING)
REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)


@lru_cache(maxsize=512)
def runs_away(pattern: str) -> bool:
    """Whether some answer makes the search for the pattern take a time that doubles with every letter; False for what is no pattern."""
    try:
        return any(automaton.is_ambiguous(tree) for automaton, tree in _automata(pattern))
    except _TooLargeError:
        return False


@lru_cache(maxsize=512)
def time_power(pattern: str) -> int:
    """To which power of an answer's length the time of the search may grow, where it does not double with every letter.

    It is 1 for a pattern that goes through the answer once, and for what is no pattern or too large to be looked at.
    """
    try:
        return 1 + max((automaton.degree(tree, is_search=not at) for at, (automaton, tree) in enumerate(_automata(pattern))), default=0)
    except _TooLargeError:
        return 1


def _automata(pattern: str) -> Iterator[tuple["_Automaton", Any]]:
    """An empty automaton and its tree for the pattern, and for each that it looks at ahead or behind; none for what is no pattern."""
    try:
        tree = parser.parse(ALTERNATIVE.sub(lambda found: found[1] or "|(?=)", pattern))
    except (re.error, RecursionError, OverflowError):
        return
    samples = SAMPLES | frozenset(_mentioned(tree))
    yield from ((_Automaton(samples, bool(tree.state.flags & re.IGNORECASE)), each) for each in (tree, *_looked_at(tree)))


class _TooLargeError(Exception):
    """The pattern has too many places to look at."""


@dataclass(slots=True)
class _Part:
    """A part of a pattern: in how many ways it may be empty, begin with a place, and end with one."""

    empty: int = 1
    first: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)


def _subpatterns(told: Any) -> Iterator[Any]:
    """The patterns within what an item of a pattern tells."""
    if isinstance(told, parser.SubPattern):
        yield told
    elif isinstance(told, tuple | list):
        for each in told:
            yield from _subpatterns(each)


def _looked_at(tree: Any) -> Iterator[Any]:
    """The patterns that are looked at ahead or behind, wherever they stand."""
    for code, told in tree:
        for inner in _subpatterns(told):
            if code in LOOKING:
                yield inner
            yield from _looked_at(inner)


def _mentioned(tree: Any) -> Iterator[str]:
    """The letters that a pattern names, and those on either side of them."""
    for code, told in tree:
        if code in (codes.LITERAL, codes.NOT_LITERAL):
            yield from _around(told)
        elif code is codes.IN:
            for kind, value in told:
                for letter in value if kind is codes.RANGE else (value,) if kind is codes.LITERAL else ():
                    yield from _around(letter)
        for inner in _subpatterns(told):
            yield from _mentioned(inner)


def _around(letter: int) -> Iterator[str]:
    yield from (chr(each) for each in (letter - 1, letter, letter + 1) if 0 <= each < 0x110000)


class _Automaton:
    """The places of one pattern, the letters that each takes, and by how many ways one follows another."""

    def __init__(self, samples: frozenset[str], ignores_case: bool) -> None:
        self._samples, self._ignores_case = samples, ignores_case
        self._letters: list[frozenset[str]] = []
        self._follow: dict[int, Counter[int]] = {}

    def is_ambiguous(self, tree: Any) -> bool:
        """Whether a loop of the pattern can be gone round in two ways by the same text."""
        self._part_of(tree)
        loops = _components(range(len(self._letters)), lambda place: self._follow.get(place, ()))
        if any(n >= MANY and loops[here] == loops[there] for here, row in self._follow.items() for there, n in row.items()):
            return True
        pairs = _components(((place, place) for place in range(len(self._letters))), self._pairs_after)
        equal = {part for (one, other), part in pairs.items() if one == other}
        return any(one != other and part in equal for (one, other), part in pairs.items())

    def degree(self, tree: Any, *, is_search: bool) -> int:
        """How many loops of a chain can share out one text among them in every way, the search from every letter of the answer included."""
        part = self._part_of(tree)
        if part.empty:
            return 0
        follow = {here: () if here in part.last else tuple(row) for here, row in self._follow.items()}
        if is_search:
            here = next(iter(self._place(self._samples).first))
            follow[here] = (here, *part.first)
        loops = _components(range(len(self._letters)), lambda place: follow.get(place, ()))
        return self._longest_chain(follow, loops)

    def _longest_chain(self, follow: Mapping[int, tuple[int, ...]], loops: Mapping[int, int]) -> int:
        rounds = {here for here, row in follow.items() if any(loops[here] == loops[there] for there in row)}
        beyond = {here: _reached(here, follow) for here in rounds}
        longest: dict[int, int] = {}
        for here in sorted(rounds, key=lambda place: len(beyond[place])):
            after = [there for there in beyond[here] & rounds if loops[there] != loops[here]]
            shared = {loops[there] for there in after if self._share_a_text(here, there, follow, loops)}
            found = max((longest[loops[there]] + (loops[there] in shared) for there in after), default=0)
            longest[loops[here]] = max(found, longest.get(loops[here], 0))
        return max(longest.values(), default=0)

    def _share_a_text(self, one: int, other: int, follow: Mapping[int, tuple[int, ...]], loops: Mapping[int, int]) -> bool:
        """Whether one text leads round the first loop, from it into the other, and round the other."""
        seen, ahead = {(one, one, other)}, [(one, one, other)]
        while ahead:
            first, between, last = ahead.pop()
            for next_first in (each for each in follow.get(first, ()) if loops[each] == loops[one]):
                for next_last in (each for each in follow.get(last, ()) if loops[each] == loops[other]):
                    shared = self._letters[next_first] & self._letters[next_last]
                    found = {(next_first, each, next_last) for each in follow.get(between, ()) if shared & self._letters[each]} - seen
                    if (one, other, other) in found:
                        return True
                    seen |= found
                    ahead += found
            if len(seen) > MOST_STEPS:
                raise _TooLargeError
        return False

    def _pairs_after(self, pair: tuple[int, int]) -> Iterator[tuple[int, int]]:
        one, other = pair
        for after_one in self._follow.get(one, ()):
            for after_other in self._follow.get(other, ()):
                if self._letters[after_one] & self._letters[after_other]:
                    yield after_one, after_other

    def _part_of(self, tree: Any) -> _Part:
        found = _Part()
        for code, told in tree:
            found = self._joined(found, self._item(code, told))
        return found

    def _item(self, code: Any, told: Any) -> _Part:
        if code in REPEATS:
            return self._repeated(*told)
        if code is codes.BRANCH:
            return _either(self._part_of(each) for each in told[1])
        if code in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            return self._part_of(told[-1] if code is codes.SUBPATTERN else told)
        if code is codes.GROUPREF_EXISTS:
            return _either(self._part_of(each) if each is not None else _Part() for each in told[1:])
        if code is codes.AT and told in BEGINS_OR_ENDS:
            # A place that takes no letter: whoever comes there later than the first letter, or earlier than the last, does not get on.
            return self._place(frozenset())
        if code in (codes.AT, codes.GROUPREF, *LOOKING):
            return _Part()
        return self._place(frozenset(letter for letter in self._samples if self._takes(code, told, letter)))

    def _place(self, letters: frozenset[str]) -> _Part:
        if len(self._letters) == MOST_PLACES:
            raise _TooLargeError
        self._letters.append(letters)
        here = len(self._letters) - 1
        return _Part(0, Counter({here: 1}), Counter({here: 1}))

    def _takes(self, code: Any, told: Any, letter: str) -> bool:
        if self._ignores_case and letter.swapcase() != letter and len(letter.swapcase()) == 1:
            return _takes(code, told, letter) or _takes(code, told, letter.swapcase())
        return _takes(code, told, letter)

    def _joined(self, one: _Part, other: _Part) -> _Part:
        self._lead(one.last, other.first)
        first, last = one.first.copy(), other.last.copy()
        _add(first, other.first, one.empty)
        _add(last, one.last, other.empty)
        return _Part(min(MANY, one.empty * other.empty), first, last)

    def _lead(self, last: Counter[int], first: Counter[int]) -> None:
        for here, n_here in last.items():
            _add(self._follow.setdefault(here, Counter()), first, n_here)

    def _repeated(self, least: int, most: int, body: Any) -> _Part:
        found = _Part()
        for _copy in range(min(least, MOST_COPIES) - (1 if least and most > MOST_COPIES else 0)):
            found = self._joined(found, self._part_of(body))
        if most > MOST_COPIES:
            loop = self._part_of(body)
            self._lead(loop.last, loop.first)
            # An engine does not go round once more for nothing.
            return self._joined(found, _Part(1 if least == 0 else loop.empty, loop.first, loop.last))
        rest = _Part()
        for _copy in range(most - least):
            rest = _either((_Part(), _without_empty(self._joined(self._part_of(body), rest))))
        return self._joined(found, rest)


def _reached(here: int, follow: Mapping[int, tuple[int, ...]]) -> set[int]:
    """The places that the place leads to."""
    found, ahead = set[int](), [here]
    while ahead:
        new = set(follow.get(ahead.pop(), ())) - found
        found |= new
        ahead += new
    return found


def _without_empty(part: _Part) -> _Part:
    return _Part(0, part.first, part.last)


def _either(parts: Iterable[_Part]) -> _Part:
    found = _Part(0)
    for each in parts:
        found.empty = min(MANY, found.empty + each.empty)
        _add(found.first, each.first, 1)
        _add(found.last, each.last, 1)
    return found


def _add(to: Counter[int], more: Counter[int], times: int) -> None:
    for place, n in more.items():
        if n * times:
            to[place] = min(MANY, to[place] + n * times)


def _takes(code: Any, told: Any, letter: str) -> bool:
    """Whether an item that takes one letter takes this one."""
    if code is codes.LITERAL:
        return ord(letter) == int(told)
    if code is codes.NOT_LITERAL:
        return ord(letter) != int(told)
    if code is codes.ANY:
        return letter != "\n"
    if code is codes.RANGE:
        return int(told[0]) <= ord(letter) <= int(told[1])
    if code is codes.CATEGORY:
        return CATEGORIES[told].match(letter) is not None
    is_negated = told[0][0] is codes.NEGATE
    return is_negated != any(_takes(kind, value, letter) for kind, value in told if kind is not codes.NEGATE)


def _components(starts: Iterable[Node], after: Callable[[Node], Iterable[Node]]) -> dict[Node, int]:
    """The number of the strongly connected part of every node that the starts lead to (Tarjan 1972, without calling itself)."""
    low: dict[Node, int] = {}
    part: dict[Node, int] = {}
    open_nodes: list[Node] = []
    for start in starts:
        if start in low:
            continue
        path: list[tuple[Node, int, Iterator[Node]]] = []
        _open(start, low, open_nodes, path, after)
        while path:
            node, number, ahead = path[-1]
            found = next((each for each in ahead if _is_new(each, node, low, part)), None)
            if found is not None:
                _open(found, low, open_nodes, path, after)
                continue
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[node])
            if low[node] == number:
                while True:
                    closed = open_nodes.pop()
                    part[closed] = number
                    if closed == node:
                        break
    return part


def _open(
    node: Node,
    low: dict[Node, int],
    open_nodes: list[Node],
    path: list[tuple[Node, int, Iterator[Node]]],
    after: Callable[[Node], Iterable[Node]],
) -> None:
    low[node] = len(low)
    open_nodes.append(node)
    path.append((node, low[node], iter(after(node))))


def _is_new(each: Node, node: Node, low: dict[Node, int], part: Mapping[Node, int]) -> bool:
    """Whether a node was not met before; one that is still open lowers what it was met from."""
    if each not in low:
        return True
    if each not in part:
        low[node] = min(low[node], low[each])
    return False
