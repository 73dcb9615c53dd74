"""Every write to a draw until it is opened, voided or published; what is done with an opened one is in `replacement_operations.py`.

Events carry the draw's hashes, never who was drawn, nor the seed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.models import User
from survey.db import new_id
from survey.draws.algorithm import divide, draw
from survey.draws.checks import check_frame
from survey.draws.design import Design, check_design
from survey.draws.frame import Frame, canonical_number
from survey.draws.generator import ALGORITHM
from survey.draws.models import Draw, DrawEnvelope, DrawOpening, DrawUnit, DrawVillage
from survey.draws.published import commitment_of, result_record
from survey.draws.queries import list_openers, read_frame
from survey.draws.refusals import refusal
from survey.draws.seeds import make_seed, secret_part
from survey.field_time import FIELD_ZONE
from survey.places.models import Household
from survey.visits.models import Visit, VisitVillage
from survey.visits.operations import FIELD_ROLES, add_villages, set_village
from survey.visits.planning import check_plannable, log_change


def make_draw(
    session: Session,
    actor: User | None,
    visit: Visit,
    design: Design,
    *,
    departs_at: datetime,
    now: datetime,
    seed_source: str = "program",
    public_seed: str = "",
    opener_id: str | None = None,
    secret: str | None = None,
) -> Draw:
    """The sealed draw of the visit; raises INVALID_VALUE for what keeps it from being made, and then nothing is stored.

    `secret` is the program's own part of the seed, made here unless a test gives it.
    """
    check_plannable(visit)
    if session.scalar(select(Draw.id).where(Draw.visit_id == visit.id, Draw.voided_at.is_(None))):
        raise refusal("drawn_already")
    check_design(design)
    _check_opener(session, opener_id)
    seed = make_seed(seed_source, public_seed, secret or secret_part())
    frame = read_frame(session, design)
    check_frame(design, frame)
    made = Draw(
        id=new_id(),
        visit_id=visit.id,
        algorithm=ALGORITHM,
        design=design.record(),
        basis=design.basis,
        seed_source=seed_source,
        commitment=commitment_of(design, frame.sha256, seed),
        frame_sha256=frame.sha256,
        frame_villages=[[village.code, village.n, village.sha256] for village in frame.villages],
        n_villages=len(frame.villages),
        n_households=frame.n_households,
        departs_at=departs_at,
        opener_id=opener_id or None,
        drawn_at=now,
        drawn_by_id=actor.id if actor else None,
    )
    session.add(made)
    session.flush()
    session.add(DrawEnvelope(draw_id=made.id, content=_sealed_content(session, design, frame, seed)))
    hashes = {"algorithm": ALGORITHM, "commitment": made.commitment, "frame_sha256": frame.sha256}
    log_change(session, actor, "draw.made", visit, now, draw=made.id, departs_at=departs_at.isoformat(), **hashes)
    return made


def _check_opener(session: Session, opener_id: str | None) -> None:
    if not opener_id:
        return
    person = session.get(User, opener_id)
    if person is None or not person.active or not FIELD_ROLES & {role.name for role in person.roles}:
        raise refusal("unknown_person")


def _sealed_content(session: Session, design: Design, frame: Frame, seed: str) -> dict[str, Any]:
    """What the envelope holds: the seed, and the result with the households' identifiers and the drawn villages' lines."""
    sizes = [(village.code, village.n) for village in frame.villages]
    result = draw(design, sizes, lambda code: divide(design.households, code, frame.by_code[code].households), seed)
    record = result_record(result)
    codes = [village.code for village in (*result.villages, *result.reserve_villages)]
    rows = session.execute(select(Household.village_code, Household.number, Household.id).where(Household.village_code.in_(codes)))
    ids = {(code, canonical_number(number)): key for code, number, key in rows}
    for part in ("households", "reserves"):
        for row in record[part]:
            row["household_id"] = ids[row["village"], row["number"]]
    for row in (*record["villages"], *record["reserve_villages"]):
        row["lines"] = list(frame.by_code[row["code"]].lines)
    return {"seed": seed, **record}


def arrange_opening(
    session: Session, actor: User | None, made: Draw, *, departs_at: datetime, opener_id: str | None, now: datetime
) -> Draw:
    """The sealed draw with another departure, or somebody else who opens it where the team has no leader."""
    check_plannable(made.visit)
    if made.state != "sealed":
        raise refusal("not_sealed")
    _check_opener(session, opener_id)
    if (made.departs_at, made.opener_id) != (departs_at, opener_id or None):
        made.departs_at, made.opener_id = departs_at, opener_id or None
        session.flush()
        session.expire(made, ("opener",))
        details = {"departs_at": departs_at.isoformat(), "opener": made.opener_id}
        log_change(session, actor, "draw.opening_arranged", made.visit, now, draw=made.id, **details)
    return made


def open_draw(session: Session, actor: User, made: Draw, now: datetime, *, reason: str = "") -> DrawOpening:
    """The opening: from now on everybody who may see the visit sees who was drawn, and the villages are part of the visit.

    Raises NOT_ALLOWED for anybody but those who may open it, and INVALID_VALUE for a time before the departure without a reason.
    """
    check_plannable(made.visit)
    if made.state != "sealed":
        raise refusal("not_sealed")
    if actor.id not in {person.id for person in list_openers(session, made)}:
        raise SurveyError(
            ErrorCode.NOT_ALLOWED,
            who=actor.name,
            action="open this draw",
            remedy="Only the leader of the visit's team opens it, or whoever the draw names where the team has no leader.",
        )
    is_early, reason = now < made.departs_at, reason.strip()
    if is_early and not reason:
        raise refusal("early", what=f"{made.departs_at.astimezone(FIELD_ZONE):%Y-%m-%d %H:%M}")
    envelope = session.get(DrawEnvelope, made.id)
    if envelope is None:
        raise refusal("sealed_elsewhere")
    content = envelope.content
    _bring_villages(session, actor, made, [row["code"] for row in content["villages"]], now)
    opening = DrawOpening(
        draw_id=made.id, opened_at=now, opened_by_id=actor.id, early_reason=reason if is_early else "", seed=content["seed"]
    )
    session.add(opening)
    _unpack(session, made, content)
    session.delete(envelope)
    session.flush()
    session.expire(made, ("opening",))
    codes = {row["code"] for row in content["villages"]}
    numbers = {"n_villages": len(codes), "n_households": sum(row["village"] in codes for row in content["households"])}
    early = {"early_reason": opening.early_reason} if is_early else {}
    log_change(session, actor, "draw.opened", made.visit, now, draw=made.id, commitment=made.commitment, **numbers, **early)
    return opening


def _bring_villages(session: Session, actor: User, made: Draw, codes: Sequence[str], now: datetime) -> None:
    visit = made.visit
    present = {row.village_code: row for row in session.scalars(select(VisitVillage).where(VisitVillage.visit_id == visit.id))}
    add_villages(session, actor, visit, [code for code in codes if code not in present], made.basis, now)
    for code in codes:
        if code in present and present[code].basis != made.basis:
            set_village(session, actor, visit, code, made.basis, present[code].planned_on, now)


def _unpack(session: Session, made: Draw, content: Mapping[str, Any]) -> None:
    villages = [
        {
            "draw_id": made.id,
            "village_code": row["code"],
            "role": role,
            "rank": row.get("rank", 0),
            **{name: row[name] for name in ("stratum", "n_households", "inclusion", "is_certain", "lines")},
        }
        for role, part in (("drawn", "villages"), ("reserve", "reserve_villages"))
        for row in content.get(part, ())
    ]
    session.execute(insert(DrawVillage), villages)
    codes = [row["village_code"] for row in villages]
    still_there = set(session.scalars(select(Household.id).where(Household.village_code.in_(codes))))
    units = [
        {
            "id": new_id(),
            "draw_id": made.id,
            "village_code": row["village"],
            "household_id": row["household_id"] if row["household_id"] in still_there else None,
            "role": role,
            **{name: row[name] for name in ("number", "stratum", "rank", "inclusion_household", "inclusion")},
        }
        for role, part in (("drawn", "households"), ("reserve", "reserves"))
        for row in content[part]
    ]
    if units:
        session.execute(insert(DrawUnit), units)


def void_draw(session: Session, actor: User | None, made: Draw, reason: str, now: datetime) -> Draw:
    """The draw that counts no more; it stays visible with the reason, and what was sealed stays sealed."""
    check_plannable(made.visit)
    if made.state == "voided":
        raise refusal("not_sealed")
    if not reason.strip():
        raise refusal("no_reason")
    state = made.state
    made.voided_at, made.voided_by_id, made.void_reason = now, actor.id if actor else None, reason.strip()
    made.published_at = None
    session.flush()
    log_change(session, actor, "draw.voided", made.visit, now, draw=made.id, state=state, reason=made.void_reason)
    return made


def publish_draw(session: Session, actor: User | None, made: Draw, is_public: bool, now: datetime) -> Draw:
    """The opened draw, from now on at a public address, or no more; the same again changes nothing."""
    if made.state != "opened":
        raise refusal("not_opened")
    if (made.published_at is not None) != is_public:
        made.published_at = now if is_public else None
        session.flush()
        log_change(session, actor, "draw.published" if is_public else "draw.withdrawn", made.visit, now, draw=made.id)
    return made
