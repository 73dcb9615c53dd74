"""What the first answers of a server make and then keep (templates, catalogues, forms), made before its processes part.

So it lies in memory once and not in each of them, and nobody waits for it. Python writes into whatever it looks at, if only how often it is
in use: what was looked at before is shared, what a process looks at first by itself becomes its own.
"""

from flask import Flask, session
from werkzeug.exceptions import HTTPException

from survey.intake.ahead import read_forms_ahead
from survey.pages.language import LANGUAGES

ASKED = (("GET", "/sign-in"), ("POST", "/openrosa/submission"))
"""The page that everybody sees first, and an interview without a name, which is turned away."""


def rehearse(app: Flask) -> None:
    """Nothing; what is asked first has been answered in each language, and the forms of open visits have been read.

    It is neither logged nor counted, for nobody has asked.
    """
    for language in LANGUAGES:
        for method, address in ASKED:
            _answer(app, method, address, language)
    read_forms_ahead(app)


def _answer(app: Flask, method: str, address: str, language: str) -> None:
    with app.test_request_context(address, method=method):
        session["language"] = language
        try:
            answered = app.preprocess_request()
            if answered is None:
                app.dispatch_request()
        except HTTPException as error:
            app.handle_http_exception(error)
