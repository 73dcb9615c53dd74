"""Sound and film in Ogg pages (RFC 3533) without what stands in the comments of their streams. Pure."""

from dataclasses import dataclass, field

CAPTURE, HEAD_LENGTH, FIRST, CHECKSUM_AT, WHOLE = b"OggS", 27, 0x02, 22, 255
VORBIS = b"\x03vorbis"
COMMENTS = {b"OpusHead": b"OpusTags", b"\x01vorbis": VORBIS, b"\x80theora": b"\x81theora"}
"""How the comments of a stream begin, by how its first packet does."""
POLYNOMIAL = 0x04C11DB7


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        rest = value << 24
        for _bit in range(8):
            rest = (rest << 1) ^ (POLYNOMIAL if rest & 0x80000000 else 0)
        table.append(rest & 0xFFFFFFFF)
    return tuple(table)


CRC = _crc_table()


@dataclass(slots=True)
class _Stream:
    """What is known of a stream so far: how its comments begin, how many packets ended, and where in the file the comments lie."""

    begin: bytes
    n_packets: int = 0
    pieces: list[tuple[int, int]] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)


def without_comments(data: bytes) -> bytes | None:
    """The file with comments that say nothing, up to where it is damaged; None where a stream is of a kind whose comments are not known."""
    streams: dict[bytes, _Stream] = {}
    at = 0
    while (after := _end_of_page(data, at)) is not None:
        stream = _stream_of(data, at, streams)
        if stream is None:
            return None
        _note_pieces(data, at, stream)
        at = after
    bare = bytearray(data[:at])
    for stream in streams.values():
        length = sum(end - start for start, end in stream.pieces)
        told = no_comments(stream.begin, length)
        if stream.n_packets < 2 or told is None or not _held(data, stream.pieces).startswith(stream.begin):
            return None
        for start, end in stream.pieces:
            bare[start:end], told = told[: end - start], told[end - start :]
        for page in stream.pages:
            _sign(bare, page)
    return bytes(bare) if streams else None


def no_comments(begin: bytes, length: int) -> bytes | None:
    """A packet of comments of this length without any, and with blanks where the program is named; None where so few bytes are none."""
    framing = b"\x01" if begin == VORBIS else b""
    n_blanks = length - len(begin) - 8 - len(framing)
    return None if n_blanks < 0 else begin + n_blanks.to_bytes(4, "little") + b" " * n_blanks + bytes(4) + framing


def _held(data: bytes, pieces: list[tuple[int, int]]) -> bytes:
    return b"".join(data[start:end] for start, end in pieces)


def _stream_of(data: bytes, at: int, streams: dict[bytes, _Stream]) -> _Stream | None:
    """The stream that a page belongs to; None for one of an unknown kind, and where one begins anew under the number of an earlier one."""
    serial, body = data[at + 14 : at + 18], at + HEAD_LENGTH + data[at + 26]
    if data[at + 5] & FIRST:
        begin = next((comments for head, comments in COMMENTS.items() if data.startswith(head, body)), None)
        if begin is None or serial in streams:
            return None
        streams[serial] = _Stream(begin)
    return streams.get(serial)


def _end_of_page(data: bytes, at: int) -> int | None:
    """Where the page that begins here ends; None where there is no whole one."""
    if not data.startswith(CAPTURE, at) or at + HEAD_LENGTH > len(data):
        return None
    body = at + HEAD_LENGTH + data[at + 26]
    after = body + sum(data[at + HEAD_LENGTH : body])
    return after if after <= len(data) else None


def _note_pieces(data: bytes, at: int, stream: _Stream) -> None:
    """Nothing; the pieces of this page that belong to the second packet of its stream are noted, and its packets counted."""
    place = at + HEAD_LENGTH + data[at + 26]
    for length in data[at + HEAD_LENGTH : place]:
        if stream.n_packets == 1:
            stream.pieces.append((place, place + length))
            if at not in stream.pages[-1:]:
                stream.pages.append(at)
        place += length
        if length < WHOLE:
            stream.n_packets += 1


def _sign(bare: bytearray, at: int) -> None:
    """Nothing; the checksum of the page is that of its bytes."""
    body = at + HEAD_LENGTH + bare[at + 26]
    after = body + sum(bare[at + HEAD_LENGTH : body])
    bare[at + CHECKSUM_AT : at + CHECKSUM_AT + 4] = bytes(4)
    bare[at + CHECKSUM_AT : at + CHECKSUM_AT + 4] = checksum(bytes(bare[at:after])).to_bytes(4, "little")


def checksum(page: bytes) -> int:
    """The checksum of a page in which the place of the checksum is empty."""
    rest = 0
    for value in page:
        rest = (rest << 8 & 0xFFFFFFFF) ^ CRC[(rest >> 24) ^ value]
    return rest
