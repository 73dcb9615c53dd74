"""Forms that change nothing by themselves and need no token: filters, and the rows of other forms."""

from flask_wtf import FlaskForm
from wtforms import Form


class PlainForm(Form):
    """A form without a token, which says what is wrong in the language of the page, as those with one do."""

    class Meta(FlaskForm.Meta):
        csrf = False
