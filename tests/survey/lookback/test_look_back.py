"""Making a look-back from a closed visit, adding new households to it, and its pages before and after."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.candidates.models import IssueCandidate
from survey.intake.models import Submission
from survey.lookback.models import LookBackAddition
from survey.lookback.operations import add_new_household, make_look_back
from survey.lookback.planning import PlannedPair
from survey.lookback.queries import read_fates, read_parts
from survey.outcomes.operations import record_outcome
from survey.tablet.package import pack
from survey.visits.models import Assignment, Pair, Visit, VisitMember
from tests import builders
from tests.recorder import Statements
from tests.survey.lookback import forms

SignIn = Callable[[str], FlaskClient]
SECOND_VILLAGE = "610727101202"


@pytest.fixture
def closed(session: Session) -> Visit:
    """A closed visit of two pairs to four households; the last was never met; of the first the water is raised as unsafe."""
    version = builders.add_form(session, forms.FIRST)
    visit = builders.add_visit(session, village_codes=(builders.VILLAGE, SECOND_VILLAGE), forms=[version])
    visit.villages[0].planned_on = date(2018, 4, 17)
    pairs = [builders.add_pair(session, visit, "第1组"), builders.add_pair(session, visit, "第2组", lead="lead2", second="second2")]
    session.add(VisitMember(visit_id=visit.id, user_id=pairs[0].lead_id, role="leader"))
    for number in range(4):
        household = builders.add_household(session, f"{number:03}", village_code=(builders.VILLAGE, SECOND_VILLAGE)[number % 2])
        assignment = builders.add_assignment(session, pairs[number % 2], household)
        assignment.planned_on = date(2018, 4, 16 + number)
        if number < 3:
            answers = {"water_safe": "yes" if number else "no", "income_cny": 1000 * number}
            builders.add_submission(session, version, f"uuid:before{number}", assignment=assignment, state="accepted", answers=answers)
    raise_water(session, "uuid:before0")
    visit.state = "closed"
    session.flush()
    return visit


def raise_water(session: Session, instance_id: str) -> None:
    """Raise the water as unsafe from one interview."""
    submission = session.get_one(Submission, instance_id)
    session.add(
        IssueCandidate(
            rule="water_unsafe",
            title={"zh": "饮水不安全", "en": "Unsafe water"},
            area="water",
            level="village",
            severity="high",
            instance_id=instance_id,
            visit_id=submission.visit_id,
            household_id=submission.household_id,
            village_code=submission.village_code,
            evidence={},
            raised_at=builders.NOW,
        )
    )
    session.flush()


def make(session: Session, earlier: Visit, now: datetime, **changes: object) -> Visit:
    """A look-back in August 2018 by the same pairs."""
    pairs = tuple(PlannedPair(pair.id, pair.name, pair.lead_id, pair.second_id) for pair in earlier.pairs)
    facts = {"id": "2018-08-test", "title": "回头看", "starts_on": date(2018, 8, 13), "ends_on": date(2018, 8, 24), "purpose": ""}
    return make_look_back(session, None, earlier, **{**facts, "whom": "interviewed", "pairs": pairs, "now": now, **changes})  # type: ignore[arg-type]


def answer_again(session: Session, visit: Visit, water: str = "yes") -> None:
    """Let every assigned household of the look-back be interviewed again."""
    for number, assignment in enumerate(session.scalars(select(Assignment).where(Assignment.visit_id == visit.id)).all()):
        answers = {"water_safe": water, "income_cny": 9000, "road": "yes"}
        builders.add_submission(session, visit.forms[0], f"uuid:after{number}", assignment=assignment, state="accepted", answers=answers)


def test_make_look_back__closed_visit__plans_the_same_households_with_the_newest_form(
    session: Session, closed: Visit, now: datetime
) -> None:
    newest = builders.add_form(session, forms.SECOND)

    visit = make(session, closed, now)

    assert (visit.state, visit.look_back_of_id, visit.forms) == ("planned", closed.id, [newest])
    assert [(row.village_code, row.planned_on) for row in sorted(visit.villages, key=lambda row: row.village_code)] == [
        (builders.VILLAGE, date(2018, 8, 14)),
        (SECOND_VILLAGE, None),
    ]
    rows = session.execute(
        select(Assignment.planned_on, Pair.name).join(Pair, Pair.id == Assignment.pair_id).where(Assignment.visit_id == visit.id)
    )
    assert sorted(map(tuple, rows)) == [
        (date(2018, 8, 13), "第1组"),
        (date(2018, 8, 14), "第2组"),
        (date(2018, 8, 15), "第1组"),
    ]
    assert session.scalars(select(VisitMember.role).where(VisitMember.visit_id == visit.id)).all() == ["leader"]


@pytest.mark.parametrize("state", ["planned", "open"])
def test_make_look_back__visit_that_is_not_closed__is_refused(state: str, session: Session, closed: Visit, now: datetime) -> None:
    closed.state = state

    with pytest.raises(SurveyError) as refused:
        make(session, closed, now)

    assert refused.value.code is ErrorCode.INVALID_TRANSITION
    assert session.scalar(select(func.count()).select_from(Visit)) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"starts_on": date(2018, 4, 27)}, "must begin after"),
        ({"pairs": ()}, "every pair"),
        ({"whom": "some"}, "is not one of"),
    ],
)
def test_make_look_back__wrong_values__says_which(
    changes: dict[str, object], said: str, session: Session, closed: Visit, now: datetime
) -> None:
    with pytest.raises(SurveyError, match=said):
        make(session, closed, now, **changes)


def test_make_look_back__one_household_died__leaves_it_out(session: Session, closed: Visit, now: datetime) -> None:
    unmet = session.scalars(select(Assignment).where(Assignment.household.has(number="003"))).one()
    record_outcome(session, None, closed, [unmet], "died", "", now)

    visit = make(session, closed, now, whom="assigned")

    assert session.scalar(select(func.count()).where(Assignment.visit_id == visit.id)) == 3


def test_package__of_a_look_back__brings_earlier_answers_and_open_issues(session: Session, closed: Visit, now: datetime) -> None:
    visit = make(session, closed, now)
    visit.state = "open"
    submission = session.get_one(Submission, "uuid:before0")
    submission.xml = b'<data id="test_form" version="2018.1"><water_safe>no</water_safe></data>'
    session.flush()

    luggage = pack(session, visit.pairs[0].lead)

    known = [each for each in luggage.background.values() if each.issues]
    assert [issue.title["zh"] for each in known for issue in each.issues] == ["饮水不安全"]
    assert known[0].earlier is not None
    assert known[0].earlier.answers == {"/data/water_safe": "no"}


def test_read_parts__household_moved_and_new_one_added__are_told_apart(session: Session, closed: Visit, now: datetime) -> None:
    visit = make(session, closed, now)
    visit.state = "open"
    assignments = session.scalars(select(Assignment).where(Assignment.visit_id == visit.id).order_by(Assignment.planned_on)).all()
    record_outcome(session, None, visit, assignments[:1], "moved", "", now)
    newcomer = builders.add_household(session, "100")
    facts = {"reason": "new_arrival", "note": "春天搬来", "form_ids": ["test_form"], "planned_on": None, "now": now}
    add_new_household(session, None, visit, newcomer, pair=visit.pairs[0], **facts)  # type: ignore[arg-type]

    parts = read_parts(session, visit)

    assert parts is not None
    assert {each.number: each.again for each in parts.households} == {"000": "moved", "001": "open", "002": "open", "003": "left_out"}
    assert [(each.number, each.reason, each.note) for each in parts.new] == [("100", "new_arrival", "春天搬来")]


def test_add_new_household__known_to_the_earlier_visit__is_refused(session: Session, closed: Visit, now: datetime) -> None:
    visit = make(session, closed, now)
    known = session.scalars(select(Assignment).where(Assignment.visit_id == closed.id)).all()[-1].household
    assert known is not None
    facts = {"reason": "newly_found", "note": "", "form_ids": ["test_form"], "planned_on": None, "now": now}

    with pytest.raises(SurveyError, match="so it is not new"):
        add_new_household(session, None, visit, known, pair=visit.pairs[0], **facts)  # type: ignore[arg-type]

    assert session.scalar(select(func.count()).select_from(LookBackAddition)) == 0


def test_read_fates__water_mended__is_gone(session: Session, closed: Visit, now: datetime) -> None:
    builders.add_form(session, forms.SECOND)
    visit = make(session, closed, now)
    answer_again(session, visit)

    parts = read_parts(session, visit)

    assert parts is not None
    assert [(fate.raised.rule, fate.fate) for fate in read_fates(session, parts)] == [("water_unsafe", "gone")]


def test_pages__of_a_look_back__show_before_and_after(session: Session, closed: Visit, now: datetime, sign_in: SignIn) -> None:
    builders.add_form(session, forms.SECOND)
    visit = make(session, closed, now)
    answer_again(session, visit)
    household = session.scalars(select(Assignment).where(Assignment.visit_id == visit.id).order_by(Assignment.planned_on)).first()
    assert household is not None
    client = sign_in("author")
    path = f"/visits/{visit.id}/look-back"

    pages = {
        name: client.get(f"{path}{name}")
        for name in ("", "/answers?show=all", "/issues?fate=gone", f"/households/{household.household_id}?show=all")
    }

    assert {page.status_code for page in pages.values()} == {200}
    assert "饮水安全率" in pages["/answers?show=all"].text
    assert "变好" in pages["/answers?show=all"].text
    assert "饮水不安全" in pages["/issues?fate=gone"].text
    detail = pages[f"/households/{household.household_id}?show=all"].text
    assert "通路吗？" in detail
    assert "9,000" in detail


def test_export__look_back__holds_households_figures_answers_and_fates(
    session: Session, closed: Visit, now: datetime, sign_in: SignIn
) -> None:
    builders.add_form(session, forms.SECOND)
    visit = make(session, closed, now)
    answer_again(session, visit)

    response = sign_in("coordinator").get(f"/visits/{visit.id}/look-back/export.xlsx")

    book = load_workbook(BytesIO(response.data))
    sizes = [sheet.max_row - 1 for sheet in book]
    assert sizes == [4, 2, 7, 1]


def test_plan_page__same_people__makes_the_visit_only_when_asked(session: Session, closed: Visit, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    path = f"/visits/{closed.id}/look-back/plan"
    people = {f"{part}_{number}": getattr(pair, f"{part}_id") for number, pair in enumerate(closed.pairs) for part in ("lead", "second")}
    facts = {"title": "回头看", "starts_on": "2018-08-13", "ends_on": "2018-08-24", "whom": "interviewed", "purpose": "", **people}

    shown = client.get(path)
    preview = client.post(path, data={**facts, "action": "preview"})
    n_before = session.scalar(select(func.count()).select_from(Visit))
    made = client.post(path, data={**facts, "action": "make"})

    assert shown.status_code == preview.status_code == 200
    assert n_before == 1
    assert made.location == "/visits/2018-08-610727/look-back"
    assert session.get_one(Visit, "2018-08-610727").look_back_of_id == closed.id


def test_plan_page__somebody_is_no_longer_active__names_them_and_asks(session: Session, closed: Visit, sign_in: SignIn) -> None:
    closed.pairs[0].lead.active = False
    closed.pairs[0].lead.name = "王离开"
    client = sign_in("coordinator")
    path = f"/visits/{closed.id}/look-back/plan"
    second = closed.pairs[1]
    facts = {
        "title": "回头看", "starts_on": "2018-08-13", "ends_on": "2018-08-24", "whom": "interviewed", "action": "make",
        "lead_0": "", "second_0": closed.pairs[0].second_id, "lead_1": second.lead_id, "second_1": second.second_id,
    }  # fmt: skip

    shown = client.get(path).text
    refused = client.post(path, data=facts)
    dissolved = client.post(path, data={**facts, "dissolve_0": "y"})

    assert "王离开" in shown
    assert refused.status_code == 200
    assert dissolved.status_code == 302
    made = session.scalars(select(Visit).where(Visit.look_back_of_id == closed.id)).one()
    assert [pair.name for pair in made.pairs] == ["第2组"]


def test_plan_page__open_visit__says_in_words_that_it_is_too_early(session: Session, closed: Visit, sign_in: SignIn) -> None:
    closed.state = "open"

    page = sign_in("coordinator").get(f"/visits/{closed.id}/look-back/plan")

    assert page.status_code == 200
    assert 'name="action"' not in page.text


def test_add_page__household_not_in_the_frame__is_written_down_and_assigned(
    session: Session, closed: Visit, now: datetime, sign_in: SignIn
) -> None:
    visit = make(session, closed, now)
    client = sign_in("coordinator")
    facts = {"household_id": "", "number": "200", "head_name": "新户", "kind": "marginal", "n_members": "4", "reason": "newly_found"}
    path = f"/visits/{visit.id}/look-back/add?village={builders.VILLAGE}"

    refused = client.post(path, data={**facts, "number": "000", "pair_id": visit.pairs[0].id, "form_ids": ["test_form"]})
    done = client.post(path, data={**facts, "pair_id": visit.pairs[0].id, "form_ids": ["test_form"]})

    assert refused.status_code == 200
    assert done.location == f"/visits/{visit.id}/look-back"
    added = session.scalars(select(LookBackAddition)).one()
    assert (added.household.number, added.reason) == ("200", "newly_found")


def test_pages__by_role__open_or_are_refused(session: Session, closed: Visit, now: datetime, sign_in: SignIn) -> None:
    visit = make(session, closed, now)
    paths = (f"/visits/{closed.id}/look-back/plan", f"/visits/{visit.id}/look-back/add", f"/visits/{visit.id}/look-back")

    seen = {name: tuple(sign_in(name).get(path).status_code for path in paths) for name in ("coordinator", "author", "lead1", "county")}

    assert seen == {"coordinator": (200, 200, 200), "author": (403, 403, 200), "lead1": (403, 403, 403), "county": (403, 403, 403)}


@pytest.mark.parametrize("page", ["", "/answers", "/issues"])
def test_pages__more_households__send_no_more_statements(
    page: str, session: Session, closed: Visit, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    visit = make(session, closed, now)
    answer_again(session, visit)
    client, path = sign_in("coordinator"), f"/visits/{visit.id}/look-back{page}"
    client.get(path)
    statements.reset()
    client.get(path)
    few = len(statements)
    for number in range(20, 30):
        household = builders.add_household(session, f"{number:03}")
        for each, name in ((closed, "b"), (visit, "a")):
            assignment = builders.add_assignment(session, each.pairs[0], household)
            builders.add_submission(session, visit.forms[0], f"uuid:{name}{number}", assignment=assignment, state="accepted")
    session.commit()
    statements.reset()
    client.get(path)

    assert len(statements) == few < 30
