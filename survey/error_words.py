"""The words written out where the code raises an error, found in its syntax: what the catalogue holds, and what it cannot hold.

`SurveyError(…, what="Visit")` says a word; so does a variable of the same function that holds it, and a function that hands what it is
given on to an error. A word may name other values of the error in braces; one that is put together from parts cannot be looked up.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from questionnaires.errors import SPOKEN_VALUES

Helper = tuple[tuple[str, ...], Mapping[str, str]]
"""The names of a function's parameters, and which of them become which value of an error."""
Helpers = Mapping[str, Helper]
_WORD, _PATH_PART = re.compile(r"[A-Za-z]"), re.compile(r"[./_]\w+|\w+[./_]")


@dataclass(frozen=True, slots=True)
class Words:
    """What one value of one error is given as."""

    line: int
    value_name: str
    given: ast.expr
    texts: tuple[str, ...]
    """The texts that it can be."""
    is_whole: bool
    """Whether it is texts as they are written, or a name: nothing that is put together from English words."""


def error_words(code: str, known: Helpers | None = None) -> Iterator[tuple[str, str]]:
    """The words of a file's errors that the catalogue has to hold, as (name of the value, word)."""
    yield from ((each.value_name, text) for each in words_given(code, known) for text in each.texts)


def words_given(code: str, known: Helpers | None = None) -> Iterator[Words]:
    """What the values of a file's errors that are words are given as, but for those that are given in Chinese, too."""
    tree = ast.parse(code)
    helpers = {**dict(_imported(tree, known or {})), **helpers_of(tree)}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        held = _held(function)
        parameters = _parameters(function)
        for node in _own_nodes(function):
            if isinstance(node, ast.Call):
                given = _spoken_of(node, helpers)
                for name, value in given.items():
                    if f"{name}_zh" in given or name not in SPOKEN_VALUES:
                        continue
                    values = held.get(value.id, [value]) if isinstance(value, ast.Name) and value.id not in parameters else [value]
                    texts = tuple(text for each in values for text in _texts_in(each))
                    yield Words(node.lineno, name, value, texts, all(_is_whole(each) for each in values))


def helpers_of(tree: ast.Module) -> dict[str, Helper]:
    """The functions of a file that hand words that they are given on to an error, by name."""
    found: dict[str, Helper] = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        parameters = _parameters(function)
        handed = {
            value.id: name
            for node in _own_nodes(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "SurveyError"
            for name, value in ((each.arg, each.value) for each in node.keywords)
            if name and isinstance(value, ast.Name) and value.id in parameters and name.removesuffix("_zh") in SPOKEN_VALUES
        }
        if handed:
            found[function.name] = parameters, handed
    return found


def public_helpers(codes: Mapping[str, str]) -> Helpers:
    """Such functions of all files, given by their path from the root, as "path:function"."""
    raising = {path: ast.parse(code) for path, code in codes.items() if "SurveyError(" in code}
    return {f"{path}:{name}": helper for path, tree in raising.items() for name, helper in helpers_of(tree).items()}


def _imported(tree: ast.Module, known: Helpers) -> Iterator[tuple[str, Helper]]:
    """Those that the file imports, by the name that it calls them by."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                helper = known.get(f"{node.module.replace('.', '/')}.py:{each.name}")
                if helper:
                    yield each.asname or each.name, helper


def _parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs))


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What stands in the function itself, not in functions within it."""
    waiting: list[ast.AST] = [*reversed(function.body)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += (each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.FunctionDef))


def _spoken_of(call: ast.Call, helpers: Helpers) -> dict[str, ast.expr]:
    """The values of the error that the call makes, by name; of a call of a helper, those that it hands on."""
    if not isinstance(call.func, ast.Name):
        return {}
    if call.func.id == "SurveyError":
        return {each.arg: each.value for each in call.keywords if each.arg}
    if call.func.id not in helpers:
        return {}
    parameters, handed = helpers[call.func.id]
    given = {**dict(zip(parameters, call.args, strict=False)), **{each.arg: each.value for each in call.keywords if each.arg}}
    return {name: given[parameter] for parameter, name in handed.items() if parameter in given}


def _held(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """What the variables of a function are given as, wherever in it."""
    held: dict[str, list[ast.expr]] = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    held[target.id].append(node.value)
    return held


def _texts_in(value: ast.expr) -> list[str]:
    """The texts that the expression can be: itself, either side of a choice, or what is looked up in a table that stands there."""
    if isinstance(value, ast.IfExp):
        return [*_texts_in(value.body), *_texts_in(value.orelse)]
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Dict):
        return [text for each in value.value.values for text in _texts_in(each)]
    return [value.value] if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value else []


def _is_whole(value: ast.expr) -> bool:
    """Whether no words are put together in the expression, as by an f-string or a plus."""
    return not any(_is_word(each) for node in ast.walk(value) for each in _parts_of(node))


def _parts_of(node: ast.AST) -> list[ast.expr]:
    """The texts that an f-string, a plus, a per cent sign or `format` puts together."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return [node.left, node.right]
    return [node.value] if isinstance(node, ast.Attribute) and node.attr == "format" else []


def _is_word(value: ast.expr) -> bool:
    """Whether it is a text of words; parts of a path such as ".note" are names."""
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(_WORD.search(_PATH_PART.sub("", value.value)))
