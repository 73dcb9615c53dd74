"""Random sequences by random people on the real schema: whatever is tried, the history of every issue tells a life that may be.

What must hold is written down here once more, from the method and not from the code: `WAYS` are all moves between states. The suite runs a
few long sequences; `HYPOTHESIS_PROFILE=long pytest tests/survey/issues/test_life_property.py` runs many more.
"""

import os
import sqlite3
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from questionnaires.errors import SurveyError
from survey.accounts.models import User
from survey.db import create_engine_for
from survey.events import Event
from survey.field_time import field_date
from survey.household_outcomes.operations import decide, record_outcome
from survey.issues.life import (
    ACTION_OF_NAME,
    HANDED_OVER,
    HOUSEHOLD_OUTCOMES,
    LEVELS,
    VERIFICATION_KINDS,
    VERIFICATION_RESULTS,
    actions_from,
)
from survey.issues.models import Issue, IssueEvidence, IssueReply, IssueStep, Verification
from survey.issues.raising import add_evidence, raise_issue
from survey.issues.stepping import Change, act, edit_issue, take_step
from survey.places.models import Region
from survey.proof.chain import check_chain
from survey.sealing.fields import Keyring, seal_fields_of
from survey.verifications.operations import ask_verification, finish_verification, withdraw_verification
from survey.visits.models import Visit
from tests.builders import NOW, VILLAGE, add_household, add_pair, add_person, add_region, add_visit
from tests.conftest import SECRET_KEY

OTHER_COUNTY = "610728101201"
PEOPLE = {
    "coordinator": "coordinator",
    "second coordinator": "coordinator",
    "admin": "admin",
    "author": "author",
    "lead1": "interviewer",
    "second1": "interviewer",
    "stranger": "interviewer",
    "county": "responsible",
}
EDITING = {"coordinator", "admin"}
WAYS = {
    ("raised", "verified"),
    ("raised", "partly_verified"),
    ("raised", "refuted"),
    ("verified", "raised"),
    ("partly_verified", "raised"),
    ("verified", "reported"),
    ("partly_verified", "reported"),
    ("not_fixed", "reported"),
    ("reopened", "reported"),
    ("reported", "rectifying"),
    ("not_fixed", "rectifying"),
    ("reopened", "rectifying"),
    ("reported", "rectified"),
    ("rectifying", "rectified"),
    ("rectified", "closed"),
    ("reported", "not_fixed"),
    ("rectifying", "not_fixed"),
    ("rectified", "not_fixed"),
    ("closed", "reopened"),
    ("raised", "merged"),
    ("verified", "merged"),
    ("partly_verified", "merged"),
}
TABLES = ("issues", "issue_steps", "issue_evidence", "verifications", "issue_replies", "household_outcomes", "events")

pick = st.integers(min_value=0, max_value=10**6)
people = st.sampled_from(tuple(PEOPLE))
helpful = st.sampled_from(("coordinator", "coordinator", "second coordinator", *PEOPLE))


class Lives(RuleBasedStateMachine):
    """Several people work on several issues; every call is either done whole or refused and nothing has changed."""

    def __init__(self, template: sqlite3.Connection) -> None:
        super().__init__()
        self.engine = create_engine_for("sqlite://")
        seal_fields_of(self.engine, Keyring([SECRET_KEY]))
        raw = self.engine.raw_connection()
        template.backup(raw.driver_connection)  # type: ignore[arg-type]
        raw.close()
        self.session = Session(self.engine, expire_on_commit=False)
        self.now: datetime = NOW
        self.people = {person.username: person for person in self.session.scalars(select(User))}
        self.places = {code: self.session.get_one(Region, code) for code in (VILLAGE, OTHER_COUNTY)}
        self.visit = self.session.get_one(Visit, "2018-08-back")
        self.households = {code: add_household(self.session, village_code=code) for code in self.places}
        self.n_evidence = 0
        self.raise_one("coordinator", VILLAGE)

    def teardown(self) -> None:
        """The log of events is whole, and says each step once."""
        assert check_chain(self.session).first_broken is None
        n_steps = len(self.steps())
        assert len(self.session.scalars(select(Event.number).where(Event.subject_type == "issue")).all()) == n_steps
        self.session.close()
        self.engine.dispose()

    # What is done, and what must be refused.

    def attempt(self, call: Callable[[], Any], *, refused: bool = False) -> bool:
        """Whether the call was done; if not, every row is as it was before."""
        self.now += timedelta(minutes=7)
        before = self.rows()
        try:
            call()
        except SurveyError:
            assert self.rows() == before
            return False
        assert not refused, "this must be refused"
        return True

    def rows(self) -> list[Any]:
        self.session.flush()
        return [tuple(row) for table in TABLES for row in self.session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2"))]

    def issue(self, number: int) -> Issue:
        issues = self.session.scalars(select(Issue).order_by(Issue.number)).all()
        return issues[number % len(issues)]

    def may_not(self, name: str) -> bool:
        return PEOPLE[name] not in EDITING

    def raise_one(self, name: str, place: str, village: str | None = None) -> None:
        evidence = IssueEvidence(kind="note", village_code=village or place, household_id=self.households[place].id)
        facts = {"title": "饮水不安全", "area": "water", "level": "village", "severity": "high"}
        wrong = self.may_not(name) or (village or place)[:6] != place[:6]
        call = partial(raise_issue, self.session, self.people[name], self.now, **facts, place=self.places[place], evidence=[evidence])
        self.n_evidence += self.attempt(call, refused=wrong)

    def full_change(self, issue: Issue, *, days: int = 20, reason: str = "核实情况") -> Change:
        due = field_date(self.now) + timedelta(days=days)
        facts = {"recommendation": "修复管网", "responsible_body": "县水利局", "attribution": "local", "scope": "single"}
        higher = LEVELS[min(LEVELS.index(issue.escalated_to or issue.level) + 1, len(LEVELS) - 1)]
        return Change(reason=reason, values={"due_on": due, **facts}, higher=higher)

    @rule(name=helpful, place=st.sampled_from((VILLAGE, VILLAGE, OTHER_COUNTY)), village=st.sampled_from((None, None, VILLAGE)))
    def raise_another(self, name: str, place: str, village: str | None) -> None:
        if len(self.session.scalars(select(Issue.id)).all()) < 5:
            self.raise_one(name, place, village)

    @rule(number=pick, name=helpful, village=st.sampled_from((VILLAGE, OTHER_COUNTY)))
    def add_to_evidence(self, number: int, name: str, village: str) -> None:
        issue = self.issue(number)
        wrong = self.may_not(name) or village[:6] != issue.county_code
        row = IssueEvidence(kind="note", village_code=village)
        self.n_evidence += self.attempt(partial(add_evidence, self.session, self.people[name], issue, [row], self.now), refused=wrong)

    @rule(number=pick, asks=helpful, person=people, kind=st.sampled_from((*VERIFICATION_KINDS, "rumour")), days=st.integers(-1, 9))
    def ask(self, number: int, asks: str, person: str, kind: str, days: int) -> None:
        issue, verifier = self.issue(number), self.people[person]
        wrong = self.may_not(asks) or verifier.id == issue.author_id or person == "county" or days < 0 or issue.state != "raised"
        due = field_date(self.now) + timedelta(days=days)
        call = partial(ask_verification, self.session, self.people[asks], issue, verifier, self.now, kind=kind, due_on=due)
        self.attempt(call, refused=wrong or kind == "rumour")

    @rule(
        number=pick,
        person=st.one_of(st.none(), people),
        result=st.sampled_from((*VERIFICATION_RESULTS, "")),
        found=st.sampled_from(("已查看", "已查看", " ")),
    )
    def finish(self, number: int, person: str | None, result: str, found: str) -> None:
        tasks = self.session.scalars(select(Verification).order_by(Verification.id)).all()
        if tasks:
            task = tasks[number % len(tasks)]
            actor = self.people[person] if person else task.assigned_to
            wrong = actor.id != task.assigned_to_id or bool(task.done_at or task.withdrawn_at) or not result or not found.strip()
            self.attempt(partial(finish_verification, self.session, actor, task, result, found, self.now), refused=wrong)

    @rule(number=pick, name=helpful)
    def withdraw(self, number: int, name: str) -> None:
        tasks = self.session.scalars(select(Verification).order_by(Verification.id)).all()
        if tasks:
            task = tasks[number % len(tasks)]
            call = partial(withdraw_verification, self.session, self.people[name], task, self.now)
            self.attempt(call, refused=self.may_not(name) or bool(task.done_at or task.withdrawn_at))

    @rule(number=pick, name=people, action=st.sampled_from(tuple(ACTION_OF_NAME)), behind=st.integers(0, 1), bare=st.booleans())
    def act_at_random(self, number: int, name: str, action: str, behind: int, bare: bool) -> None:
        issue = self.issue(number)
        change = Change() if bare else self.full_change(issue, days=-1 if behind else 3)
        self.move(issue, name, action, change, seen=issue.n_steps - behind)

    @rule(number=pick, choice=pick, name=helpful, behind=st.sampled_from((0, 0, 0, 0, 1, -1)))
    def go_on(self, number: int, choice: int, name: str, behind: int) -> None:
        issue = self.issue(number)
        if actions := actions_from(issue.state):
            self.move(issue, name, actions[choice % len(actions)].name, self.full_change(issue), seen=issue.n_steps - behind)

    def move(self, issue: Issue, name: str, action: str, change: Change | None = None, *, seen: int | None = None) -> None:
        change, seen = change or self.full_change(issue), issue.n_steps if seen is None else seen
        wrong = self.may_not(name) or seen != issue.n_steps or issue.state not in ACTION_OF_NAME[action].sources
        self.attempt(partial(act, self.session, self.people[name], issue, action, self.now, seen=seen, change=change), refused=wrong)

    @rule(number=pick, choices=st.lists(pick, min_size=2, max_size=9))
    def lead_on(self, number: int, choices: list[int]) -> None:
        """Several moves with all that they need, so that lives go far."""
        for choice in choices:
            issue = self.issue(number)
            if issue.state == "raised":
                result = VERIFICATION_RESULTS[choice % 3 if choice % 5 == 0 else choice % 2]
                self.verify(issue, result)
                self.move(issue, "coordinator", {"confirmed": "verify", "partly": "verify_partly", "refuted": "refute"}[result])
            elif issue.state in HANDED_OVER and choice % 3 == 0:
                self.look_back(number, "lead1", VILLAGE, HOUSEHOLD_OUTCOMES[choice % 5], None)
                self.decide_about(number, "coordinator", "fixed" if choice % 2 else "not_fixed", "已回访")
            else:
                actions = [each for each in actions_from(issue.state) if each.target not in ("raised", "merged")]
                if actions:
                    self.move(issue, "coordinator", actions[choice % len(actions)].name)

    def verify(self, issue: Issue, result: str) -> None:
        waiting = (Verification.done_at.is_(None), Verification.withdrawn_at.is_(None))
        statement = select(Verification).where(Verification.issue_id == issue.id, *waiting)
        if not self.session.scalars(statement).first():
            due = field_date(self.now) + timedelta(days=5)
            person = self.people["lead1"]
            self.attempt(
                partial(ask_verification, self.session, self.people["coordinator"], issue, person, self.now, kind="site", due_on=due)
            )
        task = self.session.scalars(statement).first()
        assert task is not None
        self.attempt(partial(finish_verification, self.session, task.assigned_to, task, result, "已到户查看", self.now))

    @rule(number=pick, other=pick, name=helpful)
    def merge(self, number: int, other: int, name: str) -> None:
        issue, into = self.issue(number), self.issue(other)
        wrong = issue is into or issue.county_code != into.county_code or into.state in ("refuted", "merged") or self.may_not(name)
        change = Change(merged_into=into)
        call = partial(act, self.session, self.people[name], issue, "merge", self.now, seen=issue.n_steps, change=change)
        self.attempt(call, refused=wrong)

    @rule(
        number=pick,
        name=helpful,
        behind=st.sampled_from((0, 0, 0, 1)),
        values=st.one_of(
            st.fixed_dictionaries({"due_on": st.dates(date(2018, 4, 10), date(2018, 6, 1))}),
            st.fixed_dictionaries({"recommendation": st.sampled_from(("", "尽快修复"))}),
            st.fixed_dictionaries({"severity": st.sampled_from(("acute", "low", "awful"))}),
            st.fixed_dictionaries({"title": st.sampled_from(("停水", " ")), "level": st.sampled_from(("county", "moon"))}),
            st.just({"state": "closed"}),
        ),
    )
    def edit(self, number: int, name: str, behind: int, values: dict[str, Any]) -> None:
        issue = self.issue(number)
        wrong = self.may_not(name) or behind != 0 or "state" in values or bool({"awful", "moon", " "} & set(map(str, values.values())))
        wrong = wrong or (values.get("recommendation") == "" and issue.state in HANDED_OVER)
        call = partial(edit_issue, self.session, self.people[name], issue, values, self.now, seen=issue.n_steps - behind)
        self.attempt(call, refused=wrong)

    @rule(number=pick)
    def reply(self, number: int) -> None:
        issue = self.issue(number)
        if issue.state in HANDED_OVER:
            self.now += timedelta(minutes=7)
            county = self.people["county"]
            self.session.add(IssueReply(issue_id=issue.id, kind="progress", body="正在施工", replied_at=self.now, replied_by_id=county.id))
            take_step(self.session, county, issue, "reply", self.now)

    @rule(number=pick, undecided=st.booleans())
    def evidence_withdrawn(self, number: int, undecided: bool) -> None:
        row = self.session.scalars(select(IssueEvidence).where(IssueEvidence.issue_id == self.issue(number).id)).first()
        if row:
            row.withdrawn_at, row.withdrawal_decided_at = self.now, None if undecided else self.now

    @rule(
        number=pick,
        name=st.sampled_from(("lead1", "second1", *PEOPLE)),
        place=st.sampled_from((VILLAGE, VILLAGE, OTHER_COUNTY)),
        outcome=st.sampled_from((*HOUSEHOLD_OUTCOMES, "gone")),
        was=st.sampled_from((None, None, "fixed")),
    )
    def look_back(self, number: int, name: str, place: str, outcome: str, was: str | None) -> None:
        issue, household = self.issue(number), self.households[place]
        wrong = name in ("stranger", "author", "county") or outcome == "gone" or issue.state not in HANDED_OVER
        wrong = wrong or place == OTHER_COUNTY  # the visit does not go there
        call = partial(record_outcome, self.session, self.people[name], issue, household, self.visit, outcome, self.now, was=was)
        self.attempt(call, refused=wrong)

    @rule(
        number=pick,
        name=helpful,
        verdict=st.sampled_from(("fixed", "fixed", "not_fixed", "unclear")),
        reason=st.sampled_from(("已回访", "已回访", "")),
    )
    def decide_about(self, number: int, name: str, verdict: str, reason: str) -> None:
        issue = self.issue(number)
        wrong = self.may_not(name) or not reason or verdict == "unclear" or issue.state not in HANDED_OVER
        call = partial(decide, self.session, self.people[name], issue, verdict, self.now, seen=issue.n_steps, reason=reason)
        self.attempt(call, refused=wrong)

    # What holds, whatever was done.

    def steps(self) -> list[IssueStep]:
        return list(self.session.scalars(select(IssueStep).order_by(IssueStep.issue_id, IssueStep.number)))

    @invariant()
    def every_history_is_a_life_that_may_be(self) -> None:
        by_issue: dict[str, list[IssueStep]] = {}
        for step in self.steps():
            by_issue.setdefault(step.issue_id, []).append(step)
        for issue in self.session.scalars(select(Issue)):
            steps = by_issue[issue.id]
            assert [step.number for step in steps] == list(range(1, issue.n_steps + 1))
            assert (steps[0].action, steps[0].to_state, steps[-1].to_state) == ("raise", "raised", issue.state)
            moved = [step for step in steps if step.from_state != step.to_state or step.action == "raise"]
            assert issue.state_since == moved[-1].taken_at
            for before, step in zip(steps, steps[1:], strict=False):
                assert step.from_state == before.to_state
                assert step.from_state == step.to_state or (step.from_state, step.to_state) in WAYS
                assert before.taken_at <= step.taken_at
            self.check_steps(issue, steps)

    def check_steps(self, issue: Issue, steps: list[IssueStep]) -> None:
        results: set[str] = set()
        looked_back = False
        roles = {person.id: PEOPLE[name] for name, person in self.people.items()}
        for step in steps:
            if step.action in ("raise", "reconsider"):
                results = set()
            if step.action == "finish_verification":
                assert step.taken_by_id != issue.author_id
                results.add(step.details["result"])
            if step.action == "look_back":
                looked_back = True
            if step.from_state != step.to_state:
                assert roles[step.taken_by_id or ""] in EDITING
                if step.to_state in ("verified", "partly_verified", "refuted"):
                    assert results & ({"refuted"} if step.to_state == "refuted" else {"confirmed", "partly"})
                if step.to_state in ("closed", "not_fixed"):
                    assert looked_back
                    assert step.reason
                if step.to_state in ("reported", "closed", "not_fixed", "reopened"):
                    looked_back = False  # the next decision needs another look
            if due := step.changes.get("due_on", [None, None])[1]:
                assert date.fromisoformat(due) >= field_date(step.taken_at)

    @invariant()
    def nothing_was_lost(self) -> None:
        rows = self.session.execute(select(IssueEvidence.issue_id, Issue.state).join(Issue, Issue.id == IssueEvidence.issue_id)).all()
        assert len(rows) == self.n_evidence
        assert all(row.state != "merged" for row in rows)

    @invariant()
    def what_was_reported_was_verified_by_another(self) -> None:
        statement = select(Issue).where(Issue.state.in_(HANDED_OVER))
        for issue in self.session.scalars(statement):
            found = [each for each in issue.verifications if each.result in ("confirmed", "partly")]
            assert any(each.assigned_to_id != issue.author_id for each in found)
            assert all([issue.recommendation, issue.responsible_body, issue.due_on, issue.attribution, issue.scope])


def test_lives__moved_at_random_by_anybody__are_lives_that_may_be(empty_database: Path) -> None:
    template = sqlite3.connect(":memory:")
    engine = create_engine_for(f"sqlite:///{empty_database.with_name('lives.sqlite3')}")
    seal_fields_of(engine, Keyring([SECRET_KEY]))
    with sqlite3.connect(empty_database) as source, sqlite3.connect(empty_database.with_name("lives.sqlite3")) as target:
        source.backup(target)
    with Session(engine) as session:
        for name, role in PEOPLE.items():
            add_person(session, name, role)
        add_region(session, VILLAGE)
        add_region(session, OTHER_COUNTY)
        visit = add_visit(session, "2018-08-back")
        add_pair(session, visit)
        session.commit()
    engine.dispose()
    with sqlite3.connect(empty_database.with_name("lives.sqlite3")) as source:
        source.backup(template)
    is_long = os.environ.get("HYPOTHESIS_PROFILE") == "long"
    chosen = settings(
        max_examples=300 if is_long else 6,
        stateful_step_count=60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(partial(Lives, template), settings=chosen)
