"""The sample roster and the sample list of places that people fill in, with invented rows."""

from collections.abc import Mapping

from survey.places import region_table
from survey.places import roster_terms as terms
from survey.sample_sheets import Cell, Said, Sample, write_sample

COUNTY, TOWNSHIP, VILLAGE = "610727", "610727101000", "610727101201"
COUNTY_NAME: Said = ("示例县（虚构）", "Example County (invented)")
TOWNSHIP_NAME: Said = ("示例镇（虚构）", "Example Township (invented)")
VILLAGE_NAME: Said = ("示例村（虚构）", "Example Village (invented)")

ROSTER_COLUMNS = (
    "village_code", "township_name", "village_name", "group_name", "number", "head_name", "kind", "n_members", "cause", "markers",
    "latitude", "longitude",
)  # fmt: skip
_VILLAGE: Mapping[str, Cell] = {"village_code": VILLAGE, "township_name": TOWNSHIP_NAME, "village_name": VILLAGE_NAME}
_FIRST_GROUP: Said = ("一组", "Group 1")
_SECOND_GROUP: Said = ("二组", "Group 2")

PLACES = Sample(
    ("区划", "Places"),
    region_table.HEADINGS,
    (
        {"code": "61", "name": ("示例省（虚构）", "Example Province (invented)"), "level": ["province"]},
        {"code": "6107", "name": ("示例市（虚构）", "Example City (invented)"), "level": ["city"]},
        {"code": COUNTY, "name": COUNTY_NAME, "level": ["county"]},
        {"code": TOWNSHIP, "name": TOWNSHIP_NAME, "level": ["township"]},
        {"code": VILLAGE, "name": VILLAGE_NAME, "level": ["village"], "latitude": 33.3297, "longitude": 106.1521},
    ),
    {"level": region_table.LEVELS},
    {
        "code": (
            "2、4、6、9 或 12 位区划代码；上级地区须已在系统中或在同一文件中",
            "2, 4, 6, 9 or 12 digits; the place above it is here already or in the same file",
        )
    },
)
"""The places of the other examples, so that all of them can be tried one after the other."""

ROSTER = Sample(
    ("花名册", "Roster"),
    {name: terms.COLUMNS[name] for name in ROSTER_COLUMNS},
    (
        {
            **_VILLAGE, "group_name": _FIRST_GROUP, "number": "0001", "head_name": ("张示例", "Zhang Example"), "kind": ["registered"],
            "n_members": 4, "cause": ["illness"], "markers": ["sick"], "latitude": 33.3297, "longitude": 106.1521,
        },
        {
            **_VILLAGE, "group_name": _SECOND_GROUP, "number": "0002", "head_name": ("李示例", "Li Example"), "kind": ["lifted_out"],
            "n_members": 3, "cause": ["skills"],
        },
        {
            **_VILLAGE, "group_name": _SECOND_GROUP, "number": "0003", "head_name": ("王示例", "Wang Example"), "kind": ["marginal"],
            "n_members": 2, "markers": ["old", "disabled"],
        },
    ),
    {"kind": terms.KINDS, "cause": terms.CAUSES, "markers": terms.MARKERS},
)  # fmt: skip


def places_sample(language: str = "zh") -> bytes:
    """The sample list of places as an .xlsx file."""
    return write_sample(PLACES, language)


def sample_workbook(language: str = "zh") -> bytes:
    """The sample roster as an .xlsx file."""
    return write_sample(ROSTER, language)
