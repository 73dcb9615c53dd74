"""The words of an outline as runs, with a control for each figure and what a text calls from elsewhere."""

from analysis.report.live.controls import Controls
from analysis.report.texts import Figure, Footnote, Part, Reference, Words, text_of
from analysis.report.word.marks import Marks
from analysis.report.word.runs import lines_xml


def words_xml(words: Words, language: str, controls: Controls, marks: Marks | None = None, properties: str = "") -> str:
    """The runs of a text: one per line of its words, and a control for each figure; footnotes and references where `marks` takes them."""
    return "".join(_part_xml(part, language, controls, marks, properties) for part in text_of(words))


def _part_xml(part: Part, language: str, controls: Controls, marks: Marks | None, properties: str) -> str:
    match part:
        case Figure():
            return controls.figure(part, language, properties)
        case Footnote():
            return marks.call(words_xml(part.words, language, controls)) if marks else ""
        case Reference():
            return marks.refer(part) if marks else ""
    return lines_xml(part, language, properties)
