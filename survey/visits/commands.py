"""`python -m survey ledger`: the work ledger's totals."""

import json

import click

from survey.console import installation_session
from survey.visits.ledger import read_ledger


@click.command("ledger")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
def ledger(as_json: bool) -> None:
    """Print the ten totals of the work ledger.

    Interviews and archive checks count as received, whatever was decided on them; one that an edit replaced does not.
    """
    with installation_session() as session:
        numbers = read_ledger(session).numbers()
    if as_json:
        click.echo(json.dumps(numbers))
        return
    for name, number in numbers.items():
        click.echo(f"{name.replace('_', ' '):16} {number:>8}")
