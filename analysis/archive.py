"""ZIP archives, which Word documents and workbooks are, without the time at which they were written."""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a ZIP archive can hold."""
READABLE = 0o600 << 16


def without_times(archive: bytes, replaced: Mapping[str, bytes] = MappingProxyType({})) -> bytes:
    """The same ZIP archive with no time of day in it, so that the same content gives the same bytes.

    `replaced` holds new content for some of its files, by name.
    """
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(archive)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            entry = zipfile.ZipInfo(item.filename, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = READABLE
            new.writestr(entry, replaced.get(item.filename) or old.read(item.filename))
    return target.getvalue()
