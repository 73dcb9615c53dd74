"""A text block as it will stand in a report, drafted from the report's own sources."""

from dataclasses import replace

from analysis.report.kinds.blocks import TextBlock
from analysis.report.kinds.records import Sources
from analysis.report.kinds.registry import find_kind
from analysis.report.outline import Paragraph
from analysis.report.texts import plain

SUGGESTED_IN = "feedback"
"""The kind of report in which suggestions on an area are shown."""
_BEGIN, _END = "⁣begin⁣", "⁣end⁣"
"""Paragraphs around the block while it is looked for; no text has them."""


def kind_of_preview(block: TextBlock) -> str:
    """The kind of report in which the block is shown."""
    return block.kind or SUGGESTED_IN


def preview_block(block: TextBlock, text: str, sources: Sources) -> tuple[str, ...] | None:
    """The paragraphs of a text for the block as the report would have them; None where this report would not have the block.

    INVALID_VALUE for a text that the block refuses.
    """
    marked = replace(sources, texts={**sources.texts, block.name: f"{_BEGIN}\n{text}\n{_END}"})
    outline = find_kind(kind_of_preview(block)).draft(marked)
    told = [plain(each.text) for each in outline.blocks if isinstance(each, Paragraph)]
    if _BEGIN not in told or _END not in told:
        return None
    return tuple(told[told.index(_BEGIN) + 1 : told.index(_END)])
