"""Which submissions a list shows. Pure: filters to SQL conditions."""

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, exists, select

from survey.intake.models import Countersignature, Flag, Submission
from survey.visits.models import Assignment, Visit

ANY_FLAG, NO_FLAG = "any", "none"
NOT_SIGNED = "no"


@dataclass(frozen=True, slots=True)
class SubmissionFilter:
    """What is looked for; "" means no limit. `county` is six digits, `flag` a check, "any" or "none"."""

    visit: str = ""
    county: str = ""
    village: str = ""
    form: str = ""
    state: str = ""
    pair: str = ""
    flag: str = ""
    signed: str = ""
    """"no": the second has not countersigned, or that is not proven."""

    def parameters(self) -> dict[str, str]:
        """The filters that limit something, as the parameters of an address."""
        return {name: value for name, value in asdict(self).items() if value}


def within(prefix: str) -> ColumnElement[bool]:
    """The condition that a submission's village lies in the place whose code begins with `prefix`; a range, so that an index serves it."""
    return Submission.village_code.between(prefix.ljust(12, "0"), prefix.ljust(12, "9"))


def conditions(wanted: SubmissionFilter, *, with_state: bool = True) -> list[ColumnElement[bool]]:
    """The SQL conditions on `Submission`; without a state asked for, replaced submissions are left out."""
    found: list[ColumnElement[bool]] = []
    if wanted.visit:
        found.append(Submission.visit_id == wanted.visit)
    if wanted.county:
        found.append(within(wanted.county))
    if wanted.village:
        found.append(Submission.village_code == wanted.village)
    if wanted.form:
        found.append(Submission.form_id == wanted.form)
    if wanted.pair:
        found.append(Submission.assignment_id.in_(select(Assignment.id).where(Assignment.pair_id == wanted.pair)))
    if wanted.flag == NO_FLAG:
        found.append(~exists().where(Flag.instance_id == Submission.instance_id))
    elif wanted.flag:
        flagged = exists().where(Flag.instance_id == Submission.instance_id)
        found.append(flagged if wanted.flag == ANY_FLAG else flagged.where(Flag.check == wanted.flag))
    if wanted.signed == NOT_SIGNED:
        is_signed = exists().where(Countersignature.instance_id == Submission.instance_id, Countersignature.is_verified)
        is_paired = Submission.visit_id.in_(select(Visit.id).where(Visit.records == "paired"))
        found += [~is_signed, is_paired]
    if with_state:
        found.append(Submission.review_state == wanted.state if wanted.state else Submission.review_state != "replaced")
    return found
