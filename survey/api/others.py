"""What else programs talk to: sending interviews (OpenRosa), the tablet's own addresses, handing over, OData. As data; the paths themselves
are those of the application, so that none is described that is not there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import current_app
from werkzeug.routing import Rule

from survey.api.words import PARTS, described
from survey.rights.table import RIGHT_OF

OTHERS = {
    "openrosa": {
        "form_list": described("The forms that may be downloaded (OpenRosa Form List)"),
        "form": described("The XForm of one version"),
        "manifest": described("The files of one version with hashes and addresses (OpenRosa Manifest)"),
        "file": described("One file of a version; households.csv is that of the person who asks"),
        "probe": described("Whether the person may submit, and where to"),
        "submission": described("Send an interview with its files (OpenRosa Form Submission)"),
    },
    "uploads": {
        "offset": described("How much of a file has arrived"),
        "piece": described("The next piece of a file"),
        "receipt": described("What of an interview is stored"),
    },
    "tablet": {
        "home": described("The tablet's page"),
        "form_page": described("The page of a form"),
        "plan": described("The plan that a form's page works by"),
        "lists": described("The lists of choices of a form"),
        "form_file": described("One file of a form"),
        "session_facts": described("What a form may know of who fills it in"),
        "submission": described("An interview that came back for correction"),
        "submission_file": described("One file of an interview that came back"),
    },
    "tablet_package": {
        "worker": described("The script that keeps the tablet working without a network"),
        "manifest": described("What a browser needs to install the tablet's page"),
        "package": described("Everything that a tablet takes along"),
        "tasks": described("What the person's pairs are to do"),
        "background": described("What is known of a village"),
    },
    "tablet_devices": {
        "register": described("Register a tablet"),
        "pin": described("Set the PIN"),
        "recovery": described("Open a tablet whose PIN is forgotten"),
    },
    "tablet_outcomes": {"receive": described("Households without an interview, as tablets tell of them")},
    "tablet_look_back": {
        "issues": described("The issues that a look-back takes along"),
        "receive": described("What a look-back found of issues"),
        "picture": described("A picture of what a look-back found"),
    },
    "handover": {
        "about": described("What the server understands"),
        "match": described("Which rows are here already"),
        "rows": described("Hand rows over"),
        "missing_files": described("Which files are missing"),
        "erased": described("Tell who was erased"),
        "file": described("Hand a file over"),
    },
    "odata": {
        "service": described("OData: the entity sets of all visits, and the services of each visit"),
        "metadata": described("OData: what the entity sets hold"),
        "entities": described("OData: the entities of a set"),
        "count": described("OData: how many entities a set has"),
        "visit_service": described("OData: the entity sets of one visit"),
        "visit_metadata": described("OData: what the entity sets of one visit hold"),
        "visit_entities": described("OData: the entities of a set of one visit"),
        "visit_count": described("OData: how many entities a set of one visit has"),
    },
    "api_page": {
        "page": described("This description as a page"),
        "description": described("This description by OpenAPI 3.1"),
    },
}
"""The summary of each view, by blueprint."""
SECURITY: Mapping[str, list[dict[str, list[str]]]] = {
    "openrosa": [{"basic": []}, {"token": []}, {"cookie": []}],
    "uploads": [{"basic": []}, {"token": []}, {"cookie": []}],
    "handover": [{"token": []}],
    "odata": [{"basic": []}, {"token": []}, {"cookie": []}],
}
"""How one comes in; by the cookie of a browser that is signed in where nothing is said."""
FORM = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "required": ["xml_submission_file"],
            "properties": {
                "xml_submission_file": {"type": "string", "format": "binary", "description": described("The interview as XML.")},
                "assignment_id": {"type": "string"},
                "device_id": {"type": "string"},
            },
            "additionalProperties": {"type": "string", "format": "binary"},
        }
    }
}
BODIES = {
    "openrosa.submission": FORM,
    **dict.fromkeys(
        ("handover.match", "handover.rows", "handover.missing_files", "handover.erased"),
        {"application/json": {"schema": {"type": "object"}}},
    ),
    **dict.fromkeys(
        ("uploads.piece", "handover.file", "tablet_look_back.picture"),
        {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    ),
    **dict.fromkeys(
        ("tablet_devices.register", "tablet_devices.pin", "tablet_devices.recovery", "tablet_outcomes.receive", "tablet_look_back.receive"),
        {"application/json": {"schema": {}}},
    ),
}
STATUSES = (
    "200",
    "201",
    "202",
    "204",
    "302",
    "304",
    "400",
    "401",
    "403",
    "404",
    "405",
    "409",
    "410",
    "411",
    "413",
    "415",
    "422",
    "429",
    "503",
)
REFUSED = described("Refused; what is wrong stands in the answer.")
GIVEN = described("What was asked for, or that it is done.")


def described_otherwise() -> dict[str, dict[str, Any]]:
    """By path, the operations of these views, with the methods that the application takes."""
    found: dict[str, dict[str, Any]] = {}
    for rule in _rules():
        blueprint, _, view = rule.endpoint.partition(".")
        path = "".join(f"{{{part.lstrip('|')}}}" if is_dynamic else part.lstrip("|") for is_dynamic, part in rule._trace)
        for method in sorted((rule.methods or set()) - {"OPTIONS"} - ({"HEAD"} if "GET" in (rule.methods or ()) else set())):
            found.setdefault(path, {})[method.lower()] = _operation(rule, blueprint, view)
    return found


def _rules() -> Iterator[Rule]:
    for rule in current_app.url_map.iter_rules():
        blueprint, _, view = rule.endpoint.partition(".")
        if view in OTHERS.get(blueprint, {}):
            yield rule


def _operation(rule: Rule, blueprint: str, view: str) -> dict[str, Any]:
    who = RIGHT_OF[rule.endpoint].who
    told: dict[str, Any] = {
        "operationId": f"{blueprint}_{view}",
        "tags": [blueprint],
        "summary": OTHERS[blueprint][view],
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": PARTS.get(name, ""),
                "schema": {"type": "string", "minLength": 1},
            }
            for name in sorted(rule.arguments)
        ],
        "responses": {status: {"description": GIVEN if status < "400" else REFUSED} for status in STATUSES},
        "security": [] if who.is_public else SECURITY.get(blueprint, [{"cookie": []}]),
    }
    if rule.endpoint in BODIES:
        told["requestBody"] = {"required": True, "content": BODIES[rule.endpoint]}
    return told
