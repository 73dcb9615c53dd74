"""The ledger as a download, written row by row while it is read."""

from flask import Response
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from survey.db import current_session, utc_now
from survey.field_time import field_date
from survey.issue_ledger.ledger import ledger_columns
from survey.issue_ledger.queries import read_ledger_rows
from survey.pages.downloads import download
from survey.pages.workbooks import XLSX, stream_workbook


def send_ledger(*conditions: ColumnElement[bool], only_reported: bool) -> Response:
    """The issues that meet the conditions as an .xlsx file; with `only_reported` those alone that the responsible side knows of."""
    rows = read_ledger_rows(current_session(), *conditions, only_reported=only_reported)
    data = stream_workbook(_("Ledger of issues"), ledger_columns(str(get_locale())), rows)
    name = f"{_('Ledger of issues')} {field_date(utc_now()).isoformat()}.xlsx"
    return download(data, name, XLSX)
