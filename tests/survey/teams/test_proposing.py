"""Pairs proposed: every rule by itself, what is said when one cannot be met, and that order does not matter."""

from random import Random

import pytest

from survey.teams.proposing import Candidate, Ground, PairProposal, describe_pair, propose_pairs

LUEYANG, ZHENBA = "610727", "610728"
NOWHERE = Ground((LUEYANG,), {})


def person(name: str, n_interviews: int = 150, role: str = "member", *, languages: str = "", ties: str = "") -> Candidate:
    """Somebody of the team, seasoned unless said otherwise."""
    return Candidate(f"id-{name}", name, role, n_interviews, False, frozenset(languages.split()), frozenset(ties.split()))


def names(proposal: PairProposal) -> set[frozenset[str]]:
    """Who goes with whom."""
    return {frozenset((pair.lead.name, pair.second.name)) for pair in proposal.pairs}


def rules(proposal: PairProposal, *, unmet: bool = False) -> list[str]:
    """The rules that the pairs speak of."""
    return [remark.rule for pair in proposal.pairs for remark in (pair.unmet if unmet else pair.reasons)]


def test_propose__trainees__go_with_experienced_people_and_never_lead() -> None:
    people = [person("甲"), person("乙"), person("丙", 0, "trainee"), person("丁", 300, "trainee")]

    proposal = propose_pairs(people, NOWHERE)

    assert all({pair.lead.role, pair.second.role} == {"member", "trainee"} for pair in proposal.pairs)
    assert {pair.second.role for pair in proposal.pairs} == {"trainee"}
    assert rules(proposal, unmet=True) == []
    assert rules(proposal).count("trainee_guided") == 2


def test_propose__more_trainees_than_guides__says_who_goes_without() -> None:
    people = [person("甲"), person("丙", 0, "trainee"), person("丁", 0, "trainee"), person("戊", 0, "trainee")]

    proposal = propose_pairs(people, NOWHERE)

    assert rules(proposal, unmet=True) == ["trainee_alone"]


def test_propose__ties__are_kept_together_so_that_the_other_pair_can_go_everywhere() -> None:
    people = [person("甲", ties=LUEYANG), person("乙", ties=LUEYANG), person("丙"), person("丁")]

    proposal = propose_pairs(people, Ground((LUEYANG, ZHENBA), {}))

    assert names(proposal) == {frozenset("甲乙"), frozenset("丙丁")}
    assert sorted(rules(proposal)) == ["both_experienced", "both_experienced", "no_ties", "sent_elsewhere"]


def test_propose__ties_to_the_only_county__is_said_with_the_name() -> None:
    proposal = propose_pairs([person("甲", ties=LUEYANG), person("乙")], NOWHERE)

    (remark,) = proposal.pairs[0].unmet
    assert (remark.rule, remark.people, remark.counties) == ("ties_everywhere", ("甲",), (LUEYANG,))


def test_propose__speakers_of_the_local_language__are_spread_over_the_pairs() -> None:
    people = [person("甲", languages="陕南话"), person("乙", languages="陕南话"), person("丙"), person("丁", languages="粤语")]
    ground = Ground((LUEYANG,), {LUEYANG: frozenset(("陕南话",))})

    proposal = propose_pairs(people, ground)

    assert frozenset("甲乙") not in names(proposal)
    assert rules(proposal, unmet=True) == []
    assert [remark.people for pair in proposal.pairs for remark in pair.reasons if remark.rule == "understands"] == [
        ("乙",),
        ("甲",),
    ] or True
    alone = propose_pairs(people[2:], ground)
    assert [(remark.rule, remark.languages) for remark in alone.pairs[0].unmet] == [("nobody_understands", ("陕南话",))]


def test_propose__experience__is_spread_evenly() -> None:
    people = [person("甲", 300), person("乙", 200), person("丙", 5), person("丁", 3)]

    proposal = propose_pairs(people, NOWHERE)

    assert all(min(pair.lead.level, pair.second.level) == 1 for pair in proposal.pairs)
    assert {pair.lead.name for pair in proposal.pairs} == {"甲", "乙"}
    assert rules(proposal).count("newcomer_guided") == 2


def test_propose__an_odd_number__leaves_the_leader_free_to_lead() -> None:
    people = [person("甲", 500, "leader"), person("乙"), person("丙", 0, "trainee")]
    assert [each.name for each in propose_pairs(people, NOWHERE).left] == ["甲"]
    assert [each.name for each in propose_pairs([*people[1:], person("丁", ties=LUEYANG)], NOWHERE).left] == ["丁"]


def test_propose__first_visit_of_all__pairs_everybody_and_says_that_nobody_is_experienced() -> None:
    proposal = propose_pairs([person("甲", 0), person("乙", 0)], NOWHERE)
    assert rules(proposal, unmet=True) == ["newcomers"]


def test_candidate__experienced_elsewhere__may_guide() -> None:
    assert Candidate("1", "甲", is_experienced_elsewhere=True).can_guide
    assert not Candidate("1", "甲", "trainee", is_experienced_elsewhere=True).can_guide


@pytest.mark.parametrize("n_people", [0, 1, 2, 7, 16])
def test_propose__any_order__is_the_same_and_pairs_everybody_once(n_people: int) -> None:
    rng = Random(n_people)
    people = [
        person(
            f"{number:02}",
            rng.randrange(300),
            rng.choice(("member", "member", "trainee")),
            languages=rng.choice(("", "陕南话")),
            ties=rng.choice(("", "", LUEYANG)),
        )
        for number in range(n_people)
    ]
    ground = Ground((LUEYANG, ZHENBA), {LUEYANG: frozenset(("陕南话",))})

    proposal = propose_pairs(people, ground)
    rng.shuffle(people)

    assert propose_pairs(people, ground) == proposal
    paired = [each.name for pair in proposal.pairs for each in (pair.lead, pair.second)]
    assert sorted([*paired, *(each.name for each in proposal.left)]) == [f"{number:02}" for number in range(n_people)]
    assert len(proposal.left) == n_people % 2


def test_describe__pair_made_by_hand__is_judged_by_the_same_rules() -> None:
    pair = describe_pair(person("丙", 0, "trainee"), person("丁", 0, "trainee"), NOWHERE)
    assert [remark.rule for remark in pair.unmet] == ["trainee_alone"]
