"""Robots of groups are told at hosts that an administrator allows and at no other, when they are added as when they are told."""

from dataclasses import replace
from datetime import UTC, date, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.config import read_settings
from survey.reminders.models import Reminder, ReminderChannel
from survey.reminders.rounds import remind
from tests.builders import add_region, find_or_add_person
from tests.conftest import SECRET_KEY, SignIn
from tests.issues import add_reported_issue

MONDAY = datetime(2018, 5, 7, 2, tzinfo=UTC)
OWN = "robot.example.org"
VALUES = {"name": "工作群", "style": "generic", "frequency": "weekly", "region": ""}


def test_robot__at_a_host_that_nobody_allowed__is_not_added_and_its_host_is_told_where_it_may_be(
    app: Flask, session: Session, sign_in: SignIn
) -> None:
    client = sign_in("coordinator")
    assert "oapi.dingtalk.com, qyapi.weixin.qq.com" in client.get("/reminders/groups").text
    for address in (f"https://{OWN}/hook", "https://qyapi.weixin.qq.com.example.org/hook", "https://qyapi.weixin.qq.com@example.org/hook"):
        answer = client.post("/reminders/groups", data={**VALUES, "address": address})
        assert (answer.status_code, "SURVEY_ROBOT_HOSTS" in answer.text) == (422, True), address
    assert session.scalars(select(ReminderChannel)).all() == []
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], robot_hosts=f"oapi.dingtalk.com, {OWN.upper()}")
    assert client.post("/reminders/groups", data={**VALUES, "address": f"https://{OWN}/hook"}).status_code == 302


def test_robot__whose_host_is_allowed_no_more__is_told_nothing_and_the_reason_is_on_record(
    app: Flask, session: Session, sign_in: SignIn, now: datetime
) -> None:
    add_region(session)
    add_reported_issue(session, find_or_add_person(session, "coordinator"), now, responsible_code="610727000000", due_on=date(2018, 5, 4))
    allowed = replace(app.extensions["survey.settings"], robot_hosts=OWN)
    app.extensions["survey.settings"] = allowed
    sign_in("coordinator").post("/reminders/groups", data={**VALUES, "address": f"https://{OWN}/hook"})
    app.extensions["survey.settings"] = replace(allowed, robot_hosts="")
    sent = remind(app, MONDAY).sent
    assert sent is not None
    assert sent.n_sent == 0
    session.expire_all()
    told = session.scalars(select(Reminder).where(Reminder.channel_id.is_not(None))).one()
    assert "SURVEY_ROBOT_HOSTS" in told.problem


def test_settings__with_or_without_hosts__allow_those_and_no_other() -> None:
    assert read_settings({}, secret_key=SECRET_KEY).allowed_robot_hosts == {"qyapi.weixin.qq.com", "oapi.dingtalk.com"}
    assert read_settings({"SURVEY_ROBOT_HOSTS": ""}, secret_key=SECRET_KEY).allowed_robot_hosts == frozenset()
