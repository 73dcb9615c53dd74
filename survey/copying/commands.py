"""`python -m survey move`: the database, and if wanted the files, to another place that the installation goes on in."""

import click

from survey.console import counted, open_installation, progress_bar
from survey.copying.moving import move_database, move_files
from survey.db import utc_now
from survey.storage import Storage


@click.command("move", short_help="Move the database to another server, such as PostgreSQL, compared row by row.")
@click.option(
    "--to", "url", required=True, metavar="URL", help="Address of the new database, which has to be empty: postgresql+psycopg://…"
)
@click.option(
    "--files-to", default="", metavar="URL", help="Address of a new storage of files, a folder or s3://…, which they are copied to."
)
def move(url: str, files_to: str) -> None:
    """Move the database to another server, whichever kind either is; counts and hashes of every table are compared there.

    The server may run on meanwhile: nobody can write while it lasts, and tablets try again by themselves. Afterwards the old database takes
    nothing more. Set SURVEY_DATABASE_URL (and SURVEY_STORAGE_URL) to the new addresses and start the server again.
    """
    app = open_installation()
    if files_to:
        with progress_bar("Files") as show_files:
            n_files = move_files(app.extensions["survey.storage"], Storage(files_to), show_files)
        click.echo(f"{counted(n_files, 'file')} copied and compared.")
    with progress_bar("Tables") as show:
        moved = move_database(app, url, utc_now(), show)
    for name, each in moved.tables.items():
        if each.n_rows:
            click.echo(f"{name:32}{each.n_rows:>10}  {each.hash:064x}"[:62])
    if files_to:
        with progress_bar("Files") as show_files:  # those that came while the others were copied
            move_files(app.extensions["survey.storage"], Storage(files_to), show_files)
    click.echo(
        f"{counted(moved.n_rows, 'row')} moved and compared. The old database takes nothing more; set SURVEY_DATABASE_URL to the new one."
    )
