"""A hundred thousand issues of thirteen counties: the list, its saved filters, the board, the page of a county, the other side, a ledger.

The issues are synthetic: five years, every state with the steps that lead there, fifteen rules, two pieces of evidence each, one reply to
every second one that was reported.
"""

import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, peak_mb, print_figure
from questionnaires.model import AREAS
from survey.accounts.models import User
from survey.issue_boards.board_queries import read_columns
from survey.issue_boards.county_queries import count_county, count_undecided, list_awaited, list_counties, list_open, list_recurrences
from survey.issue_figures.queries import list_issue_counties, list_issue_visits, read_confirmation
from survey.issue_ledger.ledger import ledger_columns
from survey.issue_ledger.queries import read_ledger_rows
from survey.issues.filters import IssueFilter
from survey.issues.life import ENDED, HANDED_OVER, OPEN
from survey.issues.models import Issue, IssueEvidence, IssueReply, IssueStep
from survey.issues.queries import list_issues
from survey.models import Base
from survey.pages.workbooks import stream_workbook
from survey.places.models import Region
from survey.responsible.queries import ReportedFilter, count_reported, list_reported
from survey.saved_filters.queries import count_afresh
from survey.saved_filters.ready import READY

N_ISSUES, N_COUNTIES, N_VILLAGES = 100_000, 13, 100
N_SHORT_LEDGER, N_LEDGER = 1_000, 10_000
BATCH = 10_000
LIST_MS, LEDGER_SECONDS, LEDGER_MB = 300.0, 10.0, 16.0
NOW = datetime(2018, 4, 20, 8, 30, tzinfo=UTC)
TODAY = NOW.date()
STATES = (*HANDED_OVER, "raised", "verified", "refuted", "partly_verified")
COUNTY = "610703"
TO_REPORTED = (("raise", None, "raised"), ("verify", "raised", "verified"), ("report", "verified", "reported"))
TO_RECTIFIED = (*TO_REPORTED, ("start", "reported", "rectifying"), ("rectify", "rectifying", "rectified"))
TO_CLOSED = (*TO_RECTIFIED, ("close", "rectified", "closed"))
PATHS: dict[str, tuple[tuple[str, str | None, str], ...]] = {
    "raised": TO_REPORTED[:1],
    "verified": TO_REPORTED[:2],
    "partly_verified": (TO_REPORTED[0], ("verify_partly", "raised", "partly_verified")),
    "refuted": (TO_REPORTED[0], ("refute", "raised", "refuted")),
    "reported": TO_REPORTED,
    "rectifying": TO_RECTIFIED[:4],
    "rectified": TO_RECTIFIED,
    "closed": TO_CLOSED,
    "not_fixed": (*TO_RECTIFIED, ("not_fix", "rectified", "not_fixed")),
    "reopened": (*TO_CLOSED, ("reopen", "closed", "reopened")),
}
"""The steps that lead to each state, as (action, from, to)."""


def county_of(number: int) -> str:
    """The six digits of the county of the issue with this number."""
    return f"6107{1 + number % N_COUNTIES:02}"


def issues(numbers: range) -> Iterator[dict[str, Any]]:
    """The issues with these numbers."""
    for number in numbers:
        county, state, sequence = county_of(number), STATES[number % len(STATES)], number // N_COUNTIES
        begun = NOW - timedelta(days=number % 1500)
        is_handed = state in HANDED_OVER
        yield {
            "id": f"i{number:08}",
            "number": f"{2013 + number % 5}-{county}-{sequence:04}",
            "county_code": county,
            "year": 2013 + number % 5,
            "sequence": sequence,
            "title": f"饮水不安全，第 {number} 件",
            "finding": "走访中多数农户反映冬季断水，水质未检测，管护人员不到位。" * 2,
            "area": AREAS[number % len(AREAS)],
            "level": "village",
            "severity": ("low", "medium", "high", "acute")[number % 4],
            "place_code": f"{county}101{200 + number // N_COUNTIES % N_VILLAGES}",
            "form_id": "household",
            "rule": f"rule{number % 15}",
            "attribution": "local" if is_handed else None,
            "scope": "several" if is_handed else None,
            "scope_reason": "",
            "basis": {"households": 5, "households_asked": 30, "villages": 2, "villages_asked": 3},
            "recommendation": "由县水利局于六月底前修复管网并落实管护经费和人员。" if is_handed else "",
            "responsible_body": "县水利局" if is_handed else "",
            "responsible_code": f"{county}000000" if is_handed else None,
            "due_on": date(2018, 1, 1) + timedelta(days=number % 300) if is_handed else None,
            "state": state,
            "state_since": begun,
            "n_steps": 1,
            "author_id": "u1",
            "raised_at": begun,
            "verified_at": None if state in ("raised", "refuted") else begun,
            "reported_at": begun if is_handed else None,
            "closed_at": begun if state == "closed" else None,
        }


def replies(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A reply to every second issue that was reported."""
    return [
        {
            "id": f"r{row['id']}",
            "issue_id": row["id"],
            "kind": "progress",
            "body": "已组织水利局和乡镇逐户排查，更换管道并新建蓄水池，预计两个月内完工。",
            "replied_at": row["state_since"],
            "replied_by_id": "u1",
            "way": "letter",
        }
        for position, row in enumerate(rows)
        if row["reported_at"] is not None and position % 2
    ]


def steps(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps that led each issue to its state, ten days apart."""
    told = {"taken_by_id": "u1", "reason": "", "changes": {}, "details": {}}
    return [
        {**told, "issue_id": row["id"], "number": number, "action": action, "from_state": before, "to_state": after, "taken_at": taken_at}
        for row in rows
        for number, (action, before, after) in enumerate(PATHS[row["state"]], start=1)
        for taken_at in (row["state_since"] - timedelta(days=10 * (len(PATHS[row["state"]]) - number)),)
    ]


def evidence(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two pieces of evidence for each issue, of its village and the next one."""
    return [
        {
            "id": f"e{position}{row['id']}",
            "issue_id": row["id"],
            "kind": "note",
            "village_code": f"{row['county_code']}101{200 + (int(row['place_code'][-3:]) - 200 + position) % N_VILLAGES}",
            "note": "水龙头三个月没有水",
            "told": {},
            "added_at": NOW,
            "added_by_id": "u1",
            "withdrawn_at": NOW if int(row["id"][1:]) % 500 == 0 else None,
        }
        for row in rows
        for position in range(2)
    ]


def fill_at(url: str) -> None:
    """Make the database at this address, and fill it."""
    engine = keyed_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine.execution_options(writes=False), expire_on_commit=False) as session:
        fill(session)
    engine.dispose()


def fill(session: Session) -> None:
    """Store the counties and their issues."""
    session.add(User(id="u1", username="c", email="c@x.invalid", password="", name="c", fs_uniquifier="u1", created_at=NOW))
    for code, level in (("610000000000", "province"), ("610700000000", "city")):
        session.add(Region(code=code, name=code, level=level, is_invented=True))
    session.flush()
    for county in range(N_COUNTIES):
        code = county_of(county)
        for digits, level in ((code, "county"), (f"{code}101", "township")):
            session.add(Region(code=digits.ljust(12, "0"), name=f"{level}{digits}", level=level, is_invented=True))
        villages = [{"code": f"{code}101{200 + n}", "name": f"村{n}", "level": "village", "is_invented": True} for n in range(N_VILLAGES)]
        session.flush()
        session.execute(insert(Region), villages)
    for first in range(0, N_ISSUES, BATCH):
        rows = list(issues(range(first, first + BATCH)))
        session.execute(insert(Issue), rows)
        session.execute(insert(IssueStep), steps(rows))
        session.execute(insert(IssueEvidence), evidence(rows))
        session.execute(insert(IssueReply), replies(rows))
        session.commit()


def milliseconds(read: Callable[[], object]) -> float:
    """How long the second of two runs takes."""
    read()
    start = perf_counter()
    read()
    return 1000 * (perf_counter() - start)


def write_ledger(url: str, n_issues: int) -> tuple[float, float, float]:
    """How many seconds a ledger of so many issues takes, how many of them its processor worked, and by how many megabytes it grew."""
    engine = keyed_engine(url)
    with Session(engine.execution_options(writes=False), expire_on_commit=False) as session:
        reported = select(Issue.id).where(Issue.state.in_(HANDED_OVER)).order_by(Issue.id)
        last = session.scalars(reported.offset(n_issues).limit(1)).one()
        before, start, worked = peak_mb(), perf_counter(), process_time()
        stream_workbook("ledger", ledger_columns("zh"), read_ledger_rows(session, Issue.id < last, only_reported=True))
        return perf_counter() - start, process_time() - worked, peak_mb() - before


def measure_ledgers(url: str, told: str) -> None:
    """Print the figures of a short ledger and a long one, each written in a process of its own, because memory that was had stays had."""
    found = {}
    for n_issues in (N_SHORT_LEDGER, N_LEDGER):
        with get_context("spawn").Pool(1) as pool:
            found[n_issues] = pool.apply(write_ledger, (url, n_issues))
    seconds, worked, grown = found[N_LEDGER]
    detail = f"{N_LEDGER:,} of {told}, {worked:.1f} s of processor time"
    print_figure(Figure(f"ledger of {N_LEDGER:,} issues", LEDGER_SECONDS, seconds, "s", detail))
    short = found[N_SHORT_LEDGER][2]
    detail = f"grew by {grown:.1f} MB for {N_LEDGER:,} issues, by {short:.1f} MB for {N_SHORT_LEDGER:,}"
    print_figure(Figure("memory that a long ledger takes more than a short one", LEDGER_MB, grown - short, "MB", detail))


def read_board(session: Session, wanted: IssueFilter) -> object:
    """What the board reads beside the filters above it."""
    return list_issue_counties(session), list_issue_visits(session), read_columns(session, wanted, (*OPEN, *ENDED), TODAY, "u1")


def read_county(session: Session) -> object:
    """What the page of a county reads of issues."""
    return (
        count_county(session, COUNTY, TODAY, NOW),
        read_confirmation(session, COUNTY),
        list_open(session, COUNTY),
        list_recurrences(session, COUNTY),
        list_awaited(session, COUNTY),
        count_undecided(session, COUNTY),
    )


def count_ready(session: Session) -> object:
    """The numbers of the filters that need no saving, counted anew."""
    return count_afresh(session, tuple(ready.wanted for ready in READY.values()), TODAY, "u1")


def measure(session: Session) -> None:
    """Print the figures."""
    told = f"{N_ISSUES:,} issues, SQLite"

    def read(wanted: IssueFilter) -> object:
        return list_issues(session, wanted, TODAY, "u1", 1)

    for name, wanted in (
        ("list of issues: open, one area, overdue", IssueFilter(state="open", area="water", overdue="yes")),
        ("list of issues: words in title and finding", IssueFilter(text="第 4711 件")),
        ("list of one county's issues", IssueFilter(county=COUNTY)),
    ):
        print_figure(Figure(name, LIST_MS, milliseconds(lambda wanted=wanted: read(wanted)), "ms", told))

    for name, wanted in (
        ("board of all issues", IssueFilter()),
        ("board of one county", IssueFilter(county=COUNTY)),
        ("board of words in title and finding", IssueFilter(text="第 4711 件")),
    ):
        print_figure(Figure(name, LIST_MS, milliseconds(lambda wanted=wanted: read_board(session, wanted)), "ms", told))
    print_figure(Figure("page of one county's issues", LIST_MS, milliseconds(lambda: read_county(session)), "ms", told))
    print_figure(Figure("list of counties", LIST_MS, milliseconds(lambda: list_counties(session, TODAY)), "ms", told))
    print_figure(Figure("numbers of the filters above the list", LIST_MS, milliseconds(lambda: count_ready(session)), "ms", told))

    def other_side() -> object:
        code = f"{COUNTY}000000"
        return count_reported(session, code, TODAY), list_reported(session, code, ReportedFilter(), TODAY, 1)

    print_figure(Figure("list of the responsible side of one county", LIST_MS, milliseconds(other_side), "ms", told))


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'survey.sqlite3'}"
        # In a process of its own, so that the memory of filling is not taken for that of reading.
        filling = get_context("spawn").Process(target=fill_at, args=(url,))
        filling.start()
        filling.join()
        engine = keyed_engine(url)
        with Session(engine.execution_options(writes=False), expire_on_commit=False) as session:
            measure(session)
        engine.dispose()
        measure_ledgers(url, f"{N_ISSUES:,} issues, SQLite")


if __name__ == "__main__":
    main()
