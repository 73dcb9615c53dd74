"""What the feedback to a county says."""

from analysis.report.kinds.voice import Sentences

SENTENCES: Sentences = {
    "zh": {
        "title": "关于{county}脱贫攻坚民主监督\n调研情况的反馈意见",
        "addressee": "中共{county}委、{county}人民政府",
        "achievements": "工作成效",
        "problems": "存在的主要问题",
        "suggestions": "意见建议",
        "no_achievements": "本次调研的指标中没有可以认定达到参考标准的。",
        "overview": ("调研统计的{n}项指标中，{n_judged}项有参考标准，其中{n_reached}项达到、{n_missed}项未达到。",),
        "overview_open": "调研统计的{n}项指标中，{n_judged}项有参考标准，其中{n_reached}项达到、{n_missed}项未达到、"
        "{n_open}项因区间包含参考标准尚不能判定。",
        "problems_intro": "经核实、尚未销号的问题共{n}项，按重要程度依次反馈如下。",
    },
    "en": {
        "title": "Feedback to {county}\non the supervision visit",
        "addressee": "To the Party committee and government of {county}",
        "achievements": "What has been achieved",
        "problems": "Issues",
        "suggestions": "Suggestions",
        "no_achievements": "None of the indicators can be called at its reference value.",
        "overview": (
            "{n} indicators were computed; {n_judged} have a reference value, which is reached by {n_reached} and missed by {n_missed}.",
        ),
        "overview_open": "{n} indicators were computed; {n_judged} have a reference value, of which {n_reached} reach it, {n_missed} do "
        "not, and "
        "{n_open} cannot be decided because the interval holds it.",
        "problems_intro": "Issues verified and not closed: {n}. They are told in the order of their importance.",
    },
}
