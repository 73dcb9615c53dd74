"""A questionnaire made ready to judge instances: every expression compiled, and an order in which relevance and calculations settle."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from lxml import etree

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.expressions.evaluate import Compiled, compile_expression
from questionnaires.expressions.scope import Scope, scope_of
from questionnaires.model import DEFAULT_VALUE, Group, IssueRule, Node, Question, Questionnaire, Repeat
from questionnaires.question_types import MULTIPLE_TYPES, QUESTION_TYPES

MAX_ENGINES = 64
"""How many questionnaires stay compiled; the least recently used one is dropped first."""
CLOCKS = ("end", "start", "today")
"""The metadata that tell when an interview took place."""
_NUMBER_KINDS: Mapping[str, str] = {"int": "integer", "num": "decimal"}


@dataclass(eq=False, slots=True)
class Plan:
    """One node with its compiled expressions; `number` counts the nodes in document order."""

    number: int
    node: Node
    parent: "Plan | None"
    path: str
    name: str
    children: list["Plan"] = field(default_factory=list)
    by_name: dict[str, "Plan"] = field(default_factory=dict)
    relevant: Compiled | None = None
    required: Compiled | None = None
    constraint: Compiled | None = None
    calculation: Compiled | None = None
    choice_filter: Compiled | None = None
    count: Compiled | None = None
    items: Compiled | None = None
    """For a select whose choices are the instances of a repeat: the names that may be chosen."""
    kind: str = ""
    """The kind of column its answers make, as in `QuestionType.kind`; a calculation's is inferred from its expression."""
    value_type: str = "string"
    is_multiple: bool = False
    is_asked: bool = False
    """Whether somebody answers it: no note, no calculation, no metadata."""
    is_choice: bool = False
    """Whether its answer is one of choices, or several."""
    is_question: bool = False
    is_repeat: bool = False


Order = tuple[tuple[Plan, bool], ...]
"""Plans, each with whether its calculation (else its relevance) is due."""


@dataclass(eq=False, slots=True)
class Engine:
    """All plans of a questionnaire; `jobs` are the relevances and calculations in the order in which they settle."""

    questionnaire: Questionnaire
    scope: Scope
    root: Plan
    plans: dict[str, Plan]
    jobs: Order
    rules: dict[str, Compiled]
    items: dict[str, dict[str, list[etree._Element]]]
    """The items of each choice list by their names; a cascade may use a name several times."""
    codependent: tuple[tuple[str, ...], ...]
    """Paths whose relevances depend on each other's answers, which ODK allows and which rarely is meant."""
    clocks: tuple[Plan, ...]
    """The questions that a client fills in with when the interview began, ended, or on which day it was."""


def engine_of(questionnaire: Questionnaire) -> Engine:
    """The engine of a questionnaire, compiled once per process and kept while it is used.

    Raises INVALID_EXPRESSION or CIRCULAR_EXPRESSION.
    """
    key = (questionnaire.xform, *(file.sha256 for file in questionnaire.files.values()))
    known = _ENGINES.get(key)
    if known is None or known.questionnaire.issue_rules != questionnaire.issue_rules:
        known = build_engine(questionnaire)
        _ENGINES[key] = known
        while len(_ENGINES) > MAX_ENGINES:
            _ENGINES.popitem(last=False)
    _ENGINES.move_to_end(key)
    return known


_ENGINES: OrderedDict[tuple[str, ...], Engine] = OrderedDict()


def build_engine(questionnaire: Questionnaire) -> Engine:
    """The engine, compiled anew."""
    scope = scope_of(questionnaire)
    top = Group(name=scope.root, path=f"/{scope.root}", label={}, children=questionnaire.children)
    root = Plan(0, top, None, top.path, top.name)
    plans: dict[str, Plan] = {}
    _add_children(root, questionnaire.children, plans)
    for plan in plans.values():
        _compile_calculation(plan, plans, scope, set())
    for plan in plans.values():
        _compile(plan, scope)
    jobs, codependent = order_jobs(plans, questionnaire.form_id)
    rules = {rule.name: compile_rule(rule, scope) for rule in questionnaire.issue_rules}
    clocks = tuple(plan for plan in plans.values() if isinstance(plan.node, Question) and plan.node.preload in CLOCKS)
    return Engine(questionnaire, scope, root, plans, jobs, rules, _items(questionnaire, scope), codependent, clocks)


def compile_rule(rule: IssueRule, scope: Scope) -> Compiled:
    """The condition of an issue rule, evaluated at the root of an instance."""
    return compile_expression(rule.when, f"/{scope.root}", scope, f"'when' of issue rule {rule.name}")


def sources_of(node: Node) -> Iterator[tuple[str, str]]:
    """The expressions of a node, each with the column of the survey sheet it comes from."""
    if node.relevant:
        yield "relevant", node.relevant
    if isinstance(node, Repeat) and node.count:
        yield "repeat_count", node.count
    if isinstance(node, Question):
        named = {
            "calculation": node.calculation,
            "constraint": node.constraint,
            "required": node.required,
            "choice_filter": node.choice_filter,
            "default": node.dynamic_default,
        }
        yield from ((column, text) for column, text in named.items() if text)


def _add_children(parent: Plan, children: tuple[Node, ...], plans: dict[str, Plan]) -> None:
    for node in children:
        is_question, is_repeat = isinstance(node, Question), isinstance(node, Repeat)
        plan = Plan(len(plans) + 1, node, parent, node.path, node.name, is_question=is_question, is_repeat=is_repeat)
        plans[node.path] = plan
        parent.children.append(plan)
        parent.by_name[node.name] = plan
        if isinstance(node, Question):
            known = QUESTION_TYPES.get(node.type)
            plan.kind, plan.value_type = (known.kind, known.value_type) if known else ("text", "string")
            plan.is_asked = plan.kind != "" and (known is None or known.is_asked)
            plan.is_multiple = node.type in MULTIPLE_TYPES
        else:
            _add_children(plan, node.children, plans)


def _items(questionnaire: Questionnaire, scope: Scope) -> dict[str, dict[str, list[etree._Element]]]:
    sources = {name: (name, DEFAULT_VALUE) for name in questionnaire.choices}
    for question in questionnaire.questions():
        if question.instance_id in scope.lists:
            sources[str(question.list_name)] = (question.instance_id, question.parameters.get("value", DEFAULT_VALUE))
    lists: dict[str, dict[str, list[etree._Element]]] = {}
    for name, (instance, value) in sources.items():
        by_name = lists.setdefault(name, {})
        for item in scope.lists[instance].iterfind("root/item"):
            by_name.setdefault(item.findtext(value) or "", []).append(item)
    return lists


def _place(column: str, node: Node) -> str:
    return f"'{column}' of {node.name}"


def _compile_calculation(plan: Plan, plans: Mapping[str, Plan], scope: Scope, under_way: set[str]) -> None:
    """Compiles a calculation after those it reads, whose kinds it takes over; in a circle, one is left a text until it is reported."""
    node = plan.node
    if not isinstance(node, Question) or not node.calculation or plan.calculation is not None or node.path in under_way:
        return
    under_way.add(node.path)
    place = _place("calculation", node)
    first = compile_expression(node.calculation, node.path, scope, place)
    behind = [plans[each.path] for each in first.references if each.path in plans]
    before = dict(scope.calculated_kinds)
    for other in behind:
        _compile_calculation(other, plans, scope, under_way)
    is_same = before == scope.calculated_kinds
    plan.calculation = first if is_same else compile_expression(node.calculation, node.path, scope, place)
    if node.type == "calculate":
        scope.calculated_kinds[node.path] = plan.calculation.kind
        plan.kind = _NUMBER_KINDS.get(plan.calculation.kind, "text")


def _compile(plan: Plan, scope: Scope) -> None:
    node = plan.node
    compiled = {
        column: compile_expression(text, node.path, scope, _place(column, node), is_filter=column == "choice_filter")
        for column, text in sources_of(node)
        if column != "calculation"
    }
    plan.relevant = compiled.get("relevant")
    plan.required = compiled.get("required")
    plan.constraint = compiled.get("constraint")
    plan.choice_filter = compiled.get("choice_filter")
    plan.count = compiled.get("repeat_count")
    if isinstance(node, Question) and (names := node.answers_offered):
        plan.items = compile_expression(names, node.path, scope, _place("type", node))
    plan.is_choice = isinstance(node, Question) and bool(node.list_name or plan.items)


Job = tuple[int, bool]


def order_jobs(plans: Mapping[str, Plan], form_id: str) -> tuple[Order, tuple[tuple[str, ...], ...]]:
    """Every relevance and calculation after all it reads, and the circles of relevances alone, which are broken in document order.

    A calculation that reads an earlier instance of its own repeat is no circle. Raises CIRCULAR_EXPRESSION with the path of a circle.
    """
    by_number = {plan.number: plan for plan in plans.values()}
    waits = {job: _dependencies(job, by_number[job[0]], plans) for job in _jobs(plans)}
    followers: dict[Job, list[Job]] = {job: [] for job in waits}
    for job, before in waits.items():
        for other in before:
            followers[other].append(job)
    left = {job: len(before) for job, before in waits.items()}
    ready = [job for job, count in left.items() if count == 0]
    heapify(ready)
    order: list[tuple[Plan, bool]] = []
    codependent: list[tuple[str, ...]] = []
    while left:
        if not ready:
            circle = _circle({job: waits[job] & left.keys() for job in left})
            if any(is_calculation for _, is_calculation in circle) or len(circle) == 1:
                names = [by_number[number].node.name for number, _ in (*circle, circle[0])]
                raise SurveyError(ErrorCode.CIRCULAR_EXPRESSION, file=form_id, cycle=" → ".join(names))
            codependent.append(tuple(by_number[number].path for number, _ in circle))
            ready = [min(circle)]
        job = heappop(ready)
        if job not in left:
            continue
        del left[job]
        order.append((by_number[job[0]], job[1]))
        for follower in followers[job]:
            if follower in left:
                left[follower] -= 1
                if left[follower] == 0:
                    heappush(ready, follower)
    return tuple(order), tuple(codependent)


def _jobs(plans: Mapping[str, Plan]) -> Iterator[Job]:
    for plan in plans.values():
        if plan.relevant is not None:
            yield plan.number, False
        if _is_kept_true(plan):
            yield plan.number, True


def _is_kept_true(plan: Plan) -> bool:
    return plan.calculation is not None and isinstance(plan.node, Question) and plan.node.trigger is None


def _dependencies(job: Job, plan: Plan, plans: Mapping[str, Plan]) -> set[Job]:
    expression = plan.calculation if job[1] else plan.relevant
    found = set(_relevances(plan if job[1] else plan.parent))
    for reference in expression.references if expression is not None else ():
        read = plans.get(reference.path)
        if reference.is_indexed and read is plan:
            continue
        if read is not None:
            found.update(_relevances(read))
            if _is_kept_true(read):
                found.add((read.number, True))
        # A group or repeat that is counted or placed is read for being there, not for what is answered in it.
        if reference.is_subtree:
            inside = f"{reference.path}/"
            for path, other in plans.items():
                if path.startswith(inside) and (other is not plan or not job[1]):
                    found.update(_relevances(other, reference.path))
                    if _is_kept_true(other):
                        found.add((other.number, True))
    return found


def _relevances(plan: Plan | None, below: str = "") -> Iterator[Job]:
    """The relevances that decide whether a node is there: its own and those of the groups around it, as far as `below`."""
    while plan is not None and plan.path != below:
        if plan.relevant is not None:
            yield plan.number, False
        plan = plan.parent


def _circle(waits: Mapping[Job, set[Job]]) -> list[Job]:
    """One circle among jobs that all wait for another of them, beginning at its first in document order."""
    at, seen = min(waits), dict[Job, int]()
    trail: list[Job] = []
    while at not in seen:
        seen[at] = len(trail)
        trail.append(at)
        at = min(waits[at])
    circle = trail[seen[at] :]
    start = circle.index(min(circle))
    return list(reversed(circle[start + 1 :] + circle[: start + 1]))
