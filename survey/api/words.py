"""What the description of the interface says: marked for translation where it is written, translated when it is read."""

from typing import Any

from flask_babel import gettext


def described(text: str) -> str:
    """The text as it is; the catalogue has it, and `translated` says it in the reader's language."""
    return text


def translated(schema: Any) -> Any:
    """The schema with every description and summary in the reader's language."""
    if isinstance(schema, dict):
        return {
            key: gettext(value) if key in ("description", "summary") and isinstance(value, str) and value else translated(value)
            for key, value in schema.items()
        }
    return [translated(each) for each in schema] if isinstance(schema, list) else schema


PARTS = {
    "visit_id": described("The id of a visit."),
    "number": described("The number of an issue."),
    "form_id": described("The id of a questionnaire."),
    "version": described("The version of a questionnaire."),
    "report_id": described("The id of a report."),
    "table": described("The name of a table, as the list of tables has it."),
    "name": described("The name of a set or file."),
    "instance_id": described("The id of an interview."),
    "village_code": described("Statistical code of a place, twelve digits."),
    "household_id": described("The id of a household."),
    "issue_id": described("The id of an issue."),
    "sha256": described("The SHA-256 of a file."),
}
"""What the parts of addresses are."""
