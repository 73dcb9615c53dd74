"""The app's scripts and styles put together, so that a tablet asks a weak network for ten files and not for a hundred and thirty.

The modules of static/tablet stay as they are written. A bundle holds each of its modules as a function that runs once, in the order in
which the browser would run them, and exports what each exports under the module's name: "tablet/device/store.js" is `$device_store`.
The modules keep to the plainest forms of import and export, each on a line of its own; anything else is refused here, and a test says so.

Which bundle a module is in follows from who imports it: `LAYERS` are loaded one after another, and a module belongs to the first that
needs it. What is imported only when a question asks for it (a map, a scanner) is a bundle of its own.
"""

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = "bundles/"
"""Where bundles appear below the static folder; nothing lies there."""
ENTRIES = ("tablet/app.js", "tablet/form.js")
LAYERS = {
    "lock": ("tablet/app.js",),
    "list": ("tablet/home/home.js", "tablet/device/queue.js", "tablet/home/last_resort.js"),
    "filling": ("tablet/screen/opening.js", "tablet/form.js"),
}
"""What the PIN's screen needs, what the list needs besides, and what a form needs besides."""
COMPILE_AT_ONCE = b"//# allFunctionsCalledOnLoad\n"
"""What a bundle begins with as it is sent: nearly all of it runs at once, and a browser that knows this line (Chromium, from 136) compiles
it whole while it arrives, beside the page, instead of function by function while a person waits."""
STYLES = {
    "form": ("tokens", "tablet", "tablet_questions", "tablet_parts", "tablet_widgets", "tablet_media", "tablet_second", "tablet_comfort"),
    "home": ("tablet_home", "tablet_households", "tablet_unmet", "tablet_look_back", "tablet_outbox", "tablet_lock"),
}
"""The style sheets of css/ that make up each bundle, in their order."""

State = tuple[tuple[str, int, int], ...]
_FROM = re.compile(r'^(import|export) \{([^}]*)\} from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
_LIST = re.compile(r"^export \{([^}]*)\};$", re.MULTILINE)
_DECLARED = re.compile(r"^export ((?:async )?function\*?|class|const) ([\w$]+)", re.MULTILINE)
_LAZY = re.compile(r'\bimport\("(\.{1,2}/[^"]+)"\)')
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Module:
    """One module as it is written: its text, and what it imports at once and later, by names below the static folder."""

    name: str
    text: str
    imported: tuple[str, ...]
    lazily: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every module of the app by name, and for each bundle the modules in it, in the order in which they run."""

    modules: dict[str, Module]
    bundles: dict[str, tuple[str, ...]]
    bundle_of: dict[str, str]


def bundle_names(static: Path) -> tuple[str, ...]:
    """The name of every bundle below the static folder."""
    plan = _plan(static, _state_of(static))
    return tuple(sorted([f"{FOLDER}{name}.js" for name in plan.bundles] + [f"{FOLDER}{name}.css" for name in STYLES]))


def read_bundle(static: Path, name: str) -> bytes:
    """The bundle of this name ("bundles/lock.js"); raises FileNotFoundError for one that is none."""
    return _written(static, name, _state_of(static))


def _state_of(static: Path) -> State:
    """What changes whenever a source of a bundle does; asked at every request, hence the quickest way through the folders."""
    folders = [(static / "css").as_posix(), *(folder for folder, _, _ in os.walk(static / "tablet"))]
    entries = (entry for folder in folders for entry in os.scandir(folder) if entry.name.endswith((".js", ".css")))
    return tuple(sorted((entry.path, (stat := entry.stat()).st_mtime_ns, stat.st_size) for entry in entries))


@lru_cache(maxsize=64)
def _written(static: Path, name: str, state: State) -> bytes:
    key, _, ending = name.removeprefix(FOLDER).rpartition(".")
    if ending == "css" and key in STYLES:
        return b"\n".join((static / "css" / f"{part}.css").read_bytes() for part in STYLES[key])
    plan = _plan(static, state)
    if ending != "js" or key not in plan.bundles:
        raise FileNotFoundError(name)
    return _write(plan, key).encode()


@lru_cache(maxsize=4)
def _plan(static: Path, _state: State) -> Plan:
    modules = {name: _read(static, name) for name in _walk(static)}
    layers = {**LAYERS, **{_short(name): (name,) for name in _lazily_imported(modules)}}
    needs = {layer: [each for root in roots if root in modules for each in _in_order(modules, root)] for layer, roots in layers.items()}
    bundle_of: dict[str, str] = {}
    for layer, names in needs.items():
        for name in names:
            # An entry starts to work when it runs, so nothing else may come with it.
            bundle_of.setdefault(name, _short(name) if name in ENTRIES else layer)
    order = dict.fromkeys(name for names in needs.values() for name in names)
    bundles = {bundle: tuple(name for name in order if bundle_of[name] == bundle) for bundle in dict.fromkeys(bundle_of.values())}
    return Plan(modules, bundles, bundle_of)


def _walk(static: Path) -> Iterator[str]:
    """The names of all modules that the entries need, now or later."""
    waiting, seen = list(ENTRIES), set()
    while waiting:
        name = waiting.pop()
        if name not in seen and not _is_vendored(name):
            seen.add(name)
            yield name
            module = _read(static, name)
            waiting.extend((*module.imported, *module.lazily))


def _read(static: Path, name: str) -> Module:
    text = (static / name).read_text(encoding="utf-8")
    folder = posixpath.dirname(name)
    imported = dict.fromkeys(_resolve(folder, source) for _, _, source in _FROM.findall(text))
    lazily = dict.fromkeys(_resolve(folder, source) for source in _LAZY.findall(text))
    return Module(name, text, tuple(imported), tuple(lazily))


def _in_order(modules: dict[str, Module], root: str, above: tuple[str, ...] = ()) -> Iterator[str]:
    """The modules that `root` needs at once and then itself, each after those that it imports; raises ValueError for a circle."""
    if root in above:
        raise ValueError(f"modules import each other in a circle: {' → '.join((*above, root))}")
    for name in modules[root].imported:
        if not _is_vendored(name):
            yield from _in_order(modules, name, (*above, root))
    yield root


def _lazily_imported(modules: dict[str, Module]) -> list[str]:
    named = {name for roots in LAYERS.values() for name in roots}
    return sorted({each for module in modules.values() for each in module.lazily if not _is_vendored(each)} - named)


def _write(plan: Plan, bundle: str) -> str:
    names = plan.bundles[bundle]
    parts = [_wrapped(plan, name) for name in names]
    needed = dict.fromkeys(each for name in names for each in plan.modules[name].imported if each not in names)
    heads = [_head(plan, each) for each in needed]
    return "\n".join([*heads, *parts, f"export {{ {', '.join(_identifier(name) for name in names)} }};", ""])


def _head(plan: Plan, name: str) -> str:
    """The line that brings a module from another file."""
    if _is_vendored(name):
        return f'import * as {_identifier(name)} from "../{name}";'
    return f'import {{ {_identifier(name)} }} from "./{plan.bundle_of[name]}.js";'


def _wrapped(plan: Plan, name: str) -> str:
    """The module as a constant that holds what it exports."""
    module = plan.modules[name]
    folder, exported = posixpath.dirname(name), []

    def take(found: re.Match[str]) -> str:
        word, names, source = found.groups()
        if word == "export":
            exported.extend(_listed(names))
        return f"const {{ {', '.join(_listed(names, ': '))} }} = {_identifier(_resolve(folder, source))};"

    def declare(found: re.Match[str]) -> str:
        exported.append(found[2])
        return f"{found[1]} {found[2]}"

    def give(found: re.Match[str]) -> str:
        exported.extend(_listed(found[1]))
        return ""

    def load(found: re.Match[str]) -> str:
        later = _resolve(folder, found[1])
        if _is_vendored(later):
            return f'import("../{later}")'
        return f'import("./{plan.bundle_of[later]}.js").then((bundle) => bundle.{_identifier(later)})'

    text = _LAZY.sub(load, _DECLARED.sub(declare, _LIST.sub(give, _FROM.sub(take, module.text))))
    if left := _LEFT.search(re.sub(r"^import\(", "", text, flags=re.MULTILINE)):
        raise ValueError(f"{name}: write this import or export in a plainer form: {left[0]}")
    return f"const {_identifier(name)} = (() => {{\n{text}\nreturn {{ {', '.join(exported)} }};\n}})();"


def _listed(names: str, renames: str = " as ") -> list[str]:
    """The names between the braces of an import or export; one that is renamed with `renames` between its two names."""
    return [renames.join(each.strip().split(" as ")) for each in names.split(",") if each.strip()]


def _resolve(folder: str, source: str) -> str:
    return posixpath.normpath(posixpath.join(folder, source))


def _is_vendored(name: str) -> bool:
    return name.startswith("vendor/")


def _short(name: str) -> str:
    """ "choice_map" for "tablet/widgets/choice_map.js"."""
    return posixpath.basename(name).removesuffix(".js")


def _identifier(name: str) -> str:
    """ "$device_store" for "tablet/device/store.js"."""
    return "$" + re.sub(r"\W", "_", name.removeprefix("tablet/").removesuffix(".js"))
