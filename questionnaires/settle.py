"""One instance as a tree of slots, brought to rest: irrelevant answers blanked, calculations made true.

The slots hold every node of the form once, whatever an upload looked like, so that expressions always find what they name. An element
tree of the same grows beside them, without namespaces, as soon as an expression has to be evaluated by libxml2.
"""

from collections.abc import Callable, Mapping
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
    instance: "Instance"
    position: tuple[int, ...] = ()
    ordinal: int = 0
    """Which instance of the innermost repeat around it it is in, counted from 0 over the whole document; 0 outside of repeats."""
    children: "list[Slot]" = field(default_factory=list)
    """Those of a question are one empty list that nobody adds to."""
    is_relevant: bool = True
    text: str = ""
    arrived: str = ""
    """What a calculation held when it arrived."""
    _grown: etree._Element | None = None

    @property
    def element(self) -> etree._Element:
        """Its element in the tree that libxml2 evaluates on."""
        if self._grown is None:
            self.instance.root.grow()
        if self._grown is None:
            raise ValueError(f"{self.plan.path} is not part of the instance")
        return self._grown

    def grow(self, beside: etree._Element | None = None) -> etree._Element:
        """Its element with all below it, as the last child of `beside`; an instance of a repeat that is irrelevant stays by itself."""
        is_apart = beside is None or (self.plan.is_repeat and not self.is_relevant)
        element = etree.Element(self.plan.name) if beside is None or is_apart else etree.SubElement(beside, self.plan.name)
        self._grown = element
        if not self.is_relevant:
            element.set(IRRELEVANT, "")
        if self.text:
            element.text = self.text
        for child in self.children:
            child.grow(element)
        if self is self.instance.root:
            self.instance.complete(element)
        return element

    def write(self, text: str) -> None:
        """Puts another text in its place."""
        self.text = text
        if self._grown is not None:
            self._grown.text = text

    def leave(self) -> None:
        """Makes it irrelevant, blank if it is a question; an instance of a repeat leaves the tree."""
        self.is_relevant = False
        self.text = ""
        if self._grown is not None:
            self._grown.set(IRRELEVANT, "")
            if self.plan.is_question:
                self._grown.text = None
            elif self.plan.is_repeat and (parent := self._grown.getparent()) is not None:
                parent.remove(self._grown)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A node of an upload that the form does not have, or has once and was sent twice."""

    name: str
    path: str
    position: tuple[int, ...]
    value: str


@dataclass(eq=False, slots=True)
class Instance:
    """A whole instance; `by_path` lists the slots of each node in document order."""

    engine: Engine
    by_path: dict[str, list[Slot]]
    root: Slot = field(init=False)
    unknown: list[Unknown] = field(default_factory=list)
    repeats: list[tuple[Plan, Slot, int]] = field(default_factory=list)
    """Each repeat, the slot it is in, and how many instances it has there."""
    meta: list[tuple[str, str | None]] = field(default_factory=list)
    """What a client says of the instance itself."""

    def __post_init__(self) -> None:
        self.root = Slot(self.engine.root, self)

    def take_apart(self) -> None:
        """Nothing; it is of no use any more, and its slots, which know it as it knows them, go with their last user.

        A server would else hold hundreds of instances until Python looks through everything for what only holds itself.
        """
        self.by_path.clear()
        self.repeats.clear()
        del self.root

    def complete(self, root: etree._Element) -> None:
        """Adds to the root of the tree what no question holds."""
        questionnaire = self.engine.questionnaire
        root.set("id", questionnaire.form_id)
        root.set("version", questionnaire.version)
        meta = etree.SubElement(root, "meta")
        for name, text in self.meta:
            etree.SubElement(meta, name).text = text


def build_instance(engine: Engine, source: etree._Element) -> Instance:
    """The instance that an upload holds, each of its answers in place, nothing judged yet."""
    instance = _empty_instance(engine)
    _fill(instance, instance.root, source)
    meta = next((child for child in source.iterchildren(etree.Element) if local_name(child) == "meta"), None)
    instance.meta = [(local_name(child), child.text) for child in (() if meta is None else meta.iterchildren(etree.Element))]
    return instance


def compose_instance(engine: Engine, answers: Mapping[str, Any], text_for: Callable[[Plan, Any], str]) -> Instance:
    """The instance of answers that are at hand, nothing judged yet; `text_for` gives the text of a question's answer, "" for none."""
    instance = _empty_instance(engine)
    _compose(instance, instance.root, answers, text_for)
    return instance


def _empty_instance(engine: Engine) -> Instance:
    return Instance(engine, {path: [] for path in engine.plans})


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _fill(instance: Instance, slot: Slot, source: etree._Element | None) -> None:
    """The children of a group or repeat instance, from the element that an upload has for it, or blank ones."""
    given: dict[str, etree._Element] = {}
    again: dict[str, list[etree._Element]] = {}
    for child in () if source is None else source.iterchildren(etree.Element):
        name = child.tag if child.tag[0] != "{" else child.tag.rpartition("}")[2]
        if name in given:
            again.setdefault(name, []).append(child)
        else:
            given[name] = child
    by_path, children, position, ordinal = instance.by_path, slot.children, slot.position, slot.ordinal
    for plan in slot.plan.children:
        first = given.pop(plan.name, None)
        more = again.pop(plan.name, ()) if again else ()
        if plan.is_repeat:
            sources = () if first is None else (first, *more)
            _fill_repeat(instance, slot, plan, [each for each in sources if each.get(_TEMPLATE) is None])
            continue
        if more:
            instance.unknown.extend(_unknown(plan.path, position, each) for each in more)
        made = Slot(plan, instance, position, ordinal, [] if plan.children else _NONE)
        children.append(made)
        by_path[plan.path].append(made)
        if not plan.is_question:
            _fill(instance, made, first)
        elif first is not None and (text := first.text):
            made.text = made.arrived = text if plan.kind == "text" else text.strip()
    for name, first in given.items():
        if name != "meta" or slot.plan.parent is not None:
            extra = (first, *again.get(name, ()))
            instance.unknown.extend(_unknown(f"{slot.plan.path}/{name}", slot.position, each) for each in extra)


def _fill_repeat(instance: Instance, slot: Slot, plan: Plan, sources: list[etree._Element]) -> None:
    instance.repeats.append((plan, slot, len(sources)))
    instance.unknown.extend(_unknown(plan.path, slot.position, each) for each in sources[MAX_REPEAT_INSTANCES:][:1])
    for number, each in enumerate(sources[:MAX_REPEAT_INSTANCES], start=1):
        _fill(instance, _new_entry(instance, slot, plan, number), each)


def _new_entry(instance: Instance, slot: Slot, plan: Plan, number: int) -> Slot:
    """One more instance of a repeat in a slot."""
    entries = instance.by_path[plan.path]
    entry = Slot(plan, instance, (*slot.position, number), len(entries))
    entries.append(entry)
    slot.children.append(entry)
    return entry


def _compose(instance: Instance, slot: Slot, answers: Mapping[str, Any], text_for: Callable[[Plan, Any], str]) -> None:
    for plan in slot.plan.children:
        value = answers.get(plan.name)
        if plan.is_repeat:
            rows = value or ()
            instance.repeats.append((plan, slot, len(rows)))
            for number, each in enumerate(rows[:MAX_REPEAT_INSTANCES], start=1):
                _compose(instance, _new_entry(instance, slot, plan, number), each or {}, text_for)
            continue
        child = Slot(plan, instance, slot.position, slot.ordinal, [] if plan.children else _NONE)
        slot.children.append(child)
        instance.by_path[plan.path].append(child)
        if not plan.is_question:
            _compose(instance, child, value or {}, text_for)
        elif text := text_for(plan, value):
            child.text = child.arrived = text if plan.kind == "text" else text.strip()


def _unknown(path: str, position: tuple[int, ...], element: etree._Element) -> Unknown:
    return Unknown(local_name(element), path, position, "".join(str(text) for text in element.itertext()).strip()[:200])


def settle(engine: Engine, instance: Instance, differs: Callable[[Slot, str], None] | None = None) -> None:
    """Brings the instance to rest in place. `differs` is told of each calculation that arrived with another value than the one computed.

    A calculation that nobody else can compute again (the moment, chance, the language) keeps what arrived; one that arrived empty is
    filled in, because not every client sends calculations.
    """
    by_path = instance.by_path
    for plan, is_calculation in engine.jobs:
        for slot in by_path[plan.path]:
            if not slot.is_relevant:
                continue
            if is_calculation:
                _calculate(slot, plan, differs)
            elif plan.relevant is not None and not plan.relevant.holds_at(slot):
                make_irrelevant(slot)


def _calculate(slot: Slot, plan: Plan, differs: Callable[[Slot, str], None] | None) -> None:
    calculation = plan.calculation
    if calculation is None:
        return
    if calculation.is_fleeting and slot.arrived:
        if differs is not None and not _is_of_kind(slot.arrived, calculation.kind):
            differs(slot, calculation.text_at(slot))
        return
    computed = calculation.text_at(slot)
    if computed == slot.arrived:
        return
    if slot.arrived and not is_same_value(slot.arrived, computed):
        if not computed and calculation.kind in ("int", "num"):
            return
        if differs is not None:
            differs(slot, computed)
    slot.write(computed)


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
    slot.leave()
    for child in slot.children:
        make_irrelevant(child)


def moment_of(engine: Engine, instance: Instance, now: datetime) -> datetime:
    """When the interview took place, as it says itself: its end, start or date, else `now`.

    A tablet may send weeks later; what was "today" for the people who sat together must stay so when it is checked again.
    """
    zone = now.tzinfo
    found: dict[str, str] = {}
    for plan in engine.clocks:
        slots = instance.by_path[plan.path]
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
        name = child.plan.name
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
