"""Which answers of an instance a path leads to, found without walking through a tree.

What is taken: one answer that is in the same instance of a repeat as the expression, or in no repeat; the answers of all instances of
the repeats of a form; the instances of a repeat, and those before this one. Every node of a form is there once in each instance of its
repeat, so where a path leads is told from the form alone.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lxml import etree

from questionnaires.expressions.rewrite import RELEVANT_ONLY
from questionnaires.expressions.scope import Scope
from questionnaires.expressions.xpath import Path
from questionnaires.model import Question, Repeat


class Answers(Protocol):
    """All answers of an instance."""

    @property
    def by_path(self) -> Mapping[str, list[Any]]:
        """Each an `Answer`, by the path of its node, in document order: one in a form's own groups, one per instance in a repeat."""


class Answer(Protocol):
    """An answer, or a group or instance of a repeat, as expressions see it."""

    text: str
    is_relevant: bool
    ordinal: int
    """Which instance of the innermost repeat around it this one is in, counted from 0 over the whole document; 0 outside of repeats."""

    @property
    def instance(self) -> Answers:
        """What it is part of."""

    @property
    def element(self) -> etree._Element:
        """Its element in the tree that libxml2 evaluates on."""


Get = Callable[[Any], Any]
"""What gives a value at an `Answer`."""


class NotTaken(Exception):  # noqa: N818 - no error: it says that an expression stays with libxml2
    """The expression has a shape that is left to libxml2."""


def text_of_one(tree: Path, context: str, scope: Scope) -> Get:
    """The text of the one answer that a path leads to, "" where it leads nowhere. Raises NotTaken."""
    if _is_nowhere(tree, context, scope):
        return lambda _at: ""
    path, depth = _located(tree, context, scope, is_filtered=False)
    if path == context and depth is not None:
        return lambda at: at.text
    if depth == 0:
        return lambda at: at.instance.by_path[path][0].text
    one = _reached(path, depth, context, scope)
    return lambda at: one(at).text


def texts_of(tree: Path, context: str, scope: Scope) -> Get:
    """The texts of all nodes that a path leads to. Raises NotTaken."""
    if not tree.steps:
        raise NotTaken
    last = tree.steps[-1]
    if last.test.startswith("preceding-sibling::"):
        return _earlier(tree, context, scope)
    if _is_nowhere(tree, context, scope):
        return lambda _at: []
    is_filtered = last.predicates == (RELEVANT_ONLY,)
    path, depth = _located(tree, context, scope, is_filtered)
    if depth is None and is_filtered:
        return lambda at: [each.text for each in at.instance.by_path[path] if each.is_relevant]
    one = _reached(path, depth, context, scope)
    if is_filtered:
        return lambda at: [each.text] if (each := one(at)).is_relevant else []
    return lambda at: [one(at).text]


def entries_of(tree: Path, context: str, scope: Scope) -> Get:
    """The relevant instances of a repeat that is in no other one. Raises NotTaken."""
    if tree.start is not None or not tree.steps or tree.steps[-1].predicates != (RELEVANT_ONLY,):
        raise NotTaken
    if any(step.descends or step.predicates for step in tree.steps[:-1]) or tree.steps[-1].descends:
        raise NotTaken
    path, apex = _resolved(tree, context)
    if path == apex or _repeats(apex, scope) or _repeats(path, scope) != [path]:
        raise NotTaken
    return lambda at: [each for each in at.instance.by_path[path] if each.is_relevant]


def _resolved(tree: Path, context: str) -> tuple[str, str]:
    """The path that the names lead to, and that of the node which they begin at."""
    apex, names = "" if tree.absolute else context, [step.test for step in tree.steps]
    while not tree.absolute and names and names[0] in (".", ".."):
        apex = apex.rpartition("/")[0] if names.pop(0) == ".." else apex
    return "/".join((apex, *names)), apex


def _reached(path: str, depth: int | None, context: str, scope: Scope) -> Get:
    """The one answer of that path: outside of repeats, or in the instance that the expression is asked in."""
    if depth == 0:
        return lambda at: at.instance.by_path[path][0]
    if depth is None or depth != len(_repeats(context, scope)):
        raise NotTaken
    return lambda at: at.instance.by_path[path][at.ordinal]


def _located(tree: Path, context: str, scope: Scope, is_filtered: bool) -> tuple[str, int | None]:
    """The question that a path leads to, and in how many repeats it is; None where it leads to the answers of all their instances."""
    if tree.start is not None or any(step.descends for step in tree.steps):
        raise NotTaken
    if any(step.predicates for step in (tree.steps[:-1] if is_filtered else tree.steps)):
        raise NotTaken
    path, apex = _resolved(tree, context)
    if not isinstance(scope.nodes.get(path), Question):
        raise NotTaken
    around, above = _repeats(path, scope), _repeats(apex, scope)
    if around != above and above:
        raise NotTaken
    return path, len(around) if around == above else None


def _is_nowhere(tree: Path, context: str, scope: Scope) -> bool:
    """Whether a path leads below the question that it begins at, where nothing is (`null`, which some authors write for "no value")."""
    is_plain = tree.start is None and not tree.absolute and len(tree.steps) == 1 and not tree.steps[0].predicates
    return is_plain and tree.steps[0].test.isidentifier() and isinstance(scope.nodes.get(context), Question)


def _earlier(tree: Path, context: str, scope: Scope) -> Get:
    """The instances of a repeat before the one that the expression is asked in; in a repeat within a repeat libxml2 finds them."""
    *climbing, last = [step.test for step in tree.steps]
    above = context.rsplit("/", len(climbing))[0]
    is_plain = not (tree.absolute or tree.start or any(step.predicates or step.descends for step in tree.steps))
    if not is_plain or any(test != ".." for test in climbing) or _repeats(context, scope) != [above]:
        raise NotTaken
    if last != f"preceding-sibling::{above.rpartition('/')[2]}":
        raise NotTaken
    return lambda at: [each.text for each in at.instance.by_path[above][: at.ordinal] if each.is_relevant]


def _repeats(path: str, scope: Scope) -> list[str]:
    """The paths of the repeats around a node, itself among them, outermost first."""
    names = path.split("/")
    paths = ["/".join(names[:length]) for length in range(2, len(names) + 1)]
    return [each for each in paths if isinstance(scope.nodes.get(each), Repeat)]
