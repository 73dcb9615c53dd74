"""The part of a document's package that holds its record, and packages of which single parts are replaced."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from docx.document import Document as WordDocument
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from analysis.report.live.record import PART_NAME, PROPERTIES, PROPERTIES_NAME, Record, record_xml


def add_record(document: WordDocument, record: Record | None) -> None:
    """Nothing; the record lies in the document's package as custom XML, which Word keeps when it saves the document."""
    if record is None:
        return
    package = document.part.package
    properties = Part(PackURI(PROPERTIES_NAME), CT.OFC_CUSTOM_XML_PROPERTIES, PROPERTIES.encode(), package)
    item = Part(PackURI(PART_NAME), CT.XML, record_xml(record), package)
    item.relate_to(properties, RT.CUSTOM_XML_PROPS)
    document.part.relate_to(item, RT.CUSTOM_XML)


def with_parts(archive: bytes, replaced: Mapping[str, bytes]) -> bytes:
    """The same package with new content for some of its parts, by name; the order, times and contents of all others stay."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            entry = zipfile.ZipInfo(item.filename, item.date_time)
            entry.compress_type, entry.external_attr, entry.comment = item.compress_type, item.external_attr, item.comment
            content = replaced.get(item.filename)
            new.writestr(entry, old.read(item) if content is None else content)
    return target.getvalue()
