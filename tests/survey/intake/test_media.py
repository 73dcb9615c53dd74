"""What kind of file some bytes are, whatever their name or sender says."""

from pathlib import Path

import pytest

from questionnaires.errors import ErrorCode, SurveyError
from survey.intake.attachments import is_unsafe
from survey.intake.media import is_shown, media_type_of, suits_name, suits_question
from survey.kept_files import GivenFile, keep_files
from survey.storage import Storage


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\xff\xd8\xff\xe1rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPrest", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVErest", "audio/wav"),
        (b"xxxxxxxxWEBP", "application/octet-stream"),
        (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"#!AMR\n", "audio/amr"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_media_type_of__first_bytes__tell(data: bytes, media_type: str) -> None:
    assert media_type_of(data) == media_type


@pytest.mark.parametrize(
    ("media_type", "question_type", "suits"),
    [
        ("image/jpeg", "image", True),
        ("application/pdf", "image", False),
        ("video/mp4", "audio", True),
        ("audio/mpeg", "video", False),
        ("application/pdf", "file", True),
    ],
)
def test_suits_question__kind_of_file__must_be_what_is_asked_for(media_type: str, question_type: str, suits: bool) -> None:
    assert suits_question(media_type, question_type) is suits


@pytest.mark.parametrize(
    ("name", "media_type", "suits"),
    [
        ("well.jpg", "image/jpeg", True),
        ("well.JPG", "image/heic", True),
        ("well.jpg", "application/zip", False),
        ("well.jpg", "application/octet-stream", False),
        ("well.html", "image/jpeg", False),
        ("well", "image/png", False),
        ("told.m4a", "video/mp4", True),
        ("told.mp3", "image/png", False),
        ("paper.pdf", "application/pdf", True),
        ("paper.pdf", "application/octet-stream", False),
        ("table.xlsx", "application/zip", True),
        ("table.xlsx", "application/pdf", False),
        ("words.txt", "application/octet-stream", True),
        ("words.txt", "application/pdf", False),
        ("pack.odg", "application/zip", True),
    ],
)
def test_suits_name__ending_of_a_name__must_be_of_what_the_bytes_show(name: str, media_type: str, suits: bool) -> None:
    assert suits_name(media_type, name) is suits


def test_keep_files__named_as_what_it_is_not__keeps_none(tmp_path: Path) -> None:
    storage = Storage(str(tmp_path))
    good, false = GivenFile("纪要.pdf", b"%PDF-1.4"), GivenFile("照片.jpg", b"MZ\x90 a program")
    with pytest.raises(SurveyError, match="照片.jpg") as refused:
        keep_files(storage, [good, false])
    assert refused.value.code is ErrorCode.INVALID_VALUE
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert [each.name for each in keep_files(storage, [good])] == ["纪要.pdf"]


def test_is_shown__only_pictures_sound_and_film_that_run_nothing() -> None:
    assert is_shown("image/png")
    assert not is_shown("image/svg+xml")
    assert not is_shown("text/html")
    assert not is_shown("application/pdf")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b.jpg", "a\\b.jpg", "c:x.jpg", "a\x00.jpg", "a\u202egpj.exe", "x" * 256])
def test_is_unsafe__name_that_could_mislead__is_refused(name: str) -> None:
    assert is_unsafe(name)


@pytest.mark.parametrize("name", ["1524212345678.jpg", "签名 2.png", ".hidden"])
def test_is_unsafe__ordinary_name__is_taken(name: str) -> None:
    assert not is_unsafe(name)
