"""Checks a Word file against the official format and tells all departures at once, the same kind of departure once with its places."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from analysis.report.official.lint.findings import Finding
from analysis.report.official.lint.formatting import read_styles
from analysis.report.official.lint.page import page_findings
from analysis.report.official.lint.pieces import is_chinese, read_pieces
from analysis.report.official.lint.structure import picture_findings, table_findings, whole_findings
from analysis.report.official.lint.writing import writing_findings
from analysis.report.official.package import open_package


def lint_document(path: Path) -> tuple[Finding, ...]:
    """The departures of a Word file from the official format, in the order of page, text, tables, pictures and the whole.

    Raises UNREADABLE_DOCUMENT for a file that is not a Word document, is protected with a password, or is damaged.
    """
    return lint_content(path.read_bytes(), path.name)


def lint_content(content: bytes, name: str = "file") -> tuple[Finding, ...]:
    """The same for the bytes of a file. Of a document in another language only what every format asks for is checked."""
    package = open_package(content, name)
    styles = read_styles(package)
    body = package.document[0] if len(package.document) == 1 else package.document
    pieces = list(read_pieces(body, styles))
    is_official = is_chinese(pieces)
    found = list(page_findings(package, styles, is_official=is_official))
    if is_official:
        found += writing_findings(package, pieces)
    found += table_findings(body, pieces)
    found += picture_findings(body, pieces)
    found += whole_findings(package)
    return _joined(found)


def _joined(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of one kind and measure as one with several places."""
    joined: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.kind, finding.measured, finding.required)
        first = joined.get(key)
        joined[key] = finding if first is None else replace(first, also=(*first.also, finding.place))
    return tuple(joined.values())
