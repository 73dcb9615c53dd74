"""What the page on XLSForm (`docs.coverage`) says around what was tried, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FULL, PLAIN, REFUSED = "full", "plain", "refused"


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; `of_…` are remarks below a table, and braces are gaps for names and numbers."""

    head: str
    statuses: Mapping[str, str]
    comma: str
    types: str
    type: str
    column: str
    own_table: str
    of_types: tuple[str, ...]
    appearances: str
    appearance: str
    at: str
    of_appearances: str
    parameters: str
    parameter: str
    functions: str
    function: str
    arguments: str
    result: str
    of_functions: str
    or_more: str
    up_to: str
    results: Mapping[str, str]
    of_the_moment: str
    kinds: Mapping[str | None, str] = field(default_factory=dict)
    """What kinds of columns are called, where it is not the word of the code."""


WORDS = {
    "en": Words(
        head="""# What of XLSForm works

Made by `python -m docs.coverage` from the program's own tables and by trying every row; a test keeps it true.
**full**: it works as in ODK and Enketo. **plain**: it is accepted and changes nothing, the question is asked with its plain widget, and the
check of a questionnaire says so. **refused**: the check gives an error, so that the form cannot be published.
""",
        statuses={FULL: "full", PLAIN: "plain", REFUSED: "refused"},
        comma=", ",
        types="Types",
        type="type",
        column="column in tables",
        own_table="a table of its own",
        of_types=(
            "{unknown} stay empty on the tablet page, which cannot know them; ODK Collect fills them in.",
            "`phonenumber` and `email` are those of the signed-in person's account.",
        ),
        appearances="Appearances",
        appearance="appearance",
        at="at",
        of_appearances="`field-list` at a repeat asks for what is always so: the questions of one instance stand together on a card.",
        parameters="Parameters",
        parameter="parameter",
        functions="Functions",
        function="function",
        arguments="arguments",
        result="result",
        of_functions="""**full**: server and tablet give the same result for every case of the table of expressions
(`tests/questionnaires/expression_cases.py`) that calls it. **plain**: both know it, but no case tries it yet. What is *of the moment*
(the clock, chance, the device, the language) the server cannot compute again, so it takes the tablet's word.""",
        or_more="{} or more",
        up_to="{} to {}",
        results={"int": "whole number", "num": "number", "bool": "true or false", "str": "text", "date": "date", "nodes": "answers"},
        of_the_moment=", of the moment",
    ),
    "zh": Words(
        head="""# XLSForm 支持情况

本页由 `python -m docs.coverage zh` 从程序自己的各表逐行试验生成，由测试保证与程序一致。
**支持**：与在 ODK 和 Enketo 中一样。**接受**：接受而没有作用，题目以普通样子提问，检查问卷时会说明。**拒绝**：检查报错，问卷不能发布。
""",
        statuses={FULL: "支持", PLAIN: "接受", REFUSED: "拒绝"},
        comma="、",
        types="题型",
        type="题型",
        column="表中的列",
        own_table="自成一张表",
        of_types=(
            "{unknown} 在平板网页上为空，因为浏览器无从得知；ODK Collect 会填写。",
            "`phonenumber` 和 `email` 取自登录者的账号。",
        ),
        appearances="外观",
        appearance="外观",
        at="用于",
        of_appearances="重复组上的 `field-list` 要求的本来就是如此：每一项的各题都在同一张卡片上。",
        parameters="参数",
        parameter="参数",
        functions="函数",
        function="函数",
        arguments="参数个数",
        result="结果",
        of_functions="""**支持**：用例表（`tests/questionnaires/expression_cases.py`）中凡用到它的，服务器与平板结果相同。
**接受**：两边都认得，但还没有用例试过。取决于*当时*情况的（时钟、随机、设备、语言），服务器无法重算，以平板的结果为准。""",
        or_more="{} 个以上",
        up_to="{} 至 {}",
        results={"int": "整数", "num": "数字", "bool": "是或否", "str": "文字", "date": "日期", "nodes": "答案"},
        of_the_moment="，取决于当时",
        kinds={
            "text": "文字",
            "integer": "整数",
            "decimal": "小数",
            "category": "单选",
            "multi": "多选",
            "position": "位置",
            "date": "日期",
            "datetime": "日期和时间",
            "media": "文件",
            "boolean": "是否",
        },
    ),
}
