"""The forms of the questionnaire pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired
from wtforms import HiddenField, SubmitField
from wtforms.validators import DataRequired, Length, Regexp


class CheckForm(FlaskForm):
    """A questionnaire file to be checked."""

    file = FileField(
        _l("Questionnaire file"),
        [
            FileRequired(_l("Choose a file.")),
            FileAllowed(("xlsx", "xls", "md"), _l("Choose an .xlsx, .xls or .md file.")),
        ],
        description=_l("An XLSForm workbook (.xlsx, .xls), or the same sheets as Markdown tables (.md)."),
        render_kw={"accept": ".xlsx,.xls,.md"},
    )
    submit = SubmitField(_l("Check this file"))


class PublishForm(FlaskForm):
    """A checked file, by the hash of its content, to be published."""

    sha256 = HiddenField(validators=[DataRequired(), Regexp(r"^[0-9a-f]{64}$")])
    name = HiddenField(validators=[DataRequired(), Length(max=255)])
    submit = SubmitField(_l("Publish this version"))
