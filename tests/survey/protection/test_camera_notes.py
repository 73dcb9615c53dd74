"""Sound and film lose what devices noted beside them, and are seen and heard as before. The recordings tell how they were made."""

import struct
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.intake.media import media_type_of
from survey.intake.models import Attachment, Submission
from survey.places.models import Household
from survey.protection import matroska, mp4, ogg
from survey.protection.camera_notes import CLEANERS, without_camera_notes
from tests.conftest import SignIn
from tests.survey.protection.test_erasing import household

__all__ = ["household"]

RECORDINGS = sorted(path for path in Path(__file__).with_name("recordings").iterdir() if path.suffix != ".md")
SECRET = b"SECRET"
NOTED = (SECRET, b"+33.34", b"2018-04-17")
LATER = b"TAG" + SECRET * 20 + bytes(5)
SOUND, SEEN = b"what was said", b"what was seen"


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)
def test_recording__as_a_device_makes_it__tells_nothing_beside_what_is_seen_and_heard(path: Path) -> None:
    data = path.read_bytes() + (LATER if path.suffix in (".mp3", ".aac", ".amr") else b"")
    kind = media_type_of(data)
    assert any(noted in data for noted in NOTED)
    bare = without_camera_notes(data, kind)
    assert bare is not None
    assert not [noted for noted in NOTED if noted in bare]
    assert without_camera_notes(bare, kind) == bare
    for kept in _seen_and_heard(data, kind):
        assert kept in bare


def _seen_and_heard(data: bytes, kind: str) -> list[bytes]:
    """The long pieces of a recording that nothing may change."""
    if kind in ("video/mp4", "audio/mp4"):
        return [data[box.body : box.end] for box in mp4.boxes(data, 0, len(data)) if box.kind == b"mdat"]
    if kind == "video/webm":
        return [data[data.index(matroska.CLUSTER.to_bytes(4)) : data.index(matroska.CUES.to_bytes(4))]]
    if kind == "audio/ogg":
        return [data[data.index(b"OggS", data.index(b"OpusTags")) :]]
    return [data[data.index(b"\xff\xfb") : -len(LATER)] if kind == "audio/mpeg" else data[: -len(LATER)]]


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.name)
def test_recording__cut_off_anywhere__tells_nothing_either(path: Path) -> None:
    data = path.read_bytes()
    for length in range(0, len(data), 61):
        bare = without_camera_notes(data[:length], media_type_of(data)) or b""
        assert not [noted for noted in NOTED if noted in bare]


def test_wav__with_notes_before_and_behind__keeps_its_sound_alone() -> None:
    def chunk(kind: bytes, held: bytes) -> bytes:
        return kind + struct.pack("<I", len(held)) + held + bytes(len(held) % 2)

    form, sound = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)), chunk(b"data", b"odd" * 7)
    body = b"WAVE" + chunk(b"LIST", SECRET) + form + chunk(b"id3 ", SECRET) + sound + chunk(b"bext", SECRET)
    bare = without_camera_notes(b"RIFF" + struct.pack("<I", len(body)) + body + SECRET, "audio/wav")
    assert bare == b"RIFF" + struct.pack("<I", 4 + len(form) + len(sound)) + b"WAVE" + form + sound
    assert without_camera_notes(b"RIFF" + bytes(4) + b"WAVE" + chunk(b"LIST", SECRET), "audio/wav") is None


def box(kind: bytes, *held: bytes) -> bytes:
    """A box of a film."""
    body = b"".join(held)
    return struct.pack(">I", 8 + len(body)) + kind + body


def track(handler: bytes, offset: int, sizes: list[int], *notes: bytes) -> bytes:
    """A track whose samples lie in one chunk."""
    table = box(
        b"stbl",
        box(b"stsd", bytes(8)),
        box(b"stsc", bytes(4), struct.pack(">IIII", 1, 1, len(sizes), 1)),
        box(b"stsz", bytes(8), struct.pack(f">I{len(sizes)}I", len(sizes), *sizes)),
        box(b"stco", bytes(4), struct.pack(">II", 1, offset)),
        *notes,
    )
    said = box(b"hdlr", bytes(8), handler, bytes(12), SECRET, b"\0")
    return box(b"trak", box(b"tkhd", bytes(4), SECRET[:4], SECRET[:4], bytes(72)), box(b"mdia", said, box(b"minf", table)), *notes)


def film(notes: list[bytes], way: bytes, *, between: bytes = b"") -> bytes:
    """A film with sound, pictures, and a track of the way that was gone, as phones write it; with notes in every place."""
    start = box(b"ftyp", b"isom", bytes(4))
    samples = SOUND + between + way + SEEN
    at = len(start) + 8
    tracks = (
        track(b"soun", at, [5, 8], *notes),
        track(b"mett", at + len(SOUND + between), [len(way)], *notes),
        track(b"vide", at + len(SOUND + between + way), [len(SEEN)], *notes),
    )
    return start + box(b"mdat", samples) + box(b"moov", box(b"mvhd", bytes(100)), *tracks, *notes) + b"".join(notes)


NOTES = st.lists(
    st.builds(
        box,
        st.sampled_from([b"udta", b"meta", b"uuid", b"loci", b"\xa9xyz", b"free", b"skip", b"Xtra", b"iods"])
        | st.binary(min_size=4, max_size=4),
        st.just(SECRET),
    ).filter(lambda each: each[4:8] not in frozenset().union(*mp4.KEPT.values())),
    max_size=4,
)


@settings(deadline=None)
@given(NOTES, st.binary(max_size=40), st.binary(max_size=9))
def test_film__with_notes_anywhere_and_a_track_of_the_way__keeps_pictures_and_sound_in_their_places(
    notes: list[bytes], way: bytes, between: bytes
) -> None:
    data = film(notes, SECRET + way, between=SECRET + between)
    bare = without_camera_notes(data, "video/mp4")
    assert bare is not None
    assert len(bare) == len(data)
    assert SECRET[:4] not in bare
    assert (bare.index(SOUND), bare.index(SEEN)) == (data.index(SOUND), data.index(SEEN))
    assert [each.kind for each in mp4.boxes(bare, 0, len(bare))][:3] == [b"ftyp", b"mdat", b"moov"]
    assert without_camera_notes(bare, "video/mp4") == bare


def test_film__whose_tracks_cannot_be_told_apart__is_not_given() -> None:
    whole = film([], SECRET)
    assert without_camera_notes(whole.replace(b"moov", b"moof"), "video/mp4") is None
    assert without_camera_notes(whole + box(b"moof", box(b"mfhd")), "video/mp4") is None
    assert without_camera_notes(whole + whole[whole.index(b"moov") - 4 :], "video/mp4") is None
    assert without_camera_notes(whole.replace(b"stsz", b"stz2"), "video/mp4") is None


def element(number: int, *held: bytes) -> bytes:
    """An element of Matroska."""
    body = b"".join(held)
    return number.to_bytes((number.bit_length() + 7) // 8) + (1 << 56 | len(body)).to_bytes(8) + body


def webm(notes: list[bytes], track_type: int = 2, private: bytes = b"OpusHead") -> bytes:
    """Sound as browsers write it, with notes in every place."""
    tracks = element(
        matroska.TRACKS,
        element(matroska.TRACK, element(0xD7, b"\1"), element(0x83, bytes((track_type,))), element(0x63A2, private), *notes),
        *notes,
    )
    cluster = element(matroska.CLUSTER, element(0xE7, b"\0"), *notes, element(0xA3, b"\x81\0\0\x80", SOUND))
    segment = element(matroska.SEGMENT, *notes, element(matroska.INFO, element(0x5741, SECRET), *notes), tracks, cluster, *notes)
    return element(matroska.EBML, element(0x4282, b"webm")) + segment


ELEMENT_NOTES = st.lists(
    st.builds(
        element,
        st.sampled_from([0x1254C367, 0x1941A469, 0x1043A770, 0x7BA9, 0x4461, 0x536E, 0xEC, 0xBF, 0x7384]),
        st.just(SECRET) | st.just(SECRET * 40),
    ),
    max_size=4,
)


@settings(deadline=None)
@given(ELEMENT_NOTES)
def test_webm__with_notes_anywhere__keeps_its_sound_in_its_place(notes: list[bytes]) -> None:
    data = webm(notes)
    bare = without_camera_notes(data, "video/webm")
    assert bare is not None
    assert len(bare) == len(data)
    assert SECRET not in bare
    assert bare.index(SOUND) == data.index(SOUND)
    assert without_camera_notes(bare, "video/webm") == bare


def test_webm__with_texts_as_a_track_or_comments_among_settings__gives_neither() -> None:
    assert without_camera_notes(webm([], track_type=17), "video/webm") is None
    heads = [b"\x01vorbis" + bytes(23), b"\x03vorbis" + struct.pack("<I", 6) + SECRET + struct.pack("<I", 0) + b"\x01", b"\x05vorbis set"]
    private = b"\x02" + bytes((len(heads[0]), len(heads[1]))) + b"".join(heads)
    bare = without_camera_notes(webm([], private=private), "video/webm")
    assert bare is not None
    assert SECRET not in bare
    assert heads[0] in bare
    assert heads[2] in bare


def page(serial: int, packets: list[bytes], *, first: bool = False) -> bytes:
    """A page of Ogg whose packets end in it."""
    laces = b"".join(b"\xff" * (len(each) // 255) + bytes((len(each) % 255,)) for each in packets)
    head = b"OggS\0" + bytes((2 if first else 0,)) + bytes(8) + serial.to_bytes(4, "little") + bytes(8) + bytes((len(laces),)) + laces
    made = head + b"".join(packets)
    return made[:22] + ogg.checksum(made).to_bytes(4, "little") + made[26:]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=90), max_size=9), st.integers(0, 40))
def test_ogg__with_comments_of_any_length__has_as_many_bytes_and_right_checksums(texts: list[bytes], n_blanks: int) -> None:
    comments = b"\x03vorbis" + struct.pack("<I", n_blanks) + SECRET.ljust(n_blanks)[:n_blanks] + struct.pack("<I", len(texts))
    comments += b"".join(struct.pack("<I", len(SECRET + each)) + SECRET + each for each in texts) + b"\x01"
    data = page(7, [b"\x01vorbis" + bytes(23)], first=True) + page(7, [comments, b"\x05vorbis set"]) + page(7, [SOUND])
    bare = without_camera_notes(data, "audio/ogg")
    assert bare is not None
    assert SECRET not in bare
    assert len(bare) == len(data)
    assert bare.endswith(page(7, [SOUND]))
    for start in (0, bare.index(b"OggS", 1)):
        end = bare.find(b"OggS", start + 1)
        made = bare[start:end]
        assert ogg.checksum(made[:22] + bytes(4) + made[26:]) == int.from_bytes(made[22:26], "little")
    assert without_camera_notes(page(8, [b"fishead"], first=True) + data, "audio/ogg") is None
    assert without_camera_notes(data + data, "audio/ogg") is None


def test_file__with_more_pieces_than_a_device_writes__is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp4, "MOST_BOXES", 50)
    monkeypatch.setattr(mp4, "MOST_ROWS", 50)
    monkeypatch.setattr(matroska, "MOST_ELEMENTS", 50)
    assert without_camera_notes(film([box(b"free")] * 40, b"way"), "video/mp4") is not None
    assert without_camera_notes(film([box(b"free")] * 60, b"way"), "video/mp4") is None
    start = box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", SOUND)
    for n_samples, is_given in ((40, True), (60, False)):
        data = start + box(b"moov", box(b"mvhd", bytes(100)), track(b"soun", 24, [0] * n_samples))
        assert (without_camera_notes(data, "video/mp4") is not None) == is_given
    assert without_camera_notes(webm([element(0xEC)] * 20), "video/webm") is not None
    assert without_camera_notes(webm([element(0xEC)] * 60), "video/webm") is None


@settings(deadline=None)
@given(st.sampled_from(sorted(CLEANERS)), st.sampled_from(RECORDINGS), st.data())
def test_file__of_any_bytes__is_no_failure(kind: str, path: Path, drawn: st.DataObject) -> None:
    data = bytearray(path.read_bytes()[: drawn.draw(st.integers(0, 4000))])
    for _change in range(drawn.draw(st.integers(0, 12))):
        if data:
            data[drawn.draw(st.integers(0, len(data) - 1))] = drawn.draw(st.integers(0, 255))
    bare = without_camera_notes(bytes(data), kind)
    assert bare is None or len(bare) <= len(data) + 40


def test_file__that_cannot_be_cleaned__is_given_to_those_alone_who_are_shown_names(
    app: Flask, session: Session, household: Household, sign_in: SignIn
) -> None:
    address = f"/review/{session.scalars(select(Submission.instance_id)).one()}"
    name = session.scalars(select(Attachment.name)).one()
    recording = next(path for path in RECORDINGS if path.name == "film.mp4").read_bytes()
    for data in (b"%PDF-1.7 " + SECRET, recording, recording.replace(b"stsz", b"stz2")):
        sha256 = app.extensions["survey.storage"].put(data)
        session.execute(update(Attachment).values(sha256=sha256, media_type=media_type_of(data)))
        session.commit()
        assert sign_in("coordinator").get(f"{address}/files/{name}").data == data
        author = sign_in("author")
        seen, shown = author.get(f"{address}/files/{name}"), author.get(address).get_data(as_text=True)
        assert SECRET not in seen.data
        assert seen.status_code == (200 if data == recording else 403)
        assert ("不提供" in shown) == data.startswith(b"%PDF")
