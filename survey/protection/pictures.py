"""Pictures without what stands beside their points: where and when they were taken, by which device, and whatever was hung on behind.

Nothing is drawn anew: segments of the file that say how it looks are kept as they are, all others are left out. Of what cameras note only
stays which way up it is. GIF has no place for a position. Pure.
"""

import struct
from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from analysis.damaged import OF_PICTURES

ORIENTATION = 0x0112
UPRIGHT = 1
START_OF_SCAN, END, APP0, APP1, APP2, APP14, COMMENT = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE
RESTARTS = range(0xD0, 0xD8)
PNG_LOOKS = frozenset(
    (b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs", b"sBIT", b"bKGD", b"acTL", b"fcTL", b"fdAT", b"cICP", b"mDCV", b"cLLI")
)
"""Chunks of a PNG that may be left out and say how it looks."""
WEBP_NOTES = {b"EXIF": 0x08, b"XMP ": 0x04}
"""Chunks of a WebP that say what a camera noted, with the bit that announces each."""


def without_notes(data: bytes, media_type: str) -> bytes:
    """The picture without notes of its camera and without whatever follows it; of one that is damaged what comes before the damage."""
    if media_type == "image/jpeg":
        return b"\xff\xd8" + _orientation(data) + b"".join(_of_jpeg(data))
    if media_type == "image/png":
        return data[:8] + b"".join(_of_png(data))
    if media_type == "image/webp":
        body = b"WEBP" + b"".join(_of_webp(data))
        return b"RIFF" + struct.pack("<I", len(body)) + body
    return data


def _orientation(data: bytes) -> bytes:
    """The segment that says which way up a JPEG is; nothing for one that is upright."""
    try:
        with Image.open(BytesIO(data)) as picture:
            told = picture.getexif().get(ORIENTATION, UPRIGHT)
    except OF_PICTURES:
        return b""
    if not isinstance(told, int) or told not in range(2, 9):
        return b""
    # A TIFF with one entry: tag, type SHORT, one value.
    noted = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, ORIENTATION, 3, 1, told, 0, 0)
    return struct.pack(">BBH", 0xFF, APP1, len(noted) + 2) + noted


def _of_jpeg(data: bytes) -> Iterator[bytes]:
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == END:
            break
        after = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == START_OF_SCAN:
            after = _end_of_scan(data, after)
        if _is_looks(marker, data[at + 4 : at + 16]):
            yield data[at:after]
        at = after
    yield bytes((0xFF, END))


def _is_looks(marker: int, begin: bytes) -> bool:
    """Whether a segment of a JPEG says how it looks: of those for applications JFIF's, the profile of colours, and Adobe's."""
    if marker == APP2:
        return begin.startswith(b"ICC_PROFILE\0")
    return marker in (APP0, APP14) or not (APP0 <= marker <= 0xEF or marker == COMMENT)


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next segment begins after the points of one scan, in which 0xFF is followed by nothing or by the number of a restart."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] != 0 and data[at + 1] not in RESTARTS:
            return at
        at += 2
    return len(data)


def _of_png(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(data):
        kind, after = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        if kind[:1].isupper() or kind in PNG_LOOKS:
            yield data[at:after]
        if kind == b"IEND":
            return
        at = after


def _of_webp(data: bytes) -> Iterator[bytes]:
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        after = at + 8 + size + size % 2
        if kind == b"VP8X":
            flags = data[at + 8] & ~sum(WEBP_NOTES.values()) if at + 8 < len(data) else 0
            yield data[at : at + 8] + bytes((flags,)) + data[at + 9 : after]
        elif kind not in WEBP_NOTES:
            yield data[at:after]
        at = after
