"""Asks PyPI's advisories about every pinned library: `python -m docs.audit PIP_AUDIT`. Exits with 1 where one is known to be vulnerable.

Where the advisories cannot be reached nothing was audited, and that is what it says; it then exits with 0, for a machine without the
network can still test everything else.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from typing import Any

LOCK = "requirements-dev.lock"


def told(dependencies: Iterable[Mapping[str, Any]]) -> tuple[str, bool]:
    """What pip-audit's answer comes to in words, and whether something is vulnerable."""
    found = list(dependencies)
    audited = [each for each in found if "skip_reason" not in each]
    vulnerable = [each for each in audited if each["vulns"]]
    if not audited:
        return (
            f"audit: none of {len(found)} libraries could be looked up (no network, or an index without advisories). Nothing was audited.",
            False,
        )
    lines = [
        f"audit: {each['name']} {each['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version yet'}"
        for each in vulnerable
        for known in each["vulns"]
    ]
    missing = f", {len(found) - len(audited)} could not be looked up" if len(audited) < len(found) else ""
    return "\n".join([*lines, f"audit: {len(audited)} libraries looked up{missing}, {len(vulnerable)} vulnerable."]), bool(vulnerable)


def main(program: str) -> int:
    """Run pip-audit over the lock file and tell what it found."""
    command = [program, "-r", LOCK, "--disable-pip", "--no-deps", "--format", "json", "--progress-spinner", "off"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        dependencies = json.loads(run.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        reason = (run.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        sys.stdout.write(f"audit: nothing was audited: {reason[:200]}\n")
        return 0
    words, is_vulnerable = told(dependencies)
    sys.stdout.write(words + "\n")
    return int(is_vulnerable)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
