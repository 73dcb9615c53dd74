"""What the coordinator decided on discrepancies: a few kinds corrected, and the plain ones offered as evidence."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.comparison.cases import Case, CaseFilter
from survey.comparison.join import AGREES, CANNOT_VERIFY, DIFFERENT, OUT_OF_DATE, Item
from survey.comparison.operations import correct_kind, offer_as_evidence
from survey.comparison.queries import read_comparison
from survey.demo.chance import draw_from
from survey.demo.facts import Facts, VisitFacts
from survey.demo.schedule import LOCAL
from survey.visits.models import Visit

N_CORRECTED, N_OFFERED = 2, 4
CORRECTIONS: Mapping[str, tuple[str, str]] = {
    "members": (AGREES, "去年底分户，档案按户口本登记，访谈按一起吃住的人数，口径不同。"),
    "cause": (AGREES, "户内既有病人又有学生，两种说法都成立，与副访核对后认定相符。"),
    "income": (OUT_OF_DATE, "档案是上一年度的测算表，本年尚未更新。"),
    "subsidies": (OUT_OF_DATE, "档案记的是上一年度的补贴，存折流水已核对。"),
    "visits": (CANNOT_VERIFY, "帮扶干部年中换人，前一位的走访无法核实。"),
    "measures": (DIFFERENT, "档案把同一措施拆成两项登记，并非没有更新。"),
    "exit": (AGREES, "户主起初记不清，看到确认书后认出是本人签字。"),
    "water": (AGREES, "访谈期间正值检修停水，平时供水正常。"),
}
"""By item: the kind that a correction gives, and why."""
OFFERED: Mapping[str, tuple[str, str, str]] = {
    "income": ("county", "high", "档案收入高于入户测算，须查收入测算表由谁填写。"),
    "doctor": ("county", "medium", "档案有上门记录，户主说没有来过。"),
    "visits": ("township", "medium", "走访记录与户主所说次数相差较大。"),
    "measures": ("township", "medium", ""),
    "housing": ("household", "acute", "档案写安全，入户所见不安全。"),
    "water": ("village", "high", ""),
    "subsidies": ("township", "high", "存折流水与档案所记不符。"),
}
"""By item: level, severity and what was found, of what becomes evidence of an issue."""


def decide_on_discrepancies(session: Session, coordinator: User, facts: Facts, told: VisitFacts, visit: Visit) -> None:
    """Correct some discrepancies of a visit and offer others as evidence, the day after its interviews were reviewed."""
    found = read_comparison(session, visit)
    now = datetime.combine(told.ends_on + timedelta(days=3), time(10, 0), LOCAL)
    rng = draw_from(facts.seed, visit.id, "comparison")
    apart = CaseFilter().select(found.cases)
    mistyped = [case for case in apart if case.item in CORRECTIONS and CORRECTIONS[case.item][0] != case.kind]
    corrected = rng.sample(mistyped, min(N_CORRECTED, len(mistyped)))
    for case in corrected:
        kind, reason = CORRECTIONS[case.item]
        correct_kind(session, coordinator, visit, case, kind=kind, reason=reason, now=now)
    done = {(case.household.id, case.item) for case in corrected}
    plain = [case for case in apart if case.item in OFFERED and case.kind == DIFFERENT and (case.household.id, case.item) not in done]
    for case in rng.sample(plain, min(N_OFFERED, len(plain))):
        _offer(session, coordinator, found.items[case.item], case, now)


def _offer(session: Session, coordinator: User, item: Item, case: Case, now: datetime) -> None:
    level, severity, note = OFFERED[case.item]
    offer_as_evidence(session, coordinator, item, case, area=item.area, level=level, severity=severity, note=note, now=now)
