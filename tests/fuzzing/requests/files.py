"""Files as people might send them by mistake or on purpose: damaged, of another kind, or many times larger than they look."""

import zipfile
from io import BytesIO
from random import Random

from PIL import Image

from questionnaires.convert import convert_file
from survey.accounts.people_terms import people_sample
from survey.coding.sheets import code_book_sample
from survey.issue_ledger.ledger import SAMPLE as LEDGER
from survey.liaison.assistance_texts import sample_workbook as assistance_sample
from survey.places.roster_sample import places_sample
from survey.places.roster_sample import sample_workbook as roster_sample
from survey.registry.samples import identification_sample, member_sample
from survey.sample_sheets import write_sample
from tests.analysis.report.live.examples import TODAY
from tests.fuzzing.files import _draft, _picture
from tests.fuzzing.forms import OLD_WORKBOOK, SMALL
from tests.fuzzing.targets import Archive, with_other_element

from analysis.report.word.document import write_word  # isort: skip

N_OF_EACH = 30
"""So many broken files of each good one; they are chosen from."""
BOMB_BYTES = 40_000_000
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]><a>&c;&d;</a>'
)


def good_files() -> list[tuple[str, bytes]]:
    """One of each kind that somebody uploads."""
    workbooks = [
        roster_sample(),
        places_sample(),
        people_sample("zh"),
        member_sample(),
        identification_sample(),
        assistance_sample(),
        write_sample(LEDGER, "zh"),
        code_book_sample("zh"),
        convert_file(SMALL, "small.md", ".xlsx"),
    ]
    return [
        *(("list.xlsx", each) for each in workbooks),
        ("form.md", SMALL),
        ("form.xls", OLD_WORKBOOK),
        ("draft.docx", write_word(_draft("12", "甲村"), today=TODAY)),
        *((f"picture.{kind.lower()}", _picture(kind)) for kind in ("JPEG", "PNG", "WEBP", "GIF")),
        ("list.csv", "编码,名称\n610727,略阳县\n".encode()),
    ]


def odd_files() -> list[tuple[str, bytes]]:
    """What is no file of any of these kinds, or only looks like one."""
    held = BytesIO()
    Image.new("1", (30_000, 30_000)).save(held, "PNG")
    return [
        ("empty.xlsx", b""),
        ("list.xlsx", zipped({"xl/workbook.xml": bytes(BOMB_BYTES)})),
        ("draft.docx", zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * BOMB_BYTES})),
        ("many.xlsx", zipped({f"{number}": b"" for number in range(20_000)})),
        ("up.xlsx", zipped({"../../../etc/passwd": b"x", "/etc/passwd": b"y", "C:\\x": b"z"})),
        ("laughs.xlsx", zipped({"[Content_Types].xml": LAUGHS, "xl/workbook.xml": LAUGHS})),
        ("laughs.xml", LAUGHS),
        ("large.png", held.getvalue()),
        ("page.jpg", b"<html><script>alert(1)</script></html>"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("utf16.csv", "编码,名称\n610727,略阳县\n".encode("utf-16")),
        ("gb.csv", "编码,名称\n610727,略阳县\n".encode("gb18030")),
        ("zero.csv", b"a,b\n\0,\0\n"),
        ("wide.csv", b"," * 100_000),
        ("=1+1.pdf", b"%PDF-1.7\n%\xff\xff\n1 0 obj<</OpenAction<</S/Launch>>>>endobj"),
        ("../../x.xlsx", b"PK\x03\x04" + bytes(100)),
        ("x" * 300 + ".xlsx", b"PK\x05\x06" + bytes(18)),
    ]


def zipped(parts: dict[str, bytes]) -> bytes:
    """The archive of these parts."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


def broken_files(rng: Random) -> list[tuple[str, bytes]]:
    """Good files and odd ones, and those that come of good ones: a part that is another one, bytes that are, or an end too early."""
    good = good_files()
    return [*good, *odd_files(), *((name, _broken(rng, content)) for name, content in good for _ in range(N_OF_EACH))]


def _broken(rng: Random, content: bytes) -> bytes:
    if content[:2] == b"PK" and rng.random() < 0.7:
        archive = Archive.of(content)
        number = rng.randrange(len(archive.parts))
        part = with_other_element(list(archive.parts.values())[number], rng)
        if part is not None:
            return archive.packed(bytes([number]) + part)
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(data))
        data[at : at + rng.choice((0, 1, 1, 4))] = rng.randbytes(rng.choice((0, 1, 1, 4)))
    return bytes(data[: rng.randrange(1, len(data))] if rng.random() < 0.3 else data)
