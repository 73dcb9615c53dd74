"""Which events leave every answer and estimate as it is."""

UNRELATED = frozenset(
    (
        "assistance",
        "backup",
        "code_book",
        "coding_round",
        "contact",
        "dataset",
        "device",
        "expert",
        "file",
        "house_style",
        "issue",
        "issue_filter",
        "issue_ledger",
        "meeting",
        "quarantined_submission",
        "recommendation",
        "reminder",
        "reminder_channel",
        "report",
        "report_batch",
        "report_text",
        "user",
    )
)
"""Subjects of events that leave every estimate as it is; whatever is not known here has them made anew."""
