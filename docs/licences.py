"""Prints the page of the libraries that run with the program and their licences: `python -m docs.licences > docs/licences.md`, and in
Chinese `python -m docs.licences zh > docs/guide/zh/reference/licences.md`."""

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK, REQUIREMENTS = ROOT / "requirements.lock", ROOT / "requirements.txt"
HEADS = {
    "en": """# Libraries and their licences · 所用软件库及许可

Made by `python -m docs.licences` from `requirements.lock`, the versions that `make demo` installs, each checked against its hash, and from
what the libraries say of themselves; a test keeps names and versions true. Scripts for the browser lie in `survey/static/vendor/`, with
their versions and licences beside them. `make sbom` writes the same list as a bill of materials (CycloneDX), `make audit` asks PyPI's
advisories about it.

| library | version | licence |
|---|---|---|
""",
    "zh": """# 所用软件库及许可

本页由 `python -m docs.licences zh` 从 `requirements.lock`（即 `make demo` 所安装的版本，每个文件核对哈希值）和各库自己的说明生成，
由测试保证名称和版本一致。浏览器脚本在 `survey/static/vendor/`，版本和许可在其旁边。`make sbom` 把同样的清单写成物料清单（CycloneDX），
`make audit` 查询 PyPI 的安全公告。

| 库 | 版本 | 许可 |
|---|---|---|
""",
}
ELSEWHERE = {"en": "only on other systems", "zh": "只用于其他系统"}
"""What stands in place of the licence of a library that is not installed here."""
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", re.MULTILINE)
_LONG = 60


def pinned(lock: str) -> tuple[tuple[str, str], ...]:
    """Name and version of everything that the lock file holds, in its order."""
    return tuple((found.group(1), found.group(2)) for found in _PINNED.finditer(lock))


def licence_of(name: str) -> str:
    """What an installed library says its licence is, in a few words; empty for one that is not installed here.

    One that only lists kinds of licences, which may be of parts that nobody installs, is taken at what `requirements.txt` notes of it.
    """
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return ""
    classifiers = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or () if each.startswith("License ::")]
    listed = noted(name) if len(classifiers) > 1 else ""
    written = said.get("License-Expression") or listed or "; ".join(classifiers) or (said.get("License") or "").strip()
    return written.split("\n")[0][:_LONG] or noted(name) or "?"


def noted(name: str) -> str:
    """The licence that `requirements.txt` notes behind a library; empty where it notes none."""
    line = re.search(rf"^{re.escape(name)}\b[^#]*#.*;\s*(.+)$", REQUIREMENTS.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE)
    return line.group(1).strip() if line else ""


def rows(language: str = "en") -> Iterator[str]:
    """A row of the table per library."""
    for name, version in pinned(LOCK.read_text(encoding="utf-8")):
        yield f"| {name} | {version} | {licence_of(name) or ELSEWHERE[language]} |"


def licences_document(language: str = "en") -> str:
    """The whole page."""
    return HEADS[language] + "\n".join(rows(language)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(licences_document(*sys.argv[1:]))
