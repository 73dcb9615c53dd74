"""The file of an opened draw, from what is kept of it: all that the check needs, and no names of people."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from sqlalchemy.orm import Session

from survey.draws.models import Draw, DrawReplacement, DrawVillage, DrawVillageReplacement
from survey.draws.published import FORMAT, Step
from survey.draws.queries import list_drawn_villages, read_sample, summaries_of
from survey.draws.sample import SampleUnit, villages_of


def read_public_record(
    session: Session, draw: Draw, replacements: Sequence[DrawReplacement], of_villages: Sequence[DrawVillageReplacement] = ()
) -> dict[str, Any]:
    """The content of the file; the draw is opened. Four statements."""
    villages = list_drawn_villages(session, draw, with_lines=True)
    units = read_sample(session, draw, villages_of(villages, of_villages))
    opening = draw.opening
    return {
        "format": FORMAT,
        "algorithm": draw.algorithm,
        "visit": {"id": draw.visit_id, "title": draw.visit.title},
        "drawn_at": draw.drawn_at.astimezone(UTC).isoformat(),
        "departs_at": draw.departs_at.astimezone(UTC).isoformat(),
        "opened_at": opening.opened_at.astimezone(UTC).isoformat() if opening else None,
        "seed": opening.seed if opening else None,
        "seed_source": draw.seed_source,
        "commitment": draw.commitment,
        "design": draw.design,
        "frame": {
            "sha256": draw.frame_sha256,
            "n_households": draw.n_households,
            "villages": [[village.code, village.n, village.sha256] for village in summaries_of(session, draw)],
        },
        "villages": [_village(row) for row in villages if row.role == "drawn"],
        "reserve_villages": [{**_village(row), "rank": row.rank} for row in villages if row.role == "reserve"],
        "households": _rows(units, "drawn"),
        "reserves": _rows(units, "reserve"),
        "replacements": [step.record() for step in steps_of(replacements, of_villages)],
    }


def _village(row: DrawVillage) -> dict[str, Any]:
    return {
        "code": row.village_code,
        "name": row.village.name,
        "stratum": row.stratum,
        "n_households": row.n_households,
        "inclusion": row.inclusion,
        "is_certain": row.is_certain,
        "lines": row.lines,
    }


def _rows(units: Sequence[SampleUnit], role: str) -> list[dict[str, Any]]:
    return [
        {
            "village": each.unit.village_code,
            "number": each.unit.number,
            "stratum": each.unit.stratum,
            "rank": each.unit.rank,
            "inclusion_household": each.unit.inclusion_household,
            "inclusion": each.unit.inclusion,
        }
        for each in units
        if each.unit.role == role
    ]


def steps_of(replacements: Sequence[DrawReplacement], of_villages: Sequence[DrawVillageReplacement] = ()) -> list[Step]:
    """What happened to the sample, in order: replacements, and those taken back. Reasons stay here: they speak of people."""
    told: list[tuple[DrawReplacement | DrawVillageReplacement, tuple[str, str, str | None]]] = [
        *((each, ("", each.village_code, each.reserve_code)) for each in of_villages),
        *((each, (each.unit.village_code, each.unit.number, each.reserve.number if each.reserve else None)) for each in replacements),
    ]
    steps = []
    for each, facts in told:
        steps.append((each.replaced_at, Step(*facts, False, each.replaced_at.astimezone(UTC).isoformat())))
        if each.reverted_at:
            steps.append((each.reverted_at, Step(*facts, True, each.reverted_at.astimezone(UTC).isoformat())))
    return [step for _at, step in sorted(steps, key=lambda pair: pair[0])]
