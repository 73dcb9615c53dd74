"""Small builders of what tests need in the database; each adds its row to the session, flushes, and returns it.

Places, people and households of tests are invented.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from survey.accounts.models import Role, User
from survey.events import log_event
from survey.instruments.models import QuestionnaireVersion
from survey.instruments.operations import publish_questionnaire
from survey.intake.models import Flag, Submission
from survey.places.models import Household, Region
from survey.visits.models import Assignment, Pair, Visit, VisitVillage

PASSWORD = "demo-visit-2018"
NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
VILLAGE = "610727101201"
ROLE_OF_NAME = {"admin": "admin", "coordinator": "coordinator", "author": "author", "county": "responsible"}
LEVEL_DIGITS = (("province", 2), ("city", 4), ("county", 6), ("township", 9), ("village", 12))
PUBLISHED: dict[tuple[str, str], dict[str, Any]] = {}
"""The columns of every questionnaire that `add_form` has published in this process: reading and checking one takes long."""

FORM = """
| survey |            |              |                     |                     |          |
|        | type       | name         | label::中文 (zh)    | label::English (en) | required |
|        | hidden     | assignment_id | 任务               | Assignment          |          |
|        | integer    | n_members    | 您家有几口人？      | How many members?   | yes      |
|        | select_one yes_no | water_safe | 饮水安全吗？    | Is the water safe?  |          |
|        | text       | wish         | 您有什么愿望？      | What do you wish?   |          |
| choices |           |              |                     |                     |          |
|        | list_name  | name         | label::中文 (zh)    | label::English (en) |          |
|        | yes_no     | yes          | 是                  | Yes                 |          |
|        | yes_no     | no           | 否                  | No                  |          |
| settings |          |              |                     |                     |          |
|        | form_title | form_id      | version             | default_language    |          |
|        | 测试问卷   | test_form    | 2018.1              | 中文 (zh)           |          |
"""


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`, as quick to check as the method allows; the application's own hashes are slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def add_person(session: Session, username: str, *roles: str, name: str = "", region_code: str | None = None) -> User:
    """A person with these roles who signs in with `PASSWORD`."""
    person = User(
        username=username,
        email=f"{username}@accounts.invalid",
        password=password_hash(),
        name=name or username,
        region_code=region_code,
        created_at=NOW,
    )
    person.roles = [session.get(Role, role) or Role(name=role) for role in roles]
    session.add(person)
    session.flush()
    return person


def find_or_add_person(session: Session, username: str) -> User:
    """The person of this user name; added with the role that the name tells (interviewer for any other name) if absent."""
    found = session.scalars(select(User).where(User.username == username)).one_or_none()
    return found or add_person(session, username, ROLE_OF_NAME.get(username, "interviewer"))


def add_region(session: Session, code: str = VILLAGE, name: str = "") -> Region:
    """The place of this 12-digit code; what lies above it is added where it is missing."""
    levels: dict[str, tuple[str, int]] = {}
    for level, n_digits in LEVEL_DIGITS:
        levels.setdefault(code[:n_digits].ljust(12, "0"), (level, n_digits))
    found = {region.code: region for region in session.scalars(select(Region).where(Region.code.in_(levels)))}
    parent_code = None
    for place_code, (level, n_digits) in levels.items():
        if place_code not in found:
            own_name = name if name and place_code == code else f"{level} {place_code[:n_digits]}"
            found[place_code] = Region(code=place_code, name=own_name, level=level, parent_code=parent_code, is_invented=True)
            session.add(found[place_code])
        parent_code = place_code
    session.flush()
    return found[code]


def add_household(
    session: Session, number: str = "001", *, village_code: str = VILLAGE, kind: str = "registered", n_members: int = 3
) -> Household:
    """A household of the frame in a village, which is added if it is missing."""
    add_region(session, village_code)
    household = Household(village_code=village_code, number=number, head_name=f"户主{number}", kind=kind, n_members=n_members)
    session.add(household)
    session.flush()
    return household


def add_form(session: Session, markdown: str = FORM, name: str = "form.md") -> QuestionnaireVersion:
    """The published version of the questionnaire in these Markdown tables.

    It is published in earnest once in a process. Further databases get what publishing made then, without going through it again.
    """
    values = PUBLISHED.get((markdown, name))
    if values is None or is_published(session, values["form_id"], values["version"]):
        version = publish_questionnaire(session, None, markdown.encode(), name, NOW)
        columns = [column.key for column in inspect(QuestionnaireVersion).column_attrs if column.key != "id"]
        PUBLISHED[markdown, name] = {key: getattr(version, key) for key in columns}
        return version
    version = QuestionnaireVersion(**values, files=[])
    session.add(version)
    digests = {"sha256": version.source_sha256, "files": version.files_sha256}
    subject = f"{version.form_id}/{version.version}"
    log_event(session, None, "questionnaire.published", "questionnaire_version", subject, NOW, **digests)
    return version


def is_published(session: Session, form_id: str, version: str) -> bool:
    """Whether this version of the form is in the database."""
    found = select(QuestionnaireVersion.id).where(QuestionnaireVersion.form_id == form_id, QuestionnaireVersion.version == version)
    return session.scalar(found) is not None


def add_visit(
    session: Session, id: str = "2018-04-test", *, village_codes: Sequence[str] = (VILLAGE,), forms: Sequence[QuestionnaireVersion] = ()
) -> Visit:
    """An open visit of April 2018 to these villages with these forms."""
    visit = Visit(id=id, title=f"调研 {id}", starts_on=date(2018, 4, 16), ends_on=date(2018, 4, 27), state="open")
    visit.villages = [VisitVillage(village_code=add_region(session, code).code) for code in village_codes]
    visit.forms = list(forms)
    session.add(visit)
    session.flush()
    return visit


def add_pair(session: Session, visit: Visit, name: str = "第一组", *, lead: str = "lead1", second: str = "second1") -> Pair:
    """A pair of two interviewers, added if they are missing."""
    pair = Pair(
        visit_id=visit.id, name=name, lead_id=find_or_add_person(session, lead).id, second_id=find_or_add_person(session, second).id
    )
    session.add(pair)
    session.flush()
    return pair


def add_assignment(session: Session, pair: Pair, household: Household, form_id: str = "test_form") -> Assignment:
    """One form for this pair at this household."""
    assignment = Assignment(
        visit_id=pair.visit_id, pair_id=pair.id, form_id=form_id, village_code=household.village_code, household_id=household.id
    )
    session.add(assignment)
    session.flush()
    return assignment


def add_submission(
    session: Session,
    version: QuestionnaireVersion,
    instance_id: str,
    *,
    assignment: Assignment | None = None,
    state: str = "received",
    answers: dict[str, object] | None = None,
    flags: Sequence[str] = (),
) -> Submission:
    """A stored submission as intake would leave it, without going through intake."""
    xml = f'<data id="{version.form_id}" version="{version.version}"><meta><instanceID>{instance_id}</instanceID></meta></data>'
    submission = Submission(
        instance_id=instance_id,
        form_id=version.form_id,
        form_version=version.version,
        questionnaire_version_id=version.id,
        visit_id=assignment.visit_id if assignment else None,
        assignment_id=assignment.id if assignment else None,
        household_id=assignment.household_id if assignment else None,
        village_code=assignment.village_code if assignment else None,
        lead_id=assignment.pair.lead_id if assignment else None,
        second_id=assignment.pair.second_id if assignment else None,
        received_at=NOW,
        review_state=state,
        answers=answers or {},
        xml=xml.encode(),
        xml_sha256="0" * 64,
    )
    submission.flags = [Flag(check=check, severity="warning") for check in flags]
    session.add(submission)
    session.flush()
    return submission
