"""Which pages the guide has, and how the Markdown files of `docs/` become the sources of one language of it.

The files stay readable where they lie: a chapter is `docs/guide/LANGUAGE/NAME.md`, a reference page `docs/NAME.md`, the same in both
languages unless one has its own in `docs/guide/LANGUAGE/reference/NAME.md`. Here they get the places that they have in the built guide,
and their links lead there. Nothing here knows of Sphinx.
"""

import hashlib
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from questionnaires.errors import ErrorCode, SurveyError

LANGUAGES = ("zh", "en")
CHAPTERS = (
    "interviewer",
    "coordinator",
    "author",
    "administrator",
    "responsible",
    "analyst",
    "worked_visit",
    "statistics",
)
"""The chapters behind the first page, in the order to read."""
SHARED = ("glossary",)
"""Pages of `docs/` that stand among the chapters of both languages, after them."""
REFERENCE = "reference"
REFERENCE_NAMES = {"README": "index"}
REFERENCE_TITLES = {"zh": "参考：各部分详解、设置和命令", "en": "Reference: every part, setting and command"}
MADE_WITH = ("survey/guide", "survey/static/css/tokens.css", "survey/static/img/mark.svg")
"""What the look of the guide is made of, beside its texts and pictures."""
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_CODE = re.compile(r"(^```.*?^```)", re.MULTILINE | re.DOTALL)
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n(?=[\u3000-\u9fff\uff00-\uffef])")
_ELSEWHERE = re.compile(r"[a-z]+:|#|/")
_NEVER_READ = ("__pycache__",)


@dataclass(frozen=True, slots=True)
class Source:
    """One page: its file below the project, its name in the built guide, without an ending, and the file that pages of every language link
    to where this one stands for it."""

    path: str
    name: str
    stands_for: str = ""


def list_sources(root: Path, language: str) -> tuple[Source, ...]:
    """The pages of one language: the first one, the chapters in their order, then the reference; raises SurveyError where none is there."""
    folder = f"docs/guide/{language}"
    if not (root / folder / "index.md").is_file():
        raise SurveyError(ErrorCode.GUIDE_WITHOUT_PAGES, folder=str(root / folder))
    present = [name for name in ("index", *CHAPTERS) if (root / folder / f"{name}.md").is_file()]
    chapters = [Source(f"{folder}/{name}.md", name) for name in present]
    names = sorted(path.stem for path in (root / "docs").glob("*.md"))
    chapters += [Source(f"docs/{name}.md", name) for name in SHARED if name in names]
    return (*chapters, *(_reference(root, folder, name) for name in names if name not in SHARED))


def _reference(root: Path, folder: str, name: str) -> Source:
    shared, own, place = f"docs/{name}.md", f"{folder}/{REFERENCE}/{name}.md", f"{REFERENCE}/{REFERENCE_NAMES.get(name, name)}"
    return Source(own, place, shared) if (root / own).is_file() else Source(shared, place)


def is_english(source: Source) -> bool:
    """Whether the page is English in every language: a reference page that no language has its own of."""
    return source.name.startswith(f"{REFERENCE}/") and not source.stands_for


def gather(root: Path, language: str, target: Path) -> None:
    """Write the sources of one language into the folder `target`, with the pictures that its pages show."""
    sources = list_sources(root, language)
    texts = {source.path: (root / source.path).read_text(encoding="utf-8") for source in sources}
    named = {path: source for source in sources for path in (source.path, source.stands_for) if path}
    places = {path: f"{source.name}.md" for path, source in named.items()}
    titles = {path: title_of(texts[source.path]) for path, source in named.items()}
    for source in sources:
        text = texts[source.path]
        pictures = {path: place_of_picture(path) for path in pictures_of(source.path, text)}
        path = target / f"{source.name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            joined(placed(source.path, text, places | pictures, titles)) + contents_of(source.name, sources, language), encoding="utf-8"
        )
        for picture, place in pictures.items():
            (target / place).parent.mkdir(parents=True, exist_ok=True)
            # One that is not there stays a fault of the page, which the builder tells with its line.
            if (root / picture).is_file():
                shutil.copyfile(root / picture, target / place)


def place_of_picture(path: str) -> str:
    """Where a picture of `docs/pictures` lies among the sources of a language."""
    return PurePosixPath(path).relative_to("docs").as_posix()


def pictures_of(path: str, text: str) -> Iterator[str]:
    """The files, below the project, of the pictures that a page shows."""
    for mark, _label, target in _LINK.findall(text):
        if mark and not _ELSEWHERE.match(target):
            yield _resolved(path, target)


def title_of(text: str) -> str:
    """The heading of a page, of one in two languages the first."""
    return text.split("\n", 1)[0].lstrip("# ").partition(" · ")[0]


def placed(path: str, text: str, places: dict[str, str], titles: dict[str, str]) -> str:
    """The text of the page `path` with links that lead where the files are in the guide; one to a file that is not in it is plain text.

    A page that is named by its file, as readers of the files know it, is named by its title.
    """
    here = PurePosixPath(places[path]).parent.as_posix()

    def lead(found: re.Match[str]) -> str:
        mark, label, target = found.groups()
        if _ELSEWHERE.match(target):
            return found.group()
        file, number_sign, anchor = target.partition("#")
        page = _resolved(path, file)
        place, label = places.get(page), titles.get(page, label) if label == PurePosixPath(file).name else label
        return f"{mark}[{label}]({relpath(place, here)}{number_sign}{anchor})" if place else label

    return _LINK.sub(lead, text)


def joined(text: str) -> str:
    """The text with lines joined where Chinese goes on from one to the next: a browser would show a space there. Code stays as it is."""
    parts = _CODE.split(text)
    return "".join(part if number % 2 else _BETWEEN_CHINESE.sub("", part) for number, part in enumerate(parts))


def contents_of(name: str, sources: tuple[Source, ...], language: str) -> str:
    """The table of contents behind a page, which no reader sees but where the program lists pages; empty for one without pages below it."""
    reference = f"{REFERENCE}/index"
    names = [source.name for source in sources if source.name not in ("index", reference)]
    if name == "index":
        lines = [f"/{each}" for each in names if not each.startswith(f"{REFERENCE}/")] + [f"{REFERENCE_TITLES[language]} </{reference}>"]
    elif name == reference:
        lines = [f"/{each}" for each in names if each.startswith(f"{REFERENCE}/")]
    else:
        return ""
    return "\n".join(["", "", "```{toctree}", ":hidden:", "", *lines, "```", ""])


def stamp_of(root: Path) -> str:
    """The short name of everything that the guide is made from, which changes whenever a byte of it does."""
    digest = hashlib.sha256()
    for path in _made_from(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _made_from(root: Path) -> Iterator[Path]:
    yield from sorted((root / "docs").glob("*.md"))
    for folder in ("docs/guide", "docs/pictures", *MADE_WITH):
        found = root / folder
        paths = [found] if found.is_file() else sorted(found.rglob("*"))
        yield from (path for path in paths if path.is_file() and not set(path.parts) & set(_NEVER_READ))


def _resolved(path: str, target: str) -> str:
    return normpath(f"{PurePosixPath(path).parent.as_posix()}/{target}")
