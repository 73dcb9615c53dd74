import pytest
from lxml import html

from questionnaires.columns import tables_of
from questionnaires.model import Choice, Question, Questionnaire
from questionnaires.reader import read_questionnaire
from survey.tablet.builder import build_form, fill_form
from survey.tablet.fields.answers import AnswerField
from survey.tablet.fields.choices import SEARCH_FROM, SELECT_FROM
from survey.tablet.fields.ranges import steps_between
from tests.survey.tablet.forms import TYPES_FORM, WIDGETS_FORM, widget_files

CONTROLS = {
    "words": ("text", "textarea"),
    "whole": ("number", "input[@inputmode='numeric']"),
    "part": ("number", "input[@inputmode='decimal']"),
    "scale": ("range", "input[@type='range' and @min='0' and @max='10' and @step='2']"),
    "day": ("date", "input[@type='date']"),
    "year": ("date-parts", "input[@data-part='year' and @inputmode='numeric']"),
    "month": ("date-parts", "select[@data-part='month']"),
    "at": ("time", "input[@type='time']"),
    "moment": ("datetime-local", "input[@type='datetime-local']"),
    "one": ("choice", "input[@type='radio' and @value='b']"),
    "drop": ("select", "select/option[@value='a']"),
    "many": ("choices", "input[@type='checkbox' and @value='b']"),
    "order": ("rank", "ol/li[@data-value='a']"),
    "seen": ("acknowledge", "input[@type='checkbox' and @value='OK']"),
    "place": ("position", "button[@data-position='record']"),
    "code": ("barcode", "button[@data-barcode='scan']"),
    "picture": ("file", "input[@type='file' and @accept='image/*' and @data-max-pixels='800']"),
    "sign": ("drawing", "canvas"),
    "sound": ("file", "button[@data-media='record']"),
    "film": ("file", "input[@accept='video/*']"),
    "paper": ("file", "input[@type='file' and @accept='']"),
}


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    return read_questionnaire(TYPES_FORM.encode(), "types.md")


@pytest.mark.parametrize("name", CONTROLS)
def test_widget__of_every_type__is_the_control_its_script_expects(questionnaire: Questionnaire, name: str) -> None:
    control, path = CONTROLS[name]
    field = build_form(questionnaire)()[name]
    drawn = html.fromstring(f"<div>{field()}</div>")
    assert field.control == control
    assert drawn.xpath(f".//{path}")


@pytest.mark.parametrize("name", ["told", "twice", "stamped"])
def test_widget__of_what_is_not_asked__is_nothing(questionnaire: Questionnaire, name: str) -> None:
    assert str(build_form(questionnaire)()[name]()) == ""


def test_widget__with_an_answer__shows_it(questionnaire: Questionnaire) -> None:
    place = {"latitude": 33.3, "longitude": 106.1}
    form = fill_form(questionnaire, {"words": "<b>", "one": "a", "many": ["b"], "drop": "a", "place": place})
    assert "&lt;b&gt;" in str(form["words"]())
    assert html.fromstring(str(form["one"]())).xpath("//input[@checked]/@value") == ["a"]
    assert html.fromstring(str(form["many"]())).xpath("//input[@checked]/@value") == ["b"]
    assert html.fromstring(str(form["drop"]())).xpath("//option[@selected]/@value") == ["a"]
    assert 'value="33.3 106.1 0 0"' in str(form["place"]())


def test_widget__of_a_label_with_markup__is_escaped() -> None:
    source = (
        "| survey |\n| | type | name | label |\n| | select_one a | q | Q |\n"
        "| choices |\n| | list_name | name | label |\n| | a | x | <script>1</script> **bold** |\n| settings |\n| | form_id |\n| | evil |\n"
    )
    drawn = str(build_form(read_questionnaire(source.encode(), "evil.md"))()["q"]())
    assert "<script>" not in drawn
    assert "<strong>bold</strong>" in drawn


@pytest.mark.parametrize(
    ("n_choices", "control"),
    [(SELECT_FROM, "choice"), (SELECT_FROM + 1, "select"), (SEARCH_FROM + 1, "search"), (0, "text")],
)
def test_choices__by_their_number__are_buttons_or_a_drop_down(n_choices: int, control: str) -> None:
    rows = "".join(f"| | l | c{number} | Choice {number} |\n" for number in range(max(n_choices, 1)))
    source = (
        "| survey |\n| | type | name | label |\n| | select_one l | q | Q |\n| choices |\n| | list_name | name | label |\n"
        f"{rows}| settings |\n| | form_id |\n| | long{n_choices} |\n"
    )
    field = build_form(read_questionnaire(source.encode(), "long.md"))()["q"]
    if n_choices == 0:
        field.choices = ()
    assert field.control == control


def field_of(row: str, columns: str = "type | name | label | appearance | parameters") -> AnswerField:
    """The field of one question, written as a row of these columns."""
    source = (
        f"| survey |\n| | {columns} |\n| | {row} |\n| choices |\n| | list_name | name | label |\n| | l | a | A |\n"
        "| settings |\n| | form_id |\n| | one |\n"
    )
    form = build_form(read_questionnaire(source.encode(), f"{hash(row)}.md"))()
    field: AnswerField = form["q"]
    return field


@pytest.mark.parametrize(
    ("row", "control", "path"),
    [
        ("integer | q | Q | counter | ", "counter", "button[@data-step='1']"),
        ("decimal | q | Q | thousands-sep | ", "grouped", "input[@inputmode='decimal']"),
        ("text | q | Q | | rows=7", "text", "textarea[@rows='7']"),
        ("range | q | Q | picker | start=1 end=3 step=1", "select", "option[@value='3']"),
        ("range | q | Q | picker | start=0 end=100000 step=1", "range", "input[@type='range']"),
        ("range | q | Q | rating | start=1 end=5 step=1", "choice", "input[@type='radio' and @value='5']"),
        ("range | q | Q | rating | start=1 end=40 step=1", "range", "input[@type='range']"),
        ("select_one l | q | Q | autocomplete | ", "search", "input[@role='combobox']"),
        ("select_multiple l | q | Q | minimal | ", "choices", "details/div/label"),
        ("select_one l | q | Q | columns-2 | ", "choice", "div[contains(@class, 'n-2')]"),
        ("select_one l | q | Q | quick | ", "choice", "div[@data-quick='1']"),
        ("select_one l | q | Q | image-map | ", "choice", "input[@type='radio']"),
        ("image | q | Q | annotate | max-pixels=640", "drawing", "input[@data-max-pixels='640']"),
        ("image | q | Q | new-front | ", "file", "input[@capture='user']"),
        ("audio | q | Q | new | quality=low", "file", "label[@data-media='spare']/input[@data-quality='low']"),
        ("geotrace | q | Q | | ", "line", "button[@data-line-do='walk']"),
        ("geopoint | q | Q | placement-map | ", "position", "div[@data-pad='place']"),
    ],
)
def test_widget__of_an_appearance__is_its_own_or_the_plain_one(row: str, control: str, path: str) -> None:
    field = field_of(row)
    assert field.control == control
    assert html.fromstring(f"<div>{field()}</div>").xpath(f"//{path}")


@pytest.mark.parametrize(
    ("bounds", "values"),
    [
        (("0", "1", "0.25"), ("0", "0.25", "0.5", "0.75", "1")),
        (("3", "1", "1"), ("3", "2", "1")),
        (("10", "100", "45"), ("10", "55", "100")),
        (("1", "10", "0"), ()),
        (("1", "x", "1"), ()),
        (("0", "1000", "1"), ()),
    ],
)
def test_steps__of_a_scale__are_exact_and_few(bounds: tuple[str, str, str], values: tuple[str, ...]) -> None:
    assert steps_between(*bounds) == values


@pytest.mark.parametrize(
    ("labels", "appearance", "arrangement"),
    [
        (["是", "否"], (), " in-row"),
        (["a very long answer", "no"], (), ""),
        (["a very long answer", "no"], ("horizontal",), " in-row"),
        (["短"] * 6, (), " in-columns"),
        (["x" * 40] * 6, (), ""),
    ],
)
def test_choices__by_length_and_number__stand_beside_or_below_each_other(
    questionnaire: Questionnaire, labels: list[str], appearance: tuple[str, ...], arrangement: str
) -> None:
    field = build_form(questionnaire)()["one"]
    field.choices = tuple(Choice(name=f"c{number}", label={"default": label}) for number, label in enumerate(labels))
    field.question = Question(name="one", path="/types/one", type="select_one", label={}, appearance=appearance)
    assert field.arrangement == arrangement


def test_widget__of_a_table_s_heading__shows_the_choices_and_asks_nothing() -> None:
    questionnaire = read_questionnaire(WIDGETS_FORM.encode(), "widgets.md", widget_files())
    [heading] = (each for each in questionnaire.questions() if "label" in each.appearance)
    field = build_form(questionnaire)()["table"].form[heading.name]
    assert (heading.type, field.control) == ("note", "")
    assert html.fromstring(str(field())).xpath("//span[@data-t]/text()") == ["是", "否"]
    assert heading.name not in {column.name for column in tables_of(questionnaire)[0].columns}
