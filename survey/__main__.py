"""`python -m survey`."""

import sys

from survey.cli import main
from survey.command_help import said, speak_as_the_terminal

# A console that cannot show Chinese shows question marks instead of failing.
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(errors="replace")  # type: ignore[union-attr]
speak_as_the_terminal()
said(main)(prog_name="python -m survey")
