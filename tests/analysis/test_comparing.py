"""What differs between two Word drafts."""

from io import BytesIO

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from analysis.report.comparing import compare_documents, read_passages
from questionnaires.errors import ErrorCode, SurveyError


def _file(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = Document()
    document.add_heading("一、饮水安全")
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    content = BytesIO()
    document.save(content)
    return content.getvalue()


def test_changed_number__between_two_drafts__is_shown_within_its_sentence_under_its_heading() -> None:
    [difference] = compare_documents(_file("饮水达标为93.1%。", "别的话。"), _file("饮水达标为95.0%。", "别的话。")).differences
    assert (difference.state, difference.heading) == ("changed", "一、饮水安全")
    assert [(piece.state, piece.text) for piece in difference.pieces] == [
        ("same", "饮水达标为"),
        ("removed", "93.1%"),
        ("added", "95.0%"),
        ("same", "。"),
    ]


def test_passages__that_came_and_went__are_told_in_the_order_of_the_newer() -> None:
    comparison = compare_documents(_file("第一句。", "只在旧稿里有的一段话。", "末句。"), _file("第一句。", "末句。", "New words."))
    assert [(each.state, each.pieces[0].text) for each in comparison.differences] == [
        ("removed", "只在旧稿里有的一段话。"),
        ("added", "New words."),
    ]
    assert comparison.n_same == 3


def test_row_of_a_table__with_another_number__is_one_difference() -> None:
    before = _file(rows=(("村", "户数"), ("上石沟村", "20"), ("下石沟村", "18")))
    after = _file(rows=(("村", "户数"), ("上石沟村", "20"), ("下石沟村", "19")))
    [difference] = compare_documents(before, after).differences
    assert difference.is_row
    assert [piece.text for piece in difference.pieces if piece.state != "same"] == ["18", "19"]


def test_content_controls_and_tracked_changes__are_read_as_they_stand() -> None:
    document = Document()
    paragraph = document.add_paragraph("共")
    paragraph._p.append(parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent><w:r><w:t>40</w:t></w:r></w:sdtContent></w:sdt>"))
    paragraph._p.append(
        parse_xml(f"<w:del {nsdecls('w')} w:id='1' w:author='a'><w:r><w:delText>余</w:delText></w:r></w:del>"),
    )
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')} w:id='2' w:author='a'><w:r><w:t>户</w:t></w:r></w:ins>"))
    content = BytesIO()
    document.save(content)
    assert [passage.text for passage in read_passages(content.getvalue())] == ["共40户"]


def test_file__that_is_no_word_document__is_refused() -> None:
    with pytest.raises(SurveyError) as refused:
        read_passages(b"%PDF-1.4")
    assert refused.value.code is ErrorCode.UNREADABLE_DOCUMENT
