"""Parts of an interview's page that compare: what the second changed, and answers before and after they were asked about. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from questionnaires.model import Questionnaire
from survey.field_time import parse_instant
from survey.intake.models import Countersignature
from survey.review.answers import answer_sections, label_at, word_raw


@dataclass(frozen=True, slots=True)
class WordedChange:
    """One answer that the second amended, in the reader's words; `old` and `new` are "" for no answer."""

    node: str
    label: str
    old: str
    new: str
    changed_at: datetime | None


def word_changes(questionnaire: Questionnaire, signature: Countersignature | None, locale: str) -> tuple[WordedChange, ...]:
    """What the second amended, in order; nothing without a countersignature."""
    return tuple(
        WordedChange(
            node=each["node"],
            label=label_at(questionnaire, each["node"], locale),
            old=word_raw(questionnaire, each["node"], each["old"], locale),
            new=word_raw(questionnaire, each["node"], each["new"], locale),
            changed_at=parse_instant(each["at"]),
        )
        for each in (signature.changes if signature else ())
    )


def texts_at(questionnaire: Questionnaire, answers: Mapping[str, Any], nodes: Collection[str], locale: str) -> dict[str, tuple[str, ...]]:
    """The answers at these nodes in the reader's words, by node; nodes that the interview does not have are left out."""
    if not nodes:
        return {}
    sections = answer_sections(questionnaire, answers, locale, remarked=nodes)
    lines = (line for section in sections for line in section.lines if line.node in nodes)
    return {line.node: line.texts or ((line.file_name,) if line.file_name else ()) for line in lines}
