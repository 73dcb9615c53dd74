"""Some counties of a bundle in memory, with no more columns than the figures need."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.bundle import (
    EXPORT_AGAIN,
    MAIN_COLUMNS,
    REPEAT_COLUMNS,
    TABLE_COLUMNS,
    Bundle,
    Visit,
    check_columns,
    check_probabilities,
    folder_name,
    read_table,
    refuse,
)
from analysis.codebook import MAIN, Form, Table
from analysis.coding.columns import codes_of, column_of
from analysis.corrections.log import Entry
from analysis.corrections.parts import Checked, CorrectedParts, correct_by_analyst, correct_from
from analysis.corrections.replay import Replayed
from analysis.describe import indicators_of
from analysis.measures import FUNCTION
from analysis.records import RECORDED_AS
from analysis.scale.answers import Direct, direct_measures
from analysis.scale.calibration import Kinds, kinds_by_household
from analysis.scale.coded import in_one_piece, to_frame
from analysis.scale.numbering import BrokenKeyError, Key, number_households, number_interviews
from analysis.scale.people import has_composites, persons_in
from analysis.scale.places import read_places
from questionnaires.figure_functions import FIGURE_FUNCTIONS
from questionnaires.model import Indicator

Hashes = npt.NDArray[np.uint64]
Stray = tuple[str, str]
"""A household whose place in the sample or in the frame is not where it was interviewed, and the county in which it was."""
Numbers = npt.NDArray[np.int32] | npt.NDArray[np.int8] | npt.NDArray[np.int16]
SETTLED = ("kind",)
"""What functions read besides the questions that they name."""
ENDS_OF_FUNCTIONS = ("_agrees",)
KEY_TEXTS = ("visit_id", "village_code", "household_kind")
"""Keys with few different values."""
TEXT_KINDS = ("share", "distribution")
WORD, HASH_SEED = 8, 416
FRAME_COLUMNS = ("household_id", "village_code", "markers")


@dataclass(frozen=True, slots=True)
class Source:
    """What there is to read: the folder, the forms, and the files of each form and table by county."""

    folder: Path
    dataset_hash: str
    visits: tuple[Visit, ...]
    forms: Mapping[str, Form]
    files: Mapping[Key, Mapping[str, tuple[str, ...]]]
    hashes: Mapping[str, str]
    has_sample: bool
    is_raw: bool = False
    """Whether answers are taken as they are stored, without any correction."""
    entries: tuple[Entry, ...] = ()
    """Corrections of an analyst, applied after the bundle's own."""
    with_kinds: bool = False
    """Whether the frame's kind of every household is asked for, because weights are brought to totals of the frame."""
    has_codings: bool = False
    """Whether open answers were coded."""

    def counties(self) -> list[str]:
        """The codes of all counties with a file, in order."""
        return sorted({county for by_county in self.files.values() for county in by_county})

    def only(self, counties: Iterable[str]) -> "Source":
        """What there is to read of these counties, for whoever works on them."""
        wanted = set(counties)
        files = {key: {county: names for county, names in by_county.items() if county in wanted} for key, by_county in self.files.items()}
        hashes = {name: self.hashes[name] for each in files.values() for names in each.values() for name in names if name in self.hashes}
        return replace(self, files=files, hashes=hashes)

    def paths(self, key: Key, counties: Iterable[str]) -> list[tuple[str, str]]:
        """(county, name of the file) of a table in these counties."""
        by_county = self.files.get(key, {})
        return [(county, name) for county in counties for name in by_county.get(county, ())]


def files_of(folder: Path, forms: Mapping[str, Form]) -> dict[Key, dict[str, tuple[str, ...]]]:
    """The names of the files of each form and table by county, in their order."""
    found: dict[Key, dict[str, tuple[str, ...]]] = {}
    for form in forms.values():
        for table in form.tables:
            place = folder / "submissions" / folder_name(form.form_id) / folder_name(table.name)
            by_county: dict[str, tuple[str, ...]] = {}
            for path in sorted(place.glob("county=*/*.parquet")):
                county = path.parent.name.removeprefix("county=")
                by_county[county] = (*by_county.get(county, ()), path.relative_to(folder).as_posix())
            found[form.form_id, table.name] = by_county
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Some counties of a bundle in memory, as Arrow tables whose `instance_id` is the number of the interview within these counties.

    The frames of `bundle` have the keys of interviews, and of answers those alone that measures are made of row by row; a repeat is there
    only if it has such a measure. `direct` are the measures of the others, by form and the place of their indicator.
    """

    bundle: Bundle
    rows: Mapping[Key, pa.Table]
    direct: Mapping[tuple[str, int], Sequence[Direct]]
    hashes: Mapping[str, Hashes]
    strays: tuple[Stray, ...]
    checked: Checked
    persons: pd.DataFrame | None
    """Those of the frame by place and kind, where a composite asks for them."""
    kinds: Kinds | None
    """The frame's kinds of households by their numbers, where they are asked for."""

    def frame(self, key: Key) -> pd.DataFrame:
        """The keys of a repeat's rows in pandas."""
        return self.bundle.tables[key] if key in self.bundle.tables else to_frame(self.rows[key].select([*REPEAT_COLUMNS, "county"]))


def read_part(source: Source, counties: Sequence[str], visit_villages: pd.DataFrame) -> Held:
    """The interviews of these counties and what the frame and the sample say of them.

    Interviews and households have numbers of this part in place of their ids, because nothing but which rows belong together is made of
    them. Raises INVALID_BUNDLE for broken keys, UNUSABLE_WEIGHTS for probabilities outside 0 to 1.
    """
    raw = {
        (form.form_id, table.name): read_rows(
            source, (form.form_id, table.name), counties, *needed_columns(table, list(indicators_of(form)))
        )
        for form in source.forms.values()
        for table in form.tables
    }
    corrected = CorrectedParts(raw) if source.is_raw else correct_from(source.folder, raw, source.forms)
    by_analyst, checked = correct_by_analyst(corrected.tables, source.forms, source.entries)
    raw = _with_codes(source, by_analyst.tables)
    households = read_places(source.folder / "households.parquet", counties, (*FRAME_COLUMNS, *(("kind",) if source.with_kinds else ())))
    sample = read_places(source.folder / "sample.parquet", counties, TABLE_COLUMNS["sample"]) if source.has_sample else None
    with_household = {(form_id, MAIN): raw[form_id, MAIN] for form_id in source.forms} | {("", "households"): households}
    if sample is not None:
        with_household["", "sample"] = sample
    numbers = number_households(with_household)
    rows: dict[Key, pa.Table] = {}
    hashes: dict[str, Hashes] = {}
    households_of: dict[Key, pd.Categorical] = {}
    strays: set[Stray] = set()
    for form in source.forms.values():
        whole = _numbered(source, form, raw)
        rows |= whole
        kept = whole[form.form_id, MAIN]["instance_id"].to_numpy()
        key = (form.form_id, MAIN)
        ids = raw[key]["instance_id"]
        hashes[form.form_id] = hash_interviews(ids if len(kept) == len(ids) else ids.take(pa.array(kept)))
        households_of[key] = numbers.categorical(key, kept)
        asked = households_of[key].codes
        for name in ("households", *(("sample",) if sample is not None else ())):
            for at in kept[_elsewhere(asked, numbers.numbers["", name])]:
                strays.add((raw[key]["household_id"][int(at)].as_py(), raw[key]["county"][int(at)].as_py()))
    direct = _direct_of(source.forms, rows)
    # Of the frame no more than marks is asked for.
    marked = np.flatnonzero(pc.greater(pc.list_value_length(households["markers"]), 0).to_numpy())
    bundle = Bundle(
        path=source.folder,
        dataset_hash=source.dataset_hash,
        visits=source.visits,
        forms=source.forms,
        tables=_frames(source.forms, rows, direct, households_of),
        regions=pd.DataFrame(columns=list(TABLE_COLUMNS["regions"])),
        households=to_frame(households.take(pa.array(marked)), numbers.categorical(("", "households"), marked)),
        visit_villages=visit_villages,
        candidates=pd.DataFrame(columns=list(TABLE_COLUMNS["issue_candidates"])),
        review=pd.DataFrame(),
        sample=_checked(source, to_frame(sample, numbers.categorical(("", "sample")))) if sample is not None else None,
        corrections=Replayed({}, problems=(*corrected.problems, *by_analyst.problems)),
    )
    persons = persons_in(source.folder, counties) if has_composites(source.forms) else None
    kinds = kinds_by_household(numbers, households) if source.with_kinds else None
    return Held(bundle, rows, direct, hashes, tuple(sorted(strays)), checked, persons, kinds)


def _with_codes(source: Source, raw: Mapping[Key, pa.Table]) -> dict[Key, pa.Table]:
    """The tables with the codes of open answers as columns of several choices."""
    coded = [form for form in source.forms.values() if form.code_books]
    codings = read_table(source.folder, "codings") if coded and source.has_codings else None
    found = dict(raw)
    for form in coded:
        key = (form.form_id, MAIN)
        ids = found[key]["instance_id"].to_pylist()
        for question in form.code_books:
            values = pa.array(codes_of(ids, form.form_id, question, codings), pa.list_(pa.string()))
            found[key] = found[key].append_column(column_of(question), values)
    return found


def _numbered(source: Source, form: Form, raw: Mapping[Key, pa.Table]) -> dict[Key, pa.Table]:
    try:
        return number_interviews(form, raw)
    except BrokenKeyError as broken:
        place = source.folder / "submissions" / folder_name(broken.key[0]) / folder_name(broken.key[1])
        raise refuse(place, f"{broken.detail}. {EXPORT_AGAIN}") from None


def _direct_of(forms: Mapping[str, Form], rows: Mapping[Key, pa.Table]) -> dict[tuple[str, int], list[Direct]]:
    found = {}
    for form in forms.values():
        for order, indicator in enumerate(indicators_of(form)):
            table = form.table_of(indicator)
            measures = None if table is None else direct_measures(indicator, table, rows[form.form_id, table.name])
            if measures is not None:
                found[form.form_id, order] = measures
    return found


def _frames(
    forms: Mapping[str, Form], rows: Mapping[Key, pa.Table], direct: Collection[tuple[str, int]], households: Mapping[Key, pd.Categorical]
) -> dict[Key, pd.DataFrame]:
    """What has to be in pandas: interviews with their keys, and answers that no measure reads straight from its column."""
    found = {}
    for form in forms.values():
        left = [indicator for order, indicator in enumerate(indicators_of(form)) if (form.form_id, order) not in direct]
        for table in form.tables:
            key = (form.form_id, table.name)
            if table.name == MAIN or any(indicator.of == table.name for indicator in left):
                columns, _ = needed_columns(table, left)
                picked = rows[key].select([name for name in (*columns, "county") if name in rows[key].column_names])
                found[key] = to_frame(picked, households.get(key))
    return found


def _elsewhere(asked: Numbers, places: Numbers) -> npt.NDArray[np.intp]:
    """Where households with an interview stand that are not among these places; one that is missing (-1) is looked for nowhere."""
    is_known = np.zeros(max(asked.max(initial=-1), places.max(initial=-1)) + 2, dtype=bool)
    is_known[places], is_known[-1] = True, True
    return np.flatnonzero(~is_known[asked])


def hash_interviews(ids: pa.ChunkedArray) -> Hashes:
    """A number for every id of an interview that another one has by a chance that need not be thought of."""
    texts = ids.cast(pa.string()).combine_chunks() if ids.num_chunks != 1 else ids.chunk(0).cast(pa.string())
    if not len(texts):
        return np.zeros(0, dtype=np.uint64)
    words = _words_of(texts)
    # Sums of words, each with an odd number of its place: what stands behind the end of a text adds nothing.
    factors = np.random.default_rng(HASH_SEED).integers(2**64, size=words.shape[1], dtype=np.uint64) | np.uint64(1)
    found: Hashes = (words * factors).sum(axis=1, dtype=np.uint64)
    return found


def _words_of(texts: pa.StringArray) -> Hashes:
    """The texts as whole numbers of eight bytes (texts × words), zeros behind the end of a text."""
    ends = np.frombuffer(texts.buffers()[1], dtype=np.int32, count=texts.offset + len(texts) + 1)[texts.offset :]
    sizes = np.diff(ends)
    longest = int(sizes.max())
    width = max(-(-longest // WORD), 1) * WORD
    if longest == sizes.min() > 0:
        characters = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[ends[0] : ends[-1]].reshape(-1, longest)
        found = characters if longest == width else np.pad(characters, ((0, 0), (0, width - longest)))
    else:
        padded = np.array([text.encode() for text in texts.to_pylist()], dtype=f"S{width}")
        found = padded.view(np.uint8).reshape(-1, width)
    return np.ascontiguousarray(found).view("<u8")


def _checked(source: Source, sample: pd.DataFrame) -> pd.DataFrame:
    check_probabilities(source.folder, sample)
    return sample


def needed_columns(table: Table, indicators: Iterable[Indicator]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of a table that these figures are made of, and those of them that are read as texts with few different values."""
    keys = ["instance_id", "visit_id", "village_code", "household_kind"]
    keys += ["household_id", "form_version", RECORDED_AS] if table.name == MAIN else ["position"]
    named: dict[str, bool] = {}
    has_function = False
    for indicator in indicators:
        if indicator.kind == FUNCTION:
            has_function = True
            known = FIGURE_FUNCTIONS.get(indicator.name)
            asked = (*(known.questions if known else ()), *SETTLED)
            for column in table.columns:
                if column.question in asked or column.question.endswith(ENDS_OF_FUNCTIONS):
                    named[column.name] = False
        elif (indicator.of or MAIN) == table.name:
            for question in filter(None, (indicator.variable, indicator.numerator, indicator.denominator)):
                column_found = table.find(question)
                if column_found is not None:
                    is_text = indicator.kind in TEXT_KINDS and column_found.kind != "multi"
                    named[column_found.name] = named.get(column_found.name, True) and is_text
    texts = [name for name, is_text in named.items() if is_text]
    texts += [] if has_function else KEY_TEXTS
    texts += ["form_version", RECORDED_AS] if table.name == MAIN else ["instance_id"]
    return tuple(dict.fromkeys((*keys, *named))), tuple(texts)


def _opened(path: Path, texts: Collection[str]) -> pq.ParquetFile:
    """The file, of which these columns, where it has them, are read as codes with their values."""
    try:
        return pq.ParquetFile(path, read_dictionary=list(texts))
    except KeyError:
        there = set(pq.read_schema(path).names)
        return pq.ParquetFile(path, read_dictionary=[each for each in texts if each in there])


def read_rows(source: Source, key: Key, counties: Sequence[str], columns: Collection[str], texts: Collection[str]) -> pa.Table:
    """The rows of the counties with these columns, as far as the files have them, and the county's code in the column "county".

    `texts` are those columns that are read as codes with their few values.
    """
    required = [name for name in (MAIN_COLUMNS if key[1] == MAIN else REPEAT_COLUMNS) if name in columns]
    parts = []
    for county, name in source.paths(key, counties):
        path = source.folder / name
        try:
            file = _opened(path, texts)
            there = set(file.schema_arrow.names)
            part = file.read(columns=[each for each in columns if each in there], use_threads=False)
        except (OSError, pa.ArrowInvalid) as error:
            raise refuse(path, f"it cannot be read as Parquet ({error}). {EXPORT_AGAIN}") from None
        check_columns(path, part.column_names, required)
        county_code = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), part.num_rows), pa.array([county], pa.string()))
        parts.append(part.append_column("county", county_code))
    if not parts:
        return pa.table({name: pa.array([], pa.string()) for name in (*required, "county")})
    try:
        whole = parts[0] if len(parts) == 1 else pa.concat_tables(parts, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        place = source.folder / "submissions" / folder_name(key[0]) / folder_name(key[1])
        raise refuse(place, f"its files have columns that do not fit together ({error}). {EXPORT_AGAIN}") from None
    # Ids of interviews are too many for one dictionary to be worth making.
    return in_one_piece(whole, but=("instance_id",))
