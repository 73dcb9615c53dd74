"""What the interface answers with, as records: `msgspec` writes answers from them, and their description for OpenAPI too.

A text behind a name is what the description says of it; `described` marks it for translation. Nothing here reads or decides anything.
"""

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from survey.api.words import described

Item = TypeVar("Item")

Code = Annotated[str, Meta(description=described("Statistical code of a place, twelve digits."))]
Cell = str | int | float | bool | list[str] | None


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The root of all records."""


class Page(Record, Generic[Item], frozen=True):
    items: list[Item]
    next: Annotated[str | None, Meta(description=described("Address of the next page; null on the last one."))] = None


class Place(Record, frozen=True):
    code: Code
    name: str
    level: Annotated[str, Meta(description=described("province, city, county, township or village."))]
    parent_code: str | None
    is_invented: Annotated[bool, Meta(description=described("Whether it is made up, as in the demonstration."))]
    latitude: Annotated[float | None, Meta(description=described("Degrees, WGS 84."))]
    longitude: Annotated[float | None, Meta(description=described("Degrees, WGS 84."))]


class Visit(Record, frozen=True):
    id: str
    title: str
    starts_on: date
    ends_on: date
    state: Annotated[str, Meta(description=described("planned, open or closed."))]
    records: Annotated[str, Meta(description=described("paired: a pair fills in one form; independent: each of the two one of their own."))]
    look_back_of: Annotated[str | None, Meta(description=described("The visit that this one looks back on."))]
    is_invented: Annotated[bool, Meta(description=described("Whether it is made up, as in the demonstration."))]
    villages: Annotated[list[str], Meta(description=described("Codes of the villages that it goes to."))]
    forms: Annotated[list[str], Meta(description=described("The questionnaires that it uses, as form_id:version."))]


class Household(Record, frozen=True):
    id: str
    village_code: Code
    number: Annotated[str, Meta(description=described("Its number in the registry, within its village."))]
    head_name: Annotated[str, Meta(description=described("Name of its head; masked (王*) for those who may not see names."))]
    kind: Annotated[str, Meta(description=described("registered, lifted_out, marginal or ordinary."))]
    n_members: int
    cause: Annotated[str, Meta(description=described("Main cause of poverty, “” where none is known."))]
    markers: Annotated[list[str], Meta(description=described("old, sick, disabled, other_special."))]


class Interview(Record, frozen=True):
    instance_id: str
    form_id: str
    form_version: str
    visit_id: str | None
    village_code: str | None
    household_id: str | None
    recorded_as: Annotated[str, Meta(description=described("lead, or second where both of a pair keep records of their own."))]
    review_state: Annotated[str, Meta(description=described("received, accepted, returned or replaced."))]
    started_at: datetime | None
    ended_at: datetime | None
    received_at: datetime
    reviewed_at: datetime | None
    doubts: Annotated[list[str], Meta(description=described("Names of the checks that have a doubt about it."))]


class AnswerColumn(Record, frozen=True):
    name: str
    kind: Annotated[str, Meta(description=described("text, integer, decimal, date, datetime, category, multi …"))]
    label: dict[str, str]
    choices: Annotated[dict[str, dict[str, str]], Meta(description=described("Labels of the choices by their names."))]
    treatment: Annotated[str, Meta(description=described("What was done so that nobody can be told apart; “kept” for nothing."))]


class AnswerTable(Record, frozen=True):
    name: Annotated[str, Meta(description=described("Its name in addresses."))]
    form_id: str
    table: Annotated[str, Meta(description=described("“main”: a row per interview; else the name of a repeat: a row per entry."))]
    title: dict[str, str]
    n_rows: int
    columns: list[AnswerColumn]


class AnswerTables(Record, frozen=True):
    visit_id: str
    contents: Annotated[str, Meta(description=described("deidentified or full."))]
    dataset_hash: Annotated[str, Meta(description=described("Names the state of the data."))]
    tables: list[AnswerTable]


class AnswerRows(Record, frozen=True):
    visit_id: str
    table: str
    dataset_hash: Annotated[str, Meta(description=described("Names the state of the data."))]
    items: Annotated[list[dict[str, Cell]], Meta(description=described("Rows by column; the columns are told by the list of tables."))]
    next: Annotated[str | None, Meta(description=described("Address of the next page; null on the last one."))] = None


class IssueStep(Record, frozen=True):
    number: int
    action: str
    from_state: str | None
    to_state: str
    reason: str
    taken_at: datetime
    taken_by: Annotated[str, Meta(description=described("Name of the person; “” for the program itself."))]


class Issue(Record, frozen=True):
    number: Annotated[str, Meta(description=described("Year, county and sequence: 2018-610727-003."))]
    title: Annotated[str, Meta(description=described("As it was written, in the language of whoever wrote it."))]
    titles: Annotated[
        dict[str, str],
        Meta(description=described("By language, as evidence says it; empty for somebody's own words.")),
    ]
    finding: str
    area: str
    level: Annotated[str, Meta(description=described("Where it has to be mended."))]
    severity: str
    place_code: Code
    visit_id: str | None
    form_id: Annotated[str | None, Meta(description=described("The questionnaire whose rule it came from."))]
    rule: str | None
    attribution: str | None
    scope: str | None
    basis: Annotated[dict[str, int | float | str | None], Meta(description=described("How many show it of those asked."))]
    recommendation: str
    responsible_body: str
    due_on: date | None
    escalated_to: str | None
    state: str
    state_since: datetime
    raised_at: datetime
    verified_at: datetime | None
    reported_at: datetime | None
    closed_at: datetime | None
    merged_into: Annotated[str | None, Meta(description=described("Number of the issue that it was merged into."))]
    history: Annotated[list[IssueStep], Meta(description=described("Every step, the first one first."))]


class Estimate(Record, frozen=True):
    form_id: str
    indicator: str
    label: str
    category: Annotated[str, Meta(description=described("The answer that is counted, where the indicator is a distribution; else “”."))]
    domain_type: Annotated[str, Meta(description=described("visit, county, village, household_kind or marker."))]
    domain: Annotated[str, Meta(description=described("What the figure is of: a place's code, a kind, or the visit."))]
    domain_name: str
    county_code: str
    n: Annotated[int | None, Meta(description=described("Answers that it rests on."))]
    n_missing: int | None
    estimate: float | None
    se: Annotated[float | None, Meta(description=described("Standard error; null where no sample was drawn."))]
    ci_low: float | None
    ci_high: float | None
    df: float | None
    deff: float | None
    unit: str
    basis: Annotated[str, Meta(description=described("census, probability or purposive."))]
    suppressed: Annotated[bool, Meta(description=described("Whether it is withheld because too few answers stand behind it."))]


class Estimates(Record, frozen=True):
    visit_id: str
    made_at: datetime
    dataset_hash: Annotated[str, Meta(description=described("Names the state of the data."))]
    least: Annotated[int, Meta(description=described("Figures from fewer answers are withheld."))]
    items: list[Estimate]
    next: Annotated[str | None, Meta(description=described("Address of the next page; null on the last one."))] = None


class Version(Record, frozen=True):
    form_id: str
    version: str
    title: dict[str, str]
    published_at: datetime
    source_sha256: str


class Codebook(Record, frozen=True):
    form_id: str
    version: str
    title: dict[str, str]
    codebook: Annotated[
        dict[str, Any],
        Meta(description=described("Tables, columns, choices, indicators and issue rules, as bundles hold them (docs/bundle.md).")),
    ]


class Report(Record, frozen=True):
    id: str
    kind: str
    title: str
    visit_id: str | None
    region_code: str | None
    reported_on: date
    created_at: datetime
    language: str | None
    audience: str
    version: int
    sha256: Annotated[str | None, Meta(description=described("Hash of its file; null for one that was written elsewhere."))]
    dataset_hash: str | None
    file: Annotated[str | None, Meta(description=described("Address of its Word document."))]


class Finding(Record, frozen=True):
    form_id: str
    check: str
    title: str
    is_noticed: Annotated[bool, Meta(description=described("Whether it lies beyond what is usual."))]
    instance_ids: Annotated[list[str], Meta(description=described("The interviews it is about."))]
    values: Annotated[dict[str, Cell], Meta(description=described("The figures of the check, by name."))]


class Index(Record, frozen=True):
    title: str
    version: str
    user: str
    roles: list[str]
    places: Annotated[list[str], Meta(description=described("Codes of the places that the person is bound to; empty for everywhere."))]
    links: dict[str, str]


class Problem(Record, frozen=True):
    __doc__ = described("An error, by RFC 9457.")

    type: str
    title: str
    status: int
    detail: Annotated[str, Meta(description=described("What is wrong, in the reader's language."))]
    code: Annotated[str, Meta(description=described("The name of the error; it never changes."))]
    remedy: Annotated[str, Meta(description=described("What to do about it."))]
    place: Annotated[str | None, Meta(description=described("Where it is: a parameter, or the key of what was asked for."))] = None
