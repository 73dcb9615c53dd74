"""The kinds of reports by name: what they are called, what each is about, and who may draft it. Data only; `registry.py` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

COORDINATORS = ("admin", "coordinator")
AUTHORS = ("admin", "coordinator", "author")


@dataclass(frozen=True, slots=True)
class KindName:
    """One kind of report. `about` are the parameters that it needs, in the order in which one asks for them: fields of `records.About`.

    `needs` says what it is made of: "interviews" (the bundle of its visit), "before" (that of the visit looked back on), "all_interviews"
    (the bundles of all visits of its year, or of all), "issues", "meetings" and "work" (records of the register).
    """

    name: str
    titles: Mapping[str, str]
    about: tuple[str, ...]
    needs: tuple[str, ...]
    roles: tuple[str, ...] = AUTHORS
    optional: tuple[str, ...] = ()
    """Parameters that may be left out: the report then is about everything."""


KIND_NAMES = (
    KindName(
        "feedback",
        {"zh": "对县反馈意见", "en": "Feedback to a county"},
        ("visit_id", "county_code"),
        ("interviews", "issues"),
    ),
    KindName("visit", {"zh": "调研报告", "en": "Survey report of a visit"}, ("visit_id",), ("interviews", "issues", "meetings")),
    KindName("village", {"zh": "村情简报", "en": "Village brief"}, ("visit_id", "village_code"), ("interviews", "issues")),
    KindName(
        "look_back",
        {"zh": "回头看报告", "en": "Look-back report"},
        ("visit_id",),
        ("interviews", "before", "issues"),
        optional=("county_code",),
    ),
    KindName(
        "quarter",
        {"zh": "联席会议问题台账（季度）", "en": "Quarterly ledger for the joint meeting"},
        ("year", "quarter"),
        ("issues", "meetings"),
        COORDINATORS,
        optional=("county_code",),
    ),
    KindName(
        "month",
        {"zh": "整改进展通报（月度）", "en": "Monthly notice of progress"},
        ("year", "month"),
        ("issues",),
        COORDINATORS,
    ),
    KindName("year", {"zh": "年度工作总结", "en": "Annual summary"}, ("year",), ("issues", "meetings", "work"), COORDINATORS),
    KindName(
        "area",
        {"zh": "专题调研报告", "en": "Study of one area"},
        ("area",),
        ("all_interviews", "issues"),
        optional=("year",),
    ),
    KindName("method", {"zh": "方法附件", "en": "Method annex"}, ("visit_id",), ("interviews",), optional=("county_code",)),
    KindName("county", {"zh": "县情数据报告", "en": "Figures of a county"}, ("visit_id", "county_code"), ("interviews",)),
)
"""In the order in which they are offered."""
KIND_OF_NAME: Mapping[str, KindName] = MappingProxyType({kind.name: kind for kind in KIND_NAMES})
