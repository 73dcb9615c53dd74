"""What the pages of two records call states, decisions, coefficients and the reasons why one is missing, in the reader's language."""

from flask_babel import lazy_gettext as _l

STATE_LABELS = {
    "new": _l("Not begun"),
    "open": _l("Begun"),
    "finished": _l("Reconciled"),
}
STATE_TONES = {"new": "warn", "open": "info", "finished": "good"}
CHOICE_LABELS = {
    "left": _l("The lead's"),
    "right": _l("The second's"),
    "other": _l("Another answer"),
}
EVENT_LABELS = {
    "reconciliation.decided": _l("Answer decided"),
    "reconciliation.taken_back": _l("Decision on an answer taken back"),
    "reconciliation.finished": _l("Reconciled"),
    "reconciliation.reopened": _l("Reconciling taken up again"),
}
COEFFICIENT_LABELS = {
    "share": _l("Share agreeing"),
    "kappa": _l("Cohen's kappa"),
    "weighted_kappa": _l("Weighted kappa"),
    "alpha": _l("Krippendorff's alpha"),
    "icc_1_1": _l("ICC(1,1)"),
    "icc_2_1": _l("ICC(2,1)"),
}
REASON_LABELS = {
    "no_units": _l("nothing was answered by both"),
    "too_few": _l("fewer than two interviews"),
    "no_variance": _l("every answer is the same, so chance cannot be told apart"),
    "no_disagreement": _l("all agree, so an interval has no width"),
}
SORT_LABELS = {
    "share": _l("Lowest share agreeing first"),
    "kappa": _l("Lowest kappa first"),
    "alpha": _l("Lowest alpha first"),
    "icc_1_1": _l("Lowest intraclass correlation first"),
    "icc_2_1": _l("Lowest ICC(2,1) first"),
    "form": _l("As in the questionnaire"),
}
VIEW_LABELS = {
    "questions": _l("By question"),
    "sections": _l("By section"),
    "pairs": _l("By pair"),
    "joint": _l("Signed together"),
}
