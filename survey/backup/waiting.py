"""Waiting between backups, each of which a process of its own makes: what that needed of memory ends with it.

This process stays for months, so it imports nothing but a little of the standard library: it holds some ten megabytes.
"""

import os
import signal
import sys
import time
from typing import Any

HOUR_S = 3600
MADE_BEFORE = "--again"
"""What a backup is told after one that was made: the database had the right schema once, and an upgrade goes on around a process that
stays."""


class AskedToEndError(Exception):
    """Somebody wants this process to end."""


def back_up_again(pause_s: float, failed: str, command: list[str]) -> int:
    """The exit status, once somebody asks this process to end: until then the command was run again and again, after each such pause.

    A backup that failed has said why, and is told in these words; one that is under way is asked to end, too, and leaves nothing.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _asked_to_end)
    process = 0
    again: list[str] = []
    try:
        while True:
            process = os.posix_spawn(command[0], [*command, *again], os.environ, setsigdef=(signal.SIGTERM, signal.SIGINT))
            status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            process = 0
            if status:
                print(failed, file=sys.stderr, flush=True)
            else:
                again = [MADE_BEFORE]
            time.sleep(pause_s)
    except AskedToEndError:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        if process:
            os.kill(process, signal.SIGTERM)
            os.waitpid(process, 0)
    return 0


def _asked_to_end(_signal: int, _frame: Any) -> None:
    raise AskedToEndError


if __name__ == "__main__":
    raise SystemExit(back_up_again(float(sys.argv[1]), sys.argv[2], sys.argv[3:]))
