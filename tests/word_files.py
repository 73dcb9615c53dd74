"""Word files as tests read them: python-docx does not look into content controls, so they are taken away and what they hold stays."""

from io import BytesIO
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn


def open_word(content: bytes | str | Path) -> WordDocument:
    """The document (its bytes, or where it lies) without its content controls."""
    document = Document(BytesIO(content) if isinstance(content, bytes) else str(content))
    for control in list(document.element.body.iter(qn("w:sdt"))):
        inner = control.find(qn("w:sdtContent"))
        for child in list(inner) if inner is not None else []:
            control.addprevious(child)
        control.getparent().remove(control)
    return document
