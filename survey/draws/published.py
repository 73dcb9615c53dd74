"""A draw as a file that anybody can check without this installation, and the check. Pure."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from questionnaires.errors import SurveyError
from survey.draws.algorithm import DrawnHousehold, DrawnVillage, Result, divide, draw
from survey.draws.design import Design, canonical_json, read_design
from survey.draws.frame import FramedVillage, VillageSummary, frame_sha256
from survey.draws.generator import ALGORITHM

FORMAT = "supervision-survey draw 1"
"""What the file says to be recognised."""
SHOWN_AT_MOST = 3


def commitment_of(design: Design, frame_hash: str, seed: str) -> str:
    """The hash that binds whoever made the draw to it before it is opened."""
    content = {"algorithm": ALGORITHM, "design": design.record(), "frame_sha256": frame_hash, "seed": seed}
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def fraction_text(value: Fraction | None) -> str | None:
    """The probability as it is kept and published: "3/20", "1", or None for what was chosen on purpose."""
    return None if value is None else str(value)


def result_record(result: Result) -> dict[str, Any]:
    """The result as JSON values; the product of both stages stands beside the probability within the village."""
    by_village = {village.code: village.inclusion for village in (*result.villages, *result.reserve_villages)}

    def household(each: DrawnHousehold) -> dict[str, Any]:
        of_village = by_village[each.village_code]
        product = None if of_village is None or each.inclusion is None else of_village * each.inclusion
        return {
            "village": each.village_code,
            "number": each.number,
            "stratum": each.stratum,
            "rank": each.rank,
            "inclusion_household": fraction_text(each.inclusion),
            "inclusion": fraction_text(product),
        }

    def village(each: DrawnVillage) -> dict[str, Any]:
        return {
            "code": each.code,
            "stratum": each.stratum,
            "n_households": each.n_households,
            "inclusion": fraction_text(each.inclusion),
            "is_certain": each.is_certain,
        }

    return {
        "villages": [village(each) for each in result.villages],
        "reserve_villages": [{**village(each), "rank": each.rank} for each in result.reserve_villages],
        "households": [household(each) for each in result.households],
        "reserves": [household(each) for each in result.reserves],
    }


@dataclass(frozen=True, slots=True)
class Step:
    """A replacement in the order in which they happened, or one that was taken back; `by` is None when no reserve was left.

    `replaced` and `by` are numbers of households, or the codes of villages where `village` is empty.
    """

    village: str
    replaced: str
    by: str | None
    is_taken_back: bool
    at: str

    def record(self) -> dict[str, Any]:
        """The step as JSON values."""
        step = "taken back" if self.is_taken_back else "replaced"
        if not self.village:
            return {"step": f"village {step}", "village": self.replaced, "by": self.by, "at": self.at}
        return {"step": step, "village": self.village, "replaced": self.replaced, "by": self.by, "at": self.at}


def check_published(content: Any) -> tuple[str, ...]:
    """What a published draw says that does not follow from its seed, design and frame, one sentence each; nothing when it is true."""
    try:
        return tuple(_differences(content))
    except SurveyError as error:
        return (f"{error}",)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return (f"the file is no published draw of this program, or parts of it are missing: {type(error).__name__} {error}",)


def _differences(content: Any) -> Iterator[str]:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        yield f"the file does not say that it is '{FORMAT}'"
        return
    if content["algorithm"] != ALGORITHM:
        yield f"the algorithm is '{content['algorithm']}'; this program knows '{ALGORITHM}'"
        return
    design = read_design(content["design"])
    summaries = {str(code): VillageSummary(str(code), int(n), str(sha256)) for code, n, sha256 in content["frame"]["villages"]}
    villages = (*content["villages"], *content.get("reserve_villages", ()))
    listed = {str(village["code"]): FramedVillage(str(village["code"]), tuple(village["lines"])) for village in villages}
    yield from _frame_differences(content, summaries, listed)
    if commitment_of(design, content["frame"]["sha256"], content["seed"]) != content["commitment"]:
        yield "the commitment is not the hash of algorithm, design, frame and seed"
    yield from _result_differences(content, design, summaries, listed)
    yield from _step_differences(content)


def _frame_differences(
    content: Mapping[str, Any], summaries: Mapping[str, VillageSummary], listed: Mapping[str, FramedVillage]
) -> Iterator[str]:
    if len(summaries) != len(content["frame"]["villages"]):
        yield "a village stands twice in the frame"
    if frame_sha256(summaries.values()) != content["frame"]["sha256"]:
        yield "the frame's hash does not follow from its villages"
    for code, village in listed.items():
        if summaries.get(code) != village.summary():
            yield f"the households of village {code} are not those that the frame's hash covers"


def _result_differences(
    content: Mapping[str, Any], design: Design, summaries: Mapping[str, VillageSummary], listed: Mapping[str, FramedVillage]
) -> Iterator[str]:
    sizes = [(village.code, village.n) for village in summaries.values()]
    empty: FramedVillage = FramedVillage("", ())
    result = draw(design, sizes, lambda code: divide(design.households, code, listed.get(code, empty).households), content["seed"])
    if missing := sorted({village.code for village in (*result.villages, *result.reserve_villages)} - set(listed)):
        yield f"the seed draws village {', '.join(missing[:SHOWN_AT_MOST])}, which the file does not have"
        return
    computed = result_record(result)
    keys = {
        "villages": ("code",),
        "reserve_villages": ("code",),
        "households": ("village", "number"),
        "reserves": ("village", "number"),
    }
    for part, names in keys.items():
        told = content.get(part, []) if part == "reserve_villages" else content[part]
        told = [{name: row.get(name) for name in computed[part][0]} for row in told] if computed[part] else told
        yield from _row_differences(part, names, computed[part], told)


def _row_differences(
    part: str, names: Sequence[str], computed: Sequence[Mapping[str, Any]], told: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    def keyed(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        return {" ".join(str(row[name]) for name in names): row for row in rows}

    of_draw, of_file = keyed(computed), keyed(told)
    if len(of_file) != len(told):
        yield f"{part}: one of them stands twice in the file"
    for key in sorted(of_draw.keys() - of_file.keys())[:SHOWN_AT_MOST]:
        yield f"{part}: the seed draws {key}, which the file does not have"
    for key in sorted(of_file.keys() - of_draw.keys())[:SHOWN_AT_MOST]:
        yield f"{part}: the file has {key}, which the seed does not draw"
    for key in sorted(of_draw.keys() & of_file.keys()):
        if wrong := [name for name, value in of_draw[key].items() if of_file[key].get(name) != value]:
            yield f"{part}: {key} has another {', '.join(wrong)} than the seed gives"
            return


Place = tuple[str, str]
"""A village's code and a household's number; of a village as a whole "" and its code."""


def _step_differences(content: Mapping[str, Any]) -> Iterator[str]:
    """Whether every replacement took the next reserve: of the same village and stratum, or of villages of the same stratum."""
    sample, waiting, stratum_of = _places(content)
    ranks = dict(waiting)
    for step in content["replacements"]:
        kind = str(step["step"]).removeprefix("village ")
        is_village = kind != step["step"]
        if kind not in ("replaced", "taken back"):
            yield f"replacements: '{step['step']}' is no step that this program knows"
            return
        within = "" if is_village else str(step["village"])
        replaced: Place = (within, str(step["village"] if is_village else step["replaced"]))
        by: Place | None = None if step["by"] is None else (within, str(step["by"]))
        name = " ".join(replaced).strip()
        if kind == "taken back":
            sample.add(replaced)
            if by is not None:
                sample.discard(by)
                waiting[by] = ranks[by]
            continue
        if replaced not in sample or (not is_village and ("", within) not in sample):
            yield f"replacements: {name} was replaced without being in the sample"
            return
        left = [key for key in waiting if key[0] == within and stratum_of[key] == stratum_of[replaced]]
        expected = min(left, key=lambda key: waiting[key]) if left else None
        if by != expected:
            told, next_one = (by[1] if by else "nobody"), (expected[1] if expected else "none")
            yield f"replacements: {name} was replaced by {told}, and the next reserve was {next_one}"
            return
        sample.discard(replaced)
        if by is not None:
            sample.add(by)
            waiting.pop(by)


def _places(content: Mapping[str, Any]) -> tuple[set[Place], dict[Place, int], dict[Place, str]]:
    """What is in the sample before any replacement, what waits with its rank, and the stratum of each."""
    parts = {
        "villages": [("", str(row["code"]), 0, row["stratum"]) for row in content["villages"]],
        "reserve_villages": [("", str(row["code"]), int(row["rank"]), row["stratum"]) for row in content.get("reserve_villages", ())],
        **{
            part: [(str(row["village"]), str(row["number"]), int(row["rank"]), row["stratum"]) for row in content[part]]
            for part in ("households", "reserves")
        },
    }
    sample = {(village, key) for part in ("villages", "households") for village, key, _rank, _stratum in parts[part]}
    waiting = {(village, key): rank for part in ("reserve_villages", "reserves") for village, key, rank, _stratum in parts[part]}
    return sample, waiting, {(village, key): str(stratum) for rows in parts.values() for village, key, _rank, stratum in rows}
