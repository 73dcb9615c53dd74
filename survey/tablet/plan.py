"""The plan of a form: everything the browser needs to run it, computed once per version and shipped as JSON with the page.

Nodes are numbered in document order; an edge says "when this node changes, look again at that one", which is what lets a tablet
recompute only what depends on the changed answer.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntFlag
from heapq import heappop, heappush
from typing import Any

from lxml import etree
from markupsafe import Markup

from questionnaires.audit_log import read_audit_settings
from questionnaires.model import Group, Node, Question, Questionnaire, Repeat, Text
from survey.instruments.household_file import empty_list
from survey.intake.texts import texts_by_code
from survey.tablet.documents import json_bytes
from survey.tablet.lists import build_lists, build_shipped_lists, shipped_lists
from survey.tablet.media import questionnaire_media
from survey.tablet.references import Compiled, Reference, compile_expression, compile_filter
from survey.tablet.texts import OUTPUT, outputs_in, questionnaire_texts, rich_text

XFORMS = "{http://www.w3.org/2002/xforms}"
JAVAROSA = "{http://openrosa.org/javarosa}"
ODK = "{http://www.opendatakit.org/xforms}"


class Look(IntFlag):
    """What of a node to look at again."""

    RELEVANT = 1
    CALCULATE = 2
    CHECK = 4
    FILTER = 8
    LABEL = 16
    COUNT = 32


ORDERING = Look.RELEVANT | Look.CALCULATE | Look.FILTER | Look.COUNT
LOOKS = {"r": Look.RELEVANT, "v": Look.CALCULATE, "q": Look.CHECK, "c": Look.CHECK, "nc": Look.COUNT}


def build_plan(questionnaire: Questionnaire) -> dict[str, Any]:
    """The plan as JSON values; `nodes`, `expressions`, `edges`, `lists`, `texts` and `instance` are described in their builders."""
    return _Planner(questionnaire).plan()


@dataclass(slots=True)
class _Planner:
    """Collects the parts of one plan."""

    questionnaire: Questionnaire
    nodes: list[dict[str, Any]] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, Node] = field(default_factory=dict)
    expressions: dict[str, int] = field(default_factory=dict)
    edges: dict[tuple[int, int, int], Look] = field(default_factory=lambda: defaultdict(lambda: Look(0)))
    list_of: dict[str, str] = field(default_factory=dict)

    def plan(self) -> dict[str, Any]:
        """All parts together."""
        form = self.questionnaire
        self.list_of = {question.path: question.list_name for question in form.questions() if question.list_name}
        self.add(form.children, -1)
        for number, node in enumerate(self.kinds.values()):
            self.compile(number, node)
        root = primary_instance(form)
        self.add_actions()
        self.add_labels()
        texts, rules = self.texts(), self.rules(root.tag)
        self.set_order()
        return {
            "form": {
                "id": form.form_id,
                "version": form.version,
                "languages": [{"name": language.name, "code": language.code} for language in form.languages],
                "default": next((i for i, each in enumerate(form.languages) if each.name == form.default_language), 0),
            },
            "root": root.tag,
            "instance": etree.tostring(root, encoding="unicode"),
            "nodes": self.nodes,
            "edges": self.edge_lists(),
            **build_lists(form),
            "shipped": shipped_tag(form),
            "households": empty_list(form),
            "texts": texts,
            "audit": audit_settings(form),
            "rules": rules,
            "media": questionnaire_media(form),
            "expressions": list(self.expressions),
        }

    def add(self, children: tuple[Node, ...], parent: int) -> None:
        """Numbers the nodes: p path, k kind (q, g, r), u parent, t type, and what else a question says of itself."""
        for child in children:
            number = len(self.nodes)
            self.index[child.path] = number
            self.kinds[child.path] = child
            kind = "q" if isinstance(child, Question) else "r" if isinstance(child, Repeat) else "g"
            entry: dict[str, Any] = {"p": child.path, "k": kind, "u": parent}
            self.nodes.append(entry)
            if isinstance(child, Question):
                entry["t"] = child.type
                optional = {"l": child.list_name, "d": child.default, "pre": child.preload, "ro": int(child.read_only)}
                entry.update({key: value for key, value in optional.items() if value})
                if child.appearance:
                    entry["a"] = " ".join(child.appearance)
            else:
                self.add(child.children, number)

    def compile(self, number: int, node: Node) -> None:
        """Compiles a node's expressions: r relevant, q required, c constraint, f filter, v calculation, nc repeat count, rz random seed.

        ns is what the choices are called where they are the answers of a repeat.
        """
        sources: dict[str, str | None] = {"r": node.relevant}
        if isinstance(node, Question) and node.choice_filter:
            self.compile_filter(number, node, node.choice_filter)
        if isinstance(node, Question) and (names := node.answers_offered):
            compiled = compile_expression(names, node.path, self.list_of)
            self.nodes[number]["ns"] = self.expression(compiled)
            for reference in compiled.references:
                self.connect(reference, number, Look.FILTER)
        if isinstance(node, Question) and node.parameters.get("randomize") == "true":
            seed = compile_expression(node.parameters.get("seed") or "''", node.path, self.list_of)
            self.nodes[number]["rz"] = self.expression(seed)
        if isinstance(node, Question):
            kept_true = None if node.trigger else node.calculation
            sources |= {"q": node.required, "c": node.constraint, "v": kept_true}
        elif isinstance(node, Repeat):
            sources["nc"] = node.count
        for key, text in sources.items():
            if text and text.strip():
                compiled = compile_expression(text, node.path, self.list_of)
                self.nodes[number][key] = self.expression(compiled)
                for reference in compiled.references:
                    self.connect(reference, number, LOOKS[key])

    def compile_filter(self, number: int, node: Question, text: str) -> None:
        """Compiles a choice filter: fk the columns that must equal something, f what else must be true of an item."""
        compiled = compile_filter(text, node.path, self.list_of)
        self.nodes[number]["fk"] = [[column, self.expression(Compiled(key))] for column, key in compiled.keys]
        if compiled.rest is not None:
            self.nodes[number]["f"] = self.expression(Compiled(compiled.rest))
        for reference in compiled.references:
            self.connect(reference, number, Look.FILTER)

    def expression(self, compiled: Compiled) -> int:
        """The number of an expression, equal texts sharing one."""
        return self.expressions.setdefault(compiled.text, len(self.expressions))

    def connect(self, reference: Reference, target: int, look: Look) -> None:
        """Adds the edges from what is read to the node that reads it; the scope is the innermost repeat both surely share."""
        exact = self.index.get(reference.path)
        sources = [exact] if exact is not None else []
        if exact is None or reference.is_subtree or isinstance(self.kinds[reference.path], Group):
            sources += [number for path, number in self.index.items() if path.startswith(f"{reference.path}/")]
        scope = -1
        for path in (node.path for node in self.kinds.values() if isinstance(node, Repeat)):
            if reference.pivot and (reference.pivot == path or reference.pivot.startswith(f"{path}/")):
                scope = self.index[path]
        for source in sources:
            if source != target or look is not Look.CHECK:
                self.edges[source, target, scope] |= look

    def add_actions(self) -> None:
        """Reads the XForm's setvalue actions: dx a computed default, tr what a changed answer sets elsewhere."""
        xform = etree.fromstring(self.questionnaire.xform.encode(), _parser())
        for action in xform.iter(f"{XFORMS}setvalue"):
            target = self.index.get(action.get("ref", ""))
            if target is None:
                continue
            path = self.nodes[target]["p"]
            value = action.get("value") or "'" + (action.text or "").replace("'", "") + "'"
            number = self.expression(compile_expression(value, path, self.list_of))
            events = action.get("event", "").split()
            if "odk-instance-first-load" in events or "odk-new-repeat" in events:
                self.nodes[target]["dx"] = number
            parent = action.getparent()
            source = self.index.get(parent.get("ref", "")) if parent is not None else None
            if "xforms-value-changed" in events and source is not None:
                self.nodes[source].setdefault("tr", []).append([target, number])
        self.add_recordings(xform)

    def add_recordings(self, xform: etree._Element) -> None:
        """Reads what the device records by itself: tg the positions that a changed answer asks for, rq how well sound is recorded."""
        for action in xform.iter(f"{ODK}setgeopoint", f"{ODK}recordaudio"):
            target = self.index.get(action.get("ref", ""))
            parent = action.getparent()
            source = self.index.get(parent.get("ref", "")) if parent is not None else None
            if target is None:
                continue
            if action.tag == f"{ODK}recordaudio":
                self.nodes[target]["rq"] = action.get(f"{ODK}quality", "")
            elif source is not None:
                self.nodes[source].setdefault("tg", []).append(target)

    def add_labels(self) -> None:
        """Adds the edges of texts that show answers: a changed answer rewrites the labels that show it."""
        for number, node in enumerate(self.kinds.values()):
            texts: list[Text] = [node.label]
            if isinstance(node, Question):
                texts += [node.hint, node.guidance, node.required_message, node.constraint_message]
                texts += [choice.label for choice in self.questionnaire.choices.get(node.list_name or "", ())]
            for expression in {found for text in texts for found in outputs_in(text)}:
                for reference in compile_expression(expression, node.path, self.list_of).references:
                    self.connect(reference, number, Look.LABEL)

    def texts(self) -> dict[str, list[str]]:
        """Every text as HTML, one version per language; `<span data-x="number">` stands where an answer is shown."""
        result = {}
        shipped = shipped_lists(self.questionnaire)
        for key, text in questionnaire_texts(self.questionnaire).items():
            if key.rpartition("-")[0] in shipped:
                continue
            context = key.rpartition(":")[0] or f"/{key}"
            shown = {
                found: Markup('<span data-x="{}"></span>').format(self.expression(compile_expression(found, context, self.list_of)))
                for version in text.values()
                for found in OUTPUT.findall(version)
            }
            result[key] = [str(rich_text(text, language.name, shown.__getitem__)) for language in self.questionnaire.languages]
        return result

    def rules(self, root: str) -> list[dict[str, Any]]:
        """The issue rules, for the second interviewer to see which hold: n name, x condition, t title by language code, e its questions."""
        return [
            {
                "n": rule.name,
                "x": self.expression(compile_expression(rule.when, f"/{root}", self.list_of)),
                "t": texts_by_code(self.questionnaire, rule.title),
                "e": list(rule.evidence),
            }
            for rule in self.questionnaire.issue_rules
        ]

    def set_order(self) -> None:
        """Gives each node `o`, its place in an order in which everything comes after what it depends on.

        Where nodes of a repeat depend on other instances of themselves no such order exists; document order breaks the tie.
        """
        after: dict[int, set[int]] = defaultdict(set)
        waits = [0] * len(self.nodes)
        pairs = {(s, t) for (s, t, _), look in self.edges.items() if look & ORDERING and s != t}
        pairs |= {(node["u"], number) for number, node in enumerate(self.nodes) if node["u"] >= 0}
        for source, target in pairs:
            after[source].add(target)
            waits[target] += 1
        ready = [number for number, count in enumerate(waits) if count == 0]
        left = set(range(len(self.nodes)))
        place = 0
        while left:
            number = heappop(ready) if ready else min(left)
            if number not in left:
                continue
            left.remove(number)
            self.nodes[number]["o"] = place
            place += 1
            for target in after[number]:
                waits[target] -= 1
                if waits[target] == 0 and target in left:
                    heappush(ready, target)

    def edge_lists(self) -> dict[str, list[list[int]]]:
        """Edges by source: [target, what to look at, innermost repeat both share or -1]."""
        result: dict[str, list[list[int]]] = defaultdict(list)
        for (source, target, scope), look in sorted(self.edges.items()):
            result[str(source)].append([target, int(look), scope])
        return result


def audit_settings(questionnaire: Questionnaire) -> dict[str, Any] | None:
    """What the form wants of the log beyond the times: changes, reasons, location {priority, interval, age} in seconds; None for none."""
    wanted = read_audit_settings(questionnaire)
    if wanted is None:
        return None
    location = wanted.location
    return {
        "changes": wanted.tracks_changes,
        "reasons": wanted.asks_reasons,
        "user": wanted.identifies_user,
        "location": location and {"priority": location.priority, "interval": location.min_interval_s, "age": location.max_age_s},
    }


def shipped_tag(questionnaire: Questionnaire) -> str:
    """What names the content of the lists beside the plan, "" when there are none."""
    shipped = build_shipped_lists(questionnaire)
    return hashlib.sha256(json_bytes(shipped)).hexdigest()[:16] if shipped["lists"] else ""


def primary_instance(questionnaire: Questionnaire) -> etree._Element:
    """The XForm's blank instance without namespace on its elements, each repeat once and empty as its own template."""
    xform = etree.fromstring(questionnaire.xform.encode(), _parser())
    instance = xform.find(f".//{XFORMS}model/{XFORMS}instance")
    if instance is None or not len(instance):
        raise ValueError(f"the XForm of {questionnaire.form_id} has no instance")
    root = instance[0]
    for element in list(root.iter(etree.Element)):
        if element.get(f"{JAVAROSA}template") is not None:
            del element.attrib[f"{JAVAROSA}template"]
            following = element.getnext()
            parent = element.getparent()
            if parent is not None and following is not None and following.tag == element.tag:
                parent.remove(following)
    for element in root.iter(etree.Element):
        if element.tag.startswith(XFORMS):
            element.tag = element.tag[len(XFORMS) :]
    etree.cleanup_namespaces(root)
    text = etree.tostring(root, encoding="unicode", with_tail=False).replace(' xmlns="http://www.w3.org/2002/xforms"', "")
    return etree.fromstring(text.encode(), _parser())


def _parser() -> etree.XMLParser:
    """A parser that fetches nothing and resolves no entity; blank text between elements is dropped."""
    return etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True, remove_comments=True)
