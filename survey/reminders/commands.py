"""`python -m survey remind`: one round of reminders, for a timer where the server does not make them by itself."""

import click

from survey.console import counted, open_installation
from survey.db import utc_now
from survey.reminders.rounds import remind as make_round


@click.command("remind", short_help="Make today's reminders of issues and send what waits.")
def remind() -> None:
    """Make today's digests of what is due in issues, and send what waits: by e-mail, and to the robots of groups.

    A server that was started with `serve` does this by itself; run it from a timer where another program serves the pages. Ends with 1
    when something could not be sent; it is tried again later, up to five times.
    """
    result = make_round(open_installation(), utc_now())
    click.echo(f"Made {counted(result.n_made, 'digest')}.")
    if result.sent is None:
        click.echo("This is a demonstration: nothing is sent.")
        return
    click.echo(f"Sent {counted(result.sent.n_sent, 'message')}.")
    if result.sent.n_failed:
        raise click.ClickException(f"{counted(result.sent.n_failed, 'message')} could not be sent; see the page of reminders.")
