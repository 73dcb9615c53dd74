"""Names and texts are taken out of a Word file wherever they stand in it, and nothing else of it changes. People are invented."""

import zipfile
from io import BytesIO

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.shared import Pt

from analysis.report.outward.checking import FrameNames, check_anonymity
from analysis.report.outward.taking_out import text_without, without_texts
from questionnaires.errors import SurveyError

NAME, MARK = "张大山", "〔已删除〕"


def naming_file() -> bytes:
    """A Word file that names somebody in runs, a table, a header, a comment, deleted text and its properties."""
    document = Document()
    paragraph = document.add_paragraph("户主张")
    paragraph.add_run("大").bold = True
    paragraph.add_run("山说：想要一口井，张大山还说：够了。").font.size = Pt(12)
    document.add_paragraph("户主张 大　山；张小山是另一人。")
    document.add_table(rows=1, cols=1).cell(0, 0).text = "张大山"
    document.sections[0].header.paragraphs[0].text = "关于张大山一户"
    document.add_comment(document.paragraphs[0].runs, text="问过张大山", author="张大山")
    deleted, gone = OxmlElement("w:del"), OxmlElement("w:delText")
    gone.text = "删去的张大山"
    run = OxmlElement("w:r")
    run.append(gone)
    deleted.append(run)
    document.paragraphs[1]._p.append(deleted)
    document.core_properties.title = "张大山户情况"
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def text_of(content: bytes) -> str:
    """The text of the body."""
    return "\n".join(each.text for each in Document(BytesIO(content)).paragraphs)


def test_without_texts__name_anywhere_in_the_file__is_nowhere_and_runs_keep_their_looks() -> None:
    content = naming_file()
    found = {each.where for each in check_anonymity(content, FrameNames(heads=frozenset([NAME])))}
    assert found == {"text", "header", "comments", "properties"}
    changed = without_texts(content, [NAME, "想要一口井"], MARK)
    assert check_anonymity(changed, FrameNames(heads=frozenset([NAME]))) == ()
    assert text_of(changed) == f"户主{MARK}说：{MARK}，{MARK}还说：够了。\n户主{MARK}；张小山是另一人。"
    assert [run.bold for run in Document(BytesIO(changed)).paragraphs[0].runs[:3]] == [None, True, None]
    with zipfile.ZipFile(BytesIO(changed)) as package:
        everything = "".join(package.read(each).decode("utf-8", "ignore") for each in package.namelist())
    assert NAME not in everything


def test_without_texts__none_there__is_the_same_file_to_the_byte() -> None:
    content = naming_file()
    assert without_texts(content, ["李四妹", "x", ""], MARK) == content
    assert without_texts(content, [], MARK) == content


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("安全生产", ["安全"], "安全生产"),
        ("Li Wei and Liang Weiwei", ["Li Wei"], f"{MARK} and Liang Weiwei"),
        ("张大山林", ["张大", "张大山"], f"{MARK}林"),
        ("(a+b)", ["a+b"], f"({MARK})"),
    ],
)
def test_text_without__words_and_parts_of_words__are_told_apart(text: str, names: list[str], left: str) -> None:
    assert text_without(text, names, MARK) == left


def test_without_texts__file_that_is_none__is_refused() -> None:
    with pytest.raises(SurveyError, match="not a Word document"):
        without_texts(b"x", [NAME], MARK)
