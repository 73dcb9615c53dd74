"""What is installed is what the lock files name: all that the requirements ask for, each with its hash; and a page names them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from docs.audit import told
from docs.licences import HEADS, pinned
from survey.server import DEFAULT_HOST, DEFAULT_PORT
from tests.deployed import make_secrets

ROOT = Path(__file__).parents[1]
LOCKED = {
    "requirements.lock": ("requirements.txt",),
    "requirements-dev.lock": ("requirements.txt", "requirements-dask.txt", "requirements-dev.txt"),
    "requirements-server.lock": ("requirements.txt", "requirements-server.txt"),
}
TESTED = "requirements-dev.lock"


def lines_of(name: str) -> list[str]:
    """The requirements that a file asks for itself."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("-r ")]


@pytest.mark.parametrize("lock", LOCKED)
def test_lock__of_the_requirements__meets_each_and_has_a_hash_for_each(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    versions: dict[str, list[str]] = {}
    for name, version in pinned(text):
        versions.setdefault(canonicalize_name(name), []).append(version)
    asked = [Requirement(line) for name in LOCKED[lock] for line in lines_of(name)]
    unmet = [
        str(each)
        for each in asked
        if not any(each.specifier.contains(version) for version in versions.get(canonicalize_name(each.name), ()))
    ]
    assert unmet == [], "run: make lock"
    entries = re.split(r"\n(?=\S)", text.strip())
    assert [entry.split()[0] for entry in entries if not entry.startswith("#") and "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", sorted(LOCKED.keys() - {TESTED}))
def test_lock__of_what_runs__has_the_versions_that_the_tests_ran_with(lock: str) -> None:
    tested, run = (set(pinned((ROOT / name).read_text(encoding="utf-8"))) for name in (TESTED, lock))
    assert run - tested == set(), "run: make lock"


def test_image__of_the_servers__installs_what_the_lock_file_names_and_nothing_else() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    installing = [line for line in lines if re.search(r"\b(pip|apt-get|apk|curl|wget)\b", line) and not line.startswith("#")]
    assert installing == ["RUN pip install --no-cache-dir --require-hashes -r requirements-server.lock"]


@pytest.mark.parametrize(("language", "name"), [("en", "docs/licences.md"), ("zh", "docs/guide/zh/reference/licences.md")])
def test_page_of_licences__names_every_library_that_runs_and_no_strong_copyleft(language: str, name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    assert page.startswith(HEADS[language]), f"run: python -m docs.licences {language} > {name}"
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page.removeprefix(HEADS[language]), re.MULTILINE)
    assert [(name, version) for name, version, _licence in rows] == list(pinned((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    assert [name for name, _version, licence in rows if re.search(r"(?<!L)A?GPL|General Public", licence) or licence == "?"] == []


def test_image__of_the_servers__has_neither_tests_nor_the_demonstration_and_works_without_them(tmp_path: Path) -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    taken = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert (lines[0], "tests" in taken, lines.index("survey/demo") > lines.index("!survey")) == ("*", False, True)
    using = [
        str(path)
        for path in (ROOT / "survey").rglob("*.py")
        if "demo" not in path.parts and re.search(r"^(?:from|import) survey\.demo\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert using == []
    (tmp_path / "survey").mkdir()
    for path in [*(ROOT / "survey").iterdir(), ROOT / "questionnaires"]:
        if path.name != "demo":
            (tmp_path / path.relative_to(ROOT)).symlink_to(path)
    told = subprocess.run([sys.executable, "-m", "survey", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert re.search(r"^  serve ", told, re.MULTILINE)
    assert not re.search(r"^  demo ", told, re.MULTILINE)


def test_audit__of_each_answer__says_what_was_looked_up() -> None:
    fine = {"name": "a", "version": "1", "vulns": []}
    bad = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
    unknown = {"name": "c", "skip_reason": "not found"}
    assert told([fine, unknown]) == ("audit: 1 libraries looked up, 1 could not be looked up, 0 vulnerable.", False)
    assert told([fine, bad]) == ("audit: b 2: PYSEC-1, mended in 3\naudit: 2 libraries looked up, 1 vulnerable.", True)
    assert told([unknown])[0].endswith("Nothing was audited.")


NEEDS_SYSTEMD = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
UNITS = ROOT / "deploy" / "systemd"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
OF_ALL = {"secret_key", "field_key", "database_url"}
NEEDED = {
    "web": OF_ALL | {"redis_url", "smtp_url", "metrics_token"},
    "worker": OF_ALL | {"redis_url"},
    "backup": OF_ALL | {"backup_key"},
    "check": OF_ALL | {"backup_key"},
    "retention": OF_ALL,
}
"""Which secrets each service of systemd works with; only those that make and read backups know their passphrase."""


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says."""
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)


@NEEDS_SYSTEMD
def test_units__of_systemd__are_found_without_fault(tmp_path: Path) -> None:
    for path in filter(Path.is_file, UNITS.rglob("*")):
        text = path.read_text(encoding="utf-8").replace("/opt/supervision-survey/.venv/bin/python", sys.executable)
        (tmp_path / path.relative_to(UNITS)).parent.mkdir(exist_ok=True)
        (tmp_path / path.relative_to(UNITS)).write_text(text, encoding="utf-8")
    checked = analyze("verify", "--man=no", *(str(path) for path in sorted(tmp_path.glob("*.*")) if path.is_file()))
    ours = [line for line in checked.stderr.splitlines() if "supervision-survey" in line]
    assert (checked.returncode, ours) == (0, [])


@NEEDS_SYSTEMD
@pytest.mark.parametrize("name", SERVICES)
def test_unit__of_each_service__leaves_it_little_that_it_could_harm(name: str, tmp_path: Path) -> None:
    """The exposure that systemd reckons, from 0 to 10, is 1.5 at most; a service without any such line has 9.6."""
    shutil.copytree(UNITS, tmp_path / "etc" / "systemd" / "system")
    checked = analyze("security", f"--root={tmp_path}", "--offline=yes", "--no-pager", "--threshold=15", name)
    assert checked.returncode == 0, checked.stdout


def test_socket__of_the_web_service__has_the_address_that_it_serves_and_that_nginx_asks() -> None:
    address = f"{DEFAULT_HOST}:{DEFAULT_PORT}"
    assert f"\nListenStream={address}\n" in (UNITS / "supervision-survey-web.socket").read_text(encoding="utf-8")
    assert f" server {address} " in (ROOT / "deploy" / "upstream" / "one-server.conf").read_text(encoding="utf-8")
    service = (UNITS / "supervision-survey-web.service").read_text(encoding="utf-8")
    assert "\nRequires=supervision-survey-web.socket\n" in service
    assert re.search(r"^ExecStart=.* serve .*--(host|port)", service, re.MULTILINE) is None


def test_script__for_any_command__has_the_folders_of_the_services_made() -> None:
    common = (UNITS / "supervision-survey-.service.d" / "common.conf").read_text(encoding="utf-8")
    made = re.findall(r"^((?:State|Cache)Directory(?:Mode)?=\S+)$", common, re.MULTILINE)
    script = (ROOT / "deploy" / "survey").read_text(encoding="utf-8")
    assert (len(made), [each for each in made if f"-p {each} " not in script]) == (4, [])


@pytest.mark.parametrize("service", NEEDED)
def test_unit__of_each_service__is_given_the_secrets_that_it_needs(service: str) -> None:
    unit, common = UNITS / f"supervision-survey-{service}.service", UNITS / "supervision-survey-.service.d" / "common.conf"
    text = "".join(path.read_text(encoding="utf-8") for path in (common, unit))
    loaded = dict(re.findall(r"^LoadCredential=(\w+):(\S+)$", text, re.MULTILINE))
    read = dict(re.findall(r"SURVEY_(\w+)_FILE=%d/(\w+)", text))
    assert loaded == {name: f"/etc/supervision-survey/{name}" for name in NEEDED[service]}
    assert read == {name.upper(): name for name in NEEDED[service]}
    assert {unit.removeprefix("supervision-survey-") for unit in SERVICES} == {f"{name}.service" for name in NEEDED}


def test_compose__each_service__is_given_the_secrets_that_it_names_and_no_other() -> None:
    in_containers = (ROOT / "deploy" / "upstream" / "containers.conf").read_text(encoding="utf-8")
    for name, service in COMPOSE["services"].items():
        words = (*service.get("entrypoint", ()), *service.get("command", ()), *service.get("healthcheck", {}).get("test", ()))
        told = " ".join(map(str, (*service.get("environment", {}).values(), *words, in_containers if name == "nginx" else "")))
        assert set(service.get("secrets", ())) == set(re.findall(r"/run/secrets/(\w+)", told)), name
        assert "PASSWORD" not in told, name
    users = {
        name: [each for each, service in COMPOSE["services"].items() if name in service.get("secrets", ())] for name in COMPOSE["secrets"]
    }
    assert (users["backup_key"], users["owner_database_url"]) == (["backup", "restore"], ["init", "restore"])
    assert users["smtp_url"] == ["web1", "web2"]
    assert (users["database_certificate"], users["redis_certificate"]) == (["database"], ["redis"])
    assert users["web_certificate"] == ["web1", "web2"]
    assert all(users.values())


def test_compose__services__talk_to_each_other_by_tls_only_and_check_whom_they_talk_to() -> None:
    services = COMPOSE["services"]
    database, redis = " ".join(services["database"]["command"]), " ".join(services["redis"]["command"])
    assert "ssl=on" in database
    allowed = re.findall(r"^(?:local|host\w*)(?=\s)", (ROOT / "deploy" / "pg_hba.conf").read_text(encoding="utf-8"), re.MULTILINE)
    assert ("hba_file=/etc/pg_hba.conf" in database, allowed) == (True, ["local", "hostssl"])
    assert "--port 0 --tls-port 6379" in redis
    ours = {name: service["environment"] for name, service in services.items() if "build" in service}
    assert ours.keys() == {"init", "web1", "web2", "worker", "backup", "restore"}
    assert {(each["PGSSLMODE"], each["PGSSLROOTCERT"]) for each in ours.values()} == {("verify-full", "/run/secrets/authority")}
    assert all("SURVEY_CERTIFICATE" in ours[name] for name in ("web1", "web2"))
    nginx = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    upstream = (ROOT / "deploy" / "upstream" / "containers.conf").read_text(encoding="utf-8")
    assert set(re.findall(r"proxy_pass (\S+);", nginx)) == {"$survey"}
    assert all("scanner:/run/clamav:ro" in services[name]["volumes"] for name in ("web1", "web2", "init")), "who asks ClamAV"
    assert "scanner:/run/clamav" in services["clamav"]["volumes"]
    scanner = dict(line.split(" ", 1) for line in (ROOT / "deploy" / "clamd.conf").read_text(encoding="utf-8").splitlines())
    assert (scanner["LocalSocket"], "TCPSocket" in scanner) == ("/run/clamav/clamd.sock", False)
    for line in ('map "" $survey { default https://survey; }', "proxy_ssl_verify on;", "proxy_ssl_name web;"):
        assert f"\n{line}\n" in upstream


def test_compose__logs_shipped__are_those_of_every_service_by_tls() -> None:
    shipped = yaml.safe_load((ROOT / "deploy" / "compose.logs.yaml").read_text(encoding="utf-8"))["services"]
    assert shipped.keys() == COMPOSE["services"].keys()
    assert {service["logging"]["options"]["syslog-address"].partition("://")[0] for service in shipped.values()} == {"tcp+tls"}


def test_compose__what_nobody_outside_talks_to__has_no_way_out() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    closed = {name for name, service in COMPOSE["services"].items() if service["networks"] == ["inside"]}
    assert closed == {"database", "redis", "init", "worker", "backup", "restore"}


def test_secrets__made_for_compose__are_random_private_and_made_once(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=of-an-earlier-version\n", encoding="utf-8")
    found = []
    for _ in range(2):
        found.append({path.name: path.read_text(encoding="ascii") for path in make_secrets(tmp_path).iterdir()})
    first = found[0]
    assert found[1] == first
    assert first.keys() == COMPOSE["secrets"].keys() | {"authority_key"}, "whose key no service has"
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o600}
    assert first["owner_database_url"] == "postgresql+psycopg://survey:of-an-earlier-version@database/survey"
    password = first["redis_config"].removeprefix("requirepass ")
    assert first["redis_url"] == f"rediss://:{password}@redis:6379/0?ssl_ca_certs=/run/secrets/authority"
    assert len({first["secret_key"], first["backup_key"]}) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", first[name]) for name in ("secret_key", "backup_key"))


def test_secrets__of_a_version_without_tls__are_kept_and_nothing_is_asked_in_the_clear(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / ".env").write_text("SURVEY_CLAMAV=clamav:3310\n", encoding="ascii")
    for name, text in (("redis_url", "redis://:known@redis:6379/0"), ("redis_config", "requirepass known")):
        (tmp_path / "secrets" / name).write_text(text, encoding="ascii")
    secrets = make_secrets(tmp_path)
    assert (secrets / "redis_url").read_text(encoding="ascii") == "rediss://:known@redis:6379/0?ssl_ca_certs=/run/secrets/authority"
    assert (secrets / "redis_config").read_text(encoding="ascii") == "requirepass known"
    assert (tmp_path / ".env").read_text(encoding="ascii") == "SURVEY_CLAMAV=unix:/run/clamav/clamd.sock\n"
    elsewhere = "redis://:known@elsewhere:6379/0"
    (secrets / "redis_url").write_text(elsewhere, encoding="ascii")
    assert (make_secrets(tmp_path) / "redis_url").read_text(encoding="ascii") == elsewhere
