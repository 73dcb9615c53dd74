"""The validators of WTForms that are used here."""

from collections.abc import Callable
from datetime import date
from re import Pattern
from typing import Any

from flask_babel import LazyString

class ValidationError(ValueError):
    def __init__(self, message: str | LazyString = "", *args: object) -> None: ...

class StopValidation(Exception):
    def __init__(self, message: str | LazyString = "", *args: object) -> None: ...

class _Validator:
    def __call__(self, form: Any, field: Any) -> None: ...

class DataRequired(_Validator):
    def __init__(self, message: str | LazyString | None = None) -> None: ...

class InputRequired(_Validator):
    def __init__(self, message: str | LazyString | None = None) -> None: ...

class Optional(_Validator):
    def __init__(self, strip_whitespace: bool = True) -> None: ...

class EqualTo(_Validator):
    def __init__(self, fieldname: str, message: str | LazyString | None = None) -> None: ...

class Length(_Validator):
    def __init__(self, min: int = -1, max: int = -1, message: str | LazyString | None = None) -> None: ...

class NumberRange(_Validator):
    def __init__(
        self,
        min: float | date | Callable[[], Any] | None = None,
        max: float | date | Callable[[], Any] | None = None,
        message: str | LazyString | None = None,
    ) -> None: ...

class Regexp(_Validator):
    def __init__(self, regex: str | Pattern[str], flags: int = 0, message: str | LazyString | None = None) -> None: ...
