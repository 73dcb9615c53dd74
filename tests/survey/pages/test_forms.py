"""Forms say what is wrong in the language of the page."""

from collections.abc import Iterator

from flask import Flask
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Form, IntegerField
from wtforms.validators import NumberRange

from survey.pages.language import LATIN
from survey.pages.plain_form import PlainForm


class PlanForm(PlainForm):
    """A form as filters are."""

    per_day = IntegerField("", [NumberRange(1, 40)])


def kinds_below(kind: type[Form]) -> Iterator[type[Form]]:
    """All kinds of this form, and theirs."""
    for below in kind.__subclasses__():
        yield below
        yield from kinds_below(below)


def test_form__without_a_token__says_what_is_wrong_in_the_language_of_the_page(app: Flask) -> None:
    for value in ("99", "many"):
        with app.test_request_context():
            form = PlanForm(MultiDict({"per_day": value}))
            assert not form.validate()
            assert not LATIN.search("".join(map(str, form.per_day.errors)))


def test_forms__of_the_program__are_of_kinds_that_speak_its_languages(app: Flask) -> None:
    # Those that are built of a questionnaire speak its languages.
    of_ours = {kind for kind in kinds_below(Form) if kind.__module__.startswith("survey.") and "survey.tablet." not in kind.__module__}
    assert {kind for kind in of_ours if not issubclass(kind, FlaskForm | PlainForm)} == set()
    assert len(of_ours) > 50
