"""The icons: every one that a page shows is in the sprite, and the sprite holds no other."""

import re
from pathlib import Path

from survey.looks.themes import THEMES

ROOT = Path(__file__).parents[3]
SPRITE = ROOT / "survey" / "static" / "vendor" / "icons.svg"
REFRESH = SPRITE.with_name("refresh_icons.sh")


def test_icons__that_pages_show__are_in_the_sprite() -> None:
    held = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text(encoding="utf-8")))
    templates = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    shown = set(re.findall(r"""\bicon\(['"]([\w-]+)['"]""", templates)) | {each.icon for each in THEMES.values()}
    [of_messages] = re.findall(r"set flash_icons = \{([^}]+)\}", templates)
    shown |= set(re.findall(r": '([\w-]+)'", of_messages)) | set(re.findall(r"flash_icons\.get\(category, '([\w-]+)'\)", templates))
    assert len(shown) >= 10
    assert shown == held


def test_sprite__what_it_holds__is_what_its_script_names() -> None:
    held = re.findall(r'<symbol id="([\w-]+)"', SPRITE.read_text(encoding="utf-8"))
    [named] = re.findall(r'NAMES="([^"]+)"', REFRESH.read_text(encoding="utf-8"))
    assert held == named.split()
