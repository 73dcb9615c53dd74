"""Departures of pages: paper, margins, grid, and the page numbers of odd and even pages."""

import re
from collections.abc import Iterator
from typing import Any

from analysis.report.official.format import (
    BOTTOM_MM,
    LEFT_MM,
    N_CHARACTERS,
    N_LINES,
    PAGE_HEIGHT_MM,
    PAGE_NUMBER_PT,
    PAGE_WIDTH_MM,
    RIGHT_MM,
    SAME_FONTS,
    SONGTI,
    TOP_MM,
    TWIPS_PER_MM,
)
from analysis.report.official.lint.findings import Finding
from analysis.report.official.lint.formatting import FALSE, Look, Styles, paragraph_look, runs_of
from analysis.report.official.lint.pieces import Place
from analysis.report.official.package import R, W, WordPackage

TOLERANCE_MM = 0.6
UNSIGNED = 2**32
"""LibreOffice writes a negative space between characters as an unsigned number."""
GRID_NAMES = {
    "": ("无网格", "none"),
    "default": ("无网格", "none"),
    "lines": ("只指定行网格", "lines only"),
    "snapToChars": ("文字对齐字符网格", "snapped to characters"),
}
SIDE_NAMES = {
    "right": ("居右空一字", "right, one character in"),
    "left": ("居左空一字", "left, one character in"),
}
MEASURED_SIDES = {"left": ("居左", "left"), "right": ("居右", "right"), "center": ("居中", "in the middle"), "both": ("居左", "left")}
PAGE_NAMES = {"default": ("单页（默认页脚）", "odd pages (the ordinary footer)"), "even": ("双页", "even pages")}
PAGE_FORM = re.compile(r"^— ?\d* ?—$")


def page_findings(package: WordPackage, styles: Styles, *, is_official: bool) -> Iterator[Finding]:
    """The departures of every section; only paper and page numbers where the format is not the official one."""
    sections = list(package.document.iter(f"{W}sectPr"))
    for number, section in enumerate(sections, 1):
        place = Place("section", number)
        yield from _paper(section, place)
        if is_official:
            yield from _margins(section, place)
            yield from _grid(section, place, styles)
    if is_official:
        yield from _page_numbers(package, styles, sections)


def _paper(section: Any, place: Place) -> Iterator[Finding]:
    size = section.find(f"{W}pgSz")
    width, height = (_mm(size, name) for name in ("w", "h")) if size is not None else (0.0, 0.0)
    wanted = (PAGE_WIDTH_MM, PAGE_HEIGHT_MM)
    if not any(_is_near(width, first) and _is_near(height, second) for first, second in (wanted, wanted[::-1])):
        yield Finding("page_size", place, f"{width:.0f} × {height:.0f} mm", f"A4（{PAGE_WIDTH_MM} × {PAGE_HEIGHT_MM} mm）")


def _margins(section: Any, place: Place) -> Iterator[Finding]:
    size, margins = section.find(f"{W}pgSz"), section.find(f"{W}pgMar")
    if size is not None and size.get(f"{W}orient") == "landscape":
        return
    sides = [_mm(margins, name) if margins is not None else 0.0 for name in ("top", "left", "right", "bottom")]
    sides[1] += _mm(margins, "gutter") if margins is not None else 0.0
    wanted = (TOP_MM, LEFT_MM, RIGHT_MM, BOTTOM_MM)
    if not all(map(_is_near, sides, wanted)):
        yield Finding("margins", place, _sides(sides), _sides(wanted))


def _sides(sides: Any) -> tuple[str, str]:
    top, left, right, bottom = (f"{side:.1f}".removesuffix(".0") for side in sides)
    return f"上{top}左{left}右{right}下{bottom} mm", f"top {top}, left {left}, right {right}, bottom {bottom} mm"


def _grid(section: Any, place: Place, styles: Styles) -> Iterator[Finding]:
    required = (f"每页{N_LINES}行、每行{N_CHARACTERS}字", f"{N_LINES} lines of {N_CHARACTERS} characters")
    size = section.find(f"{W}pgSz")
    if size is not None and size.get(f"{W}orient") == "landscape":
        return
    grid = section.find(f"{W}docGrid")
    kind = grid.get(f"{W}type", "default") if grid is not None else ""
    if kind not in ("linesAndChars", "snapToChars"):
        yield Finding("grid", place, GRID_NAMES.get(kind, ("无网格", "none")), required)
        return
    margins = section.find(f"{W}pgMar")
    if size is None or margins is None:
        return
    lines, characters = counted_grid(section, styles)
    if (lines, characters) != (N_LINES, N_CHARACTERS):
        yield Finding("grid", place, (f"每页{lines}行、每行{characters}字", f"{lines} lines of {characters} characters"), required)


def counted_grid(section: Any, styles: Styles) -> tuple[int, int]:
    """How many lines a page of the section has and how many characters a line, as Word counts by its grid."""
    size, margins, grid = (section.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))
    height = _twips(size, "h") - _twips(margins, "top") - _twips(margins, "bottom")
    width = _twips(size, "w") - _twips(margins, "left") - _twips(margins, "right") - _twips(margins, "gutter")
    pitch = _twips(grid, "linePitch") or 1
    size_pt = styles.look(styles.default_paragraph).size_pt
    space = _twips(grid, "charSpace")
    space -= UNSIGNED if space >= UNSIGNED / 2 else 0
    character = 20 * (size_pt + space / 4096)
    return int(height / pitch + 0.01), int(width / max(character, 1) + 0.02)


def _page_numbers(package: WordPackage, styles: Styles, sections: list[Any]) -> Iterator[Finding]:
    settings = package.related("settings")
    odd_even = settings.find(f"{W}evenAndOddHeaders") if settings is not None else None
    is_apart = odd_even is not None and odd_even.get(f"{W}val", "1") not in FALSE
    footers: dict[str, Any] = {}
    for number, section in enumerate(sections, 1):
        given = section.findall(f"{W}footerReference")
        for reference in given:
            relation = package.relations.get(str(reference.get(f"{R}id", "")))
            if relation is not None:
                footers[str(reference.get(f"{W}type", "default"))] = package.tree(relation.target)
        if not given and number > 1:
            continue
        place = Place("footer", number)
        outside = any(frame.get(f"{W}xAlign") == "outside" for tree in footers.values() if tree is not None for frame in _frames(tree))
        if not is_apart and not outside:
            yield Finding("same_footers", place, "", "")
        for kind, side in (("default", "right"), ("even", "left")):
            if kind == "default" or is_apart:
                yield from _footer(footers.get(kind), kind, side, place, styles)


def _frames(tree: Any) -> Iterator[Any]:
    yield from tree.iter(f"{W}framePr")


def _footer(tree: Any, kind: str, side: str, place: Place, styles: Styles) -> Iterator[Finding]:
    paragraph = next((each for each in tree.iter(f"{W}p") if _has_page(each)), None) if tree is not None else None
    if paragraph is None:
        yield Finding("no_page_number", place, PAGE_NAMES[kind], "")
        return
    look = paragraph_look(paragraph, styles)
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    standing = look.alignment if frame is None else frame.get(f"{W}xAlign", "left")
    if standing not in (side, "outside"):
        yield Finding("page_number_side", place, MEASURED_SIDES.get(standing, (standing, standing)), SIDE_NAMES[side])
    elif frame is None and not _is_one_character_in(look, side):
        yield Finding("page_number_side", place, ("没有空一字", "at the very edge"), SIDE_NAMES[side])
    runs = list(runs_of(paragraph, look, styles))
    text = "".join(run.text for run in runs).strip()
    if not PAGE_FORM.match(text):
        yield Finding("page_number_form", place, text, "— 1 —")
    for run in runs:
        is_song = run.look.latin in SAME_FONTS[SONGTI] or run.look.east_asian in SAME_FONTS[SONGTI]
        if not is_song or run.look.size_pt != PAGE_NUMBER_PT:
            yield Finding("page_number_font", place, f"{run.look.latin} {run.look.size_pt:g} pt", f"{SONGTI} {PAGE_NUMBER_PT} pt")
            return


def _has_page(paragraph: Any) -> bool:
    fields = [each.text or "" for each in paragraph.iter(f"{W}instrText")]
    fields += [each.get(f"{W}instr", "") for each in paragraph.iter(f"{W}fldSimple")]
    return any("PAGE" in text.upper().split() for text in fields)


def _is_one_character_in(look: Look, side: str) -> bool:
    twips, chars = (look.right, look.right_chars) if side == "right" else (look.left, 0)
    return chars in range(50, 151) or 120 <= twips <= 480


def _twips(element: Any, name: str) -> float:
    try:
        return float(element.get(f"{W}{name}", "0"))
    except ValueError:
        return 0.0


def _mm(element: Any, name: str) -> float:
    return abs(_twips(element, name)) / TWIPS_PER_MM


def _is_near(measured: float, wanted: float) -> bool:
    return abs(measured - wanted) <= TOLERANCE_MM
