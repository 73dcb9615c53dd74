"""What a parameter takes, in words of either language, from what msgspec finds wrong with it. Pure."""

import re

import msgspec
from msgspec import inspect

_SAID = (
    (re.compile(r"Expected `int` >= (\d+)"), "a whole number of {0} or more is expected", "应为不小于{0}的整数"),
    (re.compile(r"Expected `int` <= (\d+)"), "a whole number of {0} or less is expected", "应为不大于{0}的整数"),
    (re.compile(r"Expected `int`"), "a whole number is expected", "应为整数"),
    (re.compile(r"Expected `bool`"), "true or false is expected", "应为true或false"),
    (re.compile(r"Expected `str` of length <= (\d+)"), "it has more than {0} signs", "超过了{0}个字符"),
    (re.compile(r"Expected `str` matching regex '(.*)'"), "a text of the form {0} is expected", "格式应为{0}"),
    (
        re.compile(r"Expected `datetime`|Invalid RFC3339|Datetime is out of range"),
        "an instant with its zone is expected, such as 2018-04-20T00:00:00Z",
        "应为带时区的时刻，例如2018-04-20T00:00:00Z",
    ),
)


def expectation(kind: type[msgspec.Struct], name: str, told: str) -> tuple[str, str]:
    """What the parameter of this name takes, in English and Chinese; `told` is msgspec's word for what is wrong with it."""
    if told.startswith("Invalid enum value"):
        values = [str(each) for each in values_of(kind, name) if each != ""]
        return f"it takes one of: {', '.join(values)}", f"可用的值有：{'、'.join(values)}"
    for pattern, english, chinese in _SAID:
        if found := pattern.match(told):
            return english.format(*found.groups()), chinese.format(*found.groups())
    return "another value is expected", "取值不符合要求"


def values_of(kind: type[msgspec.Struct], name: str) -> tuple[int | str | None, ...]:
    """The values that the parameter can have; none where they are not a list."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    found = next((field.type for field in info.fields if field.encode_name == name), None)
    while isinstance(found, inspect.Metadata):
        found = found.type
    return tuple(found.values) if isinstance(found, inspect.LiteralType) else ()
