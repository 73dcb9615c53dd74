"""A list of people read from a spreadsheet, one account for each row: good rows as records, everything else as problems. Pure.

Which user names and places there are already is told by arguments.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.people_terms import ROLE_OF, VOCABULARY
from survey.places import codes
from survey.places.roster_terms import fold
from survey.places.sheet_layout import SheetProblem, Wrong, count_bad_rows, find_layouts, in_order, missing_headings
from survey.places.tabular import UnreadableTable, read_sheets
from survey.rights.cutting import BOUND_ROLES

MAX_PEOPLE = 500
"""Every first password is hashed slowly on purpose; so many take about a minute."""
MAX_LENGTHS = {"username": 64, "name": 64, "organisation": 128, "phone": 32, "contact_email": 255}
PATTERNS = {
    "username": (re.compile(r"[A-Za-z0-9._-]+"), "bad_username"),
    "phone": (re.compile(r"[0-9+() -]*"), "bad_phone"),
    "contact_email": (re.compile(r"([^@\s]+@[^@\s]+)?"), "bad_email"),
}
_LIST_MARKS = re.compile(r"[,，、;；/\s]+")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One account to be made. `region_code` is what the responsible side answers for, `place_codes` what others are bound to."""

    row: int
    username: str
    name: str
    roles: tuple[str, ...]
    organisation: str = ""
    phone: str = ""
    contact_email: str = ""
    region_code: str = ""
    place_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeopleList:
    """What a file holds."""

    rows: tuple[PersonRow, ...]
    problems: tuple[SheetProblem, ...]

    @property
    def n_bad_rows(self) -> int:
        """How many rows have at least one problem."""
        return count_bad_rows(self.problems)


def read_people(data: bytes, name: str) -> PeopleList:
    """The people in an .xlsx or delimited text file called `name`.

    Raises SurveyError UNREADABLE_PEOPLE when the file as a whole is no such list.
    """
    try:
        sheets = read_sheets(data)
    except UnreadableTable as error:
        raise _unreadable(name, error.reason, str(error), error.detail) from error
    layouts = find_layouts(sheets, VOCABULARY)
    if not layouts:
        missing = missing_headings(sheets, VOCABULARY)
        raise _unreadable(name, "no_headings", "it lacks the headings {place}. Name the columns as in the sample file.", missing)
    rows: dict[str, PersonRow] = {}
    problems: list[SheetProblem] = []
    for sheet, layout in layouts:
        for row in sheet.rows[layout.header_row :]:
            if row.is_blank:
                continue
            before = len(problems)
            wrong = layout.noter(row, problems)
            found = _person(row.number, layout.texts(row, wrong), wrong)
            if len(problems) > before:
                continue
            if (first := rows.setdefault(found.username.casefold(), found)) is not found:
                wrong("username", "duplicate", str(first.row))
    if not rows and not problems:
        raise _unreadable(name, "no_rows", "there are headings but no rows below them.")
    if len(rows) > MAX_PEOPLE:
        raise _unreadable(name, "too_many", "it holds more than {place} people. Split it.", str(MAX_PEOPLE))
    return PeopleList(tuple(rows.values()), in_order(problems))


def _unreadable(name: str, reason: str, text: str, detail: str = "") -> SurveyError:
    return SurveyError(ErrorCode.UNREADABLE_PEOPLE, file=name, detail=text, reason=reason, place=detail)


def _person(number: int, texts: Mapping[str, str], wrong: Wrong) -> PersonRow:
    """The record of one row; what is wrong with it is noted. Signs of full width are read as the ordinary ones."""
    texts = {column: unicodedata.normalize("NFKC", text) if column in PATTERNS else text for column, text in texts.items()}
    for column in ("username", "name", "roles"):
        if not texts.get(column):
            wrong(column, "missing")
    for column, limit in MAX_LENGTHS.items():
        if len(texts.get(column, "")) > limit:
            wrong(column, "too_long", str(limit))
    for column, (pattern, reason) in PATTERNS.items():
        if texts.get(column) and not pattern.fullmatch(texts[column]):
            wrong(column, reason)
    words = [word for word in _LIST_MARKS.split(texts.get("roles", "")) if word]
    roles = _roles(texts.get("roles", ""), words, wrong)
    places = tuple(word for word in _LIST_MARKS.split(texts.get("places", "")) if word)
    region_code, place_codes = _places(roles, places, wrong)
    plain = {column: texts.get(column, "") for column in MAX_LENGTHS}
    return PersonRow(row=number, roles=roles, region_code=region_code, place_codes=place_codes, **plain)


def _roles(text: str, words: list[str], wrong: Wrong) -> tuple[str, ...]:
    """The roles that a cell names; "responsible side" is one word of two, so that the whole cell is looked at first."""
    if fold(text) in ROLE_OF:
        return (ROLE_OF[fold(text)],)
    if unknown := [word for word in words if fold(word) not in ROLE_OF]:
        wrong("roles", "unknown_role", "、".join(unknown))
        return ()
    return tuple(dict.fromkeys(ROLE_OF[fold(word)] for word in words))


def _places(roles: Collection[str], places: tuple[str, ...], wrong: Wrong) -> tuple[str, tuple[str, ...]]:
    """What the person answers for, and what the person is bound to, as full codes."""
    full = [codes.full_code(place) for place in places]
    if None in full:
        wrong("places", "bad_place")
        return "", ()
    found = tuple(code for code in full if code)
    if "responsible" in roles:
        if len(found) > 1 or any(codes.level_of(code) != "county" for code in found):
            wrong("places", "one_county")
        return next(iter(found), ""), ()
    if found and ("admin" in roles or not BOUND_ROLES & set(roles)):
        wrong("places", "place_not_for_role")
    return "", found


def with_known_places(people: PeopleList, known: Collection[str]) -> PeopleList:
    """The list without people whose places are not among the `known` codes; each becomes a problem."""
    rows, problems = [], list(people.problems)
    for row in people.rows:
        unknown = [code for code in (*row.place_codes, *([row.region_code] if row.region_code else ())) if code not in known]
        if unknown:
            problems.append(SheetProblem(row.row, VOCABULARY.columns["places"][0], "、".join(unknown), "unknown_place"))
        else:
            rows.append(row)
    return PeopleList(tuple(rows), in_order(problems))


def without_names_of_others(people: PeopleList, holders: Mapping[str, str]) -> PeopleList:
    """The list without people whose user name somebody of another name has already; `holders` are names by user names in small letters."""
    rows, problems = [], list(people.problems)
    for row in people.rows:
        holder = holders.get(row.username.casefold(), row.name)
        if _bare(holder) != _bare(row.name):
            problems.append(SheetProblem(row.row, VOCABULARY.columns["username"][0], row.username, "taken", holder))
        else:
            rows.append(row)
    return PeopleList(tuple(rows), in_order(problems))


def _bare(name: str) -> str:
    """A name without the blanks that line up names in lists."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


def people_record(people: PeopleList) -> dict[str, Any]:
    """The list as JSON values, so that it can wait for its importer's word."""
    return asdict(people)


def people_of(record: Mapping[str, Any]) -> PeopleList:
    """The list that `people_record` wrote."""
    rows = (PersonRow(**{**row, "roles": tuple(row["roles"]), "place_codes": tuple(row["place_codes"])}) for row in record["rows"])
    return PeopleList(tuple(rows), tuple(SheetProblem(**problem) for problem in record["problems"]))
