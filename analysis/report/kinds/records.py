"""What a report is made of: what it is about, and the records that come from the register, because no bundle holds them. Data only.

Whoever has the register fills these in (`survey/reports/facts_*.py`); everything that leaves the house by way of a report is in them, so
places are named as their readers may be told of them, and no household, interview or person is.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date

from analysis.bundle import Bundle
from analysis.report.estimates import Estimates


@dataclass(frozen=True, slots=True)
class About:
    """What a report is about; empty where its kind needs none. A county has six digits, a village twelve."""

    visit_id: str = ""
    county_code: str = ""
    village_code: str = ""
    area: str = ""
    year: int = 0
    quarter: int = 0
    month: int = 0

    def record(self) -> dict[str, str]:
        """What is given, as texts: the parameters that a document and the register keep."""
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True, slots=True)
class IssueFact:
    """An issue of the register as it stood on the report's day.

    `county_code` has six digits; `place` is the name that its readers are told. `households` of `households_asked` show it; None where
    nobody counted. `is_overdue`, `section` (of a joint meeting's agenda) and `state` are those of the day. `outcomes` counts what a
    look-back found at the households of the issue.
    """

    number: str
    title: str
    finding: str
    area: str
    level: str
    severity: str
    scope: str
    attribution: str
    state: str
    county_code: str
    county: str
    place: str
    place_code: str
    households: int | None = None
    households_asked: int | None = None
    villages: int | None = None
    recommendation: str = ""
    responsible_body: str = ""
    due_on: date | None = None
    raised_on: date | None = None
    reported_on: date | None = None
    state_since: date | None = None
    is_overdue: bool = False
    section: str = ""
    reply: str = ""
    outcomes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeetingFact:
    """A meeting that was held, and what it decided about issues: (number of the issue, decision)."""

    held_on: date
    kind: str
    title: str
    place: str
    decisions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WorkRow:
    """The numbers of the work ledger for one visit or quarter, by name."""

    title: str
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WorkFact:
    """The work ledger of a year: its totals, by visit, and how far issues came (`survey/issue_figures/figures.py` says what is counted)."""

    total: Mapping[str, int]
    visits: tuple[WorkRow, ...] = ()
    quarters: tuple[WorkRow, ...] = ()
    issues: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgreementFact:
    """How far two interviewers of one interview agree about one form: answers compared and the same, in so many interviews."""

    form: str
    n_interviews: int
    n_compared: int
    n_same: int


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody said, chosen by hand and cleaned of who it was; `speaker` is a kind of household or of person, never a name."""

    text: str
    speaker: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class LogHead:
    """The head of the log of events as it is printed: its last event's number, digest and day, its signature, the key's fingerprint."""

    number: int
    digest: str
    day: date
    signature: str
    fingerprint: str


@dataclass(frozen=True)
class Sources:
    """Everything that one report is made of; what its kind does not need is left empty.

    `bundles` hold the interviews, of one visit or, for a study of one area, of several; `before` those of the visit looked back on.
    `texts` are an organisation's own wordings of blocks by name (`blocks.py`). `county` names the county that `about` has the code of,
    where no interviews do.
    """

    about: About
    language: str
    today: date
    bundles: tuple[Bundle, ...] = ()
    before: Bundle | None = None
    issues: tuple[IssueFact, ...] = ()
    meetings: tuple[MeetingFact, ...] = ()
    work: WorkFact | None = None
    agreement: tuple[AgreementFact, ...] = ()
    log_head: LogHead | None = None
    quotations: tuple[Quotation, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    minimum_n: int = 0
    calibrate: tuple[str, ...] = ()
    county: str = ""
    estimates: Estimates = field(init=False, default_factory=Estimates, repr=False, compare=False)

    @property
    def bundle(self) -> Bundle:
        """The interviews of the one visit that the report is about."""
        return self.bundles[0]

    @property
    def all_bundles(self) -> tuple[Bundle, ...]:
        """All interviews that the report speaks of, those of the visit looked back on last."""
        return self.bundles if self.before is None else (*self.bundles, self.before)
