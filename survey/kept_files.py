"""Files that people hand in beside a record (materials, minutes): named, hashed, and put into storage."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from questionnaires.errors import ErrorCode, SurveyError
from survey.intake.media import kept_type, media_type_of, suits_name
from survey.storage import Storage

MAX_FILE_NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as somebody handed it in."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file whose bytes lie in storage under `sha256`; `media_type` is what the bytes themselves show, or that a virus is in them."""

    name: str
    sha256: str
    size_bytes: int
    media_type: str


class KeptBeside(Protocol):
    """The row of a file beside a record."""

    id: Any
    sha256: Any


File = TypeVar("File", bound=KeptBeside)


def keep_files(storage: Storage, files: Iterable[GivenFile]) -> tuple[KeptFile, ...]:
    """The files once their bytes are stored, the same bytes once; raises INVALID_VALUE for an empty file, and for one whose name
    says another kind than its bytes, before anything is stored."""
    given = tuple(files)
    for file in given:
        if not file.data:
            raise SurveyError(ErrorCode.INVALID_VALUE, field=file.name, detail="the file is empty; choose it again")
        if not suits_name(media_type_of(file.data), file.name):
            detail = "its content is of another kind than its name says; open it, and save it anew under the ending that it has"
            told = "文件内容与扩展名不符；请打开文件，按实际格式另存后再选择"
            raise SurveyError(ErrorCode.INVALID_VALUE, field=file.name, detail=detail, detail_zh=told)
    kept: dict[str, KeptFile] = {}
    for file in given:
        sha256 = storage.put(file.data)
        media_type = kept_type(file.data, storage.find_virus(file.data))
        kept.setdefault(sha256, KeptFile(_bare_name(file.name), sha256, len(file.data), media_type))
    return tuple(kept.values())


def not_kept_yet(files: Iterable[KeptFile], beside: Iterable[KeptBeside]) -> list[KeptFile]:
    """Those of the files that are not among those beside a record; a record keeps the same bytes once."""
    known = {file.sha256 for file in beside}
    return [file for file in files if file.sha256 not in known]


def find_kept(beside: Iterable[File], file_id: str) -> File:
    """The file of this id among those beside a record; raises NOT_FOUND."""
    for file in beside:
        if file.id == file_id:
            return file
    raise SurveyError(ErrorCode.NOT_FOUND, what="File", key=file_id, remedy="It may have been removed already.")


def _bare_name(name: str) -> str:
    """The name without folders, cut at the front so that its ending stays."""
    return name.replace("\\", "/").rpartition("/")[2][-MAX_FILE_NAME_LENGTH:] or "file"
