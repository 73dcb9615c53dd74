"""Every page of the demonstration: what links lead to, and real addresses of what they do not.

Forms lead to some pages (two versions to compare), and some stand for a moment only (a list that was read and waits to be imported). The
demonstration is brought to those by its own pages: every import reads its own sample, a draft of a report is made, a tablet is known.
"""

import re
from collections.abc import Iterator
from html import unescape
from io import BytesIO
from time import monotonic, sleep
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.corrections.models import Correction
from survey.db import utc_now
from survey.devices.operations import Waiting, register_device
from survey.draws.models import Draw, DrawUnit
from survey.intake.models import Submission
from survey.issues.models import Issue, Verification
from survey.places.models import Household
from survey.reconciling.models import Reconciliation
from survey.visits.models import Assignment, Pair, VisitMember
from tests.builders import FORM
from tests.conftest import PATIENCE_SECONDS
from tests.signing_in import sign_in_as

VISIT, LOOK_BACK, OPEN, COUNTY = "2017-04-lueyang", "2017-08-lueyang-huitoukan", "2018-04-hanzhong", "610727"
IMPORTS = (
    "/places/import",
    "/places/roster",
    "/places/lists/members",
    "/places/lists/identification",
    "/liaison/assistance/import",
)
"""Pages that read a list; each has a sample of it."""
LEDGER = "/issues/ledger"
CODED = "/visits/2018-03-ziyang-langao/open-answers/household/worries"
"""A question whose answers two people have coded."""
ROWS = re.compile(r"/figures/rows\?[^\"]+")
PREVIEW = re.compile(r"/instruments/check/[0-9a-f-]+/preview\b")


def page_addresses(app: Flask, username: str) -> list[str]:
    """Addresses of pages that no link leads this person to, each with records that are there from then on."""
    if username == "author":
        return [f"{CODED}/code"]
    if username not in ("coordinator", "lead1"):
        return []
    engine = app.extensions["survey.engine"]
    with Session(engine) as session:
        person = session.scalars(select(User).where(User.username == username)).one()
        if username == "lead1":
            return lead_draws(session, person)
        interviewer = session.scalars(select(User).where(User.username == "lead1")).one()
        register_device(session, interviewer, "0f1e2d3c4b5a", "红色平板", Waiting(n_drafts=1, n_unsent=2), utc_now())
        session.commit()
        client = app.test_client()
        sign_in_as(client, person)
        found = ["/tablets/0f1e2d3c4b5a/revoke", f"/tablets/pins/{interviewer.id}", "/instruments/household/compare"]
        for part in (of_visits, of_issues, of_interviews, of_places, of_draws, of_records):
            found.extend(part(session))
    return [*found, *read_samples(client), *try_questionnaire(client), *draft_reports(client), open_figures(client)]


def lead_draws(session: Session, person: User) -> list[str]:
    """The draws, of whose visits the person is a leader from then on."""
    draws = session.scalars(select(Draw).order_by(Draw.drawn_at)).all()
    for draw in draws:
        session.merge(VisitMember(visit_id=draw.visit_id, user_id=person.id, role="leader"))
    session.commit()
    return [f"/draws/{draw.id}" for draw in draws]


def of_visits(session: Session) -> Iterator[str]:
    """Pages of a look-back, those that only an open visit has, and those that only the script of a page asks for."""
    yield from (f"/visits/{LOOK_BACK}/look-back{part}" for part in ("", "/answers", "/issues", "/add"))
    household = session.scalars(select(Assignment.household_id).where(Assignment.visit_id == LOOK_BACK)).first()
    yield f"/visits/{LOOK_BACK}/look-back/households/{household}"
    pair = session.scalars(select(Pair.id).where(Pair.visit_id == OPEN)).first()
    yield from (f"/visits/{OPEN}/{part}" for part in ("draw/new", "board/propose", "team/pairs", "assign", f"pairs/{pair}/edit"))
    yield f"/visits/{LOOK_BACK}/issues"
    number = session.scalars(select(Issue.number).where(Issue.visit_id == VISIT, Issue.state == "closed")).first()
    yield f"/visits/{LOOK_BACK}/issues/{number}"


def of_issues(session: Session) -> Iterator[str]:
    """Pages of one issue: as the responsible side sees it, beside another one, and what its verifier is asked."""
    one, other = session.scalars(select(Issue.number).where(Issue.state == "raised").order_by(Issue.number)).all()[:2]
    yield f"/issues/{one}/merge/{other}"
    yield f"/issues/{session.scalars(select(Issue.number).where(Issue.state == 'reported')).first()}/as-responsible"
    task = session.scalars(select(Verification).where(Verification.result.is_(None))).first()
    assert task is not None
    yield f"/issues/{task.issue.number}/verifications/{task.id}"


def of_interviews(session: Session) -> Iterator[str]:
    """The page on which one answer of an accepted interview is corrected: of an interview whose answer was once before."""
    corrected = session.scalars(select(Correction)).first()
    assert corrected is not None
    yield f"/review/{corrected.instance_id}/corrections/new?node={quote(corrected.node)}"


def of_places(session: Session) -> Iterator[str]:
    """Pages of one village, and of one person of a household whom somebody asks about."""
    household = session.scalars(select(Household).order_by(Household.id)).first()
    assert household is not None
    yield from (f"/places/{household.village_code}/{part}" for part in ("households/add", "monitoring"))
    yield f"/protection/people/{household.id}"


def of_records(session: Session) -> Iterator[str]:
    """Two records of one interview, of which it was decided which answers count, and how far such records may differ; what two
    people coded."""
    lead_record = session.scalars(select(Reconciliation.lead_instance_id)).first()
    lead = session.scalars(select(Submission).where(Submission.instance_id == lead_record)).one()
    records = f"/visits/{lead.visit_id}/records"
    yield from (records, f"{records}/tolerances", f"{records}/{lead.assignment_id}", f"{CODED}/results", f"{CODED}/settle")


def of_draws(session: Session) -> Iterator[str]:
    """What everybody sees of a published draw, and a household and a village of it that are given up."""
    for draw in session.scalars(select(Draw).where(Draw.published_at.is_not(None))):
        yield f"/public/draws/{draw.id}"
        unit = session.scalars(select(DrawUnit).where(DrawUnit.draw_id == draw.id, DrawUnit.role == "drawn")).first()
        assert unit is not None
        yield f"/draws/{draw.id}/units/{unit.id}/replace"
        yield f"/draws/{draw.id}/villages/{unit.village_code}/replace"


def read_samples(client: FlaskClient) -> Iterator[str]:
    """The pages on which what was read of a list waits to be imported: each import has read its own sample."""
    for upload in (*IMPORTS, LEDGER):
        file = (BytesIO(client.get(f"{upload}/sample.xlsx").data), "sample.xlsx")
        answer = client.post(upload, data={"file": file}, content_type="multipart/form-data")
        assert answer.status_code == 302, (upload, answer.status_code)
        yield str(answer.location)


def open_figures(client: FlaskClient) -> str:
    """The page of the interviews behind a figure, once the figures of the visit are made."""
    give_up_at = monotonic() + PATIENCE_SECONDS
    while not (rows := ROWS.search(client.get(f"/figures?visit={VISIT}").text)):
        assert monotonic() < give_up_at, "the figures were not made"
        sleep(1)
    return unescape(rows[0])


def try_questionnaire(client: FlaskClient) -> Iterator[str]:
    """Pages of a questionnaire that was checked and not published."""
    page = client.post("/instruments/check", data={"file": (BytesIO(FORM.encode()), "form.md")}).text
    preview = PREVIEW.search(page)
    assert preview is not None
    yield from (preview[0], f"{preview[0]}/form")


def draft_reports(client: FlaskClient) -> Iterator[str]:
    """Pages of a report that was drafted twice, and of the drafts of all counties of a visit."""
    how = {"language": "zh", "audience": "inward"}
    for _time in range(2):
        answer = client.post(f"/reports/draft/county?visit={VISIT}&county={COUNTY}", data=how)
        assert answer.status_code == 302, answer.status_code
    report_id = str(answer.location).rpartition("=")[2]
    yield from (f"/reports/{report_id}/versions", f"/reports/{report_id}/versions/compared", f"/reports/{report_id}/remove")
    begun = client.post(f"/reports/batches/visits/{VISIT}", data={**how, "kind": "county", "places": [f"{COUNTY}000000"]})
    assert begun.status_code == 302, begun.status_code
    yield str(begun.location)
