"""Film and sound in elements (Matroska and WebM, RFC 9559) without notes of the camera: tags, titles, dates, attachments, chapters.

What a player needs keeps its bytes and its place; every other element becomes a void one of the same length. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from survey.protection.ogg import VORBIS, no_comments

EBML, SEGMENT, SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x1F43B675
TRACK, TRACK_TYPE, BLOCK_GROUP, VOID = 0xAE, 0x83, 0xA0, 0xEC
APPS = (0x4D80, 0x5741)
"""Which programs wrote the file: the standard asks for them, so they stay with no sign in them."""
AUDIO, VIDEO, CODEC_PRIVATE = 0xE1, 0xE0, 0x63A2
SEEN_AND_HEARD = (1, 2)
KEPT: dict[int, frozenset[int]] = {
    SEGMENT: frozenset((SEEK_HEAD, INFO, TRACKS, CUES, CLUSTER)),
    INFO: frozenset((0x2AD7B1, 0x4489, *APPS)),
    TRACKS: frozenset((TRACK,)),
    TRACK: frozenset(
        # Number, UID, type, enabled, default, forced, lacing, durations, scale, language, codec with its settings and delays; picture,
        # sound, and how they are packed.
        (0xD7, 0x73C5, TRACK_TYPE, 0xB9, 0x88, 0x55AA, 0x9C, 0x23E383, 0x234E7A, 0x23314F, 0x22B59C, 0x86, CODEC_PRIVATE)
        + (0x56AA, 0x56BB, VIDEO, AUDIO, 0x6DE7, 0x6DF8, 0x55EE, 0x6D80)
    ),
    CLUSTER: frozenset((0xE7, 0xA7, 0xAB, 0xA3, BLOCK_GROUP)),
    BLOCK_GROUP: frozenset((0xA1, 0x9B, 0xFB, 0x75A2, 0xFA)),
}
"""The elements that stay, by the element that they stand in. What is in an element that has no line here stays as it is."""
LEVEL_ONE = frozenset((*KEPT[SEGMENT], 0x1941A469, 0x1043A770, 0x1254C367))
"""Elements that end a cluster of unknown length."""


MOST_ELEMENTS = 2_000_000
"""A file with more elements is none that a device made: ten hours of film have a million blocks."""


class _TooManyError(Exception):
    """The file has more elements than any device writes."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element: its number, where it begins, where what it holds begins, and where it ends."""

    number: int
    start: int
    body: int
    end: int


def without_camera_notes(data: bytes) -> bytes | None:
    """The file without notes, up to where it is damaged; None where it holds something else than picture and sound."""
    head = next(_elements(data, 0, len(data)), None)
    if head is None or head.number != EBML:
        return None
    segment = next(_elements(data, head.end, len(data)), None)
    if segment is None or segment.number != SEGMENT:
        return None
    bare = bytearray(data[: segment.end])
    try:
        return bytes(bare) if _clear(bare, segment) else None
    except _TooManyError:
        return None


def _clear(bare: bytearray, parent: Element) -> bool:
    """Whether all that the element holds could be read; what does not stay is void then."""
    at = parent.body
    for each in list(_elements(bare, parent.body, parent.end, parent.number)):
        at = each.end
        if each.number not in KEPT[parent.number]:
            _void(bare, each)
        elif each.number in APPS:
            bare[each.body : each.end] = bytes(each.end - each.body)
        elif each.number == CODEC_PRIVATE:
            bare[each.body : each.end] = _settings(bytes(bare[each.body : each.end]))
        elif each.number == TRACK_TYPE:
            if int.from_bytes(bare[each.body : each.end]) not in SEEN_AND_HEARD:
                return False
        elif each.number in KEPT and not _clear(bare, each):
            return False
    if at < parent.end:
        # A piece of an element that was cut off, or no element: nobody can say what it tells.
        bare[at : parent.end] = bytes(parent.end - at)
    return True


def _settings(private: bytes) -> bytes:
    """The settings of a codec; of Vorbis, which keeps its comments among them, without those: the second of three packets."""
    lengths, at = list[int](), 1
    while private[:1] == b"\x02" and len(lengths) < 2 and at < len(private):
        length = 0
        while at < len(private) and private[at] == 0xFF:
            length, at = length + 0xFF, at + 1
        lengths.append(length + (private[at] if at < len(private) else 0))
        at += 1
    if len(lengths) < 2 or not private.startswith(VORBIS, at + lengths[0]):
        return private
    start, end = at + lengths[0], min(at + sum(lengths), len(private))
    return private[:start] + (no_comments(VORBIS, end - start) or bytes(end - start)) + private[end:]


def _void(bare: bytearray, each: Element) -> None:
    length = each.end - each.start
    head = bytes((VOID, 0x80 | length - 2)) if length <= 128 else bytes((VOID, 0x01)) + (length - 9).to_bytes(7)
    bare[each.start : each.end] = head + bytes(length - len(head))


def _elements(data: bytes | bytearray, at: int, end: int, within: int = 0) -> Iterator[Element]:
    """The elements one after another; an unknown length reaches to the end, of a cluster to the next element that is in none."""
    n_elements = 0
    while at < end:
        n_elements += 1
        if n_elements > MOST_ELEMENTS:
            raise _TooManyError
        number, after_number = _number(data, at, end, keeps_mark=True)
        size, body = _number(data, after_number, end, keeps_mark=False)
        if number is None or size is None:
            return
        if size == (1 << 7 * (body - after_number)) - 1:
            if number not in (SEGMENT, CLUSTER):
                return
            after = _end_of_cluster(data, body, end) if number == CLUSTER else end
        else:
            after = body + size
            if after > end:
                # Of what was cut off as it was filmed the whole elements count.
                if number not in KEPT or within not in (0, SEGMENT):
                    return
                after = end
        yield Element(number, at, body, after)
        at = after


def _end_of_cluster(data: bytes | bytearray, at: int, end: int) -> int:
    while at < end:
        number, after_number = _number(data, at, end, keeps_mark=True)
        size, body = _number(data, after_number, end, keeps_mark=False)
        if number is None or size is None or number in LEVEL_ONE or body + size > end:
            return at if number in LEVEL_ONE else end
        at = body + size
    return end


def _number(data: bytes | bytearray, at: int, end: int, *, keeps_mark: bool) -> tuple[int | None, int]:
    """A number of variable length, with or without the bit that marks its length, and where it ends; None where there is none."""
    if at >= end or data[at] == 0:
        return None, at
    length = 9 - data[at].bit_length()
    if at + length > end:
        return None, at
    found = int.from_bytes(data[at : at + length])
    return found if keeps_mark else found & ((1 << 7 * length) - 1), at + length
