"""Text with figures in it: what a sentence says, and which number of the data each of its figures is.

An address names a number independently of the document that says it. It is a source, what of it is said, and how it is written:

- `estimate:household/housing_safe@visit-1/610727/village/610727101001#value!text`: form and indicator (and category, of a distribution),
  visit, county, kind of domain and domain; of it `value`, `low`, `high`, `n`, `missing` or `counted` (the numerator of a share);
- `candidates:household/no_safe_water@visit-1/610727#found`: form and rule, visit and county; of it `found`, `asked`, `villages` or `share`;
- `count:interviewed@visit-1/610727/610727101001`: records counted, by the name of what is counted, visit and place;
- `change:household/no_safe_water@visit-2#before`: of the same households asked again: `before`, `after`, `change`, `low`, `high`, `p`, `n`;
- `issue:2018-610727-003#households`, and `issues:`, `ledger:`, `progress:`, `work:`, `study:`, `meetings:`, `agreement:`, `quality:` with
  what is counted and of which place or time: records of the register, and of what was checked;
- `dataset:hash`: the beginning of the dataset's hash;
- `between:A|B`: the difference of two addresses, and `threshold:A` how far an address lies from its indicator's reference value.

`!text` writes a value with its unit, `!number` without. Everything else of a sentence is words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a text as it is written, and its address."""

    text: str
    address: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note at the foot of the page, called where it stands in the text: what a figure rests on, what was left out."""

    words: "Words"

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Reference:
    """The number of a table or picture, by its key in the outline: "表3", "Figure 2". The number is known where the text is written."""

    key: str

    def __str__(self) -> str:
        return ""


HASH_DIGITS = 16
Part = str | Figure | Footnote | Reference
Text = tuple[Part, ...]
"""Words and figures in order, neighbouring words in one string; footnotes and references where they are called."""
Words = Part | Text
"""What may be said in a sentence."""


def text_of(words: Words) -> Text:
    """The words as a text."""
    return words if isinstance(words, tuple) else (words,)


def plain(words: Words) -> str:
    """The words as they are read, without what is known of their figures."""
    return "".join(str(part) for part in text_of(words))


def figures_in(words: Words) -> tuple[Figure, ...]:
    """The figures of a text in order, those of its footnotes where they are called."""
    found: list[Figure] = []
    for part in text_of(words):
        if isinstance(part, Figure):
            found.append(part)
        elif isinstance(part, Footnote):
            found += figures_in(part.words)
    return tuple(found)


def joined(items: Sequence[Words], separator: str = "") -> Text:
    """The items one after another with the separator between them."""
    parts: list[Part] = []
    for number, item in enumerate(items):
        parts += [separator, *text_of(item)] if number else text_of(item)
    return _merged(parts)


def filled(template: str, values: dict[str, object]) -> Text:
    """The template with its values filled in, where figures and texts stay what they are. Raises KeyError for a value that is missing."""
    parts: list[Part] = []
    for literal, field, spec, _ in Formatter().parse(template):
        parts.append(literal)
        if field is not None:
            value = values[field]
            parts += text_of(value) if isinstance(value, Figure | Footnote | Reference | tuple) else [format(value, spec or "")]
    return _merged(parts)


def lines_of(words: Words) -> tuple[Text, ...]:
    """The lines of a text, each with its figures."""
    lines: list[list[Part]] = [[]]
    for part in text_of(words):
        first, *others = part.split("\n") if isinstance(part, str) else [part]
        lines[-1].append(first)
        lines += [[each] for each in others]
    return tuple(_merged(line) for line in lines)


def dataset_figure(dataset_hash: str) -> Figure:
    """The beginning of a dataset's hash, by which a reader knows which data a document is made of."""
    return Figure(dataset_hash[:HASH_DIGITS], "dataset:hash")


def _merged(parts: Sequence[Part]) -> Text:
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part != "":
            merged.append(part)
    return tuple(merged)
