"""What of the guide a tablet keeps beside its app: the interviewers' pages in both languages, with all that they show."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from posixpath import normpath

from survey.guide.sources import LANGUAGES
from survey.tablet.shell import tag_of

PAGE = "interviewer.html"
_SHOWN = re.compile(r'(?:<link rel="(?:stylesheet|icon)"[^>]* href|<img[^>]* src)="([^":]+)"')


@dataclass(frozen=True, slots=True)
class OfflineFile:
    """One file: its language, its name below it, and the tag that changes whenever a byte does."""

    language: str
    name: str
    tag: str


@lru_cache(maxsize=2)
def files_for_tablets(folder: Path) -> tuple[OfflineFile, ...]:
    """The files of a built guide that tablets keep; none where it has no page for interviewers."""
    return tuple(each for language in LANGUAGES if (folder / language / PAGE).is_file() for each in _files_of(folder, language))


def _files_of(folder: Path, language: str) -> Iterator[OfflineFile]:
    text = (folder / language / PAGE).read_text(encoding="utf-8")
    for name in dict.fromkeys((PAGE, *(normpath(shown) for shown in _SHOWN.findall(text)))):
        yield OfflineFile(language, name, tag_of((folder / language / name).read_bytes()))
