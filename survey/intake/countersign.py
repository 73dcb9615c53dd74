"""What a tablet sends of the second interviewer beside a filled form: a signature with its proof, or why there is none; and changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.devices.queries import find_signer, is_proven
from survey.field_time import parse_instant
from survey.intake.context import Place
from survey.intake.flags import RaisedFlag, raise_flag_of

MAX_CHANGES = 2000
MAX_REASON_LENGTH = 2000
MAX_VALUE_LENGTH = 4000
MAX_NODE_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that the second amended; `old` and `new` as the form's XML writes them, "" for none."""

    node: str
    old: str
    new: str
    at: str


@dataclass(frozen=True, slots=True)
class Countersign:
    """What came of the second; `username` and `signed_at` are "" without a signature. `signed_at` is as the tablet wrote it."""

    username: str = ""
    signed_at: str = ""
    proof: str = ""
    reason: str = ""
    changes: tuple[Change, ...] = ()

    def record(self) -> dict[str, Any]:
        """The same as JSON values, as the quarantine keeps it and `read_countersign` takes it again."""
        return {
            "username": self.username,
            "signed_at": self.signed_at,
            "proof": self.proof,
            "reason": self.reason,
            "changes": change_records(self.changes),
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """What intake makes of it: the columns of `Countersignature` beside the instance id, and the doubts."""

    values: Mapping[str, Any]
    flags: tuple[RaisedFlag, ...]


def change_records(changes: tuple[Change, ...]) -> list[dict[str, str]]:
    """The changes as JSON values."""
    return [{"node": each.node, "old": each.old, "new": each.new, "at": each.at} for each in changes]


def read_countersign(text: str | Mapping[str, Any] | None) -> Countersign | None:
    """What came of the second, None when the client sends nothing of the kind.

    What cannot be read counts as a signature without proof: no interview is refused because of it, and nobody overlooks it.
    """
    if not text:
        return None
    if isinstance(text, str):
        try:
            facts = json.loads(text)
        except (ValueError, RecursionError):
            return Countersign()
    else:
        facts = text
    if not isinstance(facts, Mapping):
        return Countersign()
    changes = facts.get("changes")
    return Countersign(
        username=_text(facts, "username", 64),
        signed_at=_text(facts, "signed_at", 64),
        proof=_text(facts, "proof", 64),
        reason=_text(facts, "reason", MAX_REASON_LENGTH),
        changes=tuple(_change(each) for each in changes[:MAX_CHANGES] if isinstance(each, Mapping)) if isinstance(changes, list) else (),
    )


def _change(facts: Mapping[str, Any]) -> Change:
    return Change(
        node=_text(facts, "node", MAX_NODE_LENGTH),
        old=_text(facts, "old", MAX_VALUE_LENGTH),
        new=_text(facts, "new", MAX_VALUE_LENGTH),
        at=_text(facts, "at", 64),
    )


def _text(facts: Mapping[str, Any], name: str, limit: int) -> str:
    value = facts.get(name)
    return value.strip()[:limit] if isinstance(value, str) else ""


def judge_countersign(
    session: Session, told: Countersign, sender: User | None, place: Place, *, instance_id: str, xml_sha256: str
) -> Judged:
    """The signature as it is kept, and the doubt if there is none or it is not proven.

    It is proven when the other one of the pair (anybody but the sender, where no pair is known) made it with their PIN.
    """
    changes = change_records(told.changes)
    if told.reason and not told.proof:
        flags = (raise_flag_of("not_countersigned", "", told.reason),)
        return Judged({"reason": told.reason, "changes": changes, "is_verified": False}, flags)
    signer_id, sign_key = find_signer(session, told.username) if told.username else (None, None)
    pair = {user_id for user_id in (place.lead_id, place.second_id) if user_id}
    is_other = signer_id is not None and (sender is None or signer_id != sender.id)
    is_of_pair = not (place.lead_id and place.second_id) or signer_id in pair
    is_verified = bool(
        signer_id
        and is_other
        and is_of_pair
        and sign_key
        and is_proven(sign_key, instance_id=instance_id, xml_sha256=xml_sha256, signed_at=told.signed_at, proof=told.proof)
    )
    values = {"user_id": signer_id, "signed_at": parse_instant(told.signed_at), "is_verified": is_verified, "changes": changes}
    return Judged(values, () if is_verified else (raise_flag_of("countersign_unproven", "", told.username),))
