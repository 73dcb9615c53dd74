"""What can change from one version of a questionnaire to the next, and what each change does to data already collected: words. Data.

A kind's message says what changed, its remedy what that does and what to do about it.
"""

from collections.abc import Mapping

from questionnaires.kinds import Kind

BREAKS, CHECK, FINE = "breaks", "check", "fine"

KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "category": ("one choice", "单选"),
    "multi": ("several choices", "多选"),
    "integer": ("a whole number", "整数"),
    "decimal": ("a decimal number", "小数"),
    "text": ("a text", "文字"),
    "date": ("a date", "日期"),
    "datetime": ("a date with time", "日期和时间"),
    "boolean": ("a confirmation", "确认"),
    "position": ("a position", "位置"),
    "media": ("a file", "文件"),
}
"""The kinds of columns in English and Chinese."""

CHANGE_KINDS: Mapping[str, Kind] = {
    "removed": Kind(
        CHECK,
        "The question '{name}' is no longer asked.",
        "Earlier answers stay in the dataset's column; interviews of the new version are empty there.",
        "不再询问题目“{name}”。",
        "以前的回答仍保留在数据集的该列中，新版本的访谈在该列为空。",
    ),
    "added": Kind(
        FINE,
        "The question '{name}' is new.",
        "Interviews of earlier versions are empty there; figures count only those who were asked.",
        "新增题目“{name}”。",
        "旧版本的访谈在该列为空，指标只计算被问到的人。",
    ),
    "renamed": Kind(
        BREAKS,
        "The question '{before}' seems to be called '{name}' now ({label}).",
        "The dataset would have two columns and neither complete. If it is the same question, keep the old name.",
        "题目“{before}”现在似乎改名为“{name}”（{label}）。",
        "数据集会出现两列，且都不完整。如果是同一道题，请沿用旧名称。",
    ),
    "moved": Kind(
        BREAKS,
        "The question '{name}' moved from {before} to {after}.",
        "Earlier and later answers lie in different tables and are not joined. Leave it where it was, or give the new one its own name.",
        "题目“{name}”从 {before} 移到了 {after}。",
        "以前和以后的回答位于不同的数据表，不会合并。请放回原处，或给新题另起名称。",
    ),
    "prefixed": Kind(
        BREAKS,
        "The column of '{name}' was {before} and becomes {after}, because another question has or had the same name.",
        "The dataset has two columns, and neither is complete. Give the other question a name of its own.",
        "题目“{name}”的列由 {before} 变为 {after}，因为有另一题与它同名。",
        "数据集会出现两列，且都不完整。请给另一题单独命名。",
    ),
    "retyped": Kind(
        BREAKS,
        "The question '{name}' was {before} and becomes {after}.",
        "The dataset keeps both as text in one column, so figures and tables over it no longer compute. Give the new question a new name.",
        "题目“{name}”的类型由“{before}”变为“{after}”。",
        "数据集会把两者都作为文字放在同一列，相关指标和表格无法再计算。请给新题另起名称。",
    ),
    "number_retyped": Kind(
        FINE,
        "The question '{name}' was {before} and becomes {after}.",
        "The dataset has one column of decimal numbers; nothing is lost.",
        "题目“{name}”的类型由“{before}”变为“{after}”。",
        "数据集中为一列小数，没有信息丢失。",
    ),
    "position_retyped": Kind(
        BREAKS,
        "The question '{name}' was {before} and becomes {after}.",
        "Positions have columns of their own (latitude, longitude), so earlier and later answers are not joined.",
        "题目“{name}”的类型由“{before}”变为“{after}”。",
        "位置有单独的列（纬度、经度），以前和以后的回答不会合并。",
    ),
    "reworded": Kind(
        CHECK,
        "The question '{name}' is worded differently ({language}): '{before}' is now '{after}'.",
        "Earlier answers are shown under the new words. If the meaning changed, give it a new name.",
        "题目“{name}”的措辞有变（{language}）：“{before}”改为“{after}”。",
        "以前的回答会显示在新措辞之下。如果含义有变，请另起名称。",
    ),
    "other_relevant": Kind(
        CHECK,
        "'{name}' is asked on another condition: {before} becomes {after}.",
        "Other people are asked than before, so shares have another base.",
        "“{name}”的显示条件有变：{before} 改为 {after}。",
        "被问到的人与以前不同，比例的基数也就不同。",
    ),
    "other_group": Kind(
        CHECK,
        "The group '{name}' is shown on another condition: {before} becomes {after}.",
        "Its questions are asked of other people than before, so shares have another base.",
        "组“{name}”的显示条件有变：{before} 改为 {after}。",
        "组内题目所问的人与以前不同，比例的基数也就不同。",
    ),
    "other_constraint": Kind(
        FINE,
        "'{name}' allows other answers: {before} becomes {after}.",
        "Earlier answers stay, also those that the new rule would refuse; corrections of old interviews keep the old rule.",
        "“{name}”的取值限制有变：{before} 改为 {after}。",
        "以前的回答予以保留，包括新规则不允许的；更正旧访谈时仍按旧规则。",
    ),
    "other_calculation": Kind(
        CHECK,
        "'{name}' is calculated differently: {before} becomes {after}.",
        "Earlier interviews keep the values they were sent with; old and new values differ in meaning. Give it a new name, or say so.",
        "“{name}”的计算方法有变：{before} 改为 {after}。",
        "以前的访谈保留上报时的数值，新旧数值含义不同。请另起名称，或在报告中说明。",
    ),
    "other_required": Kind(
        FINE,
        "Whether '{name}' must be answered changed: {before} becomes {after}.",
        "Earlier interviews may lack the answer; nothing is lost.",
        "“{name}”是否必答有变：{before} 改为 {after}。",
        "以前的访谈可能缺少该回答，没有信息丢失。",
    ),
    "choice_removed": Kind(
        CHECK,
        "'{question}' no longer offers the choice '{name}' (list {list}).",
        "Earlier answers keep it, and tables go on showing it; nobody can choose it any more.",
        "“{question}”不再提供选项“{name}”（列表 {list}）。",
        "以前的回答仍保留该选项，表格继续显示，但今后无法再选。",
    ),
    "choice_added": Kind(
        FINE,
        "'{question}' offers a new choice '{name}' (list {list}).",
        "Nobody could choose it before, so its share begins at nothing.",
        "“{question}”新增选项“{name}”（列表 {list}）。",
        "以前无法选择该选项，其比例从零开始。",
    ),
    "choice_reworded": Kind(
        CHECK,
        "The choice '{name}' of '{question}' is worded differently: '{before}' is now '{after}'.",
        "Earlier answers are shown with the new words. If the meaning changed, give the choice a new name.",
        "“{question}”的选项“{name}”措辞有变：“{before}”改为“{after}”。",
        "以前的回答会以新措辞显示。如果含义有变，请给该选项另起名称。",
    ),
    "repeat_added": Kind(
        FINE,
        "The repeat '{name}' is new.",
        "The dataset gets a table of this name; earlier interviews have no rows in it.",
        "新增重复组“{name}”。",
        "数据集中新增同名数据表，以前的访谈在其中没有记录。",
    ),
    "repeat_removed": Kind(
        CHECK,
        "The repeat '{name}' is no longer there.",
        "Its table stays in the dataset with the rows there are.",
        "不再有重复组“{name}”。",
        "该数据表连同已有记录保留在数据集中。",
    ),
    "language_added": Kind(
        FINE,
        "The form is now also in {name}.",
        "Data are not touched.",
        "问卷新增语言：{name}。",
        "数据不受影响。",
    ),
    "language_removed": Kind(
        CHECK,
        "The form is no longer in {name}.",
        "Data are not touched; pages and reports in that language show the form's default language.",
        "问卷不再提供语言：{name}。",
        "数据不受影响；使用该语言的页面和报告会显示问卷的默认语言。",
    ),
    "indicator_added": Kind(
        FINE,
        "The indicator '{name}' is new.",
        "It is computed for earlier interviews too, as far as they have its questions.",
        "新增指标“{name}”。",
        "以前的访谈只要有相应题目，也会计算该指标。",
    ),
    "indicator_removed": Kind(
        CHECK,
        "The indicator '{name}' is no longer computed.",
        "Tables and reports made from now on lack it, those of earlier visits included.",
        "不再计算指标“{name}”。",
        "今后生成的表格和报告不再包含它，包括以前调研的报告。",
    ),
    "indicator_changed": Kind(
        CHECK,
        "The indicator '{name}' is defined differently ({columns}).",
        "All interviews are counted in the new way, earlier ones too, so figures may differ from reports already handed over.",
        "指标“{name}”的定义有变（{columns}）。",
        "所有访谈（包括以前的）都按新定义计算，数字可能与已提交的报告不同。",
    ),
    "rule_added": Kind(
        FINE,
        "The issue rule '{name}' is new.",
        "It is applied to interviews received from now on.",
        "新增问题规则“{name}”。",
        "只用于今后收到的访谈。",
    ),
    "rule_removed": Kind(
        FINE,
        "The issue rule '{name}' is no longer applied.",
        "What it raised before stays.",
        "不再使用问题规则“{name}”。",
        "它以前提出的线索予以保留。",
    ),
    "rule_changed": Kind(
        CHECK,
        "The issue rule '{name}' is defined differently ({columns}).",
        "What it raised before stays as it was raised; counts mix the old and the new rule.",
        "问题规则“{name}”的定义有变（{columns}）。",
        "以前提出的线索保持原样，计数会混合新旧规则。",
    ),
    "item_added": Kind(
        FINE,
        "'{name}' is now compared between what was said, filed and seen.",
        "Interviews of earlier versions are compared by what their own version says.",
        "新增说写看比对项“{name}”。",
        "旧版本的访谈仍按其自身版本的设置比对。",
    ),
    "item_removed": Kind(
        CHECK,
        "'{name}' is no longer compared between what was said, filed and seen.",
        "Tables of comparison hold only interviews of earlier versions there.",
        "不再比对“{name}”的说、写、看。",
        "比对表中该项只包含旧版本的访谈。",
    ),
    "item_changed": Kind(
        CHECK,
        "'{name}' is compared differently ({columns}).",
        "What agreed with one version may differ with the other; compare the versions apart.",
        "比对项“{name}”的比对方式有变（{columns}）。",
        "同样的答案在不同版本中可能一致也可能不一致，请分版本比较。",
    ),
}
"""Every kind of change by its code."""
