"""The table that `make soak` prints: what each long test went through, what it counted on both sides, and how long it took."""

from collections.abc import Iterator

import pytest

STATES = ("passed", "failed", "error", "skipped")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """A row per long test: its outcome, its seconds, its name, and what it recorded with `record_property`."""
    terminalreporter.section("long tests")
    for outcome, report in _finished(terminalreporter):
        counts = ", ".join(f"{name} {value}" for name, value in report.user_properties)
        terminalreporter.write_line(f"{outcome:8}{report.duration:7.1f} s  {report.nodeid.removeprefix('tests/')}  {counts}")


def _finished(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, pytest.TestReport]]:
    for outcome in STATES:
        for report in reporter.stats.get(outcome, ()):
            if isinstance(report, pytest.TestReport) and (report.when == "call" or outcome != "passed"):
                yield outcome, report
