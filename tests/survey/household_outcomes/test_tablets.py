"""Issues looked back on from tablets: what goes along, and what comes back once, by whom it may, and beside what others found."""

import base64
import hashlib
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.db import new_id, utc_now
from survey.devices.operations import make_visit_keys
from survey.devices.queries import visit_public_keys
from survey.household_outcomes.operations import record_outcome
from survey.household_outcomes.receiving import receive_findings
from survey.household_outcomes.told import ToldFinding, read_told
from survey.intake.sealed_operations import Imported, import_sealed
from survey.issues.models import HouseholdOutcome, Issue, IssueEvidence, IssueFile, IssueReply, IssueStep
from survey.places.models import Household
from survey.visits.models import Visit
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.household_outcomes.test_look_back import coordinator, households, issue, raise_one, report, visit
from tests.survey.intake.sealed_exports import export_file

__all__ = ["coordinator", "households", "issue", "visit"]
JPEG = b"\xff\xd8\xff" + b"x" * 40


def told(issue: Issue, household: Household, visit: Visit, outcome: str = "fixed", **others: Any) -> ToldFinding:
    facts = {"id": new_id(), "note": "", "was": None, "found_at": utc_now() - timedelta(hours=5), **others}
    return ToldFinding(issue_id=issue.id, household_id=household.id, visit_id=visit.id, outcome=outcome, **facts)


def as_sent(finding: ToldFinding) -> dict[str, Any]:
    return {**{name: getattr(finding, name) for name in ToldFinding.__slots__}, "found_at": finding.found_at.isoformat()}


def words(fates: dict[str, Any]) -> list[str]:
    return [fate.word for fate in fates.values()]


def n_steps(session: Session) -> int:
    return session.scalar(select(func.count()).where(IssueStep.action == "look_back")) or 0


def test_issues__of_a_look_back__go_along_with_finding_replies_and_where_they_are_asked(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User, sign_in: SignIn
) -> None:
    everywhere = report(
        session, coordinator, raise_one(session, coordinator, [], title="村医缺位", evidence=[IssueEvidence(kind="note", note="无人")])
    )
    raise_one(session, coordinator, households, title="还没有反馈")
    session.add(IssueReply(issue_id=issue.id, kind="progress", body="正在铺管", replied_at=utc_now(), replied_by_id=coordinator.id))
    record_outcome(session, coordinator, issue, households[0], visit, "partly", utc_now(), note="水小")
    session.commit()
    client = sign_in("lead1")

    package = client.get("/tablet/package.json").json
    known = client.get(package["issues_url"]).json

    assert set(known["issues"]) == {issue.id, everywhere.id}
    facts = known["issues"][issue.id]
    assert (facts["title"], facts["recommendation"], facts["replies"][0]["body"]) == ("饮水不安全", "修复管网", "正在铺管")
    here = known["visits"][visit.id]
    assert here["villages"] == {builders.VILLAGE: {"asked": [everywhere.id], "others": [issue.id]}}
    first, second = (here["households"][each.id] for each in households[:2])
    assert set(here["households"]) == {each.id for each in households[:2]}
    assert (second["asked"], second["outcomes"]) == ([issue.id], {})
    assert {**first["outcomes"][issue.id], "found_at": ""} == {
        "outcome": "partly", "note": "水小", "found_by": coordinator.name, "found_at": "", "n_files": 0,
    }  # fmt: skip
    assert client.get("/tablet/tasks.json").json["tasks"][0]["household_id"] == households[0].id
    # Nobody else's, and nothing to those of the responsible side.
    assert sign_in("lead2").get("/tablet/look-back.json").json == {"issues": {}, "visits": {}}
    assert sign_in("county").get("/tablet/look-back.json").status_code == 403


def test_receive__sent_twice__is_recorded_once_from_when_it_was_found(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User
) -> None:
    lead, now = builders.find_or_add_person(session, "lead1"), utc_now()
    sent = [told(issue, households[0], visit, note="通水了")]

    for _ in range(2):
        assert words(receive_findings(session, lead, sent, now)) == ["recorded"]
    # Changed on the page since, and sent once more because the answer had been lost: what was changed stays.
    record_outcome(session, coordinator, issue, households[0], visit, "not", now, was="fixed")
    assert words(receive_findings(session, lead, sent, now)) == ["recorded"]

    row = session.scalars(select(HouseholdOutcome)).one()
    assert (row.outcome, row.found_at, row.known_at, n_steps(session)) == ("not", now, None, 2)
    early = [told(issue, households[1], visit, found_at=now + timedelta(days=1))]
    receive_findings(session, lead, early, now)
    known = session.scalars(select(HouseholdOutcome).where(HouseholdOutcome.household_id == households[1].id)).one()
    assert (known.found_at, known.known_at) == (now, now)


def test_receive__of_two_people__shows_the_second_what_the_first_found(
    session: Session, issue: Issue, visit: Visit, households: list[Household]
) -> None:
    lead, second = (builders.find_or_add_person(session, name) for name in ("lead1", "second1"))
    now = utc_now()
    assert words(receive_findings(session, lead, [told(issue, households[0], visit, "fixed")], now)) == ["recorded"]

    [fate] = receive_findings(session, second, [told(issue, households[0], visit, "not", note="只通了一天")], now).values()
    assert (fate.word, fate.standing and fate.standing.outcome, n_steps(session)) == ("changed", "fixed", 1)
    # The same is no contradiction; having seen the other's it stands; and one's own of an earlier hour gives way to the later.
    assert words(receive_findings(session, second, [told(issue, households[0], visit, "fixed")], now)) == ["recorded"]
    assert words(receive_findings(session, second, [told(issue, households[0], visit, "not", was="fixed")], now)) == ["recorded"]
    later = told(issue, households[0], visit, "partly", found_at=now - timedelta(hours=1))
    assert words(receive_findings(session, second, [later], now)) == ["recorded"]
    assert session.scalars(select(HouseholdOutcome.outcome)).all() == ["partly"]


def test_receive__what_cannot_stand__is_named_and_keeps_nothing_else_back(
    session: Session, issue: Issue, visit: Visit, households: list[Household], coordinator: User
) -> None:
    lead, now = builders.find_or_add_person(session, "lead1"), utc_now()
    unreported = raise_one(session, coordinator, households[2:])
    far = builders.add_household(session, "900", village_code="610727101202")
    stranger = builders.find_or_add_person(session, "stranger")
    gone = ToldFinding(new_id(), "no such issue", households[0].id, visit.id, "fixed", "", None, now)
    sent = [told(unreported, households[2], visit), told(issue, far, visit), gone, told(issue, households[1], visit)]

    fates = receive_findings(session, lead, sent, now)

    assert [fates[each.id].word for each in sent] == ["not_followed", "outside", "gone", "recorded"]
    assert (fates[sent[1].id].issue, fates[sent[1].id].household) == (issue.number, f"{far.number} {far.head_name}".strip())
    assert words(receive_findings(session, stranger, [told(issue, households[0], visit)], now)) == ["not_yours"]
    assert len(session.scalars(select(HouseholdOutcome)).all()) == 1


def test_receive__noted_before_a_decision_and_sent_after__counts_for_the_next(
    session: Session, issue: Issue, visit: Visit, households: list[Household], sign_in: SignIn
) -> None:
    lead, now = builders.find_or_add_person(session, "lead1"), utc_now()
    receive_findings(session, lead, [told(issue, households[0], visit, found_at=datetime(2018, 4, 1, tzinfo=UTC))], now)
    session.commit()

    assert "建议：" in sign_in("coordinator").get(f"/issues/{issue.number}").text


def test_pictures__sent_from_a_tablet_and_chosen_on_the_page__lie_beside_the_household(
    session: Session, issue: Issue, visit: Visit, households: list[Household], sign_in: SignIn
) -> None:
    client = sign_in("lead1")
    finding = told(issue, households[0], visit)
    place = f"/tablet/look-back/{visit.id}/{issue.id}/{households[0].id}/pictures"
    address = f"{place}/{hashlib.sha256(JPEG).hexdigest()}?name=tap.jpg"
    assert client.post(address, data=JPEG).status_code == 404

    answer = client.post("/tablet/look-back", json={"findings": [as_sent(finding)]})
    assert answer.json["fates"] == {finding.id: {"fate": "recorded"}}
    assert [client.post(address, data=JPEG).status_code for _ in range(2)] == [200, 200]
    assert client.post(f"{place}/{'0' * 64}?name=tap.jpg", data=JPEG).status_code == 422
    assert client.post(f"{place}/{hashlib.sha256(b'MZ').hexdigest()}?name=x.exe", data=b"MZ").status_code == 422

    session.rollback()
    [file] = session.scalars(select(IssueFile)).all()
    assert (file.name, file.media_type, n_steps(session)) == ("tap.jpg", "image/jpeg", 2)
    page = f"/visits/{visit.id}/issues/{issue.number}"
    assert f"{page}/files/{file.id}" in client.get(page).text
    assert client.get(f"{page}/files/{file.id}").data == JPEG
    assert f"{page}/files/{file.id}" in sign_in("coordinator").get(f"/issues/{issue.number}").text
    row = f"{households[1].id}-"
    chosen = {f"{row}outcome": "partly", f"{row}note": "水小", f"{row}was": "", f"{row}files": [(io.BytesIO(JPEG), "again.jpg")]}
    answer = sign_in("lead1").post(page, data={**chosen, f"{households[0].id}-outcome": "fixed", f"{households[0].id}-was": "fixed"})
    assert (answer.status_code, len(session.scalars(select(IssueFile)).all())) == (302, 2)
    assert [sign_in(name).get(f"{page}/files/{file.id}").status_code for name in ("lead2", "county")] == [403, 403]
    assert sign_in("county").get(f"/responsible/{issue.number}/files/{file.id}").status_code == 404


def test_import__of_what_a_tablet_could_not_send__takes_each_once_and_names_what_it_cannot(
    app: Flask, session: Session, issue: Issue, visit: Visit, households: list[Household]
) -> None:
    builders.find_or_add_person(session, "lead1")
    with app.app_context():
        make_visit_keys(session, None, [visit.id], utc_now())
    far = builders.add_household(session, "900", village_code="610727101202")
    pictures = [{"key": f"finding picture {number}", "name": f"{number}.jpg", "is_sent": False} for number in (1, 2)]
    noted = as_sent(told(issue, households[0], visit)) | {"state": "waiting", "pictures": pictures}
    outside = as_sent(told(issue, far, visit)) | {"state": "waiting"}
    sent = as_sent(told(issue, households[1], visit)) | {"state": "sent"}
    unreadable = {"state": "waiting", "about": "002 李二 · 饮水不安全"}
    values = {
        "findings": [noted, outside, sent, unreadable],
        "finding picture 1": {"type": "image/jpeg", "data": base64.b64encode(JPEG).decode()},
    }
    data = export_file(dict(visit_public_keys(session, [visit.id])), [], {}, values=values)

    def take() -> Imported:
        with app.test_request_context():
            return import_sealed(session, None, io.BytesIO(data), "unsent.sealed", app.extensions["survey.storage"], utc_now())

    found = [(each.word, each.n_pictures, each.n_lost) for each in take().findings]
    assert found == [("recorded", 1, 1), ("outside", 0, 0), ("gone", 0, 0)]
    assert [each.about for each in take().findings][1:] == [
        f"{issue.number} · {far.number} {far.head_name}".strip(),
        "002 李二 · 饮水不安全",
    ]
    assert session.scalar(select(func.count()).select_from(IssueFile)) == 1
    assert [row.household_id for row in session.scalars(select(HouseholdOutcome))] == [households[0].id]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (None, "findings"),
        ({"findings": []}, "findings"),
        ({"findings": [{"outcome": "gone"}]}, "findings[0].outcome"),
        ({"findings": [{"outcome": "fixed", "was": "x"}]}, "findings[0].was"),
        ({"findings": [{"outcome": "fixed", "note": 1}]}, "findings[0].note"),
        ({"findings": [{"outcome": "fixed", "found_at": "yesterday"}]}, "findings[0].found_at"),
        ({"findings": [{"outcome": "fixed", "found_at": "2018-08-14T08:30:00Z"}]}, "findings[0].issue_id"),
    ],
)
def test_read_told__what_is_not_as_it_should_be__is_named(body: Any, place: str) -> None:
    with pytest.raises(SurveyError) as caught:
        read_told(body)
    assert caught.value.values["field"] == place


def test_issues__of_many_households__take_as_many_statements(
    session: Session, issue: Issue, visit: Visit, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("lead1")
    client.get("/tablet/look-back.json")
    statements.reset()
    client.get("/tablet/look-back.json")
    few = len(statements)
    pair = visit.pairs[0]
    for number in range(100, 108):
        builders.add_assignment(session, pair, builders.add_household(session, str(number)))
    session.commit()
    statements.reset()
    assert len(client.get("/tablet/look-back.json").json["issues"]) == 1
    assert len(statements) == few
