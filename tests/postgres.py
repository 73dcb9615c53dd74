"""A PostgreSQL of the test's own, from Debian's package, in a temporary folder; nothing that runs already is touched."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil


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


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster in a folder of its own, which can be killed and started again; `url` is the SQLAlchemy address of its empty database.

    The server refuses to run as root; there it runs as the system's user `postgres`.
    """

    programs: Path
    folder: str
    port: int
    is_durable: bool

    @property
    def url(self) -> str:
        """The address of a database that is empty at first."""
        return f"postgresql+psycopg://survey@127.0.0.1:{self.port}/postgres"

    def run(self, program: str, *arguments: str) -> None:
        """Nothing; a program of PostgreSQL was run on the cluster."""
        become = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*become, str(self.programs / program), "-D", f"{self.folder}/data", *arguments]
        # Not captured: the server would keep the pipe open.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60, cwd="/")

    def start(self) -> None:
        """Nothing; it answers."""
        fsync = "" if self.is_durable else " -c fsync=off"
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''{fsync}"
        self.run("pg_ctl", "-o", options, "-w", "-l", f"{self.folder}/log", "start")

    def kill(self) -> None:
        """Nothing; all its processes are gone at once, as by `kill -9`."""
        first = psutil.Process(int(Path(f"{self.folder}/data/postmaster.pid").read_text(encoding="ascii").split()[0]))
        every = [first, *first.children(recursive=True)]
        for process in every:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(every, timeout=60)


@contextmanager
def killable_cluster(programs: Path, *, is_durable: bool = False) -> Iterator[Cluster]:
    """A cluster that lives as long as the block, unless it is killed before."""
    with tempfile.TemporaryDirectory(prefix="survey-postgres-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        cluster = Cluster(programs, folder, free_port(), is_durable)
        cluster.run("initdb", "-U", "survey", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.run("pg_ctl", "-w", "-m", "immediate", "stop")


@contextmanager
def temporary_cluster(programs: Path, *, is_durable: bool = False) -> Iterator[str]:
    """The SQLAlchemy address of an empty database in a cluster that lives as long as the block.

    A durable one waits for the disk, as an installation does and a test need not.
    """
    with killable_cluster(programs, is_durable=is_durable) as cluster:
        yield cluster.url
