"""The fixed words of tables, charts and reports in Chinese and English, and how a number is written. Pure."""

import math
import re
from collections.abc import Mapping
from datetime import date

from analysis.measures import SHARE_UNIT

LANGUAGES = ("zh", "en")
DIGITS = "零一二三四五六七八九"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
Words = Mapping[str, Mapping[str, str]]

AREA_NAMES: Words = {
    "zh": {
        "health": "健康扶贫",
        "education": "教育扶贫",
        "industry": "产业扶贫",
        "housing": "住房保障（易地搬迁和危房改造）",
        "funds": "涉农资金统筹整合",
        "responsibility": "主体责任",
        "conduct": "工作作风",
        "water": "饮水安全",
        "safety_net": "兜底保障",
        "identification": "精准识别",
        "other": "其他",
    },
    "en": {
        "health": "Health",
        "education": "Education",
        "industry": "Industry",
        "housing": "Housing (relocation and renovation)",
        "funds": "Pooling of agricultural funds",
        "responsibility": "Responsibility of party and government",
        "conduct": "Conduct",
        "water": "Drinking water",
        "safety_net": "Safety net",
        "identification": "Accuracy of identification",
        "other": "Other",
    },
}
KIND_NAMES: Words = {
    "zh": {"registered": "建档立卡贫困户", "lifted_out": "脱贫户", "marginal": "边缘户", "ordinary": "一般户"},
    "en": {"registered": "Registered", "lifted_out": "Lifted out", "marginal": "Marginal", "ordinary": "Ordinary"},
}
MARKER_NAMES: Words = {
    "zh": {"old": "老年户", "sick": "大病慢病户", "disabled": "残疾人户", "other_special": "其他特殊户"},
    "en": {
        "old": "With old people",
        "sick": "With sick people",
        "disabled": "With disabled people",
        "other_special": "Other special cases",
    },
}
BASIS_NAMES: Words = {
    "zh": {"census": "全面", "probability": "概率抽样", "purposive": "典型选取"},
    "en": {"census": "census", "probability": "probability sample", "purposive": "chosen on purpose"},
}
LEVEL_NAMES: Words = {
    "zh": {"household": "户", "village": "村", "township": "乡镇", "county": "县", "province": "省"},
    "en": {"household": "household", "village": "village", "township": "township", "county": "county", "province": "province"},
}
SEVERITY_NAMES: Words = {
    "zh": {"acute": "突出", "high": "较重", "medium": "一般", "low": "轻微"},
    "en": {"acute": "acute", "high": "high", "medium": "medium", "low": "low"},
}
UNIT_NAMES: Words = {
    "zh": {
        "cny": "元",
        "minutes": "分钟",
        "hours": "小时",
        "days": "天",
        "months": "个月",
        "years": "年",
        "times": "次",
        "items": "项",
        "points": "分",
        "persons": "人",
        "households": "户",
        "mu": "亩",
        "kg": "公斤",
        "km": "公里",
        "m2": "平方米",
        "houses": "处",
        "nights": "晚",
        "pupils": "人",
        "wan_cny": "万元",
    },
    "en": {"cny": "CNY", "m2": "m²", "wan_cny": "CNY 10,000"},
}
UNIT_WORDS: Words = {
    "zh": {"household": "户", "person": "人", "answer": "份"},
    "en": {"household": "households", "person": "persons", "answer": "answers"},
}
RECORD_WORDS: Words = {"zh": UNIT_WORDS["zh"], "en": {"household": "households", "person": "persons", "answer": "records"}}
NO_VALUE = "—"
MINUS = "\u2212"
WHOLE_FROM = 1000
"""Numbers from here on are written without decimals, and whole numbers from a tenth of it."""
MONEY_UNIT, MYRIAD_UNIT, MYRIAD = "cny", "wan_cny", 10_000
COUNTED_UNITS = frozenset({"times", "items", "persons", "households", "pupils", "houses", "nights", "days"})
"""What is counted one by one: a whole number of it has no decimals, however small."""


def name_in(words: Words, language: str, code: str) -> str:
    """The word for the code, or the code itself when there is none."""
    return words[language].get(code, code)


def short_area_name(language: str, code: str) -> str:
    """The area's name without what stands in parentheses, for tables."""
    return re.split(r"（| \(", name_in(AREA_NAMES, language, code))[0]


def unit_name(unit: str, language: str) -> str:
    """The unit as it is written after a number; "" for a share, whose sign is part of the number."""
    return "" if unit == SHARE_UNIT else name_in(UNIT_NAMES, language, unit)


def counted_unit(unit: str, n: int, language: str) -> str:
    """What `n` households, persons or answers are called after their number."""
    word = UNIT_WORDS[language][unit]
    return word.removesuffix("s") if language != "zh" and n == 1 else word


def with_minus(number: str) -> str:
    """The number as it is printed for people, with a minus sign where data have a hyphen."""
    return number.replace("-", MINUS)


def number_text(value: float | None, unit: str) -> str:
    """The number without its unit: a share as per cent and a small number with one decimal, a large one with none, a dash for no value.

    A whole number of what is counted has none either: "5", and "5.4" where it is a mean. What is rounded to 0 has no sign.
    """
    if value is None or math.isnan(value):
        return NO_VALUE
    if unit == SHARE_UNIT:
        return with_minus(f"{value * 100:z.1f}%")
    is_whole = value == int(value) and (unit in COUNTED_UNITS or abs(value) >= WHOLE_FROM / 10)
    if abs(value) >= WHOLE_FROM or is_whole:
        return with_minus(f"{value:z,.0f}")
    return with_minus(f"{value:z,.1f}")


def value_text(value: float | None, unit: str, language: str) -> str:
    """The number with its unit: "85.0%", "2,952元", "1.23万元", "CNY 12,340", "12.5 minutes", "1 item"."""
    if value is not None and not math.isnan(value) and (unit == MONEY_UNIT or (unit == MYRIAD_UNIT and language != "zh")):
        return money_text(value if unit == MONEY_UNIT else value * MYRIAD, language)
    number, name = number_text(value, unit), unit_name(unit, language)
    if not name or number == NO_VALUE:
        return number
    if language == "zh":
        return f"{number}{name}"
    return f"{number} {name.removesuffix('s') if number == '1' else name}"


def money_text(amount_cny: float, language: str) -> str:
    """The sum as offices tell it: in Chinese from 10,000 yuan on in 万元, with two decimals at most."""
    if language != "zh":
        return f"{unit_name(MONEY_UNIT, language)} {number_text(amount_cny, MONEY_UNIT)}"
    if abs(round(amount_cny)) < MYRIAD:
        return f"{number_text(amount_cny, MONEY_UNIT)}{unit_name(MONEY_UNIT, language)}"
    number = with_minus(f"{amount_cny / MYRIAD:,.2f}".rstrip("0").rstrip("."))
    return f"{number}万{unit_name(MONEY_UNIT, language)}"


def listed(items: tuple[str, ...] | list[str], language: str) -> str:
    """The items as a sentence enumerates them."""
    if language == "zh":
        return "、".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else "".join(items)


def day_text(day: date, language: str) -> str:
    """The day as official documents write it: "2018年4月20日", "20 April 2018"."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def chinese_number(number: int) -> str:
    """The number from 1 to 99 as headings write it: 十二; a larger one in digits."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    return ("" if not tens else "十" if tens == 1 else f"{DIGITS[tens]}十") + (DIGITS[ones] if ones or not tens else "")
