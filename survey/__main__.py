"""`python -m survey`."""

import sys

from survey.cli import main

# A console that cannot show Chinese shows question marks instead of failing.
for stream in (sys.stdout, sys.stderr):
    stream.reconfigure(errors="replace")  # type: ignore[union-attr]
main(prog_name="python -m survey")
