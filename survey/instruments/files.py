"""The files that go with a questionnaire, as people hand them in: one by one, in a zip, or in a folder. Reads, stores nothing."""

import zipfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path, PurePosixPath

from questionnaires.data_files import is_data_file
from questionnaires.errors import ErrorCode, SurveyError
from survey.intake.media import OTHER_MEDIA_TYPE, media_type_of

MAX_FILES = 1_000
MAX_UNPACKED_BYTES = 300_000_000
"""A zip that unpacks to more is refused before it is unpacked."""

_TEXT_TYPES = {"csv": "text/csv; charset=utf-8", "xml": "text/xml; charset=utf-8", "geojson": "application/geo+json"}
SVG = "image/svg+xml"


def collect_files(handed_in: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """The files by name, those inside a zip among them. Raises INVALID_DATA_FILE for a bad zip or two different files of one name."""
    found: dict[str, bytes] = {}
    for name, data in (each for given in handed_in for each in _unpack(*given)):
        if found.setdefault(name, data) != data:
            raise SurveyError(ErrorCode.INVALID_DATA_FILE, file=name, detail="it is there twice with different content")
        if len(found) > MAX_FILES:
            raise SurveyError(ErrorCode.INVALID_DATA_FILE, file=name, detail="there are more than {most} files", most=MAX_FILES)
    return found


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files in a folder by name; hidden ones and folders inside are passed over."""
    return collect_files((path.name, path.read_bytes()) for path in sorted(folder.iterdir()) if path.is_file() and path.name[0] != ".")


def media_folder(form: Path) -> Path | None:
    """The folder that goes with a form by its name, as ODK tools lay it out ("form.xlsx" and "form-media"); None when there is none."""
    folder = form.with_name(f"{form.stem}-media")
    return folder if folder.is_dir() else None


def file_media_type(name: str, data: bytes) -> str:
    """The media type of a file: data files by their ending, pictures and the like by their own bytes, SVG by how it begins."""
    ending = name.lower().rpartition(".")[2]
    if is_data_file(name):
        return _TEXT_TYPES[ending]
    found = media_type_of(data)
    return SVG if found == OTHER_MEDIA_TYPE and ending == "svg" and b"<svg" in data[:4096] else found


def _unpack(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    name = PurePosixPath(name.replace("\\", "/")).name
    if not name.lower().endswith(".zip"):
        if name:
            yield name, data
        return
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
            unpacked = sum(entry.file_size for entry in entries)
            if unpacked > MAX_UNPACKED_BYTES:
                detail = "it unpacks to {value} MB, more than {given} MB"
                raise SurveyError(
                    ErrorCode.INVALID_DATA_FILE,
                    file=name,
                    detail=detail,
                    value=unpacked // 1_000_000,
                    given=MAX_UNPACKED_BYTES // 1_000_000,
                )
            if len(entries) > MAX_FILES:
                raise SurveyError(ErrorCode.INVALID_DATA_FILE, file=name, detail="there are more than {most} files", most=MAX_FILES)
            for entry in entries:
                yield PurePosixPath(_entry_name(entry)).name, archive.read(entry)
    except (zipfile.BadZipFile, RuntimeError, EOFError) as error:
        raise SurveyError(ErrorCode.INVALID_DATA_FILE, file=name, detail="the zip is damaged, or protected by a password") from error


def _is_hidden(path: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(path).parts)


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name inside a zip; Windows in Chinese writes GB18030 where the standard expects code page 437."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename
