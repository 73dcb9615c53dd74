"""The life of an issue as one table: which action leads from which states to which, who may take it, and what it needs. Pure.

Everything that asks what may be done with an issue reads it here: operations, pages, and the property test that walks through it at
random. The states and their order are those of the method: raised, verified (or partly, or refuted), reported, rectifying, rectified,
closed; not fixed and reopened lead back into rectification. Two issues of one thing are merged; the one that is given up ends as merged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from survey.issues.identifying import Identifying

STATES = (
    "raised",
    "verified",
    "partly_verified",
    "refuted",
    "reported",
    "rectifying",
    "rectified",
    "closed",
    "not_fixed",
    "reopened",
    "merged",
)
"""Every state, in the order of a life that goes well; the order in which boards show them."""
VERIFIED = ("verified", "partly_verified")
HANDED_OVER = ("reported", "rectifying", "rectified", "closed", "not_fixed", "reopened")
"""The states in which the responsible side knows of an issue; none is reached without being reported."""
AWAITED = ("reported", "rectifying", "not_fixed", "reopened")
"""The states in which the responsible side has something to do; the due date is its own there."""
ENDED = ("refuted", "closed", "merged")
"""The states in which nothing is due; a closed issue can come back."""
OPEN = tuple(state for state in STATES if state not in ENDED)

EDITORS = ("admin", "coordinator")
"""Who moves an issue. The responsible side replies and moves nothing; verifiers find, and a coordinator concludes."""

VERIFICATION_KINDS = ("archive", "explanation", "second_interview", "document", "site")
VERIFICATION_RESULTS = ("confirmed", "partly", "refuted")
HOUSEHOLD_OUTCOMES = ("fixed", "partly", "not", "worse", "unknown")
ATTRIBUTIONS = ("planned", "local", "above")
"""Planned already and only to be hurried 推进中; to be mended where it was found; or with its root above 根子在上面."""
SCOPES = ("single", "several", "general")
LEVELS = ("household", "village", "township", "county", "city", "province")
"""The levels, the lowest first; escalation only goes up."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an issue when somebody asks what may be done with it; `given` are the values that come with the action.

    `results` are the results of finished verifications by others than the issue's author, since it was last raised. `is_looked_back`
    says that outcomes of a look-back are known since it was last reported or decided about; `has_reply` that the responsible side has
    answered since it was last reported; `is_due_past` that its due date lies before today; `identifying` what its texts would give away
    of who was interviewed, looked for where it may be reported.
    """

    state: str
    level: str = "village"
    results: frozenset[str] = frozenset()
    has_reply: bool = False
    is_looked_back: bool = False
    has_open_withdrawal: bool = False
    is_due_past: bool = False
    identifying: tuple[Identifying, ...] = ()
    filled: frozenset[str] = frozenset()
    """The fields of the issue that hold something: recommendation, responsible_body, due_on, attribution, scope …"""
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that is done with an issue. Without a `target` the state stays; `needs` are names of `NEEDS`, all of which must hold."""

    name: str
    label: LazyString
    sources: tuple[str, ...]
    target: str | None
    needs: tuple[str, ...] = ()
    roles: tuple[str, ...] = EDITORS


_REPORT = ("recommendation", "responsible_body", "due_on", "due_ahead", "attribution", "scope", "no_open_withdrawal", "nothing_identifying")

ACTIONS = (
    Action("verify", _l("Conclude: true"), ("raised",), "verified", ("result_confirmed", "no_open_withdrawal")),
    Action("verify_partly", _l("Conclude: true in part"), ("raised",), "partly_verified", ("result_partly", "no_open_withdrawal")),
    Action("refute", _l("Conclude: not true"), ("raised",), "refuted", ("result_refuted", "reason")),
    Action("reconsider", _l("Have it verified anew"), VERIFIED, "raised", ("reason",)),
    Action("report", _l("Report to the responsible side"), VERIFIED, "reported", _REPORT),
    Action("report_again", _l("Report again"), ("not_fixed", "reopened"), "reported", (*_REPORT, "reason")),
    Action("start", _l("Rectification has begun"), ("reported", "not_fixed", "reopened"), "rectifying", ("reply_or_reason", "due_on")),
    Action("rectify", _l("Reported as rectified"), ("reported", "rectifying"), "rectified", ("reply_or_reason",)),
    Action("close", _l("Close: fixed"), ("rectified",), "closed", ("looked_back", "reason")),
    Action("not_fix", _l("Not fixed"), ("reported", "rectifying", "rectified"), "not_fixed", ("looked_back", "reason")),
    Action("reopen", _l("Reopen"), ("closed",), "reopened", ("reason",)),
    Action(
        "escalate", _l("Escalate"), (*VERIFIED, "reported", "rectifying", "rectified", "not_fixed", "reopened"), None, ("higher", "reason")
    ),
    Action("merge", _l("Merge into another issue"), ("raised", *VERIFIED), "merged", ("merged_into",)),
)
"""Every action, in the order in which pages offer them."""
ACTION_OF_NAME: Mapping[str, Action] = MappingProxyType({action.name: action for action in ACTIONS})

NEEDS: Mapping[str, LazyString] = MappingProxyType(
    {
        "result_confirmed": _l("a finished verification by somebody other than its author that found it true"),
        "result_partly": _l("a finished verification by somebody other than its author that found it true at least in part"),
        "result_refuted": _l("a finished verification by somebody other than its author that found it not true"),
        "no_open_withdrawal": _l("a decision about its withdrawn or changed evidence"),
        "recommendation": _l("a recommendation"),
        "responsible_body": _l("a responsible body"),
        "due_on": _l("a due date"),
        "due_ahead": _l("a due date that has not passed"),
        "attribution": _l("an attribution"),
        "scope": _l("a scope"),
        "nothing_identifying": _l("a title, finding and recommendation that do not say who was interviewed"),
        "reason": _l("a reason"),
        "reply_or_reason": _l("a reply of the responsible side, or a reason"),
        "looked_back": _l("outcomes of a look-back"),
        "higher": _l("a level above its own"),
        "merged_into": _l("another issue of the same county that takes its evidence"),
    }
)
"""What an action may need, in the reader's words."""


def missing_for(action: Action, facts: Facts) -> tuple[str, ...]:
    """The names of what the action needs and the facts lack, in the order of `NEEDS`; () when nothing is missing."""
    return tuple(need for need in NEEDS if need in action.needs and not _holds(need, facts))


def _holds(need: str, facts: Facts) -> bool:
    match need:
        case "result_confirmed":
            return "confirmed" in facts.results
        case "result_partly":
            return bool(facts.results & {"partly", "confirmed"})
        case "result_refuted":
            return "refuted" in facts.results
        case "no_open_withdrawal":
            return not facts.has_open_withdrawal
        case "reply_or_reason":
            return facts.has_reply or "reason" in facts.given
        case "nothing_identifying":
            return not facts.identifying
        case "due_ahead":
            return not facts.is_due_past
        case "looked_back":
            return facts.is_looked_back
        case "reason" | "merged_into" | "higher":
            return need in facts.given
        case _:
            return need in facts.filled or need in facts.given


def actions_from(state: str) -> tuple[Action, ...]:
    """The actions that lead on from a state, whatever else they need."""
    return tuple(action for action in ACTIONS if state in action.sources)


def is_above(level: str, other: str) -> bool:
    """Whether `level` is a higher one than `other`."""
    return LEVELS.index(level) > LEVELS.index(other)
