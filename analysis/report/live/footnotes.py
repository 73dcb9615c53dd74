"""Calls of footnotes in a table that is drawn anew: each goes to the cell in which it stood, of the same row and column."""

from collections.abc import Iterator, Sequence

from analysis.report.live.scanning import TableTags

ROW_END, CELL_END = "</w:tr>", "</w:p></w:tc>"
Shapes = Sequence[Sequence[str]]


def with_calls(table_xml: str, table: TableTags, current: Shapes, wanted: Shapes) -> tuple[str, int]:
    """The new table, which has the shapes `wanted`, with the calls of the old one, and how many have no cell there any more."""
    calls = {(row, column): cell.calls for row, cells in enumerate(table.rows) for column, cell in enumerate(cells) if cell.calls}
    if not calls:
        return table_xml, 0
    places = dict(_same_places(current, wanted))
    found = {places[place]: b"".join(called).decode() for place, called in calls.items() if place in places}
    n_lost = sum(len(called) for place, called in calls.items() if place not in places)
    rows = [row.split(CELL_END) for row in table_xml.split(ROW_END)]
    for (row, column), runs in found.items():
        rows[row][column] += runs
    return ROW_END.join(CELL_END.join(cells) for cells in rows), n_lost


def _same_places(current: Shapes, wanted: Shapes) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Each cell of the old table with that of the new one: rows are the same by their first cells, columns by their headers."""
    columns = _same_names(current[0], wanted[0]) if current and wanted else {}
    # The header may say something else today; it is the header nevertheless.
    rows = {0: 0} | {old + 1: new + 1 for old, new in _same_names(_firsts(current), _firsts(wanted)).items()}
    for old_row, new_row in rows.items():
        for old, new in columns.items():
            if old < len(current[old_row]) and new < len(wanted[new_row]):
                yield (old_row, old), (new_row, new)


def _firsts(rows: Shapes) -> list[str]:
    return [row[0] if row else "" for row in rows[1:]]


def _same_names(current: Sequence[str], wanted: Sequence[str]) -> dict[int, int]:
    """The places of the names in `current` with those in `wanted`; of a name that comes more than once, in order."""
    left: dict[str, list[int]] = {}
    for place, name in enumerate(wanted):
        left.setdefault(name, []).append(place)
    return {place: left[name].pop(0) for place, name in enumerate(current) if left.get(name)}
