"""What importing a list of persons would do now: households found or made from their persons, persons new, changed or unchanged.

Reads, never writes.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.places.models import Household, Region
from survey.places.roster import MAX_MEMBERS
from survey.places.roster_compare import VillageFinder
from survey.places.roster_plan import known_villages, stored_households
from survey.places.sheet_layout import SheetProblem, count_bad_rows, in_order
from survey.protection.erased import read_erased
from survey.registry.member_sheet import MemberList, MemberRow, without_doubles
from survey.registry.models import HouseholdMember

FIELDS = ("name", "sex", "birth_year", "relation", "schooling", "health", "work", "id_number")
"""The fields of a person that a row may change."""
ASKED_AT_A_TIME = 10_000
"""So many fingerprints go into one statement; SQLite takes some 32,000 values."""

Key = tuple[str, str]
"""A household's village code and number."""


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household that is on no roster yet, as its persons describe it."""

    village_code: str
    number: str
    head_name: str
    kind: str
    cause: str
    group_name: str
    n_members: int


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """The list with every village known, and what would come of its rows.

    `n_absent` persons of the mentioned households are not in the file and stay; `n_sizes_differ` households would then have another
    number of persons than the roster says.
    """

    members: MemberList
    households: Mapping[Key, Household]
    new_households: tuple[NewHousehold, ...]
    new: tuple[MemberRow, ...]
    changed: tuple[tuple[MemberRow, HouseholdMember, tuple[str, ...]], ...]
    unchanged: tuple[MemberRow, ...]
    n_absent: int
    n_sizes_differ: int
    village_names: Mapping[str, str]

    @property
    def n_bad_rows(self) -> int:
        """The number of rows that cannot be imported."""
        return count_bad_rows(self.members.problems)

    def by_village(self) -> tuple[tuple[str, str, dict[str, int]], ...]:
        """Per village of the file: code, name, and how many rows are "new", "changed" and "unchanged"."""
        counts: dict[str, dict[str, int]] = defaultdict(lambda: {"new": 0, "changed": 0, "unchanged": 0})
        for name, rows in (("new", self.new), ("changed", [row for row, _, _ in self.changed]), ("unchanged", self.unchanged)):
            for row in rows:
                counts[row.village_code][name] += 1
        return tuple((code, self.village_names[code], counts[code]) for code in sorted(counts))


def plan_members(session: Session, listed: MemberList) -> MemberPlan:
    """The plan of importing the list; four statements, and one for each few hundred villages or identity numbers."""
    villages = known_villages(session)
    rows, problems = _in_villages(listed, villages)
    households = stored_households(session, {row.village_code for row in rows})
    rows, wrong = _in_households(rows, households, listed.headings)
    problems += wrong
    stored = _present_members(session, households.values())
    elsewhere = _living_elsewhere(session, rows, households)
    erased = read_erased(session, {row.village_code for row in rows}, {row.id_number_hash for row in rows})
    kept = []
    for row in rows:
        household = households.get((row.village_code, row.number))
        if erased.has(row.village_code, row.name, household.id if household else None, row.id_number_hash):
            problems.append(SheetProblem(row.row, listed.headings.get("name", ""), row.name, "erased", sheet=row.sheet))
        elif row.id_number_hash in elsewhere:
            heading = listed.headings.get("id_number", "")
            problems.append(SheetProblem(row.row, heading, "", "lives_elsewhere", elsewhere[row.id_number_hash], row.sheet))
        else:
            kept.append(row)
    new, changed, unchanged = _compare(kept, households, stored)
    seen = {member.id for _, member, _ in changed}
    after: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in kept:
        after[row.village_code, row.number] += 1
    n_known = sum(len(stored[household.id]) for key, household in households.items() if key in after)
    n_absent = n_known - len(seen) - len(unchanged)
    sizes = {key: len(stored[household.id]) for key, household in households.items() if key in after}
    for row in new:
        sizes[row.village_code, row.number] = sizes.get((row.village_code, row.number), 0) + 1
    return MemberPlan(
        members=MemberList(tuple(kept), in_order(problems), listed.headings),
        households=households,
        new_households=_new_households(kept, households),
        new=tuple(new),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        n_absent=n_absent,
        n_sizes_differ=sum(1 for key, household in households.items() if key in after and sizes[key] != household.n_members),
        village_names={code: name for code, (name, _) in villages.items()},
    )


def _in_villages(listed: MemberList, villages: Mapping[str, tuple[str, str]]) -> tuple[list[MemberRow], list[SheetProblem]]:
    """The rows with their village's code, those named twice left out, and the problems of the others."""
    finder = VillageFinder(villages)
    rows, problems = [], list(listed.problems)
    for row in listed.rows:
        found = finder.find(row, listed.headings)
        if isinstance(found, SheetProblem):
            problems.append(found)
        else:
            rows.append(replace(row, village_code=found))
    unique, doubled = without_doubles(rows, listed.headings)
    return unique, problems + doubled


def _in_households(
    rows: Iterable[MemberRow], households: Mapping[Key, Household], headings: Mapping[str, str]
) -> tuple[list[MemberRow], list[SheetProblem]]:
    """The rows whose household is known or can be made from them, and the problems of the others."""
    groups: dict[Key, list[MemberRow]] = defaultdict(list)
    for row in rows:
        groups[row.village_code, row.number].append(row)
    good: list[MemberRow] = []
    problems: list[SheetProblem] = []

    def wrong(of: MemberRow, column: str, value: str, reason: str, detail: str = "") -> None:
        problems.append(SheetProblem(of.row, headings.get(column, ""), value, reason, detail, of.sheet))

    for key, group in groups.items():
        heads = [row for row in group if row.relation == "head"]
        if len(heads) > 1:
            wrong(heads[1], "relation", heads[1].name, "second_head", f"{heads[0].sheet} {heads[0].row}".strip())
        elif len(group) > MAX_MEMBERS:
            wrong(group[MAX_MEMBERS], "number", key[1], "too_many_members", str(MAX_MEMBERS))
        elif key in households:
            good.extend(group)
        elif not any(row.kind for row in group):
            for row in group:
                wrong(row, "number", key[1], "unknown_household")
        elif not heads and group[0].relation is not None:
            wrong(group[0], "relation", group[0].name, "no_head")
        else:
            good.extend(group)
    return good, problems


def _new_households(rows: Iterable[MemberRow], households: Mapping[Key, Household]) -> tuple[NewHousehold, ...]:
    groups: dict[Key, list[MemberRow]] = defaultdict(list)
    for row in rows:
        if (row.village_code, row.number) not in households:
            groups[row.village_code, row.number].append(row)

    def first(group: list[MemberRow], name: str) -> str:
        return next((getattr(row, name) for row in group if getattr(row, name)), "")

    return tuple(
        NewHousehold(
            village_code=code,
            number=number,
            head_name=next((row.name for row in group if row.relation == "head"), group[0].name),
            kind=first(group, "kind"),
            cause=first(group, "cause"),
            group_name=first(group, "group_name"),
            n_members=len(group),
        )
        for (code, number), group in groups.items()
    )


def _present_members(session: Session, households: Iterable[Household]) -> dict[str, list[HouseholdMember]]:
    """Who lives in these households now, by household."""
    codes = sorted({household.village_code for household in households})
    statement = (
        select(HouseholdMember)
        .join(Household, Household.id == HouseholdMember.household_id)
        .where(Household.village_code.in_(codes), HouseholdMember.left_on.is_(None))
        .order_by(HouseholdMember.household_id, HouseholdMember.position)
    )
    found: dict[str, list[HouseholdMember]] = defaultdict(list)
    for member in session.scalars(statement):
        found[member.household_id].append(member)
    return found


def _living_elsewhere(session: Session, rows: list[MemberRow], households: Mapping[Key, Household]) -> dict[str | None, str]:
    """The fingerprints of persons who live in another household than their row says, with where: village and household number."""
    home_of = {row.id_number_hash: households.get((row.village_code, row.number)) for row in rows if row.id_number_hash}
    wanted, found = sorted(home_of), {}
    for start in range(0, len(wanted), ASKED_AT_A_TIME):
        statement = (
            select(HouseholdMember.id_number_hash, Household.id, Region.name, Household.number)
            .join(Household, Household.id == HouseholdMember.household_id)
            .join(Region, Region.code == Household.village_code)
            .where(HouseholdMember.id_number_hash.in_(wanted[start : start + ASKED_AT_A_TIME]), HouseholdMember.left_on.is_(None))
        )
        for id_number_hash, household_id, village, number in session.execute(statement):
            home = home_of[str(id_number_hash)]
            if home is None or home.id != household_id:
                found[id_number_hash] = f"{village} {number}"
    return found


def _compare(
    rows: Iterable[MemberRow], households: Mapping[Key, Household], stored: Mapping[str, list[HouseholdMember]]
) -> tuple[list[MemberRow], list[tuple[MemberRow, HouseholdMember, tuple[str, ...]]], list[MemberRow]]:
    """The rows that are new, that change somebody (with the fields), and that change nothing; a person is found by number, then name."""
    new, changed, unchanged = [], [], []
    matched: set[str] = set()
    numbered = {row.id_number_hash for row in rows if row.id_number_hash}
    for row in rows:
        household = households.get((row.village_code, row.number))
        here = stored.get(household.id, []) if household else []
        same = [member for member in here if row.id_number_hash and member.id_number_hash == row.id_number_hash]
        same += [member for member in here if member.name == row.name and member.id_number_hash not in numbered]
        member = next((each for each in same if each.id not in matched), None)
        if member is None:
            new.append(row)
            continue
        matched.add(member.id)
        fields = tuple(name for name in FIELDS if _differs(row, member, name))
        if fields:
            changed.append((row, member, fields))
        else:
            unchanged.append(row)
    return new, changed, unchanged


def _differs(row: MemberRow, member: HouseholdMember, name: str) -> bool:
    """Whether the row says something else of the person; None says nothing."""
    if name == "id_number":
        return row.id_number_hash is not None and row.id_number_hash != member.id_number_hash
    given = getattr(row, name)
    return given is not None and given != getattr(member, name)
