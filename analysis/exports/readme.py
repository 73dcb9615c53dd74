"""The codebook and the README of an exported dataset, in the language asked for. Pure."""

from collections.abc import Iterator, Sequence

from analysis.bundle import Bundle
from analysis.codebook import MAIN, label_in
from analysis.corrections.replay import APPLIED, REFUSED
from analysis.exports.deidentify import Disclosure
from analysis.exports.tables import SourceColumn
from analysis.exports.variables import ExportTable, Value
from analysis.exports.words import CLASS_NAMES, KIND_NAMES, TREATMENTS

FORMAT_LINES = {
    "xlsx": {
        "zh": "data.xlsx：每张表一个工作表，第一行是标签，第二行是变量名；单选题写选项文字；最后一页是编码簿。",
        "en": "data.xlsx: a sheet for each table, labels in the first row, names in the second, choices as labels; the codebook is last.",
    },
    "csv": {
        "zh": "csv/：UTF-8（带标记），可直接用 Excel 打开；第一行是变量名，单选题写选项文字。",
        "en": "csv/: UTF-8 with its mark, opens in Excel; the first row holds names, choices are written as labels.",
    },
    "stata": {
        "zh": "stata/：Stata 14 及以上；有变量标签和值标签，“不知道”“拒答”等为 .a、.b……。",
        "en": "stata/: for Stata 14 and later, with labels of variables and values; “don't know”, “refused” and the like are .a, .b, …",
    },
    "spss": {
        "zh": "spss/：有变量标签和值标签，“不知道”“拒答”等定义为缺失值。",
        "en": "spss/: with labels of variables and values; “don't know”, “refused” and the like are declared missing.",
    },
    "parquet": {
        "zh": "parquet/：R 用 arrow::read_parquet、Python 用 pandas.read_parquet 读取；单选题写选项代码。",
        "en": "parquet/: for arrow::read_parquet in R and pandas.read_parquet in Python; choices are written as their names.",
    },
}
ATTRIBUTE_NAMES = {
    "markers": {"zh": "重点关注标记", "en": "special attention"},
    "size": {"zh": "家庭人口", "en": "size of the household"},
    "village": {"zh": "村", "en": "village"},
    "kind": {"zh": "农户类型", "en": "kind of household"},
    "county": {"zh": "县", "en": "county"},
}


def codebook_rows(tables: Sequence[ExportTable], language: str) -> Iterator[list[str]]:
    """One row for every variable, then for every column that was left out of the table."""
    for table in tables:
        for variable in table.variables:
            yield [
                table.name,
                variable.name,
                variable.short,
                variable.label,
                variable.source.column.question,
                KIND_NAMES[variable.kind][language],
                _listed(variable.values),
                _listed(value for value in variable.values if value.is_missing),
                *_risk(variable.source, language),
            ]
        for column in table.left_out:
            label = label_in(column.column.label, language, column.column.name)
            yield [table.name, column.column.name, "", label, column.column.question, "", "", "", *_risk(column, language)]


def _listed(values: Iterator[Value] | Sequence[Value]) -> str:
    return "; ".join(f"{value.code}={value.label}" + (f" ({value.name})" if value.name != str(value.code) else "") for value in values)


def _risk(column: SourceColumn, language: str) -> list[str]:
    return [CLASS_NAMES[column.risk][language], TREATMENTS[column.treatment][language]]


def readme_text(
    bundle: Bundle, visit_id: str, tables: Sequence[ExportTable], formats: Sequence[str], disclosure: Disclosure | None, language: str
) -> str:
    """What lies in the archive, how it was made safe, and what to cite, as plain text."""
    visit = bundle.visit(visit_id)
    is_zh = language == "zh"
    lines = [visit.title, f"{visit.starts_on} – {visit.ends_on}", ""]
    if visit.is_invented:
        lines += ["演示数据，人物和村庄均为虚构。" if is_zh else "Demonstration data: people and villages are invented.", ""]
    lines.append("数据表" if is_zh else "Tables")
    for table in tables:
        n_rows, n_columns = len(table.frame), len(table.variables)
        told = f"{n_rows} 行，{n_columns} 个变量" if is_zh else f"{n_rows} rows, {n_columns} variables"
        lines.append(f"  {table.name}（{table.title}）：{told}" if is_zh else f"  {table.name} ({table.title}): {told}")
    lines += ["", "文件" if is_zh else "Files"]
    lines += [f"  {FORMAT_LINES[name][language]}" for name in formats]
    lines += [
        "  codebook.csv：每个变量的名称、标签、取值和处理方式；Stata、SPSS 中的变量名也在其中。"
        if is_zh
        else "  codebook.csv: name, label, values and treatment of every variable, with its name in Stata and SPSS.",
        "",
        "空格表示没有问到或没有回答。" if is_zh else "An empty cell was not asked or not answered.",
        "多选题每个选项一个变量：1 选了，0 没选。"
        if is_zh
        else "Questions with several choices have a variable for each: 1 chosen, 0 not.",
        "",
    ]
    lines += [_correction_line(bundle, visit_id, language), ""]
    lines += _disclosure_lines(disclosure, language)
    lines += ["", f"数据集哈希值：{bundle.dataset_hash}" if is_zh else f"Hash of the dataset: {bundle.dataset_hash}", ""]
    return "\r\n".join(lines)


def _correction_line(bundle: Bundle, visit_id: str, language: str) -> str:
    """How many answers of the visit are corrected ones."""
    interviews = [
        name
        for (_form, table), frame in bundle.tables.items()
        if table == MAIN
        for name in frame.loc[frame["visit_id"] == visit_id, "instance_id"]
    ]
    n_applied, n_left = (bundle.corrections.count(outcome, interviews) for outcome in (APPLIED, REFUSED))
    if language == "zh":
        left = f"；另有{n_left}处更正因原答案已变而未采用" if n_left else ""
        return f"答案更正：{n_applied} 处，采用更正后的值{left}。" if n_applied or n_left else "答案没有更正。"
    left = f"; {n_left} more were not applied, because the stored answer has changed" if n_left else ""
    return f"Corrected answers: {n_applied}, with what counts instead{left}." if n_applied or n_left else "No answer was corrected."


def _disclosure_lines(disclosure: Disclosure | None, language: str) -> list[str]:
    is_zh = language == "zh"
    if disclosure is None:
        told = "完整数据：含自由文本、时间、位置和编号，可识别个人。只限所述用途，不得外传。"
        return [
            told
            if is_zh
            else "Full data: texts, times, positions and identifiers tell who people are. For the stated purpose only; do not pass on."
        ]
    safety, persons = disclosure.safety, disclosure.persons
    withheld = [(ATTRIBUTE_NAMES[name][language], number) for name, number in disclosure.withheld.items() if number]
    if is_zh:
        lines = [
            "去标识化处理",
            f"  删去 {disclosure.n_columns_removed} 个变量：姓名、编号、电话、位置、自由文本、图片、访谈员、准确时间。",
            "  访谈和农户用化名；同一次调研内各表一致，没有密钥时不同批次的导出不能对应。",
            f"  {disclosure.n_coded_villages} 个不足 {safety.village_minimum} 户的村用代号。",
            f"  小单元检查（k = {safety.k}）：按县、村、农户类型、人口组、重点关注标记，凡少于 {safety.k} 户的组合逐步隐去：",
            *(f"    {name}：{number} 户" for name, number in withheld),
            f"    整户不提供：{disclosure.n_dropped} 户（共 {disclosure.n_units} 户）",
            f"  核验：可见特征的组合共 {disclosure.n_groups} 组，最小一组 {disclosure.n_smallest} 户；掌握全部特征者平均猜中的比例为 "
            f"{disclosure.mean_risk:.1%}。",
            f"  人员表：年龄放宽到二十岁一组 {persons['wider']} 人，隐去年龄 {persons['no_group']} 人，隐去性别 {persons['no_other']} 人；"
            f"{disclosure.n_unlinked} 行不再对应到农户，因为行数会透露被隐去的家庭人口。",
            "  仍请勿尝试识别个人；多个数值组合仍可能泄露信息。",
        ]
        return lines
    return [
        "De-identification",
        f"  {disclosure.n_columns_removed} variables were removed: names, numbers, telephones, positions, texts, pictures, people, times.",
        "  Interviews and households have pseudonyms, the same in all tables of the visit; without the key other exports have others.",
        f"  {disclosure.n_coded_villages} villages with fewer than {safety.village_minimum} households have a code.",
        f"  Small cells (k = {safety.k}) of county, village, kind, size and special attention with fewer than {safety.k} gave up:",
        *(f"    {name}: {number} households" for name, number in withheld),
        f"    households left out altogether: {disclosure.n_dropped} of {disclosure.n_units}",
        f"  Measured: {disclosure.n_groups} combinations of what is shown, {disclosure.n_smallest} households in the smallest; who "
        f"knows all of it of everybody guesses right in {disclosure.mean_risk:.1%} on average.",
        f"  Tables of persons: age in groups of twenty years for {persons['wider']}, no age for {persons['no_group']}, no sex for "
        f"{persons['no_other']}; {disclosure.n_unlinked} rows no longer lead to their household, because their number would tell its size.",
        "  Please do not try to identify anybody; several figures together may still tell something.",
    ]
