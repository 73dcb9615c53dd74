"""Counting SQL statements, so that a test can say that a page needs a fixed number of them however many rows there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class Statements(list[str]):
    """The SQL statements that were sent, in order; transaction control is not among them."""

    def reset(self) -> None:
        """Forget what was sent so far."""
        self.clear()

    def touching(self, table: str) -> list[str]:
        """Those that name this table."""
        return [statement for statement in self if table in statement.split('"') or table in statement.split()]


@contextmanager
def record_statements(engine: Engine) -> Iterator[Statements]:
    """The statements that are sent through this engine while the block runs."""
    statements = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
