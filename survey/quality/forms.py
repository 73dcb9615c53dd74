"""The filters of the pages of quality."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from survey.pages.choices import choices_of
from survey.pages.plain_form import PlainForm

EVERYTHING = "all"


class FilterForm(PlainForm):
    """The filters; sent with GET, so it needs no token and its address can be passed on."""

    form = SelectField(_l("Questionnaire"), validate_choice=False)
    pair = SelectField(_l("Pair"), validate_choice=False)
    rows = SelectField(_l("Which rows"), validate_choice=False)

    def offer(self, forms: Sequence[tuple[str, str]], pairs: Sequence[tuple[str, str]]) -> None:
        """Fill the lists; forms are given as (id, title), pairs as (key, names)."""
        self.form.choices = choices_of(list(forms))
        self.pair.choices = choices_of(list(pairs), none=_("All"))
        self.rows.choices = choices_of({EVERYTHING: _("All rows")}, none=_("Marked rows only"))
