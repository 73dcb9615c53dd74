"""The figures of a visit: kept with their date, brought up to date, shown by place and indicator, and each leading to its interviews."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pandas as pd
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey.bundles.of_visits import place_of_visit
from survey.config import Settings
from survey.figures.keeping import CURRENT, analysis_version, read_kept
from survey.figures.making import make_figures
from survey.figures.queries import read_since
from survey.figures.reading import Selection, read_places
from survey.intake.models import Submission
from survey.places.models import Household
from survey.review.operations import accept_submission, reopen_submission
from survey.visits.models import Visit
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.candidates.test_candidates import OTHER_COUNTY, SECOND_VILLAGE
from tests.survey.intake.interviews import FORM_ID
from tests.survey.thresholds.test_thresholds import WITH_OLD

PAGES = ("/figures", "/figures/counties", "/figures/change", "/figures/figures.xlsx", "/figures/figures.csv")
WATER = f"{FORM_ID}:water_share"
OF_COUNTY = {"form_id": FORM_ID, "indicator": "water_share", "domain_type": "county", "domain": "610727", "county_code": "610727"}


def visit_with_nine(session: Session, form: str = WITH_OLD) -> Visit:
    """Nine accepted interviews of a visit: five in a village of which two have unsafe water, two and one elsewhere; one without answer."""
    version = add_form(session, form, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, SECOND_VILLAGE, OTHER_COUNTY), forms=[version])
    pair = add_pair(session, visit)
    for number in range(1, 11):
        village = VILLAGE if number < 6 else SECOND_VILLAGE if number < 8 else OTHER_COUNTY
        answers: dict[str, object] = {"family": {"members": [{"age": 70 if number == 1 else 40}, {"age": 12}]}}
        if number < 9:
            answers["water_safe"] = "no" if number < 3 else "yes"
        assignment = add_assignment(session, pair, add_household(session, f"{number:03}", village_code=village), FORM_ID)
        state = "accepted" if number < 10 else "received"
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state=state, answers=answers)
    session.commit()
    return visit


@pytest.fixture
def made(session: Session) -> Visit:
    """The visit with its figures made."""
    visit = visit_with_nine(session)
    make_figures(session, visit.id, NOW)
    return visit


def links(page: str, path: str) -> list[str]:
    """The addresses of a page that lead to a path, as a browser reads them."""
    return [unescape(found) for found in re.findall(rf'href="({re.escape(path)}[^"]*)"', page)]


def test_pages__by_role__are_for_those_who_read_reviews(made: Visit, sign_in: SignIn, client: FlaskClient) -> None:
    paths = {path: OF_COUNTY for path in (*PAGES, "/figures/rows")} | {"/figures/chart.svg": {"indicator": WATER}}
    assert {client.get(path).status_code for path in paths} == {302}
    for name, status in {"coordinator": 200, "author": 200, "admin": 200, "lead1": 403, "county": 403}.items():
        person = sign_in(name)
        answers = {path: person.get(path, query_string=query).status_code for path, query in paths.items()}
        assert set(answers.values()) == {status}, (name, answers)
        assert person.post("/figures/update", data={"visit": made.id}).status_code == (302 if status == 200 else 403)


def test_make_figures__twice__keeps_what_is_right_and_says_of_which_moment(session: Session, settings: Settings, made: Visit) -> None:
    folder = place_of_visit(settings.figures_path, made.id)
    first = read_kept(folder)
    make_figures(session, made.id, NOW + timedelta(hours=1))
    second = read_kept(folder)
    assert first is not None
    assert second is not None
    assert (first.folder, second.made_at - first.made_at, second.n_interviews) == (second.folder, timedelta(hours=1), 9)
    told = folder / CURRENT
    told.write_text(told.read_text("utf-8").replace(analysis_version(), "0123456789ab"), "utf-8")
    assert read_kept(folder) is None, "an older program made it"


def test_read_since__after_decisions__counts_them_and_an_update_takes_them_in(
    session: Session, settings: Settings, made: Visit, statements: Statements
) -> None:
    folder = place_of_visit(settings.figures_path, made.id)
    kept = read_kept(folder)
    assert kept is not None
    assert read_since(session, kept, made.id).is_nothing
    coordinator = find_or_add_person(session, "coordinator")
    accept_submission(session, coordinator, session.get_one(Submission, "uuid:10"), "", NOW)
    reopen_submission(session, coordinator, session.get_one(Submission, "uuid:1"), "再看", NOW)
    statements.reset()
    since = read_since(session, kept, made.id)
    assert len(statements) == 2
    assert (since.n_accepted, since.n_taken_back, since.has_others) == (1, 1, False)
    make_figures(session, made.id, NOW)
    fresh = read_kept(folder)
    assert fresh is not None
    assert fresh.folder != kept.folder
    assert kept.folder.is_dir(), "pages that are just reading the one before go on"
    assert read_since(session, fresh, made.id).is_nothing
    [water] = read_places(fresh, Selection(made.id), "en").query("indicator == 'water_share'").itertuples()
    assert (water.n, water.n_missing) == (7, 2)


def test_index__of_a_place__shows_every_indicator_with_its_standing_and_withholds_the_smallest(made: Visit, sign_in: SignIn) -> None:
    client = sign_in("author")
    whole = client.get("/figures").text
    assert "75.0%" in whole
    village = client.get(f"/figures?village={SECOND_VILLAGE}").text
    assert "<strong>2/2</strong>" not in village
    assert "<strong>2/2</strong>" in client.get(f"/figures?village={SECOND_VILLAGE}&least=1").text
    assert client.get(f"/figures?village={SECOND_VILLAGE}&area=health").status_code == 200
    assert client.get("/figures?visit=none").status_code == 404
    frame = read_places(_kept(client.application, made), Selection(made.id, county="610727"), "en")
    standing = dict(zip(frame["indicator"], frame["standing"], strict=True))
    assert (standing["water_share"], standing["old_share"]) == ("missed", "reached")


def test_figure__that_would_tell_of_single_people__is_withheld_with_its_rows(session: Session, sign_in: SignIn) -> None:
    with_least = WITH_OLD.replace("| threshold | of |", "| threshold | of | minimum_n |").replace("| high | 1 |  |", "| high | 1 |  | 6 |")
    visit = visit_with_nine(session, with_least)
    make_figures(session, visit.id, NOW)
    client = sign_in("author")
    village = {**OF_COUNTY, "domain_type": "village", "domain": VILLAGE}
    assert "60.0%" not in client.get(f"/figures?village={VILLAGE}&least=1").text
    withheld = client.get("/figures/rows", query_string=village | {"least": 1}).text
    assert "少于6份" in withheld
    assert links(withheld, "/review/") == []
    assert "71.4%" in client.get("/figures?county=610727&least=1").text
    assert len(links(client.get("/figures/rows", query_string=OF_COUNTY).text, "/review/")) == 7


def test_figure__of_places__is_told_however_few_answers_there_are(session: Session, sign_in: SignIn) -> None:
    of_villages = WITH_OLD.replace("| version | default_language |", "| version | default_language | told_of |")
    visit = visit_with_nine(session, of_villages.replace("| 2018.1 | 中文 (zh) |", "| 2018.1 | 中文 (zh) | village |"))
    make_figures(session, visit.id, NOW)
    client = sign_in("author")
    page = client.get(f"/figures?village={SECOND_VILLAGE}&indicator={WATER}").text
    assert "<strong>2/2</strong>" in page, "of two answers"
    people = client.get(f"/figures?village={SECOND_VILLAGE}&indicator={FORM_ID}:old_share").text
    assert "不列出" in people, "persons remain persons"


def _kept(app: Flask, visit: Visit) -> object:
    found = read_kept(place_of_visit(app.extensions["survey.settings"].figures_path, visit.id))
    assert found is not None
    return found


def test_index__of_an_indicator__shows_places_and_a_chart_with_its_words(made: Visit, sign_in: SignIn, statements: Statements) -> None:
    client = sign_in("coordinator")
    client.get("/figures", query_string={"indicator": WATER})
    statements.reset()
    page = client.get("/figures", query_string={"indicator": WATER}).text
    assert len(statements) <= 6
    assert all(number in page for number in ("71.4%", "60.0%"))
    [alt] = re.findall(r'<img src="/figures/chart.svg[^"]*" alt="([^"]+)"', page)
    assert "71.4%" in alt
    drawn = client.get("/figures/chart.svg", query_string={"indicator": WATER}).data
    assert drawn.startswith(b"<?xml")
    [(width, height)] = re.findall(rb'<svg[^>]* width="([\d.]+)pt" height="([\d.]+)pt"', drawn)
    again = client.get("/figures", query_string={"indicator": WATER}).text
    assert f'width="{round(float(width))}" height="{round(float(height))}"' in again, "the page keeps its place free"
    assert client.get("/figures/chart.png", query_string={"indicator": WATER}).data.startswith(b"\x89PNG")
    assert client.get("/figures/chart.svg", query_string={"indicator": WATER, "number": 9}).status_code == 404


def test_every_number__of_every_page__opens_as_many_interviews_as_it_says(made: Visit, sign_in: SignIn) -> None:
    client = sign_in("author")
    pages = ["/figures", f"/figures?indicator={WATER}", f"/figures?indicator={FORM_ID}:old_share&least=1", "/figures/counties"]
    addresses = {address for page in pages for address in links(client.get(page).text, "/figures/rows")}
    assert len(addresses) > 12
    for address in sorted(addresses):
        named = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        figure = _figure(client.application, made, named)
        shown = [int(count) for count in re.findall(r'class="count">(\d+)<', client.get(address).text)]
        assert shown[0] == figure["n"] + figure["n_missing"], address
        assert shown[-1] == figure["n_missing"], address


def _figure(app: Flask, visit: Visit, named: dict[str, str]) -> pd.Series:
    kept = read_kept(place_of_visit(app.extensions["survey.settings"].figures_path, visit.id))
    assert kept is not None
    table = pd.read_parquet(kept.estimates)
    for name in ("form_id", "indicator", "category", "domain_type", "domain", "county_code"):
        table = table[table[name] == named.get(name, "")]
    [row] = table.to_dict("records")
    return pd.Series(row)


def test_rows__of_a_share__say_who_answered_what_and_lead_to_the_interviews(
    session: Session, made: Visit, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    client.get("/figures/rows", query_string=OF_COUNTY)
    statements.reset()
    page = client.get("/figures/rows", query_string=OF_COUNTY).text
    assert len(statements) <= 7
    assert len(links(page, "/review/uuid:")) == 7
    not_counted = client.get("/figures/rows", query_string={**OF_COUNTY, "which": "not_counted"}).text
    assert sorted(links(not_counted, "/review/uuid:")) == ["/review/uuid:1", "/review/uuid:2"]
    assert session.query(Household).filter_by(number="001").one().head_name in not_counted
    assert client.get("/figures/rows", query_string={**OF_COUNTY, "indicator": "none"}).status_code == 404
    persons = {"form_id": FORM_ID, "indicator": "old_share", "domain_type": "visit", "domain": made.id}
    assert len(links(client.get("/figures/rows", query_string=persons).text, "/review/uuid:")) == 18


def test_files__of_a_page__hold_what_it_shows_and_what_it_is_of(made: Visit, sign_in: SignIn) -> None:
    client = sign_in("author")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/figures/figures.xlsx?county=610727&indicator={WATER}").data))
    figures, notes = book.worksheets
    values = [row[7].value for row in figures.iter_rows(min_row=2)]
    assert values[:2] == [pytest.approx(5 / 7), pytest.approx(3 / 5)]
    assert values[2] is None, "two answers are fewer than five"
    assert any(row[1].value == made.title for row in notes.iter_rows())
    text = client.get("/figures/figures.csv").data.decode("utf-8")
    assert text.startswith("\ufeff")
    assert len(list(csv.reader(io.StringIO(text)))) > 2


def test_change__of_a_look_back__compares_the_same_households_and_says_that_nothing_was_tested(
    session: Session, made: Visit, sign_in: SignIn
) -> None:
    version = made.forms[0]
    again = add_visit(session, "2018-08-again", village_codes=(VILLAGE,), forms=[version])
    again.look_back_of_id, again.starts_on, again.ends_on = made.id, date(2018, 8, 14), date(2018, 8, 20)
    pair = add_pair(session, again)
    for number, household in enumerate(session.query(Household).filter_by(village_code=VILLAGE).order_by(Household.number)):
        assignment, answers = add_assignment(session, pair, household, FORM_ID), {"water_safe": "no" if number == 0 else "yes"}
        add_submission(session, version, f"uuid:again{number}", assignment=assignment, state="accepted", answers=answers)
    make_figures(session, again.id, NOW)
    client = sign_in("author")
    page = client.get("/figures/change").text
    assert all(shown in page for shown in ("60.0%", "80.0%", "+20.0个百分点")), "the latest visit is the look-back"
    assert "不作推及其他的检验" in page
    rows = list(csv.reader(io.StringIO(client.get("/figures/figures.csv?tab=change").data.decode("utf-8-sig"))))
    [water] = [[float(cell) for cell in row[4:8]] for row in rows[1:] if row[2].startswith("饮水")]
    assert water == pytest.approx([5, 0.6, 0.8, 0.2])
    assert f"visit={again.id}" in client.get(f"/figures/change?visit={made.id}").text, "the visit that looks back is offered"
    assert client.get(f"/figures/figures.csv?tab=change&visit={made.id}").status_code == 404


def test_update__by_its_button__takes_in_what_was_accepted_and_leads_back(session: Session, made: Visit, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    accept_submission(session, find_or_add_person(session, "coordinator"), session.get_one(Submission, "uuid:10"), "", NOW)
    page = client.get("/figures/counties").text
    assert 'action="/figures/update"' in page
    answer = client.post("/figures/update", data={"visit": made.id, "back": "/figures/counties?least=1"})
    assert answer.location == "/figures/counties?least=1"
    assert client.post("/figures/update", data={"visit": made.id, "back": "https://example.org"}).location == "/"
    assert client.post("/figures/update", data={"visit": "none"}).status_code == 404


def test_pages__without_figures__make_them_and_without_interviews_say_so(session: Session, sign_in: SignIn, settings: Settings) -> None:
    assert sign_in("author").get("/figures").status_code == 200
    assert not Path(settings.figures_path).exists()
