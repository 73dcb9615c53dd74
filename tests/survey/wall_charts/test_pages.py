"""The wall charts of a visit: what they are made of, who sees them, and that none costs more statements for a larger visit."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.charts.wall_records import Distribution, Flow, RouteMap, Timetable
from survey.candidates.models import IssueCandidate
from survey.visits.meeting_operations import record_meeting
from survey.visits.models import Visit
from survey.wall_charts.charts import CHART_LABELS, make_chart
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_region, add_submission, add_visit
from tests.conftest import SignIn
from tests.recorder import Statements

OTHER = "610727101202"
CHARTS = "/visits/2018-04-test/wall-charts"


@pytest.fixture
def visit(session: Session) -> Visit:
    """A visit of one pair to two villages, of which one has a position, with two interviews, a meeting, and something raised."""
    version = add_form(session)
    visit = add_visit(session, village_codes=(VILLAGE, OTHER), forms=[version])
    village, other = add_region(session, VILLAGE), add_region(session, OTHER)
    village.name, other.name = "上石沟村", "下石沟村"
    village.latitude, village.longitude = 33.30, 106.15
    pair = add_pair(session, visit)
    for number, code, kind in (("1", VILLAGE, "registered"), ("2", VILLAGE, "marginal"), ("3", OTHER, "registered")):
        household = add_household(session, number, village_code=code, kind=kind)
        assignment = add_assignment(session, pair, household)
        assignment.planned_on = date(2018, 4, 16 if code == VILLAGE else 18)
        if number != "2":
            add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted")
    raised = {"rule": "no_water", "title": {"en": "No water"}, "area": "water", "level": "household", "severity": "high", "evidence": {}}
    session.add(IssueCandidate(**raised, instance_id="uuid:1", visit_id=visit.id, village_code=VILLAGE, raised_at=NOW))
    record_meeting(session, None, visit, region_code="610727000000", kind="feedback", held_on=date(2018, 4, 19), title="反馈会", now=NOW)
    session.flush()
    return visit


def test_timetable__of_a_visit__has_a_bar_for_each_village_and_day(app: Flask, session: Session, visit: Visit) -> None:
    visit.is_invented = True
    with app.test_request_context():
        chart = make_chart(session, visit, "timetable")
    assert isinstance(chart, Timetable)
    assert [(bar.row, bar.first_on.day, bar.label) for bar in chart.bars] == [
        ("第一组", 16, "上石沟村\n2 户"),
        ("第一组", 18, "下石沟村\n1 户"),
    ]
    assert (chart.first_on, chart.last_on, chart.marks) == (date(2018, 4, 16), date(2018, 4, 27), ((date(2018, 4, 19), "反馈会"),))
    assert "虚构" in chart.heading.subtitle


def test_routes__of_a_visit__name_the_villages_whose_position_is_not_known(app: Flask, session: Session, visit: Visit) -> None:
    with app.test_request_context():
        chart = make_chart(session, visit, "routes")
    assert isinstance(chart, RouteMap)
    assert [(route.name, [place.name for place in route.places]) for route in chart.routes] == [("第一组", ["上石沟村"])]
    assert chart.unplaced == ("下石沟村",)


def test_distribution__of_a_visit__counts_households_with_an_interview_by_kind(app: Flask, session: Session, visit: Visit) -> None:
    with app.test_request_context():
        chart = make_chart(session, visit, "distribution")
    assert isinstance(chart, Distribution)
    assert (chart.places, chart.counts) == (("上石沟村", "下石沟村"), ((1, 0, 0, 0), (1, 0, 0, 0)))
    assert [(place.name, place.size) for place in chart.positions] == [("上石沟村", 1)]


def test_flow__of_a_visit__leads_from_area_to_level(app: Flask, session: Session, visit: Visit) -> None:
    with app.test_request_context():
        chart = make_chart(session, visit, "flow")
    assert isinstance(chart, Flow)
    assert [nodes for _name, nodes in chart.stages] == [("饮水安全",), ("较重",), ("农户",)]
    assert chart.links == ((0, "饮水安全", "较重", 1), (1, "较重", "农户", 1))


def test_page__for_an_author__shows_every_chart_and_gives_it_to_print(sign_in: SignIn, visit: Visit) -> None:
    client = sign_in("author")
    page = client.get(CHARTS).text
    for name, label in CHART_LABELS.items():
        assert f'{CHARTS}/{name}.svg"' in page
        assert client.get(f"{CHARTS}/{name}.svg").text.startswith("<?xml")
        assert str(label) not in page, "the labels are in Chinese"
    saved = client.get(f"{CHARTS}/flow.pdf")
    assert (saved.mimetype, saved.data[:4]) == ("application/pdf", b"%PDF")
    assert "attachment" in saved.headers["Content-Disposition"]
    assert [client.get(f"{CHARTS}/{name}").status_code for name in ("other.svg", "flow.gif", "other.pdf")] == [404, 404, 404]


def test_charts__for_interviewers_and_the_responsible_side__are_closed(sign_in: SignIn, visit: Visit) -> None:
    for username in ("lead1", "county"):
        client: FlaskClient = sign_in(username)
        assert [client.get(path).status_code for path in (CHARTS, f"{CHARTS}/flow.svg", f"{CHARTS}/flow.pdf")] == [403, 403, 403]


def test_charts__however_many_households__cost_the_same_statements(
    app: Flask, session: Session, visit: Visit, statements: Statements
) -> None:
    def cost() -> int:
        session.commit()
        session.expire_all()
        statements.reset()
        with app.test_request_context():
            for name in CHART_LABELS:
                make_chart(session, session.get_one(Visit, visit.id), name)
        return len(statements)

    few = cost()
    for number in range(10, 30):
        add_assignment(session, visit.pairs[0], add_household(session, str(number))).planned_on = date(2018, 4, 17)
    assert cost() == few


def test_timetable__of_two_villages_on_one_day__names_both_in_one_bar(app: Flask, session: Session, visit: Visit) -> None:
    add_assignment(session, visit.pairs[0], add_household(session, "9", village_code=OTHER)).planned_on = date(2018, 4, 16)
    session.flush()
    with app.test_request_context():
        chart = make_chart(session, visit, "timetable")
    assert isinstance(chart, Timetable)
    assert [(bar.first_on.day, bar.label) for bar in chart.bars] == [(16, "上石沟村\n2 户\n下石沟村\n1 户"), (18, "下石沟村\n1 户")]
