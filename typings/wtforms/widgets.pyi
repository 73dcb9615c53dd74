"""The widgets of WTForms that are used here."""

from typing import Any

from markupsafe import Markup
from wtforms import Field

class Input:
    input_type: str
    def __init__(self, input_type: str | None = None) -> None: ...
    def __call__(self, field: Field, **kwargs: Any) -> Markup: ...

class HiddenInput(Input): ...
class DateInput(Input): ...

class NumberInput(Input):
    def __init__(self, step: object = None, min: object = None, max: object = None) -> None: ...
