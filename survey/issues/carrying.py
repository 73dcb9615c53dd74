"""What becomes evidence of an issue, from one short reference each: answer, picture, flag, discrepancy, estimate, meeting, or candidates.

Pages write references into addresses and forms; they are read here, and only here, into evidence that says in Chinese and English what it
said at that moment. A reference is its kind and the keys of what it names, joined by bars: `answer|uuid:1|/data/water`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, undefer

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.model import Questionnaire
from survey.candidates.evidence import spoken_evidence
from survey.candidates.models import IssueCandidate
from survey.candidates.queries import CandidateFilter, list_free_candidates
from survey.comparison.queries import find_case
from survey.comparison.wording import Wording
from survey.comparison.words import SOURCE_LABELS
from survey.corrections.queries import find_record
from survey.db import utc_now
from survey.field_time import field_date
from survey.instruments.registry import load_questionnaire
from survey.intake.flags import FLAG_LABELS
from survey.intake.media import FAMILIES
from survey.intake.models import Flag, Submission
from survey.intake.texts import text_for
from survey.issues.models import IssueEvidence
from survey.pages.dates import format_date
from survey.pages.language import LANGUAGES
from survey.reconciling.standing import Standing, standing_of
from survey.review.answers import Line, answer_sections
from survey.thresholds.reading import find_crossing
from survey.thresholds.wording import told_by
from survey.visits.models import Meeting
from survey.visits.plan_queries import find_visit
from survey.visits.words import MEETING_KIND_LABELS

AT_MOST = 2000
"""So many pieces of evidence are carried into one issue at once."""
_TODAYS_WORDS: Mapping[str, str] = MappingProxyType({"minor": "low", "moderate": "medium", "serious": "high"})

Told = dict[str, list[list[str]]]
"""By language: pairs of what was asked and what was told."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence that belongs to no issue yet, with what it says about the issue that it may be raised as."""

    row: IssueEvidence
    title: str
    place_code: str | None
    area: str = "other"
    level: str = "household"
    severity: str = "medium"
    visit_id: str | None = None
    form_id: str | None = None
    rule: str | None = None


def read_pieces(session: Session, references: Iterable[str]) -> tuple[Piece, ...]:
    """The evidence that the references name, in their order, each once; raises NOT_FOUND for what is not there, INVALID_VALUE for nonsense.

    Candidates are read together, whatever their number; everything else piece by piece.
    """
    wanted = list(dict.fromkeys(reference for reference in references if reference))
    ids = [reference.partition("|")[2] for reference in wanted if reference.startswith("candidate|")]
    found = list(_candidates(session, ids))
    for reference in wanted:
        kind, *keys = reference.split("|")
        if kind == "candidate":
            continue
        read, n_keys = _READERS.get(kind, (None, 0))
        if read is None or len(keys) != n_keys:
            raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail="the page that names it is out of date; open it anew")
        found.extend(read(session, *keys))
    if len(found) > AT_MOST:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail="too many pieces at once; raise an issue for each village")
    return tuple(found)


def _candidates(session: Session, ids: Sequence[str]) -> Iterator[Piece]:
    if not ids:
        return
    statement = (
        select(IssueCandidate)
        .where(IssueCandidate.id.in_(ids))
        .options(joinedload(IssueCandidate.submission).joinedload(Submission.questionnaire))
        .order_by(IssueCandidate.village_code, IssueCandidate.raised_at, IssueCandidate.id)
    )
    found = session.scalars(statement).all()
    if len(found) != len(ids):
        raise _absent("Issue candidate", "", "It was taken back meanwhile; open the list of candidates anew.")
    yield from map(_of_candidate, found)


def _rule(session: Session, form_id: str, rule: str, place: str, visit: str) -> Iterator[Piece]:
    """All candidates of a rule at a place (and visit) that stand and are evidence of no issue yet."""
    wanted = CandidateFilter(visit=visit, county=place)
    yield from map(_of_candidate, list_free_candidates(session, form_id, rule, wanted, AT_MOST + 1))


def _of_candidate(candidate: IssueCandidate) -> Piece:
    questionnaire = load_questionnaire(candidate.submission.questionnaire)
    lines = {code: list(map(list, spoken_evidence(questionnaire, candidate.evidence, questionnaire.language(code)))) for code in LANGUAGES}
    questions = (question for question in questionnaire.questions() if question.name in candidate.evidence)
    files = [candidate.evidence[question.name] for question in questions if question.type in FAMILIES]
    told = {"title": dict(candidate.title), "lines": lines, "files": [name for name in files if isinstance(name, str)]}
    if candidate.comparison:
        told["item"] = candidate.comparison.get("item", "")
    row = IssueEvidence(
        kind="discrepancy" if candidate.comparison else "candidate",
        candidate_id=candidate.id,
        instance_id=candidate.instance_id,
        household_id=candidate.household_id,
        village_code=candidate.village_code,
        told=told,
        note=(candidate.comparison or {}).get("note", ""),
    )
    return Piece(
        row=row,
        title=text_for(candidate.title, "zh"),
        place_code=candidate.village_code,
        area=candidate.area,
        level=candidate.level,
        severity=_TODAYS_WORDS.get(candidate.severity, candidate.severity),
        visit_id=candidate.visit_id,
        form_id=candidate.submission.form_id,
        rule=candidate.rule,
    )


def _answer(session: Session, instance_id: str, node: str) -> Iterator[Piece]:
    """The answer that counts where this record has the node: corrected, and of two records that were reconciled what they came to."""
    submission = _submission(session, instance_id)
    standing = standing_of(session, submission, node)
    record = find_record(session, standing.lead)
    if record.chosen:
        standing = replace(standing, answers=record.effect.answers)
    questionnaire = load_questionnaire(submission.questionnaire)
    titles, lines, files = {}, {}, []
    for code in LANGUAGES:
        line = _line_at(questionnaire, standing.answers, standing.node, code)
        titles[code], files = line.label, [line.file_name] if line.file_name else []
        lines[code] = [[line.label, _words_of(line)], *([] if files else _recorded(questionnaire, standing, _words_of(line), code))]
    kind = "picture" if files else "answer"
    # A picture is of whoever took it; an answer is of the record that figures take.
    of = submission if files else standing.lead
    title = f"{titles['zh']}：{lines['zh'][0][1]}" if kind == "answer" else titles["zh"]
    # What is kept names the question; the node says which of several members or rooms it was.
    told = {"title": titles, "lines": lines, "files": _own_files(questionnaire, submission, node) if files else []}
    yield _of_submission(of, kind, told, title, question=node if of is submission else standing.own_node)


def _own_files(questionnaire: Questionnaire, submission: Submission, node: str) -> list[str]:
    return [_line_at(questionnaire, submission.answers, node, "zh").file_name]


def _words_of(line: Line) -> str:
    return " · ".join(line.texts) or line.file_name


def _recorded(questionnaire: Questionnaire, standing: Standing, counts: str, code: str) -> list[list[str]]:
    """What the two had recorded, where that differs from what counts."""
    found = []
    for who, (answers, node) in standing.recorded.items():
        line = _find_line(questionnaire, answers, node, code)
        with force_locale(code):
            said = _words_of(line) if line else _("nothing")
            if said != counts:
                found.append([_("As the lead recorded it") if who == "lead" else _("As the second recorded it"), said])
    return found


def _flag(session: Session, instance_id: str, check: str) -> Iterator[Piece]:
    submission = _submission(session, instance_id)
    flags = session.scalars(select(Flag).where(Flag.instance_id == instance_id, Flag.check == check).order_by(Flag.question)).all()
    if not flags:
        raise _absent("Flag", check, "It was taken back meanwhile; open the interview anew.")
    label = FLAG_LABELS.get(check, check)
    titles, lines = {}, {}
    for code in LANGUAGES:
        with force_locale(code):
            titles[code] = str(label)
            lines[code] = [[str(label), " · ".join(filter(None, (flag.question, flag.value))) or "–"] for flag in flags]
    yield _of_submission(submission, "flag", {"title": titles, "lines": lines, "check": check}, titles["zh"], question=flags[0].question)


def _discrepancy(session: Session, visit_id: str, household_id: str, item_name: str) -> Iterator[Piece]:
    visit = find_visit(session, visit_id)
    item, case = find_case(session, visit, household_id, item_name)
    if not case.is_discrepancy:
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail="said, filed and seen agree; there is nothing to raise")
    titles, lines = {}, {}
    for code in LANGUAGES:
        wording = Wording(code)
        with force_locale(code):
            titles[code] = _("%(item)s: said, filed and seen do not agree", item=wording.item(item))
            lines[code] = [[str(SOURCE_LABELS[source]), wording.told(case, source) or "–"] for source in ("said", "filed", "seen")]
    row = IssueEvidence(
        kind="discrepancy",
        candidate_id=case.candidate_id or None,
        instance_id=case.comparison.instance_id,
        household_id=household_id,
        village_code=case.household.village_code,
        question=item_name[:255],
        told={"title": titles, "lines": lines, "item": item_name},
    )
    yield Piece(row, titles["zh"], case.household.village_code, area=item.area or "other", visit_id=visit.id)


def _meeting(session: Session, meeting_id: str) -> Iterator[Piece]:
    meeting = session.get(Meeting, meeting_id)
    if meeting is None:
        raise _absent("Meeting", meeting_id, "It was removed meanwhile.")
    titles, lines = {}, {}
    for code in LANGUAGES:
        with force_locale(code):
            titles[code] = meeting.title
            lines[code] = [[str(MEETING_KIND_LABELS[meeting.kind]), f"{meeting.title} · {format_date(meeting.held_on, 'medium')}"]]
    row = IssueEvidence(kind="meeting", meeting_id=meeting.id, village_code=None, told={"title": titles, "lines": lines})
    yield Piece(row, meeting.title, meeting.region_code, level=meeting.region.level, visit_id=meeting.visit_id)


def _estimate(session: Session, visit_id: str, form_id: str, indicator: str, code: str) -> Iterator[Piece]:
    """An estimate beyond its threshold, with the numbers of today; it is of the place as a whole and of no interview."""
    crossing = find_crossing(session, visit_id, form_id, indicator, code)
    told = told_by(crossing, field_date(utc_now()))
    row = IssueEvidence(kind="estimate", village_code=crossing.place_code if crossing.level == "village" else None, told=told)
    yield Piece(
        row,
        told["title"]["zh"],
        crossing.place_code,
        area=crossing.area,
        level=crossing.level,
        severity="high" if crossing.is_certain else "medium",
        visit_id=visit_id,
        form_id=form_id,
        rule=crossing.rule,
    )


def _of_submission(submission: Submission, kind: str, told: Mapping[str, object], title: str, *, question: str) -> Piece:
    row = IssueEvidence(
        kind=kind,
        instance_id=submission.instance_id,
        household_id=submission.household_id,
        village_code=submission.village_code,
        question=question[:255],
        told=dict(told),
    )
    return Piece(row, title, submission.village_code, visit_id=submission.visit_id, form_id=submission.form_id)


def _submission(session: Session, instance_id: str) -> Submission:
    statement = select(Submission).where(Submission.instance_id == instance_id)
    found = session.scalars(statement.options(joinedload(Submission.questionnaire), undefer(Submission.answers))).one_or_none()
    if found is None:
        raise _absent("Submission", instance_id, "Open it from the review list.")
    return found


def _line_at(questionnaire: Questionnaire, answers: Mapping[str, Any], node: str, locale: str) -> Line:
    line = _find_line(questionnaire, answers, node, locale)
    if line is None:
        raise SurveyError(ErrorCode.NOT_FOUND, what="Answer", key=node, remedy="What counts of the interview has no answer there.")
    return line


def _find_line(questionnaire: Questionnaire, answers: Mapping[str, Any], node: str, locale: str) -> Line | None:
    lines = (line for section in answer_sections(questionnaire, answers, locale) for line in section.lines)
    return next((line for line in lines if line.node == node and not line.is_heading), None)


def _absent(what: str, key: str, remedy: str) -> SurveyError:
    return SurveyError(ErrorCode.NOT_FOUND, what=what, key=key, remedy=remedy)


_READERS: Mapping[str, tuple[Callable[..., Iterator[Piece]] | None, int]] = MappingProxyType(
    {
        "rule": (_rule, 4),
        "answer": (_answer, 2),
        "flag": (_flag, 2),
        "discrepancy": (_discrepancy, 3),
        "estimate": (_estimate, 4),
        "meeting": (_meeting, 1),
    }
)
"""What reads each kind of reference, and how many keys it has."""
