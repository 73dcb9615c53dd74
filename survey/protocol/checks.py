"""The checks of the protocol as one table: what each says, and what a doubt that it raises does. Pure.

Everything that asks what a flag does reads it here: intake, review, the export by way of the state, and the pages.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from survey.protocol.limits import Limits, as_text

BLOCKS, NEEDS_REASON, NOTE = "blocks", "reason", "note"
EFFECTS = (BLOCKS, NEEDS_REASON, NOTE)
SERIOUS, NOTICE = "serious", "notice"


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `meaning` says when it doubts an interview and may quote limits as `%(name)s`; `limit` is the one that switches it off.

    `effect` is what stands between the interview and its acceptance: "blocks" until the cause is gone, "reason" for a readmission with
    one, or "note", which only tells. `leaves_figures` says that an interview which is accepted already waits for a decision again when
    the doubt comes later.
    """

    name: str
    label: LazyString
    meaning: LazyString
    effect: str
    leaves_figures: bool = False
    limit: str = ""

    @property
    def severity(self) -> str:
        """How grave its flags are: "serious" where they keep an interview out of the figures, else "notice"."""
        return SERIOUS if self.leaves_figures else NOTICE

    def said(self, limits: Limits) -> str:
        """When it doubts an interview, in the reader's language, with the limits put in."""
        return str(self.meaning) % {name: as_text(value) for name, value in asdict(limits).items()}

    def is_on(self, limits: Limits) -> bool:
        """Whether it is made at all under these limits."""
        return not self.limit or getattr(limits, self.limit) > 0


CHECKS = (
    Check(
        "cadre_present",
        _l("Held in front of a cadre"),
        _l("A cadre was present while the household was interviewed."),
        NEEDS_REASON,
        leaves_figures=True,
    ),
    Check(
        "short_interview",
        _l("Interview too short"),
        _l("It took less than %(short_minutes)s minutes, with a questionnaire of more than %(long_form_questions)s questions."),
        NEEDS_REASON,
        leaves_figures=True,
        limit="short_minutes",
    ),
    Check(
        "far_position",
        _l("Position far from the household"),
        _l("It was held more than %(far_household_m)s m from the house, or more than %(far_village_m)s m from the village."),
        NEEDS_REASON,
        leaves_figures=True,
    ),
    Check(
        "same_picture",
        _l("Picture of another interview"),
        _l("One of its pictures is, byte for byte, also a picture of an interview with another household or of another visit."),
        NEEDS_REASON,
        leaves_figures=True,
    ),
    Check(
        "impossible_speed",
        _l("Too far from the interview before"),
        _l("From the interview before it, the same lead or tablet would have travelled faster than %(speed_kmh)s km/h."),
        NEEDS_REASON,
        leaves_figures=True,
        limit="speed_kmh",
    ),
    Check(
        "repeated_assignment",
        _l("Another interview for the same assignment"),
        _l("Another interview of the same assignment counts. Return that one first if this one is to count."),
        BLOCKS,
        leaves_figures=True,
    ),
    Check(
        "not_countersigned",
        _l("Not countersigned by the second"),
        _l("The second interviewer of the pair has not countersigned it."),
        NEEDS_REASON,
    ),
    Check(
        "countersign_unproven",
        _l("Countersignature not proven"),
        _l("The countersignature was not made with the PIN of the other one of the pair."),
        NEEDS_REASON,
    ),
    Check(
        "outside_days",
        _l("Held outside the visit’s days"),
        _l("It was held %(days_outside)s or more days before the visit began or after it ended."),
        NEEDS_REASON,
        limit="days_outside",
    ),
    Check("no_position", _l("No position recorded"), _l("The questionnaire asks for a position and none was recorded."), NEEDS_REASON),
    Check("clock_wrong", _l("Clock of the device is wrong"), _l("It ended before it began, or after it was received."), NEEDS_REASON),
    Check(
        "hurried_answers",
        _l("Answered faster than questions can be read aloud"),
        _l("Half of the questions were in hand for less than %(hurried_seconds)s seconds, by the tablet’s log."),
        NEEDS_REASON,
        limit="hurried_seconds",
    ),
    Check(
        "outside_pair", _l("Sent by somebody outside the pair"), _l("Whoever sent it is not of the pair it is assigned to."), NEEDS_REASON
    ),
    Check(
        "unknown_assignment",
        _l("Assignment unknown or of another form"),
        _l("It names an assignment that does not exist, or that is of another questionnaire."),
        NEEDS_REASON,
    ),
    Check(
        "infected_file",
        _l("A virus in one of its files"),
        _l("The virus scanner found something in a file of it. The file is kept, and handed to nobody."),
        NEEDS_REASON,
    ),
    Check(
        "straight_answers",
        _l("Questions of a scale answered alike"),
        _l("%(straight_questions)s or more questions of one scale in a row have the same answer."),
        NOTE,
        limit="straight_questions",
    ),
    Check(
        "wrong_media",
        _l("A file is not of the kind that was asked for"),
        _l("A file that came later is of another kind than its question asks for."),
        NOTE,
    ),
)
"""Every check, the gravest first: in this order they are shown."""

CHECK_OF_NAME = {check.name: check for check in CHECKS}
FLAG_LABELS = {check.name: check.label for check in CHECKS}
"""What a coordinator reads for each check."""
EFFECT_LABELS = {
    BLOCKS: _l("Cannot be accepted while it stands"),
    NEEDS_REASON: _l("Accepted only with a reason"),
    NOTE: _l("A note only"),
}
FIGURES_LABEL = _l("Left out of the figures until it is readmitted with a reason.")


def effect_of(check: str) -> str:
    """What a flag of this check does; one that an earlier version of the program raised asks for a reason."""
    known = CHECK_OF_NAME.get(check)
    return known.effect if known else NEEDS_REASON


def blocking(checks: Iterable[str]) -> tuple[str, ...]:
    """Those of the checks that keep an interview from being accepted."""
    return tuple(check for check in checks if effect_of(check) == BLOCKS)


def needs_reason(checks: Iterable[str]) -> bool:
    """Whether an interview with flags of these checks is accepted only with a reason."""
    return any(effect_of(check) != NOTE for check in checks)
