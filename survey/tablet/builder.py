"""From a questionnaire to a WTForms form class: groups are `FormField`, repeats are `FieldList` of `FormField`.

`form.data` has the shape of the stored answers. Whether the answers are allowed is asked of `questionnaires.instance`, the same
code that judges XML from any client, so the two ways in can never disagree.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from wtforms import Field, FieldList, Form, FormField

from questionnaires.instance import Finding, check_instance, parse_instance, write_instance
from questionnaires.model import Group, Node, Question, Questionnaire, Repeat, text_in
from questionnaires.question_types import QUESTION_TYPES
from survey.db import utc_now
from survey.tablet.fields.answers import ComputedField, HiddenField, NoteField, TextField
from survey.tablet.fields.choices import ChoiceField
from survey.tablet.fields.types import FIELD_TYPES

NO_INSTANCE = f"uuid:{UUID(int=0)}"
KEPT_AT_MOST = 64
_FORMS: dict[tuple[str, str, int, str], "type[QuestionnaireForm]"] = {}


class QuestionnaireForm(Form):
    """The root of built forms; `questionnaire` and `language` are set on each class, `findings` by `validate`."""

    questionnaire: ClassVar[Questionnaire]
    language: ClassVar[str]
    findings: tuple[Finding, ...] = ()

    def answers(self) -> dict[str, Any]:
        """The answers as they are stored: nothing for what was not answered."""
        return _answers(self.questionnaire.children, self.data)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None, now: datetime | None = None) -> bool:
        """True when the questionnaire allows the answers; otherwise each refused field carries its message in the form's language."""
        now = now or utc_now()
        xml = write_instance(self.questionnaire, self.answers(), instance_id=NO_INSTANCE, now=now)
        self.findings = check_instance(self.questionnaire, parse_instance(xml), now=now).findings
        for finding in self.findings:
            field = self.field_at(finding.path, finding.position)
            if field is not None:
                field.errors = [*field.errors, text_in(finding.message, self.language)]
        return not self.findings

    def field_at(self, path: str, position: Sequence[int] = ()) -> Field | None:
        """The field of the question at `path` ("/data/members/age") in the repeat instances `position` counts from 1, or None."""
        positions = list(position)
        at: Any = self
        for name in path.split("/")[2:]:
            if isinstance(at, FormField):
                at = at.form
            name = field_name(name)
            at = at[name] if isinstance(at, Form) and name in at else None
            if isinstance(at, FieldList):
                number = positions.pop(0) if positions else 0
                at = at.entries[number - 1] if 0 < number <= len(at.entries) else None
        return at if isinstance(at, Field) else None


def build_form(questionnaire: Questionnaire, language: str | None = None) -> type[QuestionnaireForm]:
    """The form class of a questionnaire in `language` (its name in the form; None means the default), built once per version."""
    name = language or questionnaire.default_language
    key = (questionnaire.form_id, questionnaire.version, hash(questionnaire.xform), name)
    form = _FORMS.get(key)
    if form is None:
        attributes = {"questionnaire": questionnaire, "language": name} | _fields(questionnaire, questionnaire.children, name)
        form = _FORMS[key] = type("FilledForm", (QuestionnaireForm,), attributes)
        while len(_FORMS) > KEPT_AT_MOST:
            _FORMS.pop(next(iter(_FORMS)), None)
    return form


def fill_form(questionnaire: Questionnaire, answers: Mapping[str, Any], language: str | None = None) -> QuestionnaireForm:
    """The form with stored answers in it."""
    return build_form(questionnaire, language)(data=_form_data(questionnaire.children, answers))


def field_name(name: str) -> str:
    """The name of a question's field: its own, unless WTForms already means something by it (`data`, `errors`, a leading underscore)."""
    return f"q_{name}" if name.startswith("_") or hasattr(QuestionnaireForm, name) else name


def _answers(children: Sequence[Node], data: Mapping[str, Any]) -> dict[str, Any]:
    """Form data as answers; repeat instances keep their place even when empty."""
    answers: dict[str, Any] = {}
    for child in children:
        value = data.get(field_name(child.name))
        if isinstance(child, Repeat):
            value = [_answers(child.children, each) for each in value or ()]
        elif isinstance(child, Group):
            value = _answers(child.children, value or {})
        if value not in (None, "", [], {}):
            answers[child.name] = value
    return answers


def _form_data(children: Sequence[Node], answers: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as form data."""
    data: dict[str, Any] = {}
    for child in children:
        value = answers.get(child.name)
        if isinstance(child, Repeat):
            value = [_form_data(child.children, each) for each in value or ()]
        elif isinstance(child, Group):
            value = _form_data(child.children, value or {})
        data[field_name(child.name)] = value
    return data


def _fields(questionnaire: Questionnaire, children: Sequence[Node], language: str) -> dict[str, Any]:
    """The unbound fields of some nodes by name."""
    return {field_name(child.name): _field(questionnaire, child, language) for child in children}


def _field(questionnaire: Questionnaire, node: Node, language: str) -> Any:
    """The unbound field of one node."""
    if isinstance(node, Question):
        choices = questionnaire.choices.get(node.list_name or "", ())
        return _field_type(node)(text_in(node.label, language), question=node, language=language, choices=choices)
    inner = type("GroupForm", (Form,), _fields(questionnaire, node.children, language))
    if isinstance(node, Repeat):
        return FieldList(FormField(inner), label=text_in(node.label, language))
    return FormField(inner, label=text_in(node.label, language))


def _field_type(question: Question) -> type[Any]:
    """The class of field for a question; unknown types are asked as text, because an answer is better than none."""
    if question.list_name and question.type == "note":
        return ChoiceField
    known = QUESTION_TYPES.get(question.type)
    if known is not None and not known.is_asked:
        return HiddenField
    if question.calculation and question.label:
        return ComputedField
    if not question.label and not question.hint:
        return HiddenField if question.type == "text" and question.read_only else FIELD_TYPES.get(question.type, TextField)
    if question.type == "text" and question.read_only and not question.calculation:
        return ComputedField
    return FIELD_TYPES.get(question.type, NoteField if question.type == "note" else TextField)
