"""What all commands share: opening the installation, one session committed at the end, failures as one line, progress, whole files."""

import errno
import sys
import uuid
from collections import UserDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import gettext, pgettext
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session
from tqdm import tqdm

import survey
from questionnaires.errors import ErrorCode, SurveyError, said_values
from survey.command_help import said
from survey.config import read_settings
from survey.db import session_scope
from survey.failures import passing_failure
from survey.revisions import check_schema

NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
DAMAGED = ("file is not a database", "database disk image is malformed")
"""What SQLite says of a file that is none of its own, or not whole."""


class CommandGroup(click.Group):
    """Commands whose foreseen failures are one line on standard error and exit status 1, never a traceback.

    They say their help in the language of the terminal.
    """

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name."""
        command = super().get_command(context, name)
        return command and said(command)

    def invoke(self, context: click.Context) -> Any:
        """What the command returns."""
        with foreseen():
            return super().invoke(context)


@contextmanager
def foreseen() -> Iterator[None]:
    """While the block runs, a failure that was foreseen is one line on standard error and exit status 1."""
    try:
        yield
    except SurveyError as error:
        raise told(error) from error
    except DatabaseError as error:
        raise told(_of_database(error)) from error
    except BrokenPipeError:
        raise  # whoever read the output, such as `head`, has enough of it: click then ends without a word
    except OSError as error:
        if error.errno in NO_RIGHT and error.filename:
            raise told(SurveyError(ErrorCode.NO_ACCESS, place=error.filename, detail=error.strerror)) from error
        place = f" ({error.filename})" if error.filename else ""
        raise click.ClickException(f"{error.strerror or error}{place}") from error


def told(error: SurveyError) -> click.ClickException:
    """The failure as click tells it, in the language of the terminal."""
    template = gettext(error.code.value)
    return click.ClickException(template.format(**said_values(error, pgettext, is_chinese=template != error.code.value)))


def _of_database(error: DatabaseError) -> SurveyError:
    """What a failure of the database is to whoever called a command; raises it again if it is a bug."""
    detail = first_line(error.orig)
    if any(each in detail for each in DAMAGED):
        return SurveyError(ErrorCode.DATABASE_DAMAGED, detail=detail)
    failure = passing_failure(error)
    if failure == ErrorCode.MOVED_AWAY:
        return SurveyError(failure)
    if failure == ErrorCode.DISK_BROKEN:
        return SurveyError(ErrorCode.DATABASE_UNUSABLE, detail=detail)
    if isinstance(error, OperationalError):
        return SurveyError(ErrorCode.DATABASE_SILENT, detail=detail)
    raise error


class LaterCommands(UserDict[str, Any]):
    """Commands by name, each given as "module:name" and imported when somebody asks for it."""

    def __getitem__(self, name: str) -> click.Command:
        """The command."""
        found = self.data[name]
        if isinstance(found, str):
            module, _, attribute = found.partition(":")
            found = self.data[name] = getattr(import_module(module), attribute)
        return cast(click.Command, found)


def counted(number: int, noun: str) -> str:
    """The number with its noun, which takes an s for all but one: "1 error", "0 errors"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def first_line(error: object) -> str:
    """The first line of an error's message."""
    return next(iter(str(error).strip().splitlines()), "no reason given")


def open_installation(**overrides: Any) -> Flask:
    """The application of this installation; raises NOT_INITIALISED or OUTDATED_SCHEMA when its database is not ready."""
    app: Flask = survey.create_app(read_settings(**overrides))
    check_schema(app.extensions["survey.engine"])
    return app


@contextmanager
def installation_session() -> Iterator[Session]:
    """A session on this installation's database inside an application context; committed when the block ends without an error.

    Texts are English there, as all output of commands is.
    """
    app = open_installation()
    with app.app_context(), force_locale("en"), session_scope(app) as session:
        yield session


@contextmanager
def progress_bar(label: str, unit: str = "") -> Iterator[Callable[[int, int], None]]:
    """A function of (done, total) that draws a bar on standard error; nothing is drawn when that is no terminal."""
    with tqdm(desc=label, unit=unit, file=sys.stderr, disable=None, dynamic_ncols=True) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def write_file(path: Path, content: bytes) -> None:
    """Write the file whole or not at all."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        error.filename = str(path)  # whoever reads the message asked for this file, not for its temporary name
        raise
    finally:
        partial.unlink(missing_ok=True)
