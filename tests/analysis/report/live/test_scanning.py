"""A part walked from tag to tag: what looks like a tag and is none, and every way to write a text."""

import pytest

from analysis.report.live.footnotes import with_calls
from analysis.report.live.scanning import BOUND, Cell, TableTags, scan, spliced, text_splices
from questionnaires.errors import SurveyError


def part(body: str) -> bytes:
    """A main part with this body."""
    return b"<w:document " + BOUND + b"><w:body>" + body.encode() + b"</w:body></w:document>"


def test_scan__of_everything_that_xml_allows__finds_what_is_read_and_where_it_stands() -> None:
    inner = "<w:r><w:t xml:space='preserve'>1 &lt; <!-- <w:t>no</w:t> -->&#x4E8C;<![CDATA[ & ]]></w:t><w:t/><w:br/></w:r>"
    control = f"<w:sdt><w:sdtPr><w:tag\n w:val = 'count:a&gt;b'/><w:id w:val='-7'/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>"
    content = part(f'<!-- <w:p> --><w:p w:x="a > b"><w:del><w:r><w:t>gone</w:t></w:r></w:del>{control}</w:p><w:p/>')
    found = scan(content, "file")
    [known] = found.controls
    assert (known.tag, known.number, found.n_paragraphs) == ("count:a>b", -7, 2)
    assert found.text_of(known) == "1 < 二 & \n"
    assert [piece.text for piece in found.pieces if piece.is_taken_away] == ["gone"]
    new = spliced(content, list(text_splices(found, known, 0, 3, "8 >")))
    assert scan(new, "file").text_of(scan(new, "file").controls[0]) == "8 > 二 & \n"
    assert b"gone" in new
    with pytest.raises(SurveyError, match="damaged"):
        scan(part("<w:p><w:r><w:t>").replace(b"<w:t>", b"<w:t>\xff</w:t>"), "file")


def test_scan__of_numbers_that_are_none__takes_them_for_nothing() -> None:
    control = "<w:sdt><w:sdtPr><w:id w:val='{}'/></w:sdtPr><w:sdtContent/></w:sdt>"
    drawing = "<wp:inline><wp:extent cx='{}' cy='1'/></wp:inline>"
    numbers = ("--5", "²", "1.5", "9" * 5000)
    found = scan(part("".join(control.format(each) + drawing.format(each) for each in numbers)), "file")
    assert [each.number for each in found.controls] == [None] * len(numbers)
    assert found.largest_number == 0


def test_scan__of_a_call_outside_a_run__leaves_it() -> None:
    found = scan(part("<w:tbl><w:tr><w:tc><w:p><w:footnoteReference w:id='2'/></w:p></w:tc></w:tr></w:tbl>"), "file")
    [table] = found.tables.values()
    assert [cell.calls for cells in table.rows for cell in cells] == [[]]


def test_scan__of_a_table_within_a_table__counts_the_inner_texts_to_both() -> None:
    def row(text: str) -> str:
        return f"<w:tr><w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>"

    inner = f"<w:tbl>{row('in')}</w:tbl>"
    found = scan(part(f"<w:tbl>{row('out')}<w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"), "file")
    small, large = sorted(found.tables.values(), key=lambda each: each.end - each.start)
    assert [len(cells) for cells in large.rows] == [1, 1]
    assert [found.pieces[place].text for place in large.rows[1][0].pieces] == ["in"]
    assert len(large.rows[1][0].paragraphs) == 2
    assert small.end < large.end


def test_calls_of_footnotes__of_a_row_that_went__go_with_it_and_others_follow_their_row() -> None:
    table = TableTags(0, 0, [[Cell(), Cell()], [Cell(), Cell(calls=[b"<1/>"])], [Cell(), Cell(calls=[b"<2/>", b"<3/>"])]])
    cells = ["<w:tc><w:p></w:p></w:tc>"] * 6
    rows = ["<w:tr>" + "".join(cells[at : at + 2]) + "</w:tr>" for at in (0, 2, 4)]
    new, n_lost = with_calls("".join(rows), table, [["村", "户"], ["甲", ""], ["乙", ""]], [["村", "户"], ["丙", ""], ["乙", "5"]])
    assert n_lost == 1
    assert new == "".join([*rows[:2], "<w:tr><w:tc><w:p></w:p></w:tc><w:tc><w:p><2/><3/></w:p></w:tc></w:tr>"])
