"""Which issues of a county may be one and the same: by the rule that raised them, or by how alike their words are. Pure.

A proposal is only that. Two issues become one when a coordinator has looked at both and merges them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

SAME, SIMILAR = "same", "similar"
SIMILAR_FROM = 62
"""From which likeness (0 to 100) two issues are shown as similar. Four characters in common of titles of six make 67."""
_SHORTEST_FINDING = 8
"""Findings of fewer characters say too little to be compared."""


@dataclass(frozen=True, slots=True)
class Told:
    """What of an issue says whether it is another one: its words, its place, and the rule that it came from."""

    id: str
    title: str
    finding: str
    area: str
    place_code: str
    form_id: str | None = None
    rule: str | None = None

    @property
    def county_code(self) -> str:
        """The county in six digits."""
        return self.place_code[:6]


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another issue that may be the same one. `kind` is "same" (same rule and county) or "similar", `percent` how alike the words are."""

    id: str
    kind: str
    percent: int
    is_same_place: bool


def find_alike(issue: Told, others: Iterable[Told]) -> tuple[Likeness, ...]:
    """Those of `others` that may be the same as the issue, the surest first; itself and other counties are left out."""
    found = (likeness(issue, other) for other in others if other.id != issue.id and other.county_code == issue.county_code)
    return tuple(
        sorted((each for each in found if each), key=lambda each: (each.kind != SAME, not each.is_same_place, -each.percent, each.id))
    )


def likeness(issue: Told, other: Told) -> Likeness | None:
    """How alike two issues of one county are; None when nothing says that they are one."""
    percent = round(_alike(issue, other))
    is_same_place = issue.place_code == other.place_code
    if issue.rule and (issue.form_id, issue.rule) == (other.form_id, other.rule):
        return Likeness(other.id, SAME, percent, is_same_place)
    return Likeness(other.id, SIMILAR, percent, is_same_place) if percent >= SIMILAR_FROM and issue.area == other.area else None


def _alike(issue: Told, other: Told) -> float:
    """0 to 100: the titles, or titles and findings together where both say enough."""
    titles = fuzz.ratio(_plain(issue.title), _plain(other.title))
    findings = _plain(issue.finding), _plain(other.finding)
    if min(len(text) for text in findings) < _SHORTEST_FINDING:
        return titles
    return max(titles, 0.4 * titles + 0.6 * fuzz.ratio(*findings))


def _plain(text: str) -> str:
    """The letters and digits of a text; signs and blanks say nothing about what it means."""
    return "".join(character for character in text.casefold() if character.isalnum())
