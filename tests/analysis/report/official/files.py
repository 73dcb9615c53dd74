"""Word files made for the tests of the official format."""

from io import BytesIO

from docx.document import Document as WordDocument

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
"""A picture of one point."""


def saved(document: WordDocument) -> bytes:
    """The document as bytes."""
    content = BytesIO()
    document.save(content)
    return content.getvalue()
