"""The app's scripts put together: every module is in one bundle, what a module exports is found in it, and odd forms are refused."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import survey
from survey.tablet.bundles import ENTRIES, STYLES, bundle_names, read_bundle

STATIC = Path(survey.__file__).parent / "static"
HELD = re.compile(r"^const (\$\w+) = \(\(\) => \{$", re.MULTILINE)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A static folder with an app of four modules, one of which is imported only when it is asked for."""
    static = tmp_path / "static"
    texts = {
        "tablet/app.js": ['import { two } from "./device/numbers.js";', 'const later = () => import("./home/home.js");', "later(two);"],
        "tablet/form.js": ['import { open } from "./screen/opening.js";', "open();"],
        "tablet/device/numbers.js": [
            'import { openDB as open } from "../../vendor/idb.js";',
            "export const two = 2;",
            "export async function db() {\n  return open();\n}",
        ],
        "tablet/device/queue.js": ["export class Queue {}"],
        "tablet/home/home.js": [
            'import {\n  two,\n  db,\n} from "../device/numbers.js";',
            "export { two };",
            'export { Queue } from "../device/queue.js";',
            "db();",
        ],
        "tablet/screen/opening.js": ['export function open() {\n  return import("../widgets/map.js");\n}'],
        "tablet/widgets/map.js": ['import { two } from "../device/numbers.js";', "export const map = two;"],
        **{f"css/{part}.css": [f"/* {part} */"] for parts in STYLES.values() for part in parts},
    }
    for name, text in texts.items():
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_text("\n".join([*text, ""]))
    return static


def test_bundles__of_the_app__hold_every_module_once() -> None:
    held = [name for bundle in bundle_names(STATIC) for name in HELD.findall(read_bundle(STATIC, bundle).decode())]
    modules = [path.relative_to(STATIC / "tablet").as_posix() for path in STATIC.glob("tablet/**/*.js")]
    assert sorted(held) == sorted("$" + name.removesuffix(".js").replace("/", "_") for name in modules if name != "worker.js")


def test_styles_of_the_tablet__all__are_in_a_bundle() -> None:
    parts = {f"{part}.css" for parts in STYLES.values() for part in parts}
    assert {"tokens.css", *(path.name for path in STATIC.glob("css/tablet*.css"))} == parts


def test_bundles__of_a_small_app__take_modules_where_they_are_first_needed(small: Path) -> None:
    assert bundle_names(small) == tuple(
        f"bundles/{name}" for name in ("app.js", "filling.js", "form.css", "form.js", "home.css", "list.js", "lock.js", "map.js")
    )
    lock, listed, filling = (read_bundle(small, f"bundles/{name}.js").decode() for name in ("lock", "list", "filling"))
    assert 'import * as $vendor_idb from "../vendor/idb.js";' in lock
    assert "const { openDB: open } = $vendor_idb;" in lock
    assert "return { two, db };" in lock
    assert 'import { $device_numbers } from "./lock.js";' in listed
    assert listed.index("const $device_queue") < listed.index("const $home_home")
    assert "return { Queue, two };" in listed
    assert 'import("./map.js").then((bundle) => bundle.$widgets_map)' in filling


def test_entries__put_together__come_with_nothing_that_would_run_beside_them() -> None:
    for entry in ENTRIES:
        name = f"bundles/{Path(entry).name}"
        assert len(HELD.findall(read_bundle(STATIC, name).decode())) == 1


def test_bundle__after_a_change_of_one_module__is_the_new_one(small: Path) -> None:
    before = read_bundle(small, "bundles/lock.js")
    (small / "tablet/device/numbers.js").write_text("export const two = 22;\nexport const db = 1;\n")
    assert b"two = 22" in read_bundle(small, "bundles/lock.js")
    assert b"two = 2;" in before


@pytest.mark.parametrize(
    "line",
    [
        "export default 3;",
        'import * as all from "./device/numbers.js";',
        'import "./device/numbers.js";',
        'export * from "./device/numbers.js";',
        "export let changing = 1;",
    ],
)
def test_module__with_an_odd_import_or_export__is_refused_by_name(small: Path, line: str) -> None:
    (small / "tablet/app.js").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"tablet/app\.js: write this import or export in a plainer form"):
        read_bundle(small, "bundles/app.js")


def test_modules__that_import_each_other__are_refused_with_the_circle(small: Path) -> None:
    (small / "tablet/device/queue.js").write_text('import { two } from "../home/home.js";\n\nexport class Queue {}\n')
    with pytest.raises(ValueError, match="in a circle: .*home.js → tablet/device/queue.js → tablet/home/home.js"):
        read_bundle(small, "bundles/list.js")


def test_bundle_that_is_none__asked_for__is_not_found(client: FlaskClient) -> None:
    assert client.get("/static/bundles/lock.js").mimetype == "text/javascript"
    for name in ("no.js", "lock.css", "../tablet/app.js", "lock"):
        assert client.get(f"/static/bundles/{name}").status_code == 404, name
