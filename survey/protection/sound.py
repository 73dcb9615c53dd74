"""Sound in frames (MP3, AAC, AMR) and in chunks (WAV) without tags before, between and behind what is heard. Pure."""

import struct
from collections.abc import Callable

AMR_HEADS = {
    b"#!AMR\n": (12, 13, 15, 17, 19, 20, 26, 31, 5, 6, 5, 5, 0, 0, 0, 0),
    b"#!AMR-WB\n": (17, 23, 32, 36, 40, 46, 50, 58, 60, 5, 0, 0, 0, 0, 0, 0),
}
"""How many bytes a frame has after its first one, by its type (RFC 4867, section 5; 3GPP TS 26.101 and 26.201)."""
KBIT_PER_S = {
    (3, 1): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (3, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (2, 1): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""Rates of MPEG audio by version (3 is MPEG-1; 2 stands for MPEG-2 and 2.5) and layer as headers write it (1 is layer III, 2 layer II)."""
HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
WAV_KEPT = (b"fmt ", b"fact", b"data")


def wav_without_chunks(data: bytes) -> bytes | None:
    """The sound with the chunks that a player needs alone; None without any sound."""
    at, kept = 12, {}
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind in WAV_KEPT and kind not in kept:
            held = data[at + 8 : at + 8 + size]
            kept[kind] = kind + struct.pack("<I", len(held)) + held + bytes(len(held) % 2)
        at += 8 + size + size % 2
    if b"fmt " not in kept or b"data" not in kept:
        return None
    body = b"WAVE" + b"".join(kept.values())
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mpeg_without_tags(data: bytes) -> bytes | None:
    """The frames of an MP3 up to the first thing that is none; None where there are none."""
    return _frames(data, _after_id3(data), _mpeg_length) or None


def aac_without_tags(data: bytes) -> bytes | None:
    """The frames of an AAC stream (ADTS) up to the first thing that is none; None where there are none."""
    return _frames(data, _after_id3(data), _adts_length) or None


def amr_without_tags(data: bytes) -> bytes | None:
    """The frames of an AMR file up to the first thing that is none; None for one of several channels."""
    head = next((each for each in AMR_HEADS if data.startswith(each)), None)
    if head is None:
        return None
    lengths = AMR_HEADS[head]
    return head + _frames(data, len(head), lambda begin: 0 if begin[0] & 0x83 else 1 + lengths[begin[0] >> 3 & 15])


def _frames(data: bytes, at: int, length_of: Callable[[bytes], int]) -> bytes:
    """The whole frames that follow each other from here; a frame of no length is none."""
    begin = at
    while at < len(data):
        length = length_of(data[at : at + 6])
        if not length or at + length > len(data):
            break
        at += length
    return data[begin:at]


def _after_id3(data: bytes) -> int:
    """Where the sound begins behind the tags before it (ID3v2); the length of a tag is written in sevens of bits."""
    at = 0
    while data.startswith(b"ID3", at) and at + 10 <= len(data):
        size = sum((data[at + 6 + place] & 0x7F) << 7 * (3 - place) for place in range(4))
        at += 10 + size + (10 if data[at + 5] & 0x10 else 0)
    return at


def _mpeg_length(begin: bytes) -> int:
    if len(begin) < 4 or begin[0] != 0xFF or begin[1] & 0xE0 != 0xE0:
        return 0
    version, layer = begin[1] >> 3 & 3, begin[1] >> 1 & 3
    rate, hz = begin[2] >> 4, begin[2] >> 2 & 3
    if version == 1 or layer not in (1, 2) or rate in (0, 15) or hz == 3:
        return 0
    samples = 72 if version != 3 and layer == 1 else 144
    return samples * 1000 * KBIT_PER_S[max(version, 2), layer][rate] // HZ[version][hz] + (begin[2] >> 1 & 1)


def _adts_length(begin: bytes) -> int:
    if len(begin) < 6 or begin[0] != 0xFF or begin[1] & 0xF6 != 0xF0:
        return 0
    length = (begin[3] & 3) << 11 | begin[4] << 3 | begin[5] >> 5
    return length if length >= 7 else 0
