"""`python -m survey scan`: stored files looked at again with the lists of today."""

import sys

import click
from tqdm import tqdm

from questionnaires.errors import ErrorCode, SurveyError
from survey.console import counted, open_installation
from survey.db import utc_now
from survey.scanning.again import look_again


@click.command("scan", short_help="Look at stored files again with the virus scanner's lists of today.")
def scan() -> None:
    """Look at every file that others sent again, with the lists that ClamAV has today; exit with 1 where it finds something new.

    A file in which nothing is found any more was a false alarm and is handed out again; one in which something is found only now is held
    back from now on, and its interview is doubted. Others go on working meanwhile. Needs SURVEY_CLAMAV.
    """
    app = open_installation()
    if app.extensions["survey.storage"].scanner is None:
        detail = "name ClamAV's socket, such as /run/clamav/clamd.ctl, or host:port"
        raise SurveyError(ErrorCode.INVALID_SETTING, name="SURVEY_CLAMAV", value="", detail=detail)
    with tqdm(file=sys.stderr, disable=None, dynamic_ncols=True, desc="files") as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        looked = look_again(app, utc_now(), show)
    for sha256, found in looked.held_back:
        click.echo(f"held back: {sha256} ({found})", err=True)
    for sha256, found in looked.freed:
        click.echo(f"freed: {sha256} (was {found})")
    missing = f" {counted(looked.n_missing, 'file')} not in storage: see `python -m survey verify`." if looked.n_missing else ""
    told = f"{len(looked.held_back)} held back, {len(looked.freed)} freed"
    click.echo(f"{counted(looked.n_files, 'file')} looked at, {told}.{missing}")
    if looked.held_back:
        raise SystemExit(1)
