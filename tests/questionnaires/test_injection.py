"""An answer never becomes part of an expression, whatever is written in it (OWASP ASVS 5.0, 1.2.7)."""

import pytest

from questionnaires.model import Questionnaire
from questionnaires.reader import read_questionnaire
from tests.questionnaires.forms import checked, written

CALCULATIONS = {
    "same": "if(${typed} = ${secret}, 'same', 'other')",
    "short": "if(${typed} = 'x', 'same', 'other')",
    "joined": "concat('<', ${typed}, '>')",
    "long": "string-length(${typed})",
    "first": "substr(${typed}, 0, 1)",
    "pulled": "pulldata('prices', 'price', 'crop', ${typed})",
    "found": "count(instance('prices')/root/item[crop = ${typed}])",
    "rule": "count(instance('rules')/rules/rule[@crop = ${typed}])",
    "chosen": "count-selected(${typed})",
    "matched": "if(regex(${typed}, '^[a-z]+$'), 'same', 'other')",
}
FORM = """
| survey |
|        | type         | name   | label  | calculation |
|        | text         | secret | Secret |             |
|        | text         | typed  | Typed  |             |
|        | csv-external | prices |        |             |
|        | xml-external | rules  |        |             |
""" + "".join(f"|  | calculate | {name} | | {text} |\n" for name, text in CALCULATIONS.items())
FILES = {
    "prices.csv": b"crop,price\nmaize,2.5\nwalnut,30\n",
    "rules.xml": b"<rules><rule crop='maize'>dry it</rule><rule crop='walnut'>crack it</rule></rules>",
}
HOSTILE = (
    "' or '1'='1",
    '" or "1"="1',
    "' or 1=1 or ''='",
    "maize' or crop='walnut",
    "x'] | //*[. != '",
    "//secret",
    "${secret}",
    "/data/secret",
    "string(/*/secret)",
    "concat('a', /*/secret)",
    "document('file:///etc/passwd')",
    "count(//*)",
    "]]><secret>y</secret>",
    "<typed/>&secret;",
    "{secret}",
    "\\' or \\'1",
    "'\"'\"",
    "$typed",
    "1 div 0",
)


@pytest.fixture(scope="module")
def questionnaire() -> Questionnaire:
    """A form that does with an answer what forms do with answers."""
    return read_questionnaire(FORM.encode(), "injection.md", FILES)


@pytest.mark.parametrize("typed", HOSTILE)
def test_answer__written_as_an_expression__stays_text(questionnaire: Questionnaire, typed: str) -> None:
    check = checked(questionnaire, written(questionnaire, {"secret": "the secret of this household", "typed": typed}))
    assert check.findings == ()
    assert check.answers["typed"] == typed
    assert check.answers["joined"] == f"<{typed}>"
    assert check.answers["long"] == len(typed)
    assert check.answers["first"] == typed[0]
    assert check.answers["chosen"] == len(typed.split())
    assert {name: check.answers.get(name) for name in ("same", "short", "matched")} == dict.fromkeys(("same", "short", "matched"), "other")
    assert check.answers.get("pulled") in (None, ""), "no row of the file is named so"
    assert (check.answers["found"], check.answers["rule"]) == (0, 0)


def test_answer__that_is_in_the_files__is_found(questionnaire: Questionnaire) -> None:
    check = checked(questionnaire, written(questionnaire, {"secret": "maize", "typed": "maize"}))
    assert {name: str(check.answers[name]) for name in ("same", "pulled", "found", "rule", "matched")} == {
        "same": "same",
        "pulled": "2.5",
        "found": "1",
        "rule": "1",
        "matched": "same",
    }
