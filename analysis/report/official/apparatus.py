"""What a report is given as it is written: references to tables and pictures of a section, a footnote on what shares rest on. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.report.outline import Block, Heading, Outline, Paragraph, Picture, Table
from analysis.report.texts import Figure, Footnote, Part, Reference, Text, Words, figures_in, joined, text_of

WORDS = {
    "zh": {
        "see": ("（见", "）", "，见"),
        "between": "、",
        "to": "至",
        "bases": "比例以有效答复数为分母，未作答和按问卷不需回答的不计入。",
        "withheld": "有效答复少于{n}的数字不公布，以“…”表示。",
    },
    "en": {
        "see": (" (see ", ")", "; see "),
        "between": ", ",
        "to": " to ",
        "bases": "Shares are of usable answers; whoever did not answer or was not asked is not counted. ",
        "withheld": "Figures that rest on fewer than {n} answers are not told and shown as “…”. ",
    },
}
ESTIMATES = 2
ENDS = ("。", ".")
LISTED_AT_MOST = 2
"""More tables than this are named by the first and the last."""


def with_apparatus(outline: Outline) -> Outline:
    """The outline with references and the footnote; a document that was not drafted from data is left as it is."""
    if outline.origin is None:
        return outline
    blocks = list(_referring(outline.blocks, outline.language))
    minimum = outline.origin.parameters.get("minimum_n", "0")
    _add_footnote(blocks, outline.language, int(minimum) if minimum.isdecimal() else 0)
    return replace(outline, blocks=tuple(blocks))


def automatic_key(kind: str, number: int) -> str:
    """The key by which a table or picture is found that has none of its own, or one that is not unique."""
    return f"#{kind}{number}"


def _referring(blocks: Sequence[Block], language: str) -> Iterator[Block]:
    """The blocks, a paragraph of each section with a reference to the section's tables and pictures."""
    counts = {"table": 0, "picture": 0}
    called: dict[int, dict[str, list[int]]] = {}
    last, rank = None, 0
    for at, block in enumerate(blocks):
        match block:
            case Heading():
                last, rank = None, 0
            case Paragraph(text, "body"):
                found = _rank(text)
                # The first that tells estimates; else the last that tells counts; else the last.
                if found > rank or (found == rank and rank < ESTIMATES):
                    last, rank = at, found
            case Table() | Picture():
                kind = "table" if isinstance(block, Table) else "picture"
                counts[kind] += 1
                if last is not None:
                    called.setdefault(last, {}).setdefault(kind, []).append(counts[kind])
    for at, block in enumerate(blocks):
        if isinstance(block, Paragraph) and at in called and not _refers(text_of(block.text)):
            yield replace(block, text=_with_references(text_of(block.text), called[at], language))
        else:
            yield block


def _rank(words: Words) -> int:
    addresses = [figure.address for figure in figures_in(words)]
    return ESTIMATES if any(address.startswith("estimate:") for address in addresses) else int(bool(addresses))


def _refers(text: Text) -> bool:
    return any(isinstance(part, Reference) for part in text)


def _with_references(text: Text, called: dict[str, list[int]], language: str) -> Text:
    words = WORDS[language]
    parts: list[Part] = []
    for kind, numbers in called.items():
        keys = [automatic_key(kind, number) for number in numbers]
        if len(keys) > LISTED_AT_MOST:
            items: tuple[Part, ...] = (Reference(keys[0]), str(words["to"]), Reference(keys[-1]))
        else:
            items = joined([Reference(key) for key in keys], str(words["between"]))
        parts += [str(words["between"]), *items]
    ending = text[-1] if text and isinstance(text[-1], str) else ""
    end = ending[-1:] if ending.endswith(ENDS) else ""
    rest = ending[: len(ending) - len(end)]
    before, closing, joining = words["see"]
    if rest.endswith(closing):
        rest, before = rest[: -len(closing)], joining
    body = (*text[:-1], rest) if ending else text
    return (*body, before, *parts[1:], closing + end)


def _add_footnote(blocks: list[Block], language: str, minimum_n: int) -> None:
    """The first share that a paragraph tells gets the footnote."""
    words = WORDS[language]
    note = str(words["bases"]) + (str(words["withheld"]).format(n=minimum_n) if minimum_n > 1 else "")
    for at, block in enumerate(blocks):
        if not isinstance(block, Paragraph) or block.role != "body":
            continue
        text = text_of(block.text)
        for number, part in enumerate(text):
            if isinstance(part, Figure) and part.address.startswith("estimate:") and part.text.endswith("%"):
                blocks[at] = replace(block, text=(*text[: number + 1], Footnote(note.strip()), *text[number + 1 :]))
                return
