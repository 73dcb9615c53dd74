"""Tables of figures by place, for reports on several counties. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from analysis.report.coverage import Coverage
from analysis.report.facts import Line
from analysis.report.kinds.figure_tables import MAX_COLUMNS, balanced, cell_of, table_note, titled
from analysis.report.kinds.voice import Voice
from analysis.report.kinds.wording import count
from analysis.report.outline import Row, Table
from analysis.words import KIND_NAMES, name_in

Place = tuple[str, str, str]
"""Domain type, domain and name of a row."""


def place_tables(voice: Voice, lines: Sequence[Line], places: Sequence[Place], label: str, *, has_whole: bool = True) -> Iterator[Table]:
    """A row per place (the first is the whole, if there is one) and a column per indicator, a few in each table."""
    chunks = balanced([line for line in lines if not line.category], MAX_COLUMNS)
    for part, chunk in enumerate(chunks, 1):
        rows = []
        for number, (domain_type, domain, name) in enumerate(places):
            cells = [cell_of(line.value(domain_type, domain), line, voice.language) for line in chunk]
            rows.append(Row((name, *cells), is_total=has_whole and number == 0))
        caption = voice.say("place_table_part" if len(chunks) > 1 else "place_table", label=label, part=part, parts=len(chunks))
        header = (voice.say("th_county"), *(titled(line, voice.language) for line in chunk))
        yield Table(caption, header, tuple(rows), (1.5, *(1.25 for _ in chunk)), table_note("cell_note", chunk, voice.language))


def reached_table(voice: Voice, counties: Sequence[tuple[str, str]], coverages: Mapping[str, Coverage]) -> Table:
    """A row per county: villages, households interviewed and those of each kind."""
    kinds = [kind for kind in KIND_NAMES["zh"] if any(kind in coverage.n_by_kind for coverage in coverages.values())]
    rows = []
    for code, name in counties:
        coverage = coverages[code]
        rows.append(
            Row(
                (
                    name,
                    coverage.figure("villages", len(coverage.villages)),
                    coverage.figure("interviewed", coverage.n_interviewed),
                    *(coverage.figure(f"kind-{kind}", coverage.n_by_kind.get(kind, 0)) for kind in kinds),
                )
            )
        )
    if len(counties) > 1:
        rows.append(_sum_row(voice, coverages, kinds))
    heads = (voice.say("th_county"), voice.say("th_villages"), voice.say("th_interviewed"))
    header = (*heads, *(name_in(KIND_NAMES, voice.language, kind) for kind in kinds))
    return Table(voice.say("reached_table"), header, tuple(rows), (1.6, *(1.0 for _ in header[1:])), key="reached")


def _sum_row(voice: Voice, coverages: Mapping[str, Coverage], kinds: Sequence[str]) -> Row:
    visit = next(iter(coverages.values())).place.partition("/")[0]
    every = list(coverages.values())
    numbers = {
        "villages": sum(len(coverage.villages) for coverage in every),
        "interviewed": sum(coverage.n_interviewed for coverage in every),
        **{f"kind-{kind}": sum(coverage.n_by_kind.get(kind, 0) for coverage in every) for kind in kinds},
    }
    return Row((voice.say("whole"), *(count(f"count:{name}@{visit}", n) for name, n in numbers.items())), is_total=True)
