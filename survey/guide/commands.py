"""`python -m survey guide`: the guide, built from the texts that come with the program."""

import shutil

import click
from filelock import FileLock

from survey.guide.building import build_guide
from survey.guide.kept import ROOT, guide_folder, is_guide


@click.command("guide", short_help="Build the guide that the server shows at /guide.")
@click.option("--folder", envvar="SURVEY_GUIDE", default="", help="Where guides are built. [default: build/guide beside the program]")
def guide(folder: str) -> None:
    """Build the guide that the server shows at /guide, in Chinese and English, from the texts that come with the program.

    A server that lacks it builds it by itself soon after it begins. A guide that is up to date is kept. Faults in its texts are told, each
    with its place, and nothing is built then.
    """
    target = guide_folder(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.parent / "building.lock"):
        if target.is_dir():
            click.echo(f"The guide in {target} is up to date.")
            return
        others = sorted((path for path in target.parent.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
        build_guide(ROOT, target)
        # The newest of an earlier version stays for a server that still shows it; what broke off while it was built goes.
        kept = [path for path in others if is_guide(path)][-1:]
        for path in others:
            if path not in kept:
                shutil.rmtree(path)
    click.echo(f"The guide was built in {target}.")
