"""The fixed words of exported datasets in Chinese and English: labels of the columns that every submission has, headings, README. Pure."""

from collections.abc import Mapping

Words = Mapping[str, str]

RECORD_LABELS: Mapping[str, Words] = {
    "instance_id": {"zh": "访谈编号", "en": "Interview"},
    "position": {"zh": "在本次访谈中的序号", "en": "Number within the interview"},
    "parent_position": {"zh": "上一级的序号", "en": "Number of the row around it"},
    "form_version": {"zh": "问卷版本", "en": "Version of the questionnaire"},
    "visit_id": {"zh": "调研", "en": "Visit"},
    "assignment_id": {"zh": "任务编号", "en": "Assignment"},
    "household_id": {"zh": "农户编号", "en": "Household"},
    "household_kind": {"zh": "农户类型（访谈时）", "en": "Kind of household (at the interview)"},
    "county": {"zh": "县代码", "en": "Code of the county"},
    "county_name": {"zh": "县", "en": "County"},
    "village_code": {"zh": "村代码", "en": "Code of the village"},
    "village_name": {"zh": "村", "en": "Village"},
    "village": {"zh": "村", "en": "Village"},
    "lead_id": {"zh": "主访", "en": "Lead"},
    "second_id": {"zh": "副访", "en": "Second"},
    "recorded_as": {"zh": "记录人", "en": "Recorded as"},
    "reconciliation": {"zh": "双份记录的比对", "en": "Reconciliation of two records"},
    "device_id": {"zh": "平板", "en": "Tablet"},
    "started_at": {"zh": "开始时间", "en": "Start"},
    "ended_at": {"zh": "结束时间", "en": "End"},
    "received_at": {"zh": "接收时间", "en": "Received"},
    "month": {"zh": "访谈月份", "en": "Month of the interview"},
    "duration_minutes": {"zh": "时长（分钟）", "en": "Duration (minutes)"},
    "markers": {"zh": "有重点关注成员", "en": "Has members for special attention"},
    "size_group": {"zh": "家庭人口（分组）", "en": "Size of the household (group)"},
    "inclusion_probability": {"zh": "入样概率", "en": "Inclusion probability"},
}
RECONCILIATION_LABELS: Mapping[str, Words] = {
    "joint": {"zh": "两人共用一份记录", "en": "one form filled in together"},
    "reconciled": {"zh": "两份记录已比对", "en": "two records reconciled"},
    "not_reconciled": {"zh": "两份记录尚未比对，暂取主访的", "en": "two records not yet reconciled: the lead's"},
}
YES_NO: Mapping[int, Words] = {0: {"zh": "否", "en": "no"}, 1: {"zh": "是", "en": "yes"}}

CODEBOOK = {
    "zh": "编码簿",
    "en": "Codebook",
}
CODEBOOK_HEADINGS = {
    "zh": ("数据表", "变量", "Stata、SPSS中的变量名", "标签", "问题", "类型", "取值", "作为缺失的取值", "敏感类别", "处理"),
    "en": (
        "Table",
        "Variable",
        "Name in Stata and SPSS",
        "Label",
        "Question",
        "Kind",
        "Values",
        "Values taken as missing",
        "Class",
        "Treatment",
    ),
}
CLASS_NAMES: Mapping[str, Words] = {
    "identifier": {"zh": "标识信息", "en": "identifier"},
    "quasi": {"zh": "准标识信息", "en": "quasi-identifier"},
    "free_text": {"zh": "自由文本", "en": "free text"},
    "picture": {"zh": "图片和文件", "en": "picture or file"},
    "time": {"zh": "时间", "en": "time"},
    "sensitive": {"zh": "敏感", "en": "sensitive"},
    "plain": {"zh": "普通", "en": "plain"},
}
TREATMENTS: Mapping[str, Words] = {
    "kept": {"zh": "保留", "en": "kept"},
    "removed": {"zh": "删去", "en": "removed"},
    "pseudonym": {"zh": "化名", "en": "pseudonym"},
    "month": {"zh": "只留到月", "en": "to the month"},
    "years": {"zh": "每五岁（年）一组，必要时更宽", "en": "groups of five years, wider where needed"},
    "years_more": {"zh": "每二十岁（年）一组的较宽分组", "en": "wider groups of twenty years"},
    "minutes": {"zh": "取整到五分钟", "en": "to five minutes"},
    "village": {"zh": "户数过少的村用代号", "en": "villages with few households as a code"},
    "groups": {"zh": "分组，必要时隐去", "en": "grouped, withheld where needed"},
    "cells": {"zh": "单元过小时隐去", "en": "withheld in small cells"},
}
KIND_NAMES: Mapping[str, Words] = {
    "text": {"zh": "文本", "en": "text"},
    "category": {"zh": "单选", "en": "one choice"},
    "flag": {"zh": "是否", "en": "yes or no"},
    "integer": {"zh": "整数", "en": "whole number"},
    "decimal": {"zh": "小数", "en": "number"},
    "date": {"zh": "日期", "en": "date"},
    "datetime": {"zh": "日期和时间（北京时间）", "en": "date and time (China, UTC+8)"},
}
OTHER = {"zh": "其他", "en": "other"}
