"""Documents as they are written: official blocks, contents, footnotes and references, whole packages, and measures taken from the PDF."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml import etree
from openpyxl import load_workbook

from analysis.report.live.origin import Origin
from analysis.report.official.apparatus import with_apparatus
from analysis.report.official.formalities import Formalities
from analysis.report.official.format import LINE_TWIPS, N_CHARACTERS, N_LINES, TWIPS_PER_MM
from analysis.report.official.lint.check import lint_content
from analysis.report.official.numbers import HeadingNumbers
from analysis.report.outline import Bars, Heading, Outline, Paragraph, Picture, Row, Series, Table
from analysis.report.texts import Figure, Footnote
from analysis.report.texts import text_of as parts_of_text
from analysis.report.word.document import write_word
from tests.analysis.report.official.files import PNG
from tests.analysis.report.official.specimen import N_LONG, TODAY, specimen

PARAGRAPH_ORDER = (
    *("pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr", "pBdr", "shd", "tabs", "snapToGrid"),
    *("spacing", "ind", "jc", "outlineLvl"),
)


@pytest.fixture(scope="module")
def content() -> bytes:
    """The specimen in Chinese."""
    return write_word(specimen(), today=TODAY)


@pytest.fixture(scope="module")
def document(content: bytes) -> WordDocument:
    """The same, reopened."""
    return Document(BytesIO(content))


def parts_of(content: bytes) -> Mapping[str, bytes]:
    """The parts of a package."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(paragraph: Any) -> str:
    """The text of a paragraph, what stands in content controls and fields included, instructions left out."""
    return "".join(each.text or "" for each in paragraph.iter(qn("w:t")))


def styled(document: WordDocument) -> list[tuple[str, str, Any]]:
    """Style, text and element of every paragraph of the body in order, those of tables left out."""
    found = []
    for element in document.element.body.iter(qn("w:p")):
        if next(element.iterancestors(qn("w:tbl")), None) is None:
            found.append((element.find(qn("w:pPr")).find(qn("w:pStyle")).get(qn("w:val")), text_of(element), element))
    return found


def test_official_blocks__of_the_document__stand_in_their_places_in_their_form(document: WordDocument) -> None:
    paragraphs = styled(document)
    order = [
        *("Letterhead", "DocumentNumber", "Title", "Subtitle", "ContentsHeading"),
        *("Toc1", "Toc2", "Toc1", "Toc1", "Toc1"),
        *("Addressee", "Heading1", "BodyText", "Quote", "Heading2", "Caption", "TableNote", "Picture", "Caption", "Heading1", "BodyText"),
        *("Attachments", "Attachments", "Signature", "Signature", "AnnexHeading", "BodyText", "AnnexHeading", "BodyText", "Copies"),
    ]
    assert [style for style, _, _ in paragraphs] == order
    texts = {style: text for style, text, _ in reversed(paragraphs)}
    assert (texts["Letterhead"], texts["DocumentNumber"], texts["Addressee"]) == (
        "民主监督领导小组",
        "陕监督〔2018〕5号",
        "略阳县人民政府：",
    )
    assert [text for style, text, _ in paragraphs if style == "Attachments"] == ["附件：1. 指标一览", "2. 数据说明"]
    assert [text for style, text, _ in paragraphs if style == "Signature"] == ["民主监督领导小组", "2018年4月20日"]
    number = next(element for style, _, element in paragraphs if style == "DocumentNumber")
    rule = number.find(qn("w:pPr")).find(qn("w:pBdr")).find(qn("w:bottom"))
    assert rule.get(qn("w:color")) == "FF0000"
    assert [cell.text for cell in document.tables[-1].column_cells(0)] == [
        "抄送：汉中市人民政府，陕西省扶贫办。",
        "领导小组办公室\t2018年4月21日印发",
    ]


def test_plain_document__without_formalities__has_none_of_their_blocks() -> None:
    styles = {style for style, _, _ in styled(Document(BytesIO(write_word(specimen("zh", Formalities()), today=TODAY))))}
    assert not styles & {"Letterhead", "DocumentNumber", "Addressee", "Signature", "Attachments", "Copies", "Toc1"}


def test_contents__of_the_document__is_a_field_with_right_entries(document: WordDocument) -> None:
    entries = [(text, element) for style, text, element in styled(document) if style.startswith("Toc")]
    assert [re.split(r"(?=\d+$)", text)[0] for text, _ in entries] == [
        *("一、主要情况", "（一）饮水", "二、建议", "附件1　指标一览", "附件2　数据说明"),
    ]
    assert document.element.body.find(f".//{qn('w:hyperlink')}").get(qn("w:anchor")).startswith("_Toc")
    pages = [int(re.findall(r"\d+$", text)[0]) for text, _ in entries]
    assert pages == sorted(pages)
    assert pages[-2:] == [pages[-1] - 1, pages[-1]]
    instructions = "".join(each.text for each in document.element.body.iter(qn("w:instrText")))
    assert ' TOC \\o "1-2" \\h \\z \\u ' in instructions
    english = HeadingNumbers("en")
    assert [english.next(level) for level in (1, 2, 2, 1, 2)] == ["1. ", "1.1 ", "1.2 ", "2. ", "2.1 "]


def test_numbers__of_headings_within_an_annex__begin_anew() -> None:
    blocks = (Heading("情况"), Heading("饮水", 2), Heading("附件1　方法", is_annex=True), Heading("设计", 2), Heading("覆盖", 2))
    document = Document(BytesIO(write_word(Outline("题目", "zh", blocks), today=TODAY)))
    paragraphs = {paragraph.text: paragraph for paragraph in document.paragraphs}
    assert {"（一）设计", "（二）覆盖"} <= set(paragraphs)
    assert paragraphs["（一）设计"]._p.pPr.numPr.numId.val == 0
    english = HeadingNumbers("en")
    english.annex()
    assert [english.next(level) for level in (2, 2, 3)] == ["A1.1 ", "A1.2 ", "A1.2.1 "]


def test_references_and_footnotes__of_the_document__lead_to_what_they_name(content: bytes, document: WordDocument) -> None:
    body = next(text for style, text, _ in styled(document) if style == "BodyText")
    assert body == "共访谈40户，见表1和图1。"
    bookmarks = [each.get(qn("w:name")) for each in document.element.body.iter(qn("w:bookmarkStart"))]
    assert len(bookmarks) == len(set(bookmarks))
    fields = " ".join(each.text for each in document.element.body.iter(qn("w:instrText")))
    assert set(re.findall(r"REF (_\w+)", fields)) <= set(bookmarks)
    notes = etree.fromstring(parts_of(content)["word/footnotes.xml"])
    told = {each.get(qn("w:id")): text_of(each).strip() for each in notes}
    assert told["1"] == "以所访40户为基数，不作推断。"
    assert [each.get(qn("w:id")) for each in document.element.body.iter(qn("w:footnoteReference"))] == ["1"]
    assert notes[2].find(f".//{qn('w:sdt')}") is not None, "the figure of a footnote is alive"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_package__of_a_document__is_whole(language: str) -> None:
    content = write_word(specimen(language), today=TODAY)
    assert content == write_word(specimen(language), today=TODAY)
    if language == "zh":
        assert lint_content(content) == ()
    parts = parts_of(content)
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(part)
    document = Document(BytesIO(content))
    styles = {each.get(qn("w:styleId")) for each in document.styles.element.iter(qn("w:style"))}
    stories = [document.element, etree.fromstring(parts["word/footnotes.xml"])]
    for story in stories:
        for name in ("pStyle", "rStyle", "tblStyle"):
            assert {each.get(qn("w:val")) for each in story.iter(qn(f"w:{name}"))} <= styles
        for properties in story.iter(qn("w:pPr")):
            names = [etree.QName(each).localname for each in properties]
            assert names == sorted(names, key=PARAGRAPH_ORDER.index)
    related = set(document.part.rels)
    used = {value for each in document.element.iter() for key, value in each.attrib.items() if key.startswith(f"{{{each.nsmap.get('r')}}}")}
    assert used <= related
    for name in ("w:id",):
        controls = [each.get(qn("w:val")) for each in document.element.iter(qn(name)) if each.getparent().tag == qn("w:sdtPr")]
        assert len(controls) == len(set(controls))
    settings = document.settings.element
    assert settings.find(qn("w:characterSpacingControl")).get(qn("w:val")) == "doNotCompress"
    language_tag = document.styles.element.find(f".//{qn('w:lang')}")
    assert language_tag.get(qn("w:eastAsia")) == "zh-CN"
    assert document.core_properties.language == ("zh-CN" if language == "zh" else "en-GB")


@pytest.mark.soak
@pytest.mark.skipif(not (shutil.which("soffice") and shutil.which("pdftotext")), reason="LibreOffice or poppler is not installed")
def test_pages__as_libreoffice_lays_them_out__have_the_measures_of_the_format(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "specimen.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "specimen.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    measured = subprocess.run(["pdftotext", "-bbox", str(tmp_path / "specimen.pdf"), "-"], check=True, capture_output=True, text=True)
    tree = etree.fromstring(measured.stdout.encode(), etree.HTMLParser(encoding="utf-8"))
    mm = TWIPS_PER_MM / 20
    pages = [
        [(word.text or "", *(float(word.get(side)) for side in ("xmin", "ymin", "xmax", "ymax"))) for word in page]
        for page in tree.iter("page")
    ]
    full = [page for page in pages if sum(text == "监督" * 14 for text, *_ in page) >= N_LINES - 1]
    assert len(full) >= 2, "pages full of text"
    for page in full:
        lines = [word for word in page if set(word[0]) == {"监", "督"}]
        assert len(lines) == N_LINES
        # The first line of a paragraph is indented by two characters and holds as many fewer.
        width = 156 * mm / N_CHARACTERS
        assert {len(text) + round((left - 28 * mm) / width) for text, left, *_ in lines} == {N_CHARACTERS}
        assert min(left for _, left, *_ in lines) == pytest.approx(28 * mm, abs=2)
        assert max(right for _, _, _, right, _ in lines) == pytest.approx((210 - 26) * mm, abs=2)
        assert min(top for _, _, top, _, _ in lines) >= 37 * mm
        assert max(bottom for *_, bottom in lines) <= (297 - 35) * mm
        pitches = {round(second[2] - first[2], 1) for first, second in zip(lines, lines[1:], strict=False)}
        assert all(abs(pitch - LINE_TWIPS / 20) < 0.2 for pitch in pitches)
    for number, page in enumerate(pages, 1):
        dashes = [word for word in page if word[0].strip() == "—" and word[2] > (297 - 35) * mm]
        edge = max(right for _, _, _, right, _ in dashes) if number % 2 else min(left for _, left, *_ in dashes)
        assert edge == pytest.approx((210 - 26) * mm - 14 if number % 2 else 28 * mm + 14, abs=2), f"page {number}"
    contents = {re.sub(r"\s", "", text) for page in pages for text, *_ in page}
    assert {"略阳县民主监督", "反馈意见"} <= contents
    assert (
        sum(text.count("监") + text.count("督") for page in pages for text, *_ in page if set(text) <= {"监", "督"})
        == N_LONG * N_CHARACTERS
    )


def test_apparatus__of_a_report_from_data__refers_to_tables_and_says_what_shares_rest_on() -> None:
    share, count = Figure("73.7%", "estimate:a/b@v/610727/county/610727#value!text"), Figure("3", "count:villages@v/610727")
    tables = tuple(Table(f"表{number}", ("村",), (Row(("甲",)),), (1,)) for number in range(4))
    picture = Picture("图", PNG, "图。", 10.0)
    blocks = (
        Heading("方法"),
        Paragraph(("调研", count, "个村。")),
        Paragraph("只说明所访农户的情况。"),
        tables[0],
        Heading("健康"),
        Paragraph(("签约率为", share, "（28/38户）。")),
        Paragraph("没有问题线索。"),
        *tables[1:],
        picture,
        Heading("其他"),
        picture,
    )
    outline = Outline("标题", "zh", blocks, origin=Origin("h", {"minimum_n": "15"}))
    document = Document(BytesIO(write_word(outline, today=TODAY)))
    assert [text for style, text, _ in styled(document) if style == "BodyText"] == [
        *("调研3个村（见表1）。", "只说明所访农户的情况。", "签约率为73.7%（28/38户，见表2至表4、图1）。", "没有问题线索。"),
    ]
    [note] = [part.words for part in text_of_block(with_apparatus(outline)) if isinstance(part, Footnote)]
    assert note == "比例以有效答复数为分母，未作答和按问卷不需回答的不计入。有效答复少于15的数字不公布，以“…”表示。"
    assert with_apparatus(replace(outline, origin=None)).blocks == blocks


def test_native_charts__on_demand__hold_their_numbers_in_the_document_and_in_a_workbook() -> None:
    bars = Bars("主要原因", ("因病", "因学"), (Series("全县", (0.51, None)), Series("甲 & 乙村", (0.5, 0.25))), "0.0%")
    picture = Picture("原因", PNG, "条形图：“因病”。", 150.0, bars=(bars, bars))
    outline = Outline("标题", "zh", (Heading("原因"), Paragraph("如图。"), picture))
    content = write_word(outline, today=TODAY, has_native_charts=True)
    assert content == write_word(outline, today=TODAY, has_native_charts=True)
    assert lint_content(content) == ()
    parts = parts_of(content)
    chart = etree.fromstring(parts["word/charts/chart2.xml"])
    assert chart.xpath("//*[local-name()='val']//*[local-name()='pt']/@idx") == ["0", "0", "1"]
    assert chart.xpath("string(//*[local-name()='ser'][2]/*[local-name()='tx']//*[local-name()='v'])") == "甲 & 乙村"
    sheet = load_workbook(BytesIO(parts["word/embeddings/chart2.xlsx"])).active
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        [None, "全县", "甲 & 乙村"],
        ["因病", 0.51, 0.5],
        ["因学", None, 0.25],
    ]
    assert not any(name.startswith("word/media") for name in parts)
    assert any(name.startswith("word/media") for name in parts_of(write_word(outline, today=TODAY)))


def text_of_block(outline: Outline) -> tuple[Any, ...]:
    """The parts of the texts of all paragraphs."""
    return tuple(part for block in outline.blocks if isinstance(block, Paragraph) for part in parts_of_text(block.text))
