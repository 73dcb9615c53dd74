"""How far the people of a visit agree: by question, by section of the questionnaire, by pair, and where one form was signed together. Pure.

Questions with one choice get kappa and alpha, ordered ones weighted kappa and ordinal alpha; sets of choices count as one category each;
numbers get alpha and both intraclass correlations; everything else the share agreeing. What only one of the two answered is counted
apart, because a follow-up question hangs on the answer before it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from analysis.agreement import Coefficient, cohen_kappa, intraclass, krippendorff_alpha, share_agreeing
from analysis.pooled_agreement import Item, pooled_alpha, pooled_intraclass, pooled_kappa, pooled_share
from questionnaires.audit_log import split_node
from questionnaires.instance import iter_answers
from questionnaires.model import Choice, Question, Questionnaire, Text
from questionnaires.question_types import MULTIPLE_TYPES
from survey.reconciling.differences import Comparison, is_blank, is_compared

FEW = 10
"""Below so many units or interviews a coefficient says little; pages show it grey and say so."""
NUMBER_TYPES = frozenset(("integer", "decimal", "range"))
CHOICE_TYPES = frozenset(("select_one", "select_one_from_file"))
ORDERED = "likert"
"""The appearance that says that the choices of a question are a scale."""

Compared = Sequence[tuple[Comparison, ...]]
"""The comparisons of each interview."""


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One line of a table: what it is of, how often only one of the two answered, and its coefficients by name."""

    key: str
    label: Text
    section: str
    order: int
    n_one_sided: int
    n_interviews: int
    coefficients: Mapping[str, Coefficient] = field(default_factory=dict)

    @property
    def is_few(self) -> bool:
        """Whether it rests on too little to say much."""
        return min(self.coefficients["share"].n, self.n_interviews) < FEW


@dataclass(frozen=True, slots=True)
class _Units:
    """All answers to one question that both gave, over interviews, and how often only one of them did."""

    question: Question
    section: str
    order: int
    interviews: list[int] = field(default_factory=list)
    compared: list[Comparison] = field(default_factory=list)
    one_sided: list[int] = field(default_factory=list)


def question_rows(questionnaire: Questionnaire, interviews: Compared) -> tuple[AgreementRow, ...]:
    """A row per question that both answered at least once, in the order of the questionnaire."""
    rows = []
    for units in _units_of(questionnaire, interviews).values():
        choices = questionnaire.choices.get(units.question.list_name or "", ())
        rows.append(
            AgreementRow(
                key=units.question.path,
                label=units.question.called or {"default": units.question.name},
                section=units.section,
                order=units.order,
                n_one_sided=len(units.one_sided),
                n_interviews=len(set(units.interviews)),
                coefficients=_question_coefficients(units, choices),
            )
        )
    return tuple(rows)


def section_rows(questionnaire: Questionnaire, interviews: Compared) -> tuple[AgreementRow, ...]:
    """A row per outermost group, in the order of the questionnaire; questions outside groups are one section, whose name is ""."""
    labels = {node.name: node.label for node in questionnaire.children}
    units = _units_of(questionnaire, interviews)
    names = list(dict.fromkeys(each.section for each in units.values()))
    return tuple(
        _pooled_row(name, labels.get(name, {}), order, [each for each in units.values() if each.section == name], len(interviews))
        for order, name in enumerate(names)
    )


def pair_rows(questionnaire: Questionnaire, interviews: Compared, pairs: Sequence[tuple[str, Text]]) -> tuple[AgreementRow, ...]:
    """A row per pair of people; `pairs` names the two of each interview by a key and as a text."""
    labels = dict(pairs)
    rows = []
    for order, key in enumerate(sorted(labels)):
        own = [interviews[number] for number, (found, _label) in enumerate(pairs) if found == key]
        rows.append(_pooled_row(key, labels[key], order, list(_units_of(questionnaire, own).values()), len(own)))
    return tuple(rows)


def joint_rows(questionnaire: Questionnaire, signed: Iterable[tuple[Mapping[str, object], Sequence[str]]]) -> tuple[AgreementRow, ...]:
    """A row per question of forms that both signed: the share of answers that the second left as they were.

    `signed` holds the answers of each interview and the nodes that the second amended.
    """
    stands: dict[str, list[bool]] = {}
    seen: dict[str, set[int]] = {}
    questions = {question.path: (order, question) for order, question in enumerate(questionnaire.questions())}
    for number, (answers, nodes) in enumerate(signed):
        amended = {split_node(node) for node in nodes}
        for question, position, value in iter_answers(questionnaire, answers):
            is_amended = (question.path, position) in amended
            if is_compared(question) and (is_amended or not is_blank(value)):
                stands.setdefault(question.path, []).append(not is_amended)
                seen.setdefault(question.path, set()).add(number)
    return tuple(
        AgreementRow(
            key=path,
            label=questions[path][1].called or {"default": questions[path][1].name},
            section=_section_of(path),
            order=questions[path][0],
            n_one_sided=found.count(False),
            n_interviews=len(seen[path]),
            coefficients={"share": share_agreeing(found)},
        )
        for path, found in sorted(stands.items(), key=lambda item: questions[item[0]][0])
    )


def sorted_rows(rows: Sequence[AgreementRow], by: str) -> tuple[AgreementRow, ...]:
    """The rows with the lowest coefficient first, those that lack it last; by any other word as they are in the questionnaire."""

    def rank(row: AgreementRow) -> tuple[bool, float, int]:
        found = row.coefficients.get(by)
        if by == "kappa" and found is None:
            found = row.coefficients.get("weighted_kappa")
        estimate = found.estimate if found else None
        return (estimate is None, estimate if estimate is not None else 0.0, row.order)

    return tuple(sorted(rows, key=rank))


def _units_of(questionnaire: Questionnaire, interviews: Compared) -> dict[str, _Units]:
    found: dict[str, _Units] = {}
    for order, question in enumerate(questionnaire.questions()):
        if is_compared(question):
            found[question.path] = _Units(question, _section_of(question.path), order)
    for number, comparisons in enumerate(interviews):
        for each in comparisons:
            units = found.get(each.question.path) if each.question else None
            if units is None:
                continue
            if each.is_one_sided:
                units.one_sided.append(number)
            else:
                units.interviews.append(number)
                units.compared.append(each)
    return {path: units for path, units in found.items() if units.compared}


def _section_of(path: str) -> str:
    """The name of the outermost group around a path, "" outside groups."""
    names = path.split("/")[2:]
    return names[0] if len(names) > 1 else ""


def _question_coefficients(units: _Units, choices: Sequence[Choice]) -> dict[str, Coefficient]:
    question, compared = units.question, units.compared
    found = {"share": share_agreeing([each.is_agreeing for each in compared])}
    if question.type in NUMBER_TYPES:
        ratings = [(float(each.left), float(each.right)) for each in compared if _is_number(each)]
        found["alpha"] = krippendorff_alpha(ratings, "interval")
        found["icc_1_1"] = intraclass(ratings)
        found["icc_2_1"] = intraclass(ratings, model=2)
    elif question.type in CHOICE_TYPES or question.type in MULTIPLE_TYPES:
        left, right = [_category(each.left) for each in compared], [_category(each.right) for each in compared]
        order = [choice.name for choice in choices]
        if ORDERED in question.appearance and set(left) | set(right) <= set(order):
            found["weighted_kappa"] = cohen_kappa(left, right, order=order, weights="linear")
            found["alpha"] = krippendorff_alpha(list(zip(left, right, strict=True)), "ordinal", order=order)
        else:
            found["kappa"] = cohen_kappa(left, right)
            found["alpha"] = krippendorff_alpha(list(zip(left, right, strict=True)))
    return found


def _pooled_row(key: str, label: Text, order: int, units: Sequence[_Units], n_interviews: int) -> AgreementRow:
    items = [_item(each) for each in units]
    pool: Mapping[str, Callable[[Sequence[Item], int], Coefficient]] = {
        "share": pooled_share,
        "kappa": pooled_kappa,
        "alpha": pooled_alpha,
        "icc_1_1": pooled_intraclass,
        "icc_2_1": partial(pooled_intraclass, model=2),
    }
    return AgreementRow(
        key=key,
        label=label,
        section=key,
        order=order,
        n_one_sided=sum(len(each.one_sided) for each in units),
        n_interviews=n_interviews,
        coefficients={name: compute(items, n_interviews) for name, compute in pool.items()},
    )


def _item(units: _Units) -> Item:
    question, compared = units.question, units.compared
    agrees = [each.is_agreeing for each in compared]
    if question.type in NUMBER_TYPES and all(_is_number(each) for each in compared):
        numbers = [float(each.left) for each in compared], [float(each.right) for each in compared]
        return Item(units.interviews, agrees, left_numbers=numbers[0], right_numbers=numbers[1])
    if question.type in CHOICE_TYPES or question.type in MULTIPLE_TYPES:
        return Item(units.interviews, agrees, [_category(each.left) for each in compared], [_category(each.right) for each in compared])
    return Item(units.interviews, agrees)


def _category(value: object) -> str:
    """One choice, or a set of choices as one category."""
    return " ".join(sorted(map(str, value))) if isinstance(value, list) else str(value)


def _is_number(compared: Comparison) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in (compared.left, compared.right))
