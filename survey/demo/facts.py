"""What is fixed in the demonstration, as records read from facts.toml. Pure: nothing is drawn and nothing is stored."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

FACTS = Path(__file__).parent / "facts.toml"
FIRST_TOWNSHIP, FIRST_VILLAGE = 901, 201


@dataclass(frozen=True, slots=True)
class Village:
    """An invented village; `key` is how facts.toml names it, such as "610727-01"."""

    key: str
    code: str
    name: str
    township_code: str
    township_name: str


@dataclass(frozen=True, slots=True)
class County:
    """A county, real by name and code, with its invented villages and how well it does in five respects (0 to 1)."""

    code: str
    name: str
    latitude: float
    longitude: float
    villages: tuple[Village, ...]
    water: float
    doctor: float
    industry: float
    housing: float
    conduct: float


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit: its villages by key, its pairs by number, and how much of each kind is received."""

    id: str
    title: str
    starts_on: date
    ends_on: date
    purpose: str
    villages: tuple[str, ...]
    pairs: tuple[int, ...]
    n_households: int
    n_files: int
    n_recommendations: int
    look_back_of: str | None = None
    is_open: bool = False
    n_not_yet: int = 0
    """Interviews that are planned and not yet held."""
    n_days_held: int = 0
    """In an open visit: the days of interviews until now."""
    n_returned: int = 0
    """Interviews and archive checks without a doubt that are returned nevertheless, for something that does not add up."""
    n_edits: int = 0
    """Interviews that were returned for a mistake and sent again, edited."""
    n_doubles: int = 0
    """Households for which the second interviewer filled in a form of their own."""
    n_refused: int = 0
    """Interviews that were first sent with a mistake which validation refused."""
    n_impossible: int = 0
    """Interviews whose times say that their pair came from one county to the next faster than anybody travels."""
    records: str = "paired"
    """"independent" where both of a pair fill in forms of their own."""

    @property
    def days_held(self) -> tuple[date, ...]:
        """The days of interviews: all but the first and the last of the visit, or those until now."""
        n_days = self.n_days_held or (self.ends_on - self.starts_on).days - 1
        return tuple(self.starts_on + timedelta(days=number) for number in range(1, n_days + 1))


@dataclass(frozen=True, slots=True)
class People:
    """The invented people and how two of the pairs go astray."""

    admin: str
    coordinator: str
    author: str
    county: str
    county_region: str
    organisation: str
    county_organisation: str
    leads: tuple[str, ...]
    seconds: tuple[str, ...]
    careless_pair: int
    rosy_pair: int
    surnames: str
    given_male: tuple[str, ...]
    given_female: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeetingKind:
    """A meeting that visits hold; `day` counts from the first day, or back from the last when negative."""

    kind: str
    day: int
    title: str
    minutes: str


@dataclass(frozen=True, slots=True)
class RecommendationText:
    """An opinion handed over; `{place}` stands for the county."""

    area: str
    text: str


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report registered by hand."""

    kind: str
    title: str
    reported_on: date
    visit: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything in facts.toml."""

    password: str
    seed: int
    households_per_village: int
    province: tuple[str, str]
    cities: tuple[tuple[str, str], ...]
    counties: tuple[County, ...]
    visits: tuple[VisitFacts, ...]
    people: People
    meetings: tuple[MeetingKind, ...]
    joint_after: tuple[str, ...]
    recommendations: tuple[RecommendationText, ...]
    reports: tuple[ReportFacts, ...]

    def county_of(self, village_key: str) -> County:
        """The county of a village named by its key."""
        return next(county for county in self.counties if county.code == village_key[:6])

    def village(self, key: str) -> Village:
        """The village of this key."""
        return self.county_of(key).villages[int(key[-2:]) - 1]


@cache
def read_facts(path: Path = FACTS) -> Facts:
    """The facts of the demonstration, read once."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    meetings = data["meetings"]
    return Facts(
        password=data["password"],
        seed=data["seed"],
        households_per_village=data["households_per_village"],
        province=(data["province"]["code"], data["province"]["name"]),
        cities=tuple((city["code"], city["name"]) for city in data["cities"]),
        counties=tuple(_county(row) for row in data["counties"]),
        visits=tuple(VisitFacts(**_frozen(row)) for row in data["visits"]),
        people=People(**_frozen(data["people"])),
        meetings=tuple(MeetingKind(**row) for row in meetings["kinds"]),
        joint_after=tuple(meetings["joint_after"]),
        recommendations=tuple(RecommendationText(**row) for row in data["recommendations"]),
        reports=tuple(ReportFacts(**row) for row in data["reports"]),
    )


def _frozen(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def _county(row: dict[str, Any]) -> County:
    code, townships = row["code"], row.pop("townships")
    villages = []
    for number, name in enumerate(row.pop("villages")):
        place = number % len(townships)
        township_code = f"{code}{FIRST_TOWNSHIP + place}"
        village_code = f"{township_code}{FIRST_VILLAGE + number}"
        villages.append(Village(f"{code}-{number + 1:02}", village_code, name, township_code, townships[place]))
    return County(villages=tuple(villages), **row)
