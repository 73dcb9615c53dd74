"""Patterns of `regex()` that would take for ever, and those in which two engines of patterns differ."""

import pytest
import regex

from questionnaires.expressions.patterns import is_found
from questionnaires.expressions.runaway import runs_away, time_power
from questionnaires.lint.check import lint_questionnaire
from questionnaires.lint.expressions import MOST_POWER
from tests.questionnaires.forms import markdown

RUNAWAY = {
    "(a+)+$": "a",
    "^(a|aa)+$": "a",
    "^(a|a)*$": "a",
    r"([a-z]+)*\d": "a",
    r"^(\w+\s?)*$": "a",
    r"^(\d+|\d+\.)*$": "1",
    r"^(\d|[0-9])+$": "1",
    "(x+x+)+y": "x",
    "^([一-龥]+)*$": "村",
    "(a{1,50})+b": "a",
}
"""Patterns, each with what an answer repeats that is not searched through in time."""
ALSO_RUNAWAY = ("(a*)*b", "(a*b?)*c", r"^(\w|_)*$", "(?=(a+)+$)b", "(a|b|ab)*c", "(?i)^(A|a)+$")
"""Patterns that a browser does not come to an end with; the server's engine sees sooner that they are not there."""
SOUND = (
    "^[A-Z]-[0-9]+$",
    "^1[3-9][0-9]{9}$",
    "^[0-9]{17}[0-9Xx]$",
    r"^\d{6}(18|19|20)?\d{2}(0[1-9]|1[012])(0[1-9]|[12]\d|3[01])\d{3}(\d|X)$",
    r"^(0[0-9]{2,3}-?)?[0-9]{7,8}(-[0-9]{1,4})?$",
    "^[\u4e00-\u9fff]{2,4}$",
    "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    r"^([^@ ]+)@([^@ ]+)\.[a-z]{2,}$",
    r"^(\d+,)*\d+$",
    r"(\d{1,3}\.){3}\d{1,3}",
    r"^(\w|-)*$",
    "^([a-z]|[0-9]|_)*$",
    "[(|]+[|a)]x",
    "^[A-Za-z]+( [A-Za-z]+)*$",
    "^(a?)*$",
    r"^(?!.*(.).*\1)[a-d]{4}$",
    ".*a.*",
    "^$",
    "(",
)
POWERS = {
    "^[0-9]+$": 1,
    "^[^@]+@[^@]+$": 1,
    "^a*b*c*$": 1,
    r"^-?\d+(\.\d+)?$": 1,
    r"^(?=.*\d)(?=.*[a-z]).{8,}$": 1,
    "(": 1,
    ".*a.*": 2,
    r"\s+$": 2,
    r"^\s*\s*$": 2,
    "^[A-Za-z ]+[A-Za-z]+ [a-z]*$": 2,
    r"\s*\s*$": 3,
    r"^.*@.*\..*$": 3,
    ".*a.*b.*c": 4,
    r"\w+\w+\w+\w+$": 5,
}
"""To which power of an answer's length the time of each pattern grows, worked out by hand: one for the answer itself, one for each letter
that the search may begin at, and one for each further place that two parts may share a text at."""


def test_pattern__that_would_take_for_ever__is_not_found_and_soon_given_up() -> None:
    assert not is_found("^(a|aa)+$", "a" * 200 + "!")
    assert not is_found("(a+)+$", "a" * 200 + "!")
    assert not is_found("(" * 5000, "a"), "nested too deeply to be a pattern"


def test_pattern__with_braces_that_repeat_nothing__means_what_python_says() -> None:
    assert is_found("^a{e}$", "a{e}")
    assert not is_found("^a{e<=1}$", "b"), "not nearly, as the engine would have it"
    assert is_found(r"^x{,3}\{\N{DIGIT ONE}$", "xx{1")
    assert not is_found(r"\p{L}", "a"), "no pattern of Python's"


@pytest.mark.parametrize("pattern", RUNAWAY)
def test_runs_away__pattern_that_doubles_its_work__is_told_and_really_takes_too_long(pattern: str) -> None:
    assert runs_away(pattern)
    made = regex.compile(pattern)
    with pytest.raises(TimeoutError):
        made.search(RUNAWAY[pattern] * 50_000 + "!", timeout=0.1)


@pytest.mark.parametrize("pattern", ALSO_RUNAWAY)
def test_runs_away__pattern_that_one_engine_is_quick_with__is_told_too(pattern: str) -> None:
    assert runs_away(pattern)


@pytest.mark.parametrize("pattern", SOUND)
def test_runs_away__pattern_that_authors_write__is_not(pattern: str) -> None:
    assert not runs_away(pattern)


@pytest.mark.parametrize(("pattern", "power"), POWERS.items())
def test_time_power__of_a_pattern__is_that_of_the_parts_that_share_a_text(pattern: str, power: int) -> None:
    assert time_power(pattern) == power
    assert not runs_away(pattern)


@pytest.mark.parametrize("power", range(2, 7))
def test_time_power__of_one_more_part__is_one_more_and_the_search_of_many_does_not_end(power: int) -> None:
    pattern = "^" + "(?:a|b)*" * (power - 1) + "a*c"
    assert time_power(pattern) == power
    if power > MOST_POWER:
        with pytest.raises(TimeoutError):
            regex.search(pattern, "a" * 5000 + "d" + "c", timeout=0.1)


def test_lint__slow_patterns_and_those_of_answers__are_warned_of_or_refused_by_how_slow_they_are() -> None:
    rows = (
        "text | a | A | | | regex(., '.*@.*[.].*')",
        "text | b | B | | | regex(., concat('^', ${a}, '$'))",
        "text | c | C | | | regex(., '.*a.*b.*c')",
        "text | d | D | | | regex(., '^ *a *$')",
    )
    found = [each for each in lint_questionnaire(markdown(*rows).encode(), "form.md") if "pattern" in each.code]
    assert [(each.row, each.code, each.severity) for each in found] == [
        (2, "slow_pattern", "warning"),
        (3, "pattern_of_answers", "warning"),
        (4, "runaway_pattern", "error"),
    ]


def test_lint__pattern_that_would_stop_a_tablet__prevents_publishing_and_names_the_row() -> None:
    rows = ("text | a | A | | | regex(., '^(a+)+$')", "text | b | B | regex(${a}, '^[a-z]+$') and regex(${a}, '(x+x?)*y')")
    found = [each for each in lint_questionnaire(markdown(*rows).encode(), "form.md") if each.code == "runaway_pattern"]
    assert [(each.row, each.column, each.details["pattern"], each.severity) for each in found] == [
        (2, "constraint", "^(a+)+$", "error"),
        (3, "relevant", "(x+x?)*y", "error"),
    ]
    assert "(a+)+" in found[0].in_language("zh")[1]
