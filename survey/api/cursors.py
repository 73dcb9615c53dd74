"""Where a page ended, as a text in the address of the next one: the key of its last item. Pure."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from questionnaires.errors import ErrorCode, SurveyError

Row = TypeVar("Row")
Key = TypeVar("Key")


def write_cursor(key: Any) -> str:
    """The key as a text that an address takes."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(text: str, kind: type[Key]) -> Key | None:
    """The key, None at the beginning; INVALID_VALUE for a text that no page of this kind gave."""
    if not text:
        return None
    try:
        written = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if b"\\u0000" in written or b"\0" in written:
            raise ValueError("no key holds a zero byte")
        key = msgspec.json.decode(written, type=kind)
    except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
        detail = "take it from the address of the next page, or leave it out to begin anew"
        told = "请使用答复中下一页的地址，或去掉它从头读取"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="cursor", detail=detail, detail_zh=told) from error
    return key


def cut_page(rows: Sequence[Row], limit: int, key: Callable[[Row], Any]) -> tuple[list[Row], str | None]:
    """The page of `limit` rows and where the next one begins, from rows of which one more was read; None behind the last page."""
    page = list(rows[:limit])
    return page, write_cursor(key(page[-1])) if len(rows) > limit else None
