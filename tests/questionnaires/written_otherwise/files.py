"""The forms of this folder, and the files that one of them names."""

from io import BytesIO
from pathlib import Path

from PIL import Image

FORMS = tuple(sorted(Path(__file__).parent.glob("*.md")))


def _picture() -> bytes:
    held = BytesIO()
    Image.new("RGB", (320, 200), "#5a7d2a").save(held, "PNG")
    return held.getvalue()


FILES = {
    "fruits.csv": b"name_key,name,season,price\na,Apple,summer,2\nb,Banana,winter,3\n",
    "fruit.png": _picture(),
}
