"""The one meaning of an expression: the XForm's XPath, evaluated by libxml2 with the functions of ODK.

An expression is read into a tree, rewritten once so that plain XPath 1.0 gives ODK's results (dates count as day numbers, aggregates
pass over irrelevant answers, `current()` and `instance()` become variables), and compiled. Rewriting infers the kind of every part,
so that Python is called only where libxml2 would give another result. At an answer of a whole instance the commonest shapes are not
given to libxml2 at all (`direct.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from lxml import etree

from questionnaires.errors import ErrorCode, SurveyError
from questionnaires.expressions.direct import directly
from questionnaires.expressions.functions import FUNCTIONS
from questionnaires.expressions.reached import Answer, Get
from questionnaires.expressions.rewrite import COMPARISON, PREFIX, Reference, Rewriter
from questionnaires.expressions.scope import Scope
from questionnaires.expressions.values import is_holding, to_boolean, to_number, to_text
from questionnaires.expressions.xpath import parse_expression, write_expression

_CONSTANTS: Mapping[str, bool] = {"true()": True, "false()": False}


def _without_context(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _context, *arguments: function(*arguments)


_EXTENSIONS: Mapping[str, Callable[..., Any]] = {
    COMPARISON: _without_context(is_holding),
    "text": _without_context(to_text),
    **{name: _without_context(function.call) for name, function in FUNCTIONS.items() if function.call is not None},
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """One expression ready to be evaluated any number of times, by any thread."""

    text: str
    kind: str
    """"int", "num", "bool", "date", "token" or "str": what its result is, as far as that can be told beforehand."""
    references: tuple[Reference, ...]
    is_fleeting: bool
    """Whether the result depends on the moment, the device or the language, so that nobody else can compute it again."""
    constant: bool | None
    _xpath: etree.XPath
    _variables: Mapping[str, Any]
    _needs: tuple[str, ...]
    _result: Get | None
    _truth: Get | None
    """What gives the result and the truth value at an answer without libxml2, where there is such a way."""

    @property
    def is_direct(self) -> bool:
        """Whether its truth value at an answer is found without libxml2."""
        return self._truth is not None

    def evaluate(self, node: etree._Element, current: etree._Element | None = None) -> Any:
        """The raw result with `node` as context: a text, a float, a bool or a list of nodes.

        `current` is what `current()` means where that is not `node` (a choice filter is evaluated on an item of the list).
        """
        if not self._needs:
            return self._xpath(node, **self._variables) if self._variables else self._xpath(node)
        here = node if current is None else current
        supplied: dict[str, Any] = {"current": [here], "root": [here.getroottree().getroot()]}
        return self._xpath(node, **self._variables, **{name: supplied[name] for name in self._needs})

    def as_text(self, node: etree._Element) -> str:
        """The result as an answer is written: a number without needless decimals, "" when it is infinite or not-a-number."""
        return _written(self.evaluate(node))

    def is_true(self, node: etree._Element, current: etree._Element | None = None) -> bool:
        """The result as a truth value."""
        return self.constant if self.constant is not None else to_boolean(self.evaluate(node, current))

    def as_number(self, node: etree._Element) -> float:
        """The result as a number."""
        return to_number(self.evaluate(node))

    def text_at(self, answer: Answer) -> str:
        """As `as_text`, at an answer of an instance."""
        return _written(self.evaluate(answer.element) if self._result is None else self._result(answer))

    def number_at(self, answer: Answer) -> float:
        """As `as_number`, at an answer of an instance."""
        return to_number(self.evaluate(answer.element) if self._result is None else self._result(answer))

    def holds_at(self, answer: Answer) -> bool:
        """As `is_true`, at an answer of an instance."""
        return self.is_true(answer.element) if self._truth is None else bool(self._truth(answer))


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if isinstance(value, float) and not isfinite(value) else to_text(value)


def compile_expression(text: str, context: str | None, scope: Scope, place: str, *, is_filter: bool = False) -> Compiled:
    """The expression of the node at the path `context`; `place` is how an error names it.

    A choice filter (`is_filter`) begins at an item of a choice list, everything else at the node.
    Raises INVALID_EXPRESSION when it is not XPath, calls what does not exist, or calls it with too few or too many arguments.
    """
    try:
        tree = parse_expression(text)
        rewriter = Rewriter(scope, context)
        result = rewriter.rewrite(tree, None if is_filter else context, in_list=is_filter)
        extensions = {(None, f"{PREFIX}{name}"): _extension(name, scope) for name in rewriter.functions}
        # EXSLT's regular expressions would be made ready at every evaluation, and no form may name them.
        xpath = etree.XPath(write_expression(result.tree), extensions=extensions, regexp=False, smart_strings=False)
        direct = (None, None) if is_filter or context is None else directly(result.tree, context, scope)
    except SurveyError as error:
        detail = error.values.get("detail", str(error))
        raise SurveyError(ErrorCode.INVALID_EXPRESSION, expression=text, place=place, detail=detail) from error
    except (etree.XPathError, RecursionError, ValueError) as error:
        # lxml raises ValueError for signs that no XML may hold.
        detail = "it is nested too deeply" if isinstance(error, RecursionError) else str(error).rstrip(".")
        raise SurveyError(ErrorCode.INVALID_EXPRESSION, expression=text, place=place, detail=detail) from error
    return Compiled(
        text=text,
        kind=result.kind,
        references=tuple(rewriter.references),
        is_fleeting=rewriter.is_fleeting,
        constant=_CONSTANTS.get(text.replace(" ", "")),
        _xpath=xpath,
        _variables=rewriter.variables,
        _needs=tuple(sorted(rewriter.needs)),
        _result=direct[0],
        _truth=direct[1],
    )


def _extension(name: str, scope: Scope) -> Callable[..., Any]:
    if name == "choice-name":
        return scope.choice_name
    if name == "itext":
        return scope.itext
    if name == "pulldata":
        return scope.pull_data
    return _EXTENSIONS[name]
