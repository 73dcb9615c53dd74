"""The words of household rosters as data: column headings and cell values as the registry writes them, and our code names.

To understand one more heading or term, add it here. Words are compared after `fold`: full-width forms, letter case, blanks and
brackets with their content do not matter.
"""

import re
import unicodedata

from survey.places.positions import LATITUDE_HEADINGS, LONGITUDE_HEADINGS

COLUMNS: dict[str, tuple[str, ...]] = {
    "village_code": (
        "村代码",
        "行政村代码",
        "村编码",
        "行政村编码",
        "村区划代码",
        "行政区划代码",
        "区划代码",
        "village_code",
        "village code",
    ),
    "village_name": ("行政村", "行政村名称", "村名", "村名称", "所在村", "村", "village_name", "village"),
    "township_name": ("乡镇", "乡(镇)", "镇", "乡", "乡镇名称", "township_name", "township"),
    "number": ("户编号", "户编码", "户号", "农户编号", "家庭编号", "贫困户编号", "number", "household_number", "household number"),
    "head_name": ("户主姓名", "户主", "姓名", "head_name", "head", "head name", "name"),
    "kind": ("户类型", "贫困户属性", "农户类型", "户属性", "类型", "农户类别", "户类别", "kind", "household_kind", "household kind"),
    "n_members": ("人口数", "家庭人口", "家庭人口数", "家庭成员数", "人数", "人口", "n_members", "members", "household size"),
    "cause": ("致贫原因", "主要致贫原因", "致贫(返贫)原因", "cause", "cause of poverty"),
    "group_name": ("组", "自然村", "村民小组", "小组", "组别", "自然村(组)", "村组", "group_name", "group"),
    "markers": ("特殊群体标记", "特殊群体", "重点关注", "特殊人群", "标记", "markers"),
    "latitude": LATITUDE_HEADINGS,
    "longitude": LONGITUDE_HEADINGS,
    "relation": ("与户主关系", "relation", "relation to head"),
}
"""Our column name to the headings that mean it; the first one is the heading of the sample file."""

REQUIRED = ("number", "head_name", "kind", "n_members")
"""Columns without which a file is no roster; beside them it needs `village_code` or `village_name`."""

KINDS: dict[str, tuple[str, ...]] = {
    "registered": (
        "建档立卡贫困户", "建档立卡户", "建档立卡", "贫困户", "一般贫困户", "低保贫困户", "五保贫困户", "特困供养贫困户",
        "未脱贫户", "未脱贫", "registered",
    ),
    "lifted_out": (
        "脱贫户", "已脱贫户", "已脱贫", "脱贫", "稳定脱贫户", "脱贫稳定户",
        "脱贫不稳定户", "脱贫享受政策户", "脱贫不享受政策户", "lifted_out", "lifted out",
    ),
    "marginal": ("边缘户", "边缘易致贫户", "贫困边缘户", "临界户", "marginal"),
    "ordinary": ("一般户", "一般农户", "普通户", "普通农户", "非贫困户", "非建档立卡户", "ordinary"),
}  # fmt: skip
"""Household kinds to the registry's terms; the first one is the term of the sample file."""

CAUSES: dict[str, tuple[str, ...]] = {
    "illness": ("因病", "因病致贫", "illness"),
    "disability": ("因残", "因残致贫", "disability"),
    "schooling": ("因学", "因学致贫", "schooling"),
    "disaster": ("因灾", "因灾致贫", "disaster"),
    "land": ("缺土地", "land"),
    "water": ("缺水", "water"),
    "skills": ("缺技术", "skills"),
    "labour": ("缺劳力", "缺劳动力", "labour"),
    "funds": ("缺资金", "funds"),
    "transport": ("交通条件落后", "交通落后", "transport"),
    "motivation": ("自身发展动力不足", "自身发展力不足", "内生动力不足", "motivation"),
    "other": ("其他", "其它", "因婚", "因丧", "other"),
}
"""Causes of poverty to the registry's terms."""

MARKERS: dict[str, tuple[str, ...]] = {
    "old": ("老人", "老", "高龄", "高龄老人", "独居老人", "空巢老人", "留守老人", "old"),
    "sick": ("病人", "病", "大病", "重病", "慢性病", "长期慢性病", "患病", "sick"),
    "disabled": ("残疾人", "残疾", "残", "重度残疾", "disabled"),
    "other_special": ("其他", "其它", "其他特殊", "留守儿童", "孤儿", "五保", "特困", "单亲", "other_special", "other"),
}
"""Markers of households that need special attention to the terms that mean them."""

NOTHING = frozenset({"", "无", "/", "-", "—", "none", "否", "没有"})
"""What people write into a cell to say that there is nothing to write."""

HEAD_RELATIONS = frozenset({"户主", "本人", "本人或户主", "head", "self"})
"""Values of the relation column that mark the row of the head; other rows describe further members."""


_BRACKETED = re.compile(r"\([^()]*\)")
_IGNORED = re.compile(r"[\s*:_]+")


def fold(text: str) -> str:
    """The text for comparison: NFKC, lower case, without blanks, asterisks and bracketed remarks such as unit or example."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _IGNORED.sub("", _BRACKETED.sub("", plain) or plain)


def _inverse(terms: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Every folded term to its code name."""
    return {fold(term): name for name, words in terms.items() for term in words}


KIND_OF = _inverse(KINDS)
CAUSE_OF = _inverse(CAUSES)
MARKER_OF = _inverse(MARKERS)
