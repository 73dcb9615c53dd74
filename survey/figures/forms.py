"""The form that chooses which figures a page shows."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField

from survey.figures.reading import LEAST_ANSWERS, Selection
from survey.pages.choices import choices_of
from survey.pages.fields import list_field
from survey.pages.plain_form import PlainForm

LEAST_OFFERED = (1, 5, 10, 30)


class SelectionForm(PlainForm):
    """The filters; sent with GET, so it needs no token and its address can be passed on. A visit is always chosen."""

    visit = SelectField(_l("Visit"), validate_choice=False)
    county = SelectField(_l("County"), validate_choice=False)
    village = SelectField(_l("Village"), validate_choice=False)
    kind = SelectField(_l("Kind of household"), validate_choice=False)
    area = SelectField(_l("Area"), validate_choice=False)
    indicator = SelectField(_l("Indicator"), validate_choice=False)
    least = SelectField(
        _l("Least answers"),
        validate_choice=False,
        choices=choices_of({str(number): str(number) for number in LEAST_OFFERED}),
        default=str(LEAST_ANSWERS),
    )

    def selection(self) -> Selection:
        """What is chosen, once the lists are filled; what a list does not offer limits nothing."""
        chosen = {}
        for name in ("visit", "county", "village", "kind", "area", "indicator"):
            offered = {choice.value for choice in list_field(self, name).choices or ()}
            if self[name].data not in offered:
                self[name].data = ""
            chosen[name] = self[name].data or ""
        if self.least.data not in {str(number) for number in LEAST_OFFERED}:
            self.least.data = str(LEAST_ANSWERS)
        return Selection(**chosen, least=int(self.least.data))


class UpdateForm(FlaskForm):
    """The button that has a visit's figures made anew, and where it leads back to."""

    visit = HiddenField()
    back = HiddenField()
