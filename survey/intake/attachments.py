"""Which files of an upload belong to a submission: only those that its XML names, and of the kind that the question asks for. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lxml import etree

from questionnaires.instance import Given
from survey.intake.media import FILE_TYPES, media_type_of, suits_name, suits_question
from survey.intake.refusals import Refusal, refuse

NAME_LIMIT = 255
META_FILES = frozenset(("audit", "notes", "original"))
"""The elements of an instance's `meta` that name a file: the timing log, the notes on answers, pictures as they were taken."""


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file part of an upload; `media_type` is what the client says and is trusted nowhere."""

    name: str
    data: bytes
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes lie in storage under `sha256`; `media_type` is what the bytes themselves show, or that a virus is in them."""

    name: str
    sha256: str
    size_bytes: int
    media_type: str


def named_files(root: etree._Element) -> frozenset[str]:
    """Every text of a leaf of the instance; a file belongs to it only if its name is one of them."""
    return frozenset(element.text.strip() for element in root.iter(etree.Element) if len(element) == 0 and element.text)


def awaited_names(given: Iterable[Given], root: etree._Element) -> frozenset[str]:
    """The names of the files that belong to the instance: the answers of questions for files, and the files that its `meta` names."""
    answered = {value for question, _, value in given if question.type in FILE_TYPES}
    beside = {(element.text or "").strip() for element in root.iterfind("{*}meta/*") if etree.QName(element).localname in META_FILES}
    return frozenset(name for name in (*answered, *beside) if isinstance(name, str) and not is_unsafe(name))


def question_types_of_files(given: Iterable[Given]) -> dict[str, tuple[str, str]]:
    """For each text that an answer holds: the name and type of the question, so that a file can be held against what was asked."""
    return {value: (question.name, question.type) for question, _, value in given if isinstance(value, str)}


def refuse_files(files: Mapping[str, ReceivedFile], names: frozenset[str], asked: Mapping[str, tuple[str, str]]) -> tuple[Refusal, ...]:
    """What is wrong with the files of an upload; `asked` is `question_types_of_files`, or empty when the answers are not at hand.

    Only what answers a question must be what its name says: nothing that a tablet notes beside the answers keeps them from being received.
    """
    refusals = []
    for file in files.values():
        question, question_type = asked.get(file.name, ("", "file"))
        if is_unsafe(file.name):
            refusals.append(refuse("unsafe_name", question, ascii(file.name)))
        elif file.name not in names:
            refusals.append(refuse("unnamed_file", question, file.name))
        elif not suits_question(kind := media_type_of(file.data), question_type) or (question and not suits_name(kind, file.name)):
            refusals.append(refuse("wrong_media", question, file.name))
    return tuple(refusals)


def is_unsafe(name: str) -> bool:
    """Whether a file name is empty, too long, or could mean a path or hide what it is."""
    return (
        not name
        or len(name) > NAME_LIMIT
        or name in (".", "..")
        or any(character in "/\\:" or unicodedata.category(character) in ("Cc", "Cf") for character in name)
    )
