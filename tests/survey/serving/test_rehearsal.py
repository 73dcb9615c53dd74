"""What a server makes before its processes part: what is asked first, and the forms that tablets are sent out with."""

import logging

import pytest
from flask import Flask
from sqlalchemy.exc import UnboundExecutionError
from sqlalchemy.orm import Session

from survey.health.metrics import EXTENSION, Metrics
from survey.health.requests import REQUESTS
from survey.intake.ahead import forms_of
from survey.serving.rehearsal import rehearse
from tests.builders import FORM, add_form, add_visit

UNBOUND = Session()
"""Refuses every statement."""


def test_rehearse__open_visit__makes_the_first_page_and_reads_its_forms_and_counts_nobody(
    own_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with Session(own_app.extensions["survey.engine"], expire_on_commit=False) as session:
        used, other = add_form(session), add_form(session, FORM.replace("test_form", "other_form"), "other.md")
        add_visit(session, forms=[used])
        session.commit()
    with caplog.at_level(logging.INFO, logger=REQUESTS):
        rehearse(own_app)
    metrics: Metrics = own_app.extensions[EXTENSION]
    assert caplog.records == []
    assert b"survey_requests_total{" not in metrics.text()
    assert "accounts/sign_in.html" in {name for _loader, name in own_app.jinja_env.cache or {}}
    known = forms_of(own_app).find(UNBOUND, (used.form_id, used.version))
    assert known is not None
    assert known.version_id == used.id
    with pytest.raises(UnboundExecutionError):
        forms_of(own_app).find(UNBOUND, (other.form_id, other.version))
