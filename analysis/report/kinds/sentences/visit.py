"""What the survey report of a visit says."""

from analysis.report.kinds.voice import Sentences

SENTENCES: Sentences = {
    "zh": {
        "title": "关于{visit}\n情况的报告",
        "conduct": "调研开展情况",
        "comparison": "各县（区）比较",
        "reached": "各县（区）走访和访谈情况见{table}。",
        "meetings": "其间召开会议{n}次，其中{items}。",
        "meeting": "{name}{n}次",
        "comparison_intro": "下列表格按领域列出各县（区）数字，括号内为有效答复数。",
        "one_county": "本次调研只涉及一个县（区），不作县际比较。",
        "problems_intro": "经核实、尚未销号的问题共{n}项，涉及{n_counties}个县（区），按重要程度依次如下（一览见{table}）。",
    },
    "en": {
        "title": "Survey report\n{visit}",
        "conduct": "How the visit was carried out",
        "comparison": "Comparison of counties",
        "reached": "{table} tells who was reached in each county.",
        "meetings": "Meetings held during the visit: {n}; of these {items}.",
        "meeting": "{name}: {n}",
        "comparison_intro": "The tables give the figures of each county by area, usable answers in parentheses.",
        "one_county": "The visit went to one county, so that there is nothing to compare.",
        "problems_intro": "Issues verified and not closed: {n}; counties concerned: {n_counties}. They are told in the order of their "
        "importance and listed in {table}.",
    },
}
