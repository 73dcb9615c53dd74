"""Making a visit's dataset from its bundle brought up to date, and the one write: that somebody took it, what, and what for."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.exports.archive import ExportArchive, ExportRequest, make_archive
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.bundles.of_visits import fresh_bundle
from survey.events import log_event

FULL_ROLES = ("admin", "coordinator")
"""Who may take a dataset that tells who people are."""
MAX_PURPOSE_LENGTH = 500
TAKEN = "dataset.exported"


@dataclass(frozen=True, slots=True)
class Dataset:
    """A visit's dataset as a .zip, with what it was made from: `dataset_hash` is the hash of the bundle's manifest."""

    request: ExportRequest
    made: ExportArchive
    file_name: str
    dataset_hash: str


def make_dataset(session: Session, actor: User, request: ExportRequest, purpose: str) -> Dataset:
    """The dataset that is asked for; writes nothing to the database.

    NOT_ALLOWED for a full one by somebody who may not, INVALID_VALUE without a purpose for it, EMPTY_DATASET when nothing was accepted.
    """
    check_allowed(actor, request, purpose)
    with fresh_bundle(session, request.visit_id) as (path, exported):
        bundle = read_bundle(path)
    made = make_archive(bundle, request)
    contents = "full" if request.is_full else "deidentified"
    return Dataset(request, made, f"{request.visit_id}-{contents}-{request.language}.zip", exported.manifest["hash"])


def check_allowed(actor: User, request: ExportRequest, purpose: str) -> None:
    """Raise unless the person may have what is asked for and, for a full dataset, says what for."""
    if not request.is_full:
        return
    if not any(actor.has_role(role) for role in FULL_ROLES):
        remedy = "Take the de-identified one, or ask a coordinator."
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.username, action="take a full dataset", remedy=remedy)
    if not purpose.strip() or len(purpose) > MAX_PURPOSE_LENGTH:
        detail = f"say what the full dataset is for, in at most {MAX_PURPOSE_LENGTH} signs; it is kept in the log"
        told = f"请说明完整数据的用途，不超过{MAX_PURPOSE_LENGTH}字；用途会记入日志"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="purpose", detail=detail, detail_zh=told)


def log_taken(session: Session, actor: User, dataset: Dataset, purpose: str, now: datetime) -> None:
    """Nothing; the log tells who took which dataset, with how many rows, and what for."""
    request, disclosure = dataset.request, dataset.made.disclosure
    log_event(
        session,
        actor.id,
        TAKEN,
        "dataset",
        request.visit_id,
        now,
        contents="full" if request.is_full else "deidentified",
        language=request.language,
        formats=list(request.formats),
        k=None if disclosure is None else disclosure.safety.k,
        n_smallest=None if disclosure is None else disclosure.n_smallest,
        risk_share=None if disclosure is None else round(disclosure.mean_risk, 4),
        n_rows=sum(dataset.made.n_rows.values()),
        purpose=purpose.strip(),
        dataset_hash=dataset.dataset_hash,
        sha256=hashlib.sha256(dataset.made.content).hexdigest(),
    )
