"""The design tokens: every colour stands in one file, what a device asks for is what a person may choose, and all of it can be read."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from matplotlib.colors import to_rgb

from analysis.charts.palette import REST, SERIES

STATIC = Path(__file__).parents[3] / "survey" / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK, CONTRAST = ":root", ':root[data-theme="dark"]:not(.sunlight)', ':root:is([data-theme="contrast"], .sunlight)'
AUTOMATIC = ":root:not([data-theme], .sunlight)"
GROUNDS = ("ground", "surface", "surface-soft", "surface-hover", "raised")
TEXTS = (
    *((text, ground) for text in ("ink", "ink-soft", "brand", "brand-deep", "good", "warn", "bad", "info") for ground in GROUNDS),
    *(("on-fill", fill) for fill in ("brand", "brand-deep", "good", "warn", "bad", "info")),
    *((state, f"{state}-tint") for state in ("good", "warn", "bad", "info", "brand")),
    *(("ink", f"{state}-tint") for state in ("good", "warn", "bad", "info", "brand", "neutral")),
    *(("ink-soft", f"{state}-tint") for state in ("brand", "info", "neutral")),
    ("brand-deep", "brand-tint"),
    ("on-accent", "accent"),
    ("on-bar", "bar"),
    ("on-bar", "bar-soft"),
    ("on-paper", "paper"),
)
"""Which colour of text stands on which ground."""
SHAPES = (
    *((line, ground) for line in ("line-strong", "focus") for ground in GROUNDS),
    *((f"series-{number}", "surface") for number in range(1, 7)),
    ("focus-on-bar", "bar"),
    ("pen-red", "paper"),
    ("pen-blue", "paper"),
)
"""Which lines and shapes must be told from which ground."""


def blocks() -> list[tuple[str, str, dict[str, str]]]:
    """Every rule of the tokens as (media query, selector, properties); the query is empty where there is none. Fonts are left out."""
    text = re.sub(r"/\*.*?\*/|@font-face[^}]*\}", "", TOKENS, flags=re.DOTALL)
    by_media = re.findall(r"^(@media[^{]+)\{(.*?)^\}", text, flags=re.DOTALL | re.MULTILINE)
    plain = re.sub(r"^@media.*?^\}", "", text, flags=re.DOTALL | re.MULTILINE)
    return [
        (media.strip(), selector.strip(), {name: " ".join(value.split()) for name, value in re.findall(r"([\w-]+):([^;]+);", body)})
        for media, inside in (("", plain), *by_media)
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", inside)
    ]


def rule(selector: str, media: str = "") -> dict[str, str]:
    """The properties of the rule with this selector whose media query holds these words; the first of them."""
    return next(properties for asked, found, properties in blocks() if found == selector and media in asked)


def theme(name: str) -> dict[str, str]:
    """Every token as it is in this theme."""
    light = rule(LIGHT)
    automatic = "(prefers-contrast: more) and (prefers-color-scheme: dark)"
    added = {
        "light": {},
        "dark": rule(DARK),
        "contrast": rule(CONTRAST),
        "dark with more contrast": {**rule(DARK), **rule(AUTOMATIC, automatic)},
    }[name]
    return {key.removeprefix("--"): value for key, value in {**light, **added}.items()}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2, "contrast ratio"), 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in to_rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("name", "text_at_least"), [("light", 4.5), ("dark", 4.5), ("contrast", 7), ("dark with more contrast", 7)])
def test_tokens__text_and_shapes_on_their_grounds__have_the_contrast_of_the_theme(name: str, text_at_least: float) -> None:
    tokens = theme(name)
    low = [(*pair, round(ratio, 2)) for pair in TEXTS if (ratio := contrast(*(tokens[each] for each in pair))) < text_at_least]
    low += [(*pair, round(ratio, 2)) for pair in SHAPES if (ratio := contrast(*(tokens[each] for each in pair))) < 3]
    assert low == []


def test_tokens__what_a_device_asks_for__is_what_a_person_may_choose() -> None:
    assert rule(AUTOMATIC, "@media screen and (prefers-color-scheme: dark)") == rule(DARK)
    assert rule(AUTOMATIC, "(prefers-contrast: more) and (prefers-color-scheme: light)") == rule(CONTRAST)


def test_tokens__a_theme__changes_only_what_the_light_one_has() -> None:
    light = rule(LIGHT)
    for _, selector, properties in blocks():
        assert set(properties) <= set(light), selector
    for selector in (DARK, CONTRAST):
        assert all(light[key] != value for key, value in rule(selector).items())


def test_tokens__series__are_those_of_the_charts() -> None:
    light = theme("light")
    assert tuple(light[f"series-{number}"] for number in range(1, 7)) == SERIES
    assert light["series-rest"] == REST


def styles() -> Iterator[Path]:
    """Every style sheet of ours but the tokens."""
    for path in sorted(STATIC.rglob("*.css")):
        if "vendor" not in path.parts and path.name != "tokens.css":
            yield path


def test_styles__colours__are_written_in_the_tokens_only() -> None:
    literal = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{;]*\{)|\b(?:rgb|hsl|oklch|oklab|lab|lch|color)a?\(|:\s*(?:white|black)\b")
    found = [
        f"{path.relative_to(STATIC)}:{number}: {line.strip()}"
        for path in styles()
        for number, line in enumerate(re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).splitlines(), start=1)
        if literal.search(line)
    ]
    assert found == []


def test_styles__tokens_that_they_use__are_there() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in styles()}
    known = {*rule(LIGHT), *(name for text in texts.values() for name in re.findall(r"(--[\w-]+)\s*:", text))}
    for path, text in texts.items():
        # What follows a comma is used where a page gives no value of its own.
        used = {name for name in re.findall(r"var\((--[\w-]+)\)", text) if not name.startswith("--pico-")}
        assert used <= known, path
