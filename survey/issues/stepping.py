"""Every change of an issue goes through here: what it needs is checked, the step is written into its history, and one event is logged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError, not_one_of
from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.events import log_event
from survey.field_time import field_date
from survey.issues.identifying import FIELD_LABELS, TEXTS, identifying_parts, identifying_text
from survey.issues.identifying_queries import identifying_in
from survey.issues.life import ACTION_OF_NAME, ATTRIBUTIONS, EDITORS, HANDED_OVER, LEVELS, NEEDS, SCOPES, Facts, is_above, missing_for
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence, IssueReply, IssueStep, Verification
from survey.issues.words import SEVERITIES

FILLED = ("recommendation", "responsible_body", "due_on", "attribution", "scope")
"""The fields that actions may need."""
EDITED = ("title", "finding", "area", "level", "severity", "responsible_code", "scope_reason", "basis", *FILLED)
"""The fields that are edited; the others follow from actions."""
MAX_REASON_LENGTH = 2000
MAX_TITLE_LENGTH = 200
_WORDS: Mapping[str, tuple[str | None, ...]] = {
    "area": tuple(AREAS),
    "level": LEVELS,
    "severity": SEVERITIES,
    "attribution": (*ATTRIBUTIONS, None),
    "scope": (*SCOPES, None),
}
"""The words that a field may hold."""
DECIDED = ("report", "report_again", "not_fix", "close", "reopen")
"""What a look-back has to come after: the report, and what was decided from an earlier look-back."""
_TO_REPORT = frozenset((*ACTION_OF_NAME["report"].sources, *ACTION_OF_NAME["report_again"].sources))
_STAMPS = {
    "verify": "verified_at",
    "verify_partly": "verified_at",
    "report": "reported_at",
    "report_again": "reported_at",
    "close": "closed_at",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody brings along with an action: why, new values of `EDITED` fields, the level to escalate to, the issue to merge into."""

    reason: str = ""
    values: Mapping[str, Any] | None = None
    higher: str = ""
    merged_into: Issue | None = None


NOTHING = Change()


def facts_of(session: Session, issue: Issue, now: datetime, change: Change = NOTHING) -> Facts:
    """What is known of the issue now, with what the change would bring."""
    values = {name: getattr(issue, name) for name in FILLED} | dict(change.values or {})
    given = {name for name, is_there in (("reason", change.reason.strip()), ("higher", _is_higher(issue, change))) if is_there}
    if change.merged_into is not None and _can_take(issue, change.merged_into):
        given.add("merged_into")
    raised = _last(session, issue, ("raise", "reconsider"))
    reported = _last(session, issue, ("report", "report_again"))
    decided = _last(session, issue, DECIDED)
    return Facts(
        state=issue.state,
        level=issue.level,
        is_due_past=values["due_on"] is not None and values["due_on"] < field_date(now),
        results=frozenset(session.scalars(_results_since(issue, raised))),
        has_reply=reported is not None and _is_any(session, IssueReply.issue_id == issue.id, IssueReply.replied_at >= reported),
        is_looked_back=decided is not None
        and _is_any(
            session, HouseholdOutcome.issue_id == issue.id, func.coalesce(HouseholdOutcome.known_at, HouseholdOutcome.found_at) >= decided
        ),
        has_open_withdrawal=_is_any(session, IssueEvidence.issue_id == issue.id, IssueEvidence.is_undecided()),
        identifying=identifying_in(session, issue, _texts(change.values or {})) if issue.state in _TO_REPORT else (),
        filled=frozenset(name for name in FILLED if values[name] not in (None, "")),
        given=frozenset(given),
    )


def act(session: Session, actor: User, issue: Issue, name: str, now: datetime, *, seen: int, change: Change = NOTHING) -> IssueStep:
    """The step that this action is; the issue is in its new state.

    `seen` is the number of the last step that the person saw. Raises STALE when somebody was faster, INVALID_TRANSITION for an action
    that does not start from the issue's state, NOT_ALLOWED for one of another role, and INVALID_VALUE with all that is missing.
    """
    action = ACTION_OF_NAME.get(name)
    if action is None:
        raise not_one_of("action", name, ACTION_OF_NAME)
    check_seen(session, issue, seen)
    check_editor(actor, "move issues on", action.roles)
    if issue.state not in action.sources:
        raise SurveyError(
            ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="moved on in this way"
        )
    changes = _new_values(issue, change.values or {}, now)
    _check_texts(session, issue, changes)
    facts = facts_of(session, issue, now, change)
    if missing := missing_for(action, facts):
        words = "; ".join(str(NEEDS[need]) for need in missing)
        if "nothing_identifying" in missing:
            words += f" ({identifying_parts(facts.identifying)})"
        raise SurveyError(ErrorCode.MISSING_FOR_STEP, number=issue.number, action=name, missing=words)
    if action.target == "reported" and not changes.get("responsible_code", [None, issue.responsible_code])[1]:
        changes["responsible_code"] = [issue.responsible_code, issue.county_code.ljust(12, "0")]  # somebody has to see it
    before = issue.state
    _apply(issue, changes)
    if action.target is not None:
        issue.state, issue.state_since = action.target, now
    if stamp := _STAMPS.get(name):
        setattr(issue, stamp, now)
    if name == "reopen":
        issue.closed_at = None
    if name == "escalate":
        changes["escalated_to"] = [issue.escalated_to, change.higher]
        issue.escalated_to = change.higher
    if name == "merge":
        _hand_evidence(session, actor, issue, change, now)
    return take_step(session, actor, issue, name, now, before=before, reason=change.reason, changes=changes)


def edit_issue(
    session: Session, actor: User, issue: Issue, values: Mapping[str, Any], now: datetime, *, seen: int, reason: str = ""
) -> bool:
    """Whether anything changed; each changed field is in the step.

    Raises STALE and NOT_ALLOWED as `act` does, INVALID_TRANSITION for an issue that was refuted or merged, and INVALID_VALUE for emptying
    what an issue must have that was handed over.
    """
    check_seen(session, issue, seen)
    check_editor(actor, "edit an issue")
    if issue.state in ("refuted", "merged"):
        raise SurveyError(ErrorCode.INVALID_TRANSITION, what=issue.number, state=issue.state.replace("_", " "), action="edited")
    changes = _new_values(issue, values, now)
    if not changes:
        return False
    _check_texts(session, issue, changes)
    _apply(issue, changes)
    take_step(session, actor, issue, "edit", now, reason=reason, changes=changes)
    return True


def take_step(
    session: Session,
    actor: User | None,
    issue: Issue,
    action: str,
    now: datetime,
    *,
    before: str | None = None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
    **details: Any,
) -> IssueStep:
    """The next step of the issue's history, and its event. Two steps with one number cannot be: the database refuses the later one."""
    session.flush()
    issue.n_steps = _n_steps(session, issue) + 1
    step = IssueStep(
        issue_id=issue.id,
        number=issue.n_steps,
        action=action,
        from_state=before if before is not None else issue.state,
        to_state=issue.state,
        reason=reason.strip()[:MAX_REASON_LENGTH],
        changes={name: [_told(value) for value in pair] for name, pair in (changes or {}).items()},
        details=details,
        taken_at=now,
        taken_by_id=actor.id if actor else None,
    )
    session.add(step)
    session.flush()
    told = {"number": issue.number, "step": step.number, "state": issue.state, "fields": sorted(step.changes), **details}
    log_event(session, actor.id if actor else None, f"issue.{action}", "issue", issue.id, now, **told)
    return step


def check_seen(session: Session, issue: Issue, seen: int) -> None:
    """Raise STALE when the issue has a step that the person has not seen; until the transaction ends nobody else takes one."""
    n_steps = _n_steps(session, issue)
    if seen != n_steps:
        raise SurveyError(ErrorCode.STALE, what=issue.number, n_steps=n_steps - seen)


def hold_issue(session: Session, issue: Issue) -> None:
    """Read the issue as it is now; until the transaction ends nobody else takes a step. For what is done without having seen each step."""
    # Of the issue only: what it was read with may be joined to it, and PostgreSQL holds no row that may be none.
    session.refresh(issue, with_for_update={"of": Issue})


def check_editor(actor: User, action: str, roles: Iterable[str] = EDITORS) -> None:
    """Raise NOT_ALLOWED unless the person has one of the roles."""
    if not any(actor.has_role(role) for role in roles):
        raise SurveyError(ErrorCode.NOT_ALLOWED, who=actor.name, action=action, remedy="Ask a coordinator.")


def _n_steps(session: Session, issue: Issue) -> int:
    """How many steps the issue has by now, whatever was read before; holds the issue until the transaction ends."""
    return session.scalar(select(Issue.n_steps).where(Issue.id == issue.id).with_for_update()) or 0


def _results_since(issue: Issue, raised: datetime | None) -> Any:
    found = select(Verification.result).where(
        Verification.issue_id == issue.id, Verification.done_at.is_not(None), Verification.assigned_to_id != issue.author_id
    )
    return found if raised is None else found.where(Verification.done_at >= raised)


def _last(session: Session, issue: Issue, actions: tuple[str, ...]) -> datetime | None:
    statement = select(func.max(IssueStep.taken_at)).where(IssueStep.issue_id == issue.id, IssueStep.action.in_(actions))
    return session.scalar(statement)


def _is_any(session: Session, *conditions: Any) -> bool:
    return bool(session.scalar(select(select(1).where(*conditions).exists())))


def _is_higher(issue: Issue, change: Change) -> bool:
    return change.higher in LEVELS and is_above(change.higher, issue.escalated_to or issue.level)


def _can_take(issue: Issue, other: Issue) -> bool:
    return other.id != issue.id and other.county_code == issue.county_code and other.state not in ("refuted", "merged")


def _new_values(issue: Issue, values: Mapping[str, Any], now: datetime) -> dict[str, list[Any]]:
    """[before, after] of each field that would change."""
    unknown = sorted(set(values) - set(EDITED))
    if unknown:
        raise SurveyError(ErrorCode.INVALID_VALUE, field=unknown[0], detail="it cannot be edited")
    changes = {name: [getattr(issue, name), value] for name, value in values.items() if getattr(issue, name) != value}
    emptied = [name for name in FILLED if name in changes and changes[name][1] in (None, "")]
    if emptied and issue.state in HANDED_OVER:
        raise SurveyError(
            ErrorCode.INVALID_VALUE, field=emptied[0], detail="the issue was reported with it; it can be changed, not emptied"
        )
    for name, words in _WORDS.items():
        if name in changes and changes[name][1] not in words:
            detail = "'{value}' is not one of {choices}"
            known = ", ".join(word for word in words if word)
            raise SurveyError(ErrorCode.INVALID_VALUE, field=name, detail=detail, value=changes[name][1], choices=known)
    if "title" in changes and not 0 < len(changes["title"][1].strip()) <= MAX_TITLE_LENGTH:
        detail = "say in 1 to {most} characters what was found"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="title", detail=detail, most=MAX_TITLE_LENGTH)
    due = changes.get("due_on", [None, None])[1]
    if isinstance(due, date) and due < field_date(now):
        raise SurveyError(ErrorCode.INVALID_VALUE, field="due_on", detail="the day lies before today; choose a later one")
    return changes


def check_told(session: Session, issue: Issue) -> None:
    """Raise INVALID_VALUE when an issue that was reported says, beside the evidence that it has by now, who was interviewed."""
    session.flush()
    _check_texts(session, issue, {name: [None, getattr(issue, name)] for name in TEXTS})


def _check_texts(session: Session, issue: Issue, changes: Mapping[str, list[Any]]) -> None:
    """Raise INVALID_VALUE when the responsible side would read in a changed text who was interviewed."""
    texts = _texts({name: pair[1] for name, pair in changes.items()})
    if not texts or issue.state not in HANDED_OVER:
        return
    if found := [each for each in identifying_in(session, issue, texts) if each.field in texts]:
        named = {"field": found[0].field, "field_zh": str(FIELD_LABELS[found[0].field])}
        raise SurveyError(ErrorCode.INVALID_VALUE, **named, detail=identifying_text(found))


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(values[name] or "") for name in TEXTS if name in values}


def _apply(issue: Issue, changes: Mapping[str, list[Any]]) -> None:
    for name, (_before, after) in changes.items():
        setattr(issue, name, after)
    if "title" in changes:
        issue.titles = titles_of(issue.title, issue.evidence)


def titles_of(title: str, evidence: Iterable[IssueEvidence]) -> dict[str, str]:
    """A title by language code, where a piece of evidence has it in one of its languages; {} for words of somebody's own."""
    told = (row.told.get("title", {}) for row in evidence if row.told)
    return next((dict(titles) for titles in told if title in titles.values()), {})


def _hand_evidence(session: Session, actor: User, issue: Issue, change: Change, now: datetime) -> None:
    """The evidence of the issue that is given up belongs to the other one, whose texts must not name its households."""
    other = change.merged_into
    assert other is not None  # what the action needs was checked
    issue.merged_into_id = other.id
    moved = session.scalars(select(IssueEvidence).where(IssueEvidence.issue_id == issue.id)).all()
    for evidence in moved:
        evidence.issue_id = other.id
    check_told(session, other)
    take_step(session, actor, other, "take_in", now, reason=change.reason, merged=issue.number, n_evidence=len(moved))


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
