"""Prints the page of the levels of all columns: `python -m docs.data_levels > docs/data_levels.md`, and in Chinese
`python -m docs.data_levels zh > docs/guide/zh/reference/data_levels.md`. A test keeps both true."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Table

from survey.models import Base
from survey.protection.levels import LEVELS, OFFICE, PERSONAL, SEALED, SECRET, WORKING, WRITTEN, level_of


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says around the tables in one language; `named` adds a word to levels that are words of the code."""

    head: str
    table: str
    working: str
    named: Mapping[str, str]


WORDS = {
    "en": Words(
        """# What is kept, and how it is protected · 数据分级

Made by `python -m docs.data_levels` from the tables of the database and `survey/protection/levels.py`; a test keeps it true and fails for a
column without a level.

What each level means, who sees it, where it lies and how long, is told in [protection.md](protection.md). Of columns of the
level *working*, which tell of nobody, the number is given.
""",
        "table",
        "working columns",
        {},
    ),
    "zh": Words(
        """# 数据分级表

本页由 `python -m docs.data_levels zh` 从数据库各表和 `survey/protection/levels.py` 生成，由测试保证一致；有列没有定级的，测试不通过。

各级的含义、谁能看、放在哪里、保存多久，见[数据保护](protection.md)。working（业务）一级不涉及任何人，只给出列数。
""",
        "表",
        "业务列数",
        {WRITTEN: "文字", OFFICE: "履职人员", PERSONAL: "农户信息", SEALED: "加密", SECRET: "机密"},
    ),
}


def row_of(table: Table) -> str:
    """One table as a row: its columns by their level; of working ones the number."""
    names: dict[str, list[str]] = {level: [] for level in LEVELS}
    for column in table.columns:
        names[level_of(column) or "no level"].append(column.name)
    cells = [", ".join(names[level]) for level in LEVELS if level != WORKING]
    return " | ".join([f"| `{table.name}`", *cells, str(len(names[WORKING]))]) + " |"


def levels_document(language: str = "en") -> str:
    """The whole page."""
    page = WORDS[language]
    levels = [f"{level} {page.named.get(level, '')}".strip() for level in LEVELS if level != WORKING]
    head = f"{page.head}\n| {' | '.join([page.table, *levels, page.working])} |\n" + "|---" * (len(LEVELS) + 1) + "|"
    return "\n".join([head, *(row_of(table) for _name, table in sorted(Base.metadata.tables.items()))]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(levels_document(*sys.argv[1:]))
