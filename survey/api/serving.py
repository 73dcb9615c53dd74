"""One operation of the interface from its signature: what comes in is read by the record of its parameters, what goes out is the record
that it returns, and the description (`openapi.py`) is made of the same two. So none of the three can say something else than the others.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, get_type_hints

import msgspec
from flask import Blueprint, Response, request, url_for
from msgspec import Meta
from werkzeug.datastructures import MultiDict

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.access import requires
from survey.api.expected import expectation
from survey.api.words import described

READERS = ("admin", "coordinator", "author")
LIMIT, MAX_LIMIT = 200, 1000
JSON = "application/json"
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]*)`")
_AT = re.compile(r" - at `\$\.(?P<name>\w+)`$")


class Parameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The root of all records of parameters; one that is not known is refused, so that a slip in its name is not taken for no filter."""


class Paging(Parameters, frozen=True, kw_only=True):
    """Which page is wanted."""

    limit: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description=described("How many items a page has at most."))] = LIMIT
    cursor: Annotated[
        str,
        Meta(max_length=1000, pattern=r"^[\w-]*$", description=described("Where the page begins, as the address of the next page has it.")),
    ] = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the description tells it; `answer` is None where a file is sent, whose type is `media_type`."""

    endpoint: str
    rule: str
    summary: str
    parameters: type[Parameters]
    answer: Any
    media_type: str = JSON


OPERATIONS: list[Operation] = []
"""Every operation, in the order of the modules and of the lines in them."""


def serve(
    blueprint: Blueprint, rule: str, summary: str, *, roles: tuple[str, ...] = READERS, media_type: str = JSON
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator for `view(parameters: SomeParameters, …) -> Record`: the operation at this address, for people of these roles.

    INVALID_VALUE, with the parameter's name, for what the record of parameters does not take.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        hints = get_type_hints(view, include_extras=True)
        parameters, answer = hints["parameters"], hints["return"]

        @wraps(view)
        def answered(**values: str) -> Response:
            _refuse_zeros(values)
            told = view(read_parameters(parameters, request.args), **values)
            return told if isinstance(told, Response) else Response(msgspec.json.encode(told), content_type=JSON)

        OPERATIONS.append(
            Operation(
                f"{blueprint.name}.{view.__name__}",
                f"{blueprint.url_prefix}{rule}",
                summary,
                parameters,
                None if answer is Response else answer,
                media_type,
            )
        )
        guarded = requires(*roles)(answered)
        blueprint.get(rule)(guarded)
        return guarded

    return decorate


def read_parameters(kind: type[Parameters], given: MultiDict[str, str]) -> Any:
    """The parameters of the address as their record; INVALID_VALUE naming the one that is wrong, with what is expected of it."""
    values = given.to_dict()
    _refuse_zeros(values)
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        told = str(error)
        unknown = _UNKNOWN.search(told)
        if unknown:
            known = ", ".join(each.encode_name for each in msgspec.structs.fields(kind)) or "-"
            raise SurveyError(
                ErrorCode.INVALID_VALUE,
                field=unknown["name"][:100],
                detail=f"there is no such parameter here; there are: {known}",
                detail_zh=f"此处没有这一参数；可用的有：{known}",
            ) from error
        place = _AT.search(told)
        name = place["name"] if place else "?"
        detail, detail_zh = expectation(kind, name, _AT.sub("", told))
        raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail, detail_zh=detail_zh) from error


def next_address(parameters: Parameters, cursor: str | None) -> str | None:
    """The address of the page that begins at the cursor, everything else as it was asked for; None without one."""
    if cursor is None:
        return None
    given = {key: value for key, value in request.args.items() if key != "cursor"}
    return url_for(request.endpoint or "", _external=True, **(request.view_args or {}), **given, cursor=cursor)


def _refuse_zeros(values: dict[str, str]) -> None:
    """No text of ours holds a zero byte, and some databases do not even take one to look for."""
    for name, value in values.items():
        if "\0" in value or "\0" in name:
            detail = "a zero byte is no part of a text"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name.replace("\0", ""), detail=detail, detail_zh="不能含有零字节")
