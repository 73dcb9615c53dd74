"""Lists of persons and of identification as JSON values and back, so that they can wait for their importer's word.

Identity numbers wait as they lie in the database: sealed.
"""

import base64
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from survey.places.sheet_layout import SheetProblem
from survey.registry.identification_sheet import IdentificationList, IdentificationRow
from survey.registry.member_sheet import MemberList, MemberRow
from survey.registry.sealing import Sealed


def member_record(listed: MemberList) -> dict[str, Any]:
    """The list of persons as JSON values."""
    rows = [
        {**asdict(replace(row, id_number=None)), "id_number": base64.b64encode(row.id_number.data).decode() if row.id_number else None}
        for row in listed.rows
    ]
    return {"rows": rows, "problems": [asdict(problem) for problem in listed.problems], "headings": dict(listed.headings)}


def members_of(record: Mapping[str, Any]) -> MemberList:
    """The list that `member_record` wrote."""
    rows = tuple(
        MemberRow(**{**values, "id_number": Sealed(base64.b64decode(values["id_number"])) if values["id_number"] else None})
        for values in record["rows"]
    )
    return MemberList(rows, tuple(SheetProblem(**values) for values in record["problems"]), record["headings"])


def identification_record(listed: IdentificationList) -> dict[str, Any]:
    """The rows of the register as JSON values."""
    rows = [{**asdict(row), "happened_on": row.happened_on.isoformat()} for row in listed.rows]
    return {"rows": rows, "problems": [asdict(problem) for problem in listed.problems], "headings": dict(listed.headings)}


def identifications_of(record: Mapping[str, Any]) -> IdentificationList:
    """The list that `identification_record` wrote."""
    rows = tuple(IdentificationRow(**{**values, "happened_on": date.fromisoformat(values["happened_on"])}) for values in record["rows"])
    return IdentificationList(rows, tuple(SheetProblem(**values) for values in record["problems"]), record["headings"])
