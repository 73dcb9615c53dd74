"""The questionnaires that come with the program: what they are called, how often each is filled in, and publishing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

import questionnaires
from questionnaires.sheets import read_workbook
from survey.accounts.models import User
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import Beside, publish_questionnaire
from survey.storage import Storage

FOLDER = Path(questionnaires.__file__).parent
OF_A_VISIT: Mapping[str, str] = {
    "household.md": "household",
    "archive_check.md": "household",
    "village_facts.md": "village",
    "village_cadre.md": "village",
    "work_team.md": "village",
}
"""Those that a first visit may begin with, by file, and once per what each is filled in. The others are published on their page."""
TITLE = "display_title::"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A questionnaire that comes with the program; `per` is "household" or "village"."""

    file: str
    form_id: str
    titles: Mapping[str, str]
    per: str


@cache
def supplied_questionnaires() -> tuple[Supplied, ...]:
    """Those that a first visit may begin with, in the order to offer them; only their settings are read."""
    found = []
    for file, per in OF_A_VISIT.items():
        [settings] = read_workbook((FOLDER / file).read_bytes(), file).rows("settings")
        titles = {"zh": settings.get(f"{TITLE}中文 (zh)"), "en": settings.get(f"{TITLE}English (en)")}
        found.append(Supplied(file, settings.get("form_id"), titles, per))
    return tuple(found)


def publish_supplied(
    session: Session, actor: User, files: Sequence[str], storage: Storage, now: datetime
) -> tuple[QuestionnaireVersion, ...]:
    """The versions of these files, published now or already."""
    return tuple(publish_questionnaire(session, actor, (FOLDER / file).read_bytes(), file, now, Beside(storage)) for file in files)
