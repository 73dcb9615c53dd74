"""What of the bundle that lies at the destination an export may keep: parts with the same fingerprint, if all is as it was written."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.bundle import OF_INTERVIEWS
from survey.bundles.parquet import file_sha256

END = b"\n}"
"""What the text of a manifest ends with."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The bundle before: its parts by what they depend on and its files by hash. `why_not` says why nothing of it can be kept."""

    folder: Path
    parts: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    why_not: str = ""


def manifest_json(value: Any) -> bytes:
    """The bytes of a manifest or codebook."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def sealed_json(content: Mapping[str, Any]) -> tuple[bytes, str]:
    """The bytes of a manifest, content and hash, and the hash over everything in it above the hash."""
    above = manifest_json(content)
    sha256 = hashlib.sha256(above).hexdigest()
    return above.removesuffix(END) + _seal(sha256), sha256


def _seal(sha256: str) -> bytes:
    return f',\n "hash": "{sha256}"'.encode() + END + b"\n"


def _is_as_written(data: bytes, sha256: str) -> bool:
    return data.endswith(_seal(sha256)) and hashlib.sha256(data.removesuffix(_seal(sha256)) + END).hexdigest() == sha256


def is_whole_manifest(folder: Path) -> bool:
    """Whether the manifest of the bundle in this folder is as it was written."""
    data = (folder / "manifest.json").read_bytes()
    return _is_as_written(data, str(json.loads(data).get("hash")))


def read_earlier(folder: Path, schema_version: int, origin: str) -> Earlier:
    """What lies there. Every file of interviews is read and compared with its hash, so that nothing altered is kept."""
    path = folder / "manifest.json"
    if not path.is_file():
        return Earlier(folder)
    try:
        data = path.read_bytes()
        manifest = json.loads(data)
        found, files, parts = manifest["schema_version"], dict(manifest["files"]), dict(manifest.get("parts") or {})
        whole = _is_as_written(data, manifest["hash"])
    except (OSError, ValueError, KeyError, TypeError):
        return Earlier(folder, why_not=f"{path} cannot be read")
    if found != schema_version:
        return Earlier(folder, why_not=f"the bundle there has schema version {found}")
    if not whole:
        return Earlier(folder, why_not=f"{path} is not as it was written")
    if manifest.get("origin") != origin:
        return Earlier(folder, why_not="the bundle there comes from another installation or an older program")
    for name, sha256 in files.items():
        if name.startswith(OF_INTERVIEWS):
            file = folder / name
            if not file.is_file() or file_sha256(file) != sha256:
                return Earlier(folder, why_not=f"{file} is not as it was written")
    return Earlier(folder, parts, files)


def keep_file(source: Path, target: Path) -> None:
    """Let the file be at `target` too: by a hard link, or as a copy where the file system has none."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        target.parent.mkdir(parents=True)
        keep_file(source, target)
    except OSError:
        shutil.copy2(source, target)
