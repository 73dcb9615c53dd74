"""The method annex: design, coverage, refusals and replacements, agreement of pairs, checks. Always made from data."""

from collections.abc import Iterator

import pandas as pd

from analysis.codebook import label_in
from analysis.quality.checks import CHECKS, check_quality
from analysis.quality.material import materials_of
from analysis.quality.words import TITLES
from analysis.report.kinds.figure_tables import coverage_tables, weights_for
from analysis.report.kinds.findings import FEW
from analysis.report.kinds.reading import Reading, is_invented, outline_of, read_visit
from analysis.report.kinds.records import AgreementFact, Sources
from analysis.report.kinds.sentences import common, method
from analysis.report.kinds.state_words import SAMPLE_NAMES
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import basis_sentence, count
from analysis.report.outline import Block, Heading, Outline, Paragraph, Row, Table
from analysis.report.texts import Figure, dataset_figure
from analysis.words import name_in, number_text

DONE = "interviewed"
GIVEN_UP = ("stood_in_for", "replaced")


def draft_method(sources: Sources) -> Outline:
    """The annex as a document of its own, on a visit or on one of its counties."""
    reading = read_visit(sources, county_code=sources.about.county_code)
    voice = Voice(sources.language, common.SENTENCES, method.SENTENCES)
    blocks: list[Block] = [Paragraph(voice.tell("invented"), "notice")] if is_invented(reading.bundle, reading.visit) else []
    blocks += method_blocks(sources, reading, level=1)
    subject = f"{reading.visit.title} {reading.county}".strip()
    return outline_of(
        "method",
        sources,
        voice.say("title_of", visit=subject),
        blocks,
        subject=reading.visit.title,
    )


def method_blocks(sources: Sources, reading: Reading, *, level: int = 2) -> Iterator[Block]:
    """The parts of the annex, under headings of this level."""
    voice = Voice(sources.language, common.SENTENCES, method.SENTENCES)
    yield Heading(voice.say("design_heading"), level)
    yield from _design(voice, reading)
    yield Heading(voice.say("coverage_heading"), level)
    yield from _coverage(voice, reading)
    if reading.bundle.sample is not None and "outcome" in reading.bundle.sample:
        yield Heading(voice.say("sample_heading"), level)
        yield from _outcomes(voice, reading)
    yield Heading(voice.say("agreement_heading"), level)
    yield from _agreement(voice, sources.agreement, reading)
    yield Heading(voice.say("quality_heading"), level)
    yield from _quality(voice, reading)
    yield Paragraph(voice.tell("dataset", hash=dataset_figure(reading.bundle.dataset_hash)))
    if (head := sources.log_head) is not None:
        told = {"head": f"{head.number}:{_in_groups(head.digest)}", "day": voice.day(head.day), "key": head.fingerprint}
        yield Paragraph(voice.tell("log_head", **told, signature=_in_groups(head.signature)))


def _in_groups(code: str) -> str:
    """A long code in groups of eight, so that lines can break in it and somebody can type it."""
    return " ".join(code[start : start + 8] for start in range(0, len(code), 8))


def _design(voice: Voice, reading: Reading) -> Iterator[Block]:
    yield Paragraph(basis_sentence(voice, reading.bases))
    sample = _sample(reading)
    if sample is None:
        yield Paragraph(voice.tell("no_sample"))
        return
    drawn = sample[sample["inclusion_village"].notna() & sample["inclusion_household"].notna()]
    place = reading.place
    yield Paragraph(
        voice.tell(
            "drawn" if len(drawn) else "not_drawn",
            n_villages=count(f"count:sample-villages@{place}", sample["village_code"].nunique()),
            n_drawn=count(f"count:sample-villages-drawn@{place}", drawn["village_code"].nunique()),
            n_households=count(f"count:sample-households@{place}", len(drawn)),
        )
    )
    if any(line.value(*reading.domain).interval for line in reading.lines):
        yield Paragraph(voice.tell("weights"))


def _coverage(voice: Voice, reading: Reading) -> Iterator[Block]:
    coverages = list(reading.coverages.values())
    n, n_villages = sum(each.n_interviewed for each in coverages), sum(len(each.villages) for each in coverages)
    sentences = [
        voice.tell(
            "coverage",
            n=count(f"count:interviewed@{reading.place}", n),
            n_villages=count(f"count:villages@{reading.place}", n_villages),
        )
    ]
    waiting = {state: sum(each.n_left_out.get(state, 0) for each in coverages) for state in ("received", "returned")}
    if any(waiting.values()):
        parts = [
            voice.tell(state, n=count(f"count:state-{state}@{reading.place}", n_state)) for state, n_state in waiting.items() if n_state
        ]
        sentences.append(voice.tell("left_out", parts=voice.listed(parts)))
    yield Paragraph(voice.joined(sentences))
    tables = [(code, table) for code, _ in reading.counties for table in coverage_tables(reading.coverages[code], voice.language)]
    for code, table in tables:
        if len(reading.counties) > 1:
            separator = "：" if voice.language == "zh" else ": "
            table = Table(
                f"{reading.bundle.place_name(code)}{separator}{table.caption}", table.header, table.rows, table.weights, table.note
            )
        yield table


def _outcomes(voice: Voice, reading: Reading) -> Iterator[Block]:
    sample = _sample(reading)
    if sample is None or sample.empty:
        return
    place = f"@{reading.place}"
    n, n_done = len(sample), int((sample["outcome"] == DONE).sum())
    n_replaced = int(sample["state"].isin(GIVEN_UP).sum())
    share = Figure(number_text(n_done / n, "share"), f"count:sample-share{place}")
    yield Paragraph(
        voice.tell(
            "outcomes" if n >= FEW else "outcomes_few",
            n=count(f"count:sample{place}", n),
            n_done=count(f"count:sample-{DONE}{place}", n_done),
            replaced=voice.tell("replaced", n=count(f"count:sample-given-up{place}", n_replaced)) if n_replaced else "",
            share=share,
        )
    )
    states = [state for state in ("drawn", "taken", *GIVEN_UP, "assigned", "not_assigned") if (sample["state"] == state).any()]
    outcomes = [outcome for outcome in SAMPLE_NAMES["zh"] if (sample["outcome"] == outcome).any()]
    rows = [
        Row(
            (
                voice.say(f"state_{state}"),
                *(
                    count(
                        f"count:sample-{state}-{outcome}{place}", int(((sample["state"] == state) & (sample["outcome"] == outcome)).sum())
                    )
                    for outcome in outcomes
                ),
                count(f"count:sample-{state}{place}", int((sample["state"] == state).sum())),
            )
        )
        for state in states
    ]
    header = (voice.say("state"), *(name_in(SAMPLE_NAMES, voice.language, outcome) for outcome in outcomes), voice.say("whole"))
    yield Table(voice.say("outcome_table"), header, tuple(rows), weights_for(header, 1.6))


def _sample(reading: Reading) -> pd.DataFrame | None:
    sample = reading.bundle.sample
    if sample is None:
        return None
    codes = [code for code, _ in reading.counties]
    return sample[(sample["visit_id"] == reading.visit.id) & sample["village_code"].str[:6].isin(codes)]


def _agreement(voice: Voice, facts: tuple[AgreementFact, ...], reading: Reading) -> Iterator[Block]:
    compared = [fact for fact in facts if fact.n_compared]
    if not compared:
        yield Paragraph(voice.tell("no_agreement"))
        return
    yield Paragraph(voice.tell("agreement"))
    rows = []
    for number, fact in enumerate(compared):
        address = f"agreement:{number}@{reading.visit.id}"
        rows.append(
            Row(
                (
                    fact.form,
                    count(f"{address}#interviews", fact.n_interviews),
                    count(f"{address}#compared", fact.n_compared),
                    count(f"{address}#same", fact.n_same),
                    Figure(number_text(fact.n_same / fact.n_compared, "share"), f"{address}#share"),
                )
            )
        )
    header = tuple(voice.say(key) for key in ("form", "interviews", "compared", "same", "share"))
    yield Table(voice.say("agreement_table"), header, tuple(rows), (2.4, 1, 1, 1, 1))


def _quality(voice: Voice, reading: Reading) -> Iterator[Block]:
    """The checks of the visit as a whole: what is unusual shows only beside all its interviews."""
    rows, n_interviews, checks_noticing = [], 0, set()
    for found in map(check_quality, materials_of(reading.bundle, [reading.visit.id])):
        form = found.material.form
        n_interviews += len(found.material.main)
        for check in CHECKS:
            n = found.n_noticed(check.name)
            if n:
                checks_noticing.add(check.name)
                title = label_in(form.title, voice.language, form.form_id)
                figure = count(f"quality:{form.form_id}/{check.name}@{reading.visit.id}", n)
                rows.append(Row((name_in(TITLES, voice.language, check.name), title, figure)))
    yield Paragraph(
        voice.tell(
            "quality" if checks_noticing else "quality_nothing",
            n=count(f"quality:interviews@{reading.visit.id}", n_interviews),
            n_checks=count(f"quality:checks@{reading.visit.id}", len(CHECKS)),
            n_noticed=count(f"quality:noticing@{reading.visit.id}", len(checks_noticing)),
        )
    )
    if rows:
        header = (voice.say("check"), voice.say("form"), voice.say("noticed"))
        yield Table(voice.say("quality_table"), header, tuple(rows), (3, 3, 1))
