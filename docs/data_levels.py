"""Prints `docs/data_levels.md` from the levels of all columns: `python -m docs.data_levels > docs/data_levels.md`. A test keeps it true."""

import sys

from sqlalchemy import Table

from survey.models import Base
from survey.protection.levels import LEVELS, WORKING, level_of

HEAD = """# What is kept, and how it is protected · 数据分级

Made by `python -m docs.data_levels` from the tables of the database and `survey/protection/levels.py`; a test keeps it true and fails for a
column without a level. 本页由程序生成：数据库每一列属于哪一级、如何保护。

What each level means, who sees it, where it lies and how long, is told in [protection.md](protection.md). Of columns of the
level *working*, which tell of nobody, the number is given.

| table | """


def row_of(table: Table) -> str:
    """One table as a row: its columns by their level; of working ones the number."""
    names: dict[str, list[str]] = {level: [] for level in LEVELS}
    for column in table.columns:
        names[level_of(column) or "no level"].append(column.name)
    cells = [", ".join(names[level]) for level in LEVELS if level != WORKING]
    return " | ".join([f"| `{table.name}`", *cells, str(len(names[WORKING]))]) + " |"


def levels_document() -> str:
    """The whole page."""
    levels = [level for level in LEVELS if level != WORKING]
    head = HEAD + " | ".join([*levels, "working columns"]) + " |\n" + "|---" * (len(LEVELS) + 1) + "|"
    return "\n".join([head, *(row_of(table) for _name, table in sorted(Base.metadata.tables.items()))]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(levels_document())
