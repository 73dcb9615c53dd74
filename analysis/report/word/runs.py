"""Runs and paragraphs of WordprocessingML as text."""

from xml.sax.saxutils import escape, quoteattr


def run_xml(text: str, language: str, properties: str = "", *, starts_line: bool = False) -> str:
    """A run with the text; in Chinese its ambiguous signs are Chinese ones. `starts_line` sets a line break before it."""
    hint = "<w:rFonts w:hint='eastAsia'/>" if language == "zh" else ""
    look = f"<w:rPr>{hint}{properties}</w:rPr>" if hint or properties else ""
    shown = f"<w:t xml:space='preserve'>{escape(text)}</w:t>" if text else ""
    return f"<w:r>{look}{'<w:br/>' if starts_line else ''}{shown}</w:r>"


def lines_xml(text: str, language: str, properties: str = "") -> str:
    """The runs of words, one per line of them."""
    first, *others = text.split("\n")
    runs = [run_xml(first, language, properties)] if first else []
    return "".join([*runs, *(run_xml(line, language, properties, starts_line=True) for line in others)])


def field_xml(instruction: str, shown: str, language: str) -> str:
    """A field that Word keeps up to date, showing `shown` until it does."""
    return (
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r>"
        f"<w:r><w:instrText xml:space='preserve'>{escape(instruction)}</w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{run_xml(shown, language)}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
    )


def paragraph_xml(runs: str, style: str, properties: str = "") -> str:
    """A paragraph in the style of this id, with what is set by hand."""
    return f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/>{properties}</w:pPr>{runs}</w:p>"
