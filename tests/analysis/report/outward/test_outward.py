"""Drafts for those outside: the same outline with villages under codes, and small counts that nobody can work out."""

import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from analysis.bundle import Bundle, read_bundle
from analysis.report.kinds.records import About, Sources
from analysis.report.live.drafting import redraft_from, sources_of_bundle
from analysis.report.live.refreshing import refresh_document
from analysis.report.outline import Outline, Paragraph, Row, Table
from analysis.report.outward.drafting import draft_for
from analysis.report.outward.masking import masked, masked_name
from analysis.report.outward.small import withheld
from analysis.report.texts import Figure, plain
from analysis.report.word.document import write_word
from tests.analysis.bundles import write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.report.live.examples import COUNTY, TODAY, VISIT

KEY = b"a key of a test"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The example bundle."""
    return read_bundle(write_bundle(tmp_path_factory.mktemp("outward") / "bundle", example_bundle()))


@pytest.fixture(scope="module")
def sources(bundle: Bundle) -> Sources:
    """What the county report of the example bundle is made of."""
    return Sources(About(VISIT, COUNTY), "zh", TODAY, (bundle,))


@pytest.fixture(scope="module")
def outward(sources: Sources) -> bytes:
    """The draft for those outside, as a file."""
    return write_word(draft_for("county", sources, "outward", key=KEY), today=TODAY)


def everything_in(content: bytes) -> str:
    """All text of all parts of the file."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return "\n".join(name + package.read(name).decode("utf-8", "replace") for name in package.namelist())


@pytest.mark.soak
def test_outward_draft__beside_the_inward_one__has_the_same_outline_and_no_village_anywhere(sources: Sources, outward: bytes) -> None:
    inside, outside = draft_for("county", sources), draft_for("county", sources, "outward", key=KEY)
    assert [(type(block), getattr(block, "text", "") if not isinstance(block, Paragraph) else "") for block in inside.blocks] == [
        (type(block), getattr(block, "text", "") if not isinstance(block, Paragraph) else "") for block in outside.blocks
    ]
    whole = everything_in(outward)
    for village, name in (("610727101201", "上石沟"), ("610727101202", "下石沟")):
        assert village not in whole
        assert name not in whole
    assert "村A" in whole
    assert "村B" in whole


def test_outward_draft__refreshed__stays_outward(bundle: Bundle, outward: bytes) -> None:
    refreshed = refresh_document(outward, lambda known: redraft_from(known, sources_of_bundle(known, bundle, today=TODAY), key=KEY))
    assert not refreshed.changes
    assert not refreshed.notes
    assert "石沟" not in everything_in(refreshed.content)


def test_small_counts__of_a_table__are_withheld_with_one_more_that_would_tell_them() -> None:
    def count(name: str, n: int, village: str = "") -> Figure:
        return Figure(str(n), f"count:{name}@v/610727{village}")

    rows = (
        Row(("村A", count("interviewed", 12, "/A"), count("kind-registered", 3, "/A"), count("kind-ordinary", 9, "/A"))),
        Row(("村B", count("interviewed", 30, "/B"), count("kind-registered", 14, "/B"), count("kind-ordinary", 16, "/B"))),
        Row(("村C", count("interviewed", 40, "/C"), count("kind-registered", 20, "/C"), count("kind-ordinary", 20, "/C"))),
        Row(("合计", count("interviewed", 82), count("kind-registered", 37), count("kind-ordinary", 45)), is_total=True),
    )
    sentence = Paragraph((Figure("2", "candidates:f/r@v/610727#found"), "户，占", Figure("1.2%", "candidates:f/r@v/610727#share")))
    outline = Outline("t", "zh", (Table("c", ("", "", "", ""), rows, (1, 1, 1, 1)), sentence))
    table, told = withheld(outline).blocks
    assert isinstance(table, Table)
    assert isinstance(told, Paragraph)
    cells = [[plain(cell) for cell in row.cells] for row in table.rows]
    assert cells == [["村A", "12", "<5", "…"], ["村B", "30", "…", "…"], ["村C", "40", "20", "20"], ["合计", "82", "37", "45"]]
    assert plain(told.text) == "<5户，占…"


def test_names__in_the_words_of_an_outline__are_masked_everywhere_but_figures_stay() -> None:
    outline = Outline("王小明家的情况", "zh", (Paragraph(("王小明有", Figure("3", "count:x@v"), "头牛"), "body"),))
    changed = masked(outline, {"王小明": masked_name("王小明")})
    assert (changed.title, plain(changed.blocks[0].text if isinstance(changed.blocks[0], Paragraph) else "")) == (
        "王某某家的情况",
        "王某某有3头牛",
    )
    assert masked_name("Wang Ping") == "W."


@pytest.mark.soak
def test_codes_of_villages__with_another_key_or_language__are_dealt_by_the_key_alone(sources: Sources, tmp_path: Path) -> None:
    def names(key: bytes, language: str) -> list[str]:
        table = next(
            block
            for block in draft_for("county", replace(sources, language=language), "outward", key=key).blocks
            if isinstance(block, Table)
        )
        return [f"{plain(row.cells[0])[-1]}{plain(row.cells[2])}" for row in table.rows[:2]]

    assert names(KEY, "zh") == names(KEY, "en")
    assert {tuple(names(bytes([number]), "zh")) for number in range(6)} == {("A24", "B16"), ("A16", "B24")}
