"""Choices that are no answer to their question: not known, not told, not applicable. They are known by their names in every questionnaire.

They count in no share, stand last in charts, and are declared missing for statistics programs. An indicator that names one counts it.
"""

from collections.abc import Iterable

from questionnaires.model import Choice, Indicator

DONT_KNOW = frozenset(
    (
        "dont_know",
        "do_not_know",
        "don_t_know",
        "dontknow",
        "dk",
        "not_known",
        "unknown",
        "not_sure",
        "unsure",
        "cannot_say",
        "cannot_tell",
        "-99",
        "-999",
    )
)
REFUSED = frozenset(
    ("unsaid", "not_said", "refused", "refuse", "refusal", "rf", "rather_not_say", "prefer_not", "no_answer", "-88", "-888")
)
"""The names of choices that say so, as questionnaires of this program and of ODK name them."""
NOT_APPLICABLE = frozenset(("not_applicable",))
NON_ANSWERS = DONT_KNOW | REFUSED | NOT_APPLICABLE


def left_out_of(indicator: Indicator, choices: Iterable[Choice]) -> tuple[str, ...]:
    """The names of those of the choices that are no usable answer to a share: households that gave them are counted as missing."""
    return tuple(choice.name for choice in choices if choice.name in NON_ANSWERS and choice.name not in indicator.values)
