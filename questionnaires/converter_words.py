"""What pyxform and our reader of expressions say, in Chinese: the sentences that authors meet, by pattern.

A sentence without a pattern stays as it is.
"""

import re
from collections.abc import Mapping

_SENTENCES: Mapping[str, str] = {
    r"On the '(\w+)' sheet, the '([^']*)' value(?: '([^']*)')? is (?:invalid|problematic)\.": r"工作表“\1”中“\2”的值\3有误。",
    r"On the '(\w+)' sheet, the entity declaration is invalid\.": r"工作表“\1”中的实体声明有误。",
    r"Choices should have a label\.": "选项应有标签（label）。",
    r"Choices must have a name\.": "选项必须有名称（name）。",
    r"Choice names must be unique for each choice list\.": "同一选项列表中的名称不能重复。",
    r"If this is intentional, use the setting 'allow_choice_duplicates'\.": "如确需重名，请在 settings 中设置 allow_choice_duplicates。",
    r"Column headers must not be empty and must not contain spaces\.": "列名不能为空，也不能含有空格。",
    r"Questions, groups, and repeats must be unique within their nearest parent group or repeat, or the survey if not inside a group "
    r"or repeat\.": "同一分组、重复组或问卷之内，题目、分组和重复组的名称不能相同。",
    r"Repeat names must not be the same as the survey root \(which defaults to 'data'\)\.": (
        "重复组的名称不能与问卷根节点（默认为 data）相同。"
    ),
    r"Repeat names must unique anywhere in the survey, at all levels of group or repeat nesting\.": "重复组的名称在整份问卷中不能重复。",
    r"The name 'meta' is reserved for form metadata\.": "名称 meta 留给问卷的元数据使用。",
    r"Names must begin with a letter or underscore\. After the first character, names may contain letters, digits, underscores, "
    r"hyphens, or periods\.": "名称须以字母或下划线开头，其后可用字母、数字、下划线、连字符和点。",
    r"Reference variables must start with '\$\{', then a question name, and end with '\}'\.": "引用须写作 ${题目名称}。",
    r"Reference variables must contain a name from the 'survey' sheet\. Could not find the name '([^']*)'\.": (
        r"survey 工作表中没有名为“\1”的题目。"
    ),
    r"Reference variables names must be unique anywhere in the 'survey'\. The name '([^']*)' appears more than once\.": (
        r"名称“\1”在 survey 中出现不止一次，无法引用。"
    ),
    r"There is no survey element named '([^']*)'\.": r"没有名为“\1”的题目。",
    r"There are multiple survey elements named '([^']*)'\.": r"名为“\1”的题目不止一个。",
    r"Unmatched 'end_(\w+)'\. No matching 'begin_\w+' was found for the name '([^']*)'\.": r"“end_\1”没有对应的“begin_\1”（\2）。",
    r"Unmatched 'begin_(\w+)'\. No matching 'end_\w+' was found for the name '([^']*)'\.": r"“begin_\1”没有对应的“end_\1”（\2）。",
    r"Parameters must be in the form of 'key1=value1 key2=value2'?\.": "参数须写作“名称1=值1 名称2=值2”。",
    r"The accepted parameter keys for this question type are '([^']*)'\.": r"本题型可用的参数是：\1。",
    r"The following are invalid parameter key\(s\): '([^']*)'\.": r"以下参数无效：\1。",
    r"For the 'range' question type, the parameter '([^']*)' must be a number\.": r"range 题型的参数“\1”必须是数字。",
    r"For the 'range' question type, the parameter '([^']*)' must not be '0' \(zero\)\.": r"range 题型的参数“\1”不能为 0。",
    r"For the 'range' question type, the parameter '([^']*)' must not be larger than the range \(the difference between 'start' and "
    r"'end'\)\.": r"range 题型的参数“\1”不能大于 start 与 end 之差。",
    r"For the 'range' question type, the parameter '([^']*)' must be a multiple of 'step'\.": r"range 题型的参数“\1”必须是 step 的倍数。",
    r"For the 'range' question type, the parameter '([^']*)' must be between the 'start' and 'end' values, inclusive\)\.": (
        r"range 题型的参数“\1”必须在 start 与 end 之间。"
    ),
    r"The '([\w-]+)' parameter must have a numeric value\.": r"参数“\1”必须是数字。",
    r"The '([\w-]+)' parameter must be either 'true' or 'false'\.": r"参数“\1”只能是 true 或 false。",
    r"For geoshape and geotrace questions, the 'incremental' parameter may either be 'true' or not included\.": (
        "geoshape 和 geotrace 题的参数 incremental 只能是 true，或不写。"
    ),
    r"Invalid headers provided for sheet: '(\w+)'\.": r"工作表“\1”的列名有误。",
    r"Headers that are different names for the same column were found: ([^.]*)\.": r"以下列名指同一列：\1。",
    r"Rename or remove one of these columns\.": "请改名或删去其中一列。",
    r"One or more required column headers were not found: ([^.]*)\.": r"缺少必需的列：\1。",
    r"Duplicate column header: (\S+)": r"列名“\1”重复。",
    r"Question or group with no name\.": "题目或分组没有名称（name）。",
    r"Question with no type\..*": "题目没有题型（type）。",
    r"Missing calculation\.": "缺少计算式（calculation）。",
    r"Row without name, text, or label is being skipped:.*": "这一行没有名称和标签，已略过。",
    r"Repeat has no label:.*": "重复组没有标签（label）。",
    r"Group has no label:.*": "分组没有标签（label）。",
    r"This section has not been included\.": "所引用的部分没有一并提供。",
    r"Unknown question type '([^']*)'\.": r"没有“\1”这种题型。",
    r"The following language declarations do not contain valid machine-readable codes: ([^.]*)\.": (
        r"以下语言没有写明代码：\1。请写作“中文 (zh)”或“English (en)”。"
    ),
    r"This form uses or_other and translations, which is not recommended\. An untranslated input question label and choice label is "
    r"generated for 'other'\.": "问卷同时使用 or_other 和多种语言：“其他”一项及其填写框没有翻译，建议自行写出该选项。",
    r"(\w+) is no longer supported on most devices\. Only old versions of Collect on Android versions older than (\d+) still support "
    r"it\.": r"多数设备已不提供 \1，只有 Android \2 以前的旧版 Collect 仍支持。",
    r"The survey element named '([^']*)' has no label or hint\.": r"名为“\1”的题目既没有标签，也没有提示。",
    r"To use big-image, you must also specify an image for the survey element named (\S+)\.": r"题目“\1”使用 big-image 时还须填写 image。",
    r"Audits must always be named 'audit\.' The name column should be left blank\.": "audit 的名称只能是 audit，name 列请留空。",
    r"The form_id and id_string column headers are both specified in the settings sheet provided\..*": (
        "settings 工作表中同时有 form_id 和 id_string，请只保留 form_id。"
    ),
    r"The 'disabled' column header is not part of the current spec\. We recommend using relevant instead\.": (
        "disabled 列已不在规范之中，请改用 relevant。"
    ),
    r"the survey sheet has ([\d,]+) rows, more than ([\d,]+)\. Divide it into several forms\.": (
        r"survey 工作表有 \1 行，超过上限 \2 行，请拆分为几份问卷。"
    ),
    r"the groups lie (\d+) deep in each other, more than (\d+)\. Take some away\.": r"分组嵌套 \1 层，超过上限 \2 层，请减少嵌套。",
    r"it makes no well-formed XForm \((.*)\)\.": r"由它生成的 XForm 格式不正确（\1）。",
    r"a cell holds what XLSForm does not allow there \((.*)\)\.": r"某个单元格中填有 XLSForm 不允许的内容（\1）。",
    r"Learn more: (\S+?)\.?(?=\s|$)": r"参见 \1。",
}
_ABOUT_EXPRESSIONS: Mapping[str, str] = {
    r"^'(.*)' is not understood$": r"“\1”无法理解",
    r"^'(.*)' is not expected$": r"此处不应有“\1”",
    r"^'(.*)' is missing$": r"缺少“\1”",
    r"^it ends too early$": "表达式不完整",
    r"^Invalid expression$": "不是有效的表达式",
    r"^it is nested too deeply$": "嵌套过深",
    r"^there is no function ([\w:-]+\(\))(?:; did you mean ([\w:-]+\(\))\?)?$": r"没有函数 \1，可参照 \2",
    r"^([\w:-]+\(\)) takes (\d+) arguments, not (\d+)$": r"\1 需要 \2 个参数，而不是 \3 个",
    r"^([\w:-]+\(\)) takes (\d+) to (\d+) arguments, not (\d+)$": r"\1 需要 \2 至 \3 个参数，而不是 \4 个",
    r"^([\w:-]+\(\)) takes (\d+) to any number arguments, not (\d+)$": r"\1 至少需要 \2 个参数，而不是 \3 个",
    r"^([\w:-]+\(\)) needs answers, such as those of a question in a repeat$": r"\1 需要一组答案，例如重复组中某题的答案",
    r"^position\(\) takes a node, as in position\(\.\.\)$": "position() 的参数是节点，例如 position(..)",
    r"^jr:choice-name\(\) takes the question in quotes, as in (.*)$": r"jr:choice-name() 中的题目须加引号，例如 \1",
    r"^jr:choice-name\(\) names '(.*)', which is no question with choices$": r"jr:choice-name() 引用的“\1”不是选择题",
    r"^pulldata\(\) takes the name of a data file first, as in (.*)$": r"pulldata() 的第一个参数是数据文件名，例如 \1",
    r"^indexed-repeat\(\) takes a question, then a repeat and a number for each repeat around it$": (
        "indexed-repeat() 的参数依次是题目，以及每一层重复组及其序号"
    ),
    r"^the repeats of indexed-repeat\(\) must be those around its question$": "indexed-repeat() 中的重复组须是该题所在的重复组",
    r"^only answers can be followed by '/' or '\['$": "“/”和“[”之前只能是答案",
    r"^instance\(\) takes the name of a list in quotes$": "instance() 的参数是加引号的列表名",
    r"^there is no list '(.*)' for instance\(\)$": r"没有可供 instance() 使用的列表“\1”",
    r"^search\(\) compares by one of (.*), and names its columns in quotes$": r"search() 的比较方式是 \1 之一，列名须加引号",
    r"^search\(\) needs a file's name, and then .*$": "search() 的参数依次是文件名、比较方式、列名和值，还可再加一个列名和值",
}
_PATTERNS = tuple((re.compile(pattern, re.DOTALL), chinese) for pattern, chinese in {**_SENTENCES, **_ABOUT_EXPRESSIONS}.items())
_NOTHING_MEANT = "，可参照 "
_BETWEEN = re.compile(r"(?<=[。）])\s+")


def in_chinese(detail: str) -> str:
    """What was said, its known sentences in Chinese."""
    for pattern, chinese in _PATTERNS:
        detail = pattern.sub(chinese, detail).removesuffix(_NOTHING_MEANT)
    return _BETWEEN.sub("", detail)
