"""What fields of forms hold, as operations take it: not what might be missing, but what is there."""

from typing import NamedTuple, TypeVar

from flask import abort
from flask_wtf.file import FileField
from wtforms import Form, SelectField

T = TypeVar("T")


class SentFile(NamedTuple):
    """A file that somebody chose, whole."""

    name: str
    data: bytes


def given(value: T | None) -> T:
    """The value of a field that the form's validators ask for; a request that gets past them without one is refused with 400."""
    if value is None:
        abort(400)
    return value


def sent_file(field: FileField) -> SentFile:
    """The file of a field that has to have one, read to its end; "" for the name of one that has none."""
    file = given(field.data)
    return SentFile(file.filename or "", file.read())


def list_field(form: Form, name: str) -> SelectField:
    """The field of that name, which chooses from a list."""
    field = form[name]
    assert isinstance(field, SelectField), f"{name} of {type(form).__name__} chooses from no list"
    return field
