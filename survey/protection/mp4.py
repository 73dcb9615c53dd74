"""Film and sound in boxes (ISO/IEC 14496-12: MP4, M4A, 3GP, QuickTime) without notes of the camera.

What a player needs keeps its bytes and its place, as samples are found by their distance from the beginning of the file; every other box
becomes a free one of the same length. Tracks that are neither picture nor sound go with their samples: cameras write their way in them.
What is noted in the points or the sound itself (messages of a codec) stays. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

FREE = b"free"
SEEN_AND_HEARD = (b"vide", b"soun")
KEPT: dict[bytes, frozenset[bytes]] = {
    b"": frozenset((b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix")),
    b"moov": frozenset((b"mvhd", b"trak", b"mvex")),
    b"mvex": frozenset((b"mehd", b"trex", b"leva", b"trep")),
    b"trak": frozenset((b"tkhd", b"edts", b"mdia", b"tref", b"tapt")),
    b"mdia": frozenset((b"mdhd", b"hdlr", b"minf", b"elng")),
    b"minf": frozenset((b"vmhd", b"smhd", b"hdlr", b"dinf", b"stbl")),
    b"stbl": frozenset(
        (
            b"stsd",
            b"stts",
            b"ctts",
            b"cslg",
            b"stss",
            b"stps",
            b"stsh",
            b"stsz",
            b"stsc",
            b"stco",
            b"co64",
            b"sgpd",
            b"sbgp",
            b"sdtp",
            b"subs",
        )
    ),
    b"mfra": frozenset((b"tfra", b"mfro")),
    b"moof": frozenset((b"mfhd", b"traf")),
    b"traf": frozenset((b"tfhd", b"tfdt", b"trun", b"sgpd", b"sbgp", b"sdtp", b"subs")),
}
"""The boxes that stay, by the box that they stand in; "" is the file. What is in a box that has no line here stays as it is."""
TIMED = (b"mvhd", b"tkhd", b"mdhd")
"""Headers that begin with when something was made and changed: of 32 bits each, of 64 in version 1."""
MOST_BOXES, MOST_ROWS = 100_000, 2_000_000
"""A file with more boxes, or a table with more rows, is none that a device made: ten hours of film have a million samples."""
HANDLER_AT, NAME_AT = 8, 24
"""Where a `hdlr` says what its track is, and where a text of whoever wrote it begins."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, where it begins, where what it holds begins, and where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


class _TooManyError(Exception):
    """The file has more boxes or rows than any device writes."""


def without_camera_notes(data: bytes) -> bytes | None:
    """The file without notes; None where it cannot be said for certain what in it is picture and sound."""
    try:
        return _cleaned(data)
    except _TooManyError:
        return None


def _cleaned(data: bytes) -> bytes | None:
    bare = bytearray(data)
    outer = list(boxes(data, 0, len(data)))
    movies, is_in_fragments = [box for box in outer if box.kind == b"moov"], any(box.kind == b"moof" for box in outer)
    if len(movies) != 1 or _descend(data, movies[0], b"mvhd") is None:
        return None
    kept: list[tuple[int, int]] = []
    for track in (box for box in inside(data, movies[0]) if box.kind == b"trak"):
        if _handler(data, track) not in SEEN_AND_HEARD:
            if is_in_fragments:
                return None
            _free(bare, track)
            continue
        samples = _samples(data, track)
        if samples is None:
            return None
        kept += samples
    _clear(bare, b"", 0, len(data))
    if not is_in_fragments:
        media = _only(data, sorted(kept))
        for box in outer:
            if box.kind == b"mdat":
                bare[box.body : box.end] = media[box.body : box.end]
    return bytes(bare)


def boxes(data: bytes | bytearray, at: int, end: int) -> Iterator[Box]:
    """The boxes one after another from here to there; one that claims to be longer than there is room ends with the room."""
    n_boxes = 0
    while at + 8 <= end:
        n_boxes += 1
        if n_boxes > MOST_BOXES:
            raise _TooManyError
        size, body = int.from_bytes(data[at : at + 4]), at + 8
        if size == 1:
            size, body = int.from_bytes(data[at + 8 : at + 16]), at + 16
        after = end if size == 0 else min(end, max(at + size, body))
        if body > end:
            return
        yield Box(bytes(data[at + 4 : at + 8]), at, body, after)
        at = after


def inside(data: bytes | bytearray, box: Box) -> Iterator[Box]:
    """The boxes in a box."""
    return boxes(data, box.body, box.end)


def _descend(data: bytes, box: Box, *path: bytes) -> Box | None:
    """The box that is reached by these kinds, one in the other."""
    for kind in path:
        found = next((each for each in inside(data, box) if each.kind == kind), None)
        if found is None:
            return None
        box = found
    return box


def _handler(data: bytes, track: Box) -> bytes:
    """What a track is: `vide`, `soun`, or something else; "" where it does not say."""
    found = _descend(data, track, b"mdia", b"hdlr")
    return data[found.body + HANDLER_AT : found.body + HANDLER_AT + 4] if found else b""


def _clear(bare: bytearray, parent: bytes, at: int, end: int) -> None:
    for box in list(boxes(bare, at, end)):
        if box.kind == FREE or box.kind not in KEPT[parent]:
            _free(bare, box)
        elif box.kind in KEPT:
            _clear(bare, box.kind, box.body, box.end)
        elif box.kind in TIMED:
            n_bytes = 16 if bare[box.body : box.body + 1] == b"\x01" else 8
            _zero(bare, box.body + 4, min(box.end, box.body + 4 + n_bytes))
        elif box.kind == b"hdlr":
            _zero(bare, box.body + NAME_AT, box.end)
    last = max((box.end for box in boxes(bare, at, end)), default=at)
    _zero(bare, last, end)


def _free(bare: bytearray, box: Box) -> None:
    bare[box.start + 4 : box.start + 8] = FREE
    _zero(bare, box.body, box.end)


def _zero(bare: bytearray, start: int, end: int) -> None:
    if end > start:
        bare[start:end] = bytes(end - start)


def _only(data: bytes, kept: list[tuple[int, int]]) -> bytearray:
    """The bytes of these ranges at their places, and nothing between them; the ranges are in order and may overlap."""
    found, at = bytearray(len(data)), 0
    for start, end in kept:
        begin = max(start, at)
        if begin < min(end, len(data)):
            found[begin:end] = data[begin:end]
            at = end
    return found


def _samples(data: bytes, track: Box) -> list[tuple[int, int]] | None:
    """Where the samples of a track lie, by chunk; None where its tables are not those of the standard."""
    table = _descend(data, track, b"mdia", b"minf", b"stbl")
    if table is None:
        return None
    found = {box.kind: data[box.body : box.end] for box in inside(data, table)}
    width = 8 if b"co64" in found else 4
    chunks, sizes, runs = found.get(b"co64", found.get(b"stco")), found.get(b"stsz"), found.get(b"stsc")
    if chunks is None or sizes is None or runs is None or len(sizes) < 12:
        return None
    offsets = [row[0] for row in _rows(chunks, 1, width)]
    per_chunk = _samples_per_chunk(list(_rows(runs, 3, 4)), len(offsets))
    same = int.from_bytes(sizes[4:8])
    ends = [] if same else list(accumulate((row[0] for row in _rows(sizes[4:], 1, 4)), initial=0))
    ranges, n_before = [], 0
    for offset, n_samples in zip(offsets, per_chunk, strict=True):
        n_after = n_before + n_samples
        length = same * n_samples if same else ends[min(n_after, len(ends) - 1)] - ends[min(n_before, len(ends) - 1)]
        ranges.append((offset, offset + length))
        n_before = n_after
    return ranges


def _rows(table: bytes, n_columns: int, width: int) -> Iterator[tuple[int, ...]]:
    """The rows of a table that begins with version, flags and their number; no more than there are bytes for."""
    length = n_columns * width
    n_rows = min(int.from_bytes(table[4:8]), (len(table) - 8) // length)
    if n_rows > MOST_ROWS:
        raise _TooManyError
    for at in range(8, 8 + n_rows * length, length):
        yield tuple(int.from_bytes(table[each : each + width]) for each in range(at, at + length, width))


def _samples_per_chunk(runs: list[tuple[int, ...]], n_chunks: int) -> list[int]:
    """How many samples each chunk holds: a row tells it from its first chunk, counted from one, up to that of the next row."""
    found = [0] * n_chunks
    for number, (first, n_samples, _description) in enumerate(runs):
        after = runs[number + 1][0] - 1 if number + 1 < len(runs) else n_chunks
        for chunk in range(max(0, first - 1), min(after, n_chunks)):
            found[chunk] = n_samples
    return found
