"""A draft of every kind, edited by its author, brought to another state of the data: figures of today, and words that stay as they are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import count

import pytest
from docx import Document

from analysis.bundle import Bundle, read_bundle
from analysis.report.kinds.records import MeetingFact, Sources
from analysis.report.kinds.registry import KINDS
from analysis.report.live.drafting import redraft_from
from analysis.report.live.opening import open_live
from analysis.report.live.redraft import Redraft
from analysis.report.live.refreshing import refresh_document
from analysis.report.live.scanning import Splice, spliced
from analysis.report.live.tracing import trace_document
from analysis.report.outward.drafting import INWARD, OUTWARD, draft_for
from analysis.report.word.document import write_word
from tests.analysis.bundles import write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.report.kinds.examples import ISSUES, MEETINGS, TODAY, WORK, later, sources
from tests.analysis.report.live.examples import all_signed, saved, with_answers
from tests.word_files import open_word

KEY = b"codes"
WORDS = {"zh": "——此处由审稿人补充：“核对无误”。", "en": " — added by the author: “checked”."}
Make = Callable[..., Sources]


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> tuple[Make, Make]:
    """What makes the sources of a kind and language as they were drafted from, and as they are today."""
    numbers, folder = count(), tmp_path_factory.mktemp("states")

    def read(data: object) -> Bundle:
        return read_bundle(write_bundle(folder / str(next(numbers)), data))  # type: ignore[arg-type]

    old = read(example_bundle()), read(later(example_bundle()))
    other = with_answers(replace(example_bundle(), candidates=[]), all_signed)
    new = read(other), read(later(with_answers(example_bundle(), lambda row: row.update(doctor="no"))))
    issues = tuple(
        replace(each, households=each.households + 2, households_asked=each.households_asked + 3, villages=2)
        if each.households and each.households_asked
        else replace(each, state="rectifying", section="under_way")
        for each in ISSUES
    )
    work = replace(
        WORK,
        total={name: number + 3 for name, number in WORK.total.items()},
        issues={name: number + 1 for name, number in WORK.issues.items()},
    )
    meetings = (*MEETINGS, MeetingFact(date(2018, 6, 29), "discussion", "乡镇座谈", "略阳县"))

    def today(kind: str, language: str) -> Sources:
        return sources(kind, new, language, issues=issues, work=work, meetings=meetings)

    return lambda kind, language: sources(kind, old, language), today


def prose(content: bytes) -> dict[str, bytes]:
    """Every part of the file with text, without what stands in controls."""
    document = open_live(content)
    cut = {
        part: [Splice(each.start, each.end, b"") for each in found.controls if each.parent is None]
        for part, found in document.scans.items()
    }
    return {part: spliced(document.scans[part].content, splices) for part, splices in cut.items()}


@pytest.mark.parametrize(
    ("kind", "language", "audience"),
    [*((kind, "zh", INWARD) for kind in KINDS), *((kind, "en", OUTWARD) for kind in ("feedback", "look_back"))],
)
def test_draft__of_a_kind_edited_and_refreshed__has_the_figures_of_today_and_the_authors_words(
    states: tuple[Make, Make], kind: str, language: str, audience: str
) -> None:
    before, today = states
    drafted = write_word(draft_for(kind, before(kind, language), audience, key=KEY), today=TODAY)
    document = Document(BytesIO(drafted))
    body = [paragraph for paragraph in document.paragraphs if paragraph.style is not None and paragraph.style.name == "Body Text"]
    for paragraph in body[:3]:
        paragraph.add_run(WORDS[language]).bold = True
    body[-1]._p.addnext(body[0]._p)
    edited = saved(document)

    @cache
    def redraft() -> Redraft:
        parameters = open_live(edited).record.parameters
        return redraft_from(parameters, today(kind, language), key=KEY)

    refreshed = refresh_document(edited, lambda _: redraft())

    assert refreshed.changes
    assert prose(refreshed.content) == prose(edited)
    assert WORDS[language] in "".join(paragraph.text for paragraph in open_word(refreshed.content).paragraphs)
    trace = trace_document(refreshed.content, lambda _: redraft())
    stayed = {note.address for note in refreshed.notes if note.kind == "lacking"}
    assert {each.address for each in trace.differing} <= stayed
    assert len(stayed) < len({each.address for each in trace.figures}) / 4
    again = refresh_document(refreshed.content, lambda _: redraft())
    assert (again.changes, again.content) == ((), refreshed.content)
