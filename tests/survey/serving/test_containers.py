"""What deploy/compose.yaml starts, started without containers: its commands, settings, certificates and order, with nothing to write to
but what it gives them, and none of root's powers."""

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, make_url, select
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.intake.models import Submission
from survey.serving.authority import certify, open_authority
from tests.builders import PASSWORD, find_or_add_person
from tests.conftest import PATIENCE_SECONDS, SECRET_KEY
from tests.deployed import make_secrets
from tests.faults.test_cut_network import FINAL
from tests.faults.test_servers_gone import keyed_engine, prepare
from tests.postgres import Cluster, free_port, killable_cluster, postgres_programs
from tests.survey.serving.test_nginx import DEPLOY, MIME_TYPES, NGINX, command, configured, interview, wait_for

ROOT = DEPLOY.parent
N_CONNECTIONS = 4
CONFINED = (
    'for folder in "$1" "$2"; do mount --bind "$folder" "$folder"; done; mount -o remount,bind,ro /; shift 2; '
    'exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all -- "$@"'
)
"""`read_only`, `cap_drop: [ALL]` and `no-new-privileges` of the compose file, for a command whose data and passing files may be written."""


def can_confine() -> bool:
    """Whether this machine lets us have a view of its file system of our own."""
    tools = os.geteuid() == 0 and shutil.which("setpriv") and shutil.which("unshare")
    return bool(tools) and subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not sys.platform.startswith("linux") or not can_confine(), reason="needs root on Linux, setpriv and unshare"),
    pytest.mark.skipif(NGINX is None or not MIME_TYPES.exists(), reason="nginx is not installed"),
    pytest.mark.skipif(postgres_programs() is None or shutil.which("redis-server") is None, reason="PostgreSQL or Redis is not installed"),
]


def of_image(instruction: str) -> list[str]:
    """The command that the image has for an instruction such as ENTRYPOINT."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    words: list[str] = json.loads(re.findall(rf"^{instruction} (\[.*\])$", text, re.MULTILINE)[0])
    return words


@dataclass(frozen=True, slots=True)
class Composed:
    """The services of the compose file over a database, a Redis, secrets and a data folder of the test's own."""

    services: dict[str, Any]
    secrets: Path
    data: Path
    passing: Path
    database_url: str

    def environment(self, name: str) -> dict[str, str]:
        """What a service of the program is told, with its secrets where they lie here."""
        asked = {
            variable: value.replace("/run/secrets", str(self.secrets)) for variable, value in self.services[name]["environment"].items()
        }
        places = {
            "SURVEY_DATA": str(self.data),
            "HOME": str(self.data),
            "TMPDIR": str(self.passing),
            "SURVEY_GUIDE": str(self.data / "guide"),
        }
        return {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **asked, **places}

    def health_check(self, port: int) -> list[str]:
        """The command by which Docker asks a web process, here at another port."""
        kind, python, *words, question = self.services["web1"]["healthcheck"]["test"]
        assert (kind, python, question.count(":5000/")) == ("CMD", "python", 1)
        return [sys.executable, *words, question.replace(":5000/", f":{port}/").replace("/run/secrets", str(self.secrets))]

    def engine(self) -> Engine:
        """An engine for the database."""
        return keyed_engine(Settings(data=str(self.data), database_url=self.database_url, secret_key=SECRET_KEY))

    def start(self, name: str, *more: str, **options: Any) -> subprocess.Popen[str]:
        """A service as the compose file has it, with further arguments behind its own."""
        service = self.services[name]
        assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (True, ["ALL"], ["no-new-privileges:true"])
        words = [*of_image("ENTRYPOINT"), *service.get("command", of_image("CMD"))]
        assert words[0] == "python"
        return self.confined([sys.executable, *words[1:], *more], name, **options)

    def confined(self, words: list[str], name: str = "web1", **options: Any) -> subprocess.Popen[str]:
        """A command that can write to the data and to passing files only, with the environment of this service."""
        start = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", CONFINED, "sh", str(self.data), str(self.passing)]
        return subprocess.Popen([*start, *words], env=self.environment(name), cwd=ROOT, text=True, **options)

    @contextmanager
    def running(self, name: str, *more: str, until: str = "") -> Iterator[None]:
        """A service that is asked to end with the block, which begins when the service has said this."""
        process = self.start(name, *more, stdout=subprocess.PIPE if until else None)
        try:
            assert not until or any(until in line for line in process.stdout or ())
            yield
        finally:
            end(process)
            if process.stdout:
                process.stdout.close()


def end(process: subprocess.Popen[str]) -> None:
    """Nothing; it was asked to end as `docker stop` does, and ended well."""
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0


def wait_until_healthy(composed: Composed, port: int) -> None:
    """Nothing; Docker's question was answered, and not only that somebody is there but that interviews can be taken."""
    until = time.monotonic() + PATIENCE_SECONDS
    while subprocess.run(composed.health_check(port), capture_output=True, check=False).returncode:
        assert time.monotonic() < until, "not healthy"
        time.sleep(0.2)


def made_secrets(folder: Path, database_port: int, redis_port: int) -> Path:
    """The folder of the secrets that the compose file's script makes, with the addresses of its neighbours as they are here.

    PostgreSQL goes on being known, and checked, as `database`; Redis is checked but for its name.
    """
    folder.mkdir()
    secrets = make_secrets(folder)
    for path in (secrets, *secrets.iterdir()):
        # Whoever is root without its powers reads what is root's own only.
        os.chown(path, 0, 0)
    for path in secrets.glob("*_database_url"):
        account = make_url(path.read_text(encoding="ascii"))
        assert (account.host, account.database) == ("database", "survey")
        here = account.set(port=database_port, database="postgres").update_query_dict({"hostaddr": "127.0.0.1"})
        path.write_text(here.render_as_string(hide_password=False), encoding="ascii")
    redis_url = (secrets / "redis_url").read_text(encoding="ascii").replace("/run/secrets", str(secrets))
    assert "@redis:6379/" in redis_url
    here = redis_url.replace("@redis:6379/", f"@127.0.0.1:{redis_port}/") + "&ssl_check_hostname=false"
    (secrets / "redis_url").write_text(here, encoding="ascii")
    (secrets / "secret_key").write_text(SECRET_KEY, encoding="ascii")
    return secrets


def encrypt(cluster: Cluster, service: Any, secrets: Path) -> None:
    """Nothing; PostgreSQL was started anew with the options of the compose file, and lets in whom its pg_hba.conf does."""
    folder = Path(cluster.folder)
    certificate, rules = folder / "certificate.pem", folder / "pg_hba.conf"
    shutil.copy(secrets / "database_certificate", certificate)
    # Accounts of this cluster have no passwords.
    rules.write_text((DEPLOY / "pg_hba.conf").read_text(encoding="ascii").replace("scram-sha-256", "trust"), encoding="ascii")
    for path in (certificate, rules):
        shutil.chown(path, "postgres")
    options = [each for each in service["command"] if "=" in each]
    assert service["command"] == ["postgres", *(word for each in options for word in ("-c", each))]
    pairs = [each.partition("=")[::2] for each in options]
    places = {"/run/certificate.pem": str(certificate), "/etc/pg_hba.conf": str(rules)}
    with (folder / "data" / "postgresql.conf").open("a", encoding="ascii") as configuration:
        configuration.writelines(f"{name} = '{places.get(value, value)}'\n" for name, value in pairs)
    cluster.run("pg_ctl", "-w", "-m", "fast", "stop")
    cluster.start()


@contextmanager
def redis_of(service: Any, secrets: Path, port: int) -> Iterator[None]:
    """Redis as the compose file has it, at another port; the block begins when it answers who has its address."""
    words = [str(port) if each == "6379" else each.replace("/run/secrets", str(secrets)) for each in service["command"]]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd=secrets)
    client = Redis.from_url((secrets / "redis_url").read_text(encoding="ascii"))
    until = time.monotonic() + PATIENCE_SECONDS
    try:
        while time.monotonic() < until:
            with suppress(RedisError):
                client.ping()
                break
            time.sleep(0.05)
        yield
    finally:
        client.close()
        process.kill()
        process.wait()


@pytest.fixture
def composed(tmp_path: Path) -> Iterator[Composed]:
    """A database that `init` of the compose file has made, with a visit in it."""
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    programs, redis_port = postgres_programs(), free_port()
    assert programs is not None
    for name in ("data", "passing"):
        (tmp_path / name).mkdir()
    with killable_cluster(programs, is_durable=True) as cluster:
        secrets = made_secrets(tmp_path / "deploy", cluster.port, redis_port)
        encrypt(cluster, services["database"], secrets)
        with redis_of(services["redis"], secrets, redis_port):
            found = Composed(services, secrets, tmp_path / "data", tmp_path / "passing", cluster.url)
            assert found.start("init").wait(PATIENCE_SECONDS) == 0
            prepare(Settings(data=str(found.data), database_url=cluster.url, secret_key=SECRET_KEY))
            yield found


@contextmanager
def nginx_before(folder: Path, composed: Composed, programs: list[int]) -> Iterator[tuple[int, ssl.SSLContext]]:
    """The port at which the shipped nginx leads on to these programs, and what its certificate is checked with."""
    authority = open_authority(folder / "https", ["localhost"], datetime.now(UTC))
    certify(authority, ["localhost"], datetime.now(UTC))
    plain, encrypted = free_port(), free_port()
    upstream = (DEPLOY / "upstream" / "containers.conf").read_text(encoding="utf-8").replace("/run/secrets", str(composed.secrets))
    upstream, n_resolvers = re.subn(r"(?m)^resolver .*\n", "", upstream)
    for number, program in enumerate(programs, 1):
        upstream = upstream.replace(f"server web{number}:5000 resolve ", f"server 127.0.0.1:{program} ")
    assert (n_resolvers, "resolve " in upstream) == (1, False)
    place = configured(folder / "nginx", upstream, plain, encrypted, authority.certificate_path, authority.key_path)
    process = subprocess.Popen([*command(place), "-g", "daemon off;"])
    try:
        wait_for(encrypted)
        yield encrypted, ssl.create_default_context(cadata=authority.root_pem.decode())
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def kept(composed: Composed) -> list[str]:
    """The instance ids of all interviews that are stored."""
    engine = composed.engine()
    with Session(engine.execution_options(writes=False)) as session:
        found = list(session.scalars(select(Submission.instance_id)))
    engine.dispose()
    return found


def asked(composed: Composed, port: int, method: str, path: str, cookies: str = "", form: str = "") -> HTTPResponse:
    """The answer of a web process to what nginx passes on to it of an encrypted request, its body read into it."""
    context = ssl.create_default_context(cafile=str(composed.secrets / "authority"))
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "127.0.0.1",
        "Cookie": cookies,
        "Referer": f"https://localhost:{port}/sign-in",
    }
    typed = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    with closing(HTTPSConnection("localhost", port, context=context, timeout=PATIENCE_SECONDS)) as connection:
        connection.request(method, path, form or None, {**headers, **typed})
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        return answer


def cookies_of(answer: HTTPResponse) -> str:
    """The cookies that an answer sets, as the next request brings them."""
    return "; ".join(each.partition(";")[0] for each in answer.headers.get_all("Set-Cookie") or [])


def send(port: int, context: ssl.SSLContext, number: int) -> tuple[str, int]:
    """The instance id of an interview that was acknowledged, and how often it was sent."""
    headers, body, instance_id = interview(number)
    for tries in range(1, 100):
        with (
            closing(HTTPSConnection("localhost", port, context=context, timeout=PATIENCE_SECONDS)) as connection,
            suppress(OSError, HTTPException),
        ):
            connection.request("POST", "/openrosa/submission", body, headers)
            if connection.getresponse().status in FINAL:
                return instance_id, tries
        time.sleep(0.1)
    raise AssertionError("never acknowledged")


def test_service__confined_as_composed__writes_to_its_data_only_and_has_no_powers(composed: Composed) -> None:
    tries = (
        "import os, pathlib, sys\n"
        "def may(path):\n"
        "    try: pathlib.Path(path).touch()\n"
        "    except OSError as error: return error.strerror\n"
        "    return 'yes'\n"
        "powers = [line.split()[1] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapBnd', 'NoNewPrivs'))]\n"
        "print(may('survey/x'), may(os.environ['SURVEY_DATA'] + '/x'), may(os.environ['TMPDIR'] + '/x'), *powers, sep='|')\n"
    )
    process = composed.confined([sys.executable, "-c", tries], stdout=subprocess.PIPE)
    told, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert told.strip().split("|") == ["Read-only file system", "yes", "yes", "0" * 16, "0" * 16, "1"]


def test_services__web_processes_restarted_one_after_the_other__every_interview_arrives_once(
    composed: Composed, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    ports = [free_port(), free_port()]
    where = [("--host", "127.0.0.1", "--port", str(port)) for port in ports]
    with ExitStack() as stack, ThreadPoolExecutor(N_CONNECTIONS) as pool:
        web = [composed.start(name, *each) for name, each in zip(("web1", "web2"), where, strict=True)]
        for number in range(len(web)):
            stack.callback(lambda number=number: end(web[number]))
        stack.enter_context(composed.running("worker", until="Ready for work"))
        for port in ports:
            wait_until_healthy(composed, port)
        front, context = stack.enter_context(nginx_before(tmp_path, composed, ports))
        is_over = Event()
        sending = [pool.submit(send_on, front, context, number, is_over) for number in range(N_CONNECTIONS)]
        try:
            for number, name in enumerate(("web1", "web2")):
                end(web[number])
                web[number] = composed.start(name, *where[number])
                wait_until_healthy(composed, ports[number])
        finally:
            is_over.set()
        acknowledged = [each for future in sending for each in future.result()]
    record_property("sent", len(acknowledged))
    record_property("sent again", sum(tries - 1 for _id, tries in acknowledged))
    assert len(kept(composed)) == len(set(kept(composed)))
    assert sorted(kept(composed)) == sorted(instance_id for instance_id, _tries in acknowledged)


def send_on(port: int, context: ssl.SSLContext, number: int, is_over: Event) -> list[tuple[str, int]]:
    """What was sent until it is over: every N_CONNECTIONS-th interview from this one on, one of them at least."""
    found = [send(port, context, number)]
    while not is_over.is_set():
        number += N_CONNECTIONS
        found.append(send(port, context, number))
    return found


def test_services__signed_in_at_one_process__is_known_to_the_other(composed: Composed, tmp_path: Path) -> None:
    engine = composed.engine()
    with Session(engine) as session:
        find_or_add_person(session, "coordinator")
        session.commit()
    engine.dispose()
    ports = [free_port(), free_port()]
    with ExitStack() as stack:
        for name, port in zip(("web1", "web2"), ports, strict=True):
            stack.enter_context(composed.running(name, "--host", "127.0.0.1", "--port", str(port)))
        for port in ports:
            wait_until_healthy(composed, port)
        page = asked(composed, ports[0], "GET", "/sign-in")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token is not None
        form = urlencode({"csrf_token": token[1], "username": "coordinator", "password": PASSWORD})
        signed_in = asked(composed, ports[0], "POST", "/sign-in", cookies_of(page), form)
        assert signed_in.status == 302
        cookies = cookies_of(signed_in)
        assert [asked(composed, port, "GET", "/visits", cookies).status for port in ports] == [200, 200]
        assert [asked(composed, port, "GET", "/visits").status for port in ports] == [302, 302]
