"""What a kind of problem is: how grave, and its words in English and Chinese."""

from dataclasses import dataclass

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem; the texts are templates."""

    severity: str
    message: str
    remedy: str
    message_zh: str
    remedy_zh: str
