"""How an administrator made sure who asks, before second factors are reset: as surely as when the account was given."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, SubmitField
from wtforms.validators import InputRequired

PROOFS = {
    "in person": _l("The person stood before me, and I know them or saw their work card."),
    "called back": _l("I called back at the number that was known before, and know the voice."),
    "superior": _l("The person's superior, whom I know, vouches for it in writing or by a call that I made."),
}
"""What can be said, by the word that the log tells."""


class ResetForm(FlaskForm):
    """Whether second factors are reset, and how it was made sure who asks."""

    proof = RadioField(
        _l("How did you make sure who asks?"),
        [InputRequired(_l("Say how you made sure. Without that, whoever calls could take the account over."))],
        choices=[SelectChoice(value=word, label=label) for word, label in PROOFS.items()],
    )
    submit = SubmitField(_l("Reset the second factor"))
