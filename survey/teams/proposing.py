"""Who goes with whom: pairs proposed from what is known of people and places, each with its reasons and with what could not be met.

Pure and deterministic. The rules, the weightier first: a trainee goes with somebody experienced, and two newcomers never alone; nobody
goes where they have ties; one of the two understands what is spoken there, as far as that is known; experience is spread evenly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

EXPERIENCED_INTERVIEWS, SEASONED_INTERVIEWS = 20, 100
"""From how many interviews on somebody counts as experienced, and as seasoned."""

TRAINEE_ALONE, NO_PLACE_LEFT, NEWCOMERS, NOBODY_UNDERSTANDS, PART_CLOSED, UNEVEN = 1000.0, 400.0, 120.0, 60.0, 50.0, 3.0
"""What breaking each rule weighs."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the team. `ties` are the visit's counties that are closed to them; `languages` are compared as they are."""

    user_id: str
    name: str
    role: str = "member"
    n_interviews: int = 0
    is_experienced_elsewhere: bool = False
    languages: frozenset[str] = frozenset()
    ties: frozenset[str] = frozenset()

    @property
    def level(self) -> int:
        """How experienced somebody is: 0 never interviewed, 1 a newcomer, 2 experienced, 3 seasoned."""
        recorded = (self.n_interviews > 0) + (self.n_interviews >= EXPERIENCED_INTERVIEWS) + (self.n_interviews >= SEASONED_INTERVIEWS)
        return max(recorded, 2 if self.is_experienced_elsewhere else 0)

    @property
    def can_guide(self) -> bool:
        """Whether a trainee may go with this person."""
        return self.role != "trainee" and self.level >= 2


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the visit goes: its counties (six digits), and what is spoken in those where that is known."""

    counties: tuple[str, ...]
    languages: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Remark:
    """A reason for a pair, or a rule that it does not meet; names and counties it speaks of."""

    rule: str
    people: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedPair:
    """Two people, the lead first, with the reasons and with what could not be met."""

    lead: Candidate
    second: Candidate
    reasons: tuple[Remark, ...]
    unmet: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class PairProposal:
    """The pairs, and who is left over; a leader who is left over leads."""

    pairs: tuple[ProposedPair, ...]
    left: tuple[Candidate, ...]


def propose_pairs(candidates: Sequence[Candidate], ground: Ground) -> PairProposal:
    """The best pairs that exchanging partners leads to; the order of `candidates` does not matter."""
    people = sorted(candidates, key=lambda each: (-each.level, each.name, each.user_id))
    mean = 2 * sum(each.level for each in people) / len(people) if people else 0.0
    if len(people) % 2 == 0:
        return PairProposal(_described(_match(people, ground, mean), ground), ())
    # With an odd number the leader stays free to lead; without one, whoever is best spared.
    spare = [each for each in people if each.role == "leader"] or people
    tries = [([other for other in people if other is not each], each) for each in spare]
    matched = [(_match(rest, ground, mean), each) for rest, each in tries]
    pairs, left = min(matched, key=lambda tried: _total(tried[0], ground, mean))
    return PairProposal(_described(pairs, ground), (left,))


def describe_pair(one: Candidate, other: Candidate, ground: Ground) -> ProposedPair:
    """The pair of these two with its reasons and with what it does not meet; `one` is the lead."""
    reasons: list[Remark] = []
    unmet: list[Remark] = []
    for remark, is_met in (*_guidance(one, other), *_ties(one, other, ground), *_understanding(one, other, ground)):
        (reasons if is_met else unmet).append(remark)
    return ProposedPair(one, other, tuple(reasons), tuple(unmet))


Matching = list[tuple[Candidate, Candidate]]


def _match(people: Sequence[Candidate], ground: Ground, mean: float) -> Matching:
    """The most with the least experienced first, then partners exchanged as long as that is better."""
    half = len(people) // 2
    pairs = [(people[number], people[-1 - number]) for number in range(half)]
    is_better = True
    while is_better:
        is_better = False
        for first, second in combinations(range(half), 2):
            (a, b), (c, d) = pairs[first], pairs[second]
            present = _weight(a, b, ground, mean) + _weight(c, d, ground, mean)
            for one, other in (((a, c), (b, d)), ((a, d), (b, c))):
                if _weight(*one, ground, mean) + _weight(*other, ground, mean) < present - 1e-9:
                    pairs[first], pairs[second] = one, other
                    is_better = True
                    break
    return pairs


def _total(pairs: Matching, ground: Ground, mean: float) -> float:
    return sum(_weight(one, other, ground, mean) for one, other in pairs)


def _weight(one: Candidate, other: Candidate, ground: Ground, mean: float) -> float:
    """What is wrong with a pair; 0 is perfect."""
    weight = UNEVEN * (one.level + other.level - mean) ** 2
    if _is_trainee_alone(one, other):
        weight += TRAINEE_ALONE
    elif not (one.level >= 2 or other.level >= 2):
        weight += NEWCOMERS
    closed, open_counties = _closed(one, other, ground)
    if closed:
        weight += PART_CLOSED * len(closed) / len(ground.counties) if open_counties else NO_PLACE_LEFT
    strange = [county for county in open_counties if not _understood(one, other, ground, county)]
    return weight + (NOBODY_UNDERSTANDS * len(strange) / len(open_counties) if strange else 0.0)


def _is_trainee_alone(one: Candidate, other: Candidate) -> bool:
    """Whether a trainee of the two has no experienced partner."""
    return "trainee" in (one.role, other.role) and not (one.can_guide or other.can_guide)


def _closed(one: Candidate, other: Candidate, ground: Ground) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The counties closed to the pair, and those open to it."""
    ties = one.ties | other.ties
    closed = tuple(county for county in ground.counties if county in ties)
    return closed, tuple(county for county in ground.counties if county not in ties)


def _understood(one: Candidate, other: Candidate, ground: Ground, county: str) -> bool:
    """Whether one of the two understands what is spoken there; so it is taken to be where that is not known."""
    spoken = ground.languages.get(county, frozenset())
    return not spoken or bool(spoken & (one.languages | other.languages))


def _described(pairs: Matching, ground: Ground) -> tuple[ProposedPair, ...]:
    """The pairs with the more experienced in the lead, by the lead's experience and name."""
    ordered = [tuple(sorted(pair, key=lambda each: (each.role == "trainee", -each.level, -each.n_interviews, each.name))) for pair in pairs]
    ordered.sort(key=lambda pair: (-pair[0].level, pair[0].name, pair[0].user_id))
    return tuple(describe_pair(lead, second, ground) for lead, second in ordered)


def _guidance(one: Candidate, other: Candidate) -> list[tuple[Remark, bool]]:
    trainees = [each for each in (one, other) if each.role == "trainee"]
    if trainees:
        if _is_trainee_alone(one, other):
            return [(Remark("trainee_alone", tuple(each.name for each in trainees)), False)]
        guide = one if one.can_guide else other
        return [(Remark("trainee_guided", (trainees[0].name, guide.name)), True)]
    if one.level < 2 and other.level < 2:
        return [(Remark("newcomers", (one.name, other.name)), False)]
    if min(one.level, other.level) < 2:
        newcomer, guide = sorted((one, other), key=lambda each: each.level)
        return [(Remark("newcomer_guided", (newcomer.name, guide.name)), True)]
    return [(Remark("both_experienced"), True)]


def _ties(one: Candidate, other: Candidate, ground: Ground) -> list[tuple[Remark, bool]]:
    closed, open_counties = _closed(one, other, ground)
    if not closed:
        return [(Remark("no_ties"), True)]
    people = tuple(each.name for each in (one, other) if each.ties & set(closed))
    if open_counties:
        return [(Remark("sent_elsewhere", people, closed), True)]
    return [(Remark("ties_everywhere", people, closed), False)]


def _understanding(one: Candidate, other: Candidate, ground: Ground) -> list[tuple[Remark, bool]]:
    _closed_counties, open_counties = _closed(one, other, ground)
    known = [county for county in open_counties if ground.languages.get(county)]
    strange = tuple(county for county in known if not _understood(one, other, ground, county))
    remarks: list[tuple[Remark, bool]] = []
    if understood := [county for county in known if county not in strange]:
        spoken = frozenset[str]().union(*(ground.languages[county] for county in understood))
        speakers = tuple(each.name for each in (one, other) if each.languages & spoken)
        shared = tuple(sorted(spoken & (one.languages | other.languages)))
        remarks.append((Remark("understands", speakers, tuple(understood), shared), True))
    if strange:
        spoken = frozenset[str]().union(*(ground.languages[county] for county in strange))
        remarks.append((Remark("nobody_understands", (), strange, tuple(sorted(spoken))), False))
    return remarks
