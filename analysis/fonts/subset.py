"""Makes the fonts beside this file: Noto Sans SC cut down to GB 2312, Latin and the signs that charts need.

Run on Debian with the package fonts-noto-cjk: `python -m analysis.fonts.subset`. The family gets a name of its own, so that a font
registered by file is never mistaken for a complete one that the machine has installed.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
FACE = "Noto Sans CJK SC"
FAMILY = "Noto Sans SC GB2312"
WEIGHTS = ("Regular", "Bold")
MORE_SIGNS = "–—‘’“”…‰′″※≤≥≠±×÷−·•●○■□▲△▼▽◆◇★☆√〇²³€¥￥〓"
DROPPED_TABLES = ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
FIRST_ROW, LAST_ROW = 0xA1, 0xF7
FIRST_CELL, LAST_CELL = 0xA1, 0xFE
FAMILY_NAME, STYLE_NAME, UNIQUE_NAME, FULL_NAME, POSTSCRIPT_NAME = 1, 2, 3, 4, 6


def gb2312_characters() -> set[str]:
    """Every character of GB 2312-80: 6,763 hanzi and 682 signs."""
    found = set()
    for row in range(FIRST_ROW, LAST_ROW + 1):
        for cell in range(FIRST_CELL, LAST_CELL + 1):
            try:
                found.add(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def characters() -> set[str]:
    """Every character that the charts' fonts have: GB 2312, printable ASCII, Latin-1, and typographic signs."""
    latin = {chr(code) for code in (*range(0x20, 0x7F), *range(0xA0, 0x100))}
    return gb2312_characters() | latin | set(MORE_SIGNS)


def subset_font(source: Path, weight: str) -> TTFont:
    """The face of the collection at `source` with only `characters()`, unhinted, under the family's own name."""
    font = next(face for face in TTCollection(source).fonts if face["name"].getDebugName(FAMILY_NAME) == FACE)
    options = Options(hinting=False, layout_features=[], notdef_outline=True, name_IDs=["*"])
    options.drop_tables += DROPPED_TABLES
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(characters())))
    subsetter.subset(font)
    _rename(font, weight)
    font.recalcTimestamp = False
    return font


def _rename(font: TTFont, weight: str) -> None:
    names = {
        FAMILY_NAME: FAMILY,
        STYLE_NAME: weight,
        UNIQUE_NAME: f"{FAMILY} {weight}",
        FULL_NAME: f"{FAMILY} {weight}",
        POSTSCRIPT_NAME: f"{FAMILY} {weight}".replace(" ", ""),
    }
    table = font["name"]
    table.names = [record for record in table.names if record.nameID not in (16, 17)]
    for record in table.names:
        if record.nameID in names:
            record.string = names[record.nameID]
    compact = font["CFF "].cff
    compact.fontNames = [names[POSTSCRIPT_NAME]]
    compact.topDictIndex[0].FamilyName = FAMILY
    compact.topDictIndex[0].FullName = names[FULL_NAME]


def main() -> int:
    """0 once both weights lie beside this file; 1, with one line, if the source fonts are not installed."""
    for weight in WEIGHTS:
        source = SOURCE / f"NotoSansCJK-{weight}.ttc"
        if not source.is_file():
            print(f"{source} is missing. Install it with: sudo apt-get install fonts-noto-cjk", file=sys.stderr)
            return 1
        target = Path(__file__).with_name(f"NotoSansSC-GB2312-{weight}.otf")
        subset_font(source, weight).save(target)
        print(f"{target.name}: {target.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
