"""What deploy/ makes for an installation, made for a test."""

import shutil
import subprocess
from pathlib import Path

DEPLOY = Path(__file__).parents[1] / "deploy"


def make_secrets(folder: Path) -> Path:
    """The folder of secrets that secrets.sh made in this one, which may hold an .env or some of them; it may be run again."""
    for name in ("secrets.sh", "authority.cnf"):
        shutil.copy(DEPLOY / name, folder)
    subprocess.run(["sh", str(folder / "secrets.sh")], check=True, capture_output=True)
    return folder / "secrets"
