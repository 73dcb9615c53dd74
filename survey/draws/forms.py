"""The forms of the pages of draws."""

import re
from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from questionnaires.errors import SurveyError
from survey.draws.design import (
    CHANCE_AMONG_HOUSEHOLDS,
    CHANCE_AMONG_VILLAGES,
    KINDS,
    MARKERS,
    MAX_RESERVES,
    Design,
    HouseholdStage,
    VillageStage,
)
from survey.draws.frame import canonical_number
from survey.draws.models import Draw
from survey.draws.refusals import refusal
from survey.draws.words import (
    HOUSEHOLD_METHOD_LABELS,
    REASON_LABELS,
    SEED_SOURCE_LABELS,
    UNIT_STATE_LABELS,
    VILLAGE_METHOD_LABELS,
    VILLAGE_REASON_LABELS,
)
from survey.errors import spoken
from survey.field_time import FIELD_ZONE
from survey.pages.choices import choices_of
from survey.pages.fields import given
from survey.pages.plain_form import PlainForm
from survey.places.words import KIND_LABELS, MARKER_LABELS
from survey.visits.models import Visit

NAMED_LINE = re.compile(r"([0-9]{12})[\s,，;；:：]+(\S.*)")
DEPARTURE = time(8, 0)
"""The hour of departure that is proposed."""
FIELD_OF_REASON = {
    "no_villages": "named",
    "foreign_village": "named",
    "village_number": "n_villages",
    "too_few_villages": "n_villages",
    "village_reserves": "n_reserve_villages",
    "household_number": "n_households",
    "no_quotas": "quota_registered",
    "special_too_many": "special_old",
    "special_all": "special_old",
    "no_named": "named_households",
    "bad_line": "named_households",
    "unknown_household": "named_households",
    "named_needs_villages": "household_method",
    "short": "takes_all_where_short",
    "nowhere": "takes_all_where_short",
    "seed_short": "public_seed",
    "seed_long": "public_seed",
    "unknown_person": "opener_id",
}
"""The field at which a refusal is shown; others stand above the form."""


def _whole_number(label: LazyString, **kwargs: Any) -> IntegerField:
    return IntegerField(label, [Optional(), NumberRange(min=0, max=100_000, message=_l("Write a whole number."))], **kwargs)


class _OpeningForm(FlaskForm):
    """When the draw may be opened, and by whom where the team has no leader."""

    departs_at = DateTimeLocalField(
        _l("Departure"),
        [InputRequired(_l("Write day and time of the departure."))],
        description=_l("The leader opens the draw from then on; who opens earlier has to give a reason."),
    )
    opener_id = SelectField(
        _l("Who opens it"),
        [Optional()],
        description=_l("The visit's team has no leader. Only this person will be able to open the draw."),
    )

    def offer(self, people: Iterable[tuple[str, str]], *, has_leader: bool) -> None:
        """Let one of these people open the draw, unless the team has a leader, who opens it anyway."""
        if has_leader:
            del self.opener_id
        else:
            self.opener_id.choices = choices_of(people, none=_l("Decide later"))

    def opening(self) -> dict[str, Any]:
        """The values for operations."""
        return {
            "departs_at": given(self.departs_at.data).replace(tzinfo=FIELD_ZONE),
            "opener_id": self.opener_id.data if self.opener_id else None,
        }


class DrawForm(_OpeningForm):
    """How the draw is to be made, in the counties that were chosen before."""

    village_method = RadioField(_l("Villages"), choices=choices_of(VILLAGE_METHOD_LABELS), default="pps")
    n_villages = _whole_number(_l("Number of villages"))
    is_per_county = BooleanField(_l("so many in each county"))
    n_reserve_villages = IntegerField(
        _l("Villages in reserve"),
        [Optional(), NumberRange(min=0, max=MAX_RESERVES, message=_l("Write a whole number from 0 to 100."))],
        default=1,
        description=_l("They come in one after the other when a drawn village is given up with a reason."),
    )
    named = SelectMultipleField(_l("Which villages"), validate_choice=False)
    household_method = RadioField(_l("Households in each village"), choices=choices_of(HOUSEHOLD_METHOD_LABELS), default="simple")
    n_households = _whole_number(_l("Households per village"))
    quota_registered = _whole_number(KIND_LABELS["registered"])
    quota_lifted_out = _whole_number(KIND_LABELS["lifted_out"])
    quota_marginal = _whole_number(KIND_LABELS["marginal"])
    quota_ordinary = _whole_number(KIND_LABELS["ordinary"])
    special_old = _whole_number(MARKER_LABELS["old"])
    special_sick = _whole_number(MARKER_LABELS["sick"])
    special_disabled = _whole_number(MARKER_LABELS["disabled"])
    special_other_special = _whole_number(MARKER_LABELS["other_special"])
    named_households = TextAreaField(
        _l("Which households"), description=_l("One a line: the village's 12 digits, a blank, and the household's number.")
    )
    takes_all_where_short = BooleanField(
        _l("Where a village has fewer households than a quota, take all of them"),
        description=_l("Otherwise the draw is refused, and the first such village is named."),
    )
    reserves = IntegerField(
        _l("Reserves"),
        [Optional(), NumberRange(min=0, max=MAX_RESERVES, message=_l("Write a whole number from 0 to 100."))],
        default=3,
        description=_l("Drawn in order for each stratum of each village; they come in when a household has to be replaced."),
    )
    seed_source = RadioField(_l("Where the seed comes from"), choices=choices_of(SEED_SOURCE_LABELS), default="program")
    public_seed = StringField(
        _l("What was thrown"),
        filters=[lambda value: value.strip() if value else value],
        description=_l("Digits or letters in the order in which they fell: at least 6, or 20 without a secret part."),
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, visit: Visit, **kwargs: object) -> None:
        departure = datetime.combine(visit.starts_on, DEPARTURE)
        super().__init__(data={"departs_at": departure, "named": [row.village_code for row in visit.villages]}, **kwargs)

    def design(self, counties: tuple[str, ...]) -> Design:
        """The design as filled in; refused when a line of named households cannot be read."""
        villages, households = self.village_method.data, self.household_method.data
        by_chance = households in CHANCE_AMONG_HOUSEHOLDS
        return Design(
            VillageStage(
                method=villages,
                counties=tuple(sorted(counties)),
                n=self.n_villages.data or 0 if villages in CHANCE_AMONG_VILLAGES else 0,
                is_per_county=villages in CHANCE_AMONG_VILLAGES and bool(self.is_per_county.data),
                named=tuple(sorted(self.named.data or ())) if villages == "named" else (),
                reserves=self.n_reserve_villages.data or 0 if villages in CHANCE_AMONG_VILLAGES else 0,
            ),
            HouseholdStage(
                method=households,
                n=self.n_households.data or 0 if households in ("simple", "systematic") else 0,
                quotas=self._numbers("quota", KINDS) if households == "stratified" else {},
                special=self._numbers("special", MARKERS) if by_chance else {},
                reserves=(self.reserves.data or 0) if by_chance else 0,
                takes_all_where_short=by_chance and bool(self.takes_all_where_short.data),
                named=read_named(self.named_households.data or "") if households == "named" else (),
            ),
        )

    def _numbers(self, prefix: str, names: Iterable[str]) -> dict[str, int]:
        return {name: self[f"{prefix}_{name}"].data for name in names if self[f"{prefix}_{name}"].data}

    def refuse(self, error: SurveyError) -> None:
        """Show why the draw was refused, at the field that it speaks of if there is one."""
        name = FIELD_OF_REASON.get(str(error.values.get("reason")), "")
        if name not in self:
            self.form_errors.append(spoken(error))
            return
        detail = str(error.values["detail_zh" if str(get_locale()).startswith("zh") else "detail"])
        self[name].errors = [*self[name].errors, f"{detail[:1].upper()}{detail[1:]}"]


def read_named(text: str) -> tuple[tuple[str, str], ...]:
    """The households named one a line as (village code, number); refused with the line that cannot be read."""
    named = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = NAMED_LINE.fullmatch(line.strip())
        if found is None:
            raise refusal("bad_line", n=number, what=line.strip()[:40])
        named.append((found[1], canonical_number(found[2])))
    return tuple(sorted(set(named)))


class ArrangeForm(_OpeningForm):
    """Another departure, or another person who opens."""

    def __init__(self, draw: Draw, **kwargs: object) -> None:
        departure = draw.departs_at.astimezone(FIELD_ZONE).replace(tzinfo=None)
        super().__init__(data={"departs_at": departure, "opener_id": draw.opener_id or ""}, **kwargs)


class OpenForm(FlaskForm):
    """That the draw is to be opened, and why before the departure if it is."""

    reason = TextAreaField(_l("Why before the departure"), [Length(max=500)])
    is_sure = BooleanField(_l("Yes, open it now. It cannot be closed again."), [DataRequired(_l("Tick this to open the draw."))])

    def __init__(self, *, is_early: bool, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._is_early = is_early
        if not is_early:
            del self.reason

    def validate_reason(self, field: Field) -> None:
        """Ask for a reason before the departure."""
        if self._is_early and not (field.data or "").strip():
            raise ValidationError(_l("Write why the draw is opened before the departure."))


class ReasonForm(FlaskForm):
    """Why something is done that is not undone silently."""

    reason = StringField(_l("Reason"), [DataRequired(_l("Write the reason.")), Length(max=500)])


class _ReplacementForm(FlaskForm):
    """Why something of the sample is given up: a reason, and words where it has none."""

    note = StringField(_l("Note"), [Length(max=500)], description=_l("Needed for another reason; for the others where it helps."))

    def validate_note(self, field: Field) -> None:
        """Ask for words where the reason has none."""
        if self["reason"].data == "other" and not (field.data or "").strip():
            raise ValidationError(_l("Write what the other reason is."))


class ReplaceForm(_ReplacementForm):
    """Why a household cannot be interviewed."""

    reason = RadioField(_l("Why the household is replaced"), [InputRequired(_l("Choose a reason."))], choices=choices_of(REASON_LABELS))


class ReplaceVillageForm(_ReplacementForm):
    """Why a village is given up."""

    reason = RadioField(
        _l("Why the village is replaced"), [InputRequired(_l("Choose a reason."))], choices=choices_of(VILLAGE_REASON_LABELS)
    )


class SampleFilterForm(PlainForm):
    """Which units are shown; sent with GET."""

    village = SelectField(_l("Village"), validate_choice=False)
    state = SelectField(_l("State"), choices=choices_of(UNIT_STATE_LABELS, none=_l("In the sample and given up")), validate_choice=False)

    def offer(self, villages: Iterable[tuple[str, str]]) -> None:
        """Let one of the drawn villages be chosen."""
        self.village.choices = choices_of(villages, none=_l("All"))
