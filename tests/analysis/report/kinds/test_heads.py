"""The heads of the columns of every kind's tables, in English, where words are long."""

import pytest

from analysis.bundle import Bundle, read_bundle
from analysis.report.kinds.figure_tables import longest_word, weights_for
from analysis.report.kinds.registry import KINDS, draft_outline
from analysis.report.kinds.state_words import SAMPLE_NAMES
from analysis.report.outline import Table
from analysis.report.texts import plain
from analysis.report.word.contents import CELL_MARGIN_PT, WIDTH_PT
from tests.analysis.bundles import write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.report.kinds.examples import later, sources

LETTER_PT = 9 * 0.5
"""As wide are the letters of long words in bold Times of the size of tables, "Households" among them."""


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Bundle]:
    """April's interviews, and August's at the same households."""
    folder = tmp_path_factory.mktemp("heads")
    april, august = example_bundle(), later(example_bundle())
    return read_bundle(write_bundle(folder / "april", april)), read_bundle(write_bundle(folder / "august", august))


def broken(header: tuple[str, ...], weights: tuple[float, ...]) -> list[str]:
    """The heads with a word that does not stand in one line of its column."""
    widths = [WIDTH_PT * weight / sum(weights) - CELL_MARGIN_PT for weight in weights]
    return [title for title, width in zip(header, widths, strict=True) if longest_word(title) * LETTER_PT > width]


@pytest.mark.parametrize("kind", list(KINDS))
def test_heads__of_any_kind_in_english__keep_their_words_whole(kind: str, bundles: tuple[Bundle, Bundle]) -> None:
    made = draft_outline(kind, sources(kind, bundles, "en"), with_evidence=False)
    tables = [block for block in made.blocks if isinstance(block, Table)]
    assert [each for table in tables for each in broken(tuple(map(plain, table.header)), table.weights)] == []


def test_heads__of_all_that_can_become_of_a_sample__keep_their_words_whole() -> None:
    header = ("How it came in", *SAMPLE_NAMES["en"].values(), "All")
    assert broken(header, (1.6, *(1.0 for _ in header[1:]))) == ["interviewed", "no interview"]
    assert broken(header, weights_for(header, 1.6)) == []
