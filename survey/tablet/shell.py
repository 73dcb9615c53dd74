"""The files that the app itself is made of, found by walking from its pages through what they import; nobody keeps a list.

A tablet keeps exactly these, so that the app starts without a network; a module that is imported anywhere can not be forgotten.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from survey.tablet.bundles import FOLDER, read_bundle

PAGES = ("tablet/home.html", "tablet/form.html")
"""The templates whose static files a tablet needs, below templates/."""
_NAMED_BY_PAGE = re.compile(r"""filename=["']([^"']+)["']""")
_IMPORTED = re.compile(r"""(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)["'](\.{1,2}/[^"']+)["']""")
_NAMED_BY_STYLES = re.compile(r"""(?:@import\s+|url\(\s*)["']?(?!data:|#)([^"')\s]+)""")
_NAMED_BY_MANIFEST = re.compile(r'"src":\s*"([^"]+)"')


@dataclass(frozen=True, slots=True)
class ShellFile:
    """One static file: its name below the static folder, the tag that changes whenever a byte does, and its size."""

    name: str
    tag: str
    n_bytes: int


@dataclass(frozen=True, slots=True)
class _Content:
    tag: str
    n_bytes: int
    names: tuple[str, ...]


def shell_files(static: Path, templates: Path) -> tuple[ShellFile, ...]:
    """Every static file that the app's pages need, directly or through another, by name; raises FileNotFoundError for one that is not."""
    waiting = [name for page in PAGES for name in _read(templates, page).names]
    found: dict[str, ShellFile] = {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        content = _read(static, name)
        found[name] = ShellFile(name, content.tag, content.n_bytes)
        waiting.extend(content.names)
    return tuple(found[name] for name in sorted(found))


def tag_of(data: bytes) -> str:
    """The short name of these bytes, which changes whenever one of them does."""
    return hashlib.sha256(data).hexdigest()[:16]


def _read(folder: Path, name: str) -> _Content:
    if name.startswith(FOLDER):
        return _content(name, read_bundle(folder, name))
    stat = (folder / name).stat()
    return _read_once(folder, name, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=512)
def _read_once(folder: Path, name: str, _mtime_ns: int, _size: int) -> _Content:
    """Read anew only when the file has changed, because every start of every tablet asks."""
    return _content(name, (folder / name).read_bytes())


@lru_cache(maxsize=64)
def _content(name: str, data: bytes) -> _Content:
    return _Content(tag_of(data), len(data), tuple(_names_in(name, data)))


def _names_in(name: str, data: bytes) -> Iterator[str]:
    """The static files that this file names."""
    suffix = PurePosixPath(name).suffix
    if suffix == ".html":
        yield from _NAMED_BY_PAGE.findall(data.decode())
        return
    pattern = {".js": _IMPORTED, ".css": _NAMED_BY_STYLES, ".webmanifest": _NAMED_BY_MANIFEST}.get(suffix)
    for reference in pattern.findall(data.decode()) if pattern else ():
        yield _resolve(PurePosixPath(name).parent, reference.partition("?")[0].partition("#")[0])


def _resolve(folder: PurePosixPath, reference: str) -> str:
    parts = list(folder.parts)
    for part in PurePosixPath(reference).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
