"""Importing persons and the register: every bad row named, nothing half done, nothing doubled, few statements."""

from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.places.models import Household
from survey.registry.drafts import identification_record, identifications_of, member_record, members_of
from survey.registry.identification_sheet import IdentificationList, IdentificationRow, read_identifications
from survey.registry.import_operations import import_identifications, import_members
from survey.registry.member_plan import plan_members
from survey.registry.member_sheet import MemberList, MemberRow, read_members
from survey.registry.models import HouseholdMember, Identification
from survey.registry.sealing import Vault
from tests import builders
from tests.conftest import SECRET_KEY
from tests.recorder import Statements
from tests.survey.registry.lists import (
    HAPPENED,
    IDENTIFICATION_HEADINGS,
    MEMBER_HEADINGS,
    MEMBERS,
    VILLAGE,
    ZHANG,
    changed,
    members_file,
    text_file,
    workbook,
)

TODAY = date(2018, 4, 20)
VAULT = Vault(SECRET_KEY)


def members(*rows: tuple[object, ...]) -> MemberList:
    """The list of these persons."""
    return read_members(members_file(*rows), "members.csv", VAULT, TODAY)


def happened(*rows: tuple[object, ...]) -> IdentificationList:
    """The register with these rows."""
    return read_identifications(text_file(IDENTIFICATION_HEADINGS, *rows), "register.csv", TODAY)


@pytest.fixture
def household(session: Session) -> Household:
    """The household of the good rows."""
    return builders.add_household(session)


def stored(session: Session) -> list[HouseholdMember]:
    """Everybody, in order."""
    return list(session.scalars(select(HouseholdMember).order_by(HouseholdMember.position)))


def test_import_members__of_good_rows__adds_them_with_sealed_numbers(session: Session, now: datetime, household: Household) -> None:
    result = import_members(session, None, members(*MEMBERS), keep_good=False, now=now)

    assert (result.n_new, result.n_changed, result.n_new_households) == (3, 0, 0)
    head, spouse, child = stored(session)
    assert (head.relation, head.sex, head.birth_year, head.schooling, head.health, head.work) == (
        "head", "male", 1964, "primary", "healthy", "home",
    )  # fmt: skip
    assert (spouse.work, child.schooling, child.birth_year) == ("", "junior", 2005)
    assert head.id_number is not None
    assert VAULT.open(head.id_number) == ZHANG
    event = session.scalars(select(Event).where(Event.action == "members.imported")).one()
    assert "张一" not in str(event.details)


def test_import_members__again_with_changes__updates_and_doubles_nothing(session: Session, now: datetime, household: Household) -> None:
    import_members(session, None, members(*MEMBERS), keep_good=False, now=now)
    again = members(changed(MEMBERS[0], health="残疾"), changed(MEMBERS[1], name="李贰"))

    result = import_members(session, None, again, keep_good=False, now=now)

    assert (result.n_new, result.n_changed, result.n_unchanged) == (0, 2, 0)
    assert [(member.name, member.health) for member in stored(session)] == [
        ("张一", "disabled"),
        ("李贰", "chronic"),
        ("张小三", "healthy"),
    ]
    assert plan_members(session, again).n_absent == 1


def test_import_members__of_households_that_are_not_on_the_roster__makes_them(session: Session, now: datetime) -> None:
    builders.add_region(session, VILLAGE, "甲村")
    headings = ("行政村", "户编号", "姓名", "与户主关系", "户类型", "致贫原因")
    rows = (("甲村", "7", "王妻", "配偶", "脱贫户", "因病"), ("甲村", "7", "王五", "户主", "", ""), ("甲村", "8", "赵六", "户主", "", ""))
    listed = read_members(workbook(headings, *rows), "members.xlsx", VAULT, TODAY)

    with pytest.raises(SurveyError) as refused:
        import_members(session, None, listed, keep_good=False, now=now)
    before = session.scalar(select(func.count()).select_from(Household))
    result = import_members(session, None, listed, keep_good=True, now=now)

    assert (refused.value.code, before) == (ErrorCode.BAD_ROWS, 0)
    assert [(problem.row, problem.reason) for problem in result.problems] == [(4, "unknown_household")]
    made = session.scalars(select(Household)).one()
    assert (made.number, made.head_name, made.kind, made.cause, made.n_members) == ("7", "王五", "lifted_out", "illness", 2)
    assert [member.name for member in stored(session)] == ["王五", "王妻"]


def test_read_members__of_bad_rows__names_row_column_and_reason_and_no_number() -> None:
    wrong = ZHANG[:-1] + ("1" if ZHANG[-1] != "1" else "2")
    rows = (
        MEMBERS[0],
        changed(MEMBERS[1], id_number=wrong),
        changed(MEMBERS[1], id_number=ZHANG, sex="", birth=""),
        changed(MEMBERS[1], sex="男"),
        changed(MEMBERS[1], birth="1966-03-03"),
        changed(MEMBERS[2], birth="05/09/2005"),
        changed(MEMBERS[2], relation="师傅", name=""),
        changed(MEMBERS[2], name=f"张小三{ZHANG}" + "长" * 60),
    )

    found = members(*rows)

    assert [(problem.row, problem.column, problem.reason) for problem in found.problems] == [
        (3, "身份证号", "id_checksum"),
        (4, "身份证号", "twice_by_id_number"),
        (5, "性别", "sex_differs"),
        (6, "出生日期", "birth_differs"),
        (7, "出生日期", "date_ambiguous"),
        (8, "姓名", "missing"),
        (8, "与户主关系", "unknown_relation"),
        (9, "姓名", "too_long"),
    ]
    assert len(found.rows) == 1
    assert found.problems[0].value == f"{wrong[:6]}********{wrong[-4:]}"
    assert ZHANG not in str([found, member_record(found)])
    assert members_of(member_record(found)) == found


def test_read_members__number_stored_as_a_number__is_told_to_have_lost_digits() -> None:
    found = read_members(workbook(MEMBER_HEADINGS, changed(MEMBERS[0], id_number=int(ZHANG[:17] + "0"))), "m.xlsx", VAULT, TODAY)

    assert [(problem.reason, problem.value[6:14]) for problem in found.problems] == [("digits_lost", "********")]


def test_read_members__of_something_else__is_refused() -> None:
    for data in (b"", b"a,b\n1,2\n", members_file()):
        with pytest.raises(SurveyError) as refused:
            read_members(data, "members.csv", VAULT, TODAY)
        assert refused.value.code is ErrorCode.UNREADABLE_MEMBERS


def test_plan_members__of_somebody_who_lives_elsewhere__names_the_place(session: Session, now: datetime, household: Household) -> None:
    builders.add_household(session, "002")
    import_members(session, None, members(*MEMBERS), keep_good=False, now=now)

    plan = plan_members(session, members(changed(MEMBERS[1], household="002", relation="户主"), changed(MEMBERS[2], relation="户主")))

    assert [(problem.row, problem.reason, problem.detail) for problem in plan.members.problems] == [
        (2, "lives_elsewhere", f"village {VILLAGE} 001")
    ]
    assert plan.n_sizes_differ == 0


def test_import_members__of_a_thousand__sends_few_statements(session: Session, now: datetime, statements: Statements) -> None:
    for number in range(200):
        session.add(
            Household(
                village_code=builders.add_region(session, VILLAGE).code, number=str(number), head_name="某", kind="ordinary", n_members=5
            )
        )
    session.flush()
    rows = tuple(MemberRow(row, str(row % 200), f"某{row}", VILLAGE, relation="other", id_number_hash=f"{row:064}") for row in range(1000))
    statements.reset()

    result = import_members(session, None, MemberList(rows, (), {}), keep_good=False, now=now)

    assert result.n_new == 1000
    assert len(statements) < 20


def test_import_identifications__of_good_rows__moves_the_household(session: Session, now: datetime, household: Household) -> None:
    result = import_identifications(session, None, happened(*HAPPENED), keep_good=False, now=now)
    again = import_identifications(session, None, happened(*HAPPENED), keep_good=False, now=now)

    assert (result.n_new, result.n_kinds_changed, again.n_new, again.n_known) == (3, 1, 0, 3)
    assert session.get_one(Household, household.id, populate_existing=True).kind == "lifted_out"
    rows = session.scalars(select(Identification).order_by(Identification.position)).all()
    assert [(row.kind, row.happened_on.isoformat(), row.note) for row in rows] == [
        ("registered", "2014-11-30", "首轮识别"),
        ("lifted_out", "2016-12-20", ""),
        ("accepted", "2016-12-28", ""),
    ]


def test_import_identifications__one_row_for_each_household__reads_a_column_for_each_kind(session: Session, now: datetime) -> None:
    builders.add_household(session)
    headings = ("村代码", "户编号", "识别日期", "脱贫日期", "返贫日期")
    listed = read_identifications(workbook(headings, (VILLAGE, "001", "2014年3月1日", date(2016, 12, 20), 43101)), "r.xlsx", TODAY)

    import_identifications(session, None, listed, keep_good=False, now=now)

    rows = session.scalars(select(Identification).order_by(Identification.position)).all()
    assert [(row.kind, row.happened_on) for row in rows] == [
        ("registered", date(2014, 3, 1)),
        ("lifted_out", date(2016, 12, 20)),
        ("registered_again", date(2018, 1, 1)),
    ]


def test_import_identifications__with_bad_rows__writes_nothing_of_their_households(session: Session, now: datetime) -> None:
    for number in ("001", "002", "003"):
        builders.add_household(session, number)
    listed = happened(
        *HAPPENED,
        (VILLAGE, "002", "识别", "2014-11-30", ""),
        (VILLAGE, "002", "销号", "2015-11-30", ""),
        (VILLAGE, "003", "识别", "2018-05-01", ""),
        (VILLAGE, "003", "搬迁", "2014-11-30", ""),
        (VILLAGE, "009", "识别", "2014-11-30", ""),
        ("610727101299", "001", "识别", "2014-11-30", ""),
        (VILLAGE, "001", "识别", "2014-11-30", ""),
    )

    with pytest.raises(SurveyError, match="7 rows that cannot be imported, the first at row 5"):
        import_identifications(session, None, listed, keep_good=False, now=now)
    result = import_identifications(session, None, listed, keep_good=True, now=now)

    assert [(problem.row, problem.column, problem.reason) for problem in result.problems] == [
        (5, "日期", "beside_out_of_order"),
        (6, "日期", "out_of_order"),
        (7, "日期", "date_to_come"),
        (8, "事项", "unknown_kind"),
        (9, "户编号", "unknown_household"),
        (10, "村代码", "unknown_village"),
        (11, "日期", "happened_twice"),
    ]
    assert session.scalar(select(func.count()).select_from(Identification)) == 3
    assert identifications_of(identification_record(listed)) == listed


def test_read_identifications__of_a_row__is_a_record() -> None:
    found = happened(HAPPENED[0])

    assert found.rows == (IdentificationRow(2, "001", "registered", date(2014, 11, 30), "日期", VILLAGE, note="首轮识别"),)
