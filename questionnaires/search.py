"""Choices by the older appearance `search('file', …)`, turned into the itemset over a data file that newer forms write themselves.

Everything behind the XForm then knows one way only in which a file gives choices; ODK Collect reads the result as well.
Source: ODK docs, "Form Datasets", section on the search() appearance (https://docs.getodk.org/form-datasets/).
"""

import re
from collections.abc import Iterator

from lxml import etree

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.expressions.xpath import Binary, Call, Expression, Literal, Negation, Path, parse_expression, write_expression

XF = "{http://www.w3.org/2002/xforms}"
_BEGINNING = re.compile(r"(?<![\w.-])search\s*\(")
_QUOTED_OR_BRACKET = re.compile(r"'[^']*'|\"[^\"]*\"|[()]")
_WAYS = {"matches": "", "contains": "contains", "startswith": "starts-with", "endswith": "ends-with"}
"""How a column is compared with what was answered, to the function that says so; "" is equality."""
_N_ARGUMENTS = (1, 4, 6)


def split_search(appearance: str) -> tuple[str, str]:
    """The call of `search(…)` in an appearance, "" when there is none, and the other words."""
    found = _BEGINNING.search(appearance)
    if found is None:
        return "", appearance
    depth = 1
    for sign in _QUOTED_OR_BRACKET.finditer(appearance, found.end()):
        depth += {"(": 1, ")": -1}.get(sign[0], 0)
        if depth == 0:
            others = f"{appearance[: found.start()]} {appearance[sign.end() :]}"
            return appearance[found.start() : sign.end()], " ".join(others.split())
    return appearance[found.start() :], appearance[: found.start()].strip()


def with_file_choices(xform: str) -> str:
    """The XForm with an itemset over a data file for every select that has the appearance `search(…)`.

    Raises INVALID_EXPRESSION for a call that ODK would not understand.
    """
    if _BEGINNING.search(xform) is None:
        return xform
    root = etree.fromstring(xform.encode())
    found = [(control, *split_search(control.get("appearance", ""))) for control in root.iter(XF + "select1", XF + "select")]
    searching = [each for each in found if each[1]]
    for control, call, others in searching:
        _rewrite(root, control, call, others)
    return '<?xml version="1.0"?>' + etree.tostring(root, encoding="unicode") if searching else xform


def _rewrite(root: etree._Element, control: etree._Element, call: str, others: str) -> None:
    place = f"the appearance of {control.get('ref', '').rsplit('/', 1)[-1]}"
    tree = parse_expression(call)
    if not isinstance(tree, Call) or len(tree.arguments) not in _N_ARGUMENTS or not isinstance(tree.arguments[0], Literal):
        detail = "search() needs a file's name, and then a way of comparing, a column and a value, once or with a column and a value more"
        raise SurveyError(ErrorCode.INVALID_EXPRESSION, expression=call, place=place, detail=detail)
    terms = list(_terms(tree.arguments[1:], call, place))
    predicate = f"[{' and '.join(terms)}]" if terms else ""
    item = control.find(XF + "item")
    value = "" if item is None else item.findtext(f"{XF}value", "").strip()
    label = "" if item is None else _label_column(root, item)
    for each in control.findall(XF + "item"):
        control.remove(each)
    if others:
        control.set("appearance", others)
    else:
        del control.attrib["appearance"]
    instance = _instance(root, _text(tree.arguments[0]).removesuffix(".csv"))
    itemset = etree.SubElement(control, XF + "itemset", nodeset=f"instance('{instance}')/root/item{predicate}")
    etree.SubElement(itemset, XF + "value", ref=value or "name")
    etree.SubElement(itemset, XF + "label", ref=label or "label")


def _label_column(root: etree._Element, item: etree._Element) -> str:
    """The column of the labels: what stands as the first choice's label, the first of several separated by commas."""
    label = item.find(XF + "label")
    text = "" if label is None else label.text or ""
    if label is not None and label.get("ref"):
        key = str(label.get("ref")).removeprefix("jr:itext('").removesuffix("')")
        values = [value.text or "" for each in root.iter(XF + "text") if each.get("id") == key for value in each.iterfind(XF + "value")]
        text = next((each for each in values if each not in ("", "-")), "")
    return text.split(",")[0].strip()


def _terms(arguments: tuple[Expression, ...], call: str, place: str) -> Iterator[str]:
    """The conditions on an item: the columns compared as the first argument says, and a further column that equals a value."""
    if not arguments:
        return
    way, columns, value, *further = arguments
    name = _text(way).strip().lower()
    if name not in _WAYS or any(not isinstance(each, Literal) for each in (columns, *further[:1])):
        detail = f"search() compares by one of {', '.join(_WAYS)}, and names its columns in quotes"
        raise SurveyError(ErrorCode.INVALID_EXPRESSION, expression=call, place=place, detail=detail)
    compared = " or ".join(_compared(column.strip(), _WAYS[name], _from_question(value)) for column in _text(columns).split(","))
    yield f"({compared})" if " or " in compared else compared
    if further:
        yield f"{_text(further[0]).strip()} = {write_expression(_from_question(further[1]))}"


def _compared(column: str, function: str, value: Expression) -> str:
    """One column compared with the value; parts of texts are found whatever their case, as in ODK Collect."""
    if not function:
        return f"{column} = {write_expression(value)}"
    return f"{function}(lower-case({column}), lower-case({write_expression(value)}))"


def _text(tree: Expression) -> str:
    return tree.text.strip("'\"") if isinstance(tree, Literal) else ""


def _from_question(tree: Expression) -> Expression:
    """The tree with relative paths beginning at the question, so that they keep their meaning in a condition on an item."""
    match tree:
        case Call(name, arguments):
            return Call(name, tuple(_from_question(argument) for argument in arguments))
        case Binary(operator, left, right):
            return Binary(operator, _from_question(left), _from_question(right))
        case Negation(operand):
            return Negation(_from_question(operand))
        case Path(steps, False, None, predicates):
            return Path(steps, start=Call("current", ()), start_predicates=predicates)
    return tree


def _instance(root: etree._Element, stem: str) -> str:
    """The id of the secondary instance that the file fills; one is added where the form has none yet."""
    instances = root.findall(f".//{XF}model/{XF}instance")
    source = f"jr://file-csv/{stem}.csv"
    taken = {str(each.get("id")): each.get("src") for each in instances if each.get("id")}
    known = next((name for name, its_source in taken.items() if its_source == source), None)
    if known is not None:
        return known
    name = stem if stem not in taken else f"{stem}_file"
    instances[-1].addnext(etree.Element(XF + "instance", id=name, src=source))
    return name
