"""How an interview went by its own log: when, how long, with what pauses, and how long each question was in hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from questionnaires.audit_log import AUDIT_FILE, AnswerTime, Course, Place, read_audit_log, read_course, split_node, time_answers
from survey.intake.models import Submission
from survey.storage import Storage

N_SLOWEST = 5


@dataclass(frozen=True, slots=True)
class Timing:
    """What the log of one interview says; `course` is None when there is none, or when it cannot be read."""

    course: Course | None = None
    times: Mapping[Place, AnswerTime] = field(default_factory=dict)

    def at(self, node: str) -> AnswerTime | None:
        """How long the question at a node was in hand, None when the log does not name it."""
        return self.times.get(split_node(node))

    def slowest(self) -> tuple[tuple[str, AnswerTime], ...]:
        """The names of the questions that took longest, with their times, the longest first."""
        ordered = sorted(self.times.items(), key=lambda each: -each[1].seconds)
        return tuple((path.rpartition("/")[2], time) for (path, _), time in ordered[:N_SLOWEST])


def read_timing(submission: Submission, storage: Storage) -> Timing:
    """What the submission's log says; its attachments must be loaded."""
    log = next((each for each in submission.attachments if each.name == AUDIT_FILE), None)
    if log is None or not storage.exists(log.sha256):
        return Timing()
    events = read_audit_log(storage.get(log.sha256))
    return Timing(read_course(events), time_answers(events))


def as_clock(seconds: float) -> str:
    """Seconds as minutes and seconds, "1:05", and with hours from the first hour on, "1:02:05"."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
