"""What a refreshed document tells of itself: what changed, and what could not be brought up to date. Records only."""

from collections.abc import Mapping
from dataclasses import dataclass

NOTE_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "lacking": "数据中没有这项内容，原数保留",
        "typed_over": "数字已被改写为其他文字，保留原样",
        "cut": "数据控件残缺（复制时被截断），保留原样",
        "unknown": "数据控件不属于本报告，保留原样",
        "table_altered": "表格行列已被修改，仅更新其中的数字；新稿中行有增减",
        "table_gone": "新稿中没有这张表，保留原样",
        "footnote_gone": "脚注所在的行或列已不在新表中，脚注引用随之去掉",
        "picture_gone": "新稿中没有这幅图，保留原样",
        "picture_kept": "图片已不是原来的格式，保留原样",
        "description_kept": "图片的替代文字已被修改，保留原样",
    },
    "en": {
        "lacking": "the data do not hold it; the old number stays",
        "typed_over": "words were typed over the number; they stay",
        "cut": "the control was cut in half by copying; it stays as it is",
        "unknown": "the control belongs to another document; it stays as it is",
        "table_altered": "the table was altered, so only its numbers were renewed; rows came or went",
        "table_gone": "the new draft has no such table; it stays as it is",
        "footnote_gone": "rows or columns that called footnotes are not in the new table; their calls went with them",
        "picture_gone": "the new draft has no such picture; it stays as it is",
        "picture_kept": "the picture is in another format by now; it stays as it is",
        "description_kept": "the picture's description was changed; it stays as it is",
    },
}


@dataclass(frozen=True, slots=True)
class Change:
    """One figure, table or picture that reads otherwise: what it is, old and new, and its sentence before and after.

    `has_turned` says that what the sentence claims may no longer hold (more became less); `was_typed_over` that the old text was an
    author's number and not the data's.
    """

    kind: str
    address: str
    label: str
    old: str
    new: str
    sentence: str = ""
    new_sentence: str = ""
    has_turned: bool = False
    was_typed_over: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something that stayed as it was: why (a key of `NOTE_WORDS`), what it is, and what it says."""

    kind: str
    address: str
    label: str
    detail: str = ""

    def text(self, language: str) -> str:
        """The note as one line in the language."""
        separator = "：" if language == "zh" else ": "
        detail = f"（{self.detail}）" if language == "zh" else f" ({self.detail})"
        return f"{self.label or self.address}{separator}{NOTE_WORDS[language][self.kind]}{detail if self.detail else ''}"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The document with its figures of today, what changed in it, and what did not though it should have."""

    content: bytes
    changes: tuple[Change, ...]
    notes: tuple[Note, ...]
    dataset_hash: str
    n_figures: int
