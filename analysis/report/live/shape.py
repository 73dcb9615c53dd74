"""The shape of a table: its cells' words with figures named by their tags, to compare a table with itself whatever its numbers."""

import hashlib
from collections.abc import Sequence

from analysis.report.live.controls import tag_of
from analysis.report.outline import Table
from analysis.report.texts import Figure, Words, text_of

OPENING, CLOSING = "⟦", "⟧"
"""What stands around a tag in place of a figure."""


def cell_shape(words: Words) -> str:
    """The cell's words with a tag for each figure."""
    return "".join(f"{OPENING}{tag_of(part.address)}{CLOSING}" if isinstance(part, Figure) else str(part) for part in text_of(words))


def rows_of(table: Table) -> tuple[tuple[str, ...], ...]:
    """The shape of every row of the table, its header first."""
    return (tuple(map(cell_shape, table.header)), *(tuple(map(cell_shape, row.cells)) for row in table.rows))


def digest_of(rows: Sequence[Sequence[str]]) -> str:
    """A short digest of the rows of shapes."""
    return hashlib.sha256("\x1e".join("\x1f".join(row) for row in rows).encode()).hexdigest()[:32]
