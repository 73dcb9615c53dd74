"""The OpenRosa documents and headers, as ODK Collect and Enketo expect them. Pure: no request, no database.

Source: OpenRosa 1.0, "Form List API", "Form Manifest", "Form Submission API" and "HTTP Request API" (https://docs.getodk.org/openrosa/).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

OPENROSA_VERSION = "1.0"
XML_MEDIA_TYPE = "text/xml; charset=utf-8"
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs that XML 1.0 does not take (section 2.2)."""
RESPONSE_NAMESPACE = "http://openrosa.org/http/response"
LIST_NAMESPACE = "http://openrosa.org/xforms/xformsList"
MANIFEST_NAMESPACE = "http://openrosa.org/xforms/xformsManifest"


@dataclass(frozen=True, slots=True)
class ListedForm:
    """One form of the form list; `hash` is "md5:" and the MD5 of the XForm, by which clients notice a change."""

    form_id: str
    version: str
    name: str
    hash: str
    download_url: str
    manifest_url: str


def md5_hash(data: bytes) -> str:
    """The hash of an XForm or a file as form lists and manifests write it; MD5 is what the standard asks for and protects nothing."""
    return "md5:" + hashlib.md5(data, usedforsecurity=False).hexdigest()


def openrosa_headers(now: datetime, limit_bytes: int) -> dict[str, str]:
    """The headers of every OpenRosa answer; `limit_bytes` is the largest upload that is accepted."""
    return {
        "X-OpenRosa-Version": OPENROSA_VERSION,
        "X-OpenRosa-Accept-Content-Length": str(limit_bytes),
        "Date": format_datetime(now, usegmt=True),
    }


def _unprefixed(namespace: str) -> dict[Any, str]:
    """The namespace as the one without a prefix, which the types of lxml do not know."""
    return {None: namespace}


def response_document(nature: str, message: str) -> bytes:
    """The OpenRosa answer to a submission; `nature` is the machine-readable word ("submit_success", or an error code)."""
    root = etree.Element(f"{{{RESPONSE_NAMESPACE}}}OpenRosaResponse", nsmap=_unprefixed(RESPONSE_NAMESPACE))
    element = etree.SubElement(root, f"{{{RESPONSE_NAMESPACE}}}message", nature=nature)
    # An error names what was asked for, which may hold signs that no XML does.
    element.text = NOT_IN_XML.sub("�", message)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def form_list_document(forms: Iterable[ListedForm], *, is_verbose: bool = False) -> bytes:
    """The form list, in the order given; a verbose one describes each form by its title and version."""
    root = etree.Element(f"{{{LIST_NAMESPACE}}}xforms", nsmap=_unprefixed(LIST_NAMESPACE))
    for form in forms:
        element = etree.SubElement(root, f"{{{LIST_NAMESPACE}}}xform")
        for tag, text in (
            ("formID", form.form_id),
            ("name", form.name),
            ("version", form.version),
            ("hash", form.hash),
            ("downloadUrl", form.download_url),
            ("manifestUrl", form.manifest_url),
        ):
            etree.SubElement(element, f"{{{LIST_NAMESPACE}}}{tag}").text = text
        if is_verbose:
            etree.SubElement(element, f"{{{LIST_NAMESPACE}}}descriptionText").text = f"{form.name} {form.version}"
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file of a form; `hash` is "md5:" and the MD5 of its bytes."""

    name: str
    hash: str
    download_url: str


def manifest_document(files: Iterable[ManifestFile]) -> bytes:
    """The manifest of a form: the data files and media that were published with it, in the order given."""
    root = etree.Element(f"{{{MANIFEST_NAMESPACE}}}manifest", nsmap=_unprefixed(MANIFEST_NAMESPACE))
    for file in files:
        element = etree.SubElement(root, f"{{{MANIFEST_NAMESPACE}}}mediaFile")
        for tag, text in (("filename", file.name), ("hash", file.hash), ("downloadUrl", file.download_url)):
            etree.SubElement(element, f"{{{MANIFEST_NAMESPACE}}}{tag}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
