"""A laptop hands its work over to the central server, once, twice, interrupted, and where the two do not agree."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import JSON, Boolean, Date, Double, Integer, LargeBinary, func, select, update
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from questionnaires.errors import ErrorCode, SurveyError
from survey import open_installation
from survey.accounts.models import User
from survey.accounts.token_operations import make_token
from survey.candidates.models import IssueCandidate
from survey.cli import main
from survey.config import Settings
from survey.db import UtcDateTime, create_engine_for, session_scope, utc_now
from survey.events import Event
from survey.handover.client import Client, open_client
from survey.handover.layout import AS_EVIDENCE, HANDED, LEFT_OUT, PERSON_COLUMNS, PERSON_KEPT_BACK, handed_tables, natural_keys, surrogate
from survey.handover.models import HandedEvent
from survey.handover.push import Handover, hand_over
from survey.handover.queries import match_rows, read_rows
from survey.handover.rows import digests, to_wire
from survey.intake.models import Attachment, Submission
from survey.models import Base
from survey.places.models import Household, Region
from survey.schema import upgrade_schema
from survey.sealing.fields import SealedBytes, SealedJson
from survey.teams.models import DayNote
from survey.verify import verify
from survey.visits.models import Visit
from tests.builders import NOW, add_form, add_household, add_pair, add_person, add_region, add_visit
from tests.conftest import POLL_SECONDS, SECRET_KEY
from tests.survey.intake.conftest import Field, field
from tests.survey.intake.interviews import FORM, JPEG, interview_xml, send
from tests.survey.reconciling.pairs import add_both, add_independent_visit, reconcile

__all__ = ["field"]


@dataclass(frozen=True, slots=True)
class Central:
    """The central server: its application, its address, and a token of its administrator."""

    app: Flask
    url: str
    token: str

    def client(self) -> Client:
        """A laptop's view of it, which does not wait between attempts."""
        return replace(open_client(self.url, self.token, None), pause=lambda _seconds: None)


@contextmanager
def serving_central(app: Flask, settings: Settings) -> Iterator[Central]:
    """A central server on loopback that so far has an administrator and nothing else."""
    open_installation(app, settings)
    with session_scope(app) as session:
        admin = add_person(session, "central.admin", "admin")
        _token, text = make_token(session, None, admin, name="laptop", scope="handover", days=7, now=utc_now())
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,))
    thread.start()
    yield Central(app, f"http://127.0.0.1:{server.server_port}", text)
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["survey.engine"].dispose()


@pytest.fixture
def central(other_app: Flask, tmp_path: Path, empty_database: Path) -> Iterator[Central]:
    """A central server with SQLite."""
    data = tmp_path / "central"
    data.mkdir()
    (data / "survey.sqlite3").write_bytes(empty_database.read_bytes())
    with serving_central(other_app, Settings(data=str(data), secret_key=SECRET_KEY)) as central:
        yield central


@pytest.fixture
def laptop(app: Flask, client: FlaskClient, session: Session, field: Field) -> Flask:
    """An installation with a visit, an interview with a picture, an edit of another, and one in quarantine."""
    texts = {"assignment_id": field.assignment.id}
    assert send(client, interview_xml("uuid:a", well="a.jpg"), {"a.jpg": JPEG}, **texts).status_code == 201
    assert send(client, interview_xml("uuid:b")).status_code == 201
    assert send(client, interview_xml("uuid:c", replaces="uuid:b")).status_code == 201
    assert send(client, interview_xml("uuid:q", replaces="uuid:unknown")).status_code == 422
    session.commit()
    return app


def push(app: Flask, client: Client, *, only_compare: bool = False) -> Handover:
    """What one run did."""
    with app.app_context(), session_scope(app) as session:
        quiet = (lambda _done, _total: None, lambda _done, _total: None)
        return hand_over(session, app.extensions["survey.storage"], client, *quiet, only_compare=only_compare)


def counts(app: Flask) -> dict[str, int]:
    """How many rows each handed table has."""
    with session_scope(app) as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in handed_tables()}


def agrees(result: Handover) -> bool:
    """Whether counts and hashes of both sides are the same in every table."""
    return all(each.here == each.equal and each.hash_here == each.hash_there for each in (*result.tables, result.files))


def test_tables__every_one__is_handed_over_or_left_out_with_its_reason() -> None:
    undecided = set(Base.metadata.tables) - HANDED - set(LEFT_OUT) - set(AS_EVIDENCE)
    assert undecided == set(), "say in survey/handover/layout.py whether these tables are handed over"
    assert not HANDED & set(LEFT_OUT)
    assert set(Base.metadata.tables) >= HANDED | set(AS_EVIDENCE)
    assert all(reason.endswith(".") for reason in LEFT_OUT.values())
    assert set(Base.metadata.tables["users"].columns.keys()) <= {*PERSON_COLUMNS, *PERSON_KEPT_BACK}, "is this told of a person?"


def test_tables__with_random_identifiers__are_known_by_what_is_unique_in_them() -> None:
    tables = {table.name: table for table in handed_tables()}
    assert natural_keys(tables["households"]) == (("village_code", "number"),)
    assert natural_keys(tables["users"]) == (("username",),)
    assert (surrogate(tables["households"]), surrogate(tables["visits"]), surrogate(tables["regions"])) == ("id", None, None)


def test_push__to_an_empty_server__brings_everything_with_files_and_the_log(laptop: Flask, central: Central) -> None:
    result = push(laptop, central.client())
    assert result.problems == []
    assert agrees(result)
    handed = counts(central.app)
    own = counts(laptop)
    assert {name: handed[name] for name in ("submissions", "attachments", "households", "regions", "visits")} == {
        name: own[name] for name in ("submissions", "attachments", "households", "regions", "visits")
    }
    with central.app.app_context(), session_scope(central.app) as there, session_scope(laptop) as here:
        original, edit = there.get_one(Submission, "uuid:b"), there.get_one(Submission, "uuid:c")
        assert (original.review_state, edit.deprecated_id) == ("replaced", "uuid:b")
        assert edit.xml == here.get_one(Submission, "uuid:c").xml
        attachment = there.scalars(select(Attachment)).one()
        assert central.app.extensions["survey.storage"].get(attachment.sha256) == JPEG
        lead = there.scalars(select(User).where(User.username == "lead1")).one()
        assert (lead.active, lead.password, [role.name for role in lead.roles]) == (False, "!", ["interviewer"])
        assert there.scalar(select(func.count()).select_from(HandedEvent)) == here.scalar(select(func.count()).select_from(Event))
        checked = verify(there, central.app.extensions["survey.storage"], lambda _what, _done, _total: None)
        assert checked.problems == ()
        there.execute(update(HandedEvent).where(HandedEvent.number == 2).values(action="changed"))
        checked = verify(there, central.app.extensions["survey.storage"], lambda _what, _done, _total: None)
        assert "handed over" in checked.problems[0]
        assert not central.app.test_client().post("/sign-in", data={"username": "lead1", "password": "!"}).location


def test_push__of_a_demonstration__is_refused_on_both_sides_and_brings_nothing(laptop: Flask, central: Central) -> None:
    with laptop.app_context(), session_scope(laptop) as session:
        session.execute(update(Visit).values(is_invented=True))
        [row] = [to_wire(row) for row in session.execute(select(Visit.__table__)).mappings()]
    with pytest.raises(SurveyError) as here:
        push(laptop, central.client())
    # A client that does not ask itself is refused there.
    with pytest.raises(SurveyError) as there:
        central.client().send_rows("visits", [row])
    assert here.value.code is ErrorCode.INVENTED_DATA
    assert "is invented" in str(there.value)
    assert {name: counts(central.app)[name] for name in ("visits", "regions", "submissions")} == {
        "visits": 0,
        "regions": 0,
        "submissions": 0,
    }


@pytest.mark.soak
def test_push__to_postgresql__agrees_digest_for_digest(laptop: Flask, other_app: Flask, tmp_path: Path, postgres_url: str) -> None:
    engine = create_engine_for(postgres_url)
    upgrade_schema(engine)
    engine.dispose()
    settings = Settings(data=str(tmp_path / "central"), secret_key=SECRET_KEY, database_url=postgres_url)
    with serving_central(other_app, settings) as central:
        assert agrees(push(laptop, central.client()))
        again = push(laptop, central.client())
        assert agrees(again)
        assert sum(each.new for each in again.tables) == 0


def test_digests__of_numbers_that_databases_write_differently__are_the_same() -> None:
    assert digests({"a": {"x": [1e20, 6.0]}}, ["a"]) == digests({"a": {"x": [10**20, 6]}}, ["a"])
    assert digests({"a": 6.5}, ["a"]) != digests({"a": 6}, ["a"])


def test_push__again__changes_nothing_and_brings_only_what_is_new(
    laptop: Flask, client: FlaskClient, session: Session, central: Central
) -> None:
    push(laptop, central.client())
    before = counts(central.app)
    again = push(laptop, central.client())
    assert agrees(again)
    assert sum(each.new for each in again.tables) == 0
    assert counts(central.app) == before
    assert send(client, interview_xml("uuid:d", replaces="uuid:c")).status_code == 201
    session.commit()
    third = push(laptop, central.client())
    assert {each.name: each.new for each in third.tables if each.new} == {"submissions": 1, "handed_events": 1} | {
        each.name: each.new for each in third.tables if each.name == "flags" and each.new
    }
    # The edit takes the place of what it edits there, too; that is not the decision of a person, so it is no difference.
    assert agrees(third)


def test_push__reconciled_since__settles_what_rules_found_there_too(app: Flask, session: Session, central: Central) -> None:
    assignment = add_both(session, *add_independent_visit(session))
    place = {"instance_id": "uuid:001-lead", "visit_id": assignment.visit_id, "village_code": assignment.village_code}
    what = {"rule": "unsafe", "title": {"zh": "饮水"}, "area": "water", "level": "village", "severity": "high"}
    session.add(IssueCandidate(**place, **what, household_id=assignment.household_id, evidence={"water_safe": "no"}, raised_at=NOW))
    session.commit()
    assert agrees(push(app, central.client()))
    reconcile(session, assignment)
    session.commit()
    again = push(app, central.client())
    assert agrees(again), again.problems
    with session_scope(central.app) as there:
        rows = there.execute(select(IssueCandidate.rule, IssueCandidate.withdrawn_at.is_(None))).all()
        assert {(rule, stands) for rule, stands in rows} == {("unsafe", False), ("crops", True)}


def test_push__cut_off_in_the_middle__goes_on_where_it_stopped(laptop: Flask, central: Central) -> None:
    class Cut(Client):
        """A network that fails at the submissions."""

        def send_rows(self, table: str, rows: list[dict[str, object]]) -> list[dict[str, str]]:
            if table == "submissions":
                raise SurveyError(ErrorCode.HANDOVER_REFUSED, url=self.url, detail="the connection failed")
            return super().send_rows(table, rows)

    with pytest.raises(SurveyError, match="the connection failed"):
        push(laptop, Cut(central.url, central.token))
    assert counts(central.app)["submissions"] == 0
    assert counts(central.app)["households"] == 1
    assert agrees(push(laptop, central.client()))


def test_push__same_things_under_other_identifiers__are_the_same_things(laptop: Flask, central: Central) -> None:
    with central.app.app_context(), session_scope(central.app) as there:
        version = add_form(there, FORM, "visit_form.md")
        household = add_household(there)
        person = add_person(there, "lead1", "interviewer", name="李四")
        ids = version.id, household.id, person.id
    result = push(laptop, central.client())
    assert agrees(result)
    with session_scope(central.app) as there:
        submission = there.get_one(Submission, "uuid:a")
        assert (submission.questionnaire_version_id, submission.household_id, submission.lead_id) == ids
        assert there.scalar(select(func.count()).select_from(Household)) == 1
        assert (person.name, there.get_one(User, person.id).active) == ("李四", True)


def test_push__something_differs_there__is_told_and_left_as_it_is(laptop: Flask, central: Central) -> None:
    with session_scope(central.app) as there:
        add_household(there, n_members=7)
        add_region(there).name = "另一个名字"
    result = push(laptop, central.client())
    told = "\n".join(result.problems)
    assert "another n_members; it was left as it is" in told
    assert "(另一个名字)" not in told
    assert "another name" in told
    with session_scope(central.app) as there:
        assert there.scalars(select(Household.n_members)).one() == 7
        assert there.get_one(Region, "610727101201").name == "另一个名字"
        assert there.scalar(select(func.count()).select_from(Submission)) == 3


def test_push__same_version_with_other_questions_there__holds_its_answers_back(laptop: Flask, central: Central) -> None:
    with central.app.app_context(), session_scope(central.app) as there:
        add_form(there, FORM.replace("饮水", "用水"), "visit_form.md")
    result = push(laptop, central.client())
    submissions = next(each for each in result.tables if each.name == "submissions")
    assert (submissions.here, submissions.new, submissions.held_back) == (3, 0, 3)
    assert any("source_sha256" in problem for problem in result.problems)
    assert counts(central.app)["submissions"] == counts(central.app)["attachments"] == 0


def test_push__row_that_the_other_side_cannot_take__is_told_with_what_depends_on_it_and_the_rest_goes_on(
    laptop: Flask, central: Central
) -> None:
    with session_scope(central.app) as there:
        add_person(there, "other").email = "lead1@accounts.invalid"
    result = push(laptop, central.client())
    tables = {each.name: each for each in result.tables}
    assert any(problem.startswith("users") and "email" in problem for problem in result.problems)
    assert tables["pairs"].held_back == 1
    assert tables["households"].equal == tables["households"].here == 1


def test_server__wrong_token_table_or_row__is_refused(laptop: Flask, central: Central) -> None:
    with pytest.raises(SurveyError, match="the token is unknown"):
        push(laptop, Client(central.url, "sst_wrong"))
    client = central.client()
    for table, rows in (("users", [{"username": "x"}]), ("api_tokens", []), ("households", [{"id": "x"}])):
        with pytest.raises(SurveyError, match="handover") as caught:
            client.send_rows(table, rows)
        assert caught.value.code is ErrorCode.HANDOVER_REFUSED
    with pytest.raises(SurveyError, match="arrived damaged"):
        client.send_file("0" * 64, b"x")


def test_server__values_that_columns_do_not_hold__are_refused_in_words_and_nothing_is_taken(laptop: Flask, central: Central) -> None:
    client, headers = central.app.test_client(), {"Authorization": f"Bearer {central.token}"}
    before, n_tried = counts(central.app), 0
    with session_scope(laptop) as session:
        rows = {table: row for table in handed_tables() for row in list(read_rows(session, table))[-1:]}
    for table, row in rows.items():
        keys = {column.name for column in table.primary_key}.union(*natural_keys(table))
        for name, column in table.columns.items():
            for odd in no_values_of(column.type) if name in row else ():
                n_tried += 1
                told = {"table": table.name, "rows": [{**row, name: odd}]}
                paths = ("rows", "match") if name in keys else ("rows",)
                answers = {path: client.post(f"/handover/{path}.json", json=told, headers=headers).status_code for path in paths}
                assert set(answers.values()) == {422}, (table.name, name, column.type, odd, answers)
    assert n_tried > 400
    assert counts(central.app) == before


def no_values_of(kind: object) -> tuple[Any, ...]:
    """JSON that a column of this type does not hold."""
    match kind:
        case JSON() | SealedJson():
            return ()
        case Integer():
            return (["x"], "x", True, 1.5, 2**70)
        case Boolean():
            return (["x"], "x", 1)
        case Double():
            return (["x"], "x", True)
        case UtcDateTime():
            return (["x"], 5, "x", "0001-01-01T00:00:00+14:00", "2018-04-20T08:00:00")
        case Date() | LargeBinary() | SealedBytes():
            return (["x"], 5, "no day")
        case _:
            return (["x"], {"x": 1}, True, 5)


def test_match__of_a_row_whose_key_holds_a_day__finds_it(session: Session) -> None:
    pair = add_pair(session, add_visit(session))
    note = DayNote(pair_id=pair.id, planned_on=date(2018, 4, 20), text="早八点出发")
    session.add(note)
    session.flush()
    table = DayNote.metadata.tables["day_notes"]
    (row,) = read_rows(session, table)
    assert [each.key for each in match_rows(session, table, [row | {"id": "another"}])] == [(note.id,)]


@pytest.mark.parametrize("url", ["survey.example.org", "http://survey.example.org", "ftp://x"])
def test_client__address_that_is_none_or_not_encrypted__is_refused(url: str) -> None:
    with pytest.raises(SurveyError) as caught:
        open_client(url, "x", None)
    assert caught.value.code is ErrorCode.INVALID_VALUE


def test_client__nobody_there__tries_again_and_says_that_it_can_go_on() -> None:
    pauses: list[float] = []
    client = replace(open_client("http://127.0.0.1:9", "x", None), pause=pauses.append)
    with pytest.raises(SurveyError, match="goes on where it stopped"):
        client.about()
    assert pauses == [1, 4, 15]


def test_command__prints_both_sides_and_ends_with_0_only_when_they_agree(
    laptop: Flask, settings: Settings, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": SECRET_KEY, "SURVEY_PUSH_TOKEN": central.token}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    compared = CliRunner().invoke(main, ["push", central.url, "--compare-only"])
    assert compared.exit_code == 1
    assert counts(central.app)["submissions"] == 0
    done = CliRunner().invoke(main, ["push", central.url])
    assert done.exit_code == 0, done.output
    line = next(line.split() for line in done.output.splitlines() if line.startswith("submissions"))
    assert line[1:6] == ["3", "3", "3", "0", "0"]
    assert line[6] == line[7]
    assert "Both sides have the same." in done.output
