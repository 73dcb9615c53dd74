"""The page of the log: the public key that its heads are signed with, and the heads that were given away."""

import json

from flask import Blueprint, Response, render_template, request

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.pages.buttons import EmptyForm
from survey.pages.downloads import download
from survey.proof.heads import fingerprint
from survey.proof.operations import give_head, head_now, own_key
from survey.proof.queries import list_heads, read_size
from survey.protection.page import MANAGERS, render_protection

JSON = "application/json"

blueprint = Blueprint("proof", __name__, url_prefix="/protection")


def _key_values() -> dict[str, str | None]:
    key = own_key(current_session())
    return {"key": key, "key_fingerprint": fingerprint(key) if key else ""}


@blueprint.get("/key")
@requires()
def key() -> str:
    """The public key, for everybody who was handed a report."""
    return render_template("proof/key.html", **_key_values())


@blueprint.get("")
@requires(*MANAGERS)
def index() -> str:
    """The log's head, and the heads that were given away."""
    session = current_session()
    page, heads = list_heads(session, request.args.get("page", 1, int))
    return render_protection(
        "proof/index.html",
        **_key_values(),
        size=read_size(session),
        head=head_now(session),
        page=page,
        heads=heads,
        fingerprint=fingerprint,
        form=EmptyForm(),
    )


@blueprint.post("/head")
@requires(*MANAGERS)
def head() -> Response:
    """The signed head of the log as a file to be kept elsewhere."""
    signed = give_head(current_session(), utc_now())
    return download((json.dumps(signed.record(), indent=1) + "\n").encode(), f"log-head-{signed.number}.json", JSON)
