"""The words of the registry's lists of persons and of identification as data: column headings and cell values, and our code names.

To understand one more heading or term, add it here. Words are compared as those of rosters are (`survey/places/roster_terms.py`).
"""

from survey.places.roster_terms import COLUMNS as ROSTER_COLUMNS
from survey.places.roster_terms import fold

_PLACE_COLUMNS = {name: ROSTER_COLUMNS[name] for name in ("village_code", "village_name", "township_name", "number")}

MEMBER_COLUMNS: dict[str, tuple[str, ...]] = {
    **_PLACE_COLUMNS,
    "name": ("姓名", "成员姓名", "家庭成员姓名", "家庭成员", "name", "member", "member name"),
    "sex": ("性别", "sex", "gender"),
    "id_number": ("身份证号", "身份证号码", "证件号码", "证件号", "公民身份号码", "身份证", "居民身份证号码", "id_number", "id number"),
    "relation": ("与户主关系", "户主关系", "家庭关系", "relation", "relation to head"),
    "birth": ("出生日期", "出生年月日", "出生年份", "出生年", "生日", "birth", "birth_date", "birth date", "birth_year", "birth year"),
    "schooling": ("文化程度", "在校生状况", "受教育程度", "学历", "schooling", "education"),
    "health": ("健康状况", "身体状况", "健康情况", "health"),
    "work": ("务工状况", "务工情况", "务工地点", "就业状况", "work"),
    "kind": ROSTER_COLUMNS["kind"],
    "cause": ROSTER_COLUMNS["cause"],
    "group_name": ROSTER_COLUMNS["group_name"],
}
"""Our column name to the headings that mean it; the first one is the heading of the sample file."""

MEMBER_REQUIRED = ("number", "name")

RELATIONS: dict[str, tuple[str, ...]] = {
    "head": ("户主", "本人", "本人或户主", "head", "self"),
    "spouse": ("配偶", "妻子", "丈夫", "妻", "夫", "之妻", "之夫", "spouse"),
    "child": (
        "子女", "之子", "之女", "子", "女", "儿子", "女儿", "长子", "次子", "三子", "长女", "次女", "三女", "独生子", "独生女",
        "养子", "养女", "继子", "继女", "child",
    ),
    "child_in_law": ("子女的配偶", "之儿媳", "之女婿", "儿媳", "女婿", "child_in_law", "child-in-law"),
    "grandchild": (
        "孙子女", "之孙子", "之孙女", "之外孙子", "之外孙女", "孙子", "孙女", "外孙子", "外孙女", "外孙", "之曾孙子", "之曾孙女",
        "曾孙子", "曾孙女", "grandchild",
    ),
    "parent": ("父母", "之父", "之母", "父亲", "母亲", "父", "母", "继父", "继母", "parent"),
    "parent_in_law": (
        "配偶的父母", "之岳父", "之岳母", "之公公", "之婆婆", "岳父", "岳母", "公公", "婆婆", "parent_in_law", "parent-in-law",
    ),
    "grandparent": (
        "祖父母", "之祖父", "之祖母", "之外祖父", "之外祖母", "祖父", "祖母", "外祖父", "外祖母", "爷爷", "奶奶", "grandparent",
    ),
    "sibling": (
        "兄弟姐妹", "之兄弟姐妹", "之兄", "之弟", "之姐", "之妹", "兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹",
        "sibling",
    ),
    "other": ("其他", "其它", "其他亲属", "之侄儿", "之侄女", "侄子", "侄女", "之叔伯", "非亲属", "other"),
}  # fmt: skip
SEXES: dict[str, tuple[str, ...]] = {"male": ("男", "男性", "male", "m"), "female": ("女", "女性", "female", "f")}
SCHOOLINGS: dict[str, tuple[str, ...]] = {
    "preschool": ("学龄前儿童", "学龄前", "学前教育", "幼儿园", "preschool"),
    "none": ("文盲或半文盲", "文盲", "半文盲", "未上学", "不识字", "文盲半文盲", "none"),
    "primary": ("小学", "小学在读", "primary"),
    "junior": ("初中", "七年级", "八年级", "九年级", "初中在读", "junior"),
    "senior": ("高中", "高中一年级", "高中二年级", "高中三年级", "普通高中", "senior"),
    "vocational": ("中职", "中专", "职高", "技校", "中职一年级", "中职二年级", "中职三年级", "高职", "vocational"),
    "college": ("大专及以上", "大专", "本科", "大学", "专科", "研究生", "本科及以上", "大专以上", "硕士", "博士", "college"),
}  # fmt: skip
HEALTHS: dict[str, tuple[str, ...]] = {
    "healthy": ("健康", "良好", "一般", "healthy"),
    "chronic": ("长期慢性病", "慢性病", "chronic"),
    "serious": ("患有大病", "大病", "重病", "患大病", "serious"),
    "disabled": ("残疾", "残疾人", "重度残疾", "disabled"),
}
WORKS: dict[str, tuple[str, ...]] = {
    "none": ("未务工", "没有务工", "不务工", "none"),
    "home": ("在家务农", "务农", "在家", "home"),
    "township": ("乡镇内务工", "乡(镇)内务工", "镇内务工", "乡内务工", "township"),
    "county": ("乡镇外县内务工", "乡(镇)外县内务工", "县内务工", "county"),
    "province": ("县外省内务工", "省内务工", "province"),
    "beyond": ("省外务工", "省外", "beyond"),
}
"""What the registry writes for each of our code names; the first one is the term of the sample file."""

IDENTIFICATION_COLUMNS: dict[str, tuple[str, ...]] = {
    **_PLACE_COLUMNS,
    "kind": ("事项", "变动类型", "识别状态", "动态", "类别", "event", "kind"),
    "day": ("日期", "时间", "发生日期", "变动日期", "date", "day"),
    "note": ("备注", "说明", "依据", "note", "remark"),
    "registered": ("识别日期", "识别时间", "建档立卡日期", "建档立卡时间", "建档时间", "registered on"),
    "supported": ("帮扶日期", "帮扶时间", "supported on"),
    "lifted_out": ("脱贫日期", "脱贫时间", "lifted out on"),
    "accepted": ("验收日期", "验收时间", "accepted on"),
    "struck_off": ("销号日期", "销号时间", "struck off on"),
    "registered_again": ("返贫日期", "返贫时间", "registered again on"),
}
"""Either one row for each happening (`kind` and `day`), or one row for each household with a column of days for each kind."""

IDENTIFICATION_KINDS: dict[str, tuple[str, ...]] = {
    "registered": ("识别", "建档立卡", "纳入", "新识别", "registered"),
    "supported": ("帮扶", "supported"),
    "lifted_out": ("脱贫", "退出", "lifted_out", "lifted out"),
    "accepted": ("验收", "验收通过", "accepted"),
    "struck_off": ("销号", "struck_off", "struck off"),
    "registered_again": ("返贫", "再次纳入", "重新识别", "registered_again", "registered again"),
}


def _inverse(terms: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Every folded term to its code name."""
    return {fold(term): name for name, words in terms.items() for term in words}


MEMBER_TERMS = {"sex": SEXES, "relation": RELATIONS, "schooling": SCHOOLINGS, "health": HEALTHS, "work": WORKS}
"""The columns of a person that hold a term, with the terms."""
MEMBER_CODES = {column: _inverse(terms) for column, terms in MEMBER_TERMS.items()}
IDENTIFICATION_CODES = _inverse(IDENTIFICATION_KINDS)


def first_terms(terms: dict[str, tuple[str, ...]]) -> str:
    """The first term of each meaning, in the registry's own words."""
    return "、".join(words[0] for words in terms.values())
