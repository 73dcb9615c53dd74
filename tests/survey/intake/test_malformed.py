"""Interviews that are malformed in every way that could be thought of: none is taken for a good one, none fails as a bug, none half stays.

`SURVEY_MALFORMED=100000 pytest -m soak -n auto tests/survey/intake/test_malformed.py` sends a hundred thousand.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.intake.models import QuarantinedSubmission, Submission
from tests.builders import VILLAGE, add_form, add_pair, add_visit
from tests.survey.intake.interviews import FORM, interview_xml, send, with_text

pytestmark = pytest.mark.soak

N_PARTS = 4
N_EXAMPLES = int(os.environ.get("SURVEY_MALFORMED", "800")) // N_PARTS
WORDS = st.text(st.characters(min_codepoint=32, exclude_characters="<&>", exclude_categories=("Cs",)), min_size=1, max_size=20)
"""Texts that XML takes; control characters, which it does not, come with the bytes that are no UTF-8."""
BROKEN = (b"<!DOCTYPE data [<!ENTITY x 'y'>]>", b"\xff", b"\x00", b"<data>", b"</data>", b"<a b=1/>", b"&x;", b"]]>", b"<![CDATA[")


def not_a_number(text: str) -> bool:
    """Whether no reading of the text is a whole number."""
    return not any(sign.isdecimal() for sign in text)


@st.composite
def malformed(draw: st.DrawFn) -> bytes:
    """An interview with one thing, or several, that no interview may have."""
    whole = interview_xml(f"uuid:{draw(st.uuids())}")
    wrong = draw(st.lists(st.sampled_from(WAYS), min_size=1, max_size=3))
    for way in wrong:
        whole = way(draw, whole)
    return whole


def wrong_answer(draw: st.DrawFn, xml: bytes) -> bytes:
    """With an answer that the questionnaire does not take."""
    number = st.one_of(st.integers(max_value=0), st.integers(min_value=21, max_value=10**30)).map(str)
    values = {
        "n_members": st.one_of(number, WORDS.filter(not_a_number), st.just("")),
        "age": st.one_of(st.integers(min_value=120, max_value=10**30).map(str), WORDS.filter(not_a_number).filter(str.strip)),
        "water_safe": WORDS.filter(lambda text: text.strip() and text.strip() not in ("yes", "no")),
        "needs": WORDS.filter(lambda text: set(text.split()) - {"road", "doctor"}),
        "place": st.one_of(WORDS.filter(not_a_number).filter(str.strip), st.just("91 0 0 0"), st.just("1 2 3 4 5 6")),
    }
    name = draw(st.sampled_from(sorted(values)))
    return with_text(xml, name, draw(values[name])) if f"<{name}".encode() in xml else xml[: len(xml) // 2]


def cut_off(draw: st.DrawFn, xml: bytes) -> bytes:
    """Without its end."""
    return xml[: draw(st.integers(0, max(0, len(xml) - 2)))]


def with_something_broken(draw: st.DrawFn, xml: bytes) -> bytes:
    """With bytes that stand in no interview, where a text or a tag may stand."""
    at = draw(st.integers(0, max(0, len(xml.rstrip()) - 1)))
    return xml[:at] + draw(st.sampled_from(BROKEN)) + xml[at:]


def of_another_form(draw: st.DrawFn, xml: bytes) -> bytes:
    """Of a form or version that was not published here."""
    told = f'"{draw(st.text("abcxyz_-.0123456789", max_size=30))}x"'.encode()
    return xml.replace(draw(st.sampled_from((b'"visit_form"', b'"2018.1"'))), told, 1)


def without_id(draw: st.DrawFn, xml: bytes) -> bytes:
    """Without the id of the interview, or with one that is none."""
    start, end = xml.find(b"<instanceID>"), xml.find(b"</instanceID>")
    text = draw(st.sampled_from(("", " ", "x" * 300))).encode()
    return xml[: start + 12] + text + xml[end:] if 0 <= start < end else b""


def something_else(draw: st.DrawFn, _xml: bytes) -> bytes:
    """Not even like an interview."""
    return draw(st.binary(max_size=300))


WAYS: tuple[Callable[[st.DrawFn, bytes], bytes], ...] = (
    wrong_answer,
    wrong_answer,
    wrong_answer,
    cut_off,
    with_something_broken,
    of_another_form,
    without_id,
    something_else,
)


@pytest.mark.parametrize("part", range(N_PARTS))
def test_interviews__malformed_in_any_way__are_refused_and_kept_whole_or_not_at_all(
    part: int, app: Flask, session: Session, record_property: Callable[[str, object], None]
) -> None:
    add_pair(session, add_visit(session, village_codes=(VILLAGE,), forms=[add_form(session, FORM, "visit_form.md")]))
    session.commit()
    client = app.test_client()
    answers: Counter[int] = Counter()
    quarantined: set[str] = set()

    @settings(
        max_examples=N_EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=False,
    )
    @given(malformed())
    def trial(xml: bytes) -> None:
        response = send(client, xml)
        answers[response.status_code] += 1
        assert 400 <= response.status_code < 500, (response.status_code, xml)
        if b"INVALID_ANSWERS" in response.data:
            quarantined.add(hashlib.sha256(xml).hexdigest())

    trial()
    assert session.scalars(select(Submission.instance_id)).all() == []
    assert set(session.scalars(select(QuarantinedSubmission.xml_sha256))) == quarantined
    assert quarantined, "some were whole enough to be kept for a coordinator"
    record_property("malformed interviews", sum(answers.values()))
    record_property("kept for a coordinator", len(quarantined))
