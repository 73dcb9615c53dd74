"""The official format as data (GB/T 9704-2012) and the plain English one: page, grid, styles by role, forms of numbers. Nothing of Word.

The reference documents are made of it and the check measures by it. Fonts are set apart by script: `font` is the Chinese one, Latin
letters and digits are in Times New Roman.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210, 297
TOP_MM, LEFT_MM, RIGHT_MM, BOTTOM_MM = 37, 28, 26, 35
TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 156, 225
N_LINES, N_CHARACTERS = 22, 28
FOOTER_MM = 25
POINTS_PER_MM = 72 / 25.4
TWIPS_PER_MM = 20 * POINTS_PER_MM
LINE_TWIPS = 579
"""225 mm over 22 lines, as Word counts: 28.95 pt."""
BODY_PT = 16
CHARACTER_SPACE = -849
"""What a grid of 28 characters takes from the 16 pt of each, in 4,096ths of a point: 156 mm / 28 = 15.793 pt."""
TIGHTER_TWIPS = -6
"""The same as spacing of text. Text is set by it and by exact lines rather than by the grid, of which LibreOffice would let a character of
16 pt take two cells; it also takes what is left over of a line's last cell away, hence a little more. Both programs then break the same
lines."""

XIAOBIAOSONG, HEITI, KAITI, FANGSONG, SONGTI = "方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"
LATIN = "Times New Roman"
SAME_FONTS: Mapping[str, tuple[str, ...]] = {
    XIAOBIAOSONG: ("方正小标宋简体", "方正小标宋_GBK", "小标宋", "华文中宋", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
    HEITI: ("黑体", "SimHei", "方正黑体_GBK", "方正黑体简体"),
    KAITI: ("楷体_GB2312", "楷体", "KaiTi", "KaiTi_GB2312", "方正楷体_GBK", "方正楷体简体"),
    FANGSONG: ("仿宋_GB2312", "仿宋", "FangSong", "FangSong_GB2312", "方正仿宋_GBK", "方正仿宋简体"),
    SONGTI: ("宋体", "SimSun", "方正书宋_GBK", "新宋体"),
}
"""The names under which the fonts of the format are installed on one machine or another."""
RED = "FF0000"
RED_RULE_MM = 4
"""How far the red line lies below the document's number."""
LETTERHEAD_MM = 35
"""How far the name of the issuing body lies below the top of the text."""
PAGE_NUMBER_PT = 14


@dataclass(frozen=True, slots=True)
class Style:
    """One paragraph style; sizes in points, indents in characters or millimetres (0 for none), line pitch exact unless `is_single`.

    `line_pt` is a pitch of its own, exact, with which a row of a table is as high in every program.
    """

    name: str
    font: str
    size_pt: float
    alignment: str = "both"
    indent_chars: int = 0
    right_chars: int = 0
    before_pt: float = 0
    after_pt: float = 0
    is_single: bool = False
    line_pt: float = 0
    keeps_next: bool = False
    is_bold: bool = False
    is_tight: bool = False
    is_italic: bool = False
    left_mm: float = 0
    hanging_mm: float = 0
    level: int | None = None
    numbering_level: int | None = None
    following: str = ""
    color: str = ""

    @property
    def id(self) -> str:
        """The style's identifier, as Word itself makes it: the name in capitals without spaces."""
        return self.name.title().replace(" ", "")


CHINESE = (
    Style("Title", XIAOBIAOSONG, 22, "center", before_pt=12, after_pt=6, keeps_next=True, following="Subtitle"),
    Style("Subtitle", KAITI, 16, "center", after_pt=14),
    Style("Body Text", FANGSONG, BODY_PT, indent_chars=2, is_tight=True),
    Style("Quote", KAITI, BODY_PT, indent_chars=2, is_tight=True),
    Style("Notice", KAITI, 14, "both", after_pt=6),
    Style("Letterhead", XIAOBIAOSONG, 32, "center", is_single=True, keeps_next=True, color=RED),
    Style("Document Number", FANGSONG, BODY_PT, "center", keeps_next=True, is_tight=True),
    Style("Addressee", FANGSONG, BODY_PT, "left", keeps_next=True, is_tight=True),
    Style("Attachments", FANGSONG, BODY_PT, "left", is_tight=True),
    Style("Signature", FANGSONG, BODY_PT, "right", right_chars=4, is_tight=True),
    Style("Copies", FANGSONG, 14, "left", is_single=True, line_pt=22),
    Style("heading 1", HEITI, 16, "left", 2, keeps_next=True, level=0, numbering_level=0, following="BodyText"),
    Style("heading 2", KAITI, 16, "left", 2, keeps_next=True, level=1, numbering_level=1, following="BodyText"),
    Style("heading 3", FANGSONG, 16, "left", 2, keeps_next=True, level=2, numbering_level=2, following="BodyText"),
    Style("heading 4", FANGSONG, 16, "left", 2, keeps_next=True, level=3, numbering_level=3, following="BodyText"),
    Style("Annex Heading", HEITI, 16, "left", after_pt=6, keeps_next=True, level=0, following="BodyText"),
    Style("Contents Heading", XIAOBIAOSONG, 22, "center", before_pt=12, after_pt=12, keeps_next=True),
    Style("toc 1", HEITI, 14, "left", is_single=True, line_pt=24),
    Style("toc 2", FANGSONG, 14, "left", is_single=True, line_pt=24, left_mm=10),
    Style("toc 3", FANGSONG, 14, "left", is_single=True, line_pt=24, left_mm=20),
    Style("caption", HEITI, 10.5, "center", before_pt=6, after_pt=3, is_single=True, line_pt=16),
    Style("Table Text", SONGTI, 9, "center", is_single=True, line_pt=13),
    Style("Table Note", SONGTI, 9, "left", before_pt=2, after_pt=10, is_single=True, line_pt=13),
    Style("Picture", SONGTI, 9, "center", before_pt=8, is_single=True, keeps_next=True),
    Style("footnote text", SONGTI, 9, "left", is_single=True, line_pt=13),
)
ENGLISH = (
    Style(
        "Title", XIAOBIAOSONG, 20, "center", before_pt=12, after_pt=6, is_single=True, keeps_next=True, is_bold=True, following="Subtitle"
    ),
    Style("Subtitle", KAITI, 12, "center", after_pt=14, is_single=True),
    Style("Body Text", FANGSONG, 12, after_pt=6, is_single=True),
    Style("Quote", KAITI, 12, after_pt=6, is_single=True, is_italic=True, left_mm=8),
    Style("Notice", KAITI, 11, "both", after_pt=6, is_single=True),
    Style("Letterhead", XIAOBIAOSONG, 24, "center", is_single=True, keeps_next=True, is_bold=True, color=RED),
    Style("Document Number", FANGSONG, 12, "center", before_pt=12, is_single=True, keeps_next=True),
    Style("Addressee", FANGSONG, 12, "left", after_pt=6, is_single=True, keeps_next=True),
    Style("Attachments", FANGSONG, 12, "left", is_single=True),
    Style("Signature", FANGSONG, 12, "right", is_single=True),
    Style("Copies", FANGSONG, 11, "left", is_single=True),
    Style(
        "heading 1", HEITI, 14, "left", before_pt=14, after_pt=6, is_single=True, keeps_next=True, is_bold=True, level=0, numbering_level=0
    ),
    Style(
        "heading 2", KAITI, 12, "left", before_pt=8, after_pt=4, is_single=True, keeps_next=True, is_bold=True, level=1, numbering_level=1
    ),
    Style("heading 3", FANGSONG, 12, "left", before_pt=6, after_pt=4, is_single=True, keeps_next=True, level=2, numbering_level=2),
    Style("heading 4", FANGSONG, 12, "left", before_pt=6, after_pt=4, is_single=True, keeps_next=True, level=3, numbering_level=3),
    Style("Annex Heading", HEITI, 14, "left", before_pt=6, after_pt=6, is_single=True, keeps_next=True, is_bold=True, level=0),
    Style("Contents Heading", HEITI, 14, "left", before_pt=6, after_pt=6, is_single=True, keeps_next=True, is_bold=True),
    Style("toc 1", FANGSONG, 12, "left", is_single=True, line_pt=19),
    Style("toc 2", FANGSONG, 11, "left", is_single=True, line_pt=17, left_mm=8),
    Style("toc 3", FANGSONG, 11, "left", is_single=True, line_pt=17, left_mm=16),
    Style("caption", HEITI, 10, "center", before_pt=6, after_pt=3, is_single=True, line_pt=14, is_bold=True),
    Style("Table Text", SONGTI, 9, "center", is_single=True, line_pt=13),
    Style("Table Note", SONGTI, 9, "left", before_pt=2, after_pt=10, is_single=True, line_pt=13),
    Style("Picture", SONGTI, 9, "center", before_pt=8, is_single=True, keeps_next=True),
    Style("footnote text", SONGTI, 9, "left", is_single=True, line_pt=13),
)
STYLES: Mapping[str, tuple[Style, ...]] = {"zh": CHINESE, "en": ENGLISH}
OWN_STYLES = (
    "Notice",
    "Letterhead",
    "Document Number",
    "Addressee",
    "Attachments",
    "Copies",
    "Annex Heading",
    "Contents Heading",
    "Table Text",
    "Table Note",
    "Picture",
)
"""Those that Word itself does not know."""
TABLE_STYLE = "Report Table"
NUMBERING: Mapping[str, tuple[tuple[str, str], ...]] = {
    "zh": (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."), ("decimal", "（%4）")),
    "en": (("decimal", "%1. "), ("decimal", "%1.%2 "), ("decimal", "%1.%2.%3 "), ("decimal", "%1.%2.%3.%4 ")),
}
"""The number of a heading by its level: Word's name of its digits, and its form."""


def style_of(language: str, name: str) -> Style:
    """The style of this name in the format of a language."""
    return next(style for style in STYLES[language] if style.name == name)
