"""Each figure of a draft beside the data: agreement, the rows behind it, and comments that say so."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from analysis.bundle import Bundle, read_bundle
from analysis.report.live.comments import MOST_NAMED, with_comments
from analysis.report.live.drafting import about_of, redraft_from, sources_of_bundle
from analysis.report.live.resolving import resolver_of
from analysis.report.live.rows import ANSWERED, COUNTED, FOUND, MISSING, RECORD, Rows
from analysis.report.live.tracing import Trace, trace_document
from tests.analysis.bundles import write_bundle
from tests.analysis.example import example_bundle
from tests.analysis.report.live.examples import COUNTY, DOCTOR, TODAY, VISIT, all_signed, controls_of, draft_of, saved, with_answers


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The example bundle."""
    return read_bundle(write_bundle(tmp_path_factory.mktemp("traced") / "bundle", example_bundle()))


@pytest.fixture(scope="module")
def draft(bundle: Bundle) -> bytes:
    """The draft of the example bundle."""
    return draft_of(bundle)


def traced(content: bytes, bundle: Bundle) -> Trace:
    """The draft beside the bundle."""
    return trace_document(content, lambda known: redraft_from(known, sources_of_bundle(known, bundle, today=TODAY)))


def test_trace__of_a_draft_as_it_was_made__has_nothing_that_differs_until_a_number_is_typed_over(draft: bytes, bundle: Bundle) -> None:
    trace = traced(draft, bundle)
    assert len(trace.figures) > 300
    assert trace.dataset_hash == trace.compared_hash == bundle.dataset_hash
    assert not trace.differing
    document = Document(BytesIO(draft))
    controls_of(document, DOCTOR)[0].find(qn("w:sdtContent"))[0].text = "93.7%"
    [wrong] = traced(saved(document), bundle).differing
    assert (wrong.address, wrong.told, wrong.current) == (DOCTOR, "93.7%", "73.7%")
    assert "93.7%" in wrong.sentence


def test_trace__beside_other_data__tells_what_is_different_and_what_is_not_there(draft: bytes, tmp_path: Path) -> None:
    data = with_answers(replace(example_bundle(), candidates=[]), all_signed)
    files, interviews = data.forms
    fewer = replace(interviews, indicators=tuple(each for each in interviews.indicators if each["name"] != "visits_mean"))
    other = read_bundle(write_bundle(tmp_path / "bundle", replace(data, forms=[files, fewer])))
    differing = {each.address: each for each in traced(draft, other).differing}
    assert differing[DOCTOR].current == "100.0%"
    gone = [each for each in differing.values() if "/visits_mean@" in each.address]
    assert gone
    assert all(each.current is None for each in gone)


def test_rows__behind_figures__are_those_that_the_figure_counts(bundle: Bundle) -> None:
    rows = Rows((bundle,), resolver_of(sources_of_bundle({"visit_id": VISIT, "county_code": COUNTY}, bundle, today=TODAY)))
    main = bundle.tables["household", "main"]
    behind = rows.behind(DOCTOR)
    by_role = {role: {row.instance_id for row in behind if row.role == role} for role in (COUNTED, ANSWERED, MISSING)}
    assert by_role[COUNTED] == set(main.loc[main["doctor"] == "yes", "instance_id"])
    assert by_role[ANSWERED] == set(main.loc[main["doctor"] == "no", "instance_id"])
    assert by_role[MISSING] == set(main.loc[main["doctor"].isna(), "instance_id"])
    found = rows.behind(f"candidates:household/no_doctor@{VISIT}/{COUNTY}#found")
    assert {(row.instance_id, row.role) for row in found} == {(each, FOUND) for each in by_role[ANSWERED]}
    kinds = rows.behind(f"count:kind-marginal@{VISIT}/{COUNTY}")
    assert {(row.instance_id, row.role) for row in kinds} == {
        (each, RECORD) for each in main.loc[main["household_kind"] == "marginal", "instance_id"]
    }
    assert rows.behind("issue:1#share") == ()


@pytest.mark.soak
def test_comments__on_demand__say_answers_basis_and_interviews_only_to_those_who_may_read_them(draft: bytes, bundle: Bundle) -> None:
    rows = Rows((bundle,), resolver_of(sources_of_bundle({"visit_id": VISIT, "county_code": COUNTY}, bundle, today=TODAY)))
    plain, named = (with_comments(draft, language="zh", today=TODAY, rows_behind=behind) for behind in (None, rows.behind))
    texts = ["\n".join(comment.text for comment in Document(BytesIO(content)).comments) for content in (plain, named)]
    assert "家庭医生签约率 · 略阳县" in texts[0]
    assert "有效答复：38" in texts[0]
    assert "依据：典型选取" in texts[0]
    counted = [row.instance_id for row in rows.behind(DOCTOR) if row.role == COUNTED]
    assert not any(each in texts[0] for each in counted)
    assert counted[0] in texts[1]
    assert f"另有{len(counted) - MOST_NAMED}份" in texts[1]
    assert with_comments(draft, language="zh", today=TODAY) == plain
    assert not traced(plain, bundle).differing


def test_parameters__of_a_file_that_was_changed_by_hand__are_numbers_or_nothing() -> None:
    about = about_of({"year": "2018", "quarter": "²", "month": "9" * 5000, "visit_id": VISIT})
    assert (about.visit_id, about.year, about.quarter, about.month) == (VISIT, 2018, 0, 0)
