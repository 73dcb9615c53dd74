"""The forms that say of which period a ledger or figures are to tell; sent with GET."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, RadioField, ValidationError
from wtforms.validators import Optional

from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm
from survey.visits.periods import EVER, Period

BY = {"year": _l("By year"), "quarter": _l("By quarter")}


class DaysForm(PlainForm):
    """From a day to a day."""

    since = DateField(_l("From"), [Optional()])
    until = DateField(_l("To"), [Optional()])

    def validate_until(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_l("This lies before the first day."))

    def period(self) -> Period:
        """The period; everything when what was entered is no period."""
        return Period(self.since.data, self.until.data) if self.validate() else EVER

    def parameters(self) -> dict[str, Any]:
        """The days that were entered, as the parameters of an address."""
        period = self.period()
        days = {"since": period.since, "until": period.until}
        return {name: day.isoformat() for name, day in days.items() if day}


class PeriodForm(DaysForm):
    """From a day to a day, and whether years or quarters are shown."""

    by = RadioField(_l("Shown"), choices=choices_of(BY), default="year", validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.by.data not in BY:
            self.by.data = "year"

    def parameters(self) -> dict[str, Any]:
        """What was entered and limits something, as the parameters of an address."""
        found = super().parameters()
        return {**found, "by": "quarter"} if self.by.data == "quarter" else found
