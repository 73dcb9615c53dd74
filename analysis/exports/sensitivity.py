"""What each column of a dataset could give away: decided by its type, its name and its values; in doubt a column is not handed out. Pure.

What the codebook's entry of a column says holds; where it says nothing, the safe default of the column's type.
"""

import re
from collections.abc import Collection

import pandas as pd

from analysis.codebook import Column

IDENTIFIER, QUASI, FREE_TEXT, PICTURE, TIME, SENSITIVE, PLAIN = "identifier", "quasi", "free_text", "picture", "time", "sensitive", "plain"
CLASSES = (IDENTIFIER, QUASI, FREE_TEXT, PICTURE, TIME, SENSITIVE, PLAIN)
SAID = {"name": IDENTIFIER, "number": IDENTIFIER, "position": IDENTIFIER, "none": PLAIN, **{name: name for name in CLASSES}}
"""The class that the codebook's word stands for: a questionnaire's author says what an answer tells, an analyst may write the class."""

_POSITION = re.compile(r"_(latitude|longitude|altitude|accuracy)$")
_IDENTIFYING = re.compile(
    r"(^|_)(names?|surname|phone|telephone|tel|mobile|email|wechat|qq|id_?number|id_?card|identity|passport|address|"
    r"household_number|deviceid|device|subscriberid|simserial|phonenumber|username|bank|account_?number|plate|signature|latitude|"
    r"longitude|gps|assignment_id|instance_?id|uuid)(_|$)"
    r"|姓名|电话|手机|身份证|证件号|住址|地址|账号|户编号|微信"
)
_AGE = re.compile(r"(^|_)age(_years)?$|^年龄$")
_BIRTH = re.compile(r"(^|_)(birth_?year|year_of_birth|born(_year)?)$|^出生年份?$")
_SEX = re.compile(r"(^|_)(sex|gender)$|^性别$")
_SIZE = re.compile(r"(^|_)(n_members|members_said|members_filed|members_seen|household_size|family_size|n_persons|n_people)$|^家庭人口$")
_KIND = re.compile(r"(^|_)(household_)?kind(_said|_filed|_seen)?(_answered)?$|^农户类型$")
_MARKERS = re.compile(r"(^|_)(specials?|special_seen|markers?)(_|$)")
_SENSITIVE = re.compile(r"(_cny|income|debt|health|illness|disab|wellbeing|satisf|suicid|bribe|complain)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_LONG_NUMBER = re.compile(r"\d{11,}")
LARGEST_HARMLESS = 10_000_000_000
"""Numbers from here on are telephone, identity or account numbers rather than quantities."""

AGE, BIRTH, SEX, SIZE, KIND, MARKERS = "age", "birth", "sex", "size", "kind", "markers"
_ROLES = ((AGE, _AGE), (BIRTH, _BIRTH), (SEX, _SEX), (SIZE, _SIZE), (KIND, _KIND), (MARKERS, _MARKERS))


def class_of(column: Column, values: pd.Series, codes: Collection[str]) -> str:
    """The class of a column, from what the codebook says of it and from its values; `codes` are all names of choices of the form."""
    if column.sensitivity in SAID:
        return SAID[column.sensitivity]
    if _POSITION.search(column.name) or _IDENTIFYING.search(column.name) or _IDENTIFYING.search(column.question):
        return IDENTIFIER
    if column.kind == "media":
        return PICTURE
    if column.kind in ("date", "datetime"):
        return TIME
    if column.kind in ("integer", "decimal", "boolean"):
        return _class_of_number(column, values)
    if column.kind in ("category", "multi"):
        # A choice may come from a list of people or households, whose choices the codebook does not name.
        return _with_role(column) if column.choices else _class_of_text(column, values, codes)
    return _class_of_text(column, values, codes)


def is_identifying(question: str) -> bool:
    """Whether a question of this name asks who somebody is, or for a number or place that belongs to one person."""
    return bool(_IDENTIFYING.search(question))


def role_of(column: Column) -> str:
    """Which quasi-identifier of a household or person the column holds: age, birth, sex, size, kind, markers, or ""."""
    return next((role for role, pattern in _ROLES if pattern.search(column.name) or pattern.search(column.question)), "")


def _class_of_number(column: Column, values: pd.Series) -> str:
    if column.kind != "boolean" and (pd.to_numeric(values, errors="coerce").abs() >= LARGEST_HARMLESS).any():
        return IDENTIFIER
    return _with_role(column)


def _class_of_text(column: Column, values: pd.Series, codes: Collection[str]) -> str:
    """A text that nobody typed and that only ever holds names of the form's choices is one of them; every other may say anything."""
    found = {str(value) for value in values.dropna()}
    if any(_MOBILE.search(value) or _LONG_NUMBER.search(value) for value in found):
        return IDENTIFIER
    if not column.is_asked and found and found <= set(codes):
        return _with_role(column)
    return FREE_TEXT


def _with_role(column: Column) -> str:
    if role_of(column):
        return QUASI
    return SENSITIVE if _SENSITIVE.search(column.name) else PLAIN
