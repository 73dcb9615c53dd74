"""How much each column of the database is protected: its level, by what it tells of whom. `docs/data_levels.md` is printed from this.

What tells of nobody by its type (identifiers, instants, days, numbers, truth values, short codes, hashes of files) is WORKING unless it is
named here; sealed columns are SEALED; every other column is named here, and a test fails for one that is not.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, Numeric, String, Text

from survey.db import UtcDateTime
from survey.registry.sealing import SealedText
from survey.sealing.fields import SealedBytes, SealedJson, SealedString

WORKING, WRITTEN, OFFICE, PERSONAL, SEALED, SECRET = "working", "written", "office", "personal", "sealed", "secret"
LEVELS = (WORKING, WRITTEN, OFFICE, PERSONAL, SEALED, SECRET)
SEALED_TYPES = (SealedString, SealedBytes, SealedJson, SealedText)
PLAIN_TYPES = (UtcDateTime, Date, Boolean, Integer, Numeric, Float)
CODE_SIGNS = 20
"""A shorter text is a word of the program's own, such as a state or a kind."""
PLAIN_ENDINGS = ("_id", "sha256", "md5", "_version", "digest")

NAMED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "answer_notes": {WORKING: "node question", OFFICE: "username"},
        "answer_queries": {WORKING: "node question"},
        "answer_times": {WORKING: "seconds"},
        "api_tokens": {OFFICE: "name", SECRET: "sha256"},
        "assistance": {OFFICE: "giver", WRITTEN: "note"},
        "attachments": {WORKING: "name media_type"},
        "awaited_files": {WORKING: "name"},
        "backups": {WORKING: "name"},
        "book_codes": {WORKING: "name label_zh label_en definition example"},
        "code_books": {WORKING: "question"},
        "codings": {WORKING: "codes text_hash", WRITTEN: "note"},
        "contacts": {OFFICE: "name post organisation email note"},
        "correction_withdrawals": {WRITTEN: "reason"},
        "corrections": {WORKING: "question node", WRITTEN: "reason"},
        "countersignatures": {WRITTEN: "reason"},
        "dataset_requests": {WORKING: "formats", WRITTEN: "purpose"},
        "day_notes": {WRITTEN: "text"},
        "devices": {WORKING: "name", WRITTEN: "revoke_reason"},
        "discrepancy_corrections": {WORKING: "item", WRITTEN: "reason"},
        "draw_openings": {WORKING: "seed", WRITTEN: "early_reason"},
        "draw_replacements": {WRITTEN: "note revert_reason"},
        "draw_units": {PERSONAL: "number", WORKING: "stratum inclusion_household inclusion"},
        "draw_village_replacements": {WRITTEN: "note revert_reason"},
        "draw_villages": {WORKING: "inclusion lines"},
        "draws": {WORKING: "design commitment frame_villages", WRITTEN: "void_reason"},
        "erased_people": {SEALED: "name_hash id_number_hash"},
        "erasure_requests": {WRITTEN: "reason", WORKING: "follow_up"},
        "events": {WORKING: "action subject_type details"},
        "experts": {OFFICE: "name organisation post email availability_note"},
        "expert_areas": {WORKING: "area"},
        "flags": {WORKING: "check question"},
        "handed_events": {WORKING: "action subject_type details"},
        "household_members": {
            PERSONAL: "position sex birth_year relation schooling health work left_on left_reason",
            SEALED: "id_number_hash",
        },
        "households": {PERSONAL: "number kind n_members cause markers group_name latitude longitude"},
        "house_styles": {WORKING: "name"},
        "identifications": {PERSONAL: "kind happened_on", WRITTEN: "note reason"},
        "installation": {WORKING: "organisation short_name"},
        "issue_candidates": {WORKING: "rule title area"},
        "issue_evidence": {WORKING: "question"},
        "issue_files": {WORKING: "name media_type"},
        "issue_replies": {WRITTEN: "body"},
        "issue_steps": {WORKING: "action", WRITTEN: "reason changes details"},
        "issues": {
            WORKING: "number area rule basis",
            WRITTEN: "title titles finding scope_reason recommendation",
            OFFICE: "responsible_body",
        },
        "local_languages": {WORKING: "languages"},
        "look_back_additions": {WRITTEN: "note"},
        "material_files": {WORKING: "name media_type"},
        "material_reminders": {WRITTEN: "note"},
        "material_requests": {WRITTEN: "title details state_reason"},
        "meeting_decisions": {WRITTEN: "body"},
        "meeting_files": {WORKING: "name media_type"},
        "meeting_people": {OFFICE: "name post"},
        "meetings": {WRITTEN: "title venue minutes"},
        "monitoring_points": {WRITTEN: "reason end_reason"},
        "openid_accounts": {OFFICE: "issuer subject told_name"},
        "openid_arrivals": {SECRET: "sealed_token provider_session"},
        "opening_filters": {WORKING: "ready"},
        "pairs": {WORKING: "name"},
        "passkeys": {SECRET: "credential_id public_key", WORKING: "transports device_type extensions usage", OFFICE: "name"},
        "person_pins": {SECRET: "salt sign_key check_bits"},
        "person_profiles": {OFFICE: "languages home_region_code tie_codes experience"},
        "personal_reads": {OFFICE: "user_id read_at page address n_names"},
        "pin_resets": {WRITTEN: "reason"},
        "quarantined_submissions": {WORKING: "files", WRITTEN: "settled_reason"},
        "questionnaire_drafts": {WORKING: "source_name source files"},
        "questionnaire_files": {WORKING: "name media_type"},
        "questionnaire_versions": {WORKING: "version title titles source_name source xform"},
        "recommendations": {WORKING: "area", WRITTEN: "text"},
        "reconciled_answers": {WORKING: "node", WRITTEN: "reason"},
        "recovered_interviews": {WORKING: "files"},
        "regions": {WORKING: "name"},
        "reminder_channels": {OFFICE: "name host", SECRET: "sealed_address sealed_secret"},
        "reminder_preferences": {SECRET: "calendar_sha256"},
        "reminders": {WRITTEN: "subject body", WORKING: "problem"},
        "reply_decisions": {WRITTEN: "answer"},
        "report_batch_drafts": {WORKING: "failure"},
        "report_batches": {WORKING: "kind"},
        "report_texts": {WORKING: "block", WRITTEN: "body"},
        "reports": {WORKING: "kind title dataset_hash parameters subject state_digest"},
        "roster_drafts": {WORKING: "file_name"},
        "saved_filters": {WORKING: "name parameters"},
        "sign_in_failures": {OFFICE: "username"},
        "sign_ins": {OFFICE: "user_id begun_at last_seen_at address agent"},
        "signed_heads": {WORKING: "log public_key signature"},
        "submissions": {PERSONAL: "latitude longitude accuracy_m", WRITTEN: "review_reason"},
        "users": {
            OFFICE: "username email name organisation contact_email region_code place_codes",
            SECRET: "password fs_uniquifier tf_totp_secret tf_last_counter mf_recovery_codes fs_webauthn_user_handle",
        },
        "verifications": {WRITTEN: "task found"},
        "visit_keys": {WORKING: "public_key", SECRET: "private_key"},
        "visit_limits": {WORKING: "values"},
        "visit_retentions": {WRITTEN: "purpose"},
        "visit_tolerances": {WORKING: "exact_names"},
        "visits": {WORKING: "title", WRITTEN: "purpose"},
    }
)
"""The columns of each table whose level does not follow from their type."""


def level_of(column: "Column[Any]") -> str | None:
    """The level of a column; None where nobody has said it yet."""
    named = NAMED.get(column.table.name, {})
    said = next((level for level, names in named.items() if column.name in names.split()), None)
    if said is not None:
        return said
    if isinstance(column.type, SEALED_TYPES):
        return SEALED
    is_code = isinstance(column.type, String) and not isinstance(column.type, Text) and (column.type.length or CODE_SIGNS + 1) <= CODE_SIGNS
    is_plain = isinstance(column.type, PLAIN_TYPES) or column.primary_key or column.foreign_keys or column.name.endswith(PLAIN_ENDINGS)
    return WORKING if is_code or is_plain else None
