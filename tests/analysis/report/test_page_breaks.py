"""What stays on one page and what may go on over two: tables, their notes, and what closes a document."""

from datetime import date
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Signature, Table
from analysis.report.word.document import write_word


def table(n_rows: int, note: str) -> Table:
    """A table of so many rows."""
    return Table("各村户数", ("村", "户"), tuple(Row((f"第{number}村", "1")) for number in range(n_rows)), (1.0, 1.0), note)


def written(*blocks: Block) -> WordDocument:
    """The document of the blocks."""
    return Document(BytesIO(write_word(Outline("报告", "zh", blocks), today=date(2018, 4, 28))))


def kept(document: WordDocument) -> list[bool]:
    """Of every row of the first table whether it stays on the page of what follows."""
    return [row._tr.find(f".//{qn('w:keepNext')}") is not None for row in document.tables[0].rows]


def test_table__that_is_long__breaks_between_rows_but_leaves_no_row_nor_note_alone() -> None:
    assert kept(written(table(12, "注"))) == [True, True, *[False] * 9, True, True]
    assert kept(written(table(12, ""))) == [True, True, *[False] * 9, True, False]
    assert kept(written(table(5, "注"))) == [True] * 6
    assert kept(written(table(5, ""))) == [*[True] * 5, False]


def test_end_of_a_text__before_an_annex_or_a_signature__makes_no_page_of_its_own() -> None:
    annexed = written(
        table(3, ""), Heading("附件", is_annex=True), table(3, ""), Paragraph("完。"), Signature("某某委员会", "2018年4月28日")
    )
    styles = [paragraph.style.name for paragraph in annexed.paragraphs if paragraph.style is not None]
    assert styles.count("Table Note") == 1
    assert annexed.paragraphs[styles.index("Annex Heading") - 1].style.name == "Caption"  # type: ignore[union-attr]
    [last] = [paragraph for paragraph in annexed.paragraphs if paragraph.text == "完。"]
    assert last.paragraph_format.keep_with_next
