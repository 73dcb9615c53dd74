"""Pictures tell whoever is shown no positions nothing but what is to be seen on them."""

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey.intake.models import Attachment, Submission
from survey.places.models import Household
from survey.protection.pictures import without_notes
from tests.conftest import SignIn
from tests.survey.protection.test_erasing import household

__all__ = ["household"]

SECRET, BEHIND = b"taken at Shangshigou", b"<script>alert(1)</script>"


def photograph(kind: str, *, turned: int = 6, **options: object) -> bytes:
    """A picture as a camera makes it: with its position, its device, a text, which way up it is, and something hung on behind."""
    picture = Image.effect_noise((48, 32), 90).convert("RGB")
    noted = Image.Exif()
    noted[Base.Orientation] = turned
    noted[Base.Model] = SECRET.decode()
    noted.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (33.0, 20.0, 15.5)
    told = PngInfo()
    told.add_text("Comment", SECRET.decode())
    more: dict[str, object] = {"png": {"pnginfo": told}, "jpeg": {"comment": SECRET}, "webp": {"xmp": SECRET, "lossless": True}}[kind]
    target = BytesIO()
    picture.save(target, kind, exif=noted, **{**more, **options})  # type: ignore[arg-type]
    return target.getvalue() + BEHIND


def points(data: bytes) -> bytes:
    """The points of a picture."""
    with Image.open(BytesIO(data)) as picture:
        return picture.convert("RGB").tobytes()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("jpeg", {}),
        ("jpeg", {"progressive": True}),
        ("jpeg", {"restart_marker_blocks": 2}),
        ("png", {}),
        ("webp", {}),
        ("webp", {"lossless": False}),
    ],
)
def test_without_notes__picture_of_a_camera__has_the_same_points_and_tells_nothing_else(kind: str, options: dict[str, object]) -> None:
    data = photograph(kind, **options)
    assert SECRET in data
    with Image.open(BytesIO(data)) as before:
        assert before.getexif().get_ifd(IFD.GPSInfo)
    bare = without_notes(data, f"image/{kind}")
    assert points(bare) == points(data)
    assert SECRET not in bare
    assert BEHIND not in bare
    with Image.open(BytesIO(bare)) as after:
        noted = after.getexif()
        assert dict(noted) == ({Base.Orientation: 6} if kind == "jpeg" else {})
        assert not noted.get_ifd(IFD.GPSInfo)
    assert without_notes(bare, f"image/{kind}") == bare


def test_without_notes__upright_damaged_or_other_file__is_no_failure() -> None:
    upright = without_notes(photograph("jpeg", turned=1), "image/jpeg")
    assert b"Exif" not in upright
    for kind in ("jpeg", "png", "webp"):
        whole = photograph(kind)
        for length in range(0, len(whole), 97):
            assert SECRET not in without_notes(whole[:length], f"image/{kind}")
    assert without_notes(b"sound", "audio/mpeg") == b"sound"


def test_picture__of_an_interview__tells_its_position_to_those_alone_who_are_shown_positions(
    app: Flask, session: Session, household: Household, sign_in: SignIn
) -> None:
    data = photograph("jpeg")
    sha256 = app.extensions["survey.storage"].put(data)
    session.execute(update(Attachment).values(sha256=sha256, media_type="image/jpeg"))
    session.commit()
    name = session.scalars(select(Attachment.name)).one()
    address = f"/review/{session.scalars(select(Submission.instance_id)).one()}"
    assert sign_in("coordinator").get(f"{address}/files/{name}").data == data
    seen = sign_in("author").get(f"{address}/files/{name}")
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    assert points(seen.data) == points(data)
    assert SECRET not in seen.data
    page = sign_in("author").get(address).get_data(as_text=True)
    assert "submission.xml" not in page
    assert "访谈地点示意图" not in page
    whole = sign_in("coordinator")
    assert "访谈地点示意图" in whole.get(address).get_data(as_text=True)
    assert whole.get(f"{address}/submission.xml").status_code == 200
    assert sign_in("author").get(f"{address}/submission.xml").status_code == 403


def test_without_notes__picture_that_says_it_is_enormous__is_given_without_being_opened() -> None:
    data = photograph("jpeg", turned=1)
    at = data.index(b"\xff\xc0") + 5
    enormous = without_notes(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :], "image/jpeg")
    assert SECRET not in enormous
    assert b"\xff\xff\xff\xff" in enormous
