"""The forms of the pages about tablets."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length


class DeviceReasonForm(FlaskForm):
    """Why a tablet is revoked, or a new PIN allowed."""

    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Please say why; the reason is kept.")), Length(max=2000)])
