"""Agreement of a visit: by question, section and pair, sorted and exported; and what seconds changed before signing together."""

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy.orm import Session

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from survey.intake.models import Countersignature
from survey.reconciling.agreement import FEW, joint_rows, pair_rows, question_rows, section_rows, sorted_rows
from survey.reconciling.differences import compare_records
from survey.reconciling.tolerances import Tolerances
from tests.builders import NOW, add_assignment, add_form, add_household, add_pair, add_submission, add_visit
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.reconciling.pairs import FORM, FORM_ID, LEFT, RIGHT, add_both, add_independent_visit


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    """The form with two people's records."""
    return read_questionnaire(FORM.encode(), "two_records.md")


def record(water: str, wage: float) -> dict[str, Any]:
    """A short record."""
    return {"water_safe": water, "money": {"wage_cny": wage}}


WATER = (("yes", "yes"), ("yes", "no"), ("no", "no"), ("no", "no"))
WAGES = ((1000.0, 1010.0), (2000.0, 2500.0), (3000.0, 3000.0), (4000.0, 4000.0))


def test_question_rows__four_interviews__hold_the_coefficients_of_each_kind(questionnaire: Questionnaire) -> None:
    interviews = [
        compare_records(questionnaire, record(water[0], wage[0]), record(water[1], wage[1]), Tolerances())
        for water, wage in zip(WATER, WAGES, strict=True)
    ]
    rows = {row.key: row for row in question_rows(questionnaire, interviews)}
    water, wage = rows["/data/water_safe"], rows["/data/money/wage_cny"]
    # Po = 3/4; Pe = (2·1 + 2·3)/16 = 1/2.
    assert water.coefficients["kappa"].estimate == pytest.approx(0.5)
    assert set(water.coefficients) == {"share", "kappa", "alpha"}
    assert set(wage.coefficients) == {"share", "alpha", "icc_1_1", "icc_2_1"}
    assert wage.coefficients["share"].estimate == 0.75, "what passes as the same agrees"
    assert (wage.section, water.section) == ("money", "")
    assert water.is_few
    by_kappa = sorted_rows(tuple(rows.values()), "kappa")
    assert by_kappa[0].key == "/data/water_safe", "those without a kappa come last"


def test_question_rows__one_answered_only__is_counted_apart(questionnaire: Questionnaire) -> None:
    interviews = [compare_records(questionnaire, LEFT, RIGHT, Tolerances())] * FEW
    rows = {row.key: row for row in question_rows(questionnaire, interviews)}
    assert "/data/water_problem" not in rows, "nobody has the other's answer to compare with"
    assert rows["/data/home/members/insured"].coefficients["share"].n == 2 * FEW
    assert not rows["/data/needs"].is_few
    one_sided = [compare_records(questionnaire, LEFT, {**LEFT, "water_problem": None}, Tolerances()), interviews[0]]
    both = [*one_sided, compare_records(questionnaire, LEFT, LEFT, Tolerances())]
    found = {row.key: row for row in question_rows(questionnaire, both)}["/data/water_problem"]
    assert (found.n_one_sided, found.coefficients["share"].n) == (2, 1)


def test_section_and_pair_rows__pool_the_questions(questionnaire: Questionnaire) -> None:
    interviews = [compare_records(questionnaire, LEFT, RIGHT, Tolerances()), compare_records(questionnaire, LEFT, LEFT, Tolerances())]
    sections = {row.key: row for row in section_rows(questionnaire, interviews)}
    assert list(sections) == ["home", "money", ""]
    assert sections["money"].coefficients["share"].estimate == 0.75
    assert sections["money"].coefficients["kappa"].reason == "no_units"
    assert sections["money"].coefficients["icc_2_1"].n == 4
    assert sections["money"].coefficients["icc_2_1"].estimate < 1
    pairs = pair_rows(questionnaire, interviews, [("a", {"default": "甲、乙"}), ("b", {"default": "丙、丁"})])
    assert [row.n_interviews for row in pairs] == [1, 1]
    assert pairs[1].coefficients["share"].estimate == 1.0
    assert pairs[0].coefficients["share"].estimate < 1.0
    whole = pair_rows(questionnaire, interviews, [("a", {"default": "甲、乙"})] * 2)
    assert whole[0].coefficients["share"].n == sum(row.coefficients["share"].n for row in pairs), "the answers of all pairs add up"


def test_joint_rows__amended_answers__do_not_stand(questionnaire: Questionnaire) -> None:
    signed = [(LEFT, ("/data/water_safe", "/data/home/members[2]/insured")), (LEFT, ())]
    rows = {row.key: row for row in joint_rows(questionnaire, signed)}
    assert (rows["/data/water_safe"].n_one_sided, rows["/data/water_safe"].coefficients["share"].estimate) == (1, 0.5)
    assert rows["/data/home/members/insured"].coefficients["share"].n == 4
    assert "/data/well" not in rows


def test_page__of_independent_records__sorts_shows_and_exports(session: Session, sign_in: SignIn) -> None:
    visit, version = add_independent_visit(session)
    for number in ("001", "002", "003"):
        add_both(session, visit, version, number)
    client = sign_in("author")
    path = f"/visits/{visit.id}/agreement"
    page = client.get(path).text
    assert page.index("种植收入") < page.index("工资收入"), "the lowest comes first"
    assert 'class="few"' in page
    for view in ("sections", "pairs", "nonsense"):
        assert client.get(path, query_string={"view": view, "sort": "kappa"}).status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}/agreement.xlsx?form={FORM_ID}").data))
    assert book.sheetnames == ["按题目", "按部分", "按访谈组"]
    rows = [row for row in book["按题目"].iter_rows(values_only=True) if row[0] == "种植收入"]
    assert (rows[0][1], rows[0][4]) == (3, 0)
    for title in ("按部分", "按访谈组"):
        headings = [cell.value for cell in book[title][1]]
        assert [name for name in headings if name.startswith("ICC(2,1)")] == ["ICC(2,1)", "ICC(2,1)下限", "ICC(2,1)上限", "ICC(2,1)的n"]
    assert sign_in("lead1").get(path).status_code == 403


def test_page__more_interviews__costs_the_same_statements(session: Session, sign_in: SignIn, statements: Statements) -> None:
    visit, version = add_independent_visit(session)
    add_both(session, visit, version)
    client = sign_in("coordinator")
    path = f"/visits/{visit.id}/agreement"
    client.get(path)
    statements.reset()
    client.get(path)
    few = len(statements)
    for number in range(2, 8):
        add_both(session, visit, version, f"{number:03}")
    client.get(path)
    statements.reset()
    client.get(path)
    assert len(statements) == few


def test_page__of_one_form_together__tells_what_the_second_changed(session: Session, sign_in: SignIn) -> None:
    version = add_form(session, FORM, "two_records.md")
    visit = add_visit(session, forms=[version])
    assignment = add_assignment(session, add_pair(session, visit), add_household(session), FORM_ID)
    client = sign_in("coordinator")
    path = f"/visits/{visit.id}/agreement"
    assert 'class="empty"' in client.get(path).text
    submission = add_submission(session, version, "uuid:1", assignment=assignment, state="accepted", answers=LEFT)
    changes = [{"node": "/data/water_safe", "old": "yes", "new": "no", "at": "2018-04-20T10:00:00+08:00"}]
    submission.countersignature = Countersignature(user_id=assignment.pair.second_id, signed_at=NOW, is_verified=True, changes=changes)
    page = client.get(path).text
    assert "饮水安全吗？" in page
    assert page.index("饮水安全吗？") < page.index("工资收入")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}/agreement.xlsx").data))
    assert book.sheetnames == ["共同签名"]
