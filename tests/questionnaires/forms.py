"""Small questionnaires as Markdown tables, and builders of instances for the tests of this package."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from questionnaires.instance import Check, check_instance, parse_instance, write_instance
from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2018, 4, 20, 9, 30, tzinfo=CHINA)
LATER = datetime(2018, 5, 30, 1, 0, tzinfo=UTC)
SHARED_FORMS = Path(__file__).parents[2].parent / "shared" / "forms"

HOUSEHOLD = Path(__file__).with_name("small.md")
ANSWERS: Mapping[str, Any] = {
    "n": 2,
    "members": [{"nm": "甲", "born": "1980-01-01", "wage": 100}, {"nm": "乙", "born": "2010-05-05"}],
    "home": {"county": "a", "village": "v1", "crops": ["maize", "walnut"]},
    "place": {"latitude": 33.5, "longitude": 108.25, "altitude": 900.0, "accuracy": 5.0},
    "area": 2.5,
}


def household() -> Questionnaire:
    """The small household form."""
    return read_questionnaire(HOUSEHOLD)


def form(*rows: str, choices: tuple[str, ...] = (), more: str = "") -> Questionnaire:
    """A form of survey rows "type | name | label | relevant | calculation | constraint | required | choice_filter | repeat_count"."""
    return read_questionnaire(markdown(*rows, choices=choices, more=more).encode(), "form.md")


def markdown(*rows: str, choices: tuple[str, ...] = (), more: str = "") -> str:
    """The Markdown of `form`; `choices` are rows "list_name | name | label | parent"."""
    head = "type | name | label | relevant | calculation | constraint | required | choice_filter | repeat_count"
    lines = ["| survey |", f"| | {head} |", *(f"| | {row} |" for row in rows)]
    if choices:
        lines += ["| choices |", "| | list_name | name | label | parent |", *(f"| | {row} |" for row in choices)]
    return "\n".join(lines) + "\n" + more


def written(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> bytes:
    """The submission XML of answers, at the moment of the tests."""
    return write_instance(questionnaire, answers, instance_id="uuid:1", now=NOW)


def checked(questionnaire: Questionnaire, xml: bytes | str, now: datetime = NOW) -> Check:
    """What the questionnaire says of a submission."""
    return check_instance(questionnaire, parse_instance(xml.encode() if isinstance(xml, str) else xml), now=now)


def codes(check: Check) -> list[tuple[str, str]]:
    """The question and code of each finding."""
    return [(finding.question, finding.code) for finding in check.findings]


def shared_form(name: str) -> Path:
    """The path of a real form that others wrote; skips where the folder is not there."""
    path = SHARED_FORMS / name
    if not path.exists():
        pytest.skip(f"{path} is not there; real forms of others are not part of the project")
    return path
