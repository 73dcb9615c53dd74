"""Departures of running text: fonts by script, sizes, indents, line pitch, titles, headings and their numbers, dates, quotation marks."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.report.official.format import (
    FANGSONG,
    HEITI,
    KAITI,
    LATIN,
    LINE_TWIPS,
    NUMBERING,
    SAME_FONTS,
    TEXT_WIDTH_MM,
    TWIPS_PER_MM,
    style_of,
)
from analysis.report.official.lint.findings import Finding
from analysis.report.official.lint.formatting import Look, Run
from analysis.report.official.lint.pieces import CJK, TYPED_HEADINGS, Piece
from analysis.report.official.numbers import number_of, numbered
from analysis.report.official.package import W, WordPackage

STYLE_OF_ROLE: Mapping[str, str] = {
    "title": "Title",
    "body": "Body Text",
    "addressee": "Addressee",
    "attachments": "Attachments",
    "signature": "Signature",
    "date": "Signature",
    "annex": "Annex Heading",
}
HEADING_FONTS = {1: HEITI, 2: KAITI, 3: FANGSONG, 4: FANGSONG}
HEADING_PT = 16
PITCHES = range(550, 596)
"""What passes for a fixed pitch of 28 to 29 points with the rounding of word processors."""
ALIGNMENTS = {
    "left": ("左对齐", "left"),
    "right": ("右对齐", "right"),
    "center": ("居中", "centred"),
    "both": ("两端对齐", "justified"),
    "distribute": ("分散对齐", "distributed"),
}
LATIN_SIGNS = re.compile(r"[A-Za-z0-9]")
MARKS = re.compile(r"[“”‘’—…]")
STRAIGHT = re.compile(r"(?<=[\u3400-\u9fff，。：])[\"'](?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])[\"'](?=[\u3400-\u9fff，。；])")
ZERO_DATE = re.compile(r"(\d{2,4})年(0?\d|1[0-2])月(0?\d|[12]\d|3[01])日")
DOCUMENT_NUMBER = re.compile(r"[\[（(【﹝［〔]\s*((?:19|20)\d\d)\s*[\])）】﹞］〕]\s*(第?)\s*(0*)(\d+)\s*号")
NUMBER_FORMS = {1: "一、", 2: "（一）", 3: "1.", 4: "（1）"}
SAME_DIGITS = ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographDigital", "taiwaneseCountingThousand")


def writing_findings(package: WordPackage, pieces: Sequence[Piece]) -> Iterator[Finding]:
    """The departures of the paragraphs in order."""
    for piece in pieces:
        yield from _fonts(piece)
        yield from _marks(piece)
        yield from _forms(piece)
        if piece.role in STYLE_OF_ROLE or piece.role == "heading":
            yield from _look(piece)
    yield from _title(pieces)
    yield from _headings(package, pieces)


def _required(piece: Piece) -> tuple[str, float]:
    """The font and size that the format asks for."""
    if piece.role == "heading":
        return HEADING_FONTS.get(min(piece.level, 4), FANGSONG), HEADING_PT
    style = style_of("zh", STYLE_OF_ROLE[piece.role])
    return style.font, style.size_pt


def _fonts(piece: Piece) -> Iterator[Finding]:
    """Fonts by script; one finding of each kind for a paragraph."""
    known: set[tuple[str, str]] = set()
    for run in piece.runs:
        found: list[tuple[str, str, str]] = []
        if LATIN_SIGNS.search(run.text) and run.look.latin != LATIN:
            found.append(("latin_font", run.look.latin or "?", LATIN))
        if (piece.role in STYLE_OF_ROLE or piece.role == "heading") and CJK.search(run.text):
            font, size = _required(piece)
            if run.look.east_asian not in SAME_FONTS[font] and not _is_spoken_heading(piece, run):
                found.append(("font", run.look.east_asian or "?", font))
            if abs(run.look.size_pt - size) > 0.25:
                found.append(("size", f"{run.look.size_pt:g} pt", f"{size:g} pt"))
        for kind, measured, required in found:
            if (kind, measured) not in known:
                known.add((kind, measured))
                yield Finding(kind, piece.place, measured, required)


def _is_spoken_heading(piece: Piece, run: Run) -> bool:
    """Whether the run is a heading that its paragraph goes on after, as official documents have them: "（一）… 。" in Kai, then text."""
    if piece.role != "body" or not piece.runs or run is not piece.runs[0]:
        return False
    return any(form.match(run.text) and run.look.east_asian in SAME_FONTS[HEADING_FONTS[level]] for level, form in TYPED_HEADINGS)


def _look(piece: Piece) -> Iterator[Finding]:
    look = piece.look
    if piece.role in ("body", "heading", "attachments") and look.alignment not in ("center", "right"):
        leading = re.match(r"[ \u3000\u00a0]+", piece.text)
        if leading:
            yield Finding("spaces_as_indent", piece.place, (f"{len(leading[0])}个", str(len(leading[0]))), "")
        elif not _is_two_characters(look) and not _goes_on(piece):
            yield Finding("indent", piece.place, _indent_text(look), ("2字符", "2 characters"))
    if piece.role == "addressee" and (look.first_line > 40 or look.first_line_chars > 0 or look.left > 40):
        yield Finding("indent", piece.place, _indent_text(look), ("顶格", "none"))
    if piece.role == "title" and look.alignment != "center":
        yield Finding("alignment", piece.place, ALIGNMENTS.get(look.alignment, look.alignment), ALIGNMENTS["center"])
    if piece.role in ("body", "heading", "addressee", "attachments") and not _is_pitch(look):
        required = (f"固定值 {LINE_TWIPS / 20:g} 磅", f"exactly {LINE_TWIPS / 20:g} pt")
        yield Finding("line_pitch", piece.place, _pitch_text(look), required)
    if piece.role == "date":
        yield from _date_place(piece)


def _goes_on(piece: Piece) -> bool:
    """Whether a paragraph is the second or a later attachment, which stands below the first one's title."""
    return piece.role == "attachments" and not piece.text.strip().startswith("附件")


def _is_two_characters(look: Look) -> bool:
    if look.first_line_chars:
        return 190 <= look.first_line_chars <= 210
    return abs(look.first_line + look.left - 2 * HEADING_PT * 20) <= 80


def _indent_text(look: Look) -> tuple[str, str]:
    chars = look.first_line_chars / 100 if look.first_line_chars else (look.first_line + look.left) / 20 / HEADING_PT
    return f"{chars:.1f}".removesuffix(".0") + "字符", f"{chars:.1f}".removesuffix(".0") + " characters"


def _is_pitch(look: Look) -> bool:
    return look.line_rule == "exact" and look.line in PITCHES


def _pitch_text(look: Look) -> tuple[str, str]:
    if look.line_rule == "auto":
        return f"{look.line / 240:g} 倍行距", f"{look.line / 240:g} lines"
    names = {"exact": ("固定值", "exactly"), "atLeast": ("最小值", "at least")}
    chinese, english = names.get(look.line_rule, ("", ""))
    return f"{chinese} {look.line / 20:g} 磅", f"{english} {look.line / 20:g} pt"


def _date_place(piece: Piece) -> Iterator[Finding]:
    look = piece.look
    required = ("右空4字", "4 characters")
    if look.alignment != "right":
        yield Finding("alignment", piece.place, ALIGNMENTS.get(look.alignment, look.alignment), ALIGNMENTS["right"])
        return
    chars = look.right_chars / 100 if look.right_chars else look.right / 20 / HEADING_PT
    if abs(chars - 4) > 0.5:
        yield Finding("signature_place", piece.place, (f"{chars:.1f}字", f"{chars:.1f} characters"), required)


def _marks(piece: Piece) -> Iterator[Finding]:
    """Quotation marks and dashes: which font they take, and straight ones."""
    if not CJK.search(piece.text):
        return
    chinese = {name for names in SAME_FONTS.values() for name in names}
    for run in piece.runs:
        if MARKS.search(run.text) and not run.look.has_hint and run.look.latin not in chinese:
            yield Finding("quotation_font", piece.place, run.look.latin or "?", "")
            break
    straight = STRAIGHT.search(piece.text)
    if straight:
        yield Finding("straight_quotes", piece.place, straight[0], "“”")


def _forms(piece: Piece) -> Iterator[Finding]:
    """Dates, numbers of documents, colons."""
    for found in ZERO_DATE.finditer(piece.text):
        year, month, day = found.groups()
        right = f"{year if len(year) == 4 else '20' + year}年{int(month)}月{int(day)}日"
        if found[0] != right:
            yield Finding("date_form", piece.place, found[0], right)
    if piece.role == "date" and not re.fullmatch(r"\s*\d{2,4}年\d{1,2}月\d{1,2}日\s*", piece.text):
        yield Finding("date_form", piece.place, piece.text.strip(), _arabic_date(piece.text.strip()))
    for found in DOCUMENT_NUMBER.finditer(piece.text):
        year, _, _, number = found.groups()
        right = f"〔{year}〕{number}号"
        if found[0] != right:
            yield Finding("number_brackets", piece.place, found[0], right)
    if piece.role == "addressee" and piece.text.strip().endswith(":"):
        yield Finding("colon", piece.place, ":", "：")
    if piece.role == "attachments" and piece.text.strip().startswith("附件:"):
        yield Finding("colon", piece.place, ":", "：")


def _arabic_date(text: str) -> str:
    """A date in Chinese digits or with points as the format writes it; the example where it cannot be read."""
    parts = re.findall(r"[\d〇○零一二三四五六七八九十]+", text)
    numbers = [number_of(part) for part in parts]
    return f"{numbers[0]}年{numbers[1]}月{numbers[2]}日" if len(numbers) == 3 and all(numbers) else "2018年4月20日"


def _title(pieces: Sequence[Piece]) -> Iterator[Finding]:
    titles = [piece for piece in pieces if piece.role == "title"]
    if not titles:
        if pieces:
            yield Finding("no_title", pieces[0].place, "", "")
        return
    for piece in titles:
        size = max((run.look.size_pt for run in piece.runs), default=22.0)
        room = int(TEXT_WIDTH_MM * TWIPS_PER_MM / 20 / size)
        longest = max(len(line.strip()) for line in piece.text.split("\n"))
        if longest > room:
            yield Finding("title_lines", piece.place, (f"{longest}字", f"{longest} characters"), (f"{room}字", str(room)))
        if piece.text.strip().endswith(("。", "，", "；", ".", "：")):
            yield Finding("title_mark", piece.place, piece.text.strip()[-1], "")


def _headings(package: WordPackage, pieces: Sequence[Piece]) -> Iterator[Finding]:
    """Forms, order and levels of the numbers of headings, typed or automatic."""
    before, counts = 0, {level: 0 for level in range(1, 10)}
    for piece in pieces:
        if piece.role == "annex":
            before, counts = 0, {level: 0 for level in range(1, 10)}
        if piece.role != "heading" or piece.level not in NUMBER_FORMS:
            continue
        if piece.level > before + 1 and before:
            yield Finding("heading_level", piece.place, str(piece.level), str(before))
        before = piece.level
        for level in range(piece.level + 1, 10):
            counts[level] = 0
        if piece.look.number is not None:
            yield from _automatic(package, piece)
            counts[piece.level] += 1
        else:
            yield from _typed(piece, counts)


def _typed(piece: Piece, counts: dict[int, int]) -> Iterator[Finding]:
    text = piece.text.strip()
    form = next((form for level, form in TYPED_HEADINGS if form.match(text)), None)
    if form is None:
        return
    [mark] = [found[0] for found in [form.match(text)] if found]
    digits = re.search(r"[\d一二三四五六七八九十百]+", mark)
    inner = digits[0] if digits else ""
    number = number_of(inner)
    right = numbered(piece.level, number)
    follows = text[len(mark) : len(mark) + 1]
    if mark.replace("．", ".") != right or (piece.level in (2, 4) and follows in "、.，" and follows):
        yield Finding("heading_form", piece.place, mark + (follows if follows in "、.，" else ""), right)
    if number != counts[piece.level] + 1:
        yield Finding("heading_order", piece.place, inner, numbered(piece.level, counts[piece.level] + 1))
    counts[piece.level] = number


def _automatic(package: WordPackage, piece: Piece) -> Iterator[Finding]:
    found = _list_level(package.related("numbering"), piece.look.number or ("", 0))
    if found is None:
        return
    digits, form = found
    wanted_digits, wanted = NUMBERING["zh"][piece.level - 1]
    is_right = form.strip().replace("．", ".") == wanted and (
        digits == wanted_digits or (digits in SAME_DIGITS and wanted_digits in SAME_DIGITS)
    )
    if not is_right:
        shown = re.sub(r"%\d", "一" if digits in SAME_DIGITS else "1", form)
        yield Finding("heading_form", piece.place, shown, NUMBER_FORMS[piece.level])


def _list_level(numbering: Any, number: tuple[str, int]) -> tuple[str, str] | None:
    """The digits and the form of a level of a list."""
    if numbering is None:
        return None
    list_id, depth = number
    num = next((each for each in numbering.findall(f"{W}num") if each.get(f"{W}numId") == list_id), None)
    abstract_id = num.find(f"{W}abstractNumId").get(f"{W}val") if num is not None else None
    abstract = next((each for each in numbering.findall(f"{W}abstractNum") if each.get(f"{W}abstractNumId") == abstract_id), None)
    if abstract is None:
        return None
    level = next((each for each in abstract.findall(f"{W}lvl") if each.get(f"{W}ilvl") == str(depth)), None)
    if level is None:
        return None
    digits, form = level.find(f"{W}numFmt"), level.find(f"{W}lvlText")
    return (
        str(digits.get(f"{W}val", "decimal")) if digits is not None else "decimal",
        str(form.get(f"{W}val", "")) if form is not None else "",
    )
