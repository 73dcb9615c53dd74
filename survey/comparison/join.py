"""What several questionnaires tell of one household, joined item by item, and what each comparison finds. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from questionnaires.compared import JUDGED, KINDS, SOURCES
from questionnaires.compared_values import DIFFERS, OLDER, OTHER_TYPES, SAME, Value, relation, value_of
from questionnaires.model import ComparedItem, ComparedQuestion, Questionnaire
from questionnaires.question_types import QUESTION_TYPES
from survey.intake.texts import texts_by_code

AGREES, DIFFERENT, MISSING, OUT_OF_DATE, CANNOT_VERIFY = KINDS
APART = (DIFFERENT, MISSING, OUT_OF_DATE)
"""The kinds of what was compared and does not agree."""


@dataclass(frozen=True, slots=True)
class Record:
    """One submission of a household with the answers that count."""

    instance_id: str
    form_id: str
    questionnaire: Questionnaire
    answers: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is compared, over all the questionnaires that tell of it; `label` is by language code.

    `n_sources` says how many of said, filed and seen any of them asks for: of one alone nothing can be compared.
    """

    name: str
    label: Mapping[str, str]
    area: str
    tolerance_share: float
    tolerance_amount: float
    n_sources: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What one question of one submission tells; `value` is None where it tells nothing that can be compared."""

    record: Record
    question: ComparedQuestion
    raw: Any
    value: Value | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A file of a submission that shows the item: of the source "filed" the page, of "seen" what was seen."""

    instance_id: str
    source: str
    question: str
    name: str


@dataclass(frozen=True)
class Comparison:
    """One item of one household.

    `computed` is what the answers alone say ("" where they say nothing), `judged` what the pair found at the file ("" where it was not
    asked or did not say), `kind` what stands of the two. `agrees_as_filed` is whether said and filed agree by the definition of the
    indicator `said_filed_agreement`, None where it does not count the item.
    """

    item: str
    readings: Mapping[str, tuple[Reading, ...]]
    """By source; of each the submission made at the house first, then what was noted beside the file."""
    pictures: tuple[Picture, ...]
    judged: str
    computed: str
    kind: str
    agrees_as_filed: bool | None
    remarks: tuple[str, ...]

    @property
    def basis(self) -> str:
        """Where the kind comes from: "judged" or "computed"."""
        return "judged" if self.kind == self.judged else "computed"

    @cached_property
    def told(self) -> dict[str, Any]:
        """The answers it rests on, as JSON: a correction holds for these and for no others."""
        told: dict[str, Any] = {source: [each.raw for each in self.readings.get(source, ())] for source in SOURCES}
        return {**told, "judged": self.judged}

    @property
    def instance_id(self) -> str:
        """The submission that it belongs to first: the one that read the file, else the one that asked."""
        ordered = [each for source in ("filed", "said", "seen") for each in self.readings.get(source, ())]
        return ordered[0].record.instance_id if ordered else ""


def merge_items(questionnaires: Sequence[Questionnaire]) -> dict[str, Item]:
    """The items that the questionnaires tell of, in the order of those that read the file; these name them too."""
    told = [(questionnaire, item) for questionnaire in questionnaires for item in questionnaire.compared]
    told.sort(key=lambda pair: not _reads_file(pair[1]))
    merged: dict[str, Item] = {}
    for questionnaire, item in told:
        all_of_it = [each for _, each in told if each.name == item.name]
        allowing = next((each for each in all_of_it if each.tolerance_share or each.tolerance_amount), item)
        asked = {question.source for each in all_of_it for question in _valued(each)}
        merged.setdefault(
            item.name,
            Item(
                name=item.name,
                label=texts_by_code(questionnaire, item.label),
                area=next((each.area for each in all_of_it if each.area != "other"), "other"),
                tolerance_share=allowing.tolerance_share,
                tolerance_amount=allowing.tolerance_amount,
                n_sources=len(asked & set(SOURCES)),
            ),
        )
    return merged


def compare_household(records: Sequence[Record], items: Mapping[str, Item]) -> tuple[Comparison, ...]:
    """The comparisons of one household, by item; an item of which only one source tells anything is left out."""
    found = (_compare(item, records) for item in items.values())
    return tuple(comparison for comparison in found if comparison is not None)


def answer_at(answers: Mapping[str, Any], path: str) -> Any:
    """The answer at a question's absolute path, None where the group around it was not answered."""
    value: Any = answers
    for name in path.split("/")[2:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _reads_file(item: ComparedItem) -> bool:
    return any(question.source in ("filed", JUDGED) for question in item.questions)


def _valued(item: ComparedItem) -> Iterator[ComparedQuestion]:
    """The questions whose answers are compared, files and judgements left aside."""
    for question in item.questions:
        if question.source != JUDGED and QUESTION_TYPES[question.type].kind != "media":
            yield question


def _compare(item: Item, records: Sequence[Record]) -> Comparison | None:
    parts = [(record, part) for record in records for part in record.questionnaire.compared if part.name == item.name]
    parts.sort(key=lambda pair: _reads_file(pair[1]))
    readings: dict[str, list[Reading]] = {}
    pictures, judgements, is_judging = [], [], False
    for record, part in parts:
        for question in part.questions:
            raw = answer_at(record.answers, question.path)
            if question.source == JUDGED:
                is_judging = True
                judgements.append(question.mapping.get(str(raw), str(raw)) if raw else "")
            elif QUESTION_TYPES[question.type].kind == "media":
                pictures += [Picture(record.instance_id, question.source, question.name, str(raw))] if raw else []
            else:
                readings.setdefault(question.source, []).append(Reading(record, question, raw, value_of(question, raw)))
    judged = next((kind for kind in judgements if kind in KINDS), "")
    computed, remarks = _computed(item, readings, is_unread=is_judging and not judged)
    if not computed and not judged:
        return None
    kind = judged or computed
    if judged == AGREES and computed in (DIFFERENT, OUT_OF_DATE):
        kind, remarks = computed, (*remarks, "against_file_check")
    return Comparison(
        item=item.name,
        readings={source: tuple(found) for source, found in readings.items()},
        pictures=tuple(pictures),
        judged=judged,
        computed=computed,
        kind=kind,
        agrees_as_filed=_as_filed(item, readings, judged, is_judging=is_judging),
        remarks=remarks,
    )


def _first(readings: Mapping[str, Sequence[Reading]], source: str) -> Value | None:
    return next((each.value for each in readings.get(source, ()) if each.value is not None), None)


def _computed(item: Item, readings: Mapping[str, Sequence[Reading]], *, is_unread: bool) -> tuple[str, tuple[str, ...]]:
    """What the answers alone say, "" where there are not two sources, and what is to be remarked about them."""
    said, filed, seen = (_first(readings, source) for source in SOURCES)
    others = [value for value in (said, seen) if value is not None]
    remarks = tuple(
        remark for source, remark in (("said", "said_otherwise"), ("seen", "seen_otherwise")) if _is_divided(item, readings, source)
    )
    if filed is None and "filed" in readings:
        if not others:
            return "", remarks
        return (CANNOT_VERIFY, (*remarks, "not_read")) if is_unread else (MISSING, remarks)
    if filed is not None and not others:
        return CANNOT_VERIFY, remarks
    relations = [_relation(item, filed, other) for other in others] if filed is not None else []
    if said is not None and seen is not None:
        between = _relation(item, said, seen)
        relations.append(DIFFERS if between == OLDER else between)
    if not relations:
        return "", remarks
    if OTHER_TYPES in relations:
        return CANNOT_VERIFY, (*remarks, "other_types")
    return (DIFFERENT if DIFFERS in relations else OUT_OF_DATE if OLDER in relations else AGREES), remarks


def _relation(item: Item, value: Value, other: Value) -> str:
    return relation(value, other, share=item.tolerance_share, amount=item.tolerance_amount)


def _is_divided(item: Item, readings: Mapping[str, Sequence[Reading]], source: str) -> bool:
    """Whether questions of one source tell different things of one household."""
    values = [each.value for each in readings.get(source, ()) if each.value is not None]
    return any(_relation(item, value, values[0]) != SAME for value in values[1:])


def _as_filed(item: Item, readings: Mapping[str, Sequence[Reading]], judged: str, *, is_judging: bool) -> bool | None:
    """Whether said and filed agree: as judged at the file, by the answers where nobody is asked to judge."""
    if is_judging:
        return None if judged in ("", CANNOT_VERIFY) else judged == AGREES
    said, filed = _first(readings, "said"), _first(readings, "filed")
    if said is None or "filed" not in readings:
        return None
    return filed is not None and _relation(item, filed, said) == SAME
