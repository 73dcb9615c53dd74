"""Data files beside a form (.csv, .xml, .geojson) as the items that `instance('name')/root/item` finds. Reads bytes, never a folder.

What the columns of an item are follows ODK: those of the CSV file, the elements of an XML item, and for GeoJSON the properties of a
feature with its `id` and its `geometry` as ODK writes positions.
Source: ODK docs, "Form Datasets" (https://docs.getodk.org/form-datasets/) and "Selects from GeoJSON".
"""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, NoReturn

from lxml import etree

from questionnaires.data_file_words import DETAILS
from questionnaires.errors import ErrorCode, SurveyError

XF = "{http://www.w3.org/2002/xforms}"
DATA_SUFFIXES = (".csv", ".xml", ".geojson")
MAX_DATA_BYTES = 50_000_000
"""A larger data file is refused: no tablet would hold it."""
MAX_ROWS = 200_000

_DELIMITERS = (",", ";", "\t")
_NO_SIGN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold."""
_LAST_SAVED = "jr://instance/"


@dataclass(frozen=True, slots=True)
class DataFile:
    """One data file: its rows with one text per column; or, for XML that is no plain list of items, the document as `xml`."""

    name: str
    sha256: str
    columns: tuple[str, ...] = field(compare=False)
    rows: tuple[tuple[str, ...], ...] = field(compare=False, repr=False)
    xml: str = field(default="", compare=False, repr=False)


def is_data_file(name: str) -> bool:
    """Whether a file of this name holds data; all others are pictures, sounds and films."""
    return name.lower().endswith(DATA_SUFFIXES)


def read_data_file(name: str, data: bytes) -> DataFile:
    """The items in the bytes of a file called `name`. Raises INVALID_DATA_FILE, which names the row where there is one."""
    if len(data) > MAX_DATA_BYTES:
        _refuse(name, "too_large", size=len(data) // 1_000_000, limit=MAX_DATA_BYTES // 1_000_000)
    sha256 = hashlib.sha256(data).hexdigest()
    kind = name.lower().rpartition(".")[2]
    if kind == "xml":
        return _read_xml(name, sha256, data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(name, "not_utf8")
    columns, rows = _read_geojson(name, text) if kind == "geojson" else _read_csv(name, text)
    return DataFile(name, sha256, columns, rows)


def named_files(xform: str) -> dict[str, str]:
    """The files that an XForm names: by file name the id of the secondary instance it fills, "" for a picture, sound or film."""
    model = etree.fromstring(xform.encode()).find(f".//{XF}model")
    found: dict[str, str] = {}
    for instance in () if model is None else model.iterfind(f"{XF}instance"):
        source = instance.get("src", "")
        if source and not source.startswith(_LAST_SAVED):
            found.setdefault(source.rsplit("/", 1)[-1], instance.get("id", ""))
    for value in () if model is None else model.iterfind(f"{XF}itext//{XF}value"):
        text = (value.text or "").strip()
        if value.get("form") and text.startswith("jr://"):
            found.setdefault(text.rsplit("/", 1)[-1], "")
    return found


def read_named_files(xform: str, files: Mapping[str, bytes]) -> dict[str, DataFile]:
    """The data files that an XForm names and that are among `files`, by the id of the instance each fills."""
    named = named_files(xform)
    return {instance: read_data_file(name, files[name]) for name, instance in named.items() if instance and name in files}


def digest_files(files: Mapping[str, bytes]) -> str:
    """One hash for a set of files with their names, "" for none."""
    if not files:
        return ""
    lines = [f"{name}\0{hashlib.sha256(data).hexdigest()}\n" for name, data in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def items_element(file: DataFile) -> etree._Element:
    """What `instance('…')` stands for: an element around the document, its elements without namespaces.

    A column whose name is no XML name is left out, because no expression can name it.
    """
    held = etree.Element("instance")
    if file.xml:
        held.append(etree.fromstring(file.xml.encode()))
        return held
    root = etree.SubElement(held, "root")
    named = [(place, column) for place, column in enumerate(file.columns) if is_element_name(column)]
    for row in file.rows:
        item = etree.SubElement(root, "item")
        for place, column in named:
            etree.SubElement(item, column).text = row[place]
    return held


def is_element_name(name: str) -> bool:
    """Whether an expression can name a column."""
    try:
        etree.Element(name)
    except ValueError:
        return False
    return "{" not in name


def _refuse(name: str, code: str, **values: object) -> NoReturn:
    """Raises INVALID_DATA_FILE, whose values hold the detail in Chinese too."""
    detail, detail_zh = (text.format(**values) for text in DETAILS[code])
    raise SurveyError(ErrorCode.INVALID_DATA_FILE, file=name, detail=detail, detail_zh=detail_zh)


def _read_csv(name: str, text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        lines = list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        _refuse(name, "no_table", reason=error)
    if not lines or not any(cell.strip() for cell in lines[0]):
        _refuse(name, "no_columns")
    columns = tuple(cell.strip() for cell in lines[0])
    while columns and not columns[-1]:
        columns = columns[:-1]
    _check_columns(name, columns)
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in line):
            continue
        if any(cell.strip() for cell in line[len(columns) :]):
            _refuse(name, "more_cells", row=number, delimiter=delimiter)
        if _NO_SIGN.search("".join(line)):
            _refuse(name, "no_sign", row=number)
        rows.append(tuple(cell.strip() for cell in line[: len(columns)]) + ("",) * (len(columns) - len(line)))
    _check_length(name, rows)
    return columns, tuple(rows)


def _check_columns(name: str, columns: tuple[str, ...]) -> None:
    if "" in columns:
        _refuse(name, "unnamed_column", column=columns.index("") + 1)
    twice = next((column for column in columns if columns.count(column) > 1), None)
    if twice is not None:
        _refuse(name, "twice", column=twice)


def _check_length(name: str, rows: list[tuple[str, ...]]) -> None:
    if len(rows) > MAX_ROWS:
        _refuse(name, "too_long", count=len(rows), limit=MAX_ROWS)


def _read_xml(name: str, sha256: str, data: bytes) -> DataFile:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        _refuse(name, "no_xml", reason=str(error).split(", line")[0])
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype or any(True for _ in root.iter(etree.Entity)):
        _refuse(name, "unsafe_xml")
    if any(key for element in root.iter(etree.Element) for key in element.attrib) or not _is_list(root):
        return DataFile(name, sha256, (), (), etree.tostring(without_namespaces(root), encoding="unicode"))
    columns = tuple(dict.fromkeys(_tag(cell) for item in root for cell in item))
    rows = [tuple(cells.get(column, "") for column in columns) for cells in ({_tag(c): (c.text or "").strip() for c in i} for i in root)]
    _check_length(name, rows)
    return DataFile(name, sha256, columns, tuple(rows))


def _is_list(root: etree._Element) -> bool:
    """Whether a document is `root` with nothing but `item`s, each with plain elements of different names."""
    if _tag(root) != "root":
        return False
    for item in root:
        tags = [_tag(cell) for cell in item]
        if _tag(item) != "item" or len(set(tags)) != len(tags) or any(len(cell) for cell in item):
            return False
    return True


def _tag(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def without_namespaces(element: etree._Element) -> etree._Element:
    """A copy whose elements have no namespace, so that paths find them by their plain names."""
    copy = etree.Element(_tag(element), {str(key).rpartition("}")[2]: str(value) for key, value in element.attrib.items()})
    copy.text = element.text
    for child in element.iterchildren(etree.Element):
        copy.append(without_namespaces(child))
    return copy


def _read_geojson(name: str, text: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        _refuse(name, "no_json", reason=error)
    features = document.get("features") if isinstance(document, dict) and document.get("type") == "FeatureCollection" else None
    if not isinstance(features, list):
        _refuse(name, "no_features")
    items = [_feature(name, number, feature) for number, feature in enumerate(features, start=1)]
    columns = tuple(dict.fromkeys(column for item in items for column in item))
    rows = [tuple(item.get(column, "") for column in columns) for item in items]
    _check_length(name, rows)
    return columns, tuple(rows)


def _feature(name: str, number: int, feature: Any) -> dict[str, str]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or not isinstance(properties, dict | None):
        _refuse(name, "no_geometry", row=number)
    item = {"geometry": ";".join(_positions(name, number, geometry))}
    item |= {str(key): _property_text(value) for key, value in (properties or {}).items()}
    if feature.get("id") is not None:
        item["id"] = _property_text(feature["id"])
    if any(_NO_SIGN.search(text) for text in item.values()):
        _refuse(name, "no_sign_of_feature", row=number)
    return item


def _positions(name: str, number: int, geometry: Mapping[str, Any]) -> Iterator[str]:
    coordinates = geometry.get("coordinates")
    nested: Mapping[str, Any] = {
        "Point": lambda: [coordinates],
        "LineString": lambda: coordinates,
        "Polygon": lambda: coordinates[0] if coordinates else [],
    }
    kind = str(geometry.get("type"))
    if kind not in nested or not isinstance(coordinates, list):
        _refuse(name, "geometry_kind", row=number, kind=kind)
    try:
        points: Iterable[Any] = nested[kind]()
        yield from [f"{float(point[1])!r} {float(point[0])!r} 0 0".replace(".0 ", " ") for point in points]
    except (TypeError, ValueError, LookupError, OverflowError):
        _refuse(name, "no_position", row=number)


def _property_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
