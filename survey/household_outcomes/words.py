"""What became of what a tablet told of issues at households, in the reader's language."""

from flask_babel import lazy_gettext as _l

FATE_LABELS = {
    "recorded": _l("Counts"),
    "changed": _l("Somebody else recorded something other meanwhile, and that was left as it is. Compare on the page of the visit."),
    "not_followed": _l("The issue is followed no more. Open it and look at its history."),
    "outside": _l("The household is not one of the issue's place or of the visit. Record it on the page of the visit where it belongs."),
    "not_yours": _l("The person is not of the visit any more. Let a coordinator record it on the page of the visit."),
    "gone": _l("The issue, the household or the visit is not here. Import the file on the server that the tablet belongs to."),
}
