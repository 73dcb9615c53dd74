"""The pages of what was said, filed and seen: counts, lists, one household, corrections, evidence, and tables to take along."""

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.bundle import read_bundle
from analysis.indicators import compute_indicators
from survey.bundles.export import export_bundle
from survey.candidates.models import IssueCandidate
from survey.comparison.cases import tally, tally_by
from survey.comparison.models import DiscrepancyCorrection
from survey.comparison.queries import read_comparison
from survey.events import Event
from survey.intake.models import Submission
from survey.places.models import Household
from tests.builders import VILLAGE, add_household
from tests.conftest import SignIn
from tests.recorder import Statements
from tests.survey.comparison.forms import Field

PAGE = "/visits/2018-04-test/comparison"
OTHER_VILLAGE = "610727101202"


@pytest.fixture
def field(session: Session) -> Field:
    """Three households: one agrees, one differs in two items and has pictures, of one only the interview is there."""
    field = Field(session)
    first, second, third = (add_household(session, number, village_code=VILLAGE) for number in ("001", "002", "003"))
    field.interview(first, n_members=3, water_told="good")
    field.file(first, members_filed=3, members_result="agrees", water_filed="safe")
    asked = field.interview(second, n_members=4, water_told="good", water_seen="unsafe", water_picture="water.jpg")
    read = field.file(second, members_said=4, members_filed=6, members_result="differs", members_page="page.jpg", water_filed="safe")
    field.picture(asked, "water.jpg")
    field.picture(read, "page.jpg")
    field.interview(third, n_members=2)
    session.commit()
    return field


def household(session: Session, number: str) -> str:
    return session.scalars(select(Household.id).where(Household.number == number)).one()


def text_of(page: str) -> str:
    """The words of a page without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_visit_page__households__are_counted_by_item_and_listed(field: Field, sign_in: SignIn) -> None:
    page = sign_in("author").get(PAGE)

    words = text_of(page.text)
    assert "2 比对户数" in words
    assert "4 比对项数" in words
    assert "50.0% 说写看一致率" in words
    assert "人口 2 2 50.0% 1 0 0 0 50.0%" in words
    assert "饮水 2 2 50.0% 1 0 0 0 100.0%" in words
    assert "本次调研的问卷中，“pigs”只有一个来源" not in words
    assert "几头猪" in words
    assert page.text.count("#item-") == 2


def test_visit_page__filters__narrow_the_list_and_pass_on(field: Field, session: Session, sign_in: SignIn) -> None:
    client = sign_in("author")
    assert "#item-water" not in client.get(f"{PAGE}?item=members").text
    assert "#item-members" in client.get(f"{PAGE}?item=members").text
    assert client.get(f"{PAGE}?kind=all").text.count("#item-") == 4
    assert client.get(f"{PAGE}?kind=missing").text.count("#item-") == 0
    assert "没有符合条件的内容" in client.get(f"{PAGE}?village={OTHER_VILLAGE}").text
    assert f"comparison/{household(session, '002')}?item=members#item-members" in client.get(f"{PAGE}?item=members").text


def test_visit_page__submissions_that_wait__count_only_when_asked_for(field: Field, session: Session, sign_in: SignIn) -> None:
    fourth = add_household(session, "004", village_code=OTHER_VILLAGE)
    field.interview(fourth, state="received", n_members=4)
    field.file(fourth, state="received", members_filed=5)
    client = sign_in("coordinator")
    assert "户主004" not in client.get(PAGE).text
    assert "户主004" in client.get(f"{PAGE}?scope=received").text


def test_visit_page__nothing_to_compare__says_why(session: Session, sign_in: SignIn) -> None:
    field = Field(session)
    client = sign_in("author")
    assert "没有可比对的已通过访谈" in client.get(PAGE).text
    field.interview(add_household(session, "001"), n_members=3)
    page = client.get(PAGE).text
    assert "各户的访谈和档案核查只通过了其中一份" in page
    lonely = re.findall("“([^”]+)”只有一个来源", page)
    assert lonely == ["看到几头猪？"], "the file is asked for everything else, and only has not come yet"


def test_visit_page__responsible_side_and_interviewers__are_refused(field: Field, session: Session, sign_in: SignIn) -> None:
    address = f"{PAGE}/{household(session, '002')}"
    for person in ("county", "lead1"):
        client = sign_in(person)
        assert [client.get(path).status_code for path in (PAGE, address, f"{PAGE}/table.csv", f"{PAGE}/table.xlsx")] == [403] * 4
        assert client.post(f"{address}/water/correct").status_code == 403
    client = sign_in("author")
    assert [client.post(f"{address}/water/{deed}").status_code for deed in ("correct", "restore", "offer", "withdraw")] == [403] * 4


def test_visit_page__more_households__cost_the_same_statements(
    field: Field, session: Session, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("author")
    addresses = (PAGE, f"{PAGE}/{household(session, '002')}")
    costs = []
    for first in (10, 20):
        for address in addresses:
            client.get(address)
            statements.reset()
            assert client.get(address).status_code == 200
            costs.append(len(statements))
        for number in range(first, first + 8):
            added = add_household(session, f"{number:03}")
            field.interview(added, n_members=3)
            field.picture(field.file(added, members_filed=4, members_result="differs", members_page="p.jpg"), "p.jpg")
    assert costs[:2] == costs[2:]


def test_household_page__sources__stand_side_by_side_with_pictures(field: Field, session: Session, sign_in: SignIn) -> None:
    page = sign_in("coordinator").get(f"{PAGE}/{household(session, '002')}")

    words = text_of(page.text)
    assert "人口 4 6 – 不一致 档案核查" in words
    assert "饮水 好喝 安全 不安全 不一致 按答案比对" in words
    assert 'src="/review/uuid:file_check-002/files/page.jpg"' in page.text
    assert 'src="/review/uuid:interview-002/files/water.jpg"' in page.text
    assert 'rel="prev"' not in page.text
    assert "更正类型" not in text_of(sign_in("author").get(f"{PAGE}/{household(session, '002')}").text)


def test_household_page__only_one_side__is_not_found_with_the_reason(field: Field, session: Session, sign_in: SignIn) -> None:
    page = sign_in("author").get(f"{PAGE}/{household(session, '003')}")
    assert page.status_code == 404
    assert "缺少访谈或档案核查" in page.text


def test_correct__with_a_reason__counts_and_keeps_what_was_found(field: Field, session: Session, sign_in: SignIn) -> None:
    client, address = sign_in("coordinator"), f"{PAGE}/{household(session, '002')}"
    answer = client.post(f"{address}/members/correct", data={"kind": "agrees", "reason": "分户后户口未迁，口径不同"})
    assert answer.status_code == 302

    page = text_of(client.get(address).text)
    assert "由“不一致”更正为“一致”。 分户后户口未迁" in page
    total = tally(read_comparison(session, field.visit).cases)
    # The indicator stays what the pair found.
    assert (total.by_kind["agrees"], total.by_kind["differs"], total.n_agreeing_as_filed, total.n_as_filed) == (3, 1, 3, 4)
    correction = session.scalars(select(DiscrepancyCorrection)).one()
    assert (correction.kind, correction.found_kind) == ("agrees", "differs")
    event = session.scalars(select(Event).where(Event.action == "visit.discrepancy_corrected")).one()
    assert (event.details["before"], event.details["after"], event.details["item"]) == ("differs", "agrees", "members")

    client.post(f"{address}/members/correct", data={"kind": "out_of_date", "reason": "再次核实：档案未更新"})
    session.expire_all()
    assert session.scalars(select(DiscrepancyCorrection.kind)).all() == ["out_of_date"]
    client.post(f"{address}/members/restore")
    assert session.scalars(select(DiscrepancyCorrection)).all() == []
    assert client.post(f"{address}/members/restore").status_code == 422


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"kind": "agrees", "reason": " "}, "理由"),
        ({"kind": "differs", "reason": "同前"}, ""),
        ({"kind": "wrong", "reason": "x"}, ""),
    ],
)
def test_correct__without_reason_or_change__is_refused_at_its_form(
    field: Field, session: Session, sign_in: SignIn, values: dict[str, str], told: str
) -> None:
    answer = sign_in("coordinator").post(f"{PAGE}/{household(session, '002')}/members/correct", data=values)

    assert answer.status_code == 422
    assert 'class="errors"' in answer.text
    assert told in answer.text
    assert session.scalars(select(DiscrepancyCorrection)).all() == []


def test_correction__answers_edited_afterwards__no_longer_counts_and_says_so(field: Field, session: Session, sign_in: SignIn) -> None:
    client, address = sign_in("coordinator"), f"{PAGE}/{household(session, '002')}"
    client.post(f"{address}/members/correct", data={"kind": "agrees", "reason": "口径不同"})
    session.get_one(Submission, "uuid:interview-002").answers = {"n_members": 5}

    assert "现已不再适用" in client.get(address).text
    assert tally_by(read_comparison(session, field.visit).cases, "item")["members"].by_kind["differs"] == 1


def test_offer__discrepancy__is_a_candidate_with_values_and_pictures_once(field: Field, session: Session, sign_in: SignIn) -> None:
    client, address = sign_in("coordinator"), f"{PAGE}/{household(session, '002')}"
    values = {"area": "water", "level": "village", "severity": "high", "note": "水窖无盖"}
    assert client.post(f"{address}/water/offer", data=values).status_code == 302

    candidate = session.scalars(select(IssueCandidate)).one()
    assert (candidate.rule, candidate.area, candidate.level, candidate.severity) == ("compared:water", "water", "village", "high")
    assert candidate.title == {"zh": "说写看不符：饮水", "en": "Said, filed and seen do not agree: Water"}
    assert candidate.instance_id == "uuid:file_check-002"
    assert candidate.evidence == {"water_filed": "safe"}
    assert candidate.raised_by_id is not None
    assert candidate.comparison == {
        "item": "water",
        "kind": "differs",
        "judged": "",
        "note": "水窖无盖",
        "said": [{"instance_id": "uuid:interview-002", "question": "water_told", "value": "good"}],
        "filed": [{"instance_id": "uuid:file_check-002", "question": "water_filed", "value": "safe"}],
        "seen": [{"instance_id": "uuid:interview-002", "question": "water_seen", "value": "unsafe"}],
        "pictures": [{"instance_id": "uuid:interview-002", "source": "seen", "question": "water_picture", "name": "water.jpg"}],
    }
    assert "已经列为佐证" in client.post(f"{address}/water/offer", data=values, follow_redirects=True).text
    assert len(session.scalars(select(IssueCandidate)).all()) == 1
    issues = client.get("/issues/candidates").text
    assert "说写看不符：饮水" in issues
    rule = client.get("/issues/candidates/file_check/compared:water").text
    assert f"{PAGE}/{household(session, '002')}#item-water" in rule
    assert "水窖无盖" in rule
    assert client.get(f"{PAGE}?decided=offered").text.count("#item-") == 1


def test_offer__agreement__is_refused(field: Field, session: Session, sign_in: SignIn) -> None:
    values = {"area": "water", "level": "village", "severity": "high"}
    answer = sign_in("coordinator").post(f"{PAGE}/{household(session, '001')}/water/offer", data=values)
    assert answer.status_code == 422
    assert session.scalars(select(IssueCandidate)).all() == []


def test_withdraw__offer__takes_the_candidate_away_and_is_logged(field: Field, session: Session, sign_in: SignIn) -> None:
    client, address = sign_in("coordinator"), f"{PAGE}/{household(session, '002')}"
    client.post(f"{address}/members/offer", data={"area": "other", "level": "household", "severity": "low"})
    assert client.post(f"{address}/members/withdraw").status_code == 302
    assert session.scalars(select(IssueCandidate)).all() == []
    assert client.post(f"{address}/members/withdraw").status_code == 404
    actions = session.scalars(select(Event.action).where(Event.subject_type == "submission").order_by(Event.number)).all()
    assert actions == ["submission.candidate_raised", "submission.candidate_withdrawn"]


def test_tables__in_the_readers_language__hold_counts_and_every_comparison(field: Field, session: Session, sign_in: SignIn) -> None:
    client = sign_in("author")
    client.post("/language/en")
    book = openpyxl.load_workbook(BytesIO(client.get(f"{PAGE}/table.xlsx").data))
    by_item, by_village, comparisons = book.worksheets
    assert [sheet.title for sheet in book.worksheets] == ["By item", "By village", "Comparisons"]
    assert [cell.value for cell in by_item[2]][:5] == ["Members", 2, 2, 1, 1]
    assert [cell.value for cell in by_item[by_item.max_row]][:5] == ["Total", 2, 4, 2, 2]
    assert by_village.max_row == 2
    assert comparisons.max_row == 5
    rows = list(csv.DictReader(StringIO(client.get(f"{PAGE}/table.csv?kind=differs&item=water").data.decode("utf-8-sig"))))
    assert [(row["Household"], row["Said"], row["Filed"], row["Seen"], row["Comparison"]) for row in rows] == [
        ("002", "Good", "Safe", "Not safe", "Differs")
    ]
    session.scalars(select(Household).where(Household.number == "002")).one().head_name = "石福来"
    session.commit()
    taken = sign_in("coordinator").get(f"{PAGE}/table.csv?kind=differs&item=water").data.decode("utf-8-sig")
    assert ("石福来" in taken, "石*" in taken) == (False, True), "nobody takes names along alone"


def test_said_filed_agreement__page_and_indicator__are_the_same_figure(field: Field, session: Session, tmp_path: Path) -> None:
    """The indicator is a share of the questionnaire; here the same one is computed from the exported judgements."""
    fourth = add_household(session, "004")
    field.interview(fourth, n_members=4)
    field.file(fourth, members_said=4, members_filed=4, members_result="agrees")
    session.commit()
    part = tally_by(read_comparison(session, field.visit).cases, "item")["members"]
    export_bundle(session, tmp_path / "bundle")
    estimates = compute_indicators(read_bundle(tmp_path / "bundle"))
    [row] = estimates[(estimates["indicator"] == "members_agreement") & (estimates["domain_type"] == "visit")].to_dict("records")

    assert (part.n_as_filed, part.as_filed_share) == (row["n"], pytest.approx(row["estimate"]))
