"""`$metadata`: what the entity sets of a service hold, as XML (OData CSDL XML 4.01). Pure."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from survey.odata.filtering import UNDERSTOOD
from survey.odata.model import EntitySet

EDMX, EDM = "http://docs.oasis-open.org/odata/ns/edmx", "http://docs.oasis-open.org/odata/ns/edm"
NAMESPACE, CONTAINER = "survey", "Data"
DESCRIPTION = "Org.OData.Core.V1.Description"
CAPABILITIES = "Org.OData.Capabilities.V1"
UNSUPPORTED = ("Expand", "Search")
"""What clients need not try, as terms of the vocabulary of capabilities."""


def metadata(sets: Sequence[EntitySet]) -> bytes:
    """The document."""
    root = etree.Element(f"{{{EDMX}}}Edmx", {"Version": "4.0"}, nsmap={"edmx": EDMX})
    services = etree.SubElement(root, f"{{{EDMX}}}DataServices")
    unprefixed: dict[Any, str] = {None: EDM}  # which the types of lxml do not know
    schema = etree.SubElement(services, f"{{{EDM}}}Schema", {"Namespace": NAMESPACE}, nsmap=unprefixed)
    for each in sets:
        entity = etree.SubElement(schema, f"{{{EDM}}}EntityType", {"Name": each.name})
        key = etree.SubElement(entity, f"{{{EDM}}}Key")
        etree.SubElement(key, f"{{{EDM}}}PropertyRef", {"Name": each.key})
        for one in each.properties:
            told = {"Name": one.name, "Type": one.type, "Nullable": "false" if one.name == each.key else "true"}
            element = etree.SubElement(entity, f"{{{EDM}}}Property", told)
            if one.label:
                _describe(element, one.label)
    container = etree.SubElement(schema, f"{{{EDM}}}EntityContainer", {"Name": CONTAINER})
    level = {"Term": f"{CAPABILITIES}.ConformanceLevel", "EnumMember": f"{CAPABILITIES}.ConformanceLevelType/Minimal"}
    etree.SubElement(container, f"{{{EDM}}}Annotation", level)
    etree.SubElement(container, f"{{{EDM}}}Annotation", {"Term": f"{CAPABILITIES}.BatchSupported", "Bool": "false"})
    called = etree.SubElement(container, f"{{{EDM}}}Annotation", {"Term": f"{CAPABILITIES}.FilterFunctions"})
    names = etree.SubElement(called, f"{{{EDM}}}Collection")
    for name in UNDERSTOOD:
        etree.SubElement(names, f"{{{EDM}}}String").text = name
    for each in sets:
        element = etree.SubElement(container, f"{{{EDM}}}EntitySet", {"Name": each.name, "EntityType": f"{NAMESPACE}.{each.name}"})
        for name in UNSUPPORTED:
            annotation = etree.SubElement(element, f"{{{EDM}}}Annotation", {"Term": f"{CAPABILITIES}.{name}Restrictions"})
            record = etree.SubElement(annotation, f"{{{EDM}}}Record")
            etree.SubElement(record, f"{{{EDM}}}PropertyValue", {"Property": f"{name}able", "Bool": "false"})
        _describe(element, each.title)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _describe(element: etree._Element, text: str) -> None:
    clean = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
    etree.SubElement(element, f"{{{EDM}}}Annotation", {"Term": DESCRIPTION, "String": clean})
