"""One instance as a tree of slots beside an element tree, brought to rest: irrelevant answers blanked, calculations made true.

The element tree is ours: it holds every node of the form once, without namespaces, whatever an upload looked like, so that
expressions always find what they name.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from math import isclose
from typing import Any

from lxml import etree

from questionnaires.engine import Engine, Plan
from questionnaires.expressions.dates import is_dated, parse_date, parse_date_time
from questionnaires.expressions.rewrite import IRRELEVANT
from questionnaires.expressions.values import NUMBER
from questionnaires.model import Question

MAX_REPEAT_INSTANCES = 10_000
"""More instances of one repeat than this are refused; no household has so many members, and memory stays bounded."""

_TEMPLATE = "{http://openrosa.org/javarosa}template"


_NONE: list["Slot"] = []


@dataclass(eq=False, slots=True)
class Slot:
    """One node in one instance. `position` holds the 1-based numbers of the repeat instances around it, outermost first."""

    plan: Plan
    element: etree._Element
    position: tuple[int, ...]
    children: list["Slot"] = field(default_factory=list)
    """Those of a question are one empty list that nobody adds to."""
    is_relevant: bool = True
    arrived: str = ""
    """What a calculation held when it arrived."""

    def add(self, plan: Plan, number: int = 0) -> "Slot":
        """A blank slot below this one, the last of its children; `number` is that of an instance of a repeat."""
        position = (*self.position, number) if number else self.position
        slot = Slot(plan, etree.SubElement(self.element, plan.name), position, [] if plan.children else _NONE)
        self.children.append(slot)
        return slot


@dataclass(frozen=True, slots=True)
class Unknown:
    """A node of an upload that the form does not have, or has once and was sent twice."""

    name: str
    path: str
    position: tuple[int, ...]
    value: str


@dataclass(eq=False, slots=True)
class Instance:
    """A whole instance; `by_plan` lists the slots of each plan in document order."""

    root: Slot
    by_plan: dict[Plan, list[Slot]]
    unknown: list[Unknown]
    repeats: list[tuple[Plan, Slot, int]]
    """Each repeat, the slot it is in, and how many instances it has there."""


def build_instance(engine: Engine, source: etree._Element) -> Instance:
    """The instance that an upload holds, each of its answers in place, nothing judged yet."""
    instance = _empty_instance(engine)
    _fill(instance, instance.root, source)
    meta = next((child for child in source.iterchildren(etree.Element) if local_name(child) == "meta"), None)
    copy = etree.SubElement(instance.root.element, "meta")
    for child in () if meta is None else meta.iterchildren(etree.Element):
        etree.SubElement(copy, local_name(child)).text = child.text
    return instance


def compose_instance(engine: Engine, answers: Mapping[str, Any], text_for: Callable[[Plan, Any], str]) -> Instance:
    """The instance of answers that are at hand, nothing judged yet; `text_for` gives the text of a question's answer, "" for none."""
    instance = _empty_instance(engine)
    _compose(instance, instance.root, answers, text_for)
    etree.SubElement(instance.root.element, "meta")
    return instance


def _empty_instance(engine: Engine) -> Instance:
    questionnaire = engine.questionnaire
    root = etree.Element(engine.scope.root, {"id": questionnaire.form_id, "version": questionnaire.version})
    return Instance(Slot(engine.root, root, ()), {plan: [] for plan in engine.plans.values()}, [], [])


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _fill(instance: Instance, slot: Slot, source: etree._Element | None) -> None:
    """The children of a group or repeat instance, from the element that an upload has for it, or blank ones."""
    given: dict[str, etree._Element] = {}
    again: dict[str, list[etree._Element]] = {}
    for child in () if source is None else source.iterchildren(etree.Element):
        name = child.tag.rpartition("}")[2]
        if name in given:
            again.setdefault(name, []).append(child)
        else:
            given[name] = child
    by_plan = instance.by_plan
    blank, add_child, element, position = etree.SubElement, slot.children.append, slot.element, slot.position
    for plan in slot.plan.children:
        first = given.pop(plan.name, None)
        more = again.pop(plan.name, ()) if again else ()
        if plan.is_repeat:
            sources = () if first is None else (first, *more)
            _fill_repeat(instance, slot, plan, [each for each in sources if each.get(_TEMPLATE) is None])
            continue
        if more:
            instance.unknown.extend(_unknown(plan.path, slot.position, each) for each in more)
        if not plan.is_question:
            child_slot = slot.add(plan)
            by_plan[plan].append(child_slot)
            _fill(instance, child_slot, first)
            continue
        # As `Slot.add` does it, without its price: a form of a thousand questions comes through here a thousand times.
        child_slot = Slot(plan, blank(element, plan.name), position, _NONE)
        add_child(child_slot)
        by_plan[plan].append(child_slot)
        if first is not None and (text := first.text):
            child_slot.element.text = child_slot.arrived = text if plan.kind == "text" else text.strip()
    for name, first in given.items():
        if name != "meta" or slot.plan.parent is not None:
            extra = (first, *again.get(name, ()))
            instance.unknown.extend(_unknown(f"{slot.plan.path}/{name}", slot.position, each) for each in extra)


def _fill_repeat(instance: Instance, slot: Slot, plan: Plan, sources: list[etree._Element]) -> None:
    instance.repeats.append((plan, slot, len(sources)))
    instance.unknown.extend(_unknown(plan.path, slot.position, each) for each in sources[MAX_REPEAT_INSTANCES:][:1])
    for number, each in enumerate(sources[:MAX_REPEAT_INSTANCES], start=1):
        inner = slot.add(plan, number)
        instance.by_plan[plan].append(inner)
        _fill(instance, inner, each)


def _compose(instance: Instance, slot: Slot, answers: Mapping[str, Any], text_for: Callable[[Plan, Any], str]) -> None:
    by_plan = instance.by_plan
    for plan in slot.plan.children:
        value = answers.get(plan.name)
        if plan.is_repeat:
            rows = value or ()
            instance.repeats.append((plan, slot, len(rows)))
            for number, each in enumerate(rows[:MAX_REPEAT_INSTANCES], start=1):
                inner = slot.add(plan, number)
                by_plan[plan].append(inner)
                _compose(instance, inner, each or {}, text_for)
            continue
        child_slot = slot.add(plan)
        by_plan[plan].append(child_slot)
        if not plan.is_question:
            _compose(instance, child_slot, value or {}, text_for)
        elif text := text_for(plan, value):
            child_slot.element.text = child_slot.arrived = text if plan.kind == "text" else text.strip()


def _unknown(path: str, position: tuple[int, ...], element: etree._Element) -> Unknown:
    return Unknown(local_name(element), path, position, "".join(str(text) for text in element.itertext()).strip()[:200])


def settle(engine: Engine, instance: Instance, differs: Callable[[Slot, str], None] | None = None) -> None:
    """Brings the instance to rest in place. `differs` is told of each calculation that arrived with another value than the one computed.

    A calculation that nobody else can compute again (the moment, chance, the language) keeps what arrived; one that arrived empty is
    filled in, because not every client sends calculations.
    """
    by_plan = instance.by_plan
    for step in engine.steps:
        if step.together is not None:
            for plan, holds in zip(step.plans, step.together.are_true(instance.root.element), strict=True):
                if not holds and by_plan[plan][0].is_relevant:
                    make_irrelevant(by_plan[plan][0])
            continue
        plan = step.plans[0]
        for slot in by_plan[plan]:
            if not slot.is_relevant:
                continue
            if not step.is_calculation:
                if plan.relevant is not None and not plan.relevant.is_true(slot.element):
                    make_irrelevant(slot)
            elif plan.calculation is not None:
                _calculate(slot, plan, differs)


def _calculate(slot: Slot, plan: Plan, differs: Callable[[Slot, str], None] | None) -> None:
    calculation = plan.calculation
    if calculation is None:
        return
    if calculation.is_fleeting and slot.arrived:
        if differs is not None and not _is_of_kind(slot.arrived, calculation.kind):
            differs(slot, calculation.as_text(slot.element))
        return
    computed = calculation.as_text(slot.element)
    if computed == slot.arrived:
        return
    if slot.arrived and not is_same_value(slot.arrived, computed):
        if not computed and calculation.kind in ("int", "num"):
            return
        if differs is not None:
            differs(slot, computed)
    slot.element.text = computed


def _is_of_kind(arrived: str, kind: str) -> bool:
    """Whether a client can have computed this as a result of that kind ("NaN" and "Infinity" are what some write for no number)."""
    if kind not in ("int", "num") or arrived in ("NaN", "Infinity", "-Infinity"):
        return True
    return NUMBER.fullmatch(arrived) is not None and (kind == "num" or float(arrived) == int(float(arrived)))


def is_same_value(arrived: str, computed: str) -> bool:
    """Whether two clients mean the same: numbers to nine digits, a date and its midnight, a truth value as a word or a digit."""
    if arrived == computed:
        return True
    left, right = arrived.strip(), computed.strip()
    if NUMBER.fullmatch(left) and NUMBER.fullmatch(right):
        return isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-9)
    if is_dated(left) and is_dated(right):
        return left[:10] == right[:10] if min(len(left), len(right)) <= 10 else left[:19] == right[:19]
    truths = {"true": "1", "false": "0"}
    return truths.get(left.lower(), left) == truths.get(right.lower(), right)


def make_irrelevant(slot: Slot) -> None:
    """Blanks the slot and everything in it; an instance of a repeat leaves the tree."""
    for each in _within(slot):
        each.is_relevant = False
        if each.plan.is_question:
            each.element.text = None
        each.element.set(IRRELEVANT, "")
    if slot.plan.is_repeat:
        parent = slot.element.getparent()
        if parent is not None:
            parent.remove(slot.element)


def _within(slot: Slot) -> Iterator[Slot]:
    stack = [slot]
    while stack:
        each = stack.pop()
        yield each
        stack.extend(each.children)


def moment_of(engine: Engine, instance: Instance, now: datetime) -> datetime:
    """When the interview took place, as it says itself: its end, start or date, else `now`.

    A tablet may send weeks later; what was "today" for the people who sat together must stay so when it is checked again.
    """
    zone = now.tzinfo
    found: dict[str, str] = {}
    for plan in engine.clocks:
        slots = instance.by_plan[plan]
        if isinstance(plan.node, Question) and plan.node.preload and slots and slots[0].arrived:
            found.setdefault(plan.node.preload, slots[0].arrived)
    if zone is not None:
        for name in ("end", "start"):
            instant = parse_date_time(found.get(name, ""), zone)
            if instant is not None:
                return instant
    day = parse_date(found.get("today", "")[:10])
    return now if day is None else datetime.combine(day, time(12), tzinfo=zone)


def answers_of(slot: Slot, value_of: Callable[[Slot], Any]) -> dict[str, Any]:
    """The answers below a group or repeat instance as a nested dict; irrelevant and empty ones are left out."""
    answers: dict[str, Any] = {}
    for child in slot.children:
        if not child.is_relevant:
            continue
        name = child.plan.node.name
        if child.plan.is_question:
            value = value_of(child)
            if value is not None:
                answers[name] = value
        elif child.plan.is_repeat:
            answers.setdefault(name, []).append(answers_of(child, value_of))
        else:
            inner = answers_of(child, value_of)
            if inner:
                answers[name] = inner
    return answers
