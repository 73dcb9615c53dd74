"""A draft of the example bundle, and the same bundle with other answers."""

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

from docx.document import Document as WordDocument
from docx.oxml.ns import qn

from analysis.bundle import Bundle
from analysis.report.kinds.records import About, Sources
from analysis.report.kinds.registry import draft_outline
from analysis.report.word.document import write_word
from tests.analysis.bundles import SOUTH, BundleData

TODAY = date(2018, 4, 28)
VISIT, COUNTY = "2018-04-test", "610727"
DOCTOR = f"estimate:household/doctor_share@{VISIT}/{COUNTY}/county/{COUNTY}#value!text"
MAIN_PART = "word/document.xml"


def draft_of(bundle: Bundle) -> bytes:
    """The county report of the bundle as a Word file, with what stands behind its figures."""
    return write_word(draft_outline("county", Sources(About(VISIT, COUNTY), "zh", TODAY, (bundle,))), today=TODAY)


def with_answers(data: BundleData, change: Callable[[dict[str, Any]], None]) -> BundleData:
    """The bundle with every row of the household form changed."""
    files, interviews = data.forms
    rows = copy.deepcopy(list(interviews.rows["main"]))
    for row in rows:
        change(row)
    return replace(data, forms=[files, replace(interviews, rows={**interviews.rows, "main": rows})])


def all_signed(row: dict[str, Any]) -> None:
    """Everybody has a doctor, and the water is safe in the village that was worse off alone."""
    row["doctor"] = "yes"
    row["water_safe"] = "yes" if row["village_code"] == SOUTH else "no"


def controls_of(document: WordDocument, address: str) -> list[Any]:
    """The controls whose tag is that of the address."""
    record = next(part for part in document.part.package.iter_parts() if str(part.partname) == "/customXml/item1.xml")
    found = re.search(rf'tag="([^"]+)" address="{re.escape(address)}"', record.blob.decode())
    assert found is not None
    controls = document.element.body.iter(qn("w:sdt"))
    return [each for each in controls if each.find(f"{qn('w:sdtPr')}/{qn('w:tag')}").get(qn("w:val")) == found.group(1)]


def text_in(element: Any) -> str:
    """The text of an element."""
    return "".join(each.text or "" for each in element.iter(qn("w:t")))


def saved(document: WordDocument) -> bytes:
    """The document as Word would hand it back."""
    content = BytesIO()
    document.save(content)
    return content.getvalue()
