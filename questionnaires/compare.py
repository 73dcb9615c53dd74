"""Two versions of a questionnaire side by side: what changed, and what each change does to data already collected. Pure.

Questions are matched as the dataset joins them: by the name of the column in its table. What only moved between groups of one table is no
change; wording, choices and rules are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import SequenceMatcher

from questionnaires.change_kinds import BREAKS, CHANGE_KINDS, CHECK, FINE, KIND_WORDS
from questionnaires.columns import Column, Table, tables_of
from questionnaires.model import Choice, ComparedItem, Indicator, IssueRule, Node, Question, Questionnaire, Text, text_in

WEIGHTS = (BREAKS, CHECK, FINE)
"""From what parts earlier data from later, over what somebody should look at, to what does no harm."""
SAME_WORDING = 0.75
"""How alike two labels are, from 0 to 1, when one question may be the other under a new name."""
MAX_QUOTED = 60
"""Characters of a label that is quoted."""

_PATH = re.compile(r"(?:current\(\)/|\.\./|/)[\w./-]*")
_NUMBERS = frozenset(("integer", "decimal"))
_RULES = ("relevant", "constraint", "calculation", "required")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `name` is the question, choice, repeat, indicator or rule it is about, `details` fill in its words."""

    kind: str
    sheet: str
    name: str
    details: Mapping[str, str]

    @property
    def weight(self) -> str:
        """One of `WEIGHTS`."""
        return CHANGE_KINDS[self.kind].severity

    def in_language(self, code: str) -> tuple[str, str]:
        """What changed and what that does to data already collected, in the language "zh" or "en"."""
        kind, details = CHANGE_KINDS[self.kind], self.details
        if self.kind.endswith("retyped"):
            details = {key: KIND_WORDS[word][code.startswith("zh")] for key, word in details.items()}
        texts = (kind.message_zh, kind.remedy_zh) if code.startswith("zh") else (kind.message, kind.remedy)
        what, effect = (text.format(name=self.name, **details) for text in texts)
        return what, effect


def compare_questionnaires(before: Questionnaire, after: Questionnaire) -> tuple[Change, ...]:
    """What changed from one version to the other, the gravest first, otherwise in the order of the sheets."""
    found = [
        *_languages(before, after),
        *_columns(before, after),
        *_lists(before, after),
        *_figures("indicator", "indicators", before.indicators, after.indicators),
        *_figures("rule", "issue_rules", before.issue_rules, after.issue_rules),
        *_figures("item", "survey", _anywhere(before.compared), _anywhere(after.compared)),
    ]
    return tuple(sorted(found, key=lambda change: WEIGHTS.index(change.weight)))


def _languages(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    old, new = ({language.name for language in each.languages} for each in (before, after))
    yield from (Change("language_added", "survey", name, {}) for name in sorted(new - old))
    yield from (Change("language_removed", "survey", name, {}) for name in sorted(old - new))


def _columns(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    old_tables, new_tables = ({table.name: table for table in tables_of(each)} for each in (before, after))
    yield from (Change("repeat_added", "survey", name, {}) for name in new_tables.keys() - old_tables.keys())
    yield from (Change("repeat_removed", "survey", name, {}) for name in old_tables.keys() - new_tables.keys())
    old, new = _by_place(old_tables.values()), _by_place(new_tables.values())
    yield from _lost_and_new(before, old, new)
    nodes = [{node.path: node for node in each.walk()} for each in (before, after)]
    for place, column in old.items():
        if place in new:
            yield from _retyped(column, new[place])
            yield from _reworded(column, new[place])
            yield from _other_rules(nodes[0].get(column.path), nodes[1].get(new[place].path))
    yield from _other_groups(before, after)


def _by_place(tables: Iterable[Table]) -> dict[tuple[str, str], Column]:
    return {(table.name, column.name): column for table in tables for column in table.columns}


_Place = tuple[str, str]


def _lost_and_new(before: Questionnaire, old: Mapping[_Place, Column], new: Mapping[_Place, Column]) -> Iterator[Change]:
    """The columns that only one version has: moved to another table, perhaps under a new name, removed or added."""
    lost = [place for place in old if place not in new]
    fresh = [place for place in new if place not in old]
    for place in tuple(lost):
        moved = next((each for each in fresh if new[each].question == old[place].question), None)
        if moved is not None:
            lost.remove(place)
            fresh.remove(moved)
            kind = "moved" if moved[0] != place[0] else "prefixed"
            yield Change(kind, "survey", old[place].question, {"before": ".".join(place), "after": ".".join(moved)})
    for place, now in _renamed(old, new, lost, fresh):
        lost.remove(place)
        fresh.remove(now)
        label = text_in(new[now].label, before.default_language)
        yield Change("renamed", "survey", now[1], {"before": place[1], "label": _short(label)})
    yield from (Change("removed", "survey", place[1], {"table": place[0]}) for place in lost)
    yield from (Change("added", "survey", place[1], {"table": place[0]}) for place in fresh)


def _renamed(
    old: Mapping[_Place, Column], new: Mapping[_Place, Column], lost: Sequence[_Place], fresh: Sequence[_Place]
) -> Iterator[tuple[_Place, _Place]]:
    """The pairs of a lost and a new column that ask alike for the same kind of answer in the same table, the likest first."""
    likeness = {
        (place, now): _likeness(old[place].label, new[now].label)
        for place in lost
        for now in fresh
        if place[0] == now[0] and old[place].kind == new[now].kind and old[place].is_asked == new[now].is_asked
    }
    taken: set[_Place] = set()
    for (place, now), alike in sorted(likeness.items(), key=lambda item: -item[1]):
        if alike >= SAME_WORDING and not {place, now} & taken:
            taken |= {place, now}
            yield place, now


def _likeness(one: Text, other: Text) -> float:
    shared = [(one[language], other[language]) for language in one if other.get(language)]
    return max((SequenceMatcher(None, first, second).ratio() for first, second in shared), default=0.0)


def _retyped(old: Column, new: Column) -> Iterator[Change]:
    if old.kind == new.kind:
        return
    details = {"before": old.kind, "after": new.kind}
    if {old.kind, new.kind} == _NUMBERS:
        yield Change("number_retyped", "survey", new.name, details)
    elif "position" in (old.kind, new.kind):
        yield Change("position_retyped", "survey", new.name, details)
    else:
        yield Change("retyped", "survey", new.name, details)


def _reworded(old: Column, new: Column) -> Iterator[Change]:
    for language, text in new.label.items():
        if old.label.get(language, text) != text:
            details = {"language": language, "before": _short(old.label[language]), "after": _short(text)}
            yield Change("reworded", "survey", new.name, details)


def _other_rules(old: Node | None, new: Node | None) -> Iterator[Change]:
    if isinstance(old, Question) and isinstance(new, Question):
        for rule in _RULES:
            texts = [_by_name(getattr(each, rule)) for each in (old, new)]
            if texts[0] != texts[1]:
                yield Change(f"other_{rule}", "survey", new.name, {"before": texts[0] or "—", "after": texts[1] or "—"})


def _other_groups(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    """Groups and repeats that are shown under another condition than before."""
    old = {node.name: node for node in before.walk() if not isinstance(node, Question)}
    for node in after.walk():
        known = old.get(node.name)
        if known is not None and not isinstance(node, Question) and _by_name(known.relevant) != _by_name(node.relevant):
            details = {"before": _by_name(known.relevant) or "—", "after": _by_name(node.relevant) or "—"}
            yield Change("other_group", "survey", node.name, details)


def _by_name(expression: str | None) -> str:
    """An expression with questions by name, so that it stays the same when they move to another group."""
    return " ".join(_PATH.sub(lambda path: "${" + path[0].rstrip("/").rpartition("/")[2] + "}", expression or "").split())


def _lists(before: Questionnaire, after: Questionnaire) -> Iterator[Change]:
    """The changes of the choices that questions offer; a list that several questions share is told of once."""
    old_questions = {question.name: question for question in before.questions() if question.list_name}
    seen: set[tuple[str, str]] = set()
    for question in after.questions():
        known = old_questions.get(question.name)
        lists = (str(known.list_name), str(question.list_name)) if known is not None and question.list_name else None
        if lists is None or lists in seen:
            continue
        seen.add(lists)
        yield from _choices(question, before.choices.get(lists[0], ()), after.choices.get(lists[1], ()))


def _choices(question: Question, old: Sequence[Choice], new: Sequence[Choice]) -> Iterator[Change]:
    before, after = ({choice.name: choice for choice in each} for each in (old, new))
    place = {"list": str(question.list_name), "question": question.name}
    yield from (Change("choice_removed", "choices", name, place) for name in before if name not in after)
    yield from (Change("choice_added", "choices", name, place) for name in after if name not in before)
    for name, choice in after.items():
        for language, text in choice.label.items() if name in before else ():
            earlier = before[name].label.get(language, text)
            if earlier != text:
                yield Change("choice_reworded", "choices", name, {**place, "before": _short(earlier), "after": _short(text)})


def _anywhere(items: Sequence[ComparedItem]) -> tuple[ComparedItem, ...]:
    """The compared items without the places of their questions, as it does not matter in which group each is asked."""
    return tuple(replace(item, questions=tuple(replace(each, path="") for each in item.questions)) for item in items)


_Figure = Indicator | IssueRule | ComparedItem


def _figures(word: str, sheet: str, before: Sequence[_Figure], after: Sequence[_Figure]) -> Iterator[Change]:
    old, new = ({each.name: each for each in figures} for figures in (before, after))
    yield from (Change(f"{word}_removed", sheet, name, {}) for name in old if name not in new)
    yield from (Change(f"{word}_added", sheet, name, {}) for name in new if name not in old)
    for name in new:
        if name in old and (columns := _other_fields(old[name], new[name])):
            yield Change(f"{word}_changed", sheet, name, {"columns": ", ".join(columns)})


def _other_fields(old: _Figure, new: _Figure) -> list[str]:
    """The columns in which two rows differ; an expression that only reads moved questions does not count."""
    pairs = {field.name: (getattr(old, field.name), getattr(new, field.name)) for field in fields(new)}
    if "when" in pairs:
        pairs["when"] = (_by_name(pairs["when"][0]), _by_name(pairs["when"][1]))
    return [name for name, (first, second) in pairs.items() if first != second]


def _short(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…"
