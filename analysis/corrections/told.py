"""What became of a log of corrections, as a table and as a sentence. Pure."""

from analysis.corrections.replay import APPLIED, OUTCOMES, Replayed
from analysis.spreadsheets import harmless_texts

COLUMNS = {
    "instance_id": "instance_id",
    "form_id": "form_id",
    "table": "table",
    "position": "position",
    "question": "question",
    "old": "old",
    "new": "new",
    "reason": "reason",
    "by": "by",
    "at": "at",
    "is_consequence": "is_consequence",
    "outcome": "outcome",
    "place": "entry",
}
"""The columns of the table by the names that entries have them under."""
SAID = {
    APPLIED: "applied",
    "overruled": "overruled by a later one",
    "withdrawn": "withdrawn",
    "not_applied": "not applied (see the problems)",
}


def corrections_csv(replayed: Replayed) -> bytes:
    """Every entry with its outcome, for Excel too."""
    told = harmless_texts(replayed.entries[list(COLUMNS)].rename(columns=COLUMNS))
    text: str = told.to_csv(index=False)
    return text.encode("utf-8-sig")


def say_corrections(replayed: Replayed) -> str:
    """How many entries were applied, and what became of the others: "corrections: 12 applied, 1 withdrawn"."""
    counts = {outcome: replayed.count(outcome) for outcome in OUTCOMES}
    return "corrections: " + ", ".join(f"{number} {SAID[outcome]}" for outcome, number in counts.items() if number or outcome == APPLIED)
