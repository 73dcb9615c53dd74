from questionnaires.lint.design import MAX_PAGE_QUESTIONS
from questionnaires.reader import read_questionnaire
from survey.tablet.builder import build_form
from survey.tablet.layout import Page, lay_out
from tests.survey.tablet.forms import FIELD_FORM, TYPES_FORM


def pages_of(source: str) -> tuple[Page, ...]:
    """The pages of a form in Markdown."""
    return lay_out(build_form(read_questionnaire(source.encode(), "form.md"))())


def survey(*rows: str) -> str:
    """A form of these rows of type, name and label."""
    lines = "".join(f"| | {row} |\n" for row in rows)
    return f"| survey |\n| | type | name | label | appearance |\n{lines}| settings |\n| | form_id |\n| | laid_out |\n"


def names(page: Page) -> list[str]:
    """The names of what stands on a page."""
    return [part.node.name for part in page.parts]


def test_pages__of_a_form__are_its_groups_and_repeats() -> None:
    pages = pages_of(FIELD_FORM)
    assert [page.title["中文 (zh)"] for page in pages] == ["家庭基本情况", "家庭成员", "现场记录"]
    assert [page.parts[0].kind for page in pages] == ["question", "repeat", "question"]


def test_pages__what_has_no_control__is_on_none() -> None:
    shown = [name for page in pages_of(FIELD_FORM) for name in names(page)]
    assert "per_head" not in shown
    assert "assignment_id" not in shown
    assert "greeting" in shown


def test_pages__too_many_questions__are_dealt_out_evenly() -> None:
    first, second = pages_of(TYPES_FORM)
    assert (first.number, first.n_pages, second.number) == (1, 2, 2)
    counts = [sum(part.n_questions for part in page.parts) for page in (first, second)]
    assert max(counts) - min(counts) <= 1
    assert max(counts) <= MAX_PAGE_QUESTIONS


def test_pages__a_long_group__is_taken_apart_at_its_larger_groups() -> None:
    inner = [f"text | inner{number} | I |" for number in range(5)]
    loose = [f"text | loose{number} | L |" for number in range(12)]
    source = survey("begin group | outer | Outer |", *loose, "begin group | part | Part |", *inner, "end group | | |", "end group | | |")
    first, second = pages_of(source)
    assert (first.title["default"], second.title["default"]) == ("Outer", "Part")
    assert names(second) == [f"inner{number}" for number in range(5)]


def test_pages__a_short_group_in_a_group__stays_with_it() -> None:
    source = survey(
        "begin group | outer | Outer |",
        "text | a | A |",
        "begin group | part | Part |",
        "text | b | B |",
        "end group | | |",
        "end group | | |",
    )
    [page] = pages_of(source)
    assert [part.kind for part in page.parts] == ["question", "group"]


def test_pages__a_field_list__stays_one_page_however_long() -> None:
    rows = [f"text | q{number} | Q |" for number in range(MAX_PAGE_QUESTIONS + 6)]
    assert len(pages_of(survey("begin group | all | All | field-list", *rows, "end group | | |"))) == 1


def test_pages__questions_between_groups__have_a_page_without_title() -> None:
    pages = pages_of(survey("text | a | A |", "begin group | g | G |", "text | b | B |", "end group | | |", "text | c | C |"))
    assert [bool(page.title_key) for page in pages] == [False, True, False]
    assert [names(page) for page in pages] == [["a"], ["b"], ["c"]]


def test_pages__of_the_style_pages__ask_one_question_or_one_field_list_each() -> None:
    rows = ["text | a | A |", "begin group | g | Group |", "text | b | B |", "text | c | C |", "end group | | |"]
    listed = ["begin group | h | List | field-list", "text | d | D |", "text | e | E |", "end group | | |"]
    source = survey(*rows, *listed).replace("| | form_id |\n| | laid_out |", "| | form_id | style |\n| | laid_out | theme-grid pages |")
    pages = pages_of(source)
    assert [names(page) for page in pages] == [["a"], ["b"], ["c"], ["d", "e"]]
    assert [page.title.get("default", "") for page in pages] == ["", "Group", "Group", "List"]
    assert [page.is_step for page in pages] == [True, True, True, False]


def test_pages__a_table_of_questions__is_titled_by_its_own_label() -> None:
    choices = "| choices |\n| | list_name | name | label |\n| | yn | y | Yes |\n"
    source = survey("begin group | t | Things | table-list", "select_one yn | a | A |", "select_one yn | b | B |", "end group | | |")
    [page] = pages_of(source.replace("| settings |", f"{choices}| settings |"))
    assert page.title == {"default": "Things"}
    assert names(page)[1:] == ["a", "b"]
