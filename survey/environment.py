"""Values of settings as the environment gives them: as text, or, for secrets, in a file that it names."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from questionnaires.errors import ErrorCode, SurveyError

NOT_SHOWN = "(not shown)"


def variable(name: str) -> str:
    """The environment variable that sets the setting `name`."""
    return f"SURVEY_{name.upper()}"


def file_variable(name: str) -> str:
    """The environment variable that names the file with the value of the secret setting `name`."""
    return f"{variable(name)}_FILE"


def read_value(environ: Mapping[str, str], name: str, default: Any, *, is_secret: bool) -> Any:
    """The value of a setting, None where the environment has none; raises INVALID_SETTING, which quotes no secret."""
    text = environ.get(variable(name))
    path = environ.get(file_variable(name), "") if is_secret else ""
    kept = _read_file(name, path) if path else ""
    if kept and text and kept != text:
        detail = "{given} names a file with another value; set one of the two"
        raise SurveyError(ErrorCode.INVALID_SETTING, name=variable(name), value=NOT_SHOWN, detail=detail, given=file_variable(name))
    text = kept or text
    return None if text is None else _parse(name, text, default)


def _read_file(name: str, path: str) -> str:
    """What the file holds, without blanks around it; a file of nothing is as good as none, so that one can be there for each secret."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        detail = "the file cannot be read: {error}"
        raise SurveyError(
            ErrorCode.INVALID_SETTING,
            name=file_variable(name),
            value=path,
            detail=detail,
            error=getattr(error, "strerror", None) or "it is no text in UTF-8",
        ) from error


def _parse(name: str, text: str, default: Any) -> Any:
    if isinstance(default, bool):
        if text.lower() not in ("0", "1", "true", "false", "yes", "no"):
            raise SurveyError(ErrorCode.INVALID_SETTING, name=variable(name), value=text, detail="write 1 or 0")
        return text.lower() in ("1", "true", "yes")
    if isinstance(default, int):
        if not text.isdecimal() or int(text) == 0:
            raise SurveyError(ErrorCode.INVALID_SETTING, name=variable(name), value=text, detail="write a whole number above zero")
        return int(text)
    return text
