"""What can be wrong with the file of a questionnaire as a whole, in English and Chinese."""

from collections.abc import Mapping

from questionnaires.errors import ErrorCode, SurveyError

DETAILS: Mapping[str, tuple[str, str]] = {
    "too_large": (
        "it has {size} MB, more than the {limit} MB that a questionnaire of its kind may have",
        "文件有 {size} MB，超过此类问卷文件的上限 {limit} MB",
    ),
    "unpacks_large": ("it unpacks to {size} MB, more than {limit} MB", "解压后有 {size} MB，超过上限 {limit} MB"),
    "too_many_parts": ("it has more than {limit:,} parts", "压缩包内文件超过 {limit:,} 个"),
    "too_much_text": ("its sheets hold more than {limit} MB of text", "工作表中的文字超过 {limit} MB"),
    "declares_entities": (
        "it declares a document type or entities, which no workbook needs",
        "文件中有文档类型或实体声明，而工作簿从来不需要",
    ),
    "too_many_cells": ("it has more than {limit:,} cells", "单元格超过 {limit:,} 个"),
    "unreadable": ("{reason}", "文件打不开（{reason}）"),
    "damaged": ("the {kind} file is damaged or of another kind", "{kind} 文件已损坏，或其实是另一种文件"),
    "empty": ("it is empty", "文件是空的"),
    "text_as_workbook": (
        "its name ends in {kind}, but it holds plain text and no workbook",
        "文件名以 {kind} 结尾，但内容是纯文本，不是工作簿",
    ),
    "other_as_workbook": (
        "its name ends in {kind}, but it holds something else than a workbook",
        "文件名以 {kind} 结尾，但内容不是工作簿",
    ),
    "not_utf8": ("it is neither a workbook nor text in UTF-8", "既不是工作簿，也不是 UTF-8 编码的文本"),
    "no_sheets": (
        "no cell of its first column names the sheet 'survey', below which the columns begin with the second",
        "第一列中没有写着工作表名“survey”的单元格（其下各行从第二列写起）",
    ),
    "no_tables": ("it is text without Markdown tables", "是文本，但其中没有 Markdown 表格"),
}
"""Each way in which a file is refused, by its code, as templates."""


def refusal(file: str, code: str, **values: object) -> SurveyError:
    """NOT_A_WORKBOOK about a file, with its reason in both languages, to be raised."""
    detail, detail_zh = (text.format(**values) for text in DETAILS[code])
    return SurveyError(ErrorCode.NOT_A_WORKBOOK, file=file, detail=detail, detail_zh=detail_zh)
