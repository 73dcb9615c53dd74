"""The security checklist is whole and true: every requirement once, every test it names there, its counts right."""

import re
from functools import cache
from pathlib import Path

import pytest
from passlib.hash import argon2

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
CHINESE_PAGE = (ROOT / "docs" / "guide" / "zh" / "reference" / "asvs.md").read_text(encoding="utf-8")
STATES = ("done", "partly", "not", "not applicable")
CHINESE_STATES = dict(zip(STATES, ("已做到", "部分做到", "未做到", "不适用"), strict=True))
SECTIONS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3
6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2 10.2:2 10.3:4
10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3
15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; those of level 3 stand behind them."""
IDS = [f"{section}.{number}" for section, _, n in (each.partition(":") for each in SECTIONS.split()) for number in range(1, int(n) + 1)]
ROW = r"^\| ([\d.–]+) \| ({}) \| (.*) \| (.*) \|$"
ROWS = re.findall(ROW.format("|".join(reversed(STATES))), PAGE, re.MULTILINE)
CHINESE_ROWS = re.findall(ROW.format("|".join(CHINESE_STATES.values())), CHINESE_PAGE, re.MULTILINE)
WHERE = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`|\]\(([^)]+)\)")
RUNS = re.compile(
    r"(?<![\w.])(?:eval|exec|__import__)\(|\bos\.(?:system|popen)\b|\bimport (?:pickle|shelve|subprocess)\b|render_template_string"
)
RUNS_ITSELF = ["survey/guide/kept.py: import subprocess"]
"""A server starts this program once more, by fixed words and without a shell, to build its guide."""
SQL_OF_TEXT = re.compile(r"(?<!\w)(?:text|exec_driver_sql|execute)\(\s*f[\"']")
DEEP = re.compile(
    r"\[(?![\"'`\d])[^\]\n]+\]\s*\[(?![\"'`\d])[^\]\n]+\]\s*(?:\?\?=|\|\|=|\+=|=(?![=>]))|for \((?:const|let|var) \w+ in |setPrototypeOf"
)
HTML = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|document\.write|setHTMLUnsafe|new Function|\beval\(")
MAKE_HTML = {"refresh.js", "texts.js"}
"""Scripts that put in HTML which the server made and escaped."""
UNSOUND = re.compile(
    r"modes\.(?:ECB|CBC|OFB|CFB)|PKCS1v15|TripleDES|ARC4|Blowfish|hashlib\.(?:md5|sha1)\((?![^()\n]*usedforsecurity=False)"
)
"""Ciphers without authentication, old ones, and old hashes but for what a protocol asks for and protects nothing."""
SENDS = re.compile(
    r"(?<!_check_)\bopener\(|smtplib\.SMTP|create_connection|HTTPS?Connection|urlopen|\b(?:import|from) (?:requests|httpx|aiohttp)\b"
)
SEND = {
    "survey/outgoing.py",
    "survey/reminders/sending.py",
    "survey/openid/provider.py",
    "survey/handover/client.py",
    "survey/scanning/clamd.py",
}
"""Where requests are sent to others: to what a setting or a command names, and to robots at hosts that a setting allows."""
OF_CONSTANTS = {"survey/copying/moving.py", "survey/db.py"}
"""Where SQL is put together as text: of names that the program itself has, as pragmas, triggers and locks ask for."""


def covered(numbers: str) -> list[str]:
    """The requirements that a row speaks of: one, or all from one to another."""
    first, _, last = numbers.partition("–")
    return IDS[IDS.index(first) : IDS.index(last or first) + 1]


@cache
def functions_of(path: str) -> frozenset[str]:
    """The tests of a file."""
    return frozenset(re.findall(r"^def (test_\w+)\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_checklist__of_levels_1_and_2__has_each_requirement_once() -> None:
    assert len(IDS) == 253
    assert [number for numbers, *_rest in ROWS for number in covered(numbers)] == IDS


def test_checklist__in_chinese__has_the_state_and_the_evidence_of_every_row() -> None:
    told = [(number, CHINESE_STATES[state], shown.replace("](../", "](../../../../")) for number, state, _how, shown in ROWS]
    assert [(number, state, shown) for number, state, _how, shown in CHINESE_ROWS] == told


def test_checklist__what_it_names__exists_and_nothing_is_done_that_nothing_shows() -> None:
    missing, unshown = [], []
    for numbers, state, _how, shown in ROWS:
        named = WHERE.findall(shown)
        for path, function, link in named:
            there = function in functions_of(path) if function else (ROOT / (path or f"docs/{link}")).exists()
            missing += [] if there else [f"{numbers}: {function or path or link}"]
        unshown += [numbers] if state == "done" and not named else []
    assert (missing, unshown) == ([], [])


@pytest.mark.parametrize("state", STATES)
def test_checklist__counts_at_its_top__are_those_of_its_rows(state: str) -> None:
    n = sum(len(covered(numbers)) for numbers, found, *_rest in ROWS if found == state)
    assert f"\n| {state} | {n} |\n" in PAGE


def test_program__anywhere__runs_no_text_and_no_command() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for package in ("survey", "questionnaires", "analysis")
        for path in sorted((ROOT / package).rglob("*.py"))
        for match in RUNS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == RUNS_ITSELF


def test_sql__put_together_as_text__is_of_constants_only() -> None:
    files = (path for path in (ROOT / "survey").rglob("*.py") if "migrations" not in path.parts)
    assert {str(path.relative_to(ROOT)) for path in files if SQL_OF_TEXT.search(path.read_text(encoding="utf-8"))} == OF_CONSTANTS


def test_program__anywhere__sends_requests_to_others_from_known_places_only() -> None:
    files = (path for package in ("survey", "questionnaires", "analysis") for path in (ROOT / package).rglob("*.py"))
    assert {str(path.relative_to(ROOT)) for path in files if SENDS.search(path.read_text(encoding="utf-8"))} == SEND


def own_scripts() -> list[Path]:
    """Our scripts, without those of others."""
    return [path for path in sorted((ROOT / "survey" / "static").rglob("*.js")) if "vendor" not in path.parts]


def test_scripts__anywhere__write_through_no_two_names_that_come_from_data() -> None:
    found = [f"{path.name}: {match[0]}" for path in own_scripts() for match in DEEP.finditer(path.read_text(encoding="utf-8"))]
    assert found == [], "a first name of __proto__ would lead to what all objects have; use a Map"


def test_scripts__anywhere__make_html_of_text_in_known_places_only() -> None:
    assert {path.name for path in own_scripts() if HTML.search(path.read_text(encoding="utf-8"))} == MAKE_HTML


def test_program__anywhere__hashes_and_encrypts_by_what_is_sound() -> None:
    texts = {path: path.read_text(encoding="utf-8") for package in ("survey", "questionnaires") for path in (ROOT / package).rglob("*.py")}
    assert [path.name for path, text in texts.items() if UNSOUND.search(text)] == []
    made = {path.name for path, text in texts.items() if re.search(r"\b(?:import random|from random)\b", text) and "demo" not in path.parts}
    assert made <= {"values.py"}, "only what a form shuffles by a seed of its own is not the system's randomness"
    assert argon2.type.lower() == "id"
    assert argon2.memory_cost >= 19 * 1024
    assert argon2.default_rounds >= 2
