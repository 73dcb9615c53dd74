"""The invented households behind the demonstration: who lives there, and what shapes the answers over all visits. Pure."""

from dataclasses import dataclass
from random import Random

from survey.demo.chance import any_of, draw_from, happens, pick
from survey.demo.facts import County, Facts, People, Village

CAUSES = {
    "illness": 0.34,
    "disability": 0.12,
    "schooling": 0.11,
    "disaster": 0.03,
    "land": 0.03,
    "water": 0.02,
    "skills": 0.12,
    "labour": 0.11,
    "funds": 0.06,
    "transport": 0.03,
    "motivation": 0.03,
}
KIND_COUNTS = {"registered": 25, "lifted_out": 19, "marginal": 7, "ordinary": 9}
"""How many of sixty households of a village are of each kind."""


@dataclass(frozen=True, slots=True)
class Person:
    """One member of a household, as it stays over all visits."""

    name: str
    relation: str
    sex: str
    birth_year: int
    health: str
    is_chronic: bool
    disability: str
    is_insured: bool
    leaves_school: bool
    """Whether this child is not at school when the first interviews are held."""
    works_away: bool


@dataclass(frozen=True, slots=True)
class Home:
    """One household. `wellbeing` is its standing among its kind, from -2 (worst) to 2; money is in yuan."""

    number: str
    village: Village
    county: County
    kind: str
    cause: str
    people: tuple[Person, ...]
    group_name: str
    wellbeing: float
    latitude: float
    longitude: float
    structure: str
    house_year: int
    house_area_m2: int
    is_house_bad: bool
    housing_help: str
    housing_help_year: int
    housing_cost_cny: int
    housing_subsidy_cny: int
    has_tap: bool
    is_signed: bool
    has_dibao: bool
    has_project: bool
    registered_year: int
    exit_year: int

    @property
    def key(self) -> tuple[str, str]:
        """What names it among all: its village's code and its number."""
        return self.village.code, self.number

    @property
    def head_name(self) -> str:
        """The name of the head, who is the first member."""
        return self.people[0].name

    @property
    def n_members(self) -> int:
        """The number of people."""
        return len(self.people)

    @property
    def has_file(self) -> bool:
        """Whether there is a registration file to read."""
        return self.kind in ("registered", "lifted_out")

    @property
    def is_sick(self) -> bool:
        """Whether somebody is seriously ill."""
        return any(person.health == "serious" for person in self.people)

    def markers(self) -> tuple[str, ...]:
        """The marks of households that need special attention."""
        marks = {
            "old": any(person.birth_year <= 1942 for person in self.people),
            "sick": self.is_sick,
            "disabled": any(person.disability == "severe" for person in self.people),
            "other_special": all(person.birth_year <= 1955 or person.birth_year >= 2002 for person in self.people),
        }
        return tuple(name for name, is_so in marks.items() if is_so)


def seat_of(village: Village, county: County) -> tuple[float, float]:
    """Where the village's committee sits, in degrees: invented, some ten kilometres around the county's town."""
    rng = draw_from(int(county.code), village.code, "seat")
    return round(county.latitude + rng.uniform(-0.09, 0.09), 5), round(county.longitude + rng.uniform(-0.11, 0.11), 5)


def invent_homes(facts: Facts, village: Village, county: County) -> tuple[Home, ...]:
    """All households of a village, in the order of their numbers."""
    rng = draw_from(facts.seed, village.code)
    kinds = [kind for kind, count in KIND_COUNTS.items() for _ in range(count)]
    kinds = kinds[: facts.households_per_village]
    rng.shuffle(kinds)
    return tuple(_home(facts, village, county, number, kind) for number, kind in enumerate(kinds, 1))


def _home(facts: Facts, village: Village, county: County, number: int, kind: str) -> Home:
    rng, seat = draw_from(facts.seed, village.code, number), seat_of(village, county)
    cause = pick(rng, CAUSES) if kind != "ordinary" else ""
    people = _people(rng, facts.people, kind, cause)
    is_poor = kind in ("registered", "lifted_out")
    helped = {"none": 0.5, "relocated": 0.28, "renovated": 0.2, "both": 0.02} if is_poor else {"none": 0.88, "renovated": 0.12}
    housing_help = pick(rng, helped)
    is_moved = housing_help in ("relocated", "both")
    area = min(25 * len(people) + any_of(rng, (0, 0, 0, 0, 0, 0, 0, 10, 20)), 140) if is_moved else rng.randrange(50, 160, 5)
    cost = area * rng.randrange(900, 1650, 50) if is_moved else rng.randrange(12_000, 60_000, 1000)
    subsidy = min(cost, len(people) * rng.randrange(15_000, 25_000, 1000)) if is_moved else min(cost, rng.randrange(8_000, 24_000, 1000))
    has_help = housing_help != "none"
    return Home(
        number=f"{number:03}",
        village=village,
        county=county,
        kind=kind,
        cause=cause,
        people=people,
        group_name=f"{any_of(rng, '一二三四五')}组",
        wellbeing=max(-2.0, min(2.0, rng.gauss(0, 0.9))),
        latitude=round(seat[0] + rng.gauss(0, 0.0026), 6),
        longitude=round(seat[1] + rng.gauss(0, 0.003), 6),
        structure=pick(rng, {"brick_concrete": 0.75, "brick_timber": 0.25} if has_help else _STRUCTURES),
        house_year=rng.randrange(2013, 2017) if has_help else rng.randrange(1972, 2012),
        house_area_m2=area,
        is_house_bad=not has_help and happens(rng, 0.42 * (1 - county.housing) + (0.04 if is_poor else 0)),
        housing_help=housing_help,
        housing_help_year=rng.randrange(2013, 2016) if has_help else 0,
        housing_cost_cny=cost if has_help else 0,
        housing_subsidy_cny=subsidy if has_help else 0,
        has_tap=happens(rng, county.water),
        is_signed=happens(rng, 0.82 if is_poor else 0.45),
        has_dibao=happens(rng, {"registered": 0.48, "lifted_out": 0.16, "marginal": 0.05, "ordinary": 0.01}[kind]),
        has_project=is_poor and happens(rng, 0.45 + 0.35 * county.industry),
        registered_year=any_of(rng, (2013, 2014, 2014, 2014, 2015)),
        exit_year=any_of(rng, (2015, 2015, 2016)),
    )


_STRUCTURES = {"earth": 0.46, "brick_timber": 0.22, "brick_concrete": 0.2, "timber": 0.07, "stone": 0.05}


def _people(rng: Random, names: People, kind: str, cause: str) -> tuple[Person, ...]:
    """The members, the head first: a couple of some age, often with children, parents or grandchildren."""
    surname = any_of(rng, names.surnames)
    head_birth = rng.randrange(1938, 1986)
    members = [("head", "male" if happens(rng, 0.86) else "female", head_birth)]
    is_alone = happens(rng, 0.14 if kind == "registered" else 0.05) or cause == "labour" and happens(rng, 0.35)
    if not is_alone and happens(rng, 0.84):
        members.append(("spouse", "female" if members[0][1] == "male" else "male", head_birth + rng.randrange(-3, 6)))
    if not is_alone:
        n_children = rng.choices((0, 1, 2, 3), (0.12, 0.4, 0.4, 0.08))[0] + (cause == "schooling")
        for _ in range(n_children):
            members.append(("child", _sex(rng), head_birth + rng.randrange(21, 36)))
        if any(role == "child" and birth < 1993 for role, _, birth in members) and happens(rng, 0.5):
            for _ in range(rng.randrange(1, 3)):
                members.append(("grandchild", _sex(rng), rng.randrange(2001, 2015)))
        if head_birth > 1958 and happens(rng, 0.3):
            members.append(("parent", _sex(rng), head_birth - rng.randrange(20, 30)))
    members = [(role, sex, min(birth, 2015)) for role, sex, birth in members][:8]
    unlucky = rng.randrange(len(members))
    return tuple(
        _person(rng, names, surname, role, sex, birth, kind, cause if number == unlucky else "")
        for number, (role, sex, birth) in enumerate(members)
    )


def _sex(rng: Random) -> str:
    return any_of(rng, ("male", "female"))


def _person(rng: Random, names: People, surname: str, role: str, sex: str, birth: int, kind: str, hardship: str) -> Person:
    age = 2017 - birth
    given = any_of(rng, names.given_male if sex == "male" else names.given_female)
    own_surname = any_of(rng, names.surnames) if role == "spouse" else surname
    health = pick(
        rng,
        {"good": 0.62, "fair": 0.26, "poor": 0.1, "serious": 0.02}
        if age < 60
        else {"good": 0.2, "fair": 0.4, "poor": 0.35, "serious": 0.05},
    )
    if hardship == "illness":
        health = pick(rng, {"poor": 0.35, "serious": 0.65})
    disability = pick(rng, {"none": 0.955, "no_certificate": 0.01, "mild": 0.025, "severe": 0.01})
    if hardship == "disability":
        disability = pick(rng, {"no_certificate": 0.08, "mild": 0.4, "severe": 0.52})
    return Person(
        name=own_surname + given,
        relation=role,
        sex=sex,
        birth_year=birth,
        health=health,
        is_chronic=health in ("poor", "serious") and happens(rng, 0.72) or happens(rng, 0.05),
        disability=disability,
        is_insured=happens(rng, 0.995 if kind == "registered" else 0.985),
        leaves_school=6 <= age <= 18 and happens(rng, 0.006 if age <= 15 else 0.05),
        works_away=19 <= age <= 50 and health in ("good", "fair") and disability == "none" and happens(rng, 0.42),
    )
