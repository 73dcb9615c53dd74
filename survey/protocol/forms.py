"""The form of a visit's limits."""

from dataclasses import fields

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FloatField
from wtforms.validators import InputRequired, NumberRange

from survey.protocol.limits import Limits, as_text


class LimitsForm(FlaskForm):
    """One number for each limit; the fields are made from the limits themselves."""

    def values(self) -> dict[str, float]:
        """The numbers by limit."""
        return {item.name: float(self[item.name].data or 0) for item in fields(Limits)}


for _item in fields(Limits):
    _most = _item.metadata["most"]
    _text = as_text(_most)
    _rules = [InputRequired(_l("Write a number.")), NumberRange(0, _most, _l("Write a number from 0 to %(most)s.", most=_text))]
    setattr(LimitsForm, _item.name, FloatField(_item.metadata["label"], _rules, description=_item.metadata["hint"]))
