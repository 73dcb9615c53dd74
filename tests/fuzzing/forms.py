"""Targets around questionnaires: expressions, forms in each kind of file, the files beside them, filled instances and their logs."""

from collections.abc import Callable
from datetime import datetime
from itertools import chain
from pathlib import Path
from random import Random
from xml.sax.saxutils import quoteattr

from questionnaires.audit_log import read_audit_log, read_course, time_answers
from questionnaires.convert import convert_file
from questionnaires.data_files import items_element, read_data_file
from questionnaires.engine import engine_of
from questionnaires.expressions.evaluate import compile_expression
from questionnaires.expressions.functions import FUNCTIONS
from questionnaires.expressions.patterns import is_found
from questionnaires.expressions.runaway import runs_away, time_power
from questionnaires.expressions.values import MOMENT, Moment
from questionnaires.instance import check_instance, given_answers, parse_instance
from questionnaires.lint.check import lint_questionnaire
from questionnaires.reader import convert_workbook, read_questionnaire
from questionnaires.search import split_search, with_file_choices
from questionnaires.settle import build_instance, settle
from questionnaires.sheets import read_workbook
from tests.fuzzing.targets import CELLS, Archive, Target
from tests.questionnaires.expression_cases import CASES, REFUSED
from tests.questionnaires.expression_form import FILES, FORM, INSTANCE, NOW
from tests.questionnaires.forms import ANSWERS, written
from tests.questionnaires.forms import NOW as CHECKED_AT
from tests.questionnaires.test_audit_log import LOG
from tests.questionnaires.test_search import CALL, form

SMALL = (Path(__file__).parents[1] / "questionnaires" / "small.md").read_bytes()
OLD_WORKBOOK = (Path(__file__).parents[1] / "questionnaires" / "old_workbook.xls").read_bytes()
WORDS = (
    "select_one ",
    "begin repeat",
    "end repeat",
    "${n}",
    "calculate",
    "| choices |",
    "| indicators |",
    "| issue_rules |",
    "or_other",
    "::",
)
PATHS = (
    "/data/members",
    "/data/n",
    "/data/born",
    "current()/",
    "..",
    "instance('prices')/root/item",
    "[1]",
    " and ",
    " or ",
    " div ",
    " mod ",
)


def expressions() -> Target:
    """An author's expression, compiled and evaluated in every way."""
    engine = engine_of(read_questionnaire(FORM.encode(), "cases.md", FILES))
    instance = build_instance(engine, parse_instance(INSTANCE.encode()))
    settle(engine, instance)
    instance.root.grow()
    slots = {slot.element: slot for slot in (instance.root, *chain.from_iterable(instance.by_path.values()))}
    node = instance.root.element
    MOMENT.set(Moment(datetime.fromisoformat(NOW), Random(7)))

    def read(data: bytes) -> None:
        compiled = compile_expression(data.decode(errors="replace"), "/data", engine.scope, "a case")
        compiled.is_true(node)
        compiled.as_number(node)
        compiled.as_text(node)
        compiled.text_at(slots[node])
        compiled.number_at(slots[node])
        compiled.holds_at(slots[node])

    texts = [case.expression for case in CASES] + [each if isinstance(each, str) else each[0] for each in REFUSED]
    return Target(read, tuple(text.encode() for text in texts), words=(*(f"{name}(" for name in FUNCTIONS), *PATHS))


def patterns() -> Target:
    """A pattern of `regex()`, and the text that it is looked for in."""

    def read(data: bytes) -> None:
        pattern, _, text = data.decode(errors="replace").partition("\n")
        is_found(pattern, text)
        runs_away(pattern)
        time_power(pattern)

    seeds = (
        b"^[A-Z]-\\d+$\nA-17",
        b"(a+)+b\naaaaaaaa",
        b"^(1[3-9]\\d{9}|0\\d{2,3}-?\\d{7,8})$\n13912345678",
        b"(?<n>x)(?=y)\\k<n>\nxy",
        b"[[:alpha:]]\\p{L}\nx",
    )
    return Target(
        read, seeds, words=("(?:", "(?=", "(?<!", "(?P<n>", "\\1", "{1,5}", "*?", "++", "[^", "\\b", "\\p{Han}", "(?i)"), runs=300
    )


def markdown() -> Target:
    """A questionnaire as Markdown: told what is wrong with it, read, and written the other way."""
    return Target(_form("form.md", ".xlsx"), (SMALL, FORM.encode()), words=WORDS, runs=300)


def workbooks() -> Target:
    """A questionnaire as a workbook of which one part is another one."""
    archive = Archive.of(convert_file(SMALL, "small.md", ".xlsx"))
    read = _form("form.xlsx", ".md")
    return Target(lambda data: read(archive.packed(data)), archive.seeds, words=CELLS, kind="xml", n_before=1, runs=300)


def _form(name: str, other: str) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        lint_questionnaire(data, name)
        read_questionnaire(data, name)
        convert_file(data, name, other)

    return read


def old_workbooks() -> Target:
    """A questionnaire in the old format."""
    return Target(_form("form.xls", ".md"), (OLD_WORKBOOK,), runs=1000)


def data_files() -> Target:
    """A file of data beside a form; the first sign of its bytes says of which kind."""

    def read(data: bytes) -> None:
        kind = ("csv", "xml", "geojson")[(data[0] if data else 0) % 3]
        items_element(read_data_file(f"file.{kind}", data[1:]))

    point = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "a", "properties": {"name": "x", "n": 1},'
    shapes = (b'{"type": "Point", "coordinates": [108.2, 33.1]}', b'{"type": "Polygon", "coordinates": [[[108.2, 33.1], [108, 33]]]}')
    geo = tuple(b"\x02" + point + b' "geometry": ' + shape + b"}]}" for shape in shapes)
    return Target(read, (b"\x00" + FILES["prices.csv"], b"\x01" + FILES["places.xml"], b"\x01<root><item><a>1</a></item></root>", *geo))


def geojson() -> Target:
    """A list of places beside a form."""
    (*_others, line, shape) = data_files().seeds
    return Target(lambda data: items_element(read_data_file("file.geojson", data)), (line[1:], shape[1:]), kind="json")


def searches() -> Target:
    """The call of `search()` in an appearance."""
    workbook = read_workbook(form("CALL").encode(), "form.md")
    xform = convert_workbook(workbook).xform
    assert 'appearance="CALL"' in xform

    def read(data: bytes) -> None:
        text = data.decode(errors="replace")
        split_search(text)
        with_file_choices(xform.replace('"CALL"', quoteattr("".join(sign for sign in text if sign.isprintable()))))

    seeds = (b"search('fruits')", CALL.replace("${season}", "/crops/season").encode(), b"search('f', 'contains', 'a', 'b', 'c', /data/n)")
    return Target(read, seeds, words=("search(", "'matches'", "'startswith'", "'endswith'", "/crops/season", "', '"))


def instances() -> Target:
    """A filled form as it comes."""
    questionnaire = read_questionnaire(SMALL, "small.md")

    def read(data: bytes) -> None:
        check = check_instance(questionnaire, parse_instance(data), now=CHECKED_AT)
        given_answers(questionnaire, check.answers)

    return Target(
        read,
        (written(questionnaire, ANSWERS),),
        words=("<members>", "</members>", "<home>", "xmlns:x='y'", "<![CDATA[", "<!--", "<?x?>", "&#0;", "<n/>", "2018-02-30"),
        kind="xml",
    )


def audit_logs() -> Target:
    """The log of an interview."""

    def read(data: bytes) -> None:
        events = read_audit_log(data)
        time_answers(events)
        read_course(events)

    return Target(read, (LOG,), words=("²", "99999999999999", "question,", "[1]", '"'))


TARGETS = (
    "expressions",
    "patterns",
    "markdown",
    "workbooks",
    "old_workbooks",
    "data_files",
    "geojson",
    "searches",
    "instances",
    "audit_logs",
)
