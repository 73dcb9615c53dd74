"""The description of the interface by OpenAPI 3.1: its own operations from the records that serve them, the others from `others.py`."""

import re
from typing import Any

import msgspec
from flask import current_app
from werkzeug.routing import Rule

from survey.api.others import described_otherwise
from survey.api.schemas import Problem
from survey.api.serving import OPERATIONS, Operation
from survey.api.words import PARTS, described, translated

REF = "#/components/schemas/{name}"
PROBLEMS = {
    "401": described("No token, or one that does not hold."),
    "403": described("The token's person may not read this."),
    "404": described("There is no such thing, or it is not theirs to see."),
    "422": described("A parameter is wrong; “place” names it."),
    "429": described("Too many requests; come again after Retry-After seconds."),
    "503": described("Something that passes by itself; come again after Retry-After seconds."),
}
LEAD = described(
    "Read access for scripts. Send a token for reading (Other programs → Make a token) as “Authorization: Bearer …”, or by HTTP Basic "
    "in the place of the password. What is told follows the rights of its person: role, places, names masked or whole. "
    "Lists have pages; follow “next” until it is null. An answer has an ETag: sent back as If-None-Match it saves the transfer."
)
_PART = re.compile(r"<(?:[^:<>]+:)?(?P<name>\w+)>")
_PAGE = re.compile(r"\bPage_(\w+)_$")


def describe(server: str) -> dict[str, Any]:
    """The description in the reader's language."""
    answers = [each.answer for each in OPERATIONS if each.answer is not None]
    parameters = [each.parameters for each in OPERATIONS]
    references, components = msgspec.json.schema_components([*answers, Problem, *parameters], ref_template=REF)
    of_answer = dict(zip((each.endpoint for each in OPERATIONS if each.answer is not None), references, strict=False))
    of_parameters = {each: references[len(answers) + 1 + number]["$ref"] for number, each in enumerate(parameters)}
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        taken = components[of_parameters[operation.parameters].rpartition("/")[2]]
        paths.setdefault(path_of(operation.rule), {})["get"] = _operation(operation, taken, of_answer.get(operation.endpoint))
    for path, methods in described_otherwise().items():
        paths.setdefault(path, {}).update(methods)
    used = {name: schema for name, schema in components.items() if f"#/components/schemas/{name}" not in of_parameters.values()}
    told = {
        "openapi": "3.1.0",
        "info": {"title": "Supervision Survey", "version": "1", "description": LEAD},
        "servers": [{"url": server}],
        "security": [{"token": []}, {"basic": []}],
        "paths": paths,
        "components": {
            "schemas": used,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
        },
    }
    found: dict[str, Any] = translated(_named(told))
    return found


def _named(schema: Any) -> Any:
    """The schema with pages called "VisitPage" instead of "Page_Visit_"."""
    if isinstance(schema, dict):
        return {_PAGE.sub(r"\1Page", key): _named(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_named(each) for each in schema]
    return _PAGE.sub(r"\1Page", schema) if isinstance(schema, str) and schema.startswith(REF.format(name="Page_")) else schema


def path_of(rule: str) -> str:
    """The address as OpenAPI writes it: "/visits/{visit_id}"."""
    return _PART.sub(lambda part: "{" + part["name"] + "}", rule)


def undescribed() -> list[Rule]:
    """The addresses of programs that the description says nothing of; there should be none."""
    told = {path_of(each.rule) for each in OPERATIONS} | set(described_otherwise())
    ours = ("/api/", "/odata/", "/openrosa/", "/handover/")
    return [rule for rule in current_app.url_map.iter_rules() if rule.rule.startswith(ours) and path_of(rule.rule) not in told]


def _operation(operation: Operation, taken: dict[str, Any], answer: dict[str, Any] | None) -> dict[str, Any]:
    content = {operation.media_type: {"schema": answer or {"type": "string", "format": "binary"}}}
    problem = {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}}
    return {
        "operationId": operation.endpoint.replace(".", "_"),
        "tags": ["read"],
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation.rule), *query_parameters(taken)],
        "responses": {
            "200": {"description": described("What was asked for."), "content": content},
            "304": {"description": described("Nothing changed since the answer with this ETag.")},
            **{status: {"description": told, "content": problem} for status, told in PROBLEMS.items()},
        },
    }


def query_parameters(taken: dict[str, Any]) -> list[dict[str, Any]]:
    """The properties of a record of parameters as parameters of an address."""
    found = []
    for name, schema in taken["properties"].items():
        own = {key: value for key, value in schema.items() if key != "description" and not (key == "default" and value is None)}
        # A text "null" is what an address can say; that a parameter may be absent is said by its not being required.
        kinds = [each for each in own.get("anyOf", ()) if each.get("type") != "null"]
        own = kinds[0] if len(kinds) == 1 else own
        is_required = name in taken.get("required", ())
        found.append({"name": name, "in": "query", "required": is_required, "description": schema.get("description", ""), "schema": own})
    return found


def _path_parameters(rule: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": PARTS.get(name, ""), "schema": {"type": "string", "minLength": 1}}
        for name in _PART.findall(rule)
    ]
