"""`python -m survey draw check`: whether a published draw follows from its seed, design and frame. Needs no installation."""

import json
from pathlib import Path

import click

from survey.console import CommandGroup, counted
from survey.draws.published import check_published


@click.group(cls=CommandGroup)
def draw() -> None:
    """Check published draws of villages and households."""


@draw.command("check", short_help="Check the file of a published draw.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Draw again from what FILE holds (seed, design and frame), and compare; exit with 1 and name what differs, if anything does.

    FILE is what the page of a published draw offers for download. No database is asked.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file} is no JSON file: {error}. Download it again from the page of the published draw.") from error
    differences = check_published(content)
    if differences:
        for difference in differences:
            click.echo(difference, err=True)
        raise click.ClickException(f"{file} is not a true draw: {counted(len(differences), 'difference')}.")
    households, villages = len(content["households"]), len(content["villages"])
    reserves, replaced = len(content["reserves"]), len(content["replacements"])
    click.echo(f"ok: {file} is a true draw with {content['algorithm']}.")
    click.echo(f"Drawn: {counted(villages, 'village')}, {counted(households, 'household')}, {counted(reserves, 'reserve')}.")
    if waiting := len(content.get("reserve_villages", ())):
        click.echo(f"In reserve: {counted(waiting, 'village')}; households and reserves of these are counted above.")
    click.echo(f"Steps of replacement in order: {replaced}. Commitment: {content['commitment']}")
