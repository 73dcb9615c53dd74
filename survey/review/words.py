"""What the review pages call states and events, in the reader's language."""

from flask_babel import lazy_gettext as _l

STATE_LABELS = {
    "received": _l("Waiting for review"),
    "accepted": _l("Accepted"),
    "returned": _l("Returned"),
    "replaced": _l("Replaced by an edit"),
}
QUERY_LABELS = {
    "noted": _l("To be asked when the interview is returned"),
    "asked": _l("Asked"),
    "resolved": _l("Resolved"),
}
RECORDED_AS_LABELS = {
    "lead": _l("the lead's own"),
    "second": _l("the second's own"),
}
QUARANTINE_LABELS = {
    "waiting": _l("Waiting for a decision"),
    "admitted": _l("Admitted"),
    "settled": _l("Settled"),
}
EVENT_LABELS = {
    "submission.received": _l("Received"),
    "submission.attachments_received": _l("Missing attachments received"),
    "submission.file_held_back": _l("A file with a virus held back"),
    "submission.countersigned": _l("Countersigned by the second"),
    "submission.not_countersigned": _l("Not countersigned by the second"),
    "submission.query_noted": _l("Question about an answer noted"),
    "submission.query_dropped": _l("Question about an answer taken back"),
    "submission.query_closed": _l("Question about an answer closed"),
    "submission.flagged": _l("Doubt raised later"),
    "submission.unflagged": _l("Doubt taken back, its cause is gone"),
    "submission.suspended": _l("Left the figures until it is readmitted"),
    "submission.accepted": _l("Accepted"),
    "submission.returned": _l("Returned"),
    "submission.reopened": _l("Decision taken back"),
    "submission.corrected": _l("Answer corrected"),
    "submission.correction_withdrawn": _l("Correction withdrawn"),
    "submission.candidate_raised": _l("Discrepancy offered as evidence of an issue"),
    "submission.candidate_withdrawn": _l("Evidence of an issue taken back"),
    "submission.candidates_raised": _l("Issue candidates added after the answers that count changed"),
    "submission.candidates_withdrawn": _l("Issue candidates withdrawn after the answers that count changed"),
    "submission.quarantined": _l("Kept in quarantine"),
    "submission.admitted": _l("Admitted from quarantine"),
    "submission.settled": _l("Settled"),
}
FINDING_LABELS = {
    "required": _l("Required answer missing"),
    "constraint": _l("Outside the allowed range"),
    "choice": _l("Not one of the choices"),
    "type": _l("Wrong kind of value"),
    "irrelevant": _l("Answered though not to be asked"),
    "calculation": _l("Differs from the calculation"),
    "unknown": _l("Question not in the form"),
    "repeat_count": _l("Wrong number of repetitions"),
    "unknown_original": _l("Edits an unknown submission"),
    "other_form": _l("Edits another form's submission"),
    "already_replaced": _l("Edits what was already replaced"),
    "not_yours": _l("Edits another pair's submission"),
    "unnamed_file": _l("Attachment nobody names"),
    "unsafe_name": _l("Unsafe attachment name"),
    "wrong_media": _l("Wrong kind of attachment"),
    "other_content": _l("Another file of the same name"),
}
