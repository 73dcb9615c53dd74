"""The sample files that people fill in: lists of persons and of the register, with invented rows."""

from collections.abc import Mapping

from survey.places import roster_terms
from survey.places.roster_sample import VILLAGE, VILLAGE_NAME
from survey.registry import terms
from survey.sample_sheets import Cell, Sample, write_sample

MEMBER_COLUMNS = (
    "village_code", "village_name", "number", "name", "relation", "sex", "id_number", "birth", "schooling", "health", "work",
    "kind", "cause",
)  # fmt: skip
IDENTIFICATION_COLUMNS = ("village_code", "village_name", "number", "kind", "day", "note")
_HOUSEHOLD: Mapping[str, Cell] = {"village_code": VILLAGE, "village_name": VILLAGE_NAME, "number": "0001"}

MEMBERS = Sample(
    ("家庭成员", "Persons"),
    {name: terms.MEMBER_COLUMNS[name] for name in MEMBER_COLUMNS},
    (
        {
            **_HOUSEHOLD, "name": ("张示例", "Zhang Example"), "relation": ["head"], "sex": ["male"], "id_number": "619999196401050018",
            "birth": "1964-01-05", "schooling": ["primary"], "health": ["healthy"], "work": ["home"], "kind": ["registered"],
            "cause": ["illness"],
        },
        {
            **_HOUSEHOLD, "name": ("李示例", "Li Example"), "relation": ["spouse"], "sex": ["female"], "birth": "1966",
            "schooling": ["junior"], "health": ["chronic"],
        },
    ),
    {**terms.MEMBER_TERMS, "kind": roster_terms.KINDS, "cause": roster_terms.CAUSES},
)  # fmt: skip
"""The identity number is invented: 619999 is the code of no county."""

IDENTIFICATION = Sample(
    ("动态台账", "Register"),
    {name: terms.IDENTIFICATION_COLUMNS[name] for name in IDENTIFICATION_COLUMNS},
    (
        {**_HOUSEHOLD, "kind": ["registered"], "day": "2014-11-30", "note": ("首轮识别", "first round")},
        {**_HOUSEHOLD, "kind": ["lifted_out"], "day": "2016-12-20"},
    ),
    {"kind": terms.IDENTIFICATION_KINDS},
)


def member_sample(language: str = "zh") -> bytes:
    """The sample of a list of persons as an .xlsx file."""
    return write_sample(MEMBERS, language)


def identification_sample(language: str = "zh") -> bytes:
    """The sample of the register of identification as an .xlsx file."""
    return write_sample(IDENTIFICATION, language)
