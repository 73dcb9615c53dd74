"""Prints what of XLSForm works here: `python -m docs.coverage > docs/xlsform_coverage.md`, and in Chinese
`python -m docs.coverage zh > docs/guide/zh/reference/xlsform_coverage.md`. A test keeps both true.

Nothing of it is written by hand. Types and appearances come from the program's own tables, and every one of them is tried: a form with
it is checked, read and drawn. Functions come from the table of functions and from the table of cases that server and tablet both pass.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from docs.coverage_words import FULL, PLAIN, REFUSED, WORDS, Words
from questionnaires.errors import SurveyError
from questionnaires.expressions.functions import FUNCTIONS
from questionnaires.expressions.xpath import calls_in, parse_expression
from questionnaires.lint.check import lint_questionnaire
from questionnaires.lint.problems import ERROR
from questionnaires.model import Question, Text, text_in
from questionnaires.question_types import APPEARANCES, PARAMETERS, QUESTION_TYPES, Appearance, Parameter
from questionnaires.reader import read_questionnaire
from survey.tablet.builder import build_form
from survey.tablet.layout import lay_out
from survey.tablet.plan import build_plan
from tests.questionnaires.expression_cases import CASES

TEMPLATES = Path(__file__).parents[1] / "templates"
CSV, PICTURE = (
    b"".join(b"%s,A label of some length %s,p%s,33.5 108.25\n" % (each, each, each) for each in (b"x", b"y", b"z", b"u")),
    b'<svg xmlns="http://www.w3.org/2000/svg"><path id="x" d="M0 0h9v9z"/></svg>',
)
FILES = {
    "places.csv": b"name,label,parent,geometry\n" + CSV,
    "places.xml": b"<root><item><name>x</name><label>X</label></item></root>",
    "plan.svg": PICTURE,
}
WRITTEN = {
    **{name: f"{name} list" for name in ("select_one", "select_multiple", "rank")},
    **{name: f"{name} places.csv" for name in ("select_one_from_file", "select_multiple_from_file")},
}
"""How a type is written that needs something after it."""
NAMED = {"csv-external": "places", "xml-external": "places", "audit": "audit"}
WITHOUT_LABEL = ("calculate", "hidden", "csv-external", "xml-external", "audit", "background-audio", "start-geopoint")
STRUCTURE = {
    "group": ("begin_group", "end_group"),
    "repeat": ("begin_repeat", "end_repeat"),
}
MANY = 16
"""More questions than the tablet page puts on one page unless it is told to."""
N_PAGES_OF_A_FIELD_LIST = 2
"""The question before it, and all of it: `field-list` at a repeat wants the questions of one instance together."""
OTHER_TYPES = ("group", "repeat", "audit", "csv-external", "xml-external")
"""Types without a question, which are not in the table of types."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a form that was tried: whether it can be published, whether its tree holds the question, how it is drawn, and
    on how many pages."""

    is_accepted: bool
    is_kept: bool = False
    drawn: str = ""
    n_pages: int = 0


@cache
def try_form(kind: str, appearance: str = "", parameters: str = "") -> Trial:
    """What becomes of a form whose second question is of the type `kind`, written with these words; `kind` may be a group or a repeat."""
    source = form_source(kind, appearance, parameters).encode()
    if any(problem.severity == ERROR for problem in lint_questionnaire(source, "trial.md", FILES)):
        return Trial(is_accepted=False)
    try:
        questionnaire = read_questionnaire(source, "trial.md", FILES)
        plan = build_plan(questionnaire)
    except SurveyError:
        return Trial(is_accepted=False)
    draw_parts = parts_template().module.draw_parts  # type: ignore[attr-defined]

    def rich(text: Text) -> Markup:
        return Markup.escape(text_in(text, questionnaire.default_language))

    pages = [f"{page.title_key} {page.is_step} {draw_parts(page.parts, rich)}" for page in lay_out(build_form(questionnaire)())]
    asked = next((question for question in questionnaire.questions() if question.name == "tried"), None)
    return Trial(True, asked is not None, "\n".join([*pages, plan_of(plan, asked)]), len(pages))


@cache
def parts_template() -> Template:
    """The template that draws the parts of a page."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template("tablet/parts.html")


def plan_of(plan: Mapping[str, Any], question: Question | None) -> str:
    """What the page's script is told of a question beside its appearance and its list, with its expressions written out."""
    found = [node for node in plan["nodes"] if question and node["p"] == question.path]
    told = [{key: value for key, value in node.items() if key not in ("a", "l")} for node in found]
    expressions = [plan["expressions"][node[key]] for node in found for key in ("v", "dx", "rz") if key in node]
    return f"{told} {expressions} {plan['audit']}"


def form_source(kind: str, appearance: str, parameters: str) -> str:
    """The form of one trial as Markdown."""
    rows = ["| | text | before | Before | | | |"]
    begin, end = STRUCTURE.get(kind, ("begin_group", "end_group"))
    outer = appearance if kind in STRUCTURE else ""
    rows.append(f"| | {begin} | outer | Outer | {outer} | | |")
    if kind in STRUCTURE:
        rows += [f"| | select_one list | one{number} | One | | | |" for number in range(MANY)]
    else:
        label = "" if kind in WITHOUT_LABEL else "Tried"
        calculation = "1 + 1" if kind == "calculate" else ""
        name = NAMED.get(kind, "tried")
        picture = "plan.svg" if appearance == "image-map" else ""
        written = f"{kind} file" if appearance.startswith("search(") else WRITTEN.get(kind, kind)
        rows.append(f"| | {written} | {name} | {label} | {appearance} | {parameters} | {calculation} | {picture} |")
    rows.append(f"| | {end} | | | | | |")
    head = "| survey |\n| | type | name | label | appearance | parameters | calculation | image |\n"
    labels = "".join(f"| | list | {name} | A label of some length {name} | 33.5 108.25 |\n" for name in "xyzu")
    scale = "| | scale | 1 | Least | |\n| | scale | 10 | Most | |\n"
    columns = "| | file | name | label | |\n"
    choices = f"| choices |\n| | list_name | name | label | geometry |\n{labels}{scale}{columns}"
    return head + "\n".join(rows) + "\n" + choices


UNKNOWN_TO_A_BROWSER = ("simserial", "subscriberid")
"""Metadata that ODK Collect fills in from its device, and that no browser can know."""


def type_status(name: str) -> str:
    """How forms with this type fare: plain when they are accepted but nothing comes of the row."""
    trial = try_form(name)
    if not trial.is_accepted:
        return REFUSED
    if name in UNKNOWN_TO_A_BROWSER:
        return PLAIN
    return FULL if trial.is_kept or name not in QUESTION_TYPES else PLAIN


def appearance_status(appearance: Appearance, kind: str) -> str:
    """How an appearance fares at one type: full when the page is drawn otherwise for it, or draws what it asks for anyway."""
    trial = try_form(kind, word_of(appearance))
    if not trial.is_accepted:
        return REFUSED
    if appearance.is_always_so:
        return FULL if trial.n_pages == N_PAGES_OF_A_FIELD_LIST else PLAIN
    return FULL if trial.drawn != try_form(kind).drawn else PLAIN


def word_of(appearance: Appearance) -> str:
    """The appearance as an author writes it."""
    written = {"search(…)": "search('places')", "w1 … w12": "w2", "ex:…": "ex:org.example.app()", "printer:…": "printer:org.example"}
    return written.get(appearance.name, appearance.name.removesuffix("-n") + ("-2" if appearance.name.endswith("-n") else ""))


def parameter_status(parameter: Parameter, kind: str) -> str:
    """How a parameter fares at one type: full when the page or what its script is told differs for it."""
    before = "randomize=true" if parameter.name == "seed" else ""
    trial = try_form(kind, "", f"{before} {parameter.name}={parameter.example}".strip())
    if not trial.is_accepted:
        return REFUSED
    return FULL if trial.drawn != try_form(kind, "", before).drawn else PLAIN


def tried_functions() -> frozenset[str]:
    """The functions that some case calls which server and tablet both pass."""
    return frozenset(name for case in CASES for name, _n_arguments in calls_in(parse_expression(case.expression)))


def coverage_document(language: str = "en") -> str:
    """The whole page."""
    page = WORDS[language]
    return "\n".join([page.head, *_types(page), *_appearances(page), *_parameters(page), *_functions(page)])


def _types(page: Words) -> Iterator[str]:
    yield from (f"## {page.types}", "", f"| {page.type} | | {page.column} |", "|---|---|---|")
    for each in QUESTION_TYPES.values():
        yield f"| `{each.name}` | {page.statuses[type_status(each.name)]} | {page.kinds.get(each.kind, each.kind) or '–'} |"
    for name in OTHER_TYPES:
        yield f"| `{name}` | {page.statuses[type_status(name)]} | {page.own_table if name == 'repeat' else '–'} |"
    unknown = page.comma.join(f"`{name}`" for name in UNKNOWN_TO_A_BROWSER)
    yield from ("", *(line.format(unknown=unknown) for line in page.of_types), "")


def _appearances(page: Words) -> Iterator[str]:
    yield from (f"## {page.appearances}", "", f"| {page.appearance} | | {page.at} |", "|---|---|---|")
    for each in APPEARANCES:
        yield from _rows(each.name, {kind: appearance_status(each, kind) for kind in each.types}, page)
    yield from ("", page.of_appearances, "")


def _parameters(page: Words) -> Iterator[str]:
    yield from (f"## {page.parameters}", "", f"| {page.parameter} | | {page.at} |", "|---|---|---|")
    for each in PARAMETERS:
        yield from _rows(each.name, {kind: parameter_status(each, kind) for kind in each.types}, page)
    yield ""


def _rows(name: str, statuses: Mapping[str, str], page: Words) -> Iterator[str]:
    for status in (FULL, PLAIN, REFUSED):
        kinds = [f"`{kind}`" for kind, found in statuses.items() if found == status]
        if kinds:
            yield f"| `{name}` | {page.statuses[status]} | {page.comma.join(kinds)} |"


def _functions(page: Words) -> Iterator[str]:
    tried = tried_functions()
    yield from (f"## {page.functions}", "", page.of_functions, "")
    yield from (f"| {page.function} | | {page.arguments} | {page.result} |", "|---|---|---|---|")
    for name, function in sorted(FUNCTIONS.items()):
        arguments = str(function.least) if function.most == function.least else page.or_more.format(function.least)
        if function.most is not None and function.most != function.least:
            arguments = page.up_to.format(function.least, function.most)
        result = page.results[function.kind] + (page.of_the_moment if function.is_fleeting else "")
        yield f"| `{name}()` | {page.statuses[FULL if name in tried else PLAIN]} | {arguments} | {result} |"


if __name__ == "__main__":
    sys.stdout.write(coverage_document(*sys.argv[1:]) + "\n")
