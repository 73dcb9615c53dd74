"""`python -m survey guide`: the guide, built from the texts that come with the program."""

import shutil

import click
from filelock import FileLock

from survey.guide.building import build_guide
from survey.guide.kept import ROOT, guide_folder


@click.command("guide", short_help="Build the guide that the server shows at /guide.")
def guide() -> None:
    """Build the guide that the server shows at /guide, in Chinese and English, from the texts that come with the program.

    A server that lacks it builds it by itself soon after it begins. A guide that is up to date is kept. Faults in its texts are told, each
    with its place, and nothing is built then.
    """
    folder = guide_folder()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / "building.lock"):
        if folder.is_dir():
            click.echo(f"The guide in {folder} is up to date.")
            return
        earlier = [path for path in folder.parent.iterdir() if path.is_dir()]
        build_guide(ROOT, folder)
        # A server that still runs an earlier version keeps the newest of those, and what broke off is removed.
        for path in sorted(earlier, key=lambda each: each.stat().st_mtime)[:-1]:
            shutil.rmtree(path)
    click.echo(f"The guide was built in {folder}.")
