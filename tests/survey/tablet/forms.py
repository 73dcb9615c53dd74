"""Questionnaires for the tests of the tablet pages, as Markdown tables; the people and villages in them are invented."""

import io
import wave
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).parent
FIELD_FORM = (FOLDER / "field_form.md").read_text(encoding="utf-8")
"""A short interview with everything that matters in the field: skip logic, calculations, a repeat, position, picture, signature."""
TYPES_FORM = (FOLDER / "types_form.md").read_text(encoding="utf-8")
"""One question of every type."""
WIDGETS_FORM = (FOLDER / "widgets_form.md").read_text(encoding="utf-8")
"""The appearances: every widget that is not a type's plain one, the media of questions and choices, and repeats inside repeats."""

ROOMS = """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="160">
<style>.room { stroke: #333; stroke-width: 2px; }</style>
<rect id="kitchen" class="room" style="fill: #fdefd2" x="10" y="10" width="130" height="140"/>
<rect id="bedroom" class="room" style="fill: #ddf1ea" x="150" y="10" width="140" height="140" onclick="alert(1)"/>
<text x="50" y="85">A</text><text x="210" y="85">B</text><script>alert(2)</script></svg>"""


def widget_files() -> dict[str, bytes]:
    """The files that `WIDGETS_FORM` names: a picture, a plan of two rooms, and a second of silence."""
    picture, sound = io.BytesIO(), io.BytesIO()
    Image.new("RGB", (320, 200), "#b5651d").save(picture, "PNG")
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(b"\x80" * 8000)
    return {"house.png": picture.getvalue(), "rooms.svg": ROOMS.encode(), "hello.wav": sound.getvalue()}


CAPTURE_FORM = (FOLDER / "capture_form.md").read_text(encoding="utf-8")
"""What is taken from the device and from files: a code, a path, a moment, choices by search() and on a sheet."""
CROPS = """crop_key,crop,season
maize,玉米（虚构） Maize,summer
soya,黄豆（虚构） Soya,summer
wheat,冬小麦（虚构） Winter wheat,winter
"""
WELLS = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "id": "upper", "properties": {"title": "上井"}, "geometry": {"type": "Point", "coordinates": [106.1520, 33.3330]}},
{"type": "Feature", "id": "lower", "properties": {"title": "下井"}, "geometry": {"type": "Point", "coordinates": [106.1535, 33.3310]}},
{"type": "Feature", "id": "ditch", "properties": {"title": "水渠"},
 "geometry": {"type": "LineString", "coordinates": [[106.1540, 33.3330], [106.1545, 33.3320], [106.1545, 33.3312]]}}]}
"""


def capture_files() -> dict[str, bytes]:
    """The files that `CAPTURE_FORM` names; the crops and wells in them are invented."""
    return {"yard.png": widget_files()["house.png"], "crops.csv": CROPS.encode(), "wells.geojson": WELLS.encode()}
