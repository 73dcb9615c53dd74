"""Where an interview was held, beside where the household and the village are."""

from flask_babel import gettext as _

from survey.intake.models import Submission
from survey.maps.drawing import Map, MapPoint, draw_map
from survey.protection.reading import shown_name

WIDTH, HEIGHT = 400, 300


def interview_map(submission: Submission) -> Map | None:
    """The map of one interview, None where it has no position; `household` and `village` must be loaded."""
    if submission.latitude is None or submission.longitude is None:
        return None
    is_far = any(flag.check == "far_position" for flag in submission.flags)
    points = [MapPoint(submission.latitude, submission.longitude, _("Interview"), "doubt" if is_far else "done")]
    household, village = submission.household, submission.village
    if household is not None and household.latitude is not None and household.longitude is not None:
        points.append(MapPoint(household.latitude, household.longitude, shown_name(household.head_name), "household"))
    if village is not None and village.latitude is not None and village.longitude is not None:
        points.append(MapPoint(village.latitude, village.longitude, village.name, "village"))
    legend = {
        "done": _("where it was held"),
        "doubt": _("where it was held, far from the household"),
        "household": _("the household's house"),
        "village": _("village"),
    }
    return draw_map(points, title=_("Where the interview was held"), legend=legend, width=WIDTH, height=HEIGHT)
