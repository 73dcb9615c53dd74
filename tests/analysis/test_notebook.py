"""What `import analysis` offers to a notebook: it comes when it is asked for, and the page about it runs as it stands."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import analysis
from tests.analysis.bundles import write_bundle
from tests.analysis.example import example_bundle

PAGE = Path(__file__).parents[2] / "docs" / "notebook.md"


def test_notebook_page__its_examples__run_as_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_bundle(tmp_path / "bundle", example_bundle())
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks[0].splitlines()) <= 11
    namespace: dict[str, object] = {}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), namespace)
    told = capsys.readouterr().out
    assert "Doctor signed" in told
    assert bytes(namespace["png"]).startswith(b"\x89PNG")  # type: ignore[call-overload]
    assert all(f"`{name}(" in PAGE.read_text(encoding="utf-8") for name in analysis.__all__)


def test_analysis__imported__loads_nothing_before_it_is_asked_for() -> None:
    code = "import sys, analysis; assert 'pandas' not in sys.modules; analysis.read_bundle; assert 'pandas' in sys.modules; dir(analysis)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PAGE.parents[1])
    with pytest.raises(AttributeError, match="it offers"):
        _ = analysis.nothing_of_this_name
