"""What the checks are called and mean, and what their columns are called, in Chinese and English. Data only."""

from dataclasses import asdict

from analysis.quality.thresholds import Thresholds
from analysis.words import Words

TITLES: Words = {
    "zh": {
        "same_household": "同一户的重复访谈",
        "near_identical": "答案几乎相同的访谈",
        "outliers": "离群数值",
        "missing": "各题未答",
        "missing_by_interviewer": "各访谈员未答",
        "non_answers": "各访谈员“不知道”与拒答",
        "non_answers_by_question": "各题“不知道”与拒答",
        "other_specify": "“其他”的填写",
        "straight_lining": "量表直线作答",
        "digit_preference": "末位数字偏好",
        "digits_by_interviewer": "各访谈员末位数字偏好",
        "age_heaping": "年龄堆积",
        "speed_by_interviewer": "各访谈员用时",
        "speed_by_question": "各题用时",
        "interviewer_effect": "访谈员效应",
        "positions_far": "离村内其他访谈较远",
        "same_point": "不同农户在同一地点记录",
        "positions_close": "访谈员的位置过于集中",
        "back_checks": "复核差错率（按题）",
        "back_checks_by_interviewer": "复核差错率（按访谈员）",
    },
    "en": {
        "same_household": "Households interviewed twice",
        "near_identical": "Interviews with nearly the same answers",
        "outliers": "Outlying numbers",
        "missing": "Blanks by question",
        "missing_by_interviewer": "Blanks by interviewer",
        "non_answers": "Don't know and refusals by interviewer",
        "non_answers_by_question": "Don't know and refusals by question",
        "other_specify": 'What "other" stands for',
        "straight_lining": "Straight-lining",
        "digit_preference": "Last digits",
        "digits_by_interviewer": "Last digits by interviewer",
        "age_heaping": "Heaping of ages",
        "speed_by_interviewer": "Speed by interviewer",
        "speed_by_question": "Speed by question",
        "interviewer_effect": "Interviewer effect",
        "positions_far": "Far from the village's other interviews",
        "same_point": "Several households at one point",
        "positions_close": "Positions too close together",
        "back_checks": "Back-check error rates by question",
        "back_checks_by_interviewer": "Back-check error rates by interviewer",
    },
}
MEANINGS: Words = {
    "zh": {
        "same_household": "同一农户有两份以上同一问卷的有效访谈；答案一致比例是其中最相近两份的。",
        "near_identical": (
            "不同农户的两份访谈，至少一方作答的题目（{match_least_questions:g} 题以上）中有 {match_share:.0%} 以上答案相同（"
            "Kuriakose 与 Robbins，2016）。"
        ),
        "outliers": (
            "同时超出四分位距 {outlier_fence:g} 倍的界限（Tukey）和稳健标准分数 {robust_z:g}（中位数与绝对中位差）的数值；偏"
            "斜的金额按对数判断，0 不计入。"
        ),
        "missing": "未作答或因跳转未问到的访谈数；标出的是从来没有人作答的题。",
        "missing_by_interviewer": (
            "未答比例比其他访谈员高 {difference:.0%} 以上，且不能用偶然解释（错误发现率 {significance:.0%}）。各村情况不同也可能造成差别。"
        ),
        "non_answers": "“不知道”“不愿回答”的比例比其他访谈员高 {difference:.0%} 以上，且不能用偶然解释。",
        "non_answers_by_question": "“不知道”或“不愿回答”占 {difference:.0%} 以上的题：题目可能太难，或者不便当面问。",
        "other_specify": "选了“其他”的次数和填写的文字；占 {other_share:.0%} 以上时，选项可能不全。",
        "straight_lining": (
            "相邻 {straight_least_questions:g} 题以上使用同一量表（至少 {straight_least_choices:g} 个选项），全部选了同一个答"
            "案的访谈；与其他访谈员比较。"
        ),
        "digit_preference": "末位为 0 或 5 的比例（没有偏好时为 20%）与卡方检验；金额多为整数，故只标出不是金额、且超过一半的题。",
        "digits_by_interviewer": "各题合并比较：末位为 0 或 5 的比例比其他访谈员高 {difference:.0%} 以上，且不能用偶然解释。",
        "age_heaping": "惠普尔指数 {whipple:g} 以上（100 为没有偏好）或迈耶斯指数 {myers:g} 以上：年龄多是估计的。",
        "speed_by_interviewer": (
            "按平板记录：{hurried_share:.0%} 以上的题用时不到 {hurried_seconds:g} 秒，或者所用时间不到其他访谈员的 {pace:.0%}。"
        ),
        "speed_by_question": "按平板记录：{hurried_share:.0%} 以上的访谈在这一题用时不到 {hurried_seconds:g} 秒，来不及念完。",
        "interviewer_effect": (
            "组内相关系数（单因素方差分析）{interviewer_effect:g} 以上、区间在 0 以上，且大于村的相关系数：答案与谁来问有关。"
            "选择题取相关最大的选项。"
        ),
        "positions_far": "位置离本村访谈的中心超过 {far_m:,.0f} 米，且超过全村离中心距离中位数的 {far_spread:g} 倍。",
        "same_point": "不同农户的访谈位置相距不到 {same_point_m:g} 米；全村多数都在一处填写的（如在村委会查档）不算。",
        "positions_close": "一名访谈员在一个村的位置一半以上集中在 {close_m:g} 米以内，而全村的位置分散十倍以上。",
        "back_checks": (
            "同一答案记录过两次时不一致的比例。第一类（不变的事实）{rate_1:.0%}、第二类（要会问、会判断）{rate_2:.0%}、第三类"
            "（会变化、看法）{rate_3:.0%} 以上标出；回头看只标第一类。"
        ),
        "back_checks_by_interviewer": "按访谈员和题目类别的不一致比例；标准同上。",
    },
    "en": {
        "same_household": "Several interviews of one questionnaire with the same household; the match is that of the two most alike.",
        "near_identical": (
            "Two interviews with different households that give the same answer to {match_share:.0%} or more of the "
            "questions that at least one of them answered ({match_least_questions:g} or more; Kuriakose and Robbins 2016)."
        ),
        "outliers": (
            "Numbers beyond both Tukey's fences of {outlier_fence:g} interquartile ranges and a robust score of {robust_z:g} "
            "(by median and median absolute deviation); skewed amounts by their logarithms, zeros left aside."
        ),
        "missing": "How many did not answer, or were not asked because it did not apply. Marked is what nobody ever answered.",
        "missing_by_interviewer": (
            "Blank {difference:.0%} more often than with the others, and not by chance (false discovery rate "
            "{significance:.0%}). Villages that differ can make it too."
        ),
        "non_answers": '"Don\'t know" or a refusal {difference:.0%} more often than with the others, and not by chance.',
        "non_answers_by_question": (
            '"Don\'t know" or a refusal from {difference:.0%} on: the question may be too hard, or not one to ask in company.'
        ),
        "other_specify": 'How often "other" was chosen, and what was written; from {other_share:.0%} on a choice may be missing.',
        "straight_lining": (
            "Interviews with one and the same answer to {straight_least_questions:g} or more neighbouring questions of one "
            "scale (of {straight_least_choices:g} or more choices), compared with the other interviewers."
        ),
        "digit_preference": (
            "Share of numbers ending in 0 or 5 (20% without preference) with chi-square tests; amounts of money are mostly "
            "round, so only others are marked, from one half on."
        ),
        "digits_by_interviewer": (
            "Over all questions: 0 or 5 at the end {difference:.0%} more often than with the others, and not by chance."
        ),
        "age_heaping": (
            "Whipple's index from {whipple:g} (100 without preference) or Myers's from {myers:g} on: ages were mostly guessed."
        ),
        "speed_by_interviewer": (
            "By the tablets' logs: {hurried_share:.0%} or more of the questions in less than {hurried_seconds:g} seconds, or "
            "less than {pace:.0%} of the others' time."
        ),
        "speed_by_question": (
            "By the tablets' logs: {hurried_share:.0%} or more took less than {hurried_seconds:g} seconds, too short to read it out."
        ),
        "interviewer_effect": (
            "An intraclass correlation (one-way analysis of variance) from {interviewer_effect:g} on, its interval above 0, "
            "and larger than that of the villages: the answer depends on who asks. Of choices the one with the largest is "
            "shown."
        ),
        "positions_far": (
            "More than {far_m:,.0f} m from the middle of the village's interviews, and more than {far_spread:g} times their "
            "median distance."
        ),
        "same_point": (
            "Interviews with different households less than {same_point_m:g} m apart; where most of a village's forms were "
            "filled in at one place (files read at the office) that is left aside."
        ),
        "positions_close": (
            "Half of an interviewer's positions in a village within {close_m:g} m, where those of the village spread ten times as far."
        ),
        "back_checks": (
            "How often an answer recorded twice differs. Marked from {rate_1:.0%} on for type 1 (facts that do not change), "
            "{rate_2:.0%} for type 2 (skill to ask or judge), {rate_3:.0%} for type 3 (what changes, opinions); of "
            "look-backs type 1 only."
        ),
        "back_checks_by_interviewer": "The same by interviewer and type of question.",
    },
}
HEADINGS: Words = {
    "zh": {
        "question": "题目",
        "instance_id": "访谈",
        "other_id": "另一份",
        "household_id": "农户",
        "interviewer": "主访",
        "village_code": "村",
        "kind": "种类",
        "source": "来源",
        "type": "类别",
        "text": "填写的文字",
        "category": "选项",
        "n": "答案数",
        "n_found": "其中",
        "n_missing": "未答",
        "n_pairs": "小组数",
        "n_compared": "比较题数",
        "n_questions": "题数",
        "n_interviews": "访谈数",
        "n_interviewers": "访谈员数",
        "n_households": "农户数",
        "n_one_sided": "仅一方有",
        "share": "比例",
        "share_others": "其他人",
        "p_value": "p 值",
        "uniform_p_value": "十个数字均匀 p 值",
        "match_share": "答案一致",
        "is_same_lead": "主访",
        "value": "数值",
        "median": "中位数",
        "low": "下界",
        "high": "上界",
        "robust_z": "稳健标准分",
        "chi_square": "卡方",
        "whipple": "惠普尔指数",
        "myers": "迈耶斯指数",
        "median_minutes": "每份用时（分钟）",
        "pace": "与他人用时之比",
        "median_s": "中位用时（秒）",
        "low_s": "第 10 百分位",
        "high_s": "第 90 百分位",
        "icc": "组内相关",
        "ci_low": "区间下限",
        "ci_high": "区间上限",
        "deff": "设计效应",
        "icc_villages": "村的相关",
        "distance_m": "离中心（米）",
        "spread_m": "离中心中位（米）",
        "spread_village_m": "全村离中心中位（米）",
        "latitude": "纬度",
        "longitude": "经度",
        "n_concerned": "涉及访谈",
        "is_noticed": "标出",
        "visit": "调研",
        "form": "问卷",
    },
    "en": {
        "question": "Question",
        "instance_id": "Interview",
        "other_id": "The other",
        "household_id": "Household",
        "interviewer": "Lead",
        "village_code": "Village",
        "kind": "Kind",
        "source": "Source",
        "type": "Type",
        "text": "What was written",
        "category": "Choice",
        "n": "Answers",
        "n_found": "Found",
        "n_missing": "Blank",
        "n_pairs": "Pairs",
        "n_compared": "Compared",
        "n_questions": "Questions",
        "n_interviews": "Interviews",
        "n_interviewers": "Interviewers",
        "n_households": "Households",
        "n_one_sided": "By one only",
        "share": "Share",
        "share_others": "Others",
        "p_value": "p",
        "uniform_p_value": "p, ten digits",
        "match_share": "Match",
        "is_same_lead": "Lead",
        "value": "Value",
        "median": "Median",
        "low": "Lower fence",
        "high": "Upper fence",
        "robust_z": "Robust score",
        "chi_square": "Chi-square",
        "whipple": "Whipple",
        "myers": "Myers",
        "median_minutes": "Minutes each",
        "pace": "Pace",
        "median_s": "Median, s",
        "low_s": "First tenth",
        "high_s": "Last tenth",
        "icc": "ICC",
        "ci_low": "From",
        "ci_high": "To",
        "deff": "Design effect",
        "icc_villages": "ICC of villages",
        "distance_m": "From the middle, m",
        "spread_m": "Median, m",
        "spread_village_m": "Village median, m",
        "latitude": "Latitude",
        "longitude": "Longitude",
        "n_concerned": "Interviews concerned",
        "is_noticed": "Marked",
        "visit": "Visit",
        "form": "Questionnaire",
    },
}
KINDS: Words = {
    "zh": {
        "dont_know": "不知道",
        "refused": "不愿回答",
        "second_record": "副访记录",
        "look_back": "回头看",
        "1": "第一类",
        "2": "第二类",
        "3": "第三类",
        "": "未分类",
        "True": "同一人",
        "False": "不同人",
        "yes": "是",
        "no": "否",
    },
    "en": {
        "dont_know": "Don't know",
        "refused": "Refused",
        "second_record": "Second's record",
        "look_back": "Look-back",
        "1": "Type 1",
        "2": "Type 2",
        "3": "Type 3",
        "": "No type",
        "True": "The same",
        "False": "Different",
        "yes": "yes",
        "no": "no",
    },
}


def meaning_of(check: str, language: str, thresholds: Thresholds) -> str:
    """When a check notices something, in words, with the thresholds put in."""
    rates = {f"rate_{number}": rate for number, rate in enumerate(thresholds.back_check_rates, 1)}
    return MEANINGS[language][check].format(**asdict(thresholds), **rates)
