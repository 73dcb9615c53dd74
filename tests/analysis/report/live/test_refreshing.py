"""A draft that its author edited, brought up to date: what changed, what stayed, and that everything else is the same bytes."""

import copy
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from analysis.bundle import Bundle, read_bundle
from analysis.report.kinds.county import outline_county_report
from analysis.report.live.changes import Refreshed
from analysis.report.live.drafting import redraft_from, sources_of_bundle
from analysis.report.live.package import with_parts
from analysis.report.live.redraft import Redraft, outline_figures
from analysis.report.live.refreshing import refresh_document
from analysis.report.live.resolving import resolver_of
from questionnaires.errors import SurveyError
from tests.analysis.bundles import SOUTH, write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.report.live.examples import (
    COUNTY,
    DOCTOR,
    MAIN_PART,
    TODAY,
    VISIT,
    all_signed,
    controls_of,
    draft_of,
    saved,
    text_in,
    with_answers,
)
from tests.word_files import open_word


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The example bundle."""
    return read_bundle(write_bundle(tmp_path_factory.mktemp("before") / "bundle", example_bundle()))


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The example bundle with other answers."""
    data = with_answers(replace(example_bundle(), candidates=[]), all_signed)
    return read_bundle(write_bundle(tmp_path_factory.mktemp("after") / "bundle", data))


@pytest.fixture(scope="module")
def draft(before: Bundle) -> bytes:
    """The draft of the example bundle."""
    return draft_of(before)


@pytest.fixture(scope="module")
def redraft(after: Bundle) -> Callable[[Mapping[str, str]], Redraft]:
    """The same report of the other answers, drafted once."""
    drafted: list[Redraft] = []

    def draft_again(parameters: Mapping[str, str]) -> Redraft:
        if not drafted:
            drafted.append(redraft_from(parameters, sources_of_bundle(parameters, after, today=TODAY)))
        return drafted[0]

    return draft_again


@pytest.fixture(scope="module")
def refreshed(draft: bytes, redraft: Callable[[Mapping[str, str]], Redraft]) -> Refreshed:
    """The draft, not edited, of the other answers."""
    return refresh_document(draft, redraft)


def outside_controls(content: bytes) -> bytes:
    """The main part without what stands in controls."""
    return re.sub(rb"<w:sdtContent>.*?</w:sdtContent>", b"", zipfile.ZipFile(BytesIO(content)).read(MAIN_PART), flags=re.DOTALL)


@pytest.mark.soak
def test_every_figure__of_a_draft__resolves_from_the_dataset_alone(before: Bundle) -> None:
    outline = outline_county_report(before, VISIT, COUNTY, today=TODAY)
    sources = sources_of_bundle(outline.origin.parameters if outline.origin else {}, before, today=TODAY)
    resolver = resolver_of(sources)
    figures = [figure for figure in outline_figures(outline) if ":indicators-" not in figure.address]
    assert len(figures) > 300
    for figure in figures:
        found = resolver.resolve(figure.address)
        assert found is not None, figure.address
        assert found.text == figure.text, figure.address


def test_refreshed_draft__not_edited__has_the_figures_tables_and_pictures_of_a_new_draft(
    refreshed: Refreshed, redraft: Callable[[Mapping[str, str]], Redraft], draft: bytes
) -> None:
    document = open_word(refreshed.content)
    today = redraft({})
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert "100.0%（40）" in cells
    for address in (DOCTOR, f"count:interviewed@{VISIT}/{COUNTY}"):
        assert all(text_in(each) == today.figures[address] for each in controls_of(Document(BytesIO(refreshed.content)), address))
    with zipfile.ZipFile(BytesIO(refreshed.content)) as package, zipfile.ZipFile(BytesIO(draft)) as old:
        assert package.namelist() == old.namelist()
        images = {package.read(name) for name in package.namelist() if name.startswith("word/media/")}
        untouched = [name for name in old.namelist() if not name.startswith(("word/media/", MAIN_PART, "customXml/item1", "docProps/core"))]
        assert all(package.read(name) == old.read(name) for name in untouched)
    assert {picture.png for picture in today.pictures.values()} & images
    assert today.origin.dataset_hash in zipfile.ZipFile(BytesIO(refreshed.content)).read("customXml/item1.xml").decode()


def test_refreshed_draft__once_more__has_nothing_left_to_change(
    refreshed: Refreshed, redraft: Callable[[Mapping[str, str]], Redraft]
) -> None:
    again = refresh_document(refreshed.content, redraft)
    assert not again.changes
    assert again.content == refreshed.content


def test_change__of_a_figure_in_a_sentence__tells_both_sentences_and_that_it_turned(refreshed: Refreshed) -> None:
    missed = next(each for each in refreshed.changes if each.address == DOCTOR and "未达到参考标准" in each.sentence)
    assert (missed.old, missed.new) == ("73.7%", "100.0%")
    assert missed.sentence.replace("73.7%", "100.0%").startswith(missed.new_sentence[:12])
    assert missed.has_turned
    plain = next(each for each in refreshed.changes if each.address.startswith("count:cases@"))
    assert (plain.old, plain.new, plain.has_turned) == (plain.old, "0", False)


def test_edited_draft__refreshed__keeps_the_authors_work_and_every_byte_of_it(
    draft: bytes, redraft: Callable[[Mapping[str, str]], Redraft]
) -> None:
    document = Document(BytesIO(draft))
    document.paragraphs[3].runs[0].text = "这一段由作者改写：“认真核对”——<两处>。"
    in_text = [each for each in controls_of(document, DOCTOR) if each.getparent().getparent().tag == qn("w:body")]
    first, second = in_text[:2]
    # Copied into another paragraph, made bold, and words typed within the control.
    duplicate = copy.deepcopy(first)
    document.paragraphs[3]._p.append(duplicate)
    bold = duplicate.find(qn("w:sdtContent"))[0].rPr
    bold.append(OxmlElement("w:b"))
    duplicate.find(qn("w:sdtContent"))[0].text = "约73.7%左右"
    # Deleted, with and without tracking.
    second.getparent().remove(second)
    persons = controls_of(document, f"count:persons@{VISIT}/{COUNTY}")[0]
    deletion = OxmlElement("w:del")
    for name, value in (("id", "9001"), ("author", "审稿人"), ("date", "2018-05-01T00:00:00Z")):
        deletion.set(qn(f"w:{name}"), value)
    persons.addprevious(deletion)
    deletion.append(persons)
    # Moved: the paragraph of the first figure to the end.
    body = document.element.body
    body[-1].addprevious(first.getparent())
    # Cut in half by copying, and one of another document.
    half = copy.deepcopy(first)
    half.remove(half.find(qn("w:sdtContent")))
    other = copy.deepcopy(first)
    other.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").set(qn("w:val"), "estimate:0123456789abcdef01234567")
    document.paragraphs[3]._p.extend([half, other])
    edited = saved(document)

    result = refresh_document(edited, redraft)

    new = Document(BytesIO(result.content))
    shown = [text_in(each) for each in controls_of(new, DOCTOR)]
    assert shown.count("约100.0%左右") == 1
    assert "73.7%" not in "".join(shown)
    assert len(shown) == len(controls_of(document, DOCTOR))
    assert new.paragraphs[3].runs[0].text == "这一段由作者改写：“认真核对”——<两处>。"
    kept = next(each for each in controls_of(new, DOCTOR) if text_in(each) == "约100.0%左右")
    assert kept.find(qn("w:sdtContent"))[0].rPr.find(qn("w:b")) is not None
    assert text_in(controls_of(new, f"count:persons@{VISIT}/{COUNTY}")[0]) == text_in(persons)
    assert {"cut", "unknown"} <= {note.kind for note in result.notes}
    assert outside_controls(result.content) == outside_controls(edited)


def test_number__typed_over_by_an_author__is_replaced_and_said_but_words_stay(
    draft: bytes, redraft: Callable[[Mapping[str, str]], Redraft]
) -> None:
    document = Document(BytesIO(draft))
    first, second = controls_of(document, DOCTOR)[:2]
    first.find(qn("w:sdtContent"))[0].text = "99.9%"
    second.find(qn("w:sdtContent"))[0].text = "绝大多数"
    result = refresh_document(saved(document), redraft)
    typed = [each for each in result.changes if each.was_typed_over]
    assert [(each.old, each.new) for each in typed] == [("99.9%", "100.0%")]
    assert text_in(controls_of(Document(BytesIO(result.content)), DOCTOR)[1]) == "绝大多数"
    assert any(note.kind == "typed_over" and "绝大多数" in note.detail for note in result.notes)


def test_table__whose_rows_its_author_changed__keeps_them_and_says_what_came_and_went(draft: bytes, tmp_path: Path) -> None:
    data = example_bundle()
    elsewhere = with_answers(data, lambda row: row.update(village_code=SOUTH))
    bundle = read_bundle(write_bundle(tmp_path / "bundle", replace(elsewhere, villages=[(VISIT, SOUTH, "purposive")])))
    document = Document(BytesIO(draft))
    tables = [each for each in document.element.body.iter(qn("w:tbl"))]
    caption = tables[0].tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
    tables[0].tr_lst[1].tc_lst[0].p_lst[0].r_lst[0].text = "上石沟村（合并）"
    called = next(table for table in tables[1:] if [text_in(row.tc_lst[0]) for row in table.tr_lst].count("上石沟村") == 1)
    for cell in (called.tr_lst[0].tc_lst[1], next(row for row in called.tr_lst if text_in(row.tc_lst[0]) == "上石沟村").tc_lst[1]):
        cell.p_lst[0].add_r().append(OxmlElement("w:footnoteReference", {qn("w:id"): "1"}))
    result = refresh_document(saved(document), lambda known: redraft_from(known, sources_of_bundle(known, bundle, today=TODAY)))
    place = tables.index(called)
    rows = list(open_word(result.content).element.body.iter(qn("w:tbl")))[place].tr_lst
    kept = [[len(list(cell.iter(qn("w:footnoteReference")))) for cell in row.tc_lst] for row in rows]
    assert (kept[0], sum(map(sum, kept))) == ([0, 1], 2)
    assert [kept[number] for number, row in enumerate(rows) if text_in(row.tc_lst[0]) == "上石沟村"] == [[0, 1]]
    altered = next(note for note in result.notes if note.kind == "table_altered")
    assert altered.label == caption
    assert "上石沟村（合并）" in altered.detail
    new = open_word(result.content)
    assert [row.cells[0].text for row in new.tables[0].rows] == ["村", "上石沟村（合并）", "下石沟村", "合计"]
    assert new.tables[0].rows[2].cells[3].text == "40"
    redrawn = [each for each in result.changes if each.kind == "table"]
    assert any("上石沟村" in each.old for each in redrawn)
    assert any(note.kind == "lacking" for note in result.notes)


def test_files__that_are_not_ours_protected_or_of_another_visit__are_refused_with_one_line(
    draft: bytes, after: Bundle, redraft: Callable[[Mapping[str, str]], Redraft], tmp_path: Path
) -> None:
    with pytest.raises(SurveyError, match="not a draft of this program"):
        refresh_document(saved(Document()), redraft)
    with pytest.raises(SurveyError, match="not a Word document"):
        refresh_document(b"PK nothing", redraft)
    settings = zipfile.ZipFile(BytesIO(draft)).read("word/settings.xml")
    opened = settings.index(b"<w:zoom")
    protection = b'<w:documentProtection w:edit="readOnly" w:enforcement="1"/>'
    locked = with_parts(draft, {"word/settings.xml": settings[:opened] + protection + settings[opened:]})
    with pytest.raises(SurveyError, match="protected against changes"):
        refresh_document(locked, redraft)
    other = replace(after, visits=())
    with pytest.raises(SurveyError, match=VISIT):
        refresh_document(draft, lambda known: redraft_from(known, sources_of_bundle(known, other, today=TODAY)))
