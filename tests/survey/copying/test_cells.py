"""A value is the same in every database: as a cell and back, and by the hash of its row."""

from datetime import UTC, date, datetime

from survey.copying.cells import Kind, cell_of, cells_of, line_of, row_hash, value_of


def test_cell__of_every_kind__comes_back_from_a_line() -> None:
    moment = datetime(2018, 4, 20, 8, 30, 1, 5, tzinfo=UTC)
    values = ((Kind.INSTANT, moment), (Kind.DAY, date(2018, 4, 20)), (Kind.BYTES, b"\0\xff"), (Kind.TRUTH, True), (Kind.PLAIN, "户"))
    values = (*values, (Kind.PLAIN, 2**70), (Kind.PLAIN, 0.1), (Kind.PLAIN, None), (Kind.DOCUMENT, "null"), (Kind.DOCUMENT, None))
    cells = cells_of(line_of([cell_of(kind, value) for kind, value in values]))
    assert [value_of(kind, cell) for (kind, _value), cell in zip(values, cells, strict=True)] == [value for _kind, value in values]
    assert cell_of(Kind.INSTANT, moment.replace(tzinfo=None)) == cell_of(Kind.INSTANT, moment)


def test_row_hash__of_documents__counts_what_they_say() -> None:
    kinds = (Kind.PLAIN, Kind.DOCUMENT)

    def hash_of(document: str | None) -> int:
        return row_hash(kinds, ["a", document])

    assert hash_of('{"b": 1, "a": [0.5, 1e+16, -0.0]}') == hash_of('{"a":[0.5,10000000000000000,0.0],"b":1}')
    assert hash_of('{"b": "\\u6237"}') == hash_of('{"b": "户"}')
    assert len({hash_of(each) for each in (None, "null", "1", "1.5", '"1"', "[]", "{}", "[1]", "[1, 1]")}) == 9
    assert hash_of('"\\ud800"') != hash_of('"\\ud801"')
