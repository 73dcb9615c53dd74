"""One household on one occasion: what every part of an invented answer depends on."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random

from survey.demo.chance import draw_from, happens
from survey.demo.facts import VisitFacts
from survey.demo.homes import Home, Person

WORK_BEGAN = date(2016, 7, 1)


@dataclass(frozen=True)
class Case:
    """A household that is visited on `day` by the pair of this number; `rng` gives what belongs to this occasion alone."""

    seed: int
    form_id: str
    home: Home
    visit: VisitFacts
    day: date
    pair: int
    is_careless: bool
    """The pair makes the interview up."""
    is_rosy: bool
    """The pair leads its respondents to good news."""

    @cached_property
    def rng(self) -> Random:
        """The generator of this occasion."""
        return draw_from(self.seed, self.visit.id, self.form_id, self.home.village.code, self.home.number)

    def leaning(self, topic: str) -> float:
        """How the household stands to a topic, from 0 (bad) to 1 (good), the same on every occasion."""
        return draw_from(self.seed, self.home.village.code, self.home.number, topic).random()

    def does_well(self, topic: str, share: float) -> bool:
        """Whether the household is among the best-off `share` on a topic; who was once stays so while the share grows."""
        return self.leaning(topic) >= 1 - share

    def chance(self, probability: float) -> bool:
        """Whether something of this probability happens on this occasion."""
        return happens(self.rng, probability)

    @cached_property
    def lift(self) -> float:
        """How much better things have become since the work began: slowly everywhere, faster where a look-back found matters mended."""
        return 0.05 * (self.day - WORK_BEGAN).days / 365 + (0.16 if self.visit.look_back_of else 0)

    def age(self, person: Person) -> int:
        """The age of a member as the questionnaire works it out."""
        return self.day.year - person.birth_year

    @cached_property
    def pupils(self) -> tuple[Person, ...]:
        """The members that are at school."""
        return tuple(person for person in self.home.people if self.school_status(person) == "in_school")

    @cached_property
    def truants(self) -> tuple[Person, ...]:
        """The children of 6 to 15 years that ought to be at school and are not."""
        away = ("dropped_out", "never_enrolled")
        return tuple(p for p in self.home.people if 6 <= self.age(p) <= 15 and self.school_status(p) in away)

    def school_status(self, person: Person) -> str:
        """What the questionnaire records of a member's schooling; "" outside 3 to 18 years."""
        age = self.age(person)
        if not 3 <= age <= 18:
            return ""
        if age >= 6 and person.disability == "severe":
            return "taught_at_home" if self.does_well("taught_at_home", 0.5 + self.lift) else "never_enrolled"
        if person.leaves_school and not (self.visit.look_back_of and age <= 15):
            return "dropped_out"
        if age <= 5:
            return "in_school" if self.does_well(f"kindergarten{person.name}", 0.6) else "not_yet"
        if age == 18 or age >= 16 and not self.does_well(f"senior{person.name}", 0.8):
            return "in_school" if age == 18 and self.does_well(f"senior{person.name}", 0.4) else "finished"
        return "in_school"

    @cached_property
    def workers(self) -> tuple[Person, ...]:
        """The members that can work."""
        return tuple(person for person in self.home.people if self.work_ability(person) in ("full", "part"))

    def work_ability(self, person: Person) -> str:
        """How far a member of 16 or more can work; "" for children."""
        age = self.age(person)
        if age < 16:
            return ""
        if age > 74 or person.disability == "severe" or person.health == "serious" and age > 45:
            return "none"
        return "part" if age > 62 or person.health in ("poor", "serious") or person.disability == "mild" else "full"

    def main_work(self, person: Person) -> str:
        """What a member of 16 or more mainly did last year; "" for children."""
        if not self.work_ability(person):
            return ""
        if person in self.pupils:
            return "student"
        if self.work_ability(person) == "none":
            return "none"
        if person.works_away:
            return "migrant"
        place = self.leaning(f"work{person.name}")
        if place < 0.1 and self.home.has_project:
            return "public_post"
        return "local_wage" if place > 0.72 else "business" if place > 0.68 else "farming"
