"""What is said of a refused answer when the author wrote nothing: Chinese for a Chinese language of the form, English for any other.

The texts are data because they are stored with what was refused, in the languages of the form and not of the page.
"""

from collections.abc import Mapping

from questionnaires.model import Language, Questionnaire, Text

MESSAGES: Mapping[str, tuple[str, str]] = {
    "required": ("本题必须回答。", "This question must be answered."),
    "constraint": (
        "“{value}”不符合本题的取值要求，请核对后重新填写。",
        "“{value}” is not an answer that this question allows. Check it and answer again.",
    ),
    "choice": ("“{value}”不在本题的选项中，请重新选择。", "“{value}” is not among the choices of this question. Choose again."),
    "calculation": (
        "计算结果应为“{expected}”，收到的是“{value}”。请在平板上重新打开问卷并再次上报。",
        "The result should be “{expected}” but “{value}” arrived. Open the form on the tablet again and send it once more.",
    ),
    "unknown": ("问卷中没有名为“{name}”的题目，或者它出现了两次。", "The form has no question named “{name}”, or it was sent twice."),
    "repeat_count": ("这一组应有 {expected} 份，收到 {value} 份。", "This group should be answered {expected} times, but {value} arrived."),
    "type_int": ("“{value}”不是整数。", "“{value}” is not a whole number."),
    "type_decimal": ("“{value}”不是数字。", "“{value}” is not a number."),
    "type_date": ("“{value}”不是日期，日期写作 2018-04-20。", "“{value}” is not a date. Write dates as 2018-04-20."),
    "type_dateTime": ("“{value}”不是日期和时间。", "“{value}” is not a date with a time."),
    "type_time": ("“{value}”不是时间，时间写作 08:30。", "“{value}” is not a time of day. Write times as 08:30."),
    "type_geopoint": ("“{value}”不是位置（纬度 经度 海拔 精度）。", "“{value}” is not a position (latitude longitude altitude accuracy)."),
    "type_geotrace": ("“{value}”不是由位置组成的线。", "“{value}” is not a line of positions."),
    "type_geoshape": ("“{value}”不是由位置组成的面。", "“{value}” is not an area of positions."),
}
MAX_QUOTED = 80


def is_chinese(language: Language) -> bool:
    """Whether a language of a form is Chinese, by its code or, where it has none, by its name."""
    code = language.code.lower()
    return code.startswith(("zh", "cmn")) if code else any(word in language.name.lower() for word in ("中文", "汉语", "chinese"))


def default_message(questionnaire: Questionnaire, code: str, **values: str) -> Text:
    """The message for a code of `MESSAGES` by the questionnaire's language names."""
    chinese, english = MESSAGES[code]
    quoted = {name: value if len(value) <= MAX_QUOTED else value[: MAX_QUOTED - 1] + "…" for name, value in values.items()}
    return {language.name: (chinese if is_chinese(language) else english).format(**quoted) for language in questionnaire.languages}
