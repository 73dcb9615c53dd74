"""How far two people who coded the same answers agree: Cohen's kappa of each code, and over all of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.agreement import Coefficient, cohen_kappa, krippendorff_alpha, share_agreeing
from analysis.pooled_agreement import Item, pooled_kappa

Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """One code over all answers that both coded: how many of them either, both, or one alone gave it, and kappa."""

    code: str
    n_first: int
    n_second: int
    n_both: int
    kappa: Coefficient


@dataclass(frozen=True, slots=True)
class CodingAgreement:
    """Both coders over all answers that both coded.

    `identical` is the share of answers with the very same codes. `kappa` is Cohen's pooled over the codes that either gave (De Vries and
    others 2008), `alpha` Krippendorff's over every yes or no about one of them.
    """

    n: int
    identical: Coefficient
    kappa: Coefficient
    alpha: Coefficient
    codes: tuple[CodeAgreement, ...]


def agree_on_codes(names: Sequence[str], pairs: Sequence[tuple[Codes, Codes]]) -> CodingAgreement:
    """The agreement over `pairs`, the codes that the first and the second coder gave to each answer, for the codes in `names`."""
    by_code: Mapping[str, tuple[list[bool], list[bool]]] = {
        name: ([name in first for first, _ in pairs], [name in second for _, second in pairs]) for name in names
    }
    codes = tuple(
        CodeAgreement(
            code=name,
            n_first=sum(left),
            n_second=sum(right),
            n_both=sum(one and other for one, other in zip(left, right, strict=True)),
            kappa=cohen_kappa(left, right, order=(False, True)),
        )
        for name, (left, right) in by_code.items()
    )
    used = [by_code[each.code] for each in codes if each.n_first or each.n_second]
    answers = range(len(pairs))
    items = [Item(answers, [a == b for a, b in zip(left, right, strict=True)], left, right) for left, right in used]
    judgements = [[one, other] for left, right in used for one, other in zip(left, right, strict=True)]
    return CodingAgreement(
        n=len(pairs),
        identical=share_agreeing([first == second for first, second in pairs]),
        kappa=pooled_kappa(items, len(pairs)),
        alpha=krippendorff_alpha(judgements),
        codes=codes,
    )
