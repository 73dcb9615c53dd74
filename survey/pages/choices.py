"""The options of a select field, from our own names and labels."""

from collections.abc import Iterable, Mapping

from flask_babel import LazyString
from wtforms import SelectChoice

Label = str | LazyString
Labels = Mapping[str, str] | Mapping[str, LazyString] | Mapping[str, Label] | Iterable[tuple[str, str]] | Iterable[tuple[str, Label]]


def choices_of(labels: Labels, *, none: Label | None = None) -> list[SelectChoice]:
    """The options for these names with their labels, in order; with `none`, an empty value with that label comes first."""
    pairs: Iterable[tuple[str, Label]] = labels.items() if isinstance(labels, Mapping) else labels
    options = [SelectChoice(value=name, label=label) for name, label in pairs]
    return options if none is None else [SelectChoice(value="", label=none), *options]
