"""The words of lists of people as data: headings and roles as teams write them, our code names; and the sample file.

To understand one more word, add it here. Words are compared as those of rosters are (`survey/places/roster_terms.py`).
"""

from survey.places.roster_sample import COUNTY
from survey.places.roster_terms import fold
from survey.places.sheet_layout import Vocabulary
from survey.sample_sheets import Said, Sample, write_sample

COLUMNS: dict[str, tuple[str, ...]] = {
    "username": ("用户名", "账号", "登录名", "帐号", "user name", "username", "account"),
    "name": ("姓名", "名字", "name", "full name"),
    "roles": ("角色", "身份", "职责", "roles", "role"),
    "organisation": ("单位", "工作单位", "所在单位", "组织", "organisation", "organization"),
    "phone": ("电话", "手机", "手机号", "联系电话", "telephone", "phone"),
    "contact_email": ("电子邮箱", "邮箱", "邮件", "e-mail", "email"),
    "places": ("限定地区代码", "地区代码", "负责地区", "区划代码", "place codes", "places", "place code"),
}
"""Our column name to the headings that mean it; the first one is the heading of the sample file."""
VOCABULARY = Vocabulary(COLUMNS, ("username", "name", "roles"))

ROLES: dict[str, tuple[str, ...]] = {
    "interviewer": ("访谈员", "调研员", "访问员", "interviewer"),
    "coordinator": ("协调员", "联络员", "coordinator"),
    "author": ("执笔人", "撰稿人", "author"),
    "responsible": ("被监督方", "责任方", "整改方", "responsible side", "responsible"),
    "admin": ("管理员", "系统管理员", "administrator", "admin"),
}
"""Roles to the words that mean them; the first one is the term of the sample file."""
ROLE_OF = {fold(word): role for role, words in ROLES.items() for word in words}

_COUNTY_OFFICE: Said = ("示例县委会（虚构）", "Example county committee (invented)")
SAMPLE = Sample(
    ("人员", "People"),
    COLUMNS,
    (
        {"username": "zhang", "name": ("张示例", "Zhang Example"), "roles": ["coordinator"], "organisation": _COUNTY_OFFICE},
        {"username": "li", "name": ("李示例", "Li Example"), "roles": ["interviewer"], "organisation": _COUNTY_OFFICE},
        {"username": "wang", "name": ("王示例", "Wang Example"), "roles": ["interviewer"], "organisation": _COUNTY_OFFICE},
        {"username": "zhao", "name": ("赵示例", "Zhao Example"), "roles": ["interviewer", "author"], "organisation": _COUNTY_OFFICE},
        {"username": "qian", "name": ("钱示例", "Qian Example"), "roles": ["interviewer"], "organisation": _COUNTY_OFFICE},
        {"username": "county", "name": ("孙示例", "Sun Example"), "roles": ["responsible"], "places": COUNTY},
    ),
    {"roles": ROLES},
    {
        "username": ("字母、数字、点、连字符和下划线；登录时输入", "Letters, digits, dots, hyphens and underscores; typed to sign in"),
        "places": (
            "被监督方：所负责的县；协调员、执笔人：只能看到的市县，可留空；多个用顿号分隔",
            "Responsible side: its county. Coordinators and authors: the only places they see, or empty. Several with commas between",
        ),
    },
)  # fmt: skip
"""People to be overwritten; they are invented."""


def people_sample(language: str) -> bytes:
    """The sample list of people as an .xlsx file."""
    return write_sample(SAMPLE, language)
