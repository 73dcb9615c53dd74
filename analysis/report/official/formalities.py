"""What makes a report an official document: who issues it under which number, to whom, with which attachments and copies. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from analysis.report.outline import (
    Addressee,
    Attachments,
    Block,
    Contents,
    Copies,
    Heading,
    Letterhead,
    Outline,
    Paragraph,
    Signature,
)
from analysis.words import day_text

ANNEX_NUMBER = re.compile(r"^(附件|Annex)\s*\d*[\s:：.]*", re.IGNORECASE)
SEPARATORS = re.compile("[、;；]")
CONTENTS = {"zh": "目　录", "en": "Contents"}


@dataclass(frozen=True, slots=True)
class Formalities:
    """What the caller knows of the document; what is "" or None is left out.

    `body` issues it on `day`. With `number` ("陕监督〔2018〕5号") and `has_letterhead` it gets the red head. `addressee` stands in place of
    the outline's own. `has_contents` puts a table of contents below the title.
    """

    body: str = ""
    day: date | None = None
    number: str = ""
    has_letterhead: bool = False
    addressee: str = ""
    copies: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: date | None = None
    has_contents: bool = False


def signed(
    today: date,
    *,
    body: str = "",
    number: str = "",
    addressee: str = "",
    copies: str = "",
    has_letterhead: bool = False,
    has_contents: bool = False,
) -> Formalities:
    """The formalities of a document that is issued today, as somebody wrote them into fields; `copies` has signs between names."""
    body, recipients = body.strip(), tuple(part.strip() for part in SEPARATORS.split(copies) if part.strip())
    return Formalities(
        body=body,
        day=today if body else None,
        number=number.strip(),
        has_letterhead=has_letterhead,
        addressee=addressee.strip(),
        copies=recipients,
        printed_by=body if recipients else "",
        printed_on=today if recipients else None,
        has_contents=has_contents,
    )


def with_formalities(outline: Outline, formalities: Formalities) -> Outline:
    """The outline with the blocks of an official document in their places: head, addressee, attachments, signature, copies."""
    return replace(outline, blocks=tuple(_arranged(outline, formalities)))


def _arranged(outline: Outline, given: Formalities) -> Iterator[Block]:
    language = outline.language
    known = [block for block in outline.blocks if not isinstance(block, Letterhead | Contents | Signature | Copies)]
    attachments = next((block for block in known if isinstance(block, Attachments)), None)
    addressee = next((block for block in known if isinstance(block, Addressee)), None)
    blocks = [block for block in known if not isinstance(block, Attachments | Addressee)]
    annexes = [number for number, block in enumerate(blocks) if isinstance(block, Heading) and block.is_annex]
    end = annexes[0] if annexes else len(blocks)
    start = next((number for number, block in enumerate(blocks) if not _is_head(block)), len(blocks))
    if given.has_letterhead and given.body:
        yield Letterhead(given.body, given.number)
    yield from blocks[:start]
    if given.has_contents:
        yield Contents(CONTENTS[language])
    if given.addressee:
        yield Addressee(given.addressee)
    elif addressee is not None:
        yield addressee
    yield from blocks[start:end]
    if attachments is not None:
        yield attachments
    elif annexes and given.body:
        headings = [block for block in blocks[end:] if isinstance(block, Heading) and block.is_annex]
        yield Attachments(tuple(ANNEX_NUMBER.sub("", heading.text) for heading in headings))
    if given.body or given.day:
        yield Signature(given.body, day_text(given.day, language) if given.day else "")
    yield from blocks[end:]
    if given.copies or given.printed_by:
        yield Copies(given.copies, given.printed_by, day_text(given.printed_on, language) if given.printed_on else "")


def _is_head(block: Block) -> bool:
    """Whether a block stands between the title and the addressee."""
    return isinstance(block, Paragraph) and block.role in ("subtitle", "notice")
