"""What is held of a household or one of its members as a file for them: `data.json` with everything, and the files of its interviews."""

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from survey.db import Base
from survey.intake.media import found_in
from survey.protection.held import Found, read_held
from survey.registry.models import HouseholdMember
from survey.registry.sealing import Vault
from survey.storage import Storage

HIDDEN = frozenset(("id_number", "id_number_hash", "xml", "password", "findings", "interview"))
"""Columns that are sealed, said elsewhere in words, or nobody's business."""


def person_file(session: Session, storage: Storage, found: Found, vault: Vault, now: datetime) -> bytes:
    """The .zip; a member's has the rows of the whole household, because interviews were held with it together.

    A file that is missing in storage, or in which a virus was found, is named in `data.json` all the same.
    """
    held = read_held(session, found.household)
    whole = [each for each in held.attachments if not found_in(each.media_type) and storage.exists(each.sha256)]
    kept = [(each, f"files/{each.instance_id.replace(':', '_')}/{each.name}") for each in whole]
    places = {each.id: place for each, place in kept}
    document = {
        "made_at": now.isoformat(),
        "asked_for": found.member.name if found.member else found.household.head_name,
        "household": _row(found.household),
        "members": [_row(each) | {"id_number": _number(each, vault)} for each in held.members],
        "register": [_row(each) for each in held.identifications],
        "interviews": [
            {
                **_row(each),
                "questionnaire": each.questionnaire.title,
                "files": [{**_row(file), "place": places.get(file.id)} for file in each.attachments],
            }
            for each in held.submissions
        ],
        "notes": [_row(each) for each in held.notes],
        "corrections": [_row(each) for each in held.corrections],
        "reconciled": [_row(each) for each in held.reconciliations],
        "not_interviewed": [_row(each) for each in (*held.outcomes, *held.found_by_issues)],
        "evidence_of_issues": [_row(each) for each in held.evidence],
        "refused_interviews": [_row(each) for each in held.quarantined],
        "unfinished_interviews": [_row(each) for each in held.recovered],
        "reports_of_these_visits": [{"title": each.title, "date": each.reported_on.isoformat()} for each in held.reports],
        "datasets_handed_out": [{"at": each.happened_at.isoformat(), "contents": each.details.get("contents")} for each in held.datasets],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(document, ensure_ascii=False, indent=1, default=_plain))
        for each, place in kept:
            archive.writestr(place, storage.get(each.sha256))
    return buffer.getvalue()


def _row(row: Base) -> dict[str, Any]:
    """The loaded columns of a row by name."""
    state: Any = inspect(row)
    return {each.key: getattr(row, each.key) for each in state.mapper.column_attrs if each.key not in HIDDEN | state.unloaded}


def _number(member: HouseholdMember, vault: Vault) -> str:
    return vault.open(member.id_number) if member.id_number is not None else ""


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
