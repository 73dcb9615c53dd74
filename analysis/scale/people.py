"""What composites ask of the frame of a large bundle: the persons in some counties, and visits whose frame lacks villages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from analysis.bundle import Bundle
from analysis.codebook import Form
from analysis.describe import indicators_of
from analysis.frame.population import incomplete_frames, persons_of
from analysis.functions.named import is_composite
from analysis.scale.coded import to_frame
from analysis.scale.places import read_places
from questionnaires.errors import SurveyError

PERSON_COLUMNS = ("county_code", "village_code", "kind", "n_members")
DRAWN_COLUMNS = ("visit_id", "village_code", "village_stratum", "inclusion_village", "n_villages_frame")


def has_composites(forms: Mapping[str, Form]) -> bool:
    """Whether some figure needs the persons of the frame."""
    return any(is_composite(indicator) for form in forms.values() for indicator in indicators_of(form))


def persons_in(folder: Path, counties: Sequence[str]) -> pd.DataFrame:
    """The persons of the frame in these counties, as `analysis.frame.population` holds them."""
    frame = to_frame(read_places(folder / "households.parquet", counties, PERSON_COLUMNS))
    return persons_of(frame.astype(dict.fromkeys(PERSON_COLUMNS[:3], "str")))


def incomplete_in(bare: Bundle, *, is_calibrated: bool = False) -> dict[str, SurveyError]:
    """By visit what `incomplete_frames` tells of it, of a bundle whose frame and sample are not in memory."""
    if not (is_calibrated or has_composites(bare.forms)) or bare.sample is None or "n_villages_frame" not in bare.sample:
        return {}
    sample = _different(bare.path / "sample.parquet", DRAWN_COLUMNS)
    households = _different(bare.path / "households.parquet", ("village_code",))
    return dict(incomplete_frames(replace(bare, sample=sample, households=households), [visit.id for visit in bare.visits]))


def _different(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """The different rows of these columns in the file, in their order, which is read piece by piece."""
    file = pq.ParquetFile(path)
    pieces = [batch.to_pandas().drop_duplicates() for batch in file.iter_batches(columns=list(columns), use_threads=False)]
    return pd.concat(pieces or [file.schema_arrow.empty_table().select(columns).to_pandas()], ignore_index=True).drop_duplicates()
