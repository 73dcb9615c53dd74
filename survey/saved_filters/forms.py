"""The forms of saved filters: keeping the present one under a name, and changing one."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from survey.saved_filters.models import MAX_NAME_LENGTH
from survey.visits.forms import trimmed

LIST, BOARD = "list", "board"


class NameForm(FlaskForm):
    """The name of a filter, and whether all coordinators see it."""

    name = StringField(
        _l("Name of the filter"),
        [DataRequired(_l("Write a name.")), Length(max=MAX_NAME_LENGTH, message=_l("At most %(max)d characters."))],
        filters=[trimmed],
    )
    is_shared = BooleanField(_l("Share with all coordinators"))


class SaveForm(NameForm):
    """The filter that is shown, under a name; its parts come beside, as in the address. `page` is where it is shown."""

    replaces = BooleanField(_l("Replace my filter of this name"))
    page = HiddenField()
