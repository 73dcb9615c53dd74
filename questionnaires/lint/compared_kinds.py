"""Problems of the columns `compare_…`: their words. Data."""

from collections.abc import Mapping

from questionnaires.kinds import ERROR, WARNING, Kind

COMPARED_KINDS: Mapping[str, Kind] = {
    "compare_without_item": Kind(
        ERROR,
        "The column '{column}' is filled in, but 'compare_item' is empty.",
        "Write into compare_item which thing is compared, or empty the cell.",
        "填写了“{column}”，但“compare_item”是空的。",
        "请在 compare_item 中写明比对哪一项，或清空该单元格。",
    ),
    "bad_item_name": Kind(
        ERROR,
        "'{item}' cannot be the code of an item.",
        "Use at most 40 letters without accents, digits and underscores, a letter first.",
        "“{item}”不能作为比对项的代码。",
        "请使用不超过 40 个字符的英文字母、数字和下划线，以字母开头。",
    ),
    "compared_in_repeat": Kind(
        ERROR,
        "The question '{name}' is asked once for each '{repeat}', and only what is asked once can be compared.",
        "Sum or count the answers in a calculation outside the repeat, and compare that.",
        "题目“{name}”对每个“{repeat}”各问一次，只有每户问一次的内容才能比对。",
        "请在重复组之外用计算题汇总，再比对该计算题。",
    ),
    "uncomparable_type": Kind(
        ERROR,
        "'{name}' is of the type '{type}', which cannot be compared.",
        "Compare numbers, dates, choices, texts or calculations; pictures and recordings go along as evidence.",
        "“{name}”的题型“{type}”不能比对。",
        "请比对数值、日期、选项、文字或计算；照片和录音可作为证据。",
    ),
    "bad_mapping": Kind(
        ERROR,
        "'{text}' does not say which answer counts as which code.",
        "Write pairs separated by spaces, as 'a=safe b=safe dont_know='; nothing after = leaves an answer out.",
        "“{text}”没有说明哪个答案算作哪个代码。",
        "请写成以空格分隔的对应关系，例如“a=safe b=safe dont_know=”；等号后留空表示该答案不参加比对。",
    ),
    "judged_otherwise": Kind(
        ERROR,
        "'{name}' cannot say what was found when comparing: {wrong}.",
        "Use a question with one choice of agrees, differs, missing, out_of_date, cannot_verify, or map its choices to them.",
        "“{name}”不能表示比对结果：{wrong}。",
        "请使用选项为 agrees、differs、missing、out_of_date、cannot_verify 的单选题，或在 compare_map 中写明对应关系。",
    ),
    "judged_twice": Kind(
        ERROR,
        "The item '{item}' is judged in row {other} already.",
        "Keep one question that says what was found.",
        "比对项“{item}”已在第 {other} 行给出比对结果。",
        "请只保留一道填写比对结果的题目。",
    ),
    "named_twice": Kind(
        WARNING,
        "The item '{item}' has its name from the group in row {other} already.",
        "Empty compare_item in one of the groups.",
        "比对项“{item}”的名称已取自第 {other} 行的分组。",
        "请清空其中一个分组的 compare_item。",
    ),
    "nothing_compared": Kind(
        WARNING,
        "The item '{item}' has no question with a value.",
        "Name it on a question whose answer is said, filed or seen.",
        "比对项“{item}”没有任何可比对的题目。",
        "请在说、写、看的题目上填写该项。",
    ),
    "one_source": Kind(
        WARNING,
        "The item '{item}' has only one source here: {source}.",
        "Name it on a question of another source too, unless another questionnaire of the visit does.",
        "比对项“{item}”在本问卷中只有一个来源：{source}。",
        "请在另一来源的题目上也填写该项；如同次调研的另一份问卷已有，可不处理。",
    ),
    "compared_types": Kind(
        ERROR,
        "'{name}' and '{other}' tell of '{item}' in different types, which are never equal.",
        "Ask both alike, or compare a calculation that gives both the same form.",
        "“{name}”与“{other}”都说明“{item}”，但题型不同，永远不会一致。",
        "请采用相同的题型，或改为比对形式一致的计算题。",
    ),
    "compared_choices": Kind(
        WARNING,
        "'{name}' and '{other}' tell of '{item}', but only one of them can give: {codes}.",
        "Say in compare_map which answer counts as which.",
        "“{name}”与“{other}”都说明“{item}”，但以下代码只有一方可能出现：{codes}。",
        "请在 compare_map 中写明各答案的对应关系。",
    ),
    "bad_tolerance": Kind(
        ERROR,
        "'{text}' is no tolerance.",
        "Write a share, an amount (days for dates), or both: '10%', '50', '10% + 50'.",
        "“{text}”不是允许误差。",
        "请填写比例、数额（日期按天数）或两者：“10%”“50”“10% + 50”。",
    ),
    "two_tolerances": Kind(
        ERROR,
        "The item '{item}' has another tolerance in row {other}.",
        "Give it once.",
        "比对项“{item}”在第 {other} 行有另一个允许误差。",
        "请只填写一处。",
    ),
    "useless_tolerance": Kind(
        WARNING,
        "The answers of '{item}' are neither numbers nor dates, so that the tolerance changes nothing.",
        "Remove it.",
        "比对项“{item}”的答案既不是数值也不是日期，允许误差不起作用。",
        "请删去。",
    ),
    "useless_unit": Kind(
        WARNING,
        "'{name}' is no number, so that the unit changes nothing.",
        "Remove it.",
        "“{name}”不是数值，单位不起作用。",
        "请删去。",
    ),
    "other_quantity": Kind(
        ERROR,
        "'{unit}' cannot be converted to '{other}', in which the same item is told.",
        "Use units of the same quantity.",
        "“{unit}”无法换算为同一项所用的“{other}”。",
        "请使用同类单位。",
    ),
}
