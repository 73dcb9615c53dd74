"""The register of assistance: exact amounts, totals that add up, import with row errors and duplicates."""

import io
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.events import Event
from survey.liaison.amounts import ten_thousands
from survey.liaison.assistance_operations import (
    AssistanceFacts,
    add_assistance,
    import_assistance_draft,
    keep_assistance_draft,
    remove_assistance,
    update_assistance,
)
from survey.liaison.assistance_queries import AssistanceFilter, read_totals
from survey.liaison.models import Assistance
from survey.liaison.places import read_gazetteer
from survey.liaison.register import read_register
from survey.places.models import RosterDraft
from tests import builders
from tests.conftest import SignIn
from tests.recorder import Statements

CITY, COUNTY, OTHER = "610700000000", "610727000000", "610902000000"
HEADINGS = "捐赠方,捐赠方类别,帮扶类别,金额（万元）,受助地区,年度,备注"


@pytest.fixture(autouse=True)
def places(session: Session) -> None:
    """Two counties with names."""
    names = {CITY: "汉中市", COUNTY: "略阳县", OTHER: "汉滨区"}
    for code in ("610727101201", "610902101201"):
        builders.add_region(session, code)
    for code, name in names.items():
        builders.add_region(session, code).name = name
    session.flush()


def facts(giver: str = "甲公司", fen: int = 1_000_000, **others: object) -> AssistanceFacts:
    """Help given to the county in 2019."""
    values = {"giver_kind": "enterprise", "help_kind": "money", "region_code": COUNTY, "year": 2019, **others}
    return AssistanceFacts(giver, amount_fen=fen, **values)  # type: ignore[arg-type]


def csv(*rows: str, headings: str = HEADINGS) -> bytes:
    """A register as a CSV file."""
    return "\n".join((headings, *rows)).encode()


def test_read_totals__of_any_entries__add_up_to_the_whole(session: Session, now: datetime) -> None:
    add_assistance(session, None, facts("甲公司", 1), now)
    add_assistance(session, None, facts("甲公司", 10, region_code=OTHER, help_kind="goods"), now)
    add_assistance(session, None, facts("乙基金会", 100, giver_kind="foundation", region_code=CITY, year=2018), now)
    add_assistance(session, None, facts("丙", 1000, giver_kind="member", region_code="610727101201"), now)

    totals = read_totals(session, AssistanceFilter())

    assert (totals.whole.n_entries, totals.whole.n_givers, totals.whole.amount_fen) == (4, 3, 1111)
    places = [part for place in totals.by_place for _code, _name, part in place.parts]
    for parts in (totals.by_giver_kind, totals.by_help_kind, totals.by_year, [place.total for place in totals.by_place], places):
        assert sum(part.amount_fen for part in parts) == 1111
        assert sum(part.n_entries for part in parts) == 4
    assert [(place.name, [(name, part.amount_fen) for _code, name, part in place.parts]) for place in totals.by_place] == [
        ("汉中市", [("汉中市", 100), ("略阳县", 1001)]),
        (builders.add_region(session, "610900000000").name, [("汉滨区", 10)]),
    ]
    assert read_totals(session, AssistanceFilter(year="2019", place=CITY)).whole.amount_fen == 1001
    assert read_totals(session, AssistanceFilter(year="9" * 30)).whole.n_entries == 0
    assert read_totals(session, AssistanceFilter(year="201²")) == read_totals(session, AssistanceFilter())


WRONG = [
    (facts(" "), "giver"),
    (facts(fen=-1), "amount"),
    (facts(fen=10**16), "amount"),
    (facts(giver_kind="x"), "giver_kind"),
    (facts(help_kind="x"), "help_kind"),
    (facts(year=19), "year"),
    (facts(region_code="619999000000"), "region_code"),
]


def test_add_assistance__with_a_wrong_fact__names_the_field(session: Session, now: datetime) -> None:
    for wrong, field in WRONG:
        with pytest.raises(SurveyError) as caught:
            add_assistance(session, None, wrong, now)

        assert caught.value.values["field"] == field
        assert session.scalars(select(Assistance)).all() == []


def test_assistance__changed_and_removed__keeps_the_amounts_in_the_log(session: Session, now: datetime) -> None:
    found = add_assistance(session, None, facts(), now)
    update_assistance(session, None, found, facts(), now)
    update_assistance(session, None, found, facts(fen=2), now)
    remove_assistance(session, None, found, now)

    logged = session.scalars(select(Event).where(Event.subject_type == "assistance").order_by(Event.number)).all()
    assert [event.action for event in logged] == ["assistance.added", "assistance.changed", "assistance.removed"]
    assert (logged[1].details["amount_fen_before"], logged[2].details["amount_fen"]) == (1_000_000, 2)


def test_read_register__with_bad_rows__names_row_column_and_reason(session: Session) -> None:
    data = csv(
        "甲公司,企业,资金,12.5,略阳县,2019,",
        ",企业,资金,1,略阳县,2019,",
        "乙公司,国家,资金,1,略阳县,2019,",
        "丙公司,企业,资金,很多,略阳县,2019,",
        "丁公司,企业,资金,1,镇巴县,2019,",
        "戊公司,企业,资金,1,略阳县,19,",
        "合计,,,15.5,,,",
    )

    register = read_register(data, "a.csv", read_gazetteer(session))

    assert [(row.row, row.giver, row.amount_fen, row.region_code) for row in register.rows] == [(2, "甲公司", 12_500_000, COUNTY)]
    assert [(problem.row, problem.column, problem.value, problem.reason) for problem in register.problems] == [
        (3, "捐赠方", "", "missing"),
        (4, "捐赠方类别", "国家", "unknown_word"),
        (5, "金额（万元）", "很多", "bad_amount"),
        (6, "受助地区", "镇巴县", "unknown_place"),
        (7, "年度", "19", "bad_year"),
    ]
    assert register.n_totals == 1


def test_read_register__in_yuan_or_by_code__is_understood(session: Session) -> None:
    data = csv("甲公司（西安）,企业,资金,125000,610727,2019年", headings="企业名称,单位性质,帮扶方式,捐赠金额（元）,区划代码,年份")

    [row] = read_register(data, "a.csv", read_gazetteer(session)).rows

    assert (row.giver, row.amount_fen, row.region_code, row.year) == ("甲公司（西安）", 12_500_000, COUNTY, 2019)


OTHER_FILES = [
    (csv("a,b", headings="捐赠方,金额"), "no_headings", "捐赠方类别、帮扶类别、金额（万元）、受助地区、年度"),
    (csv("甲公司,企业,资金,1,略阳县", headings="捐赠方,捐赠方类别,帮扶类别,金额（万元）,受助地区"), "no_headings", "年度"),
    (csv(), "no_rows", ""),
    (b"", "empty", ""),
    (b"\xd0\xcf\x11\xe0", "old_format", ""),
]


def test_read_register__of_another_file__says_what_is_missing(session: Session) -> None:
    for data, reason, place in OTHER_FILES:
        with pytest.raises(SurveyError) as caught:
            read_register(data, "a.csv", read_gazetteer(session))

        assert caught.value.code is ErrorCode.UNREADABLE_REGISTER
        assert (caught.value.values["reason"], caught.value.values["place"]) == (reason, place)


def test_import__with_bad_rows_or_duplicates__writes_only_what_was_agreed_to(session: Session, now: datetime) -> None:
    person = builders.add_person(session, "coordinator", "coordinator")
    add_assistance(session, None, facts("甲 公司", 12_500_000), now)
    data = csv(
        "甲公司,企业,资金,12.5,略阳县,2019,",
        "乙公司,企业,物资,1,略阳县,2019,",
        "乙公司,企业,物资,1.0,略阳县,2019,",
        "丙,企业,资金,x,略阳县,2019,",
    )

    def import_it(*, keep_good: bool, with_duplicates: bool = False) -> tuple[int, int, int]:
        draft = keep_assistance_draft(session, person, read_register(data, "a.csv", read_gazetteer(session)), "a.csv", now)
        done = import_assistance_draft(session, person, draft, keep_good=keep_good, with_duplicates=with_duplicates, now=now)
        return done.n_new, done.n_duplicates_left_out, done.n_bad_rows

    with pytest.raises(SurveyError, match="row 5"):
        import_it(keep_good=False)
    assert session.scalar(select(func.count()).select_from(Assistance)) == 1
    assert import_it(keep_good=True) == (1, 2, 1)
    assert import_it(keep_good=True) == (0, 3, 1)
    assert import_it(keep_good=True, with_duplicates=True) == (3, 0, 1)


def test_import_pages__from_file_to_register__preview_first(session: Session, now: datetime, sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    client.post("/language/en")
    path = "/liaison/assistance/import"

    def choose(data: bytes) -> str:
        answer = client.post(path, data={"file": (io.BytesIO(data), "a.csv")}, content_type="multipart/form-data")
        return str(answer.location or answer.text)

    assert "headings are missing" in choose(b"a,b\n1,2\n")
    preview = choose(csv("甲公司,企业,资金,12.5,略阳县,2019,", "乙,企业,资金,x,略阳县,2019,"))
    page = client.get(preview).text
    assert "甲公司" in page
    assert "This is no amount" in page
    assert "This is no amount" in client.get(f"{preview}/bad-rows.csv").data.decode("utf-8-sig")
    assert sign_in("admin").get(preview).status_code == 404
    client = sign_in("coordinator")
    refused = client.post(preview)
    assert refused.status_code == 200
    assert session.scalars(select(Assistance)).all() == []
    client.post(preview, data={"keep_good": "y"})
    assert session.scalars(select(Assistance.giver)).all() == ["甲公司"]
    again = choose(csv("甲公司,企业,资金,12.5,略阳县,2019,"))
    assert "known already" in client.get(again).text
    client.post(f"{again}/drop")
    assert session.scalars(select(RosterDraft)).all() == []
    assert choose(client.get(f"{path}/sample.xlsx").data).startswith(path)


def test_workbook__of_the_register__can_be_imported_again_in_either_language(session: Session, now: datetime, sign_in: SignIn) -> None:
    add_assistance(session, None, facts("甲公司", 12_500_000, help_kind="training"), now)
    add_assistance(session, None, facts("乙医院", 1, giver_kind="institution", region_code=OTHER), now)
    add_assistance(session, None, facts("丙", 5_000_000, giver_kind="other", help_kind="other"), now)
    client = sign_in("author")
    for language in ("zh", "en"):
        client.post(f"/language/{language}")
        data = client.get("/liaison/assistance/assistance.xlsx").data

        register = read_register(data, "a.xlsx", read_gazetteer(session))

        assert register.problems == ()
        assert sorted((row.giver, row.giver_kind, row.help_kind, row.amount_fen, row.region_code) for row in register.rows) == [
            ("丙", "other", "other", 5_000_000, COUNTY),
            ("乙医院", "institution", "money", 1, OTHER),
            ("甲公司", "enterprise", "training", 12_500_000, COUNTY),
        ]
        assert len(openpyxl.load_workbook(io.BytesIO(data)).sheetnames) == 5


def test_assistance_pages__for_each_role__are_read_by_authors_and_changed_by_coordinators(
    session: Session, now: datetime, sign_in: SignIn
) -> None:
    found = add_assistance(session, None, facts(fen=6_378_580_000), now)
    base = "/liaison/assistance"
    paths = (base, f"{base}/assistance.xlsx", f"{base}/new", f"{base}/{found.id}", f"{base}/import")

    statuses = {name: [sign_in(name).get(path).status_code for path in paths] for name in ("coordinator", "author", "lead1", "county")}

    assert statuses == {"coordinator": [200] * 5, "author": [200, 200, 403, 403, 403], "lead1": [403] * 5, "county": [403] * 5}
    client = sign_in("coordinator")
    assert "6,378.58" in client.get(base).text
    data = {"giver": "乙", "giver_kind": "member", "help_kind": "goods", "amount": "1.2345678", "region_code": COUNTY, "year": "2019"}
    assert client.post(f"{base}/new", data=data).status_code == 200
    client.post(f"{base}/new", data={**data, "amount": "1.25"})
    client.post(f"{base}/{found.id}", data={**data, "giver": "甲", "amount": "2"})
    assert sorted(session.execute(select(Assistance.giver, Assistance.amount_fen)).all()) == [("乙", 1_250_000), ("甲", 2_000_000)]
    client.post(f"{base}/{found.id}/remove")
    assert session.scalar(select(func.sum(Assistance.amount_fen))) == 1_250_000
    assert ten_thousands(1_250_000) == Decimal("1.25")


def test_assistance_page__with_more_entries__sends_no_more_statements(
    session: Session, now: datetime, sign_in: SignIn, statements: Statements
) -> None:
    client = sign_in("coordinator")
    counts = []
    for size in (1, 20):
        for number in range(size):
            add_assistance(session, None, facts(f"{size} {number}", year=2000 + number), now)
        session.commit()
        statements.reset()
        client.get("/liaison/assistance")
        counts.append(len(statements))

    assert counts[0] == counts[1] < 18
