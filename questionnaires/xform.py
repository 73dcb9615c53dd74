"""The questionnaire tree as an XForm tells it: binds, body controls, texts and choice lists. Reads XML, never a workbook."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from questionnaires.data_files import DataFile
from questionnaires.model import DEFAULT_LABEL, DEFAULT_VALUE, Choice, Group, Language, Node, Question, Repeat, Text
from questionnaires.question_types import BIND_TYPES, PRELOADS, UPLOAD_TYPES

XF = "{http://www.w3.org/2002/xforms}"
JR = "{http://openrosa.org/javarosa}"
ODK = "{http://www.opendatakit.org/xforms}"
ORX = "{http://openrosa.org/xforms}"

_ITEXT = re.compile(r"jr:itext\('(.*)'\)")
_ITEMSET_LIST = re.compile(r"instance\('([^']*)'\)/root/item")
_RANDOMIZE = re.compile(r"randomize\((.*?)(?:,\s*([^,()\[\]]+))?\)", re.DOTALL)
_CONTROLS = {XF + tag for tag in ("input", "select", "select1", "range", "trigger", "upload", "secret")} | {ODK + "rank"}
_NO_PARAMETERS = {"ref", "appearance", "mediatype", "class", "query"}
_NO_LANGUAGE = "default"
_MISSING_TRANSLATION = "-"
"""What pyxform writes where a language lacks a text that another language has."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one id in every language, by form: "" the plain text, "guidance", or a medium ("image", "audio", …)."""

    forms: Mapping[str, Text]

    @property
    def plain(self) -> Text:
        """The text that is read, by language."""
        return self.forms.get("", {})

    @property
    def media(self) -> Mapping[str, Text]:
        """File names by medium and language."""
        return {form: text for form, text in self.forms.items() if form not in ("", "guidance")}


@dataclass(frozen=True, slots=True)
class XFormTree:
    """What an XForm says: the tree, its choices by list, its languages, and the expression of the instance's name."""

    children: tuple[Node, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    languages: tuple[Language, ...]
    default_language: str
    title: str
    form_id: str
    version: str
    instance_name: str | None


def read_xform(xform: str, declared_types: Mapping[str, str]) -> XFormTree:
    """The tree of an XForm as pyxform writes it.

    `declared_types` maps question names to the type the author wrote; it decides only where an XForm says less
    (a note and a read-only text look the same in it).
    """
    root = etree.fromstring(xform.encode())
    return _Reader(root, declared_types).read()


def text_of(element: etree._Element) -> str:
    """The text of a label or value; an `output` becomes `${expression}`."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == XF + "output":
            parts.append("${" + (child.get("value") or child.get("ref") or "").strip() + "}")
        parts.append(child.tail or "")
    return "".join(parts).strip()


class _Reader:
    """One pass over one XForm; holds what has been indexed so far."""

    def __init__(self, root: etree._Element, declared_types: Mapping[str, str]) -> None:
        self.root = root
        self.declared_types = declared_types
        model = root.find(f".//{XF}model")
        body = root.find("{http://www.w3.org/1999/xhtml}body")
        if model is None or body is None:
            raise ValueError("an XForm needs a model and a body")
        self.model: etree._Element = model
        self.translations = {each.get("lang", ""): each for each in model.iterfind(f"{XF}itext/{XF}translation")}
        self.texts = self._index_texts()
        self.binds = {bind.get("nodeset", ""): bind for bind in model.iterfind(f"{XF}bind")}
        self.controls = {str(each.get("ref")): each for each in body.iter(*_CONTROLS)}
        self.groups = {str(each.get("ref")): each for each in body.iter(XF + "group") if each.get("ref")}
        self.repeats = {str(each.get("nodeset")): each for each in body.iter(XF + "repeat")}
        self.setvalues = self._index_setvalues(root)
        self.actions = self._index_actions()
        self.external = {str(each.get("id")) for each in model.iterfind(f"{XF}instance") if each.get("src")}

    def read(self) -> XFormTree:
        instance = self.model.find(f"{XF}instance")
        if instance is None or not len(instance):
            raise ValueError("an XForm needs a primary instance")
        data = instance[0]
        path = "/" + etree.QName(data).localname
        names = self._languages()
        default = next((name for name, each in self.translations.items() if each.get("default") and name in names), names[0])
        name_bind = self.binds.get(f"{path}/meta/instanceName")
        title = self.root.findtext(".//{http://www.w3.org/1999/xhtml}title") or ""
        return XFormTree(
            children=tuple(self._children(data, path)),
            choices=self._choices(),
            languages=tuple(Language(name=name, code=_language_code(name)) for name in names),
            default_language=default,
            title=title,
            form_id=data.get("id", ""),
            version=data.get("version", ""),
            instance_name=None if name_bind is None else name_bind.get("calculate"),
        )

    def _languages(self) -> tuple[str, ...]:
        """The languages that labels are written in: what has none is pyxform's "default", which may hold no more than pictures or hints."""
        is_spoken = any(_NO_LANGUAGE in text.plain for key, text in self.texts.items() if ":" not in key or key.endswith(":label"))
        return tuple(name for name in self.translations if name != _NO_LANGUAGE or is_spoken) or (_NO_LANGUAGE,)

    def _children(self, element: etree._Element, path: str) -> Iterator[Node]:
        seen: set[str] = set()
        for child in element:
            name = etree.QName(child).localname
            child_path = f"{path}/{name}"
            if name in seen or (name == "meta" and path.count("/") == 1):
                continue
            seen.add(name)
            if child_path in self.repeats:
                yield self._repeat(child, name, child_path)
            elif len(child) or child_path in self.groups:
                yield self._group(child, name, child_path)
            else:
                yield self._question(name, child_path, child.text or "")

    def _group(self, element: etree._Element, name: str, path: str) -> Group:
        control = self.groups.get(path)
        label = self._texts_at(control, "label")
        return Group(
            name=name,
            path=path,
            label=label.plain,
            media=label.media,
            children=tuple(self._children(element, path)),
            relevant=self._bind(path, "relevant"),
            appearance=_words(control, "appearance"),
        )

    def _repeat(self, element: etree._Element, name: str, path: str) -> Repeat:
        control, repeat = self.groups.get(path), self.repeats[path]
        count = repeat.get(JR + "count")
        label = self._texts_at(control, "label")
        return Repeat(
            name=name,
            path=path,
            label=label.plain,
            media=label.media,
            children=tuple(self._children(element, path)),
            relevant=self._bind(path, "relevant"),
            count=count.strip() if count else None,
            appearance=_words(repeat, "appearance") or _words(control, "appearance"),
        )

    def _question(self, name: str, path: str, default: str) -> Question:
        control = self.controls.get(path)
        label, hint = self._texts_at(control, "label"), self._texts_at(control, "hint")
        itemset = None if control is None else control.find(f"{XF}itemset")
        list_name, choice_filter, parameters = self._itemset(itemset)
        instance_id = list_name if list_name in self.external else None
        set_by, set_value = self._setvalue(path)
        is_dynamic = set_value is not None and set_by is None
        return Question(
            name=name,
            path=path,
            type=self._type(name, path, control, instance_id),
            label=label.plain,
            hint=hint.plain,
            guidance=hint.forms.get("guidance", {}),
            media=label.media,
            appearance=_words(control, "appearance"),
            parameters={**parameters, **self._parameters(path, control)},
            list_name=file_list_name(instance_id, parameters) if instance_id else list_name,
            instance_id=instance_id,
            choice_filter=choice_filter,
            relevant=self._bind(path, "relevant"),
            required=_unless_false(self._bind(path, "required")),
            required_message=self._message(path, "requiredMsg"),
            constraint=self._bind(path, "constraint"),
            constraint_message=self._message(path, "constraintMsg"),
            calculation=set_value if set_by else self._bind(path, "calculate"),
            default=default,
            read_only=self._bind(path, "readonly") == "true()",
            preload=self._preload(path),
            dynamic_default=set_value if is_dynamic else None,
            trigger=set_by,
        )

    def _type(self, name: str, path: str, control: etree._Element | None, instance_id: str | None) -> str:
        preload, action = self._preload(path), self.actions.get(path)
        if preload or action:
            return preload or action or "hidden"
        if control is None:
            is_calculated = self._bind(path, "calculate") is not None or self.declared_types.get(name) == "calculate"
            return "calculate" if is_calculated else "hidden"
        tag = etree.QName(control).localname
        if tag in ("select", "select1"):
            # The heading of a table of questions: it shows the choices' labels and is never answered.
            if "label" in _words(control, "appearance"):
                return "note"
            base = "select_one" if tag == "select1" else "select_multiple"
            return f"{base}_from_file" if instance_id else base
        if tag == "upload":
            return UPLOAD_TYPES.get(control.get("mediatype", ""), "file")
        if tag in ("rank", "range"):
            return tag
        if tag == "trigger":
            return "acknowledge"
        if self._bind(path, "readonly") == "true()" and self.declared_types.get(name, "note") == "note":
            return "note"
        return BIND_TYPES.get(self._bind(path, "type") or "string", "text")

    def _preload(self, path: str) -> str | None:
        bind = self.binds.get(path)
        if bind is None or bind.get(JR + "preload") is None:
            return None
        return PRELOADS.get((bind.get(JR + "preload", ""), bind.get(JR + "preloadParams", "")), "hidden")

    def _bind(self, path: str, attribute: str) -> str | None:
        bind = self.binds.get(path)
        value = None if bind is None else bind.get(attribute)
        return value.strip() if value and value.strip() else None

    def _message(self, path: str, attribute: str) -> Text:
        bind = self.binds.get(path)
        value = None if bind is None else bind.get(JR + attribute)
        return self._resolve(value).plain if value else {}

    def _resolve(self, value: str) -> Texts:
        match = _ITEXT.fullmatch(value.strip())
        if match:
            return self.texts.get(match[1], Texts({}))
        return Texts({"": {"default": value}})

    def _texts_at(self, control: etree._Element | None, tag: str) -> Texts:
        element = None if control is None else control.find(XF + tag)
        if element is None:
            return Texts({})
        if element.get("ref"):
            return self._resolve(str(element.get("ref")))
        return Texts({"": {"default": text_of(element)}})

    def _index_texts(self) -> dict[str, Texts]:
        forms: dict[str, dict[str, dict[str, str]]] = {}
        for language, translation in self.translations.items():
            for text in translation.iterfind(f"{XF}text"):
                by_form = forms.setdefault(text.get("id", ""), {})
                for value in text.iterfind(f"{XF}value"):
                    form, content = value.get("form", ""), text_of(value)
                    if content and content != _MISSING_TRANSLATION:
                        file_or_text = content.rsplit("/", 1)[-1] if content.startswith("jr://") else content
                        by_form.setdefault(form, {})[language] = file_or_text
        return {key: Texts(by_form) for key, by_form in forms.items()}

    def _index_setvalues(self, root: etree._Element) -> dict[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {}
        for each in root.iter(XF + "setvalue"):
            found.setdefault(each.get("ref", ""), []).append(each)
        return found

    def _setvalue(self, path: str) -> tuple[str | None, str | None]:
        """The path of the question whose change sets this one (None for a dynamic default), and the expression."""
        for each in self.setvalues.get(path, ()):
            if each.get("event") == "xforms-value-changed":
                parent = each.getparent()
                return (None if parent is None else parent.get("ref")), each.get("value", "''")
            if "odk-instance-first-load" in each.get("event", "") or "odk-new-repeat" in each.get("event", ""):
                return None, each.get("value", "''")
        return None, None

    def _index_actions(self) -> dict[str, str]:
        types = {ODK + "setgeopoint": "start-geopoint", ODK + "recordaudio": "background-audio"}
        return {each.get("ref", ""): types[str(each.tag)] for each in self.root.iter(*types)}

    def _parameters(self, path: str, control: etree._Element | None) -> dict[str, str]:
        found = {}
        if control is not None:
            found = {etree.QName(key).localname: str(value) for key, value in control.items() if key not in _NO_PARAMETERS}
        bind = self.binds.get(path)
        if bind is not None:
            found |= {etree.QName(k).localname: str(v) for k, v in bind.items() if str(k).startswith((ORX, ODK))}
        return found

    def _itemset(self, itemset: etree._Element | None) -> tuple[str | None, str | None, dict[str, str]]:
        """The list's name, the filter's predicate, and where the items come from when it is not a plain list."""
        if itemset is None:
            return None, None, {}
        nodeset, parameters = itemset.get("nodeset", "").strip(), {}
        randomized = _RANDOMIZE.fullmatch(nodeset)
        if randomized:
            nodeset = randomized[1].strip()
            parameters["randomize"] = "true"
            if randomized[2]:
                parameters["seed"] = randomized[2].strip()
        for part, usual in (("value", (DEFAULT_VALUE,)), ("label", (DEFAULT_LABEL, "jr:itext(itextId)"))):
            reference = itemset.find(XF + part)
            if reference is not None and reference.get("ref") not in usual:
                parameters[part] = str(reference.get("ref"))
        match = _ITEMSET_LIST.match(nodeset)
        if match is None:
            return None, None, {**parameters, "nodeset": nodeset}
        predicate = nodeset[match.end() :].strip()
        return match[1], predicate[1:-1].strip() if predicate else None, parameters

    def _choices(self) -> dict[str, tuple[Choice, ...]]:
        lists = {}
        for instance in self.model.iterfind(f"{XF}instance"):
            items = instance.findall(f"{XF}root/{XF}item")
            if instance.get("id") and items:
                lists[str(instance.get("id"))] = tuple(self._choice(item) for item in items)
        return lists

    def _choice(self, item: etree._Element) -> Choice:
        cells = {etree.QName(child).localname: text_of(child) for child in item}
        texts = self.texts.get(cells["itextId"], Texts({})) if "itextId" in cells else Texts({"": {"default": cells.get("label", "")}})
        properties = {key: value for key, value in cells.items() if key not in ("itextId", "name", "label")}
        name = cells.get("name", "")
        # What has neither words nor a picture is called by its name, as in ODK Collect.
        label = texts.plain if texts.media or any(texts.plain.values()) else {_NO_LANGUAGE: name}
        return Choice(name=name, label=label, media=texts.media, properties=properties)


def file_list_name(instance_id: str, parameters: Mapping[str, str]) -> str:
    """The name of the list that a question takes from a file: that of the instance, with the columns where they are not the usual ones."""
    columns = (parameters.get("value", DEFAULT_VALUE), parameters.get("label", DEFAULT_LABEL))
    return instance_id if columns == (DEFAULT_VALUE, DEFAULT_LABEL) else ".".join((instance_id, *columns))


def file_choices(question: Question, file: DataFile) -> tuple[Choice, ...]:
    """The choices that a question takes from a file; none when the file lacks the column of their names."""
    value, label = question.parameters.get("value", DEFAULT_VALUE), question.parameters.get("label", DEFAULT_LABEL)
    if value not in file.columns:
        return ()
    at_value, at_label = file.columns.index(value), file.columns.index(label if label in file.columns else value)
    return tuple(
        Choice(row[at_value], {"default": row[at_label]}, properties=dict(zip(file.columns, row, strict=True))) for row in file.rows
    )


def _unless_false(expression: str | None) -> str | None:
    return None if expression == "false()" else expression


def _words(control: etree._Element | None, attribute: str) -> tuple[str, ...]:
    return () if control is None else tuple(control.get(attribute, "").split())


def _language_code(name: str) -> str:
    match = re.search(r"\(([A-Za-z0-9-]+)\)\s*$", name)
    return match[1] if match else ""


def paths_of(nodes: Iterable[Node]) -> dict[str, str]:
    """Every node's absolute path by its name; where a name occurs twice, the first in document order."""
    found: dict[str, str] = {}
    for node in nodes:
        found.setdefault(node.name, node.path)
    return found
