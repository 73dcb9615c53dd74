"""The forms of the questionnaire pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileAllowed, FileField, FileRequired, MultipleFileField
from wtforms import HiddenField, SubmitField
from wtforms.validators import DataRequired, Length, Optional, Regexp

FILE_LIST = r"^(?:[0-9a-f]{64} [^\r\n/\\]{1,255}(?:\r?\n|$))*$"
"""Files that already lie in storage, one a line: hash and name."""


class CheckForm(FlaskForm):
    """A questionnaire file to be checked."""

    file = FileField(
        _l("Questionnaire file"),
        [
            FileRequired(_l("Choose a file.")),
            FileAllowed(("xlsx", "xlsm", "xls", "md", "csv"), _l("Choose an .xlsx, .xlsm, .xls, .md or .csv file.")),
        ],
        description=_l("An XLSForm workbook (.xlsx, .xls), or the same sheets as text: Markdown tables (.md), or .csv."),
        render_kw={"accept": ".xlsx,.xlsm,.xls,.md,.csv"},
    )
    files = MultipleFileField(
        _l("Data files, pictures, sounds and films that it names"),
        [Optional()],
        description=_l(
            "Lists of choices (.csv, .xml, .geojson) and media; several files, or one .zip. Files of the check before are kept."
        ),
    )
    kept = HiddenField(validators=[Optional(), Regexp(FILE_LIST)])
    submit = SubmitField(_l("Check this file"))


class PublishForm(FlaskForm):
    """A checked file, by the hash of its content, to be published."""

    sha256 = HiddenField(validators=[DataRequired(), Regexp(r"^[0-9a-f]{64}$")])
    name = HiddenField(validators=[DataRequired(), Length(max=255)])
    files = HiddenField(validators=[Optional(), Regexp(FILE_LIST)])
    submit = SubmitField(_l("Publish this version"))
