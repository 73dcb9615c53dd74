"""The fixed words of tables and charts in Chinese and English: captions, heads, cells and notes. Sentences are said by a `Voice`."""

from collections.abc import Mapping

from analysis.report.texts import Text, filled

CAPTIONS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "table": "{label}有关指标",
        "table_part": "{label}有关指标（{part}/{parts}）",
        "distribution_table": "{label}",
        "distribution_top": "{label}（前{n}项）",
        "picture": "{label}有关指标（条为全县受访对象，点为各村）",
        "picture_part": "{label}有关指标（条为全县受访对象，点为各村，{part}/{parts}）",
        "coverage_table": "各村访谈户数和记录份数",
        "records_table": "各村其他问卷记录份数",
        "issues_table": "问题线索一览",
        "annex_table": "各村指标一览",
        "annex_table_part": "各村指标一览（{part}/{parts}）",
        "category": "{label}：{choice}",
        "cell_note": "注：括号内为有效答复数；“—”为没有有效答复。",
        "annex_note": "注：每格为数值、有效答复数/未答或不适用数。",
        "suppressed_note": "“…”为答复过少，不公布。",
        "whole": "全县受访",
        "village": "村",
        "basis": "选取方式",
        "frame": "在册户数",
        "interviewed": "访谈户数",
        "group": "范围",
        "all_villages": "合计",
        "issue_title": "问题线索",
        "area": "领域",
        "severity": "程度",
        "level": "层级",
        "n_found": "数量",
        "share_found": "占比",
        "n_villages": "涉及村数",
        "indicator": "指标",
        "with_unit": "{label}（{unit}）",
        "cell": "{value}（{n}）",
        "by_places_county": "各县",
        "by_places_village": "各村",
        "only_extremes": "（最低和最高各{n}个）",
        "everybody": "全部受访对象",
        "many_dots": "各地",
        "threshold": "参考标准",
        "alt": "条形图。{items}。",
        "alt_row": "{label}{value}",
        "alt_dots": "（{dots}）",
    },
    "en": {
        "table": "Indicators: {label}",
        "table_part": "Indicators: {label} ({part} of {parts})",
        "distribution_table": "{label}",
        "distribution_top": "{label} (the {n} most frequent)",
        "picture": "Indicators: {label} (bars: all those interviewed in the county; dots: villages)",
        "picture_part": "Indicators: {label} (bars: all those interviewed in the county; dots: villages; {part} of {parts})",
        "coverage_table": "Households interviewed and records by village",
        "records_table": "Records of other questionnaires by village",
        "issues_table": "Candidates for issues",
        "annex_table": "Indicators by village",
        "annex_table_part": "Indicators by village ({part} of {parts})",
        "category": "{label}: {choice}",
        "cell_note": "Note: usable answers in parentheses; “—”: no usable answer.",
        "annex_note": "Note: each cell gives the value, then usable answers/not answered or not applicable.",
        "suppressed_note": "“…”: too few answers to be published.",
        "whole": "All interviewed",
        "village": "Village",
        "basis": "Chosen by",
        "frame": "On roster",
        "interviewed": "Interviewed",
        "group": "Group",
        "all_villages": "Total",
        "issue_title": "Candidate",
        "area": "Area",
        "severity": "Severity",
        "level": "Level",
        "n_found": "Number",
        "share_found": "Share",
        "n_villages": "Villages",
        "indicator": "Indicator",
        "with_unit": "{label} ({unit})",
        "cell": "{value} ({n})",
        "by_places_county": "by county",
        "by_places_village": "by village",
        "only_extremes": " (the {n} lowest and the {n} highest)",
        "everybody": "everybody",
        "many_dots": "places",
        "threshold": "reference value",
        "alt": "Bar chart. {items}.",
        "alt_row": "{label}: {value}",
        "alt_dots": " ({dots})",
    },
}


def say(language: str, caption: str, **values: object) -> str:
    """The words in the language with their values filled in."""
    return CAPTIONS[language][caption].format(**values)


def tell(language: str, caption: str, **values: object) -> Text:
    """The words in the language with their values filled in; figures among them stay figures."""
    return filled(CAPTIONS[language][caption], values)
