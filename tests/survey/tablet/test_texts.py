from markupsafe import Markup

from survey.tablet.texts import outputs_in, plain_output, rich_text


def rich(text: str) -> str:
    """The text as HTML, its answers as ellipses."""
    return str(rich_text({"default": text}, "default", plain_output))


def test_text__with_html__is_escaped() -> None:
    assert rich("<img src=x onerror=alert(1)> & more") == "&lt;img src=x onerror=alert(1)&gt; &amp; more"


def test_text__with_markdown__has_what_xlsform_allows() -> None:
    assert rich("# Head\n**bold** and *soft*") == '<span class="md-head md-head-1">Head</span><strong>bold</strong> and <em>soft</em>'


def test_text__with_asterisks_that_mean_nothing__keeps_them() -> None:
    assert rich("3 * 4 * 5") == "3 * 4 * 5"


def test_text__with_lists_and_breaks__is_made_of_phrases_only() -> None:
    shown = rich("Bring:\n- a pen\n2. paper\nand go\nnow")
    assert shown == ('Bring:<span class="md-item" data-mark="•">a pen</span><span class="md-item" data-mark="2.">paper</span>and go<br>now')


def test_text__that_begins_with_its_number__keeps_it_in_the_text() -> None:
    assert rich("14. Opinion and wishes") == "14. Opinion and wishes"
    assert rich("3. How old?\n(completed years)") == "3. How old?<br>(completed years)"
    assert rich("1. one\n2. two").count("md-item") == 2


def test_text__with_a_colour__names_it_for_the_script() -> None:
    assert rich('<span style="color:#f58a1f">warm</span>') == '<span data-color="#f58a1f">warm</span>'
    assert rich("<span style='font-size:9px; color: red'>red</span>") == '<span data-color="red">red</span>'
    assert rich('<span style="background:url(x)">plain</span>') == "plain"


def test_text__with_a_link__opens_beside_the_form_and_keeps_its_address() -> None:
    shown = rich("[the _list_](https://example.org/a_b_c?x=1&y=*2*)")
    assert 'href="https://example.org/a_b_c?x=1&amp;y=*2*"' in shown
    assert 'rel="noopener noreferrer">the <em>list</em></a>' in shown


def test_text__with_a_link_that_would_run__stays_text() -> None:
    assert rich("[x](javascript:alert(1))") == "[x](javascript:alert(1))"


def test_text__with_an_answer_in_bold__is_bold_around_it() -> None:
    shown = rich_text({"default": "**${/data/name}**"}, "default", lambda expression: Markup("<b>{}</b>").format(expression))
    assert str(shown) == "<strong><b>/data/name</b></strong>"


def test_text__with_an_answer__has_a_place_for_it() -> None:
    shown = rich_text({"default": "Hello ${/data/name}!"}, "default", lambda expression: Markup("<b>{}</b>").format(expression))
    assert str(shown) == "Hello <b>/data/name</b>!"


def test_outputs__in_several_languages__are_each_named_once() -> None:
    assert outputs_in({"zh": "${/a} ${/b}", "en": "${/b} ${/a}"}) == ["/a", "/b"]
