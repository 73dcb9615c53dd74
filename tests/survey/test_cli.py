"""The commands: each has help, says what it did, and fails with one line and no traceback."""

import errno
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.exc import DatabaseError, OperationalError

from questionnaires.errors import ErrorCode, SurveyError
from survey import create_app
from survey.cli import COMMANDS, main
from survey.command_help import speak_as_the_terminal
from survey.config import Settings
from survey.console import foreseen
from survey.server import is_loopback, qr_code, reachable_name, serve_app
from tests.builders import FORM
from tests.conftest import PATIENCE_SECONDS, SECRET_KEY

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs one command line on an installation of the test's own, which is not initialised yet."""
    for name, value in {"SURVEY_DATA": str(tmp_path / "data"), "SURVEY_SECRET_KEY": SECRET_KEY}.items():
        monkeypatch.setenv(name, value)
    return lambda *arguments, **options: CliRunner().invoke(main, arguments, **options)


@pytest.fixture
def installed(empty_database: Path, tmp_path: Path) -> None:
    """The test's installation is initialised, as `init` leaves it."""
    (tmp_path / "data").mkdir()
    shutil.copy(empty_database, tmp_path / "data" / "survey.sqlite3")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group with its words."""
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL_COMMANDS = dict(commands(main))


def test_list_of_commands__what_it_says_of_each__is_what_the_command_says() -> None:
    assert {name: told for name, (_where, told) in COMMANDS.items()} == {
        name: command.get_short_help_str(limit=200).removesuffix(".") + "." for name, command in main.commands.items()
    }


@pytest.mark.parametrize("words", ALL_COMMANDS, ids=" ".join)
def test_command__asked_for_help__answers_without_an_installation(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SURVEY_SECRET_KEY", raising=False)
    result = CliRunner().invoke(main, [*words, "--help"])
    assert result.exit_code == 0
    assert ALL_COMMANDS[words].help


def one_line(result: Result) -> str:
    """The single line on standard error of a command that failed."""
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_init__twice__makes_the_database_once(run: Run, tmp_path: Path) -> None:
    assert "is ready" in run("init").output
    assert (tmp_path / "data" / "survey.sqlite3").exists()
    assert "up to date already" in run("init").output


@pytest.mark.parametrize("words", [("serve",), ("user", "list"), ("questionnaire", "list"), ("verify",)])
def test_command__without_a_database__says_how_to_make_one(run: Run, words: tuple[str, ...]) -> None:
    assert "python -m survey init" in one_line(run(*words))


def test_command__without_a_secret_key__says_how_to_make_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SURVEY_SECRET_KEY")
    assert "token_urlsafe" in one_line(run("init"))


def test_user__added_listed_and_shut_out__is_shown_so(run: Run, installed: None) -> None:
    added = run("user", "add", "admin", "--name", "管理员", "--role", "admin", "--password-stdin", input="a long enough password\n")
    assert added.exit_code == 0, added.output
    assert re.search(r"admin\s+admin\s+管理员", run("user", "list").output)
    assert "new password" in run("user", "password", "admin", "--password-stdin", input="another long password\n").output
    run("user", "shut-out", "admin")
    assert "(shut out)" in run("user", "list").output
    run("user", "shut-out", "admin", "--undo")
    assert "(shut out)" not in run("user", "list").output


def test_user__short_password_or_unknown_name__is_one_line(run: Run, installed: None) -> None:
    assert "at least 12" in one_line(run("user", "add", "x", "--role", "admin", "--password-stdin", input="short\n"))
    assert "'nobody' does not exist" in one_line(run("user", "password", "nobody", "--password-stdin", input="a long enough password\n"))


def test_questionnaire__published_twice__changes_nothing_the_second_time(run: Run, installed: None, tmp_path: Path) -> None:
    file = tmp_path / "form.md"
    file.write_text(FORM, encoding="utf-8")
    assert "test_form version 2018.1 (3 questions) is published" in run("questionnaire", "publish", str(file)).output
    assert "already published" in run("questionnaire", "publish", str(file)).output
    assert run("questionnaire", "list").output.count("test_form") == 1


def test_questionnaire_check__file_with_problems__lists_each_with_its_place_and_exits_1(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "form.md"
    file.write_text(FORM.replace("| text       | wish ", "| texxt      | wish "), encoding="utf-8")
    result = run("questionnaire", "check", str(file))
    assert result.exit_code == 1
    assert re.search(r"form\.md:survey:5:type: error: .*texxt", result.stdout)


def test_questionnaire_check__good_file__needs_no_installation(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SURVEY_SECRET_KEY")
    result = run("questionnaire", "check", str(ROOT / "questionnaires" / "household.md"))
    assert (result.exit_code, result.stderr) == (0, "")


def test_questionnaire_check__form_that_is_published__says_what_changed(run: Run, installed: None, tmp_path: Path) -> None:
    file = tmp_path / "form.md"
    file.write_text(FORM, encoding="utf-8")
    run("questionnaire", "publish", str(file))
    assert "Compared with the published version 2018.1: no changes" in run("questionnaire", "check", str(file)).output
    file.write_text(FORM.replace("2018.1", "2018.2").replace("| text       | wish", "| integer    | wish"), encoding="utf-8")
    result = run("questionnaire", "check", str(file))
    assert result.exit_code == 0
    assert "breaks: The question 'wish' was a text and becomes a whole number." in result.output
    assert run("questionnaire", "compare", "test_form/2018.1", str(file)).output.startswith("breaks: The question 'wish'")
    assert run("questionnaire", "compare", "test_form", "test_form/2018.1").output == "test_form and test_form/2018.1 ask the same.\n"
    assert "no version '9'" in one_line(run("questionnaire", "compare", "test_form/9", str(file)))


def test_questionnaire_convert__there_and_back__is_the_same_file(run: Run, tmp_path: Path) -> None:
    source, workbook, back = ROOT / "questionnaires" / "household.md", tmp_path / "household.xlsx", tmp_path / "back.md"
    assert run("questionnaire", "convert", str(source), str(workbook)).exit_code == 0
    assert run("questionnaire", "check", str(workbook)).exit_code == 0
    assert run("questionnaire", "convert", str(workbook), str(back)).exit_code == 0
    assert back.read_bytes() == source.read_bytes()
    assert run("questionnaire", "convert", str(source), str(tmp_path / "x.pdf")).exit_code == 2


def test_questionnaire_check__no_such_file__is_said_without_a_traceback(run: Run) -> None:
    result = run("questionnaire", "check", "nothing.xlsx")
    assert result.exit_code == 1
    assert "No such file" in result.output
    assert "Traceback" not in result.output


def test_settings__current_ones__do_not_show_secrets(run: Run) -> None:
    output = run("settings", "--current").output
    assert SECRET_KEY not in output
    assert "SURVEY_SECRET_KEY=(set, not shown)" in output


def test_serve__port_in_use__is_one_line(run: Run, installed: None) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        message = one_line(run("serve", "--port", str(taken.getsockname()[1])))
    assert "choose another port with --port" in message


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OperationalError("", {}, sqlite3.OperationalError("attempt to write a readonly database")), "the right to write into its folder"),
        (OperationalError("", {}, sqlite3.OperationalError("unable to open database file")), "the right to write into its folder"),
        (DatabaseError("", {}, sqlite3.DatabaseError("file is not a database")), "python -m survey restore"),
        (OperationalError("", {}, sqlite3.OperationalError("connection refused")), "The database does not answer: connection refused"),
        (PermissionError(errno.EACCES, "Permission denied", "data/secret_key"), "data/secret_key: Permission denied. Run the program as"),
        (OSError(errno.EROFS, "Read-only file system", "data"), "or name another place"),
    ],
)
def test_command__that_may_not_or_cannot_use_its_folder__says_what_to_do(failure: Exception, told: str) -> None:
    with pytest.raises(click.ClickException, match=told), foreseen():
        raise failure


def test_command__on_a_damaged_database_or_a_later_one__is_one_line_in_the_language_of_the_terminal(
    run: Run, installed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data" / "survey.sqlite3"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "or a later one" in one_line(run("verify"))
    monkeypatch.setenv("LANGUAGE", "zh")
    speak_as_the_terminal()
    assert "本版程序不认识" in one_line(run("verify"))
    path.write_bytes(b"no database" * 500)
    assert "数据库无法读取：file is not a database" in one_line(run("verify"))


def test_serve__demonstration_on_the_network__is_refused_unless_allowed(tmp_path: Path) -> None:
    app: Flask = create_app(Settings(data=str(tmp_path), secret_key=SECRET_KEY, demo=True))
    with pytest.raises(SurveyError, match="not on 0.0.0.0. Add --allow-network") as caught:
        serve_app(app, host="0.0.0.0")
    assert caught.value.code is ErrorCode.DEMO_ON_NETWORK


def test_serve__until_interrupted__answers_and_stops_cleanly(run: Run, installed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_MAX_UPLOAD_MB", "1")
    run("user", "add", "lead1", "--role", "interviewer", "--password-stdin", input="a long enough password\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "survey", "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as server:
        assert server.stdout is not None
        lines = []
        while "Ready" not in (lines[-1] if lines else ""):
            lines.append(server.stdout.readline())
            assert lines[-1], server.stderr.read() if server.stderr else ""
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            answer = connection.makefile("rb").read()
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS) as connection:
            who = b64encode(b"lead1:a long enough password")
            kind = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1500000"
            connection.sendall(b"POST /openrosa/submission HTTP/1.0\r\nAuthorization: Basic " + who + b"\r\n" + kind + b"\r\n\r\n")
            connection.sendall(b" " * 1_500_000)
            answer_to_much = connection.makefile("rb").read()
        server.terminate()
        rest, errors = server.communicate(timeout=PATIENCE_SECONDS)
    assert b'{"demo":false,"status":"ok"}' in answer
    assert answer_to_much.startswith(b"HTTP/1.0 413")
    assert b"<OpenRosaResponse" in answer_to_much
    assert f"http://127.0.0.1:{port}" in "".join(lines)
    assert "█" in "".join(lines)
    assert "Stopped." in rest
    assert errors == ""
    assert server.returncode == 0


@pytest.mark.parametrize(("host", "expected"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("x", False)])
def test_is_loopback__host__tells_who_can_reach_it(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_reachable_name__named_host__is_itself() -> None:
    assert reachable_name("127.0.0.1") == "127.0.0.1"
    assert reachable_name("::1") == "[::1]"
    assert reachable_name("0.0.0.0") not in ("", "0.0.0.0")


def test_qr_code__any_text__is_a_block_of_equal_lines() -> None:
    lines = click.unstyle(qr_code("http://127.0.0.1:5000/tablet/")).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert len(lines) > 10


def test_command__whose_reader_has_enough__ends_without_a_word() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "survey", "settings"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_verify__head_printed_and_given_back__says_that_the_log_continues(run: Run, installed: None, tmp_path: Path) -> None:
    assert "Nothing has been logged yet" in one_line(run("verify", "--head"))
    run("user", "add", "admin", "--role", "admin", "--password-stdin", input="a long enough password\n")
    head = tmp_path / "head.json"
    head.write_text(run("verify", "--head").output, encoding="utf-8")
    run("user", "shut-out", "admin")
    told = run("verify", "--against", str(head)).output
    assert "The log continues from event 1, signed with the key" in told
    assert "0 problems found" in told
    refused = run("verify", "--against", f"1:{'0' * 64}")
    assert (refused.exit_code, "written anew" in refused.stderr) == (1, True)
    assert "cannot be read" in one_line(run("verify", "--against", __file__))
