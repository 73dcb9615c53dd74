from markupsafe import Markup

from survey.tablet.texts import outputs_in, plain_output, rich_text


def rich(text: str) -> str:
    """The text as HTML, its answers as ellipses."""
    return str(rich_text({"default": text}, "default", plain_output))


def test_text__with_html__is_escaped() -> None:
    assert rich("<img src=x onerror=alert(1)> & more") == "&lt;img src=x onerror=alert(1)&gt; &amp; more"


def test_text__with_markdown__has_what_xlsform_allows() -> None:
    assert rich("# Head\n**bold** and *soft*") == "<strong>Head</strong><br><strong>bold</strong> and <em>soft</em>"


def test_text__with_asterisks_that_mean_nothing__keeps_them() -> None:
    assert rich("3 * 4 * 5") == "3 * 4 * 5"


def test_text__with_an_answer__has_a_place_for_it() -> None:
    shown = rich_text({"default": "Hello ${/data/name}!"}, "default", lambda expression: Markup("<b>{}</b>").format(expression))
    assert str(shown) == "Hello <b>/data/name</b>!"


def test_outputs__in_several_languages__are_each_named_once() -> None:
    assert outputs_in({"zh": "${/a} ${/b}", "en": "${/b} ${/a}"}) == ["/a", "/b"]
