"""What a tablet fetches to be independent of the network: the worker that keeps the app, and the person's package."""

import json
from base64 import b64encode
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session

from survey.accounts.access import requires
from survey.db import current_session, utc_now
from survey.devices.queries import VisitPerson, people_of_visits, visit_public_keys
from survey.protection.reading import note_names
from survey.tablet.answering import ASK_AGAIN, KEEP_NEVER, answer_document, private_json
from survey.tablet.app_page import worker_document
from survey.tablet.form_documents import form_assets
from survey.tablet.package import FormKey, Luggage, background_documents, look_back_document, pack, tasks_document
from survey.tablet.queries import list_newest_versions
from survey.tablet.views import SENDERS

MAX_DRAFT_FORMS = 50

blueprint = Blueprint("tablet_package", __name__, url_prefix="/tablet")


@blueprint.get("/worker.js")
def worker() -> Response:
    """The service worker of the app; open to all, so that an expired sign-in keeps nobody from a repaired version."""
    return answer_document(worker_document(), "text/javascript; charset=utf-8", ASK_AGAIN)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """What a device needs to install the app under its name and picture."""
    icons = [
        {"src": url_for("static", filename=f"img/{name}"), "sizes": sizes, "type": kind, "purpose": purpose}
        for name, sizes, kind, purpose in (
            ("mark.svg", "any", "image/svg+xml", "any"),
            ("app-192.png", "192x192", "image/png", "any"),
            ("app-512.png", "512x512", "image/png", "any"),
            ("app-maskable-512.png", "512x512", "image/png", "maskable"),
        )
    ]
    home = url_for("tablet.home")
    facts = {
        "id": home,
        "name": "监督调研 Supervision Survey",
        "short_name": "监督调研",
        "lang": "zh",
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#f1f4f6",
        "theme_color": "#17466f",
        "icons": icons,
    }
    return Response(json.dumps(facts, ensure_ascii=False), content_type="application/manifest+json; charset=utf-8")


@blueprint.get("/package.json")
@requires(*SENDERS)
def package() -> Response:
    """What the package holds now: every part with its address, tag and size. `drafts` names forms of drafts, as [[form id, version], …]."""
    session = current_session()
    luggage = pack(session, current_user, _draft_forms())
    tasks, issues = tasks_document(luggage), look_back_document(session, luggage.tasks, luggage.visits)
    assets = [asset for version in luggage.versions.values() for asset in form_assets(version)]
    return private_json(
        {
            "made_at": utc_now().isoformat(),
            "person": {
                "username": current_user.username,
                "name": current_user.name,
                "roles": sorted(role.name for role in current_user.roles),
            },
            "visits": _visit_facts(session, luggage),
            "tasks_url": url_for(".tasks"),
            "tasks_tag": tasks.tag,
            "tasks_n_bytes": len(tasks.compressed),
            "n_tasks": len(luggage.tasks),
            "issues_url": url_for("tablet_look_back.issues"),
            "issues_tag": issues.tag,
            "issues_n_bytes": len(issues.compressed),
            "background": [
                {"village_code": code, "url": url_for(".background", village_code=code), "tag": each.tag, "n_bytes": len(each.compressed)}
                for code, each in background_documents(luggage).items()
            ],
            "assets": [{"url": asset.url, "tag": asset.tag, "n_bytes": asset.n_bytes} for asset in assets],
            "practice": [
                {
                    "form_id": each.form_id,
                    "form_version": each.version,
                    "titles": each.titles,
                    "title": each.title,
                    "n_questions": each.n_questions,
                }
                for each in list_newest_versions(session)
            ],
        }
    )


@blueprint.get("/tasks.json")
@requires(*SENDERS)
def tasks() -> Response:
    """The assignments of the signed-in person in open visits."""
    luggage = pack(current_session(), current_user)
    note_names(len(luggage.tasks))
    return answer_document(tasks_document(luggage), "application/json", KEEP_NEVER)


@blueprint.get("/background/<village_code>.json")
@requires(*SENDERS)
def background(village_code: str) -> Response:
    """What is known from before of the households of one village that are assigned to the signed-in person."""
    found = background_documents(pack(current_session(), current_user)).get(village_code)
    if found is None:
        abort(404)
    return answer_document(found, "application/json", KEEP_NEVER)


def _draft_forms() -> tuple[FormKey, ...]:
    """The forms that the request names; what is no such list names none."""
    try:
        named = json.loads(request.args.get("drafts", "[]"))
        return tuple((str(form_id), str(version)) for form_id, version in named[:MAX_DRAFT_FORMS])
    except (ValueError, TypeError, RecursionError):
        return ()


def _visit_facts(session: Session, luggage: Luggage) -> list[dict[str, Any]]:
    ids = [visit.id for visit in luggage.visits]
    people, keys = people_of_visits(session, ids), visit_public_keys(session, ids)
    return [
        {
            "id": visit.id,
            "title": visit.title,
            "starts_on": visit.starts_on.isoformat(),
            "ends_on": visit.ends_on.isoformat(),
            "records": visit.records,
            "public_key": b64encode(keys[visit.id]).decode() if visit.id in keys else None,
            "people": [_person_facts(each) for each in people[visit.id]],
            "forms": [
                {"form_id": form.form_id, "form_version": form.version, "titles": form.titles, "title": form.title} for form in visit.forms
            ],
        }
        for visit in luggage.visits
    ]


def _person_facts(person: VisitPerson) -> dict[str, Any]:
    pin = person.pin
    return {
        "username": person.username,
        "name": person.name,
        "pin": {"salt": b64encode(pin.salt).decode(), "rounds": pin.rounds, "check": pin.check} if pin else None,
    }
