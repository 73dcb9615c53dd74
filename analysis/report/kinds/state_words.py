"""The words of the register of issues as reports write them, and the sections of a joint meeting's agenda."""

from analysis.words import Words

STATE_NAMES: Words = {
    "zh": {
        "raised": "待核实",
        "verified": "属实",
        "partly_verified": "部分属实",
        "refuted": "不属实",
        "reported": "已反馈",
        "rectifying": "整改中",
        "rectified": "已整改待回访",
        "closed": "已销号",
        "not_fixed": "未整改到位",
        "reopened": "反弹",
    },
    "en": {
        "raised": "to be verified",
        "verified": "true",
        "partly_verified": "true in part",
        "refuted": "not true",
        "reported": "reported",
        "rectifying": "being rectified",
        "rectified": "rectified, look-back due",
        "closed": "closed",
        "not_fixed": "not fixed",
        "reopened": "reopened",
    },
}
SCOPE_NAMES: Words = {
    "zh": {"general": "普遍性", "several": "多户", "single": "个案"},
    "en": {"general": "general", "several": "several", "single": "single"},
}
SECTION_NAMES: Words = {
    "zh": {
        "come_back": "未整改到位或反弹的问题",
        "disagreed": "责任单位有异议的问题",
        "overdue": "超过整改时限的问题",
        "escalated": "提请上级研究的问题",
        "new": "新反馈的问题",
        "under_way": "正在整改的问题",
        "to_look_back": "已整改待回访的问题",
        "closed": "本季度销号的问题",
    },
    "en": {
        "come_back": "Not fixed, or come back",
        "disagreed": "Seen otherwise by the responsible body",
        "overdue": "Past their due date",
        "escalated": "Put to a higher level",
        "new": "Newly reported",
        "under_way": "Being rectified",
        "to_look_back": "Rectified, look-back due",
        "closed": "Closed in this quarter",
    },
}
OUTCOME_NAMES: Words = {
    "zh": {"fixed": "已解决", "partly": "部分解决", "not": "未解决", "worse": "更差", "unknown": "无法判断"},
    "en": {"fixed": "fixed", "partly": "partly fixed", "not": "not fixed", "worse": "worse", "unknown": "cannot be told"},
}
MEETING_NAMES: Words = {
    "zh": {
        "briefing": "情况介绍会",
        "discussion": "座谈会",
        "feedback": "反馈会",
        "joint_meeting": "联席会议",
        "liaison": "联络会",
        "other": "其他会议",
    },
    "en": {
        "briefing": "briefing",
        "discussion": "discussion",
        "feedback": "feedback",
        "joint_meeting": "joint meeting",
        "liaison": "liaison meeting",
        "other": "other meeting",
    },
}
SAMPLE_NAMES: Words = {
    "zh": {
        "interviewed": "已访谈",
        "no_interview": "未访谈",
        "refused": "拒访",
        "absent": "不在家",
        "moved": "已搬走",
        "died": "去世",
        "not_found": "未找到",
        "other": "其他",
    },
    "en": {
        "interviewed": "interviewed",
        "no_interview": "no interview",
        "refused": "refused",
        "absent": "absent",
        "moved": "moved away",
        "died": "died",
        "not_found": "not found",
        "other": "other",
    },
}
