"""How often one person opens pages that carry much away."""

from dataclasses import replace

from flask import Flask

from survey.rights.costly import COSTLY
from tests.conftest import SignIn


def test_costly_pages__opened_too_often_by_one_person__have_to_wait_and_others_not(app: Flask, sign_in: SignIn) -> None:
    assert set(COSTLY) <= app.view_functions.keys()
    app.extensions["survey.settings"] = replace(app.extensions["survey.settings"], export_limit="2 per hour")
    client = sign_in("coordinator")
    assert [client.get(page).status_code for page in ("/ledger/ledger.xlsx", "/ledger/ledger.docx")] == [200, 200]
    assert client.get("/ledger/ledger.xlsx").status_code == 429, "all of them together"
    assert client.get("/ledger").status_code == 200, "pages are read as before"
    assert sign_in("author").get("/ledger/ledger.xlsx").status_code == 200
