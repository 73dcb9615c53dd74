"""Where interviews were held: far from their village's others, at one and the same point, or all of a pair's close together."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from analysis.codebook import MAIN
from analysis.quality.material import Material, numbers_of
from analysis.quality.thresholds import Thresholds

EARTH_M = 6_371_000.0
Numbers = npt.NDArray[np.float64]


def positions_far(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per interview with a position: `instance_id`, `village_code`, `interviewer`, `distance_m` from the middle (the median of
    latitudes and longitudes) of its village's interviews, `spread_m` (the village's median distance), `n` (positions there); the farthest
    first. Noticed is what is farther than both thresholds, in a village with positions enough."""
    places = _positions(material)
    if places.empty:
        return pd.DataFrame(
            columns=["instance_id", "village_code", "interviewer", "distance_m", "spread_m", "n", "instance_ids", "is_noticed"]
        )
    middle = places.groupby("village_code")[["latitude", "longitude"]].transform("median")
    distance = metres(
        *(each.to_numpy(float) for each in (places["latitude"], places["longitude"], middle["latitude"], middle["longitude"]))
    )
    places = places.assign(distance_m=distance)
    grouped = places.groupby("village_code")["distance_m"]
    places = places.assign(spread_m=grouped.transform("median"), n=grouped.transform("size"))
    limit = np.maximum(thresholds.far_m, thresholds.far_spread * places["spread_m"])
    places = places.assign(
        is_noticed=(places["distance_m"] > limit) & (places["n"] >= thresholds.spread_least),
        instance_ids=[(each,) for each in places["instance_id"]],
    )
    columns = ["instance_id", "village_code", "interviewer", "distance_m", "spread_m", "n", "instance_ids", "is_noticed"]
    return places[columns].sort_values(["distance_m", "instance_id"], ascending=[False, True], ignore_index=True)


def same_point(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per point at which interviews with several households were recorded: `village_code`, `latitude`, `longitude`, `n`,
    `n_households`, `n_interviewers`. Points are joined where each is within the threshold of the next. Where most of a village's forms
    were filled in at one point, as files are read where they are kept, that is how it was meant, and not noticed."""
    places = _positions(material)
    of_village = places["village_code"].value_counts()
    rows = []
    for group in _near(places, thresholds.same_point_m):
        at = places.iloc[group]
        homes = at["household_id"].fillna(at["instance_id"])
        if homes.nunique() > 1:
            rows.append(
                {
                    "village_code": at["village_code"].iloc[0],
                    "latitude": round(float(at["latitude"].mean()), 5),
                    "longitude": round(float(at["longitude"].mean()), 5),
                    "n": len(at),
                    "n_households": homes.nunique(),
                    "n_interviewers": at["interviewer"].nunique(),
                    "instance_ids": tuple(at["instance_id"]),
                    "is_noticed": bool(len(at) <= of_village[at["village_code"].iloc[0]] / 2),
                }
            )
    columns = ["village_code", "latitude", "longitude", "n", "n_households", "n_interviewers", "instance_ids", "is_noticed"]
    return pd.DataFrame(rows, columns=columns).sort_values(["n", "village_code"], ascending=[False, True], ignore_index=True)


def positions_close(material: Material, thresholds: Thresholds) -> pd.DataFrame:
    """A row per interviewer and village with positions enough: `interviewer`, `village_code`, `n`, `spread_m` (the median distance of the
    interviewer's positions from their own middle), `spread_village_m` (the same for all interviews there). Noticed is an interviewer whose
    forms were all recorded about one place while the village's houses are scattered."""
    places = _positions(material)
    columns = ["interviewer", "village_code", "n", "spread_m", "spread_village_m", "instance_ids", "is_noticed"]
    rows = []
    for (interviewer, village), group in places.groupby(["interviewer", "village_code"], sort=True):
        if len(group) < thresholds.spread_least:
            continue
        spread, of_village = _spread(group), _spread(places[places["village_code"] == village])
        rows.append(
            (
                interviewer,
                village,
                len(group),
                spread,
                of_village,
                tuple(group["instance_id"]),
                spread <= thresholds.close_m < of_village / 10,
            )
        )
    return pd.DataFrame(rows, columns=columns)


def metres(latitude: Numbers, longitude: Numbers, other_latitude: Numbers, other_longitude: Numbers) -> Numbers:
    """How far apart points are on a sphere, by the haversine formula; degrees in, metres out."""
    one, other = np.radians(latitude), np.radians(other_latitude)
    half = np.sin((other - one) / 2) ** 2 + np.cos(one) * np.cos(other) * np.sin(np.radians(other_longitude - longitude) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def _positions(material: Material) -> pd.DataFrame:
    """The interviews with a position, by the first question of the form that asks for one, with who and where."""
    rows = material.rows(MAIN)
    frame = rows.frame.assign(interviewer=rows.people[rows.leads])
    name = next((column.question for column in material.form.tables[0].columns if column.name == f"{column.question}_latitude"), None)
    columns = ["instance_id", "household_id", "village_code", "interviewer"]
    if name is None or f"{name}_latitude" not in frame or f"{name}_longitude" not in material.tables[MAIN]:
        return pd.DataFrame(columns=[*columns, "latitude", "longitude"])
    places = frame[columns].assign(latitude=numbers_of(frame[f"{name}_latitude"]), longitude=numbers_of(frame[f"{name}_longitude"]))
    return places[places["latitude"].notna() & places["longitude"].notna() & places["village_code"].notna()].reset_index(drop=True)


def _spread(places: pd.DataFrame) -> float:
    latitude, longitude = (places[name].to_numpy(float) for name in ("latitude", "longitude"))
    distance = metres(latitude, longitude, np.full(len(places), np.median(latitude)), np.full(len(places), np.median(longitude)))
    return float(np.median(distance))


def _near(places: pd.DataFrame, reach_m: float) -> Iterator[list[int]]:
    """The groups of rows that are joined by steps of at most `reach_m`, straight through the earth, which is the same at such lengths."""
    if len(places) < 2:
        return
    latitude, longitude = (np.radians(places[name].to_numpy(float)) for name in ("latitude", "longitude"))
    points = EARTH_M * np.column_stack((np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)))
    steps = cKDTree(points).query_pairs(reach_m, output_type="ndarray")
    if not len(steps):
        return
    graph = coo_matrix((np.ones(len(steps)), (steps[:, 0], steps[:, 1])), shape=(len(places), len(places)))
    _n, groups = connected_components(graph, directed=False)
    for group in np.unique(groups[steps[:, 0]]):
        yield np.flatnonzero(groups == group).tolist()
