"""What the pages of visits call states, bases, kinds of meetings and the ledger's numbers, in the reader's language."""

from flask_babel import lazy_gettext as _l

from survey.places.words import KIND_LABELS

VISIT_STATE_LABELS = {
    "planned": _l("In planning"),
    "open": _l("Open"),
    "closed": _l("Closed"),
}
BASIS_LABELS = {
    "census": _l("Census"),
    "probability": _l("Probability sample"),
    "purposive": _l("Purposive choice"),
}
MEETING_KIND_LABELS = {
    "briefing": _l("Briefing"),
    "discussion": _l("Discussion"),
    "feedback": _l("Feedback"),
    "joint_meeting": _l("Quarterly joint meeting"),
    "liaison": _l("Liaison meeting"),
    "other": _l("Other meeting"),
}
ASSIGNMENT_STATE_LABELS = {
    "open": _l("Not received"),
    "received": _l("Waiting for review"),
    "accepted": _l("Accepted"),
    "returned": _l("Returned"),
}
NEXT_STEP_LABELS = {
    "villages": _l("Choose the villages"),
    "forms": _l("Choose the questionnaires"),
    "pairs": _l("Form the pairs"),
    "assignments": _l("Assign households to pairs"),
    "open": _l("Open the visit …"),
    "review": _l("Review what came in"),
    "returned": _l("Follow up what was returned"),
    "unmet": _l("Ask after households without an interview"),
    "close": _l("Close the visit …"),
    "reports": _l("Draft its reports"),
    "look_back": _l("Plan a look-back …"),
}
LEDGER_LABELS = {
    "visits": _l("Visits"),
    "cities": _l("Cities"),
    "counties": _l("Counties"),
    "villages": _l("Villages"),
    "households": _l("Household interviews"),
    "files_read": _l("Registration files read"),
    "meetings": _l("Meetings"),
    "recommendations": _l("Opinions and suggestions"),
    "survey_reports": _l("Survey reports"),
    "theory_reports": _l("Theoretical reports"),
}
LEDGER_NOTES = {
    "visits": _l("Visits that have begun, by their first day; those still in planning do not count."),
    "cities": _l("Different cities among the villages of these visits."),
    "counties": _l("Different counties among the villages of these visits."),
    "villages": _l("Different villages of these visits; one visited twice counts once."),
    "households": _l(
        "Households interviewed with the household form in these visits, look-backs included; an edited interview counts once."
    ),
    "files_read": _l("Archive checks received in these visits; an edited one counts once."),
    "meetings": _l("All meetings recorded, by the day they were held."),
    "recommendations": _l("All opinions and suggestions, by the day they were handed over."),
    "survey_reports": _l("Reports registered as survey reports; county drafts do not count."),
    "theory_reports": _l("Reports registered as theoretical reports."),
}
RECORDS_LABELS = {
    "paired": _l("One form together: the lead fills it in, the second countersigns"),
    "independent": _l("Each a form of their own, on their own tablet, without seeing the other's"),
}
RESPONDENT_LABELS = {
    **KIND_LABELS,
    "cadre": _l("Village cadres"),
    "work_team": _l("Resident work team"),
}
EVENT_LABELS = {
    "visit.created": _l("Created"),
    "visit.changed": _l("Facts changed"),
    "visit.tolerances_changed": _l("What passes as the same changed"),
    "visit.open": _l("Opened"),
    "visit.reopened": _l("Opened again"),
    "visit.closed": _l("Closed"),
    "visit.key_made": _l("Key for the tablets made"),
    "visit.planned": _l("Put back into planning"),
    "visit.villages_added": _l("Villages added"),
    "visit.village_changed": _l("Village changed"),
    "visit.village_removed": _l("Village removed"),
    "visit.forms_added": _l("Questionnaires added"),
    "visit.form_removed": _l("Questionnaire removed"),
    "visit.pair_added": _l("Pair added"),
    "visit.pair_changed": _l("Pair changed"),
    "visit.pair_removed": _l("Pair dissolved"),
    "visit.pairs_accepted": _l("Pairs put together from a proposal"),
    "visit.member_set": _l("Team changed"),
    "visit.members_added": _l("Team changed"),
    "visit.member_removed": _l("Somebody taken out of the team"),
    "visit.arranged": _l("Assignments moved on the board"),
    "visit.proposal_applied": _l("Proposal of assignments applied"),
    "visit.arrangement_undone": _l("Change on the board taken back"),
    "visit.day_note_set": _l("Note for a day written"),
    "draw.made": _l("Draw made and sealed"),
    "draw.opening_arranged": _l("Opening of the draw arranged"),
    "draw.opened": _l("Draw opened"),
    "draw.voided": _l("Draw voided"),
    "draw.published": _l("Draw published"),
    "draw.withdrawn": _l("Draw no longer published"),
    "draw.replaced": _l("Drawn household replaced"),
    "draw.replacement_taken_back": _l("Replacement taken back"),
    "visit.assigned": _l("Households assigned"),
    "visit.assignments_moved": _l("Assignments moved"),
    "visit.assignments_planned": _l("Assignments given a day"),
    "visit.assignments_removed": _l("Assignments removed"),
    "visit.outcome_recorded": _l("Recorded what a pair found"),
    "visit.look_back_planned": _l("Look-back planned from the earlier visit"),
    "visit.household_new": _l("New household added"),
    "visit.quotas_set": _l("Quotas set"),
    "visit.discrepancy_corrected": _l("Kind of a discrepancy corrected"),
    "visit.discrepancy_restored": _l("Correction of a discrepancy taken back"),
    "visit.meeting_recorded": _l("Meeting recorded"),
    "visit.meeting_changed": _l("Meeting changed"),
    "visit.meeting_files_added": _l("Files added to a meeting"),
    "visit.meeting_file_removed": _l("File of a meeting removed"),
    "visit.meeting_removed": _l("Meeting removed"),
    "visit.recommendation_recorded": _l("Recommendation recorded"),
    "visit.recommendation_removed": _l("Recommendation removed"),
}
