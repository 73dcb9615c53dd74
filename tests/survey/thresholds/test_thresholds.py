"""Estimates beyond their thresholds: which they are, what an issue raised from one keeps, and the page that lists them."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.indicators import compute_indicators
from questionnaires.errors import ErrorCode, SurveyError
from survey.bundles.export import export_bundle
from survey.intake.models import Submission
from survey.issues.carrying import read_pieces
from survey.issues.models import Issue
from survey.issues.proposing import propose_issue
from survey.issues.scope import Basis
from survey.issues.scoping import count_basis
from survey.review.operations import reopen_submission
from survey.thresholds.crossing import Crossing, is_beyond
from survey.thresholds.reading import crossings_in, list_crossings
from survey.visits.models import Visit
from tests.builders import NOW, VILLAGE, add_assignment, add_form, add_household, add_pair, add_submission, add_visit, find_or_add_person
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.candidates.test_candidates import OTHER_COUNTY, SECOND_VILLAGE
from tests.survey.intake.interviews import FORM, FORM_ID

OLD = "|  | old_share | 高龄人口 | Of seventy | safety_net | share | age | 70 | low | 0.1 | members |"
WITH_OLD = FORM.replace("| values | good | threshold |", "| values | good | threshold | of |").replace(
    "| share | water_safe | yes | high | 1 |", f"| share | water_safe | yes | high | 1 |  |\n{OLD}"
)
CROSSING = Crossing(
    "v", "f", "water", {"zh": "饮水", "en": "Water"}, "water", "610727000000", "county", "high", 0.9, "share", 100, 0, 0.8, 0.7, 0.88,
    "probability", None,
)  # fmt: skip


@pytest.fixture
def visit(session: Session) -> Visit:
    """Eight accepted interviews: two of five households of a village have unsafe water, one somebody of seventy; all else is well."""
    version = add_form(session, WITH_OLD, "visit_form.md")
    visit = add_visit(session, village_codes=(VILLAGE, SECOND_VILLAGE, OTHER_COUNTY), forms=[version])
    pair = add_pair(session, visit)
    for number in range(1, 9):
        village = VILLAGE if number < 6 else SECOND_VILLAGE if number < 8 else OTHER_COUNTY
        answers = {"water_safe": "no" if number < 3 else "yes", "family": {"members": [{"age": 70 if number == 1 else 40}, {"age": 12}]}}
        assignment = add_assignment(session, pair, add_household(session, f"{number:03}", village_code=village), FORM_ID)
        add_submission(session, version, f"uuid:{number}", assignment=assignment, state="accepted", answers=answers)
    session.commit()
    return visit


def reference(visit: Visit, indicator: str, code: str) -> str:
    return f"estimate|{visit.id}|{FORM_ID}|{indicator}|{code}"


@pytest.mark.parametrize(
    ("value", "threshold", "good", "expected"),
    [
        (0.9, 0.9, "high", False),
        (0.89, 0.9, "high", True),
        (0.02, 0.02, "low", True),
        (0.0199, 0.02, "low", False),
        (1.0, 1, "high", False),
    ],
)
def test_is_beyond__at_and_beside_the_threshold__is_as_the_exit_thresholds_are_worded(
    value: float, threshold: float, good: str, expected: bool
) -> None:
    assert is_beyond(value, threshold, good) is expected


def test_crossing__with_an_interval__says_whether_all_of_it_lies_beyond() -> None:
    assert CROSSING.is_certain is True
    assert replace(CROSSING, ci_high=0.91).is_certain is False
    assert replace(CROSSING, ci_low=None).is_certain is None
    assert replace(CROSSING, good="low", threshold=0.7).is_certain is True
    assert replace(CROSSING, good="low", threshold=0.75).is_certain is False


def test_list_crossings__of_a_visit__are_by_county_and_village_with_the_households_on_the_wrong_side(
    session: Session, visit: Visit
) -> None:
    found = [(each.indicator, each.code, round(each.estimate, 3), each.n, each.shown) for each in list_crossings(session, visit.id)]
    assert found == [
        ("water_share", "610727", 0.714, 7, Basis(2, 7, 1, 2)),
        ("water_share", VILLAGE, 0.6, 5, Basis(2, 5, 1, 1)),
        ("old_share", VILLAGE, 0.1, 10, Basis(1, 5, 1, 1)),
    ]


def test_list_crossings__of_what_is_suppressed_or_has_an_interval__leaves_out_and_carries(
    session: Session, visit: Visit, tmp_path: Path
) -> None:
    export_bundle(session, tmp_path / "bundle", visits=[visit.id])
    bundle = read_bundle(tmp_path / "bundle")
    estimates = compute_indicators(bundle, visit_ids=[visit.id]).assign(ci_low=0.3, ci_high=0.99)
    estimates["suppressed"] = estimates["domain"] == "610727"
    water, old = crossings_in(bundle, estimates, visit.id)
    assert (water.code, water.is_certain, old.is_certain) == (VILLAGE, True, True)


def test_list_crossings__once_an_interview_counts_no_longer__are_made_anew(session: Session, visit: Visit, statements: Statements) -> None:
    list_crossings(session, visit.id)
    statements.reset()
    assert len(list_crossings(session, visit.id)) == 3
    assert len(statements) <= 3, "nothing happened that changes an estimate"
    reopen_submission(session, find_or_add_person(session, "coordinator"), session.get_one(Submission, "uuid:1"), "再看", NOW)
    assert {each.indicator for each in list_crossings(session, visit.id)} == {"water_share"}
    with pytest.raises(SurveyError) as refused:
        read_pieces(session, [reference(visit, "old_share", VILLAGE)])
    assert refused.value.code is ErrorCode.NOT_FOUND


def test_pages__an_estimate_raised__keeps_its_numbers_and_is_shown_with_its_issue(
    app: Flask, session: Session, visit: Visit, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    page = client.get("/issues/candidates/estimates").text
    named = reference(visit, "water_share", "610727")
    form = client.get("/issues/raise", query_string={"evidence": named})
    assert "71.4%" in page
    assert "71.4%" in form.text
    assert "2" in form.text
    with app.test_request_context():
        proposal = propose_issue(read_pieces(session, [named]))
    assert (proposal.level, proposal.places, proposal.rule, proposal.visit_id) == (
        "county", ("610727000000",), "estimate:water_share", visit.id,
    )  # fmt: skip
    told = {"title": "饮水安全未达标", "area": "water", "level": "county", "severity": "high", "place": "610727000000"}
    assert client.post("/issues/raise", data={**told, "evidence": named}).status_code == 302
    issue = session.scalars(select(Issue)).one()
    [evidence] = issue.evidence
    assert (evidence.kind, evidence.told["estimate"]["n"], evidence.told["lines"]["en"][0]) == (
        "estimate", 7, ["Safe water", "71.4%, of 7 answers"],
    )  # fmt: skip
    assert count_basis(session, issue) == Basis(2, 7, 1, 2)
    assert issue.basis["households_asked"] == 7
    shown = client.get(f"/issues/{issue.number}").text
    assert "71.4%" in shown
    assert "/issues/candidates/estimates?visit=" in shown
    assert "estimate:" not in shown, "no rule of a questionnaire stands behind it"
    later = client.get("/issues/candidates/estimates?county=610727").text
    assert later.count(issue.number) == 2 * 2, "it is of the county and so of its village: linked and read out at both"
    assert "old_share" in later


def test_page__with_filters_or_by_others__shows_less(session: Session, visit: Visit, sign_in: SignIn, statements: Statements) -> None:
    client = sign_in("author")
    client.get("/issues/candidates/estimates")
    statements.reset()
    page = client.get(f"/issues/candidates/estimates?visit={visit.id}&level=village").text
    assert len(statements) <= 14
    assert "60.0%" in page
    assert "71.4%" not in page
    assert "/issues/raise" not in page, "authors read"
    assert "60.0%" not in client.get("/issues/candidates/estimates?area=health").text
    assert client.get("/issues/candidates/estimates?visit=none").status_code == 200
