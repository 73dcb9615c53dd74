"""The words of text blocks that come with the program. Suggestions on areas have none: the program invents no advice."""

from collections.abc import Mapping

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "feedback.introduction": "根据脱贫攻坚民主监督工作安排，调研组于{dates}赴{county}开展“{visit}”，走访{n_villages}个村，"
        "入户访谈{n_households}户，涉及家庭成员{n_persons}人。现将调研情况和意见反馈如下。",
        "feedback.closing": "以上意见供研究参考。请就所反馈的问题逐项研究整改，并按时限书面回复整改情况。",
        "visit.introduction": "{dates}，调研组开展“{visit}”，涉及{n_counties}个县（区）、{n_villages}个村，由{n_pairs}个访谈组"
        "入户访谈{n_households}户。现将有关情况报告如下。",
        "visit.closing": "对上述问题将持续跟踪，适时开展回头看，推动整改落实。",
        "village.introduction": "{dates}，调研组在{county}{village}入户访谈{n_households}户。现将主要情况简报如下。",
        "village.closing": "",
        "look_back.introduction": "{dates}，调研组对“{before}”开展回头看，再次访谈同一批农户{n_again}户，"
        "逐项了解所反馈问题的整改情况。"
        "现将有关情况报告如下。",
        "look_back.closing": "对尚未解决和新发现的问题，将继续反馈并跟踪到底。",
        "quarter.introduction": "截至{day}，{period}联席会议须研究的问题共{n_issues}项，涉及{n_counties}个县（区），"
        "其中超过整改时限的{n_overdue}项。"
        "台账如下。",
        "quarter.closing": "",
        "month.introduction": "截至{day}，已反馈而尚未销号的问题共{n_issues}项，涉及{n_counties}个县（区），"
        "其中超过整改时限的{n_overdue}项。"
        "现将{period}整改进展通报如下。",
        "month.closing": "请有关县（区）对照时限抓紧整改，逾期问题请书面说明原因和完成时间。",
        "year.introduction": "{period}，共开展调研{n_visits}次，走访{n_villages}个村，入户访谈{n_households}户。现将工作情况总结如下。",
        "year.closing": "",
        "area.introduction": "围绕“{area}”，汇总{n_visits}次调研、{n_counties}个县（区）、{n_households}户的访谈记录，"
        "并结合已核实的{n_issues}项问题，"
        "形成本专题报告。",
        "area.closing": "",
    },
    "en": {
        "feedback.introduction": "From {dates} the team visited {county} (“{visit}”): {n_villages} villages, {n_households} "
        "households "
        "interviewed, {n_persons} persons in them. This is what it found and what it suggests.",
        "feedback.closing": "These opinions are given for consideration. Please work through the issues one by one and reply in writing "
        "by "
        "their due dates.",
        "visit.introduction": "From {dates} the team carried out “{visit}”. Counties: {n_counties}; villages: {n_villages}; "
        "households interviewed: {n_households}; pairs of interviewers: {n_pairs}.",
        "visit.closing": "The issues will be followed, and a look-back will see what became of them.",
        "village.introduction": "From {dates} the team interviewed {n_households} households in {village}, {county}.",
        "village.closing": "",
        "look_back.introduction": "From {dates} the team looked back on “{before}”: {n_again} of the same households were "
        "interviewed again, and each reported issue was followed.",
        "look_back.closing": "What is unsolved or new will be reported and followed to its end.",
        "quarter.introduction": "As of {day}, the joint meeting of {period} has {n_issues} issues of {n_counties} counties to speak "
        "about, "
        "{n_overdue} of them past their due date.",
        "quarter.closing": "",
        "month.introduction": "As of {day}, {n_issues} reported issues of {n_counties} counties are not closed, {n_overdue} of them past "
        "their due date. This is how far they came in {period}.",
        "month.closing": "The counties concerned are asked to keep their due dates, and to say in writing why an issue is late and "
        "until when "
        "it will be done.",
        "year.introduction": "In {period}, {n_visits} visits went to {n_villages} villages and interviewed {n_households} households. "
        "This is "
        "a summary of the work.",
        "year.closing": "",
        "area.introduction": "This study of “{area}” brings together {n_visits} visits to {n_counties} counties with {n_households} "
        "households "
        "interviewed, and {n_issues} verified issues.",
        "area.closing": "",
    },
}
