"""The fields of Flask-WTF that take files."""

from collections.abc import Collection

from flask_babel import LazyString
from werkzeug.datastructures import FileStorage
from wtforms import Field, Form

class FileField(Field):
    data: FileStorage | None

class MultipleFileField(Field):
    data: list[FileStorage] | None

class FileRequired:
    def __init__(self, message: str | LazyString | None = None) -> None: ...
    def __call__(self, form: Form, field: Field) -> None: ...

class FileAllowed:
    def __init__(self, upload_set: Collection[str], message: str | LazyString | None = None) -> None: ...
    def __call__(self, form: Form, field: Field) -> None: ...
