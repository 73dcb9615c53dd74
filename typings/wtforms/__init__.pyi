"""WTForms as far as it is used here. Published types of it know neither `SelectChoice` nor lazily translated texts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Self, TypeVar, overload

from flask_babel import LazyString
from markupsafe import Markup
from wtforms.validators import ValidationError as ValidationError

Text = str | LazyString
Choices = Iterable[SelectChoice | tuple[str, Text]] | Mapping[str, Iterable[SelectChoice | tuple[str, Text]]] | None
_F = TypeVar("_F", bound="Field")
_N = TypeVar("_N", bound="Form")

class Label:
    field_id: str
    text: Text
    def __init__(self, field_id: str, text: Text) -> None: ...
    def __html__(self) -> str: ...
    def __call__(self, text: Text | None = None, **kwargs: Any) -> Markup: ...

class Flags:
    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: object) -> None: ...
    def __contains__(self, name: str) -> bool: ...

class UnboundField(Generic[_F]):
    """What a field is in the class of a form."""

    field_class: type[_F]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

class Field:
    """What a field is in a form: in a form's class, reading it gives an `UnboundField`."""

    errors: Sequence[Text]
    process_errors: Sequence[Text]
    raw_data: list[Any] | None
    object_data: Any
    data: Any
    validators: Sequence[Callable[..., object]]
    default: Any
    description: Text
    render_kw: dict[str, Any] | None
    flags: Flags
    name: str
    short_name: str
    id: str
    type: str
    label: Label
    widget: Any
    def __init__(
        self,
        label: Text | None = None,
        validators: Iterable[Any] | None = None,
        *,
        filters: Sequence[Callable[[Any], Any]] = (),
        description: Text = "",
        id: str | None = None,
        default: object = None,
        widget: Callable[..., Markup] | None = None,
        render_kw: dict[str, Any] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def __get__(self, instance: None, owner: object = None) -> UnboundField[Self]: ...
    @overload
    def __get__(self, instance: object, owner: object = None) -> Self: ...
    def __html__(self) -> str: ...
    def __call__(self, **kwargs: object) -> Markup: ...
    def gettext(self, string: str) -> str: ...
    def validate(self, form: Form, extra_validators: Iterable[Callable[..., object]] = ()) -> bool: ...
    def pre_validate(self, form: Form) -> None: ...
    def post_validate(self, form: Form, validation_stopped: bool) -> None: ...
    def process(self, formdata: Any, data: Any = ..., extra_filters: Sequence[Callable[[Any], Any]] | None = None) -> None: ...
    def process_data(self, value: Any) -> None: ...
    def process_formdata(self, valuelist: list[Any]) -> None: ...
    def populate_obj(self, obj: object, name: str) -> None: ...
    def _value(self) -> str: ...

class StringField(Field):
    data: str | None

class TextAreaField(StringField): ...
class PasswordField(StringField): ...
class HiddenField(StringField): ...

class BooleanField(Field):
    data: bool

class SubmitField(BooleanField): ...

class IntegerField(Field):
    data: int | None

class FloatField(Field):
    data: float | None

class DateField(Field):
    data: date | None

class DateTimeLocalField(Field):
    data: datetime | None
    def __init__(
        self,
        label: Text | None = None,
        validators: Iterable[Any] | None = None,
        format: str | Sequence[str] = ...,
        **kwargs: Any,
    ) -> None: ...

@dataclass
class SelectChoice:
    value: str
    label: Text | None = None
    render_kw: dict[str, Any] = ...
    optgroup: Text | None = None

class SelectFieldBase(Field):
    @property
    def choices(self) -> list[SelectChoice]: ...
    @choices.setter
    def choices(self, choices: Choices) -> None: ...
    coerce: Callable[[Any], Any]
    validate_choice: bool
    def __init__(
        self,
        label: Text | None = None,
        validators: Iterable[Any] | None = None,
        coerce: Callable[[Any], Any] = ...,
        choices: Choices = None,
        validate_choice: bool = True,
        *,
        filters: Sequence[Callable[[Any], Any]] = (),
        description: Text = "",
        id: str | None = None,
        default: object = None,
        widget: Callable[..., Markup] | None = None,
        render_kw: dict[str, Any] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None: ...
    def __iter__(self) -> Iterator[Field]: ...

class SelectField(SelectFieldBase): ...
class RadioField(SelectField): ...

class SelectMultipleField(SelectFieldBase):
    data: list[Any] | None

class FormField(Field, Generic[_N]):
    form: _N
    def __init__(
        self, form_class: type[_N], label: Text | None = None, validators: None = None, separator: str = "-", **kwargs: Any
    ) -> None: ...

class FieldList(Field, Generic[_F]):
    entries: list[_F]
    data: list[Any]
    def __init__(
        self,
        unbound_field: _F,
        label: Text | None = None,
        validators: Iterable[Any] | None = None,
        min_entries: int = 0,
        max_entries: int | None = None,
        separator: str = "-",
        default: object = (),
        **kwargs: Any,
    ) -> None: ...
    def append_entry(self, data: Any = ...) -> _F: ...
    def pop_entry(self) -> _F: ...
    def __iter__(self) -> Iterator[_F]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> _F: ...

class Form:
    Meta: type[Any]
    meta: Any
    form_errors: list[Text]
    _fields: dict[str, Field]
    def __init__(
        self,
        formdata: Any = None,
        obj: object | None = None,
        prefix: str = "",
        data: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None: ...
    def __iter__(self) -> Iterator[Field]: ...
    def __contains__(self, name: str) -> bool: ...
    def __getitem__(self, name: str) -> Field: ...
    def __delitem__(self, name: str) -> None: ...
    def process(self, formdata: Any = None, obj: object | None = None, data: Mapping[str, Any] | None = None, **kwargs: Any) -> None: ...
    def populate_obj(self, obj: object) -> None: ...
    def validate(self, *args: Any, **kwargs: Any) -> bool: ...
    @property
    def data(self) -> dict[str, Any]: ...
    @property
    def errors(self) -> dict[str, Any]: ...
