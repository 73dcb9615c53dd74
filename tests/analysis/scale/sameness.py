"""When figures made in parts are those of the whole, and bundles that were changed on purpose."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

NUMBERS = ["n", "n_missing", "estimate", "se", "ci_low", "ci_high", "df", "deff"]


def check_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Every figure of the table is that of the other. Sums that are added in another order differ in their last digits, and where nothing
    varies what is left of a spread is their noise."""
    texts = [name for name in expected if name not in NUMBERS]
    pd.testing.assert_frame_equal(found[texts], expected[texts])
    noise = 1e-7 * expected["estimate"].abs().fillna(0) + 1e-9
    for name in NUMBERS:
        ours, theirs = found[name].to_numpy(float), expected[name].to_numpy(float)
        np.testing.assert_array_equal(np.isnan(ours), np.isnan(theirs), err_msg=name)
        is_apart = np.abs(ours - theirs) > 1e-11 * np.abs(theirs) + noise * (name not in ("n", "n_missing", "df"))
        assert not is_apart.any(), (name, expected[is_apart], ours[is_apart])


def refresh_hash(folder: Path, path: Path, digest: str | None = None) -> None:
    """Let the manifest tell of the file as it is now, or give it this hash."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][path.relative_to(folder).as_posix()] = digest or hashlib.sha256(path.read_bytes()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
