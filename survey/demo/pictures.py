"""Small drawn pictures and signatures for the demonstration; each says on itself that it is invented."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

import analysis
from survey.demo.chance import any_of, draw_from
from survey.demo.facts import Facts

SIZE = (640, 480)
FONT = Path(analysis.__file__).parent / "fonts" / "NotoSansSC-GB2312-Regular.otf"
NOTICE = "演示图片，内容虚构 · Drawn for the demonstration, invented"
WALLS = ("#c9a26b", "#d8cfc0", "#b98d5e", "#e3ddd2", "#a9784a")
HEADINGS = ("家庭人口", "人均纯收入", "致贫原因", "帮扶措施", "走访记录", "住房情况", "饮水情况")
ROOFS = ("#5b5f66", "#8a3b2e", "#6b4a35", "#43536b")


@dataclass(frozen=True, slots=True)
class Pictures:
    """JPEG and PNG files by what they show; signatures by the pair's number."""

    houses: tuple[bytes, ...]
    damages: tuple[bytes, ...]
    pages: tuple[bytes, ...]
    signatures: dict[int, bytes]


def draw_pictures(facts: Facts, n_each: int = 12) -> Pictures:
    """All pictures of the demonstration, each kind in `n_each` versions."""
    font, small = ImageFont.truetype(str(FONT), 30), ImageFont.truetype(str(FONT), 17)
    people = facts.people
    versions = range(n_each)
    return Pictures(
        houses=tuple(_house(draw_from(facts.seed, "house", number), small, cracked=False) for number in versions),
        damages=tuple(_house(draw_from(facts.seed, "damage", number), small, cracked=True) for number in versions),
        pages=tuple(_page(draw_from(facts.seed, "page", number), font, small) for number in versions),
        signatures={
            pair: _signature(draw_from(facts.seed, "signature", pair), names, small)
            for pair, names in enumerate(zip(people.leads, people.seconds, strict=True), start=1)
        },
    )


def _encode(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 72} if kind == "JPEG" else {"optimize": True}))
    return out.getvalue()


def _notice(draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont) -> None:
    draw.rectangle((0, SIZE[1] - 34, *SIZE), fill="#1f2a36")
    draw.text((14, SIZE[1] - 29), NOTICE, font=font, fill="white")


def _house(rng: Random, font: ImageFont.FreeTypeFont, *, cracked: bool) -> bytes:
    image = Image.new("RGB", SIZE, any_of(rng, ("#bcd4e6", "#d5dde3", "#a9c7dd")))
    draw = ImageDraw.Draw(image)
    for depth, colour in enumerate(("#8fae8b", "#6f9470", "#557a57")):
        points = [(x, 190 + 40 * depth + rng.randrange(-30, 30)) for x in range(0, SIZE[0] + 81, 80)]
        draw.polygon([(0, SIZE[1]), *points, (SIZE[0], SIZE[1])], fill=colour)
    left, top, right, bottom = 130 + rng.randrange(-30, 30), 230, 500 + rng.randrange(-30, 30), 395
    draw.polygon([(0, SIZE[1]), (0, 385), (SIZE[0], 395), SIZE], fill="#b7a57e")
    draw.rectangle((left, top, right, bottom), fill=any_of(rng, WALLS))
    middle = (left + right) // 2
    draw.polygon([(left - 24, top), (middle, top - 70 - rng.randrange(25)), (right + 24, top)], fill=any_of(rng, ROOFS))
    draw.rectangle((middle - 26, bottom - 92, middle + 26, bottom), fill="#5d3a22")
    for x in (left + 45, right - 100):
        draw.rectangle((x, top + 38, x + 56, top + 88), fill="#7fa3b8", outline="#463222", width=4)
    if cracked:
        for x in (left + 24, right - 30, middle + 60):
            crack = [(x + rng.randrange(-10, 10), y) for y in range(top + 4, bottom, 16)]
            draw.line(crack, fill="#2c2118", width=3)
    _notice(draw, font)
    return _encode(image, "JPEG")


def _page(rng: Random, font: ImageFont.FreeTypeFont, small: ImageFont.FreeTypeFont) -> bytes:
    image = Image.new("RGB", SIZE, "#6c6258")
    draw = ImageDraw.Draw(image)
    draw.polygon([(90 + rng.randrange(20), 14), (560, 20), (548, 446), (78, 440)], fill="#f6f2e6")
    draw.text((205, 34), "扶贫手册（虚构）", font=font, fill="#7c1f1f")
    for row, heading in enumerate(rng.sample(HEADINGS, len(HEADINGS))):
        y = 100 + row * 46
        draw.line((110, y + 24, 528, y + 24), fill="#b8ae98")
        draw.text((116, y), heading, font=small, fill="#4a4236")
        _scribble(draw, rng, 290, y + 12, 150, "#27408b", 2)
    _notice(draw, small)
    return _encode(image, "JPEG")


def _signature(rng: Random, names: Sequence[str], small: ImageFont.FreeTypeFont) -> bytes:
    image = Image.new("RGB", (600, 250), "white")
    draw = ImageDraw.Draw(image)
    for number, name in enumerate(names):
        _scribble(draw, rng, 40 + 285 * number, 110, 220, "#1b2a49", 4)
        draw.text((60 + 285 * number, 190), f"{name}（虚构）", font=small, fill="#6b7280")
    return _encode(image.quantize(16), "PNG")


def _scribble(draw: ImageDraw.ImageDraw, rng: Random, x: int, y: int, width: int, colour: str, thickness: int) -> None:
    """A line as a quick hand draws it."""
    reach = 9 * thickness
    points = [(x + step * width // 14, y + rng.randrange(-reach, reach)) for step in range(15)]
    draw.line(points, fill=colour, width=thickness, joint="curve")
