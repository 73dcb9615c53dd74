"""What an .xlsx file holds, told from the packed bytes before anything in it is parsed: whether it is small and harmless enough.

Parsing costs far more memory and time than unpacking, so the parts are unpacked piece by piece and only counted.
"""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

MAX_UNPACKED_BYTES = 100_000_000
"""A workbook that says it unpacks to more is refused before it is unpacked (a zip bomb, or no questionnaire)."""
MAX_PARTS = 2_000
"""Ten sheets have some thirty parts; each takes time and memory, however little is in it."""
MAX_XML_BYTES = 60_000_000
MAX_TAGS = 3_000_000
MAX_CELLS = 250_000
"""20,000 choices in twelve columns; more takes longer to parse than anybody waits."""

_PIECE = 1 << 20
_OVERLAP = 64
_CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PECULIAR = re.compile(rb"<(?:\w+:)?(?:mergeCell|f)[\s>/]")


@dataclass(frozen=True, slots=True)
class Packed:
    """Why the file is not to be opened: a code of `workbook_words.DETAILS` ("" when it may be) with its numbers; else what it has."""

    refusal: str = ""
    size: int = 0
    limit: int = 0
    is_peculiar: bool = False
    """Whether it has formulas or merged cells."""


def inspect_packed(data: bytes) -> Packed:
    """What the bytes of an .xlsx file hold. Raises BadZipFile and what else `zipfile` raises for a damaged archive."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MAX_UNPACKED_BYTES:
            return Packed("unpacks_large", unpacked // 1_000_000, MAX_UNPACKED_BYTES // 1_000_000)
        if len(entries) > MAX_PARTS:
            return Packed("too_many_parts", limit=MAX_PARTS)
        parts = [entry for entry in entries if entry.filename.lower().endswith((".xml", ".rels"))]
        if sum(entry.file_size for entry in parts) > MAX_XML_BYTES:
            return Packed("too_much_text", limit=MAX_XML_BYTES // 1_000_000)
        n_tags = n_cells = 0
        is_peculiar = False
        for entry in parts:
            is_sheet = "worksheets/" in entry.filename
            with archive.open(entry) as part:
                tail = b""
                while piece := part.read(_PIECE):
                    seen = tail + piece
                    if _DECLARATION.search(seen):
                        return Packed("declares_entities")
                    n_tags += piece.count(b"<")
                    n_cells += len(_CELL.findall(piece)) if is_sheet else 0
                    is_peculiar = is_peculiar or (is_sheet and _PECULIAR.search(seen) is not None)
                    tail = piece[-_OVERLAP:]
            if n_cells > MAX_CELLS or n_tags > MAX_TAGS:
                return Packed("too_many_cells", limit=MAX_CELLS)
    return Packed(is_peculiar=is_peculiar)
