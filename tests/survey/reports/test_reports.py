"""What can be drafted, the draft over HTTP and by command, and the register."""

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.report.kinds.records import About
from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.cli import main
from survey.config import Settings
from survey.events import Event
from survey.reports.models import Report
from survey.reports.operations import make_draft, register_draft, register_report
from survey.reports.queries import find_reportable, list_reportable
from survey.reports.sources import read_sources
from survey.storage import Storage
from tests.builders import VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.issues import add_reported_issue
from tests.survey.intake.interviews import FORM, FORM_ID
from tests.word_files import open_word

OTHER_COUNTY = "610728101201"
HOW = {"language": "zh", "audience": "inward"}
SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def visit_id(session: Session) -> str:
    """A visit with two accepted interviews in one county and one in another, and one that waits."""
    version = add_form(session, FORM, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, OTHER_COUNTY), forms=[version])
    add_visit(session, "2018-05-empty", village_codes=(VILLAGE,))
    pair = add_pair(session, visit)
    for number, village, state in (
        (1, VILLAGE, "accepted"),
        (2, VILLAGE, "accepted"),
        (3, OTHER_COUNTY, "accepted"),
        (4, VILLAGE, "received"),
    ):
        assignment = add_assignment(session, pair, add_household(session, f"00{number}", village_code=village), FORM_ID)
        answers: dict[str, Any] = {"water_safe": "yes" if number == 1 else "no", "family": {"n_members": 2}}
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state=state, answers=answers)
    session.commit()
    return visit.id


def test_list_reportable__accepted_interviews__are_counted_by_visit_and_county(session: Session, visit_id: str) -> None:
    [found] = list_reportable(session)
    assert found.record() == {
        "visit": visit_id,
        "title": f"调研 {visit_id}",
        "counties": [
            {"code": "610727", "name": "county 610727", "submissions": 2},
            {"code": "610728", "name": "county 610728", "submissions": 1},
        ],
    }


@pytest.mark.parametrize(("visit", "county", "known"), [("absent", "610727", "2018-04-test"), ("2018-04-test", "610999", "610728")])
def test_find_reportable__nothing_there__names_what_there_is(session: Session, visit_id: str, visit: str, county: str, known: str) -> None:
    with pytest.raises(SurveyError) as raised:
        find_reportable(session, visit, county)
    assert raised.value.code is ErrorCode.NOT_FOUND
    assert known in str(raised.value)


def test_draft__from_the_button__is_registered_and_downloaded(visit_id: str, sign_in: SignIn, session: Session) -> None:
    client = sign_in("author")
    assert f"/reports/batches/visits/{visit_id}" in client.get("/reports").text
    assert f'value="{visit_id}"' in client.get("/reports/draft/county").text
    response = client.post(f"/reports/draft/county?visit={visit_id}&county=610727", data={**HOW, "language": "en"})
    assert response.status_code == 302
    report = session.scalars(select(Report)).one()
    assert response.location == f"/reports?drafted={report.id}"
    assert (report.kind, report.visit_id, report.region_code) == ("county", visit_id, "610727000000")
    assert len(report.dataset_hash or "") == 64
    page = client.get(response.location).text
    assert "data-fetch-at-once" in page
    assert (report.dataset_hash or "")[:12] in page
    file = client.get(f"/reports/{report.id}/file")
    assert file.mimetype.endswith("wordprocessingml.document")
    assert file.headers["Content-Disposition"].startswith("attachment")
    text = "\n".join(paragraph.text for paragraph in open_word(file.data).paragraphs)
    assert "county 610727" in text
    assert "Safe water" in text


def test_draft__same_data_and_day_again__is_registered_once(visit_id: str, session: Session, tmp_path: Path, now: datetime) -> None:
    storage, about = Storage(str(tmp_path / "attachments")), About(visit_id=visit_id, county_code="610727")
    drafts = [make_draft(session, "county", about, language="zh", today=date(2018, 4, 28)) for _ in range(2)]
    assert drafts[0] == drafts[1]
    reports = [register_draft(session, None, draft, storage, now) for draft in drafts]
    assert reports[0] is reports[1]
    assert storage.get(reports[0].sha256 or "") == drafts[0].content


def test_sources__of_a_year_of_an_area__have_the_issues_of_its_visits_alone(visit_id: str, session: Session, now: datetime) -> None:
    author = find_or_add_person(session, "coordinator")
    later = add_visit(session, "2019-03-later")
    later.starts_on, later.ends_on = date(2019, 3, 1), date(2019, 3, 9)
    issues = [add_reported_issue(session, author, now) for _ in range(3)]
    for issue, visit in zip(issues, (visit_id, later.id, None), strict=True):
        issue.visit_id = visit
    session.flush()

    def told(year: int) -> list[str]:
        made = read_sources(session, "area", About(area="water", year=year), language="zh", today=date(2019, 4, 1))
        return [fact.number for fact in made.issues]

    assert told(2018) == [issues[0].number, issues[2].number]
    assert told(0) == [issue.number for issue in issues]


def test_draft__nothing_accepted_there__is_404(visit_id: str, sign_in: SignIn) -> None:
    client = sign_in("author")
    assert client.post("/reports/draft/county?visit=2018-05-empty&county=610727", data=HOW).status_code == 404
    assert client.post(f"/reports/draft/county?visit={visit_id}&county=610999", data=HOW).status_code == 404
    assert client.post(f"/reports/draft/county?visit={visit_id}&county=610727", data={**HOW, "language": "fr"}).status_code == 422


def test_pages__responsible_side_and_interviewers__are_refused(visit_id: str, sign_in: SignIn, session: Session, now: datetime) -> None:
    report = register_report(session, None, kind="survey", title="调研报告", reported_on=date(2018, 5, 1), now=now)
    for role in ("county", "lead1"):
        client = sign_in(role)
        assert client.get("/reports").status_code == 403
        assert client.get(f"/reports/{report.id}/file").status_code == 403
        assert client.post(f"/reports/draft/county?visit={visit_id}&county=610727", data=HOW).status_code == 403
    for role in ("author", "county", "lead1"):
        assert sign_in(role).post("/reports/register", data={}).status_code == 403
        assert sign_in(role).post(f"/reports/{report.id}/remove").status_code == 403
    assert session.get(Report, report.id) is not None


def test_register__report_written_elsewhere__is_listed_and_can_be_removed(visit_id: str, sign_in: SignIn, session: Session) -> None:
    client = sign_in("coordinator")
    data = {"kind": "survey", "title": "略阳调研报告", "reported_on": "2018-05-01", "visit": visit_id}
    assert client.post("/reports/register", data={**data, "title": ""}).status_code == 422
    assert client.post("/reports/register", data={**data, "kind": "county"}).status_code == 422
    assert client.post("/reports/register", data=data).status_code == 302
    report = session.scalars(select(Report)).one()
    assert (report.reported_on, report.visit_id) == (date(2018, 5, 1), visit_id)
    assert "略阳调研报告" in client.get("/reports").text
    assert client.get(f"/reports/{report.id}/file").status_code == 404
    assert "略阳调研报告" in client.get(f"/reports/{report.id}/remove").text
    assert client.post(f"/reports/{report.id}/remove").status_code == 302
    assert session.scalar(select(func.count()).select_from(Report)) == 0
    actions = list(session.scalars(select(Event.action).where(Event.subject_type == "report").order_by(Event.number)))
    assert actions == ["report.registered", "report.removed"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"kind": "county"}, ErrorCode.INVALID_VALUE),
        ({"title": "  "}, ErrorCode.INVALID_VALUE),
        ({"visit_id": "absent"}, ErrorCode.NOT_FOUND),
    ],
)
def test_register_report__wrong_value__is_refused(session: Session, now: datetime, values: dict[str, str], code: ErrorCode) -> None:
    actor: User = find_or_add_person(session, "coordinator")
    right: dict[str, Any] = {"kind": "survey", "title": "报告", "reported_on": date(2018, 5, 1), "now": now}
    with pytest.raises(SurveyError) as raised:
        register_report(session, actor, **{**right, **values})
    assert raised.value.code is code


@pytest.fixture
def run(settings: Settings, session: Session, visit_id: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A function that runs one command line on the test's installation."""
    monkeypatch.setenv("SURVEY_DATA", settings.data)
    monkeypatch.setenv("SURVEY_SECRET_KEY", settings.secret_key)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_command_report_list__as_json__names_visits_and_counties(run: Callable[..., Result]) -> None:
    [visit] = json.loads(run("report", "list", "--json").stdout)
    assert (visit["visit"], [county["code"] for county in visit["counties"]]) == ("2018-04-test", ["610727", "610728"])
    assert "610727  county 610727  2" in run("report", "list").stdout


def test_command_report_county__writes_the_draft_and_registers_it(run: Callable[..., Result], session: Session, tmp_path: Path) -> None:
    out = tmp_path / "draft.docx"
    result = run("report", "county", "--visit", "2018-04-test", "--county", "610727", "--out", str(out), "--language", "en")
    assert result.exit_code == 0, result.output
    assert "county 610727" in "\n".join(paragraph.text for paragraph in open_word(out).paragraphs)
    session.rollback()
    report = session.scalars(select(Report)).one()
    assert (report.dataset_hash or "")[:12] in result.stdout
    assert [path.name for path in tmp_path.iterdir() if "draft" in path.name] == ["draft.docx"]


def test_command_report_county__unknown_county__fails_with_one_line(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("report", "county", "--visit", "2018-04-test", "--county", "610999", "--out", str(tmp_path / "draft.docx"))
    assert result.exit_code == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "610728" in result.stderr
    assert not (tmp_path / "draft.docx").exists()


def test_command_report_county__name_of_no_word_document__is_refused_before_anything_is_drafted(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    result = run("report", "county", "--visit", "2018-04-test", "--county", "610727", "--out", str(tmp_path / "draft.pdf"))
    assert result.exit_code == 2
    assert ".docx" in result.stderr
    assert not (tmp_path / "draft.pdf").exists()


def test_command_report_county__folder_is_not_there__names_the_file_that_was_asked_for(run: Callable[..., Result], tmp_path: Path) -> None:
    out = tmp_path / "absent" / "draft.docx"
    result = run("report", "county", "--visit", "2018-04-test", "--county", "610727", "--out", str(out))
    assert result.exit_code == 1
    assert result.stderr.strip() == f"Error: No such file or directory ({out})"


def test_command_export__writes_the_bundle_and_tells_its_hash(run: Callable[..., Result], tmp_path: Path) -> None:
    result = run("export", str(tmp_path / "bundle"), "--visit", "2018-04-test")
    assert result.exit_code == 0, result.output
    manifest = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    assert manifest["hash"] in result.stdout
    assert "3 interviews" in result.stdout
    refused = run("export", str(tmp_path / "bundle"), "--visit", "absent")
    assert (refused.exit_code, len(refused.stderr.strip().splitlines())) == (1, 1)
