"""The forms of the expert pool. Skills, people, places and visits are offered through arguments."""

from collections.abc import Iterable

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from survey.issues.words import AREA_LABELS
from survey.liaison.expert_operations import FOCUS_AREAS, MAX_LENGTHS, MAX_SKILL_LENGTH, ExpertFacts, lists_of
from survey.liaison.expert_queries import ExpertFilter
from survey.liaison.forms import EMAIL, PHONE, trimmed
from survey.liaison.models import Expert
from survey.liaison.places import Gazetteer
from survey.liaison.words import AVAILABILITY_LABELS, EXPERT_LEVEL_LABELS, SKILL_LABELS
from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.places.codes import full_code

SEPARATORS = str.maketrans(dict.fromkeys("，,；;\n\t", "、"))
FOCUS_LABELS = {area: AREA_LABELS[area] for area in FOCUS_AREAS}


def split_list(text: str | None) -> tuple[str, ...]:
    """The items of a list as people write one, each once."""
    items = (item.strip() for item in (text or "").translate(SEPARATORS).split("、"))
    return tuple(dict.fromkeys(filter(None, items)))


def skill_choices(used: Iterable[str]) -> list[tuple[str, object]]:
    """Our own skills, then those that were added in free words."""
    return [*SKILL_LABELS.items(), *((skill, skill) for skill in used if skill not in SKILL_LABELS)]


class ExpertFilterForm(PlainForm):
    """Who is looked for; sent with GET."""

    skill = SelectField(_l("Skill"), validate_choice=False)
    area = SelectField(_l("Focus area"), choices=choices_of(FOCUS_LABELS, none=_l("All")), validate_choice=False)
    place = SelectField(_l("Place"), validate_choice=False)
    availability = SelectField(_l("Availability"), choices=choices_of(AVAILABILITY_LABELS, none=_l("All")), validate_choice=False)
    search = StringField(_l("Name, organisation or skill"), filters=[trimmed])

    def offer(self, used_skills: Iterable[str], places: Iterable[tuple[str, str]]) -> None:
        """Let one of these skills and places be chosen."""
        self.skill.choices = choices_of(skill_choices(used_skills), none=_l("All"))  # type: ignore[arg-type]
        self.place.choices = choices_of(places, none=_l("All"))

    def wanted(self) -> ExpertFilter:
        """Who is looked for."""
        return ExpertFilter(
            skill=self.skill.data or "",
            area=self.area.data or "",
            place=full_code(self.place.data or "") or "",
            availability=self.availability.data or "",
            search=self.search.data or "",
        )


class ExpertForm(FlaskForm):
    """One expert."""

    name = StringField(_l("Full name"), [DataRequired(_l("Write the person's name.")), Length(max=64)], filters=[trimmed])
    user_id = SelectField(_l("Account here"), description=_l("With an account, visits follow from teams and pairs."))
    organisation = StringField(_l("Organisation"), [Length(max=128)], filters=[trimmed])
    post = StringField(_l("Post"), [Length(max=128)], filters=[trimmed])
    level = SelectField(_l("Level of the organisation"), choices=choices_of(EXPERT_LEVEL_LABELS), default="province")
    phone = StringField(_l("Telephone"), [Length(max=64), PHONE], filters=[trimmed], render_kw={"autocomplete": "off"})
    email = StringField(_l("E-mail address"), [Length(max=255), EMAIL], filters=[trimmed], render_kw={"autocomplete": "off"})
    availability = SelectField(_l("Availability"), choices=choices_of(AVAILABILITY_LABELS), default="available")
    availability_note = StringField(
        _l("When, and how long"), [Length(max=255)], filters=[trimmed], description=_l("Such as: weekends, or two weeks in summer.")
    )
    skills = SelectMultipleField(_l("Skills"))
    further_skills = StringField(_l("Further skills"), filters=[trimmed], description=_l("Several are separated by commas."))
    areas = SelectMultipleField(_l("Focus areas"), choices=choices_of(FOCUS_LABELS))
    places = StringField(
        _l("Places known"),
        filters=[trimmed],
        description=_l("Where the expert can go to, or knows well: names or codes, separated by commas. All that lies in them is meant."),
    )
    visits = SelectMultipleField(_l("Visits taken part in, besides those of teams and pairs"))

    def offer(
        self, used_skills: Iterable[str], people: Iterable[tuple[str, str]], visits: Iterable[tuple[str, str]], gazetteer: Gazetteer
    ) -> None:
        """Let these skills, people and visits be chosen, and places of the gazetteer be written."""
        self.skills.choices = choices_of(skill_choices(used_skills))  # type: ignore[arg-type]
        self.user_id.choices = choices_of(people, none=_l("None"))
        self.visits.choices = choices_of(visits)
        self._gazetteer = gazetteer
        if not self.is_submitted():
            self.places.data = "、".join(gazetteer.shortest(code) for code in split_list(self.places.data))

    def validate_further_skills(self, field: Field) -> None:
        """Refuse a skill that is longer than a few words."""
        for skill in split_list(field.data):
            if len(skill) > MAX_SKILL_LENGTH:
                raise ValidationError(_("“%(skill)s” is longer than %(limit)s characters.", skill=skill, limit=MAX_SKILL_LENGTH))

    def validate_places(self, field: Field) -> None:
        """Refuse a name that is no place here, or several."""
        for text in split_list(field.data):
            found = self._gazetteer.find(text)
            if found.is_ambiguous:
                raise ValidationError(_("Several places are called %(name)s. Write the code, or the county before it.", name=text))
            if not found.code:
                raise ValidationError(_("%(name)s is not among the places here.", name=text))

    def facts(self) -> ExpertFacts:
        """What was entered; a further skill that is one of our own counts as that."""
        names = {str(label): skill for skill, label in SKILL_LABELS.items()}
        further = (names.get(skill, skill) for skill in split_list(self.further_skills.data))
        return ExpertFacts(
            name=self.name.data or "",
            user_id=self.user_id.data or None,
            post=self.post.data or "",
            organisation=self.organisation.data or "",
            level=self.level.data,
            phone=self.phone.data or "",
            email=self.email.data or "",
            availability=self.availability.data,
            availability_note=self.availability_note.data or "",
            skills=tuple(dict.fromkeys((*(self.skills.data or ()), *further))),
            areas=tuple(self.areas.data or ()),
            places=tuple(dict.fromkeys(self._gazetteer.find(text).code for text in split_list(self.places.data))),
            visits=tuple(self.visits.data or ()),
        )

    @classmethod
    def of(cls, expert: Expert) -> "ExpertForm":
        """The form, filled with the expert."""
        lists = {name: list(values) for name, values in lists_of(expert).items()}
        texts = {name: getattr(expert, name) for name in (*MAX_LENGTHS, "level", "availability", "user_id")}
        return cls(data={**texts, **lists, "places": "、".join(lists["places"])})
