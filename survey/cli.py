"""The commands of `python -m survey`, a table; each is imported from its slice's `commands.py` when it is called."""

from gettext import gettext
from importlib.util import find_spec

import click

from survey.console import CommandGroup, LaterCommands

COMMANDS = {
    "init": ("survey.commands:init", "Make the database, or bring it up to date."),
    "serve": ("survey.serving.commands:serve", "Serve the pages; with --https, tablets on local Wi-Fi too."),
    "settings": ("survey.commands:settings", "Print every setting with its default."),
    "user": ("survey.accounts.commands:user", "Add people, list them, set their passwords, shut them out."),
    "questionnaire": ("survey.instruments.commands:questionnaire", "Check questionnaires, compare, convert, publish and print them."),
    "places": ("survey.places.commands:places", "Bring in the places that visits go to."),
    "roster": ("survey.places.commands:roster", "Bring in the registry's list of households."),
    "members": ("survey.registry.commands:members", "Bring in the persons of households."),
    "register": ("survey.registry.commands:register", "Bring in the register of identification."),
    "ledger": ("survey.visits.commands:ledger", "Print the ten totals of the work ledger."),
    "export": ("survey.reports.commands:export", "Write the accepted interviews as a bundle."),
    "report": ("survey.reports.commands:report", "Draft reports as Word documents."),
    "draw": ("survey.draws.commands:draw", "Check published draws of villages and households."),
    "guide": ("survey.guide.commands:guide", "Build the guide that the server shows at /guide."),
    "push": ("survey.handover.commands:push", "Hand everything of this installation over to another server."),
    "remind": ("survey.reminders.commands:remind", "Make today's reminders of issues and send what waits."),
    "demo": ("survey.demo.commands:demo", "Build the invented demonstration if it is absent, and serve it."),
    "import": ("survey.intake.commands:import_", "Take in the encrypted file of a tablet that cannot send any more."),
    "verify": ("survey.proof.commands:verify_command", "Check the log of events, every submission, and every stored file."),
    "person": ("survey.protection.commands:person", "Find, export or erase what is held of one person."),
    "retention": ("survey.protection.commands:retention", "List, and with --apply erase, personal parts of visits past their date."),
    "keys": ("survey.protection.commands:keys", "Change the key that personal fields are encrypted with."),
    "backup": ("survey.backup.commands:backup", "Back everything up, encrypted, while the server works on."),
    "restore": ("survey.backup.commands:restore", "Make an installation out of a backup, in an empty place."),
    "move": ("survey.copying.commands:move", "Move the database to another server, such as PostgreSQL, compared row by row."),
    "scan": ("survey.scanning.commands:scan", "Look at stored files again with the virus scanner's lists of today."),
    "worker": ("survey.worker.commands:worker", "Do the long work of web processes that share a Redis."),
}
"""Where each command lies, and what the list of commands says of it, which is what its own short help says."""
if find_spec("survey.demo") is None:
    # The image of servers is without it.
    del COMMANDS["demo"]


class Commands(CommandGroup):
    """All commands; to list them imports none."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Nothing; the list is written."""
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, gettext(told)) for name, (_where, told) in sorted(COMMANDS.items())])


@click.group(
    cls=Commands,
    commands=LaterCommands({name: where for name, (where, _told) in COMMANDS.items()}),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
def main() -> None:
    """Paired household interviews for democratic oversight visits, from questionnaire to Word report."""
