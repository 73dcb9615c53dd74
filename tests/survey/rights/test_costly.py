"""How often one person opens pages that carry much away."""

import gc
from dataclasses import replace

from docx.package import Package
from flask import Flask

from survey.rights.costly import COSTLY, NEEDING_MUCH
from tests.conftest import SignIn


def test_costly_pages__opened_too_often_by_one_person__have_to_wait_and_others_not(app: Flask, sign_in: SignIn) -> None:
    assert set(COSTLY) < NEEDING_MUCH <= app.view_functions.keys()
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], export_limit="2 per hour")
    client = sign_in("coordinator")
    assert [client.get(page).status_code for page in ("/ledger/ledger.xlsx", "/ledger/ledger.docx")] == [200, 200]
    assert client.get("/ledger/ledger.xlsx").status_code == 429, "all of them together"
    assert client.get("/ledger").status_code == 200, "pages are read as before"
    assert sign_in("author").get("/ledger/ledger.xlsx").status_code == 200


def test_pages_that_need_much__answered__leave_no_word_document_behind(sign_in: SignIn) -> None:
    client = sign_in("coordinator")
    gc.collect()
    gc.disable()  # what Python looks through by itself, and when, hangs on everything else
    try:
        assert client.get("/ledger/ledger.docx").status_code == 200
        assert not [each for each in gc.get_objects() if isinstance(each, Package)]
    finally:
        gc.enable()
