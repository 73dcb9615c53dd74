"""The words of gap analyses in Chinese and English, and the notes that go with every table. Pure."""

from analysis.words import Words

SHEET_NAMES: Words = {
    "zh": {"cliff": "悬崖效应", "filed": "说与写", "villages": "问题村差异", "notes": "说明"},
    "en": {"cliff": "Cliff effect", "filed": "Said against filed", "villages": "Villages with an issue", "notes": "Notes"},
}
DOMAIN_NAMES: Words = {
    "zh": {"visit": "整次调研", "county": "县", "village": "村", "all": "全部调研（不含回头看）"},
    "en": {"visit": "visit", "county": "county", "village": "village", "all": "all visits, look-backs left out"},
}
TEST_NAMES: Words = {
    "zh": {
        "student": "按抽样设计的 t 检验",
        "shuffled_kinds": "村内随机调换农户类型",
        "shuffled_villages": "村间随机调换问题标记",
        "sign": "符号检验（精确）",
    },
    "en": {
        "student": "Student's t with the design",
        "shuffled_kinds": "kinds shuffled within villages",
        "shuffled_villages": "issues shuffled among villages",
        "sign": "exact sign test",
    },
}
ANY_RULE: Words = {"zh": {"": "任一问题"}, "en": {"": "any issue"}}
HEADINGS: Words = {
    "zh": {
        "visit": "调研",
        "domain_type": "范围",
        "place": "地区",
        "indicator": "指标",
        "kinds": "比较",
        "n_villages": "村数",
        "n_first": "前者户数",
        "n_second": "后者户数",
        "mean_first": "前者",
        "mean_second": "后者",
        "gap": "差距",
        "item": "项目",
        "n": "比对户数",
        "n_not_verified": "无法核实",
        "n_missing_in_file": "档案没有",
        "agreement": "相符率",
        "n_above": "档案偏高（偏好）",
        "n_below": "档案偏低（偏差）",
        "direction": "净偏向",
        "rule": "问题",
        "rank": "位次",
        "n_with": "有问题的村",
        "n_without": "没有的村",
        "mean_with": "有问题的村均值",
        "mean_without": "没有的村均值",
        "difference": "差值",
        "effect": "差值（标准差倍数）",
        "is_same_question": "同一问题所得",
        "unit": "单位",
        "se": "标准误",
        "ci_low": "区间下限",
        "ci_high": "区间上限",
        "test": "检验",
        "p_value": "p 值",
        "n_tests": "同时检验数",
        "p_holm": "p 值（Holm）",
        "basis": "依据",
    },
    "en": {
        "visit": "Visit",
        "domain_type": "Level",
        "place": "Place",
        "indicator": "Indicator",
        "kinds": "Compared",
        "n_villages": "Villages",
        "n_first": "Households, first",
        "n_second": "Households, second",
        "mean_first": "First",
        "mean_second": "Second",
        "gap": "Gap",
        "item": "Item",
        "n": "Households compared",
        "n_not_verified": "Cannot be verified",
        "n_missing_in_file": "Missing in the file",
        "agreement": "Agreement",
        "n_above": "File tells more (better)",
        "n_below": "File tells less (worse)",
        "direction": "Net direction",
        "rule": "Issue",
        "rank": "Rank",
        "n_with": "Villages with it",
        "n_without": "Villages without",
        "mean_with": "Mean with it",
        "mean_without": "Mean without",
        "difference": "Difference",
        "effect": "In standard deviations",
        "is_same_question": "By construction",
        "unit": "Unit",
        "se": "Standard error",
        "ci_low": "Interval from",
        "ci_high": "Interval to",
        "test": "Test",
        "p_value": "p",
        "n_tests": "Tests made",
        "p_holm": "p (Holm)",
        "basis": "Basis",
    },
}
NOTES: dict[str, tuple[str, ...]] = {
    "zh": (
        "依据为“典型选取”的数字只说明所访农户和所到村的情况，不推断全县：没有标准误和区间。其检验只问“打乱之后出现同样大的差距有多常见”，不代表未访的户和村。",
        "悬崖效应：同一个村里两类农户的差距，先在村内相减，再对各村取平均，每村同等看待；两类农户都有答复的村才计入。",
        "说与写：以读到档案的农户为准，按“说写相符率”的定义判断；“档案偏高（偏好）”指档案比农户说的多，或档案写“是、安全”而农户说“否、不安全”。",
        "问题村差异：有该问题线索的村与没有的村各项指标的差值。这是“同时出现”，不是“谁造成谁”；“同一问题所得”的指标必然有差别。合并各次调研时只在同一次调研内比较。",
        "同时作许多检验时，有些会碰巧显得有差别：请看 Holm 校正后的 p 值，“同时检验数”是一起作的检验有多少个。",
    ),
    "en": (
        "A figure “chosen on purpose” tells of the households and villages visited and not of the county: it has no standard error "
        "and no interval. Its test only asks how often shuffling gives as large a difference; it says nothing of who was not visited.",
        "Cliff effect: the difference of two kinds of household in the same village, taken within each village and then averaged, "
        "every village counting once; only villages where both kinds answered count.",
        "Said against filed: households whose file was read, by the definition of the indicator of agreement. “File tells more "
        "(better)” means more than the household said, or “yes, safe” where it said “no, not safe”.",
        "Villages with an issue: differences of indicators between villages where a rule raised a candidate and those where it did "
        "not. They go together, and neither need cause the other; what is made from the same question differs by construction. "
        "Over all visits, villages are compared within their visit.",
        "Of many tests some look like differences by chance: read the p values corrected by Holm; “tests made” says how many were "
        "made together.",
    ),
}
