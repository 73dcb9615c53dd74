"""An organisation's own reference document: what it lacks is told, what it has is used, and files that could do harm are refused."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from analysis.report.official.house_style import check_reference, read_house_style
from analysis.report.official.reference import make_reference
from analysis.report.word.document import write_word
from questionnaires.errors import ErrorCode, SurveyError
from tests.analysis.report.official.files import saved
from tests.analysis.report.official.specimen import TODAY, specimen
from tests.analysis.report.official.test_word import styled


def house(*, body: str = "Normal") -> WordDocument:
    """A reference document with a running head, styles of its own, tracked changes on, and some text."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(30)
    section.header.paragraphs[0].text = "九三学社陕西省委员会"
    normal = document.styles[body]
    normal.font.size = Pt(15)
    normal.paragraph_format.first_line_indent = Pt(30)
    document.styles.add_style("表格文字", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("示例正文")
    document.settings.element.insert(0, parse_xml(f"<w:trackRevisions {nsdecls('w')}/>"))
    return document


def replaced(content: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """The package with something in one of its parts replaced."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for item in archive.namelist():
            copy.writestr(item, archive.read(item).replace(old, new, 1) if item == name else archive.read(item))
    return target.getvalue()


def test_our_own_reference__as_house_style__lacks_nothing_and_gives_the_same_text() -> None:
    style = read_house_style(saved(make_reference("zh")))
    assert style.findings == ()
    document = Document(BytesIO(write_word(specimen(), today=TODAY, house_style=style)))
    ours = Document(BytesIO(write_word(specimen(), today=TODAY)))
    assert [each[:2] for each in styled(document)] == [each[:2] for each in styled(ours)]


def test_house_style__with_styles_of_its_own__is_used_and_what_it_lacks_is_told_and_added(tmp_path: Path) -> None:
    path = tmp_path / "house.docx"
    path.write_bytes(saved(house()))
    findings = check_reference(path)
    told = {finding.message("zh") for finding in findings if finding.kind == "missing_style"}
    assert told == {"缺少样式“主送机关”", "缺少样式“落款”"}
    assert {finding.kind for finding in findings} == {
        *("missing_style", "unnumbered_headings", "text_left_out", "margins", "grid", "same_footers", "no_page_number"),
    }
    style = read_house_style(path.read_bytes(), path.name)
    content = write_word(specimen(), today=TODAY, house_style=style)
    assert content == write_word(specimen(), today=TODAY, house_style=style)
    document = Document(BytesIO(content))
    assert document.sections[0].header.paragraphs[0].text == "九三学社陕西省委员会"
    texts = {style: text for style, text, _ in reversed(styled(document))}
    assert texts["Heading1"] == "一、主要情况", "its headings have no numbers, so they are written"
    assert "共访谈40户" in texts["BodyText"]
    assert "示例正文" not in "".join(texts.values())
    assert texts["Addressee"] == "略阳县人民政府："
    added = document.styles["Addressee"].element
    assert added.find(qn("w:basedOn")) is None
    assert document.settings.element.find(qn("w:trackRevisions")) is None
    assert document.styles.element.find(f".//{qn('w:lang')}").get(qn("w:eastAsia")) == "zh-CN"
    table = document.tables[0]
    assert table.rows[0].cells[0].paragraphs[0].style.name == "表格文字"
    assert sum(column.width for column in table.columns) == pytest.approx(Mm(150), rel=0.001)


def test_house_style__template_of_word__is_taken_as_a_document() -> None:
    document, template = b"wordprocessingml.document.main", b"wordprocessingml.template.main"
    content = replaced(saved(house()), "[Content_Types].xml", document, template)
    assert write_word(specimen(), today=TODAY, house_style=read_house_style(content, "house.dotx"))


@pytest.mark.parametrize("what", ["macros", "outer", "embedded", "doctype", "none"])
def test_house_style__that_could_do_harm__is_refused(what: str) -> None:
    content = saved(house())
    types, links, relation = "[Content_Types].xml", "word/_rels/document.xml.rels", b"</Relationships>"
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    hostile = {
        "macros": lambda: replaced(content, types, b"document.main+xml", b"document.macroEnabled.main+xml"),
        "outer": lambda: replaced(
            content,
            links,
            relation,
            b'<Relationship Id="x1" Type="' + kind + b'attachedTemplate" Target="http://a/b.dotm" TargetMode="External"/>' + relation,
        ),
        "embedded": lambda: replaced(
            content, links, relation, b'<Relationship Id="x1" Type="' + kind + b'oleObject" Target="embeddings/a.bin"/>' + relation
        ),
        "doctype": lambda: replaced(content, "word/styles.xml", b"<w:styles", b"<!DOCTYPE a [<!ENTITY b 'c'>]><w:styles"),
        "none": lambda: b"text",
    }
    words = {
        "macros": "holds macros",
        "outer": "fetches something from elsewhere (http://a/b.dotm)",
        "embedded": "holds an embedded object (word/embeddings/a.bin)",
        "doctype": "document type",
        "none": "not a Word document",
    }
    with pytest.raises(SurveyError) as refused:
        read_house_style(hostile[what](), "house.docx")
    assert refused.value.code is ErrorCode.UNREADABLE_DOCUMENT
    assert words[what] in str(refused.value)
    assert refused.value.values["detail_zh"]
