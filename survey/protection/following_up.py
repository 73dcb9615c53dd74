"""What erasing itself does not reach, and the state of each: drafts that name the person, datasets that were handed out, and backups."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.backup.models import Backup
from survey.events import Event, log_event
from survey.protection.drafts import TakenOut
from survey.protection.held import Held
from survey.protection.models import ErasureRequest
from survey.reports.models import Report
from survey.visits.models import Visit

REPORT, DATASET = "report", "dataset"


@dataclass(frozen=True, slots=True)
class NamingReport:
    """One draft that names the person or did, and whether the program took them out."""

    report: Report
    done_at: str | None
    is_taken_out: bool


@dataclass(frozen=True, slots=True)
class HandedDataset:
    """One dataset that was handed out, whom the letter goes to, and of which visit."""

    event: Event
    receiver: str
    visit_title: str
    done_at: str | None

    @property
    def is_full(self) -> bool:
        """Whether people's rows can be told apart in it: a de-identified one has no key that leads back."""
        return self.event.details.get("contents") == "full"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The state of everything that an erasure did not reach by itself."""

    reports: tuple[NamingReport, ...]
    datasets: tuple[HandedDataset, ...]
    last_backup_at: datetime | None
    """Of the newest backup after the erasure, which holds the list of erased people; earlier ones are restored with that list."""

    @property
    def n_open(self) -> int:
        """How many drafts and full datasets nobody has seen to."""
        return sum(each.done_at is None for each in self.reports) + sum(each.done_at is None for each in self.datasets)


def to_follow_up(held: Held, drafts: TakenOut, now: datetime) -> list[dict[str, Any]]:
    """The drafts that name the person still, those that did and do no longer, and the full datasets of the household's visits."""
    datasets = [each for each in held.datasets if each.details.get("contents") == "full"]
    return [
        *({"kind": REPORT, "id": each, "done_at": None} for each in drafts.left),
        *({"kind": REPORT, "id": each, "done_at": now.isoformat(), "taken_out": True} for each in drafts.changed),
        *({"kind": DATASET, "id": each.number, "done_at": None} for each in datasets),
    ]


def read_follow_up(session: Session, request: ErasureRequest) -> FollowUp:
    """The state of what there is to see to; a fixed number of statements."""
    done = {(each["kind"], str(each["id"])): each["done_at"] for each in request.follow_up}
    taken_out = {each["id"] for each in request.follow_up if each.get("taken_out")}
    reports = session.scalars(
        select(Report).where(Report.id.in_([key for kind, key in done if kind == REPORT])).order_by(Report.created_at)
    )
    events = (
        select(Event, User.name, Visit.title)
        .outerjoin(User, User.id == Event.actor_id)
        .outerjoin(Visit, Visit.id == Event.subject_id)
        .where(Event.number.in_([int(key) for kind, key in done if kind == DATASET]))
        .order_by(Event.number)
    )
    since = select(func.max(Backup.taken_at)).where(Backup.taken_at > request.decided_at)
    return FollowUp(
        reports=tuple(NamingReport(each, done[REPORT, each.id], each.id in taken_out) for each in reports),
        datasets=tuple(
            HandedDataset(event, name or "", title or event.subject_id, done[DATASET, str(event.number)])
            for event, name, title in session.execute(events)
        ),
        last_backup_at=session.scalar(since),
    )


def mark_done(session: Session, actor: User, request: ErasureRequest, kind: str, key: str, now: datetime) -> None:
    """Nothing; somebody saw to one thing of the request. NOT_FOUND for one that it does not name."""
    if not any(each["kind"] == kind and str(each["id"]) == key for each in request.follow_up):
        raise SurveyError(ErrorCode.NOT_FOUND, what="Thing to see to", key=key, remedy="Open it from the request's page.")
    request.follow_up = [
        {**each, "done_at": now.isoformat()} if each["kind"] == kind and str(each["id"]) == key else each for each in request.follow_up
    ]
    session.flush()
    log_event(session, actor.id, f"erasure.{kind}_seen_to", "erasure_request", request.id, now, of=key)
