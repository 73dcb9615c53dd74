"""Patterns of `regex()` that would take for ever, and those in which two engines of patterns differ."""

from questionnaires.expressions.patterns import is_found


def test_pattern__that_would_take_for_ever__is_not_found_and_soon_given_up() -> None:
    assert not is_found("^(a|aa)+$", "a" * 200 + "!")
    assert not is_found("(a+)+$", "a" * 200 + "!")
    assert not is_found("(" * 5000, "a"), "nested too deeply to be a pattern"


def test_pattern__with_braces_that_repeat_nothing__means_what_python_says() -> None:
    assert is_found("^a{e}$", "a{e}")
    assert not is_found("^a{e<=1}$", "b"), "not nearly, as the engine would have it"
    assert is_found(r"^x{,3}\{\N{DIGIT ONE}$", "xx{1")
    assert not is_found(r"\p{L}", "a"), "no pattern of Python's"
