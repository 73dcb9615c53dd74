"""What a paragraph and its runs look like in the end: defaults of the document, styles one on another, then what is set by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from analysis.report.official.package import W, WordPackage

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
FALSE = ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Look:
    """The look of text; sizes in points, lengths in twentieths of a point, None where nothing says it.

    `line` with its `line_rule` "exact", "atLeast" or "auto"; `number` is (list, level) of its automatic number; `level` counts outline
    levels from 0.
    """

    east_asian: str = ""
    latin: str = ""
    has_hint: bool = False
    size_pt: float = 10.0
    color: str = ""
    line: int = 240
    line_rule: str = "auto"
    first_line: int = 0
    first_line_chars: int = 0
    left: int = 0
    right: int = 0
    right_chars: int = 0
    alignment: str = "left"
    level: int | None = None
    number: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text of one look."""

    text: str
    look: Look


@dataclass(slots=True)
class Styles:
    """The styles of a document, resolved; made by `read_styles`."""

    defaults: Look
    elements: dict[str, Any]
    fonts: dict[str, str]
    default_paragraph: str = ""
    _known: dict[str, Look] = field(default_factory=dict)

    def name(self, style_id: str) -> str:
        """The name of a style as Word itself calls it."""
        element = self.elements.get(style_id)
        name = element.find(f"{W}name") if element is not None else None
        return str(name.get(f"{W}val", "")) if name is not None else ""

    def names_of(self, style_id: str) -> Iterator[str]:
        """The names of a style and of those that it is based on, in lower case."""
        seen: set[str] = set()
        while style_id in self.elements and style_id not in seen:
            seen.add(style_id)
            yield self.name(style_id).lower()
            style_id = _value(self.elements[style_id], "basedOn")

    def look(self, style_id: str) -> Look:
        """The look that a style gives."""
        if style_id not in self._known:
            self._known[style_id] = self.defaults  # ends a circle of styles
            element = self.elements.get(style_id)
            if element is not None:
                base = _value(element, "basedOn")
                look = self.look(base) if base else self.defaults
                self._known[style_id] = self.changed(look, element)
        return self._known[style_id]

    def changed(self, look: Look, element: Any) -> Look:
        """The look after the properties of a style's or paragraph's element."""
        look = _with_paragraph(look, element.find(f"{W}pPr"))
        return self.with_run(look, element.find(f"{W}rPr"))

    def with_run(self, look: Look, properties: Any) -> Look:
        """The look after properties of text."""
        if properties is None:
            return look
        changes: dict[str, Any] = {}
        fonts = properties.find(f"{W}rFonts")
        if fonts is not None:
            for name, script in (("east_asian", "eastAsia"), ("latin", "ascii")):
                themed = self.fonts.get(str(fonts.get(f"{W}{script}Theme", "")))
                given = themed or fonts.get(f"{W}{script}")
                if given:
                    changes[name] = given
            if fonts.get(f"{W}hint"):
                changes["has_hint"] = fonts.get(f"{W}hint") == "eastAsia"
        size = _value(properties, "sz")
        if size.isdecimal():
            changes["size_pt"] = _whole(size) / 2
        color = _value(properties, "color")
        if color:
            changes["color"] = color.upper()
        return replace(look, **changes) if changes else look


def read_styles(package: WordPackage) -> Styles:
    """The styles of a document with the fonts of its theme."""
    root = package.related("styles")
    fonts = _theme_fonts(package.related("theme"))
    if root is None:
        return Styles(Look(), {}, fonts)
    elements = {str(each.get(f"{W}styleId", "")): each for each in root.iter(f"{W}style")}
    styles = Styles(Look(), elements, fonts)
    defaults = root.find(f"{W}docDefaults")
    if defaults is not None:
        paragraph = defaults.find(f"{W}pPrDefault/{W}pPr")
        styles.defaults = styles.with_run(_with_paragraph(Look(), paragraph), defaults.find(f"{W}rPrDefault/{W}rPr"))
    for style_id, element in elements.items():
        if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default", "0") not in FALSE:
            styles.default_paragraph = style_id
    return styles


def paragraph_look(paragraph: Any, styles: Styles) -> Look:
    """The look of a paragraph as a whole."""
    properties = paragraph.find(f"{W}pPr")
    look = styles.look(style_id_of(paragraph, styles))
    return _with_paragraph(look, properties)


def style_id_of(paragraph: Any, styles: Styles) -> str:
    """The style of a paragraph, the default one where it names none."""
    properties = paragraph.find(f"{W}pPr")
    return (_value(properties, "pStyle") if properties is not None else "") or styles.default_paragraph


def runs_of(paragraph: Any, look: Look, styles: Styles) -> Iterator[Run]:
    """The visible runs of a paragraph, those within content controls, links and insertions included, deleted ones left out."""
    for run in paragraph.iter(f"{W}r"):
        if next(run.iterancestors(f"{W}p")) is not paragraph or next(run.iterancestors(f"{W}del", f"{W}moveFrom"), None) is not None:
            continue
        text = "".join(_pieces(run))
        if not text:
            continue
        properties = run.find(f"{W}rPr")
        character = _value(properties, "rStyle") if properties is not None else ""
        own = look
        if character in styles.elements:
            own = styles.with_run(own, styles.elements[character].find(f"{W}rPr"))
        yield Run(text, styles.with_run(own, properties))


def _pieces(run: Any) -> Iterator[str]:
    for each in run:
        if each.tag == f"{W}t":
            yield each.text or ""
        elif each.tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif each.tag == f"{W}tab":
            yield "\t"


def _with_paragraph(look: Look, properties: Any) -> Look:
    if properties is None:
        return look
    changes: dict[str, Any] = {}
    spacing = properties.find(f"{W}spacing")
    if spacing is not None and spacing.get(f"{W}line"):
        changes["line"] = _whole(spacing.get(f"{W}line"))
        changes["line_rule"] = spacing.get(f"{W}lineRule", "auto")
    indent = properties.find(f"{W}ind")
    if indent is not None:
        changes |= _indents(indent)
    alignment = _value(properties, "jc")
    if alignment:
        changes["alignment"] = {"start": "left", "end": "right"}.get(alignment, alignment)
    level = _value(properties, "outlineLvl")
    if level.isdecimal():
        changes["level"] = _whole(level) if _whole(level) < 9 else None
    number = properties.find(f"{W}numPr")
    if number is not None:
        before = look.number or ("0", 0)
        depth = _value(number, "ilvl")
        list_id = _value(number, "numId") or before[0]
        changes["number"] = (list_id, _whole(depth) if depth.isdecimal() else before[1]) if list_id != "0" else None
    return replace(look, **changes) if changes else look


def _indents(indent: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, keys in (("left", ("left", "start")), ("right", ("right", "end")), ("right_chars", ("rightChars", "endChars"))):
        given = next((indent.get(f"{W}{key}") for key in keys if indent.get(f"{W}{key}") is not None), None)
        if given is not None:
            changes[name] = _whole(given)
    first, hanging = indent.get(f"{W}firstLine"), indent.get(f"{W}hanging")
    chars, hanging_chars = indent.get(f"{W}firstLineChars"), indent.get(f"{W}hangingChars")
    if first is not None or hanging is not None:
        changes["first_line"] = _whole(first) if first is not None else -_whole(hanging)
    if chars is not None or hanging_chars is not None:
        changes["first_line_chars"] = _whole(chars) if chars is not None else -_whole(hanging_chars)
    return changes


def _theme_fonts(theme: Any) -> dict[str, str]:
    """The fonts that a theme stands for, by the names that styles call them."""
    found: dict[str, str] = {}
    if theme is None:
        return found
    for kind, prefix in (("majorFont", "major"), ("minorFont", "minor")):
        fonts = next(theme.iter(f"{A}{kind}"), None)
        if fonts is None:
            continue
        latin, east_asian = fonts.find(f"{A}latin"), fonts.find(f"{A}ea")
        chinese = next((each.get("typeface", "") for each in fonts.iter(f"{A}font") if each.get("script") == "Hans"), "")
        name = latin.get("typeface", "") if latin is not None else ""
        found |= {f"{prefix}Ascii": name, f"{prefix}HAnsi": name}
        found[f"{prefix}EastAsia"] = (east_asian.get("typeface", "") if east_asian is not None else "") or chinese
    return {key: name for key, name in found.items() if name}


def _value(element: Any, name: str) -> str:
    found = element.find(f"{W}{name}")
    return str(found.get(f"{W}val", "")) if found is not None else ""


def _whole(text: str) -> int:
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        return 0
