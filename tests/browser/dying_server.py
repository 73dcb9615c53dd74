"""A server of this installation that is killed, as by `kill -9`, right after it has done all for the nth piece of a file and before a word
of the answer: `python -m tests.browser.dying_server PORT N`.
"""

import os
import signal
import sys
from collections.abc import Iterable
from itertools import count
from typing import Any

import waitress

from survey.console import open_installation


def main(port: int, n_pieces: int) -> None:
    """Serve until killed."""
    app = open_installation()
    serve, number = app.wsgi_app, count(1)

    def dying(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = list(serve(environ, start_response))
        if environ["REQUEST_METHOD"] == "PATCH" and next(number) == n_pieces:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    app.wsgi_app = dying  # type: ignore[method-assign]
    waitress.serve(app, host="127.0.0.1", port=port, threads=4)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
