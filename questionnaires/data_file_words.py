"""What can be wrong with a data file, in English and Chinese. Data only."""

from collections.abc import Mapping

DETAILS: Mapping[str, tuple[str, str]] = {
    "too_large": ("it has {size} MB, more than {limit} MB", "文件有 {size} MB，超过上限 {limit} MB"),
    "too_long": ("it has {count} rows, more than {limit}", "有 {count} 行，超过上限 {limit} 行"),
    "not_utf8": ("it is not text in UTF-8; save it as 'CSV UTF-8'", "不是 UTF-8 编码的文本，请另存为“CSV UTF-8”"),
    "no_table": ("it is no table: {reason}", "不是表格：{reason}"),
    "no_columns": ("its first row has no column names", "第一行没有列名"),
    "more_cells": (
        "row {row} has more cells than there are columns; put texts with a '{delimiter}' in quotation marks",
        "第 {row} 行的单元格多于列数；含有“{delimiter}”的文字请加引号",
    ),
    "no_sign": ("row {row} holds an invisible control character; take it out", "第 {row} 行含有不可见的控制字符，请删去"),
    "no_sign_of_feature": (
        "feature {row} holds an invisible control character; take it out",
        "第 {row} 个要素含有不可见的控制字符，请删去",
    ),
    "unnamed_column": ("column {column} has no name in the first row", "第 {column} 列在第一行没有列名"),
    "twice": ("two columns are called '{column}'", "有两列都叫“{column}”"),
    "no_xml": ("it is not well-formed XML: {reason}", "不是格式正确的 XML：{reason}"),
    "unsafe_xml": ("it contains a document type or entity, which is never needed", "含有文档类型或实体声明，而这从来不需要"),
    "no_json": ("it is not JSON: {reason}", "不是 JSON：{reason}"),
    "no_features": ("it is no FeatureCollection", "不是 FeatureCollection"),
    "no_geometry": ("feature {row} has no geometry or no properties", "第 {row} 个要素没有 geometry 或 properties"),
    "geometry_kind": (
        "feature {row} is a {kind}; only Point, LineString and Polygon can be chosen",
        "第 {row} 个要素是 {kind}，只能选用 Point、LineString 和 Polygon",
    ),
    "no_position": ("feature {row} has a position that is no pair of numbers", "第 {row} 个要素的坐标不是一对数字"),
}
"""Each way in which a data file is refused, by its code, as templates."""
