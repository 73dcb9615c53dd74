"""What an issue would say that is raised from some evidence: title, place, level and severity, as far as the evidence agrees. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from questionnaires.errors import ErrorCode, SurveyError
from survey.issues.carrying import Piece
from survey.issues.life import LEVELS
from survey.issues.words import SEVERITIES
from survey.places.codes import ancestors_of

_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Proposal:
    """The fields of an issue before somebody has looked at it. `places` are codes from the smallest common place up to its county."""

    title: str
    area: str
    level: str
    severity: str
    places: tuple[str, ...]
    visit_id: str | None
    form_id: str | None
    rule: str | None

    @property
    def county_code(self) -> str:
        """Six digits; "" without a place."""
        return self.places[0][:6] if self.places else ""


def propose_issue(pieces: Sequence[Piece]) -> Proposal:
    """The proposal; raises INVALID_VALUE for evidence from several counties, which belongs to several issues."""
    places = common_places(piece.place_code for piece in pieces if piece.place_code)
    return Proposal(
        title=_most(piece.title for piece in pieces)[:_LONGEST_TITLE],
        area=_most(piece.area for piece in pieces) or "other",
        level=_level(pieces),
        severity=max((piece.severity for piece in pieces), key=SEVERITIES.index, default="medium"),
        places=places,
        visit_id=_only(piece.visit_id for piece in pieces),
        form_id=_only(piece.form_id for piece in pieces),
        rule=_only(piece.rule for piece in pieces),
    )


def common_places(codes: Iterable[str]) -> tuple[str, ...]:
    """The 12-digit codes of all places down to the county in which every one of `codes` lies, the smallest first; () for no codes.

    Raises INVALID_VALUE for places of several counties.
    """
    lines = [[*ancestors_of(code), code] for code in set(codes)]
    if not lines:
        return ()
    shared = [code for code in lines[0] if all(code in line for line in lines)]
    inside = tuple(code for code in reversed(shared) if int(code[4:6]))
    if not inside:
        counties = ", ".join(sorted({line[-1][:6] for line in lines}))
        detail = f"it is from several counties ({counties}); raise one issue for each"
        in_chinese = f"佐证来自多个县（{counties}），请分县提出"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="evidence", detail=detail, detail_zh=in_chinese)
    return inside


def _level(pieces: Sequence[Piece]) -> str:
    """The highest level that the evidence names; several households of a village are the village's matter."""
    named = [piece.level for piece in pieces if piece.level in LEVELS]
    highest = max(named, key=LEVELS.index, default="village")
    return "village" if highest == "household" and len({piece.row.household_id for piece in pieces}) > 1 else highest


def _most(values: Iterable[str]) -> str:
    counted = Counter(values).most_common(1)
    return counted[0][0] if counted else ""


def _only(values: Iterable[str | None]) -> str | None:
    found = set(values)
    return found.pop() if len(found) == 1 else None
