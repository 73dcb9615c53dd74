"""The doubts about one interview as lines to decide by: what each says, what it does, and what was found. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, format_decimal, ngettext
from flask_babel import gettext as _

from survey.field_time import parse_instant
from survey.intake.models import Flag
from survey.pages.dates import format_date, format_datetime
from survey.protocol.checks import CHECK_OF_NAME, CHECKS, EFFECT_LABELS, FIGURES_LABEL, effect_of
from survey.protocol.limits import Limits

_ORDER = {check.name: number for number, check in enumerate(CHECKS)}


@dataclass(frozen=True, slots=True)
class FlagLine:
    """One doubt. `said` is when the check doubts, `found` what was found here ("" for nothing more), `effect` one of `EFFECTS`."""

    check: str
    label: str | LazyString
    said: str
    found: str
    effect: str
    effect_label: LazyString
    figures: LazyString | str
    question: str
    other_id: str | None


def flag_lines(flags: Sequence[Flag], limits: Limits, questions: Mapping[str, str]) -> tuple[FlagLine, ...]:
    """The doubts, the gravest first; `questions` are labels by name."""
    ordered = sorted(flags, key=lambda flag: (_ORDER.get(flag.check, len(_ORDER)), flag.question))
    return tuple(_line(flag, limits, questions) for flag in ordered)


def _line(flag: Flag, limits: Limits, questions: Mapping[str, str]) -> FlagLine:
    check, effect = CHECK_OF_NAME.get(flag.check), effect_of(flag.check)
    return FlagLine(
        check=flag.check,
        label=check.label if check else flag.check,
        said=check.said(limits) if check else "",
        found=_found(flag),
        effect=effect,
        effect_label=EFFECT_LABELS[effect],
        figures=FIGURES_LABEL if check and check.leaves_figures else "",
        question=questions.get(flag.question, flag.question),
        other_id=flag.other_id,
    )


def _found(flag: Flag) -> str:
    """What was found, in the reader's words; "" where the value says no more than the check does."""
    value = flag.value
    if flag.check == "far_position" and value.endswith(" m"):
        km = format_decimal(float(value[:-2]) / 1000, "0.0")
        return _("%(km)s km away", km=km)
    if flag.check == "impossible_speed" and " / " in value:
        way, time = value.split(" / ")
        return _("%(km)s km in %(minutes)s minutes", km=way.removesuffix(" km"), minutes=time.removesuffix(" min"))
    if flag.check == "outside_days" and value:
        return format_date(date.fromisoformat(value), "medium")
    if flag.check == "clock_wrong":
        ended_at = parse_instant(value)
        return _("Ended %(instant)s", instant=format_datetime(ended_at, "short")) if ended_at else ""
    if flag.check == "short_interview":
        return _("%(minutes)s min", minutes=value.removesuffix(" min"))
    if flag.check == "hurried_answers":
        return _("Half of them in less than %(seconds)s s", seconds=value.removesuffix(" s"))
    if flag.check == "straight_answers" and value.isdecimal():
        return ngettext("%(num)s question in a row", "%(num)s questions in a row", int(value))
    return "" if flag.check == "cadre_present" else value
