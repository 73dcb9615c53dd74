"""What can be wrong with a questionnaire file: each kind of problem with its words in English and Chinese. Data, and how it is worded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from questionnaires.converter_words import in_chinese
from questionnaires.kinds import ERROR, WARNING, Kind
from questionnaires.lint.compared_kinds import COMPARED_KINDS
from questionnaires.lint.design_kinds import DESIGN_KINDS
from questionnaires.lint.pattern_kinds import PATTERN_KINDS


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to do; `row` counts as a spreadsheet does, None when it is about the whole sheet.

    An "error" prevents publishing, a "warning" does not. `message` and `remedy` are English; `in_language` has them in Chinese too.
    """

    sheet: str
    row: int | None
    column: str
    value: str
    message: str
    remedy: str
    severity: str
    code: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    """What fills in the texts; "detail_zh" stands for "detail" in Chinese."""

    def in_language(self, code: str) -> tuple[str, str]:
        """The message and the remedy in the language "zh" or "en"."""
        kind = KINDS[self.code]
        if not code.startswith("zh"):
            return kind.message.format(**self.details), kind.remedy.format(**self.details)
        chinese = {name.removesuffix("_zh"): text for name, text in self.details.items() if name.endswith("_zh")}
        details = {**self.details, **chinese}
        return kind.message_zh.format(**details), kind.remedy_zh.format(**details)


def make_problem(code: str, sheet: str, row: int | None = None, column: str = "", value: str = "", /, **details: str) -> Problem:
    """The problem of a kind at a place; `details` fill in its texts."""
    kind = KINDS[code]
    if "detail" in details and "detail_zh" not in details:
        details["detail_zh"] = in_chinese(details["detail"])
    message, remedy = kind.message.format(**details), kind.remedy.format(**details)
    return Problem(sheet, row, column, value, message, remedy, kind.severity, code, details)


KINDS: Mapping[str, Kind] = {
    **DESIGN_KINDS,
    **COMPARED_KINDS,
    **PATTERN_KINDS,
    "not_a_workbook": Kind(
        ERROR,
        "The file cannot be read as a questionnaire: {detail}.",
        "Save it as .xlsx, .xls or .md and try again.",
        "无法把该文件作为问卷读取：{detail}。",
        "请另存为 .xlsx、.xls 或 .md 后重试。",
    ),
    "missing_sheet": Kind(
        ERROR,
        "There is no sheet named '{sheet}'.",
        "Add it, or correct its name.",
        "缺少名为“{sheet}”的工作表。",
        "请添加该工作表，或更正名称。",
    ),
    "similar_sheet": Kind(
        WARNING,
        "The sheet '{sheet}' is not read; its name is close to '{meant}'.",
        "Rename it to '{meant}', or put an underscore before its name.",
        "工作表“{sheet}”不会被读取，它的名称与“{meant}”相近。",
        "请改名为“{meant}”，或在名称前加下划线。",
    ),
    "similar_column": Kind(
        WARNING,
        "The column '{column}' is not read; its name is close to '{meant}'.",
        "Rename it to '{meant}'.",
        "列“{column}”不会被读取，它的名称与“{meant}”相近。",
        "请改名为“{meant}”。",
    ),
    "invalid_form": Kind(
        ERROR,
        "The form cannot be converted: {detail}",
        "Correct this place; xlsform.org explains the rule.",
        "问卷无法转换：{detail}",
        "请更正此处，规则见 xlsform.org。",
    ),
    "notice": Kind(
        WARNING,
        "The form converts, but: {detail}",
        "Correct this place if it was not meant.",
        "问卷可以转换，但是：{detail}",
        "如果并非有意，请更正此处。",
    ),
    "no_question": Kind(
        ERROR,
        "The survey sheet asks nothing.",
        "Add at least one row with a type and a name.",
        "survey 工作表中没有任何题目。",
        "请至少添加一行，填写 type 和 name。",
    ),
    "unknown_type": Kind(
        ERROR,
        "There is no question type '{type}'.",
        "Use one of the types of xlsform.org{meant}.",
        "没有“{type}”这种题型。",
        "请使用 xlsform.org 列出的题型{meant}。",
    ),
    "missing_file": Kind(
        ERROR,
        "The form names the file {file}, which is not there.",
        "Add it to the files that are published with the form{meant}.",
        "问卷引用了文件 {file}，但没有提供该文件。",
        "请把它与问卷一起上传{meant}。",
    ),
    "unused_file": Kind(
        WARNING,
        "Nothing in the form names the file {file}.",
        "Leave it out, or correct the name in the form{meant}.",
        "问卷中没有任何地方引用文件 {file}。",
        "请去掉该文件，或更正问卷中的文件名{meant}。",
    ),
    "bad_file": Kind(
        ERROR,
        "The data file {file} cannot be used: {detail}.",
        "Correct the file and add it again.",
        "数据文件 {file} 无法使用：{detail}。",
        "请更正该文件后重新添加。",
    ),
    "missing_file_column": Kind(
        ERROR,
        "The file {file} has no column '{column}'.",
        "Add the column, or name another in 'parameters' (value=…, label=…){meant}.",
        "文件 {file} 没有“{column}”列。",
        "请添加该列，或在 parameters 中指定其他列（value=…、label=…）{meant}。",
    ),
    "empty_file_choice": Kind(
        ERROR,
        "In the file {file} row {line} has nothing in the column '{column}', which names the choice.",
        "Fill in the cell, or remove the row.",
        "文件 {file} 第 {line} 行的“{column}”列为空，而该列是选项名称。",
        "请填写，或删除该行。",
    ),
    "space_in_file_choice": Kind(
        ERROR,
        "In the file {file} the choice name '{value}' in row {line} holds a space, and several choices are separated by spaces.",
        "Replace the space with an underscore.",
        "文件 {file} 第 {line} 行的选项名称“{value}”中有空格，而多选答案正是以空格分隔的。",
        "请用下划线代替空格。",
    ),
    "unusable_file_column": Kind(
        WARNING,
        "In the file {file} the column '{column}' has a name that no expression can use.",
        "Use letters, digits and underscores, and begin with a letter.",
        "文件 {file} 的列名“{column}”无法在表达式中使用。",
        "请只用字母、数字和下划线，并以字母开头。",
    ),
    "missing_name": Kind(
        ERROR,
        "The row has no name.",
        "Give it a name of ASCII letters, digits and underscores.",
        "这一行没有名称（name）。",
        "请填写由英文字母、数字和下划线组成的名称。",
    ),
    "invalid_name": Kind(
        ERROR,
        "'{name}' cannot be a name.",
        "Begin with a letter or underscore; then only letters, digits, underscores, hyphens and full stops.",
        "“{name}”不能作为名称。",
        "请以字母或下划线开头，其后只用字母、数字、下划线、连字符和点。",
    ),
    "duplicate_name": Kind(
        ERROR,
        "The name '{name}' is already used in row {other}.",
        "Rename one of them.",
        "名称“{name}”已在第 {other} 行使用。",
        "请改动其中一个名称。",
    ),
    "missing_label": Kind(
        ERROR,
        "The question has neither a label nor a hint.",
        "Write what is asked into the label column.",
        "本题既没有标签，也没有提示。",
        "请在 label 列写明所问内容。",
    ),
    "missing_translation": Kind(
        WARNING,
        "The text is missing in {language}.",
        "Fill in the column '{column}'.",
        "缺少“{language}”的文字。",
        "请填写“{column}”列。",
    ),
    "unknown_reference": Kind(
        ERROR,
        "${{{name}}} refers to a question that does not exist.",
        "Correct the name{meant}.",
        "${{{name}}} 引用的题目不存在。",
        "请更正名称{meant}。",
    ),
    "bad_expression": Kind(
        ERROR,
        "The expression cannot be evaluated: {detail}.",
        "Correct the expression.",
        "表达式无法计算：{detail}。",
        "请更正表达式。",
    ),
    "circular": Kind(
        ERROR,
        "These questions depend on each other in a circle: {cycle}.",
        "Break the circle in one of them.",
        "以下题目互相依赖，形成循环：{cycle}。",
        "请在其中一处断开循环。",
    ),
    "codependent": Kind(
        WARNING,
        "Whether these questions are asked depends on each other's answers: {cycle}.",
        "Make sure that one of them can be asked first.",
        "以下题目是否显示取决于彼此的答案：{cycle}。",
        "请确认其中一题可以先被问到。",
    ),
    "silent_constraint": Kind(
        WARNING,
        "A constraint without a message leaves the interviewer guessing.",
        "Say in constraint_message what is allowed.",
        "有取值限制而没有说明，访谈员无从知道原因。",
        "请在 constraint_message 中写明允许的取值。",
    ),
    "unknown_list": Kind(
        ERROR,
        "There is no choice list '{list}'.",
        "Add it to the choices sheet, or correct its name{meant}.",
        "没有名为“{list}”的选项列表。",
        "请在 choices 工作表中添加，或更正名称{meant}。",
    ),
    "unused_list": Kind(
        WARNING,
        "No question uses the choice list '{list}'.",
        "Remove it, or use it.",
        "选项列表“{list}”没有被任何题目使用。",
        "请删除该列表，或加以使用。",
    ),
    "duplicate_choice": Kind(
        ERROR,
        "The list '{list}' has the choice '{name}' already in row {other}.",
        "Rename one of them; if a cascade needs both, set allow_choice_duplicates to yes in the settings.",
        "列表“{list}”在第 {other} 行已有选项“{name}”。",
        "请改名；如级联选择确需重名，请在 settings 中将 allow_choice_duplicates 设为 yes。",
    ),
    "space_in_choice": Kind(
        ERROR,
        "The choice name '{name}' holds a space, and answers with several choices are separated by spaces.",
        "Replace the space with an underscore.",
        "选项名称“{name}”中有空格，而多选答案正是以空格分隔的。",
        "请用下划线代替空格。",
    ),
    "unknown_word": Kind(
        ERROR,
        "'{word}' is not allowed in the column '{column}'.",
        "Use one of: {allowed}.",
        "“{column}”列不能填写“{word}”。",
        "请使用以下之一：{allowed}。",
    ),
    "missing_cell": Kind(
        ERROR,
        "The column '{column}' is empty, and {owner} needs it.",
        "Fill it in.",
        "“{column}”列为空，而 {owner} 需要它。",
        "请填写。",
    ),
    "title_column": Kind(
        WARNING,
        "Other XLSForm tools cannot read a workbook with the column '{column}'.",
        "Rename it to '{meant}', which they pass over; keep a column form_title without a language for them.",
        "其他 XLSForm 工具无法读取含有“{column}”列的文件。",
        "请把该列改名为“{meant}”，其他工具会略过它；并保留不带语言的 form_title 列供它们使用。",
    ),
    "missing_title": Kind(
        WARNING,
        "There is no text to show for it in tables and reports.",
        "Fill in the column '{column}'.",
        "表格和报告中没有可显示的文字。",
        "请填写“{column}”列。",
    ),
    "unknown_question": Kind(
        ERROR,
        "No question is named '{name}'.",
        "Correct the name{meant}.",
        "没有名为“{name}”的题目。",
        "请更正名称{meant}。",
    ),
    "unknown_repeat": Kind(
        ERROR,
        "'{name}' is no repeat.",
        "Name the repeat whose instances are counted, or leave the cell empty for a figure per household.",
        "“{name}”不是重复组。",
        "请填写要计数的重复组名称；按户计算时留空。",
    ),
    "outside_repeat": Kind(
        ERROR,
        "The question '{name}' is not asked in the repeat '{repeat}'.",
        "Use a question of that repeat, or change the column 'of'.",
        "题目“{name}”不在重复组“{repeat}”中。",
        "请使用该重复组中的题目，或更改“of”列。",
    ),
    "inside_repeat": Kind(
        ERROR,
        "The question '{name}' is asked once for each '{repeat}', but the figure is per household.",
        "Write '{repeat}' into the column 'of', or sum the answers in a calculation.",
        "题目“{name}”对每个“{repeat}”各问一次，而该指标是按户计算的。",
        "请在“of”列填写“{repeat}”，或先用计算题汇总。",
    ),
    "not_a_choice": Kind(
        ERROR,
        "'{value}' is no choice of '{name}'.",
        "Use one of: {allowed}.",
        "“{value}”不是“{name}”的选项。",
        "请使用以下之一：{allowed}。",
    ),
    "not_numeric": Kind(
        ERROR,
        "'{name}' is not a number, and '{kind}' needs one.",
        "Use a question or calculation that gives a number.",
        "“{name}”不是数值，而“{kind}”需要数值。",
        "请使用结果为数值的题目或计算。",
    ),
    "not_selected": Kind(
        ERROR,
        "'{name}' has no choices, and a distribution needs them.",
        "Use a question with choices.",
        "“{name}”没有选项，而分布需要选项。",
        "请使用有选项的题目。",
    ),
    "not_two_kinds": Kind(
        ERROR,
        "'{value}' does not name the two kinds of household between which a gap lies, or the figure is one per person.",
        "Name two different ones of {allowed} for a figure per household, or leave the cell empty.",
        "“{value}”没有写明比较哪两类农户，或该指标按人计算。",
        "请为按户计算的指标填写两个不同的类型：{allowed}，或留空。",
    ),
    "part_of_no_ratio": Kind(
        ERROR,
        "The indicator is a '{kind}', and only of a ratio it has to be said that its numerator is part of its denominator.",
        "Leave the cell empty, or make it a ratio.",
        "该指标的类型是“{kind}”，只有比率（ratio）才需要写明分子是分母的一部分。",
        "请把单元格留空，或改为 ratio。",
    ),
    "not_a_number": Kind(
        ERROR,
        "'{value}' is not a number.",
        "Write a number such as 0.02, or leave the cell empty.",
        "“{value}”不是数字。",
        "请填写数字，例如 0.02，或留空。",
    ),
    "not_a_level": Kind(
        ERROR,
        "'{value}' is not between 0 and 1.",
        "Write the share at or below the quantile, such as 0.25 for the lowest quarter.",
        "“{value}”不在 0 与 1 之间。",
        "请填写不超过该分位数的比重，例如四分之一分位填 0.25。",
    ),
    "plain_appearance": Kind(
        WARNING,
        "The appearance '{word}' changes nothing here: the question is asked with the plain widget of '{type}'.",
        "Leave it for other software, or remove it.",
        "外观“{word}”在这里不起作用：该题按“{type}”的普通样式显示。",
        "可为其他软件保留，也可删去。",
    ),
    "misplaced_appearance": Kind(
        WARNING,
        "The appearance '{word}' is not meant for '{type}' and changes nothing.",
        "Remove it, or change the type.",
        "外观“{word}”不适用于“{type}”，不起作用。",
        "请删去，或更改题型。",
    ),
    "unknown_appearance": Kind(
        WARNING,
        "The appearance '{word}' is not known and changes nothing.",
        "Correct it, or remove it.",
        "外观“{word}”无法识别，不起作用。",
        "请更正或删去。",
    ),
    "beside_search": Kind(
        WARNING,
        "Of the list '{list}' only the first row is read, because search() takes the choices from a file; this one is not offered.",
        "Put the choice into the file.",
        "search()从文件读取选项，列表“{list}”只有第一行有效（用来指明文件的列），此选项不会出现。",
        "请把该选项写入文件。",
    ),
    "plain_parameter": Kind(
        WARNING,
        "The parameter '{word}' of '{type}' changes nothing on the tablet page.",
        "Leave it for other software, or remove it.",
        "“{type}”的参数“{word}”在平板页面上不起作用。",
        "可为其他软件保留，也可删去。",
    ),
}
"""Every kind of problem by its code."""
