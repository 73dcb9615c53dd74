"""What the study of one area says."""

from analysis.report.kinds.voice import Sentences

SENTENCES: Sentences = {
    "zh": {
        "title": "关于{area}的专题调研报告",
        "title_year": "关于{year}年{area}的\n专题调研报告",
        "sources_heading": "数据来源",
        "figures_heading": "指标情况",
        "problems": "存在的主要问题",
        "suggestions": "意见建议",
        "visits_table": "纳入的调研",
        "th_visit": "调研",
        "th_counties": "县（区）数",
        "no_indicators": "所用问卷没有这一领域的指标。",
        "not_pooled": "各次调研的村户选取方式和时间不同，数字分次列出，不合并计算。",
        "attributions": "已核实的问题中，{items}。",
        "problems_listed": "问题一览见{table}。",
        "attribution_item_planned": "已有安排、重在推进的{n}项",
        "attribution_item_local": "须在当地解决的{n}项",
        "attribution_item_above": "根子在上面、须上级解决的{n}项",
    },
    "en": {
        "title": "Study of one area: {area}",
        "title_year": "Study of one area in {year}: {area}",
        "sources_heading": "Sources",
        "figures_heading": "Figures",
        "problems": "Issues",
        "suggestions": "Suggestions",
        "visits_table": "Visits taken in",
        "th_visit": "Visit",
        "th_counties": "Counties",
        "no_indicators": "The questionnaires have no indicator of this area.",
        "not_pooled": "Visits chose their villages and households differently and at different times; their figures stand side by side "
        "and are "
        "not pooled.",
        "attributions": "Of the verified issues: {items}.",
        "problems_listed": "{table} lists the issues.",
        "attribution_item_planned": "{n} planned already and to be hurried",
        "attribution_item_local": "{n} to be mended where they are",
        "attribution_item_above": "{n} with their root above",
    },
}
