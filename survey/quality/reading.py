"""The interviews of a visit as the checks of `analysis/quality/` read them: those accepted and those that wait for review.

Answers are those that count, as in a bundle: of two records of one interview what was decided, with the corrections that stand. What the
checks find is kept until something happens that can change it.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from analysis.codebook import MAIN, Form, parse_form
from analysis.corrections.replay import replay_logs
from analysis.quality.again import AGAIN_COLUMNS, DIFFERS, ONE_SIDED, SAME, SECOND_RECORD, compare_visits
from analysis.quality.checks import Quality, check_quality
from analysis.quality.material import Material
from questionnaires.columns import tables_of
from questionnaires.model import Questionnaire
from survey.accounts.models import User
from survey.bundles.codebook import FormBook, codebook_entry, make_form_book
from survey.bundles.queries import Scope, find_versions, read_chunk
from survey.bundles.rows import Columns, columns_of_interviews, decoded, file_columns
from survey.bundles.unrelated_events import UNRELATED
from survey.corrections.exported import stream_log
from survey.db import AnyRow, batches
from survey.instruments.registry import load_questionnaire
from survey.intake.models import COUNTED, AnswerTimes, Submission
from survey.kept import kept_past
from survey.places.models import Household, Region
from survey.reconciling.differences import compare_records
from survey.reconciling.queries import list_pairs, load_pairs, read_tolerances
from survey.visits.models import Visit


def read_quality(session: Session, visit: Visit) -> Mapping[str, Quality]:
    """What the checks find, by form id, the household's form first; forms without interviews are left out."""
    return kept_past(session, ("quality", visit.id), UNRELATED, lambda: _check(session, visit))


def _check(session: Session, visit: Visit) -> dict[str, Quality]:
    return {material.form.form_id: check_quality(material) for material in read_materials(session, visit)}


def read_materials(session: Session, visit: Visit) -> tuple[Material, ...]:
    """What the checks read of each form of the visit, from a few statements for each batch of interviews."""
    records = _read_records(session, visit.id)
    before = _read_records(session, visit.look_back_of_id) if visit.look_back_of_id else {}
    log = pd.DataFrame(stream_log(session, Scope(tuple(filter(None, (visit.id, visit.look_back_of_id))))))
    people = {person_id: name for person_id, name in session.execute(select(User.id, User.name))}
    found = []
    for form_id, rows in sorted(records.items(), key=lambda item: (item[0] != "household", item[0])):
        versions = find_versions(session, {row.questionnaire_version_id for row in (*rows, *before.get(form_id, ()))})
        questionnaires = {version.id: load_questionnaire(version) for version in versions}
        book = make_form_book(tuple(questionnaires.values()))
        form = parse_form(form_id, codebook_entry(book))
        tables = _corrected(form, _frames(book, questionnaires, rows), log)
        earlier = _corrected(form, _frames(book, questionnaires, before[form_id]), log)[MAIN] if form_id in before else None
        parts = [_compare_pairs(session, visit, form_id, questionnaires)]
        if earlier is not None:
            parts.append(compare_visits(form, earlier, tables[MAIN]))
        found.append(
            Material(
                visit.id,
                form,
                tables,
                _read_times(session, [row.instance_id for row in rows]),
                pd.concat(parts, ignore_index=True),
                people=people,
                places=_villages(session, rows),
                numbers=_numbers(session, rows),
            )
        )
    return tuple(found)


def _read_records(session: Session, visit_id: str) -> dict[str, list[AnyRow]]:
    """What a dataset holds of the interviews of a visit that are accepted or wait, by form id, in the order of their ids."""
    statement = (
        select(Submission.form_id, Submission.instance_id)
        .where(Submission.visit_id == visit_id, Submission.review_state.in_(COUNTED), Submission.recorded_as == "lead")
        .order_by(Submission.instance_id)
    )
    ids: dict[str, list[str]] = {}
    for form_id, instance_id in session.execute(statement):
        ids.setdefault(form_id, []).append(instance_id)
    return {form_id: [row for part in batches(each) for row in read_chunk(session, part)] for form_id, each in ids.items()}


def _frames(book: FormBook, questionnaires: Mapping[str, Questionnaire], records: Sequence[AnyRow]) -> dict[str, pd.DataFrame]:
    """The tables of the form as a bundle holds them."""
    found = columns_of_interviews(records, questionnaires, book)
    empty: dict[str, Columns] = {table.name: {name: [] for name, _kind in file_columns(table)} for table in book.tables}
    return {name: pd.DataFrame(found[name][1] if name in found else columns) for name, columns in empty.items()}


def _corrected(form: Form, frames: Mapping[str, pd.DataFrame], log: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables with the corrections that stand, as a bundle's reader replays them."""
    own = log[log["form_id"] == form.form_id] if len(log) else log
    if own.empty:
        return dict(frames)
    replayed = replay_logs({(form.form_id, name): frame for name, frame in frames.items()}, {form.form_id: form}, own, None)
    return {name: replayed.tables[form.form_id, name] for name in frames}


def _read_times(session: Session, instance_ids: Sequence[str]) -> pd.DataFrame:
    """How long the questions of these interviews were in hand, a row each (`TIMING_COLUMNS`), as `timing_columns` has them in a bundle."""
    ids: list[str] = []
    numbers: dict[str, int] = {}
    layouts: dict[tuple[str, ...], list[int]] = {}
    paths: list[int] = []
    n_paths: list[int] = []
    lengths: list[int] = []
    seconds: list[float] = []
    for batch in batches(instance_ids):
        statement = select(AnswerTimes.instance_id, cast(AnswerTimes.seconds, Text)).where(AnswerTimes.instance_id.in_(batch))
        for instance_id, written in sorted(map(tuple, session.execute(statement))):
            by_path = decoded(written) or {}
            ids.append(instance_id)
            n_paths.append(len(by_path))
            layout = tuple(by_path)
            if layout not in layouts:
                layouts[layout] = [numbers.setdefault(path, len(numbers)) for path in layout]
            paths.extend(layouts[layout])
            lengths.extend(map(len, by_path.values()))
            seconds.extend(chain.from_iterable(by_path.values()))
    entries = np.array(lengths, dtype=np.int64)
    path = np.repeat(np.array(paths, dtype=np.int64), entries)
    interview = np.repeat(np.repeat(np.arange(len(ids)), np.array(n_paths, dtype=np.int64)), entries)
    rank = np.argsort(np.argsort(np.array(list(numbers), dtype=object)))
    order = np.lexsort((rank[path], interview))
    names, known = pd.factorize(np.array([each.rpartition("/")[2] for each in numbers], dtype=object))
    return pd.DataFrame(
        {
            "instance_id": pd.Categorical.from_codes(interview[order], ids),
            "question": pd.Categorical.from_codes(names[path[order]], known),
            "seconds": np.array(seconds, dtype=np.float64)[order],
        }
    )


def _compare_pairs(session: Session, visit: Visit, form_id: str, questionnaires: Mapping[str, Questionnaire]) -> pd.DataFrame:
    """Every answer of the visit's form that both of a pair recorded for themselves; no rows where they fill in one form together."""
    rows: list[tuple[str, str, str, str, str, str]] = []
    keys = [key for key in list_pairs(session, visit.id) if key.form_id == form_id] if visit.records == "independent" else []
    if keys:
        tolerances = read_tolerances(session, visit)
        places = {id: _columns_by_path(questionnaire) for id, questionnaire in questionnaires.items()}
        for both in load_pairs(session, keys):
            lead, second = both.lead, both.second
            questionnaire = questionnaires.get(lead.questionnaire_version_id) or load_questionnaire(lead.questionnaire)
            known = places.get(lead.questionnaire_version_id) or _columns_by_path(questionnaire)
            for each in compare_records(questionnaire, lead.answers, second.answers, tolerances):
                place = known.get(each.question.path) if each.question else None
                if place is not None:
                    outcome = ONE_SIDED if each.is_one_sided else SAME if each.is_agreeing else DIFFERS
                    rows.append((lead.instance_id, second.instance_id, SECOND_RECORD, *place, outcome))
    return pd.DataFrame(rows, columns=list(AGAIN_COLUMNS))


def _columns_by_path(questionnaire: Questionnaire) -> dict[str, tuple[str, str]]:
    """The table and the column of each question by its path."""
    return {column.path: (table.name, column.name) for table in tables_of(questionnaire) for column in table.columns}


def _villages(session: Session, rows: Iterable[AnyRow]) -> dict[str, str]:
    """The names of the villages by code."""
    codes = sorted({row.village_code for row in rows if row.village_code})
    return {code: name for code, name in session.execute(select(Region.code, Region.name).where(Region.code.in_(codes)))}


def _numbers(session: Session, rows: Iterable[AnyRow]) -> dict[str, str]:
    """The numbers of the households by id."""
    found: dict[str, str] = {}
    for ids in batches(row.household_id for row in rows if row.household_id):
        found |= {key: number for key, number in session.execute(select(Household.id, Household.number).where(Household.id.in_(ids)))}
    return found
