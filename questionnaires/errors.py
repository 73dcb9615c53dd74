"""The root of every error this project raises on purpose: a code, a place, a remedy.

Lives in the lowest package so that all three can use it. It knows nothing of HTTP; `survey/errors.py` maps codes to statuses.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any


class ErrorCode(Enum):
    """What can go wrong, each as a template of what happened, where, and what to do about it.

    A retired code keeps its name with the value `"retired: <reason>"`, so that a code read in an old log always means one thing.
    """

    NOT_A_WORKBOOK = "{file} cannot be read as a questionnaire: {detail}. Save it as .xlsx, .xls or .md and try again."
    UNCONVERTIBLE = "{file} cannot be converted: {detail}."
    MISSING_SHEET = "{file} has no sheet named '{sheet}'. Add it, or correct its name."
    INVALID_QUESTIONNAIRE = "{file} is not a valid questionnaire: {detail}"
    CIRCULAR_EXPRESSION = "{file}: these questions depend on each other in a circle: {cycle}. Break the circle in one of them."
    INVALID_DATA_FILE = "The data file {file} cannot be used: {detail}."
    INVALID_EXPRESSION = "The expression {expression!r} of {place} cannot be evaluated: {detail}"
    MALFORMED_XML = "The submission is not well-formed XML: {detail}. Nothing was stored; send it again."
    UNSAFE_XML = "The submission contains a document type or entity, which is never needed. Remove it."
    PRACTICE_SUBMISSION = "{instance_id} was filled in to practise and is not taken. Open a household of your list to interview it."
    MISSING_INSTANCE_ID = "The submission has no meta/instanceID. Every submission needs one of the form uuid:…"
    UNKNOWN_FORM = "No questionnaire with form id '{form_id}' is published here. Published: {published}."
    UNKNOWN_FORM_VERSION = "Questionnaire '{form_id}' has no version '{version}' here. Published versions: {published}."
    INVALID_ANSWERS = "{count} answers were refused: {summary}"
    INSTANCE_CONFLICT = "A different submission with instance id {instance_id} is already stored; the first one was kept."
    VERSION_EXISTS = "Questionnaire '{form_id}' version '{version}' is already published with other content. Raise the version."
    UPLOAD_TOO_LARGE = "The upload is larger than {limit_mb} MB. Send fewer or smaller attachments at a time."
    DAMAGED_UPLOAD = "The file {name} did not arrive as it was sent: its hash is another one. What had arrived was dropped; send it again."
    UNREADABLE_EXPORT = "{file} cannot be read as work exported from a tablet: {detail}"
    WEAK_SECRET_KEY = (
        "SURVEY_SECRET_KEY is {detail}. Set it to at least 32 random characters, for example the output of: python -c 'import "
        "secrets; print(secrets.token_urlsafe(48))'"
    )
    INVALID_SETTING = "The setting {name} has the value {value!r}: {detail}"
    DEMO_ON_NETWORK = (
        "A demonstration installation has known passwords and listens on loopback only, not on {host}. Add --allow-network if "
        "you accept that."
    )
    NOT_INITIALISED = "There is no database at {place}. Create it with: python -m survey init"
    OUTDATED_SCHEMA = (
        "The database at {place} has schema {found}, and this version of the program needs {wanted}. Bring it up to date with: "
        "python -m survey init"
    )
    LATER_SCHEMA = (
        "The database at {place} has schema {found}, which this version of the program does not know. Install the version that made it, "
        "or a later one."
    )
    DATABASE_UNUSABLE = (
        "The database cannot be used: {detail}. Whoever runs the program needs the right to write into its folder (SURVEY_DATA) and all "
        "files there, on a disk that can be written to."
    )
    DATABASE_DAMAGED = (
        "The database cannot be read: {detail}. Put its folder (SURVEY_DATA) aside, and bring the last backup back: "
        "python -m survey restore"
    )
    DATABASE_SILENT = "The database does not answer: {detail}"
    NO_ACCESS = "{place}: {detail}. Run the program as somebody who may read and write there, or name another place."
    WRONG_ENCODING = (
        "The database at {place} stores text as {found}, which does not hold every sign. Create another one, and name that: "
        "CREATE DATABASE survey_utf8 ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
    )
    ADDRESS_IN_USE = "Cannot listen on {host} port {port}: {detail}. Stop what uses it, or choose another port with --port."
    CERTIFICATE_UNUSABLE = (
        "The certificate file {place} cannot be used: {detail}. Move the whole folder away to have a new one made; every tablet then "
        "has to trust the new one."
    )
    STORAGE_AWAY = "The storage of files cannot be used at present: {detail}. Nothing was lost; try again in a few minutes."
    SCANNER_AWAY = "Files cannot be looked at for viruses at present: {detail}. Nothing of this was kept; try again in a few minutes."
    INFECTED_FILE = (
        "{file} was not taken: the virus scanner found {found} in it. If that cannot be, tell whoever runs the server; otherwise clean the "
        "device that it comes from."
    )
    HELD_BACK_FILE = (
        "{file} is handed to nobody: the virus scanner found {found} in it. It is kept where only whoever runs the server can look at it."
    )
    DATABASE_BUSY = "The database is busy with other work. Nothing of this was kept; try again in a minute."
    DATABASE_AWAY = "The database does not answer at present. Nothing of this was kept; try again in a few minutes."
    DISK_FULL = (
        "The disk of the server is full. Nothing of this was kept, and all that was kept before is safe; tell whoever runs the server."
    )
    DISK_BROKEN = "The disk of the server cannot be used at present. Nothing of this was kept; tell whoever runs the server, and try again."
    MOVED_AWAY = (
        "The survey was moved to another server or database, and this one takes nothing more. Ask whoever runs it for the new address."
    )
    INVENTED_DATA = (
        "The visit '{visit}' is invented, as in a demonstration, and is not handed over. Push the installation that holds the real visits."
    )
    HANDOVER_REFUSED = "The server at {url} did not take the handover: {detail}"
    NOT_FOUND = "{what} '{key}' does not exist. {remedy}"
    NOT_ALLOWED = "{who} may not {action}. {remedy}"
    DEVICE_REVOKED = (
        "The tablet {device} was revoked. Everything of the survey on it is removed. Ask the coordinator if that was not intended."
    )
    INVALID_VALUE = "{field}: {detail}"
    INVALID_TRANSITION = "{what} is {state}; it cannot be {action} now."
    STALE = "{what} was changed while you had it open ({n_steps} steps since). Look at what changed, and decide again."
    MISSING_FOR_STEP = "{number} cannot go on yet. It still needs: {missing}."
    UNREADABLE_ROSTER = "{file} cannot be read as a household roster: {detail}"
    UNREADABLE_PLACES = "{file} cannot be read as a list of places: {detail}"
    UNREADABLE_REGISTER = "{file} cannot be read as a register of assistance: {detail}"
    UNREADABLE_PEOPLE = "{file} cannot be read as a list of people with accounts: {detail}"
    UNREADABLE_MEMBERS = "{file} cannot be read as a list of persons: {detail}"
    UNREADABLE_IDENTIFICATIONS = "{file} cannot be read as a register of identification: {detail}"
    UNREADABLE_LEDGER = "{file} cannot be read as a ledger of issues: {detail}"
    UNREADABLE_DOCUMENT = "{file} cannot be read: {detail}."
    BAD_ROWS = (
        "{file} has {count} rows that cannot be imported, the first at {place}. Correct them, or say that only the good rows are wanted."
    )
    UNREADABLE_CORRECTIONS = "{file} cannot be used as a log of corrections: {detail}"
    CORRECTION_NOT_APPLIED = "{place}: the correction is not applied: {detail}."
    INVALID_BUNDLE = "{place} is not a bundle this version can read: {detail}"
    EMPTY_DATASET = "{place} holds no accepted submissions of {form_id}. Accept some first, then export again."
    LONELY_PSU = (
        "{place}: {n_strata} strata have one village and {n_cells} groups of households in a village have one household, though more were "
        "not sampled, so their spread is unknown. Join them with others, or choose 'adjust' or 'certainty'."
    )
    UNUSABLE_WEIGHTS = "{place}: {detail}. Correct the sample's probabilities, or leave these rows out."
    NOT_CONVERGED = "{place}: the weights could not be brought to the totals of the frame: {detail}"
    INCOMPLETE_FRAME = (
        "{place}: the sample was drawn from {wanted} villages, and the frame of the bundle has households of {found}, so numbers of all "
        "households are not known. Export the bundle without --visit, and import the roster of every village."
    )
    NO_ANSWERS = "{place}: nobody answered it, so there is no figure. Look whether the question is asked, or take it out of the indicators."
    UNKNOWN_QUESTION = "{place}: no version of the form has the question '{question}'. Correct the sheet 'indicators'."
    NO_PROBABILITIES = (
        "{place}: it was drawn by chance, but the bundle does not tell with which probabilities, so its figures are those observed. "
        "Export the bundle again with this version of the program."
    )
    TOO_LARGE = "{place}: it is not made of a bundle as large as this: {detail}"
    UNREACHABLE_CLUSTER = "{place}: {detail}"
    GUIDE_WITHOUT_PAGES = "{folder} has no index.md, so there is no guide to build. Run the program in the folder of its sources."
    GUIDE_NOT_BUILT = "The guide was not built, because its pages have faults. Correct them, and build it again:\n{told}"


SPOKEN_VALUES = ("what", "state", "action", "remedy", "detail", "field", "place")
"""The values of errors that are words rather than names. A catalogue has those written out where an error is raised, with the value's
name as context; a word may name other values of its error in braces."""
_NAMED = re.compile(r"\{([a-z_]+)\}")


class SurveyError(Exception):
    """An error with a code and the values of its template; `str()` gives one complete sentence for the user."""

    def __init__(self, code: ErrorCode, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(code.value.format(**_filled(values)))

    def __reduce__(self) -> tuple[Any, ...]:
        """How it is brought from one process to another, whole."""
        return _remade, (self.code, self.values)


def not_one_of(field: str, value: object, known: Iterable[str]) -> SurveyError:
    """The error for a value that is none of the words that are known for its field."""
    detail = "'{value}' is not one of {choices}"
    return SurveyError(ErrorCode.INVALID_VALUE, field=field, detail=detail, value=value, choices=", ".join(known))


def said_values(error: SurveyError, say: Callable[[str, str], str], *, is_chinese: bool) -> dict[str, object]:
    """The error's values, its words as `say` says them by their context; "detail_zh" beside "detail" is that in Chinese already."""
    written = {name.removesuffix("_zh"): value for name, value in error.values.items() if is_chinese and name.endswith("_zh")}
    words = {name: say(name, value) for name, value in error.values.items() if name in SPOKEN_VALUES and isinstance(value, str) and value}
    return _filled({**error.values, **words, **written})


def _filled(values: Mapping[str, object]) -> dict[str, object]:
    """The values with those in place that their words name.

    Only names of values are replaced: a word can reach nothing else, and braces that name no value stay.
    """
    words = {name: value for name, value in values.items() if name in SPOKEN_VALUES and isinstance(value, str) and "{" in value}
    return {**values, **{name: _NAMED.sub(lambda found: str(values.get(found[1], found[0])), word) for name, word in words.items()}}


def _remade(code: ErrorCode, values: dict[str, object]) -> SurveyError:
    return SurveyError(code, **values)
