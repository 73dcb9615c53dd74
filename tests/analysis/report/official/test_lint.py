"""The check of Word files against the official format: a file with things of each kind wrong, our own drafts, files that are none."""

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from analysis.report.official.lint.check import lint_content
from analysis.report.official.lint.findings import Finding
from analysis.report.official.numbers import number_of, numbered
from analysis.report.official.reference import reference_path
from questionnaires.errors import ErrorCode, SurveyError
from survey.cli import main
from tests.analysis.report.official.files import PNG, saved


def official() -> WordDocument:
    """A short document that keeps to the format."""
    document = Document(str(reference_path("zh")))
    add(document, "略阳县脱贫攻坚民主监督\n反馈意见", "Title")
    add(document, "略阳县人民政府：", "Addressee")
    add(document, "2018年4月，调研组走访28个村，入户访谈1,009户。现反馈如下。", "Body Text")
    add(document, "主要成效", "Heading 1")
    add(document, "“两不愁”基本实现——全县饮水安全率为92.5%。", "Body Text")
    add(document, "2018年4月20日", "Signature")
    return document


def add(document: WordDocument, text: str, style: str, *, hint: bool = True) -> Any:
    """A paragraph of the style whose signs are Chinese ones."""
    paragraph = document.add_paragraph(style=style)
    run = paragraph.add_run(text)
    if hint:
        run._r.get_or_add_rPr().insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} w:hint='eastAsia'/>"))
    return paragraph


def kinds_of(document: WordDocument) -> set[str]:
    """The kinds of the findings."""
    return {finding.kind for finding in lint_content(saved(document))}


def the(findings: tuple[Finding, ...], kind: str) -> Finding:
    """The one finding of a kind."""
    [finding] = [each for each in findings if each.kind == kind]
    return finding


def test_lint__document_that_keeps_to_the_format__finds_nothing() -> None:
    assert lint_content(saved(official())) == ()


def test_lint__plain_file_of_another_program__measures_page_grid_fonts_and_lines() -> None:
    document = Document()
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run("关于反馈略阳县脱贫攻坚民主监督调研情况的报告。").font.size = Pt(22)
    document.add_paragraph("　　调研组走访28个村，入户访谈1,009户，“饮水安全”是主要问题，需要尽快解决。")
    findings = lint_content(saved(document))
    assert {finding.kind for finding in findings} == {
        *("page_size", "margins", "grid", "same_footers", "no_page_number", "font", "latin_font", "size", "spaces_as_indent"),
        *("line_pitch", "quotation_font", "title_lines", "title_mark"),
    }
    assert the(findings, "page_size").measured == "216 × 279 mm"
    assert the(findings, "margins").message("en").endswith("they should be top 37, left 28, right 26, bottom 35 mm")
    assert the(findings, "grid").message("zh") == "文档网格为无网格，应为每页22行、每行28字"
    size = next(finding for finding in findings if finding.kind == "size")
    assert size.where("zh") == "第2段“调研组走访28个村，入户访谈1,009户，“饮水…”"
    assert (size.measured, size.required) == ("11 pt", "16 pt")
    assert the(findings, "title_lines").message("zh") == "标题共23字，一行只能排20字，没有按词意换行"


def test_lint__styles_on_styles_and_what_is_set_by_hand__is_resolved() -> None:
    document = official()
    child = document.styles.add_style("Child", 1)
    child.base_style = document.styles["Body Text"]
    add(document, "子样式继承正文的字体、字号和行距，不应报告。", "Child")
    assert kinds_of(document) == set()
    child.font.size = Pt(12)
    paragraph = add(document, "直接设置字体。", "Body Text")
    paragraph.runs[0]._r.rPr.find(qn("w:rFonts")).set(qn("w:eastAsia"), "宋体")
    paragraph.paragraph_format.line_spacing = 1.5
    findings = lint_content(saved(document))
    assert {finding.kind for finding in findings} == {"size", "font", "line_pitch"}
    assert the(findings, "size").measured == "12 pt"
    assert the(findings, "font").message("en") == "The Chinese font is 宋体, it should be 仿宋_GB2312"
    assert the(findings, "line_pitch").measured == ("1.5 倍行距", "1.5 lines")


@pytest.mark.parametrize(
    ("text", "style", "kind", "measured", "required"),
    [
        ("依据陕监督[2018]05号文件。", "Body Text", "number_brackets", "[2018]05号", "〔2018〕5号"),
        ("依据陕监督（2018）第5号文件。", "Body Text", "number_brackets", "（2018）第5号", "〔2018〕5号"),
        ("调研于2018年04月06日进行。", "Body Text", "date_form", "2018年04月06日", "2018年4月6日"),
        ("二〇一八年四月二十一日", "Signature", "date_form", "二〇一八年四月二十一日", "2018年4月21日"),
        ('他说"水不够"。', "Body Text", "straight_quotes", '"', "“”"),
        ("（一）、饮水安全", "Body Text", "heading_level", "", ""),
        ("1、饮水安全", "Body Text", "heading_form", "1、", "1."),
    ],
)
def test_lint__forms_of_dates_numbers_and_headings__are_named_with_what_is_right(
    text: str, style: str, kind: str, measured: str, required: str
) -> None:
    document = official()
    add(document, text, style)
    findings = lint_content(saved(document))
    if kind == "heading_level":
        assert the(findings, "heading_form").measured == "（一）、"
        return
    finding = the(findings, kind)
    assert (finding.measured, finding.required) == (measured, required)


def test_lint__numbers_of_headings__follow_each_other_and_their_levels() -> None:
    document = official()
    for text in ("二、问题", "四、建议"):
        add(document, text, "Heading 1")._p.get_or_add_pPr().append(parse_xml(f"<w:numPr {nsdecls('w')}><w:numId w:val='0'/></w:numPr>"))
    add(document, "深层问题", "Heading 3")
    findings = lint_content(saved(document))
    assert {finding.kind for finding in findings} == {"heading_order", "heading_level"}
    assert the(findings, "heading_order").record()["message_zh"] == "标题序号为四，按顺序应为三、"
    assert the(findings, "heading_level").place.excerpt == "深层问题"
    assert [numbered(1, number) for number in (1, 10, 12, 20, 21)] == ["一、", "十、", "十二、", "二十、", "二十一、"]
    assert [number_of(text) for text in ("二十一", "二〇一八", "十", "12", "x")] == [21, 2018, 10, 12, 0]


def test_lint__tables_and_pictures__need_headers_captions_on_their_sides_and_descriptions() -> None:
    document = official()
    table = document.add_table(rows=3, cols=2)
    table.rows[0].cells[0].text = "村"
    add(document, "表1　各村户数", "Caption")
    document.add_table(rows=1, cols=1)
    add(document, "图1　各村饮水", "Caption")
    document.add_paragraph(style="Picture").add_run().add_picture(BytesIO(PNG), width=Mm(20))
    add(document, "没有题注的图在下面。", "Body Text")
    document.add_paragraph(style="Picture").add_run().add_picture(BytesIO(PNG), width=Mm(20))
    findings = lint_content(saved(document))
    kinds = [finding.kind for finding in findings]
    assert sorted(kinds) == sorted(["no_header_row", "row_splits", "caption_side", "no_alt", "caption_side", "no_picture_caption"])
    assert the(findings, "no_header_row").where("en") == "table 1 below “主要成效” “村”"
    assert the(findings, "no_alt").where("zh") == "第1幅图（“主要成效”下）等2处"


def test_lint__changes_comments_boxes_protection_and_footers__are_told_once() -> None:
    document = official()
    body = document.paragraphs[2]._p
    body.append(parse_xml(f"<w:ins {nsdecls('w')} w:id='1' w:author='a'><w:r><w:t>新增</w:t></w:r></w:ins>"))
    body.append(parse_xml(f"<w:del {nsdecls('w')} w:id='2' w:author='a'><w:r><w:delText>删去</w:delText></w:r></w:del>"))
    document.add_comment(document.paragraphs[3].runs[0], text="请核")
    box = "<w:txbxContent><w:p><w:r><w:t>盒</w:t></w:r></w:p></w:txbxContent>"
    body.append(parse_xml(f"<w:r {nsdecls('w')}><w:pict>{box}</w:pict></w:r>"))
    document.settings.element.append(parse_xml(f"<w:documentProtection {nsdecls('w')} w:edit='readOnly' w:enforcement='1'/>"))
    footer = document.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.settings.odd_and_even_pages_header_footer = False
    findings = lint_content(saved(document))
    found = {finding.kind: finding.measured for finding in findings}
    assert found == {
        "same_footers": "",
        "page_number_side": ("居中", "in the middle"),
        "tracked_changes": "2",
        "comments": "1",
        "text_box": "1",
        "protected": "readOnly",
    }


def test_lint__numbers_that_are_none__are_passed_over() -> None:
    good = saved(official())
    for number in ("²", "9" * 5000, "1e999", "nan"):
        look = f'<w:rPr><w:sz w:val="{number}"/></w:rPr>'
        place = f'<w:numPr><w:ilvl w:val="{number}"/><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="{number}"/>'
        place += f'<w:spacing w:line="{number}"/>'
        content = BytesIO()
        with zipfile.ZipFile(BytesIO(good)) as old, zipfile.ZipFile(content, "w") as new:
            for item in old.namelist():
                odd = f"<w:p><w:pPr>{place}</w:pPr><w:r>{look}<w:t>字</w:t></w:r></w:p>"
                new.writestr(item, old.read(item).replace(b"<w:body>", f"<w:body>{odd}".encode()))
        assert lint_content(content.getvalue())


def test_lint__files_that_are_no_word_documents__are_one_clear_line() -> None:
    workbook = BytesIO()
    with zipfile.ZipFile(workbook, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    locked = ole + "EncryptedPackage".encode("utf-16-le")
    good = saved(official())
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 4_000_000)
    hostile = BytesIO()
    with zipfile.ZipFile(BytesIO(good)) as old, zipfile.ZipFile(hostile, "w") as new:
        for item in old.namelist():
            content = old.read(item)
            new.writestr(item, content.replace(b"<w:styles", b"<!DOCTYPE x [<!ENTITY a 'b'>]><w:styles", 1))
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(range(256)) * 9)
    cases = {
        packed.getvalue()[:60] + b"\xff" * 30 + packed.getvalue()[90:]: "part word/document.xml is damaged",
        b"PK": "not a Word document",
        b"": "not a Word document",
        workbook.getvalue(): "not a Word document",
        ole: "Word 97 to 2003",
        locked: "password",
        good[: len(good) // 2]: "not a Word document",
        bomb.getvalue(): "more than a document ever holds",
        hostile.getvalue(): "word/styles.xml has a document type",
    }
    for content, words in cases.items():
        with pytest.raises(SurveyError) as refused:
            lint_content(content, "a.docx")
        assert refused.value.code is ErrorCode.UNREADABLE_DOCUMENT
        assert words in str(refused.value)
        assert "\n" not in str(refused.value)


def test_command_lint__writes_findings_in_both_languages_and_exits_by_them(tmp_path: Path) -> None:
    good, bad, none = (tmp_path / name for name in ("good.docx", "bad.docx", "none.docx"))
    good.write_bytes(saved(official()))
    document = official()
    document.sections[0].top_margin = Mm(25.4)
    bad.write_bytes(saved(document))
    none.write_text("text")

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(main, ["report", "lint", *arguments])

    assert run(str(good)).exit_code == 0
    result = run(str(bad))
    assert result.exit_code == 1
    assert "第1节：页边距为上25.4左28右26下35 mm，应为上37左28右26下35 mm。" in result.stdout
    [margins, grid] = json.loads(run(str(bad), "--json").stdout)
    assert (margins["kind"], margins["where_en"], grid["message_en"]) == (
        "margins",
        "section 1",
        "The text grid is 23 lines of 28 characters, it should be 22 lines of 28 characters",
    )
    refused = run(str(none), "--language", "en")
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert run(str(none)).stderr.startswith("Error: 无法读取 none.docx：它不是 Word 文档。")
    told = CliRunner().invoke(main, ["report", "reference", str(bad), "--language", "en"])
    assert (told.exit_code, "bad.docx: can be used, with 3 departures" in told.stderr) == (0, True)
