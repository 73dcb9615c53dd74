"""What an expression of one form can see: its nodes and their kinds of value, its choice lists, its labels. Reads, never evaluates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree

from questionnaires.data_files import DataFile, items_element, without_namespaces
from questionnaires.expressions.values import to_text
from questionnaires.model import Node, Question, Questionnaire, Repeat, text_in
from questionnaires.question_types import QUESTION_TYPES

XF = "{http://www.w3.org/2002/xforms}"

KIND_OF_VALUE: Mapping[str, str] = {"int": "int", "decimal": "num", "date": "date", "dateTime": "date"}
"""The value type of a question to the kind of value its node has in expressions; "str" for all others."""


@dataclass(slots=True)
class Scope:
    """The view of one form; `lists` holds each secondary instance as the element that `instance('…')` stands for."""

    root: str
    nodes: dict[str, Node]
    lists: dict[str, etree._Element]
    external: frozenset[str]
    labels: dict[str, dict[str, str]]
    files: Mapping[str, DataFile]
    itexts: dict[str, str]
    calculated_kinds: dict[str, str] = field(default_factory=dict)
    """Kinds of calculated nodes, filled in as their calculations are compiled."""
    _pulled: dict[tuple[str, str, str], dict[str, str]] = field(default_factory=dict)
    """What `pulldata()` gives by file, column and key column, filled in as they are asked for."""

    def kind_at(self, path: str) -> str:
        """The kind of value at a path: "int", "num", "date", "token" (the name of a choice) or "str"."""
        node = self.nodes.get(path)
        if not isinstance(node, Question):
            return "str"
        if path in self.calculated_kinds:
            return self.calculated_kinds[path]
        if node.list_name or node.type.startswith("select_one"):
            return "token"
        known = QUESTION_TYPES.get(node.type)
        return KIND_OF_VALUE.get(known.value_type, "str") if known else "str"

    def crosses_repeat(self, path: str, pivot: str | None) -> bool:
        """Whether a path leads through a repeat that its reader, whose paths begin at `pivot`, is not itself in."""
        inside = "" if pivot is None else pivot + "/"
        at = ""
        for name in path.split("/")[1:]:
            at = f"{at}/{name}"
            if isinstance(self.nodes.get(at), Repeat) and not inside.startswith(at + "/"):
                return True
        return False

    def choice_name(self, _context: Any, value: Any, list_name: Any) -> str:
        """The label of a choice in the form's default language: the extension function behind `jr:choice-name`."""
        return self.labels.get(to_text(list_name), {}).get(to_text(value), "")

    def pull_data(self, _context: Any, file: Any, column: Any, key_column: Any, key: Any) -> str:
        """The text of a column in the first row whose key column has this key, "" without one: the function behind `pulldata`."""
        place = (to_text(file), to_text(column), to_text(key_column))
        if place not in self._pulled:
            held = self.files.get(place[0])
            self._pulled[place] = {} if held is None else _by_key(held, place[1], place[2])
        return self._pulled[place].get(to_text(key), "")

    def itext(self, _context: Any, key: Any) -> str:
        """The text of an id in the form's default language: the extension function behind `jr:itext`."""
        return self.itexts.get(to_text(key), "")


def scope_of(questionnaire: Questionnaire) -> Scope:
    """The scope of a questionnaire, its secondary instances read from the XForm."""
    language = questionnaire.default_language
    model = _read_model(questionnaire.xform, language)
    return Scope(
        root=model.root,
        nodes={node.path: node for node in questionnaire.walk()},
        lists={**model.lists, **{instance: items_element(file) for instance, file in questionnaire.files.items()}},
        external=model.external,
        files=questionnaire.files,
        labels={
            name: {choice.name: text_in(choice.label, language) for choice in reversed(choices)}
            for name, choices in questionnaire.choices.items()
        },
        itexts=model.itexts,
    )


@dataclass(frozen=True, slots=True)
class _Model:
    """What a scope takes from the XForm; nobody changes it."""

    root: str
    lists: dict[str, etree._Element]
    external: frozenset[str]
    itexts: dict[str, str]


@lru_cache(maxsize=4)
def _read_model(xform: str, language: str) -> _Model:
    """What the XForm holds, kept for a moment: whoever checks or publishes a form asks several times in a row."""
    model = etree.fromstring(xform.encode()).find(f".//{XF}model")
    if model is None:
        raise ValueError("an XForm needs a model")
    instances = [each for each in model.iterfind(f"{XF}instance") if each.get("id")]
    primary = model.find(f"{XF}instance")
    return _Model(
        root=etree.QName(primary[0]).localname if primary is not None and len(primary) else "data",
        lists={str(each.get("id")): without_namespaces(each) for each in instances if not each.get("src")},
        external=frozenset(str(each.get("id")) for each in instances if each.get("src")),
        itexts=_itexts(model, language),
    )


def _by_key(file: DataFile, column: str, key_column: str) -> dict[str, str]:
    if column not in file.columns or key_column not in file.columns:
        return {}
    at, key_at = file.columns.index(column), file.columns.index(key_column)
    return {row[key_at]: row[at] for row in reversed(file.rows)}


def _itexts(model: etree._Element, language: str) -> dict[str, str]:
    for translation in model.iterfind(f"{XF}itext/{XF}translation"):
        if translation.get("lang") == language:
            return {text.get("id", ""): _plain_value(text) for text in translation.iterfind(f"{XF}text")}
    return {}


def _plain_value(text: etree._Element) -> str:
    value = next((each for each in text.iterfind(f"{XF}value") if not each.get("form")), None)
    return "" if value is None else "".join(map(str, value.itertext()))
