"""What the description of the interface says: marked for translation where it is written, translated when it is read."""

from typing import Any

from flask_babel import gettext


def described(text: str) -> str:
    """The text as it is; the catalogue has it, and `translated` says it in the reader's language."""
    return text


def translated(schema: Any) -> Any:
    """The schema with every description and summary in the reader's language."""
    if isinstance(schema, dict):
        return {
            key: gettext(value) if key in ("description", "summary") and isinstance(value, str) and value else translated(value)
            for key, value in schema.items()
        }
    return [translated(each) for each in schema] if isinstance(schema, list) else schema
