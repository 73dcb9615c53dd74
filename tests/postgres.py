"""A PostgreSQL of the test's own, from Debian's package, in a temporary folder; nothing that runs already is touched."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl, the newest version that is installed, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def temporary_cluster(programs: Path, *, is_durable: bool = False) -> Iterator[str]:
    """The SQLAlchemy address of an empty database in a cluster that lives as long as the block.

    A durable one waits for the disk, as an installation does and a test need not. The server refuses to run as root; there it runs as the
    system's user `postgres`.
    """
    is_root = os.geteuid() == 0
    with tempfile.TemporaryDirectory(prefix="survey-postgres-") as folder:
        if is_root:
            shutil.chown(folder, "postgres")
        port = free_port()

        def run(program: str, *arguments: str) -> None:
            become = ["runuser", "-u", "postgres", "--"] if is_root else []
            command = [*become, str(programs / program), "-D", f"{folder}/data", *arguments]
            # Not captured: the server would keep the pipe open.
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, cwd="/")

        run("initdb", "-U", "survey", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''{'' if is_durable else ' -c fsync=off'}"
        run("pg_ctl", "-o", options, "-w", "-l", f"{folder}/log", "start")
        try:
            yield f"postgresql+psycopg://survey@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")
