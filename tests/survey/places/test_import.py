"""Importing rosters and places into the database: all or nothing, nothing doubled, few statements."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.places import operations
from survey.places.models import Household, Region, RosterDraft
from survey.places.region_table import read_regions
from survey.places.roster import Roster, RosterRow, read_roster
from tests import builders
from tests.recorder import Statements
from tests.survey.places.rosters import GOOD_ROWS, HEADINGS, changed, text_file, workbook

BAD_ROW = changed(GOOD_ROWS[0], number="0009", members="四")


def roster(*rows: tuple[object, ...]) -> Roster:
    """The roster of these rows."""
    return read_roster(text_file(*rows), "roster.csv")


@pytest.fixture(autouse=True)
def village(session: Session) -> Region:
    """The village of the good rows."""
    return builders.add_region(session, "610727101201", "甲村")


def households(session: Session) -> dict[str, Household]:
    """The stored households by number."""
    return {household.number: household for household in session.scalars(select(Household))}


def test_import_roster__of_good_rows__adds_them(session: Session, now: datetime) -> None:
    result = operations.import_roster(session, None, roster(*GOOD_ROWS), keep_good=False, now=now)

    assert (result.n_new, result.n_changed, result.n_unchanged, result.n_absent) == (3, 0, 0, 0)
    third = households(session)["0003"]
    assert (third.head_name, third.kind, third.markers, third.group_name) == ("王三", "marginal", ["old", "disabled"], "二组")


def test_import_roster__whose_numbers_lost_their_zeros__doubles_nobody(session: Session, now: datetime) -> None:
    operations.import_roster(session, None, roster(*GOOD_ROWS), keep_good=False, now=now)
    shortened = roster(changed(GOOD_ROWS[0], number="1"), changed(GOOD_ROWS[0], number="40"), changed(GOOD_ROWS[0], number="0040"))

    result = operations.import_roster(session, None, shortened, keep_good=True, now=now)

    assert [(each.row, each.value, each.reason, each.detail) for each in result.problems] == [
        (2, "1", "lost_zeros", "0001"),
        (4, "0040", "lost_zeros", "40"),
    ]
    assert sorted(households(session)) == ["0001", "0002", "0003", "40"]


def test_import_roster__again_with_changes__updates_and_doubles_nothing(session: Session, now: datetime) -> None:
    operations.import_roster(session, None, roster(*GOOD_ROWS), keep_good=False, now=now)
    ids = {number: household.id for number, household in households(session).items()}
    again = roster(changed(GOOD_ROWS[0], kind="脱贫户", members="5"), GOOD_ROWS[1], changed(GOOD_ROWS[2], number="0004"))

    result = operations.import_roster(session, None, again, keep_good=False, now=now)

    assert (result.n_new, result.n_changed, result.n_unchanged, result.n_absent) == (1, 1, 1, 1)
    stored = households(session)
    assert sorted(stored) == ["0001", "0002", "0003", "0004"]
    assert (stored["0001"].kind, stored["0001"].n_members) == ("lifted_out", 5)
    assert {number: stored[number].id for number in ids} == ids
    third = operations.import_roster(session, None, again, keep_good=False, now=now)
    assert (third.n_new, third.n_changed, third.n_unchanged) == (0, 0, 3)


def test_import_roster__without_a_column__leaves_its_values_alone(session: Session, now: datetime) -> None:
    operations.import_roster(session, None, roster(*GOOD_ROWS), keep_good=False, now=now)
    short = workbook(*(row[:-2] for row in GOOD_ROWS), headings=HEADINGS[:-2])

    result = operations.import_roster(session, None, read_roster(short, "roster.xlsx"), keep_good=False, now=now)

    assert result.n_unchanged == 3
    assert households(session)["0001"].cause == "illness"


def test_import_roster__with_a_bad_row__writes_nothing_unless_the_good_ones_are_wanted(session: Session, now: datetime) -> None:
    with pytest.raises(SurveyError, match="1 rows that cannot be imported, the first at row 5") as refused:
        operations.import_roster(session, None, roster(*GOOD_ROWS, BAD_ROW), keep_good=False, now=now)

    assert refused.value.code is ErrorCode.BAD_ROWS
    assert households(session) == {}
    result = operations.import_roster(session, None, roster(*GOOD_ROWS, BAD_ROW), keep_good=True, now=now)
    assert (result.n_new, [problem.row for problem in result.problems]) == (3, [5])


def test_import_roster__of_ten_thousand_rows__sends_few_statements(session: Session, now: datetime, statements: Statements) -> None:
    def rows(n_members: int) -> Roster:
        codes = [f"6107271012{number:02}" for number in range(1, 51)]
        return Roster(tuple(RosterRow(row, f"{row:05}", "某", "ordinary", n_members, codes[row % 50]) for row in range(10_000)), ())

    for number in range(1, 51):
        builders.add_region(session, f"6107271012{number:02}")
    statements.reset()

    added = operations.import_roster(session, None, rows(3), keep_good=False, now=now)
    changed_ = operations.import_roster(session, None, rows(4), keep_good=False, now=now)

    assert (added.n_new, changed_.n_changed) == (10_000, 10_000)
    assert session.scalar(select(func.count()).select_from(Household).where(Household.n_members == 4)) == 10_000
    assert len(statements) < 40


def test_import_roster__logged__names_no_person(session: Session, now: datetime) -> None:
    operations.import_roster(session, None, roster(*GOOD_ROWS), keep_good=False, now=now, file_name="略阳.csv")

    event = session.scalars(select(Event).where(Event.action == "roster.imported")).one()
    assert event.subject_id == "略阳.csv"
    assert event.details["n_new_by_village"] == {"610727101201": 3}
    assert "张一" not in str(event.details)


def test_keep_draft__of_a_day_ago__is_removed_by_the_next(session: Session, now: datetime) -> None:
    person = builders.find_or_add_person(session, "coordinator")
    operations.keep_draft(session, person, roster(*GOOD_ROWS), "old.csv", now - timedelta(days=2))

    operations.keep_draft(session, person, roster(*GOOD_ROWS), "new.csv", now)

    assert session.scalars(select(RosterDraft.file_name)).all() == ["new.csv"]


def test_import_draft__done__removes_the_draft(session: Session, now: datetime) -> None:
    person = builders.find_or_add_person(session, "coordinator")
    draft = operations.keep_draft(session, person, roster(*GOOD_ROWS), "new.csv", now)

    assert operations.import_draft(session, person, draft, keep_good=False, now=now).n_new == 3
    assert session.scalars(select(RosterDraft)).all() == []


PLACES = "代码,名称\n610728101201,乙村\n610728,镇巴县\n610728101,乙镇\n"


def test_import_regions__in_any_order__puts_places_above_first(session: Session, now: datetime) -> None:
    result = operations.import_regions(session, None, read_regions(PLACES.encode(), "places.csv"), keep_good=False, now=now)

    assert (result.n_new, result.n_renamed, result.n_unchanged) == (3, 0, 0)
    village = session.get_one(Region, "610728101201")
    assert (village.level, village.parent_code) == ("village", "610728101000")


def test_import_regions__again_with_another_name__renames(session: Session, now: datetime) -> None:
    operations.import_regions(session, None, read_regions(PLACES.encode(), "places.csv"), keep_good=False, now=now)

    table = read_regions(PLACES.replace("乙村", "新村").encode(), "places.csv")
    result = operations.import_regions(session, None, table, keep_good=False, now=now)

    assert (result.n_new, result.n_renamed, result.n_unchanged) == (0, 1, 2)
    assert session.get_one(Region, "610728101201").name == "新村"


def test_import_regions__with_bad_rows__names_each_and_keeps_the_good_if_wanted(session: Session, now: datetime) -> None:
    text = PLACES + "610729101201,孤村\n99,无\n610728,别名\n610730,\n"
    table = read_regions(text.encode("gb18030"), "places.csv")

    with pytest.raises(SurveyError, match="4 rows"):
        operations.import_regions(session, None, table, keep_good=False, now=now)
    result = operations.import_regions(session, None, table, keep_good=True, now=now)

    assert [(problem.row, problem.reason) for problem in result.problems] == [
        (5, "missing_parent"),
        (6, "unknown_province"),
        (7, "duplicate"),
        (8, "missing"),
    ]
    assert result.n_new == 3


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"PK nothing"])
def test_read_regions__of_no_list_of_places__is_refused(data: bytes) -> None:
    with pytest.raises(SurveyError) as refused:
        read_regions(data, "places.csv")
    assert refused.value.code is ErrorCode.UNREADABLE_PLACES


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("61072", "县", "no place code"),
        ("610727101201", "村", "already here as '甲村'"),
        ("610729", " ", "write a name"),
        ("610729101", "镇", "the place above, 610729000000, is missing"),
    ],
)
def test_add_region__wrong__says_why(code: str, name: str, said: str, session: Session, now: datetime) -> None:
    with pytest.raises(SurveyError, match=said):
        operations.add_region(session, code, name, now=now)


def test_remove_region__in_use__is_refused(session: Session, now: datetime, village: Region) -> None:
    builders.add_household(session)

    with pytest.raises(SurveyError, match="甲村 is in use"):
        operations.remove_region(session, None, village, now)
    lonely = operations.add_region(session, "610727101299", "空村", now=now)
    operations.remove_region(session, None, lonely, now)
    session.flush()
    assert session.get(Region, "610727101299") is None


def test_monitoring_point__of_a_township_or_to_come__is_refused(session: Session, now: datetime, village: Region) -> None:
    township = session.get_one(Region, "610727101000")

    with pytest.raises(SurveyError, match="neither a county nor a village"):
        operations.set_monitoring_point(session, None, township, date(2018, 4, 1), "", now)
    with pytest.raises(SurveyError, match="has not come"):
        operations.set_monitoring_point(session, None, village, date(2018, 5, 1), "", now)
    point = operations.set_monitoring_point(session, None, village, date(2016, 6, 1), "典型", now)
    assert operations.set_monitoring_point(session, None, village, date(2016, 7, 1), "典型", now) is point


def test_household_by_hand__wrong__names_the_field(session: Session, now: datetime, village: Region) -> None:
    facts = operations.HouseholdFacts("0001", "张一", "registered", 4, "illness", ("sick",))
    operations.add_household(session, None, village, facts, now)

    for field, wrong in {"number": "0001", "kind": "rich", "n_members": 0, "cause": "sloth", "markers": ("tall",), "head_name": ""}.items():
        values = {"number": "0002", "head_name": "李二", "kind": "ordinary", "n_members": 2} | {field: wrong}
        with pytest.raises(SurveyError, match=f"^{field}: "):
            operations.add_household(session, None, village, operations.HouseholdFacts(**values), now)
    assert sorted(households(session)) == ["0001"]


def test_remove_household__once_assigned__is_refused(session: Session, now: datetime) -> None:
    pair = builders.add_pair(session, builders.add_visit(session))
    assigned, free = builders.add_household(session, "1"), builders.add_household(session, "2")
    builders.add_assignment(session, pair, assigned)

    with pytest.raises(SurveyError, match="part of '调研 2018-04-test'"):
        operations.remove_household(session, None, assigned, now)
    operations.remove_household(session, None, free, now)
    assert sorted(households(session)) == ["1"]


def test_read_regions__code_that_a_spreadsheet_program_shortened__says_what_to_do() -> None:
    table = read_regions("代码,名称\n6.10727E+11,甲县\n610 727,甲县\n61-07,甲市\n".encode(), "places.csv")

    assert [(each.value, each.reason, each.detail) for each in table.problems] == [
        ("6.10727E+11", "scientific", ""),
        ("61-07", "no_digits", "-"),
    ]
    assert [row.code for row in table.rows] == ["610727000000"]
