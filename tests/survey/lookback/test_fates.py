"""What became of what was raised: still there, gone, new, not met, no longer asked."""

from datetime import UTC, datetime

from survey.candidates.raised_queries import Raised
from survey.lookback.fates import count_fates, follow_candidates, rule_key


def raised(rule: str, household_id: str | None, visit_id: str, village: str = "v1") -> Raised:
    """A candidate of the form `f`."""
    at = datetime(2018, 4, 20, tzinfo=UTC)
    return Raised(
        f"{visit_id}-{rule}-{household_id}",
        "f",
        rule,
        {"zh": rule},
        "water",
        "high",
        f"{visit_id}-{household_id}",
        visit_id,
        village,
        household_id,
        at,
    )


ASKED_BEFORE = {("h1", "f"), ("h2", "f"), ("h3", "f")}
ASKED_AFTER = {("h1", "f"), ("h2", "f"), ("h4", "f")}


def test_follow_candidates__each_kind__is_told_apart() -> None:
    before = [raised("water", "h1", "a"), raised("water", "h2", "a"), raised("water", "h3", "a"), raised("old_rule", "h1", "a")]
    after = [raised("water", "h1", "b"), raised("roof", "h2", "b"), raised("roof", "h4", "b"), raised("roof", None, "b")]

    fates = follow_candidates(before, after, ASKED_BEFORE, ASKED_AFTER, {"f": {"water", "roof"}})

    assert [(fate.raised.rule, fate.household_id, fate.fate) for fate in fates] == [
        ("water", "h1", "still"),
        ("water", "h2", "gone"),
        ("water", "h3", "not_met"),
        ("old_rule", "h1", "not_asked"),
        ("roof", "h2", "new"),
    ]
    assert (fates[0].before, fates[0].after) == ("a-h1", "b-h1")


def test_follow_candidates__raised_twice_about_one_household__counts_once() -> None:
    before = [raised("water", "h1", "a"), raised("water", "h1", "a")]

    assert len(follow_candidates(before, [], ASKED_BEFORE, ASKED_AFTER, {"f": {"water"}})) == 1


def test_count_fates__by_rule__adds_up() -> None:
    before = [raised("water", "h1", "a"), raised("water", "h2", "a"), raised("roof", "h1", "a")]
    after = [raised("water", "h1", "b"), raised("roof", "h2", "b")]
    fates = follow_candidates(before, after, ASKED_BEFORE, ASKED_AFTER, {"f": {"water", "roof"}})

    water, roof = count_fates(fates, rule_key)

    assert (water.key, water.n_before, water.n_after, dict(water.counts)) == ("f:water", 2, 1, {"still": 1, "gone": 1})
    assert (roof.key, roof.n_before, roof.n_after, dict(roof.counts)) == ("f:roof", 1, 1, {"gone": 1, "new": 1})
