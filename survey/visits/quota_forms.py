"""The form that sets how many respondents of each kind a visit is to interview."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import NumberRange, Optional

from survey.visits.models import RESPONDENT_KINDS
from survey.visits.quota_operations import MAX_QUOTA
from survey.visits.words import RESPONDENT_LABELS


class QuotaFields(FlaskForm):
    """One number for each kind of respondent; an empty one sets no quota."""

    def wanted(self) -> dict[str, int]:
        """The quotas that were set, by kind."""
        return {kind: self[kind].data for kind in RESPONDENT_KINDS if self[kind].data}


def _number(kind: str) -> IntegerField:
    return IntegerField(RESPONDENT_LABELS[kind], [Optional(), NumberRange(0, MAX_QUOTA)])


QuotaForm = type("QuotaForm", (QuotaFields,), {kind: _number(kind) for kind in RESPONDENT_KINDS})
"""The form, with a field for every kind of respondent that there is."""
