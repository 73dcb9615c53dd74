"""Paper questionnaires: conditions in words, numbers, the space for answers, and the documents reopened and read."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from PIL import Image

from analysis.paper.answers import bounds, boxes, columns_for, number_boxes, space_for
from analysis.paper.conditions import Describer
from analysis.paper.document import chinese_number, find_language, write_paper
from analysis.paper.pictures import picture_names
from analysis.paper.repeats import INSTANCES_AT_MOST
from analysis.paper.sheet import items_in, lay_out_sheet, span_of
from analysis.paper.texts import plain_text, without_number
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire

TODAY = date(2018, 4, 20)
ROOT = Path(__file__).parents[2]
REAL_FORMS = ROOT.parent / "shared" / "forms"

FORM = Path(__file__).with_name("paper_form.md")
GUIDED, WATER, PEOPLE, LARGE = "/data/first/guided", "/data/first/water", "/data/first/n_people", "/data/first/is_large"
CONDITIONS = [
    (f"{GUIDED} = 'yes'", "第 1.1 题选“是”", "question 1.1 is “Yes”"),
    (f"'yes' = {GUIDED}", "第 1.1 题选“是”", "question 1.1 is “Yes”"),
    (f"{GUIDED} != 'yes'", "第 1.1 题没有选“是”", "question 1.1 is not “Yes”"),
    (f"not({GUIDED} = 'yes')", "第 1.1 题没有选“是”", "question 1.1 is not “Yes”"),
    (f"{GUIDED} = 'yes' or {GUIDED} = 'no'", "第 1.1 题选“是”或“否”", "question 1.1 is “Yes” or “No”"),
    (f"selected({WATER}, 'tap')", "第 1.4 题选“自来水”", "question 1.4 is “Tap”"),
    (f"not(selected({WATER}, 'tap'))", "第 1.4 题没有选“自来水”", "question 1.4 is not “Tap”"),
    (f"count-selected({WATER}) > 1", "第 1.4 题所选项数大于 1", "the number of choices in question 1.4 is above 1"),
    (f"count-selected({WATER}) > 0", "第 1.4 题有答案", "question 1.4 has an answer"),
    (f"{GUIDED} = ''", "第 1.1 题没有答案", "question 1.1 has no answer"),
    (f"{GUIDED} != '' and {GUIDED} != 'no'", "第 1.1 题有答案，但不是“否”", "question 1.1 has an answer other than “No”"),
    (f"{PEOPLE} >= 3 and {PEOPLE} <= 18", "第 1.3 题在 3 到 18 之间", "question 1.3 is between 3 and 18"),
    (f"5 < {PEOPLE}", "第 1.3 题大于 5", "question 1.3 is above 5"),
    (f"not({PEOPLE} > 5)", "第 1.3 题不大于 5", "question 1.3 is at most 5"),
    (f"{LARGE} = 'yes'", "“is_large”为“yes”", "“is_large” is “yes”"),
    (
        f"{GUIDED} = 'yes' and ({PEOPLE} > 5 or {WATER} = 'tap')",
        "第 1.1 题选“是”，且（第 1.3 题大于 5，或第 1.4 题选“自来水”）",
        "question 1.1 is “Yes”, and (question 1.3 is above 5, or question 1.4 is “Tap”)",
    ),
    (f"{PEOPLE} mod 2 = 1", "符合算式 [1.3] mod 2 = 1", "this is true: [1.3] mod 2 = 1"),
    ("true()", "", ""),
]


@pytest.fixture(scope="module")
def form() -> Questionnaire:
    """The example."""
    return read_questionnaire(FORM)


def read_form(markdown: str) -> Questionnaire:
    """The questionnaire in Markdown tables."""
    return read_questionnaire(markdown.encode(), "paper.md")


def numbers_of(questionnaire: Questionnaire, language: str) -> dict[str, str]:
    """The numbers of the questions on paper by name."""
    sections = lay_out_sheet(questionnaire, language)
    return {item.question.name: item.number for section in sections for item in items_in(section.parts)}


def paper_of(questionnaire: Questionnaire, code: str, **options: int) -> WordDocument:
    """The paper questionnaire, reopened."""
    return Document(BytesIO(write_paper(questionnaire, find_language(questionnaire, code), today=TODAY, **options)))


def words_of(document: WordDocument) -> str:
    """Everything that is written in the document outside tables, one paragraph a line."""
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def cells_of(document: WordDocument, number: int) -> list[list[str]]:
    """The texts of one table."""
    return [[cell.text for cell in row.cells] for row in document.tables[number].rows]


@pytest.mark.parametrize(("expression", "chinese", "english"), CONDITIONS)
def test_condition__in_words__says_what_the_expression_means(form: Questionnaire, expression: str, chinese: str, english: str) -> None:
    for language, words, expected in (("中文 (zh)", "zh", chinese), ("English (en)", "en", english)):
        numbers = {node.path: numbers_of(form, language).get(node.name, "") for node in form.questions()}
        describer = Describer(form, language, words, {path: number for path, number in numbers.items() if number})
        assert describer.condition(expression, "/data/views/day") == expected


def test_condition__of_a_sibling_in_a_repeat__is_resolved(form: Questionnaire) -> None:
    grade = next(question for question in form.questions() if question.name == "m_grade")
    describer = Describer(form, "English (en)", "en", {"/data/members/m_school": "2.2"})
    assert describer.condition(grade.relevant, grade.path) == "question 2.2 is “Yes”"


def test_numbers__of_questions__are_those_of_their_section_and_place(form: Questionnaire) -> None:
    assert numbers_of(form, "中文 (zh)") == {
        **{"guided": "1.1", "guide": "1.2", "n_people": "1.3", "water": "1.4", "thanks": ""},
        **{"m_name": "2.1", "m_school": "2.2", "m_grade": "2.3"},
        **{"heads": "", "roads": "3.1", "schools": "3.2", "day": "3.3", "signature": "3.4"},
    }


def test_sections__of_a_huge_group__are_its_inner_groups_and_keep_its_condition() -> None:
    rows = "".join(f"| | text | a{n} | A{n} |\n" for n in range(40))
    more = "".join(f"| | text | b{n} | B{n} |\n" for n in range(30))
    head = "| survey |\n| | type | name | label | relevant |\n| | text | start_here | Start |\n"
    first = f"| | begin_group | all | All | ${{start_here}} = 'x' |\n| | begin_group | a | A |\n{rows}| | end_group |\n"
    second = f"| | begin_group | b | B |\n{more}| | end_group |\n| | text | last | Last |\n| | end_group |\n"
    form = read_form(head + first + second)
    sections = lay_out_sheet(form, form.default_language)
    assert [(section.number, section.node.name if section.node else "") for section in sections] == [
        (1, ""),
        (2, "a"),
        (3, "b"),
        (4, "all"),
    ]
    assert span_of(sections[1].outer[0], sections) == (2, 4)
    assert "Fill in parts 2 to 4 only if question 1.1 is “x”" in words_of(paper_of(form, form.default_language))


def test_paper__in_chinese__has_everything_a_pair_needs(form: Questionnaire) -> None:
    document = paper_of(form, "zh")
    text = words_of(document)
    assert "一、基本情况" in text
    assert "1.1\t有人带路吗？*" in text
    assert "□ 是\t□ 否" in text
    assert "▶ 若第 1.1 题选“是”，请答本题。\n1.2\t是谁？" in text
    assert "填 1 到 20\n|__|__|" in text
    assert "水从哪里来？（可多选）" in text
    assert "谢谢 （第 1.2 题的答案）" in text
    assert "二、成员（每成员一列）\n▶ 只在以下情况下填写本部分，否则跳过：“is_large”为“yes”。" in text
    assert "本题不大于 访谈当天" in text
    assert "|__|__|__|__| 年 |__|__| 月 |__|__| 日" in text
    assert cells_of(document, 0)[0] == ["村名", "", "户编号", ""]
    footer = document.sections[0].footer.paragraphs[0].text
    assert footer.startswith("测试问卷")
    assert "第 1 页" in footer


def test_paper__repeat__has_a_column_for_each_in_blocks_of_four(form: Questionnaire) -> None:
    document = paper_of(form, "zh", n_instances=6)
    first, second = cells_of(document, 2), cells_of(document, 3)
    assert first[0] == ["成员", "第 1 个", "第 2 个", "第 3 个", "第 4 个"]
    assert second[0] == ["成员", "第 5 个", "第 6 个"]
    assert first[2][1:] == ["□1 □2"] * 4
    assert first[2][0].endswith("1\N{NO-BREAK SPACE}是　2\N{NO-BREAK SPACE}否")
    assert first[3] == ["▶ 若第 2.2 题选“是”，请答本题。\n2.3 几年级？\n填 1 到 9", *["|__|"] * 4]
    assert "如多于 6 个，请另附一张。" in words_of(document)


def test_paper__decimal_too_wide_for_its_column__has_room_to_write() -> None:
    form = read_form("""
    | survey |              |      |       |                       |
    |        | type         | name | label | constraint            |
    |        | begin_repeat | rooms | Rooms |                      |
    |        | decimal      | area | Area  | . >= 5 and . <= 400   |
    |        | decimal      | share | Share | . >= 0 and . <= 1    |
    |        | end_repeat   |      |       |                       |
    """)
    rows = cells_of(paper_of(form, form.default_language, n_instances=4), 2)
    assert [row[1] for row in rows[1:]] == ["", "|__| . |__|__|"]


def test_paper__signatures_and_notes__stand_on_one_page_with_what_they_belong_to(form: Questionnaire) -> None:
    document = paper_of(form, "zh")
    *before, last = [row.cells[0].paragraphs[0] for row in document.tables[-2].rows]
    assert [bool(each.paragraph_format.keep_with_next) for each in (*before, last)] == [True, True, False]
    assert document.styles["Paper Note"].paragraph_format.keep_with_next


def test_condition__on_the_kind_of_household__says_the_kind_and_that_it_may_be_unknown() -> None:
    form = read_form("""
    | survey |      |                |       |
    |        | type | name           | label |
    |        | text | household_kind | Kind  |
    """)
    describer = Describer(form, form.default_language, "zh", {})
    path = "/data/household_kind"
    assert describer.condition(f"{path} = 'lifted_out' or {path} = ''", path + "s") == "“户类别”为“脱贫户”，或“户类别”没有答案"


def test_paper__repeat_of_a_fixed_number__has_so_many_columns() -> None:
    form = read_form("""
    | survey |              |      |       |              |
    |        | type         | name | label | repeat_count |
    |        | begin_repeat | trip | Trip  | 2            |
    |        | text         | to   | To    |              |
    |        | begin_repeat | stop | Stop  |              |
    |        | text         | at   | At    |              |
    |        | end_repeat   |      |       |              |
    |        | end_repeat   |      |       |              |
    """)
    document = paper_of(form, form.default_language)
    assert cells_of(document, 2)[0] == ["Trip", "No. 1", "No. 2"]
    assert cells_of(document, 3)[1][0] == "Number of “Trip” that this belongs to"
    assert "add another sheet" in words_of(document)


def test_paper__repeat_of_a_million__has_room_for_some_and_says_what_to_do_about_more() -> None:
    form = read_form("""
    | survey |              |      |       |              |
    |        | type         | name | label | repeat_count |
    |        | begin_repeat | trip | Trip  | 1000000      |
    |        | text         | to   | To    |              |
    |        | end_repeat   |      |       |              |
    """)
    assert f"If there are more than {INSTANCES_AT_MOST}, add another sheet." in words_of(paper_of(form, form.default_language))


def test_paper__questions_that_share_a_line_of_choices__are_one_table(form: Questionnaire) -> None:
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in paper_of(form, "en").tables]
    assert [["Are you content", "Content", "Not content"], ["3.1 Roads", "□", "□"], ["3.2 Schools", "□", "□"]] in tables


def test_paper__computed_values_in_conditions__are_explained(form: Questionnaire) -> None:
    assert cells_of(paper_of(form, "en"), -1)[1] == ["is_large", "if([1.3] > 5, 'yes', 'no')"]


def test_paper__long_list__stands_at_the_end_with_codes() -> None:
    choices = "".join(f"| | towns | t{n} | Town {n} |\n" for n in range(1, 36))
    form = read_form(
        "| survey |\n| | type | name | label |\n| | select_one towns | town | Which town? |\n"
        "| choices |\n| | list_name | name | label |\n" + choices
    )
    text = words_of(paper_of(form, form.default_language))
    assert "Code |__|__| (see list 1)" in text
    assert "35 Town 35" in text


def test_paper__twice__is_the_same_bytes(form: Questionnaire) -> None:
    language = find_language(form, "zh")
    assert write_paper(form, language, today=TODAY) == write_paper(form, language, today=TODAY)


def test_language__that_the_form_lacks__names_those_it_has(form: Questionnaire) -> None:
    with pytest.raises(SurveyError, match="no 'fr', only: zh, en") as caught:
        find_language(form, "fr")
    assert caught.value.code is ErrorCode.INVALID_VALUE


def test_paper__of_a_village__has_no_boxes_for_a_household(form: Questionnaire) -> None:
    village, household = (read_questionnaire(ROOT / "questionnaires" / name) for name in ("village_facts.md", "household.md"))
    in_heads = [
        "户主姓名" in [cell.text for row in paper_of(each, "zh").tables[0].rows for cell in row.cells]
        for each in (village, household, form)
    ]
    assert in_heads == [False, True, True]


@pytest.mark.parametrize("name", ["household.md", "archive_check.md"])
@pytest.mark.parametrize("code", ["zh", "en"])
def test_paper__built_in_questionnaire__numbers_every_question_it_names(name: str, code: str) -> None:
    form = read_questionnaire(ROOT / "questionnaires" / name)
    document = paper_of(form, code)
    everything = words_of(document) + "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "${" not in everything
    assert "/data/" not in everything
    assert all(number in everything for number in numbers_of(form, form.language(code)).values())


@pytest.mark.soak
@pytest.mark.parametrize("name", ["whova_form.xlsx", "socio-economic-survey-v20240515.xlsx"])
def test_paper__real_form__prints_without_a_path_or_markup(name: str) -> None:
    if not (REAL_FORMS / name).exists():
        pytest.skip(f"{name} is not here")
    form = read_questionnaire(REAL_FORMS / name)
    document = paper_of(form, form.default_language)
    everything = words_of(document) + "".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "/data/" not in everything
    assert "<span" not in everything


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (". >= 1 and . <= 20", ("1", "20")),
        (".>0 and .<=1000000", ("0", "1000000")),
        (". <= today()", ("", "")),
        ("", ("", "")),
        ("((", ("", "")),
    ],
)
def test_bounds__of_a_constraint__are_its_numbers(constraint: str, expected: tuple[str, str]) -> None:
    assert bounds(constraint) == expected


def test_space__by_type__fits_the_answer(form: Questionnaire) -> None:
    questions = {question.name: question for question in form.questions()}
    assert number_boxes(questions["n_people"]) == boxes(2) == "|__|__|"
    assert space_for(questions["guide"], (), "en", "en", None).kind == "lines"
    assert space_for(questions["signature"], (), "en", "en", None).kind == "box"
    assert columns_for(("是", "否")) == 4
    assert columns_for(("x" * 90, "y")) == 1


def test_texts__with_markup__are_plain() -> None:
    assert (
        plain_text('# Hi\n**bold** _soft_ <span style="color:red">red</span> [site](https://a.b)') == "Hi\nbold soft red site (https://a.b)"
    )
    assert [without_number(title) for title in ("一、访谈情况", "2. The household", "（三）收入", "2018 in review", "1.5 metres")] == [
        "访谈情况", "The household", "收入", "2018 in review", "1.5 metres",
    ]  # fmt: skip
    assert [chinese_number(number) for number in (1, 10, 12, 20, 35)] == ["一", "十", "十二", "二十", "三十五"]


PICTURED = """
| survey |
| | type | name | label | media::image |
| | begin_group | house | House | yard.png |
| | select_one roof | roof | Which roof? | |
| | text | walls | And the walls? | plan.svg |
| | select_one plain | plain | Plain | |
| | end_group | | | |
| | begin_repeat | rooms | Room | |
| | text | floor | Which floor is it? | yard.png |
| | end_repeat | | | |
| choices |
| | list_name | name | label | media::image |
| | roof | tile | Tiles | tiles.webp |
| | roof | straw | Straw | |
| | plain | yes | Yes | |
| settings |
| | form_id |
| | pictured |
"""


def drawn(kind: str, size: tuple[int, int]) -> bytes:
    """A picture of a size in pixels."""
    content = BytesIO()
    Image.new("RGB", size, "#5a7d2a").save(content, kind)
    return content.getvalue()


def test_paper__of_a_form_with_pictures__shows_them_where_they_belong_and_no_larger_than_the_page() -> None:
    read = read_questionnaire(PICTURED.encode(), "pictured.md")
    files = {"yard.png": drawn("PNG", (2000, 1000)), "tiles.webp": drawn("WEBP", (200, 100)), "plan.svg": b"<svg/>", "other.png": b"no"}
    assert picture_names(read) == {"yard.png", "tiles.webp", "plan.svg"}
    content = write_paper(read, find_language(read, "default"), today=TODAY, n_instances=2, pictures=files)
    document = Document(BytesIO(content))
    sizes = [(round(shape.width.mm), round(shape.height.mm)) for shape in document.inline_shapes]
    assert sizes == [(90, 45), (34, 17), (60, 30)]
    assert "Picture plan.svg: see the tablet" in words_of(document)
    [roof] = [table for table in document.tables if "Tiles" in table.rows[0].cells[0].text]
    assert [cell.text.strip() for cell in roof.rows[0].cells] == ["□ Tiles", "□ Straw"]
    assert content == write_paper(read, find_language(read, "default"), today=TODAY, n_instances=2, pictures=files)


def test_paper__without_the_pictures__names_them() -> None:
    read = read_questionnaire(PICTURED.encode(), "pictured.md")
    document = paper_of(read, "default")
    assert len(document.inline_shapes) == 0
    assert "Picture yard.png: see the tablet" in words_of(document)
    assert "□ Tiles" in words_of(document)
