"""JSON of requests, which anybody may have written: what no column could hold and no reader could end is none."""

import re
from typing import Any

import orjson
from flask.json.provider import DefaultJSONProvider

_ZERO_BYTE = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class GivenJson(DefaultJSONProvider):
    """Reads by orjson, which refuses what is nested without end, half a character and a number beyond all; writes as Flask does."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of the text. ValueError where it is none, or holds a zero byte, which databases do not take."""
        data = s.encode() if isinstance(s, str) else s
        if _ZERO_BYTE.search(data):
            raise ValueError("a zero byte is no part of a text")
        return orjson.loads(data)
