"""The lists that a form's questions and expressions read, as the browser gets them: small ones in the plan, large ones beside it.

A list is a table of columns and rows under the id of its secondary instance (`instance('id')`); a list of choices says which table and
which columns it is made of. What a page draws itself stays in the plan, and so does all that shows answers in its labels.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from questionnaires.data_files import DataFile
from questionnaires.model import DEFAULT_LABEL, DEFAULT_VALUE, Choice, Question, Questionnaire
from questionnaires.question_types import SELECT_TYPES
from survey.tablet.fields.choices import SEARCH_FROM
from survey.tablet.texts import outputs_in, plain_output, rich_text

XFORMS = "{http://www.w3.org/2002/xforms}"
SHIPPED_ROWS_FROM = 500
"""A data file of more rows goes beside the plan, even where no question takes its choices from it."""
_DRAWN = frozenset({"label", "image-map"})
"""The appearances for which the page draws every choice, however long the list."""

Table = dict[str, Any]


def build_lists(questionnaire: Questionnaire) -> dict[str, Any]:
    """What goes into the plan: `lists` by instance id, and `choices` by list name as {list, value, label}."""
    shipped = shipped_lists(questionnaire)
    tables = list_tables(questionnaire)
    held = {instance for name, (instance, _, _) in sources_of(questionnaire).items() if name in shipped}
    lists = {instance: table for instance, table in tables.items() if instance not in held and not _is_large(table)}
    choices = {
        name: {"list": instance, "value": value, "label": label}
        for name, (instance, value, label) in sources_of(questionnaire).items()
        if name not in shipped
    }
    return {"lists": lists, "choices": choices}


def build_shipped_lists(questionnaire: Questionnaire) -> dict[str, Any]:
    """What the document beside the plan holds, in the same shape; `texts` are the labels by language where a form has several."""
    inline = build_lists(questionnaire)
    tables = {instance: table for instance, table in list_tables(questionnaire).items() if instance not in inline["lists"]}
    choices: dict[str, dict[str, Any]] = {}
    for name, (instance, value, label) in sources_of(questionnaire).items():
        if name not in inline["choices"]:
            choices[name] = {"list": instance, "value": value, "label": label}
            if name not in questionnaire.files and not _is_from_file(questionnaire, name):
                choices[name]["texts"] = _labels(questionnaire, questionnaire.choices[name])
    return {"lists": tables, "choices": choices}


def shipped_lists(questionnaire: Questionnaire) -> frozenset[str]:
    """The lists of choices that no page draws: they are long, searched in, and their labels are plain texts."""
    takers: dict[str, list[Question]] = {}
    for question in questionnaire.questions():
        if question.list_name:
            takers.setdefault(question.list_name, []).append(question)
    return frozenset(
        name
        for name, choices in questionnaire.choices.items()
        if len(choices) > SEARCH_FROM
        and all(each.type in SELECT_TYPES and each.type != "rank" and not _DRAWN & set(each.appearance) for each in takers.get(name, ()))
        and not any(choice.media for choice in choices)
        and not any(outputs_in(choice.label) for choice in choices)
    )


def sources_of(questionnaire: Questionnaire) -> dict[str, tuple[str, str, str]]:
    """Where each list of choices comes from: the instance, and the columns of its names and labels."""
    sources = {name: (name, DEFAULT_VALUE, DEFAULT_LABEL) for name in questionnaire.choices}
    for question in questionnaire.questions():
        if question.instance_id and question.list_name in sources:
            value, label = question.parameters.get("value", DEFAULT_VALUE), question.parameters.get("label", DEFAULT_LABEL)
            sources[question.list_name] = (question.instance_id, value, label)
    return sources


def list_tables(questionnaire: Questionnaire) -> dict[str, Table]:
    """Every secondary instance as a table, as expressions see it on the server too; XML that is no plain list as {"xml": text}."""
    model = etree.fromstring(questionnaire.xform.encode()).find(f".//{XFORMS}model")
    instances: list[etree._Element] = [] if model is None else model.findall(f"{XFORMS}instance")
    tables = {str(each.get("id")): _inline_table(each) for each in instances if each.get("id") and not each.get("src")}
    return tables | {instance: _file_table(file) for instance, file in questionnaire.files.items()}


def _inline_table(instance: etree._Element) -> Table:
    items = [{etree.QName(cell).localname: cell.text or "" for cell in item} for item in instance.iterfind(f"{XFORMS}root/{XFORMS}item")]
    columns = tuple(dict.fromkeys(column for item in items for column in item))
    return {"columns": list(columns), "rows": [[item.get(column, "") for column in columns] for item in items]}


def _file_table(file: DataFile) -> Table:
    return {"xml": file.xml} if file.xml else {"columns": list(file.columns), "rows": [list(row) for row in file.rows]}


def _is_large(table: Mapping[str, Any]) -> bool:
    return len(table.get("rows", ())) > SHIPPED_ROWS_FROM or len(table.get("xml", "")) > SHIPPED_ROWS_FROM * 100


def _is_from_file(questionnaire: Questionnaire, list_name: str) -> bool:
    return any(question.instance_id and question.list_name == list_name for question in questionnaire.questions())


def _labels(questionnaire: Questionnaire, choices: tuple[Choice, ...]) -> list[list[str]]:
    """The labels by language, as plain texts; one list where every language says the same."""
    labels = [
        [rich_text(choice.label, language.name, plain_output).striptags() for choice in choices] for language in questionnaire.languages
    ]
    return labels[:1] if all(each == labels[0] for each in labels) else labels
