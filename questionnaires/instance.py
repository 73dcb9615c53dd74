"""One filled questionnaire: XML to answers and back, and everything that is wrong with it.

The rules are ODK's: an irrelevant answer does not exist, an answer is required only where it is relevant, a constraint speaks only of
what was answered. What arrives is never trusted; it is judged as a whole and every doubt is told at once.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from questionnaires.engine import Engine, Plan, engine_of
from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.expressions.dates import format_instant
from questionnaires.expressions.evaluate import compile_expression
from questionnaires.expressions.rewrite import IRRELEVANT
from questionnaires.expressions.values import MOMENT, Moment, text_of, to_text
from questionnaires.messages import default_message
from questionnaires.model import Group, IssueRule, Question, Questionnaire, Repeat, Text, text_in
from questionnaires.settle import Instance, Slot, answers_of, build_instance, compose_instance, local_name, moment_of, settle
from questionnaires.typed_values import is_typed, to_answer, to_xml_text

_QUOTED = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Identity:
    """What an instance says of itself; "" where it says nothing."""

    form_id: str
    version: str
    instance_id: str
    deprecated_id: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one answer; `message` is keyed by the questionnaire's language names.

    `code` is "type", "required", "constraint", "choice", "irrelevant", "calculation", "unknown" or "repeat_count".
    """

    question: str
    path: str
    position: tuple[int, ...]
    value: str | None
    code: str
    message: Text


@dataclass(frozen=True, slots=True)
class Check:
    """The answers of an instance and what is wrong with them, both in document order, and the issue rules that hold, in the order of
    the questionnaire."""

    answers: dict[str, Any]
    findings: tuple[Finding, ...]
    rules: tuple[IssueRule, ...]


def parse_instance(xml: bytes) -> etree._Element:
    """The root of a submission. Nothing is fetched and no entity is resolved. Raises MALFORMED_XML or UNSAFE_XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
            raise SurveyError(ErrorCode.UNSAFE_XML) from error
        raise SurveyError(ErrorCode.MALFORMED_XML, detail=str(error).split(", line")[0]) from error
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype or any(True for _ in root.iter(etree.Entity)):
        raise SurveyError(ErrorCode.UNSAFE_XML)
    return root


def identify(root: etree._Element) -> Identity:
    """The form, version and identifiers that the instance names, "" where it names none."""
    meta = {local_name(child): (child.text or "").strip() for child in root.iterfind("{*}meta/*") if isinstance(child.tag, str)}
    attributes = {str(key).rpartition("}")[2]: str(value).strip() for key, value in root.attrib.items()}
    return Identity(
        form_id=attributes.get("id", ""),
        version=attributes.get("version", ""),
        instance_id=meta.get("instanceID", "") or attributes.get("instanceID", ""),
        deprecated_id=meta.get("deprecatedID", ""),
    )


def check_instance(questionnaire: Questionnaire, root: etree._Element, *, now: datetime) -> Check:
    """The answers of the instance `root`, everything that is wrong with it, and the issue rules that hold for it.

    `now` is when it arrived; expressions are evaluated at the moment that the interview itself names, where it does.
    """
    engine = engine_of(questionnaire)
    instance = build_instance(engine, root)
    with _using(engine, instance, now):
        checker = _Checker(engine, instance)
        settle(engine, instance, checker.differ)
        findings = checker.findings()
        rules = _rules_that_hold(engine, instance.root)
        return Check(answers_of(instance.root, to_answer), findings, rules)


def iter_answers(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> Iterator[tuple[Question, tuple[int, ...], Any]]:
    """Every question with its answer (None when unanswered), once per repeat instance around it, with the 1-based positions."""
    yield from _iter(questionnaire.children, answers, ())


def _iter(
    children: tuple[Question | Group | Repeat, ...], answers: Mapping[str, Any], position: tuple[int, ...]
) -> Iterator[tuple[Question, tuple[int, ...], Any]]:
    for node in children:
        value = answers.get(node.name)
        if isinstance(node, Question):
            yield node, position, value
        elif isinstance(node, Repeat):
            for number, each in enumerate(value or (), start=1):
                yield from _iter(node.children, each or {}, (*position, number))
        else:
            yield from _iter(node.children, value or {}, position)


def _rules_that_hold(engine: Engine, root: Slot) -> tuple[IssueRule, ...]:
    return tuple(rule for rule in engine.questionnaire.issue_rules if engine.rules[rule.name].holds_at(root))


Given = tuple[Question, tuple[int, ...], Any]
"""A question that was answered, the 1-based positions of the repeat instances around it, and the answer."""


def given_answers(questionnaire: Questionnaire, answers: Mapping[str, Any]) -> tuple[Given, ...]:
    """What `iter_answers` yields of the questions that are answered, in the order of `answers`."""
    return tuple(_given(engine_of(questionnaire).root, answers, ()))


def _given(plan: Plan, answers: Mapping[str, Any], position: tuple[int, ...]) -> Iterator[Given]:
    by_name = plan.by_name
    for name, value in answers.items():
        child = by_name.get(name)
        if child is None or value is None:
            continue
        if isinstance(child.node, Question):
            yield child.node, position, value
        elif child.is_repeat:
            for number, each in enumerate(value, start=1):
                yield from _given(child, each or {}, (*position, number))
        else:
            yield from _given(child, value, position)


def write_instance(
    questionnaire: Questionnaire,
    answers: Mapping[str, Any],
    *,
    instance_id: str,
    now: datetime,
    deprecated_id: str = "",
    preloads: Mapping[str, str] | None = None,
) -> bytes:
    """The submission XML of the answers, as an ODK client would send it: irrelevant answers blank, calculations made true.

    `preloads` gives metadata by type ("deviceid", "username", …); start, end and today are `now` unless given or answered.
    """
    engine = engine_of(questionnaire)
    day = now.date().isoformat()
    known = {"start": format_instant(now), "end": format_instant(now), "today": day, **(preloads or {})}
    instance = compose_instance(engine, answers, lambda plan, value: _text_for(plan, value, known))
    with _using(engine, instance, now):
        settle(engine, instance)
        root = instance.root.element
    etree.strip_attributes(root, IRRELEVANT)
    meta = root[-1]
    etree.SubElement(meta, "instanceID").text = instance_id
    if deprecated_id:
        etree.SubElement(meta, "deprecatedID").text = deprecated_id
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def irrelevant_places(questionnaire: Questionnaire, answers: Mapping[str, Any], *, now: datetime) -> frozenset[tuple[str, tuple[int, ...]]]:
    """The path and positions of every question that these answers leave without relevance; answers may be texts as the XML writes them."""
    engine = engine_of(questionnaire)
    instance = compose_instance(engine, answers, lambda plan, value: _text_for(plan, value, {}))
    with _using(engine, instance, now):
        settle(engine, instance)
        return frozenset(
            (path, slot.position)
            for path, slots in instance.by_path.items()
            if engine.plans[path].is_question
            for slot in slots
            if not slot.is_relevant
        )


def _text_for(plan: Plan, value: Any, preloads: Mapping[str, str]) -> str:
    """How a client writes the answer of a question; what is computed is left to the computation."""
    node = plan.node
    if isinstance(node, Question):
        if plan.calculation is not None and not plan.calculation.is_fleeting and node.trigger is None:
            return ""
        if value is None and node.preload:
            value = preloads.get(node.preload)
    return to_xml_text(value)


@contextmanager
def _using(engine: Engine, instance: Instance, now: datetime) -> Iterator[None]:
    """While the block uses the instance, its expressions are evaluated at its moment; afterwards it is no more."""
    aware = now if now.tzinfo else now.replace(tzinfo=UTC)
    token = MOMENT.set(Moment(moment_of(engine, instance, aware)))
    try:
        yield
    finally:
        MOMENT.reset(token)
        instance.take_apart()


class _Checker:
    """Collects what is wrong with one instance."""

    def __init__(self, engine: Engine, instance: Instance) -> None:
        self.engine = engine
        self.instance = instance
        self.found: list[tuple[int, Finding]] = []

    def findings(self) -> tuple[Finding, ...]:
        """All findings in document order, of an instance that has settled."""
        for unknown in self.instance.unknown:
            message = default_message(self.engine.questionnaire, "unknown", name=unknown.name)
            self.found.append(
                (len(self.engine.plans) + 1, Finding(unknown.name, unknown.path, unknown.position, unknown.value, "unknown", message))
            )
        for plan, slot, n_instances in self.instance.repeats:
            self.check_count(plan, slot, n_instances)
        for path, slots in self.instance.by_path.items():
            plan = self.engine.plans[path]
            if plan.is_question:
                is_required = plan.required is not None and plan.is_asked
                for slot in slots:
                    if slot.is_relevant and (is_required or slot.text):
                        self.check_answer(plan, slot)
        self.found.sort(key=lambda each: each[0])
        return tuple(finding for _, finding in self.found)

    def add(self, slot: Slot, code: str, value: str | None, message: Text) -> None:
        """Notes a finding."""
        plan = slot.plan
        self.found.append((plan.number, Finding(plan.node.name, plan.path, slot.position, value, code, message)))

    def differ(self, slot: Slot, computed: str) -> None:
        """Notes a calculation that arrived with another value."""
        message = default_message(self.engine.questionnaire, "calculation", value=slot.arrived, expected=computed)
        self.add(slot, "calculation", slot.arrived, message)

    def check_count(self, plan: Plan, slot: Slot, n_instances: int) -> None:
        """A repeat whose number of instances is computed must have so many."""
        if plan.count is None or not slot.is_relevant or not self._is_relevant_repeat(plan, slot):
            return
        wanted = plan.count.number_at(slot)
        if wanted == wanted and max(0, int(wanted)) != n_instances:
            message = default_message(self.engine.questionnaire, "repeat_count", value=str(n_instances), expected=str(max(0, int(wanted))))
            finding = Finding(plan.node.name, plan.path, slot.position, str(n_instances), "repeat_count", message)
            self.found.append((plan.number, finding))

    def _is_relevant_repeat(self, plan: Plan, slot: Slot) -> bool:
        instances = [child for child in slot.children if child.plan is plan]
        return any(child.is_relevant for child in instances) if instances else plan.relevant is None

    def check_answer(self, plan: Plan, slot: Slot) -> None:
        """One relevant answer against everything its question asks of it; at most one finding, the most basic."""
        node = plan.node
        if not isinstance(node, Question):
            return
        text = slot.text
        if not text:
            if plan.required is not None and plan.is_asked and plan.required.holds_at(slot):
                self.add(slot, "required", None, self.worded(slot, node.required_message, "required"))
        elif plan.value_type != "string" and not is_typed(plan.value_type, text):
            self.add(slot, "type", text, default_message(self.engine.questionnaire, f"type_{plan.value_type}", value=text))
        elif plan.is_choice and not self.is_allowed(plan, node, slot, text):
            self.add(slot, "choice", text, default_message(self.engine.questionnaire, "choice", value=text))
        elif plan.constraint is not None and not plan.constraint.holds_at(slot):
            self.add(slot, "constraint", text, self.worded(slot, node.constraint_message, "constraint", value=text))

    def is_allowed(self, plan: Plan, node: Question, slot: Slot, text: str) -> bool:
        """Whether everything that is selected is among the choices that the question offers here."""
        names = text.split() if plan.is_multiple else [text]
        if plan.items is not None:
            offered = {text_of(each) for each in plan.items.evaluate(slot.element)}
            return all(name in offered for name in names)
        items = self.engine.items.get(node.list_name or "")
        if items is None:
            return True
        if plan.choice_filter is None:
            return all(name in items for name in names)
        return all(any(plan.choice_filter.is_true(item, slot.element) for item in items.get(name, ())) for name in names)

    def worded(self, slot: Slot, written: Text, code: str, **values: str) -> Text:
        """The author's message with the answers it quotes, in every language; the default one where the author wrote none."""
        questionnaire = self.engine.questionnaire
        default = default_message(questionnaire, code, **values)
        if not written:
            return default
        return {name: self.quote(slot, text_in(written, name)) or default[name] for name in default}

    def quote(self, slot: Slot, text: str) -> str:
        """The text with each `${expression}` replaced by its value."""
        if "${" not in text:
            return text
        place = f"a message of {slot.plan.node.name}"

        def value(match: re.Match[str]) -> str:
            compiled = compile_expression(match[1], slot.plan.path, self.engine.scope, place)
            return to_text(compiled.evaluate(slot.element))

        return _QUOTED.sub(value, text)
