"""Every setting of the application as data: its name, type, default and help.

Values come from the environment, or from arguments in tests.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from questionnaires.errors import ErrorCode, SurveyError
from survey.accounts.words import ROLE_LABELS
from survey.environment import NOT_SHOWN, file_variable, read_value, variable
from survey.openid.deciding import read_role_map
from survey.reminders.sending import mail_server
from survey.scanning.clamd import clamd_address

MIN_SECRET_LENGTH = 32
KNOWN_ROLES = frozenset(ROLE_LABELS)
WEAK_SECRETS = frozenset(("secret", "changeme", "change-me", "password", "dev", "development", "test", "survey"))


def _setting(default: Any, help_text: str, *, is_secret: bool = False) -> Any:
    """A setting; its help is marked for translation by this function's name. The value of a secret may stand in a file."""
    return field(default=default, metadata={"help": help_text, "is_secret": is_secret})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation. Each field is read from the environment variable `SURVEY_` + its name in capitals."""

    data: str = _setting("data", "Folder for the database and the attachments of an embedded installation.")
    database_url: str = _setting("", "SQLAlchemy address of the database. Empty: SQLite in the data folder.", is_secret=True)
    daily_database_url: str = _setting(
        "",
        "Address by which services sign in to PostgreSQL, for `init` only: it makes that account, which may change rows, but no table and "
        "no event that was logged. Services have it as SURVEY_DATABASE_URL.",
        is_secret=True,
    )
    storage_url: str = _setting(
        "", "fsspec address of the attachments (a folder, s3://…). Empty: a folder in the data folder.", is_secret=True
    )
    secret_key: str = _setting(
        "",
        "Key that signs sign-ins and seals the keys of visits and PINs, at least 32 random characters. Keep it with the backup; "
        "required outside the demonstration.",
        is_secret=True,
    )
    field_key: str = _setting(
        "",
        "Key that names, numbers and answers are encrypted with in the database, at least 32 random characters; keep it apart from the "
        "backup. Several with commas between: the first one seals, all of them open, until `keys rotate` has sealed everything anew. "
        "Empty: derived from the secret key.",
        is_secret=True,
    )
    demo: bool = _setting(
        False, "A demonstration: invented data, known passwords, loopback only. The data folder of `demo` is one without this."
    )
    max_upload_mb: int = _setting(100, "Largest upload accepted, in megabytes. Above twice that, the refusal gives no reason.")
    https: bool = _setting(False, "Pages are served over https only: cookies are marked secure and browsers are told to insist.")
    own_certificate: bool = _setting(
        False, "The certificate is the installation's own, as `serve --https` has it: browsers are not told to insist on https for a year."
    )
    certificate: str = _setting(
        "",
        "File with the certificate, those behind it and its key, that `serve` answers a server in front with, encrypted, where that stands "
        "on another machine or in another container. Empty: such a server is on this machine, and is answered without.",
    )
    lock_minutes: int = _setting(10, "After how many idle minutes a tablet asks for the PIN again.")
    sign_in_limit: str = _setting("10 per minute", "How often one address may try to sign in.")
    api_limit: str = _setting("600 per minute", "How often one program may ask for data (docs/api.md).")
    export_limit: str = _setting(
        "30 per minute; 300 per day", "How often one person may make drafts, datasets, workbooks and charts, all of them together."
    )
    second_factor_roles: str = _setting(
        "admin",
        "The roles that sign in with a second factor only, such as `admin coordinator`; they set one up at their next sign-in. Everybody "
        "may have one. Empty: nobody has to; in a demonstration nobody has to in any case.",
    )
    second_factor_asked: str = _setting(
        "coordinator", "The roles that the start page asks, once in 30 days, to set up a second factor. Empty: nobody is asked."
    )
    openid_issuer: str = _setting(
        "",
        "The provider of your organisation that people may sign in at (OpenID Connect), as it calls itself, `https://id.example.org`. "
        "Empty: people sign in with a password only.",
    )
    openid_client_id: str = _setting("", "What the provider calls this program.")
    openid_secret_file: str = _setting(
        "", "The file that holds the secret by which the provider knows this program. Empty: it is known without one (PKCE)."
    )
    openid_name: str = _setting("", "What the sign-in page calls the provider. Empty: the name of its host.")
    openid_scope: str = _setting("openid profile email", "What the provider is asked to tell of people.")
    openid_name_claim: str = _setting(
        "preferred_username", "The claim by which people recognise themselves, and which is the user name where accounts are made."
    )
    openid_roles: str = _setting(
        "",
        "Roles for whoever comes from the provider without an account, as `value=role value=role`; the account is then made. "
        "Empty: accounts are made here only.",
    )
    openid_roles_claim: str = _setting("roles", "The claim that holds those values; `a.b` is b within a.")
    openid_second_factor: str = _setting(
        "", "The values of `amr` or `acr`, such as `mfa otp hwk`, by which the provider says that it asked for a second factor."
    )
    openid_only: bool = _setting(False, "Nobody but administrators signs in with a password here; programs have tokens.")
    robot_hosts: str = _setting(
        "qyapi.weixin.qq.com oapi.dingtalk.com",
        "The hosts of robots of groups, those of WeCom and DingTalk by default; add that of a robot of your own. No other is told.",
    )
    local_robots: bool = _setting(
        False, "Robots of groups may have addresses of your own network. Otherwise nothing is sent there, whatever name leads to it."
    )
    four_eyes: bool = _setting(True, "A full dataset, which tells who people are, is approved by somebody else before it can be fetched.")
    session_idle_hours: int = _setting(12, "After how many hours without use a sign-in ends.")
    remembered_days: int = _setting(30, "The same in days, on a device on which the person asked to stay signed in.")
    first_password_days: int = _setting(7, "After how many days a first password that was not used opens nothing any more.")
    session_days: int = _setting(90, "After how many days a sign-in ends in any case.")
    guide: str = _setting("", "Folder of the guides that are built. Empty: build/guide beside the program.")
    map_tiles: str = _setting(
        "",
        "Address of the tiles of a map service, such as `https://tiles.example.org/{z}/{x}/{y}.png`, to lie behind maps. Whoever opens a "
        "map then tells that service which places they look at. Empty: maps are drawn without, and nothing is fetched.",
    )
    single_households: int = _setting(1, "Up to how many households of one village a problem is proposed as a single case.")
    general_household_percent: int = _setting(
        20, "From how many per cent of the households asked in a county a problem is proposed as general, if its villages are enough, too."
    )
    general_village_percent: int = _setting(
        50, "From how many per cent of the villages asked in a county, and of two at least, a problem is proposed as general."
    )
    retention_months: int = _setting(
        60, "How many months after a visit's last day its personal parts are kept, unless another day is set on the visit."
    )
    map_attribution: str = _setting("", "What the map service wants to be named, written below its maps.")
    public_url: str = _setting("", "Address at which people open the program, told in reminders, such as `https://survey.example.org`.")
    smtp_url: str = _setting(
        "",
        "Mail server for reminders, `smtp://user:password@host:587` or `smtps://user:password@host:465`. Empty: no e-mail is sent; a "
        "demonstration sends none anyway.",
        is_secret=True,
    )
    backup_key: str = _setting(
        "",
        "Passphrase that backups are encrypted with, at least 16 random characters. Keep it where the backups do not lie.",
        is_secret=True,
    )
    backup_hours: int = _setting(48, "After how many hours something that no backup holds is warned of, on the start page and at /readyz.")
    min_free_mb: int = _setting(
        200, "With less room on the disk of the data folder, in megabytes, /readyz says that the server is not ready."
    )
    metrics_token: str = _setting(
        "", "Token with which /metrics and the details of /readyz are told to other machines. Empty: only to this one.", is_secret=True
    )
    log_format: str = _setting("text", "`text`: warnings and errors; `json`: a line of JSON for these and for every request.")
    redis_url: str = _setting(
        "",
        "Redis that web processes and workers share, `redis://host:6379/0`: long work waits there for a worker, and sign-in attempts are "
        "counted. Empty: each process does and counts for itself.",
        is_secret=True,
    )
    proxies: int = _setting(
        0, "How many proxies of your own stand in front of the server, whose word on a visitor's address is taken. 0: none is."
    )
    mail_from: str = _setting("", "The address that reminders come from; required with a mail server.")
    clamav: str = _setting(
        "",
        "ClamAV that looks at every file which others send: the socket of clamd, `/run/clamav/clamd.ctl` or "
        "`unix:/run/clamav/clamd.ctl`, or `host:3310`, which is not encrypted. While it is away, no file is taken, and whoever sends one "
        "is asked to come again. Empty: files are not looked at.",
    )

    @property
    def sqlalchemy_url(self) -> str:
        """The address of the database, the embedded default included."""
        return self.database_url or f"sqlite:///{Path(self.data).resolve() / 'survey.sqlite3'}"

    @property
    def field_keys(self) -> tuple[str, ...]:
        """The keys of encrypted columns, the one that seals first. The secret key opens, too: it was the key before one was set."""
        return tuple(key for key in (*(each.strip() for each in self.field_key.split(",")), self.secret_key) if key)

    @property
    def attachments_url(self) -> str:
        """The address of the attachments, the embedded default included."""
        return self.storage_url or str(Path(self.data).resolve() / "attachments")

    @property
    def roles_with_second_factor(self) -> frozenset[str]:
        """The roles that sign in with a second factor only."""
        return frozenset() if self.demo else _names(self.second_factor_roles)

    @property
    def roles_asked_for_second_factor(self) -> frozenset[str]:
        """The roles that are asked to set one up."""
        return frozenset() if self.demo else _names(self.second_factor_asked)

    @property
    def openid_role_map(self) -> Mapping[str, str]:
        """The role for each value of the claim of roles."""
        return read_role_map(self.openid_roles)

    @property
    def openid_factors(self) -> frozenset[str]:
        """The values by which the provider says that it asked for a second factor."""
        return _names(self.openid_second_factor)

    @property
    def openid_label(self) -> str:
        """What pages call the provider."""
        return self.openid_name or (urlsplit(self.openid_issuer).hostname or "")

    @property
    def allowed_robot_hosts(self) -> frozenset[str]:
        """The hosts that robots of groups may have their addresses at."""
        return _names(self.robot_hosts.lower())

    @property
    def uploads_path(self) -> Path:
        """Where files lie of which only a part has arrived; processes that share the work have to share this folder, too."""
        return Path(self.data).resolve() / "uploads"

    @property
    def figures_path(self) -> Path:
        """Where each visit's bundle and its figures are kept; it may be removed, and is then made again."""
        return Path(self.data).resolve() / "figures"


def _names(text: str) -> frozenset[str]:
    """The names in a text, with blanks or commas between."""
    return frozenset(text.replace(",", " ").split())


def read_settings(environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """The settings of the environment, `overrides` winning; raises INVALID_SETTING and WEAK_SECRET_KEY."""
    values: dict[str, Any] = {}
    for item in fields(Settings):
        value = read_value(environ, item.name, item.default, is_secret=item.metadata["is_secret"])
        if value is not None:
            values[item.name] = value
    settings = Settings(**(values | overrides))
    if "demo" not in values | overrides and not settings.database_url and _demo_key_path(settings).exists():
        # Every command that opens a demonstration's folder has to know it, the passwords in its database being public.
        settings = replace(settings, demo=True)
    if settings.demo and not settings.secret_key:
        settings = replace(settings, secret_key=_demo_key(settings))
    check_secret_key(settings)
    check_field_key(settings)
    check_map_tiles(settings)
    check_mail(settings)
    check_clamav(settings)
    check_second_factor(settings)
    check_openid(settings)
    return settings


def _demo_key_path(settings: Settings) -> Path:
    return Path(settings.data) / "secret_key"


def _demo_key(settings: Settings) -> str:
    """The random key of this demonstration, kept beside its database so that sign-ins outlive a restart."""
    path = _demo_key_path(settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return path.read_text(encoding="ascii")


def check_clamav(settings: Settings) -> None:
    """Raise INVALID_SETTING when the address of ClamAV is none."""
    try:
        clamd_address(settings.clamav or "/")
    except ValueError as error:
        detail = "write the path of its socket, which begins with / or unix:/, or host:port"
        raise SurveyError(ErrorCode.INVALID_SETTING, name=variable("clamav"), value=settings.clamav, detail=detail) from error


def check_mail(settings: Settings) -> None:
    """Raise INVALID_SETTING when the mail server or the sender cannot be used."""
    try:
        mail_server(settings.smtp_url, settings.mail_from)
    except ValueError as error:
        raise SurveyError(ErrorCode.INVALID_SETTING, name=variable("smtp_url"), value=NOT_SHOWN, detail=str(error)) from error


def check_second_factor(settings: Settings) -> None:
    """Raise INVALID_SETTING for a role that does not exist."""
    for name, value in (("second_factor_roles", settings.second_factor_roles), ("second_factor_asked", settings.second_factor_asked)):
        if unknown := sorted(_names(value) - KNOWN_ROLES):
            detail = "{unknown} is not one of {choices}"
            named = {"name": variable(name), "value": value, "unknown": ", ".join(unknown), "choices": ", ".join(sorted(KNOWN_ROLES))}
            raise SurveyError(ErrorCode.INVALID_SETTING, detail=detail, **named)


def check_openid(settings: Settings) -> None:
    """Raise INVALID_SETTING when nobody could sign in at the provider, or not safely."""
    parts = urlsplit(settings.openid_issuer)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1"))
    wrong = {
        "openid_roles": _role_map_trouble(settings.openid_roles),
        "openid_issuer": "write its address, which begins with https://, without a query"
        if parts.query or not (parts.netloc and is_safe)
        else "",
        "openid_client_id": "" if settings.openid_client_id else "the provider has to know this program by a name",
        "openid_scope": "" if "openid" in settings.openid_scope.split() else "openid has to be among it",
        "openid_secret_file": _secret_file_trouble(settings.openid_secret_file),
    }
    if not settings.openid_issuer:
        wrong = {"openid_only": "set SURVEY_OPENID_ISSUER first"} if settings.openid_only else {}
    for name, detail in wrong.items():
        if detail:
            value = "" if name == "openid_secret_file" else getattr(settings, name)
            raise SurveyError(ErrorCode.INVALID_SETTING, name=variable(name), value=value, detail=detail)


def _role_map_trouble(text: str) -> str:
    try:
        read_role_map(text)
    except ValueError as error:
        return str(error)
    return ""


def _secret_file_trouble(path: str) -> str:
    if not path:
        return ""
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return "the file cannot be read"
    return "" if text else "the file is empty"


def check_secret_key(settings: Settings) -> None:
    """Raise WEAK_SECRET_KEY when the key could be guessed."""
    key = settings.secret_key
    if not key:
        demo = Path(settings.data) / "demo"
        detail = "missing (for the demonstration in {demo} set SURVEY_DATA={demo})" if (demo / "secret_key").exists() else "missing"
        raise SurveyError(ErrorCode.WEAK_SECRET_KEY, detail=detail, demo=demo)
    if len(key) < MIN_SECRET_LENGTH or key.lower() in WEAK_SECRETS or len(set(key)) < 8:
        raise SurveyError(ErrorCode.WEAK_SECRET_KEY, detail="too weak")


def check_field_key(settings: Settings) -> None:
    """Raise INVALID_SETTING when a key of encrypted columns could be guessed."""
    for key in settings.field_keys[:-1]:
        if len(key) < MIN_SECRET_LENGTH or len(set(key)) < 8:
            detail = "write at least {least} random characters"
            raise SurveyError(
                ErrorCode.INVALID_SETTING, name=variable("field_key"), value=NOT_SHOWN, detail=detail, least=MIN_SECRET_LENGTH
            )


def check_map_tiles(settings: Settings) -> None:
    """Raise INVALID_SETTING when the address of tiles is none: three places for numbers, and a server or a path of our own."""
    url, parts = settings.map_tiles, ("{z}", "{x}", "{y}")
    rest = url
    for part in parts:
        rest = rest.replace(part, "")
    if url and not (url.startswith(("https://", "http://", "/")) and all(part in url for part in parts) and not set(rest) & set("{};, ")):
        detail = "write an address that begins with https:// and holds {z}, {x} and {y} and no other brackets, blanks or semicolons"
        raise SurveyError(ErrorCode.INVALID_SETTING, name=variable("map_tiles"), value=url, detail=detail)


def current_settings() -> Settings:
    """The settings of the application that handles this request or command."""
    settings: Settings = current_app.extensions["survey.settings"]
    return settings


def settings_document(speak: Callable[[str], str] = str) -> str:
    """The page `docs/settings.md`: every setting with its default and help, in the language of `speak`."""
    defaults = {item.name: f"`{item.default!s}`" if item.default != "" else "" for item in fields(Settings)}
    rows = [f"| {_named(item)} | {defaults[item.name]} | {speak(item.metadata['help'])} |" for item in fields(Settings)]
    title = speak("Settings")
    told = speak("Read from the environment. Made by `python -m survey settings`; a test keeps it true.")
    of_files = speak(
        "A secret may also stand in a file, which the second variable names; blanks around it do not count, and an empty file is as good "
        "as none. So vaults that hand secrets over as files are served: those of systemd, of containers, and others."
    )
    columns = (speak("variable"), speak("default"), speak("what it does"))
    return "\n".join([f"# {title}", "", told, "", of_files, "", f"| {' | '.join(columns)} |", "|---|---|---|", *rows, ""])


def _named(item: Field[Any]) -> str:
    """The variables that set a setting."""
    name = f"`{variable(item.name)}`"
    return f"{name}, `{file_variable(item.name)}`" if item.metadata["is_secret"] else name
