"""The description of the interface: as a page that needs no other server, and by OpenAPI for programs that read it."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask_babel import gettext as _

from survey.accounts.access import requires
from survey.api.openapi import REF, describe
from survey.api.program import enter, finish
from survey.api.serving import READERS

blueprint = Blueprint("api_page", __name__)
blueprint.after_request(finish)


@blueprint.before_request
def _enter() -> Any:
    # The page leads to the sign-in; programs are told how to come in.
    return enter() if request.path.endswith(".json") else None


@blueprint.get("/api")
@requires(*READERS)
def page() -> str:
    """The description as a page."""
    told = describe(request.host_url.rstrip("/"))
    return render_template("api/page.html", told=told, groups=_groups(told), schemas=told["components"]["schemas"], kind_of=kind_of)


@blueprint.get("/api/openapi.json")
@requires(*READERS)
def description() -> Response:
    """The description by OpenAPI."""
    return jsonify(describe(request.host_url.rstrip("/")))


def kind_of(schema: dict[str, Any]) -> str:
    """What a value of this schema is, in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REF.format(name=""))
    if "enum" in schema:
        return " | ".join(f"“{each}”" for each in schema["enum"] if each)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(kind_of(each) for each in schema["anyOf"]))
    kind = schema.get("type", _("anything"))
    if kind == "array":
        return f"[{kind_of(schema.get('items', {}))}]"
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _groups(told: dict[str, Any]) -> list[tuple[str, list[tuple[str, str, dict[str, Any]]]]]:
    """The operations by group, each as method, path and what is said of it."""
    labels = {
        "read": _("Reading data"),
        "odata": _("OData, for Excel and Power BI"),
        "openrosa": _("Sending interviews (OpenRosa)"),
        "uploads": _("Large files in pieces"),
        "handover": _("Handing over to another server"),
        "": _("The tablet"),
    }
    found: dict[str, list[tuple[str, str, dict[str, Any]]]] = {label: [] for label in labels.values()}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            tag = operation["tags"][0]
            if tag != "api_page":
                found[labels.get(tag, labels[""])].append((method.upper(), path, operation))
    return [(label, operations) for label, operations in found.items() if operations]
