"""How many persons of each kind of household live where a figure is about, and whether the frame holds all villages drawn from."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.bundle import Bundle
from analysis.domains import ALL, VILLAGE, Domains
from questionnaires.errors import ErrorCode, SurveyError

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
KINDS = ("registered", "lifted_out", "marginal", "ordinary")
PLACES = (ALL, "visit", "county", VILLAGE)
"""The domains that are places, for which a population can be told."""


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """The persons of the frame by village and kind, and the villages in which each visit held interviews."""

    persons: pd.DataFrame
    """Indexed by county and village, a column per kind."""
    visited: pd.DataFrame
    """visit_id, county_code, village_code, each once."""
    incomplete: frozenset[str]
    """Visits whose counties have villages that the frame does not hold: of those places the persons are not known."""

    def of(self, domains: Domains, is_estimated: Flags) -> Numbers:
        """Persons by kind (domains × `KINDS`): of the whole of each place where figures are estimated, else of the villages visited."""
        found = np.zeros((len(domains), len(KINDS)))
        counties, villages = (self.persons.index.get_level_values(level) for level in (0, 1))
        values = self.persons.to_numpy(dtype=float)
        for number, key in enumerate(domains.keys.itertuples(index=False)):
            went = self.visited if domains.domain_type == ALL else self.visited[self.visited["visit_id"] == key.visit_id]
            if domains.domain_type == VILLAGE:
                is_there = villages == key.domain
            elif is_estimated[number]:
                is_there = counties == key.domain if domains.domain_type == "county" else counties.isin(went["county_code"])
            else:
                is_there = villages.isin(went["village_code"])
                if domains.domain_type == "county":
                    is_there &= counties == key.domain
            found[number] = values[np.asarray(is_there)].sum(0)
            if domains.domain_type != VILLAGE and is_estimated[number] and not self.incomplete.isdisjoint(went["visit_id"]):
                found[number] = np.nan
        return found


def population_of(bundle: Bundle, units: pd.DataFrame, incomplete: Iterable[str]) -> Population:
    """The population of the bundle's frame; `units` are the rows of the interviews, `incomplete` the visits of `incomplete_frames`."""
    return Population(persons_of(bundle.households), visited_of(units), frozenset(incomplete))


def persons_of(frame: pd.DataFrame) -> pd.DataFrame:
    """The persons of the frame's households, as `Population` holds them."""
    counted = frame.assign(n_members=pd.to_numeric(frame["n_members"], errors="coerce").fillna(0).astype(float))
    persons = counted.groupby(["county_code", "village_code", "kind"])["n_members"].sum().unstack("kind").fillna(0.0)
    return persons.reindex(columns=list(KINDS), fill_value=0.0)


def visited_of(units: pd.DataFrame) -> pd.DataFrame:
    """The villages in which each visit held the interviews of these rows."""
    return units[["visit_id", "county_code", "village_code"]].dropna().drop_duplicates()


def merge_populations(parts: Sequence[Population]) -> Population:
    """That of all parts of one frame; no village is in two of them."""
    persons = pd.concat([part.persons for part in parts]).groupby(level=[0, 1]).sum()
    visited = pd.concat([part.visited for part in parts], ignore_index=True).drop_duplicates()
    return Population(persons, visited, parts[0].incomplete)


def incomplete_frames(bundle: Bundle, visit_ids: Sequence[str]) -> Iterator[tuple[str, SurveyError]]:
    """(visit, problem) of each visit whose draw was made from more or fewer villages than the frame of the bundle holds."""
    sample = bundle.sample
    if sample is None or "n_villages_frame" not in sample:
        return
    of_county = bundle.households.assign(county=bundle.households["village_code"].str[:6]).groupby("county")["village_code"].nunique()
    drawn = sample[sample["inclusion_village"].notna() & sample["visit_id"].isin(list(visit_ids))]
    for visit_id, rows in drawn.groupby("visit_id", sort=True):
        wanted = int(rows.drop_duplicates("village_stratum")["n_villages_frame"].fillna(0).sum())
        counties = sorted(set(rows["village_code"].str[:6]))
        found = int(of_county.reindex(counties, fill_value=0).sum())
        if found != wanted:
            place = "Visit '{visit_id}', counties {counties}"
            yield (
                str(visit_id),
                SurveyError(
                    ErrorCode.INCOMPLETE_FRAME, place=place, found=found, wanted=wanted, visit_id=visit_id, counties=", ".join(counties)
                ),
            )
