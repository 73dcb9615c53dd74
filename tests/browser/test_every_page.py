"""Every page with records on it, in both languages, at three sizes and in three themes: docs/looks.md and docs/access.md say what is
looked for.

Each page is opened once and looked through for everything. Colours have no language, so they are looked at on the Chinese pages only.
"""

import re
from collections.abc import Callable, Iterable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.accounts.models import User
from survey.rights.table import RIGHT_OF
from tests.browser.access.checks import axe_findings, name_findings, room_findings
from tests.browser.conftest import serving, session_cookie, signed_in_cookie
from tests.browser.field import PATIENCE_MS
from tests.browser.looking import SHIFTS, SIZES, language_findings, look_findings, shift_findings, theme_findings
from tests.every_page import page_addresses
from tests.walking import follow_links, links_of, plain_addresses, view_of

WALKERS = {"coordinator": (), "admin": ("coordinator",), "author": ("coordinator",), "lead1": ("coordinator",), "county": ("coordinator",)}
"""Who walks, and whose pages are left to others; everybody opens the start page."""
OF_TABLETS = "body.field"
DRAWN = "body:not(:has(#app-opening, #opening)), body:has(#lock[open]), body[data-ready], body:has(.opening.bad)"
"""The tablet's pages draw themselves once they are loaded; what is seen until then is looked through in access/test_tablet_screens.py."""
START = "dashboard.start"
FILES = ("ERR_ABORTED", "Download is starting")
WITHOUT_ARGUMENTS = (404, 503)
"""What is not set up in the demonstration (signing in elsewhere, first steps), and a guide that is still being built."""
FILES_AND_PROGRAMS = re.compile(
    r"^/(?:api/|odata/|openrosa/|handover/|static/|fs-static/|guide/|tablet/\w|healthz|readyz|metrics)"
    r"|\.[\w<>]+$|/files?(?:/|$)|/(?:source|xform|evidence|default)(?:/|$)|/(?:all|calendar)/|<any\("
)
"""Addresses that answer programs or give files. The guide is looked at where it is built (test_guide.py), the tablet in its own screens."""
NOT_THERE = {
    "accounts.shown_once": "leads to the page of the person (tests/survey/accounts)",
    "dashboard.start": "looked at by everybody",
    "finding.suggestions": "a part of a page",
    "first_lists.over": "leads to the page of its step (tests/survey/first_run)",
    "first_run.administrator": "only in an empty installation (test_first_run.py)",
    "first_run.index": "leads on to the step that is next",
    "guide.start": "leads to a chapter",
    "openid.back": "needs a provider (tests/survey/openid)",
    "openid.connect": "needs a provider (tests/survey/openid)",
    "openid.leave": "needs a provider (tests/survey/openid)",
    "openid.start": "needs a provider (tests/survey/openid)",
    "openid.unknown": "needs a provider (tests/survey/openid)",
    "personal_data.after": "only once somebody was erased (tests/survey/protection)",
    "security.login": "leads on who is signed in (access/test_rare_pages.py)",
    "security.logout": "ends the sign-in",
    "security.mf_recovery": "only between password and code (access/test_rare_pages.py)",
    "security.tf_select": "only between password and code (access/test_rare_pages.py)",
    "security.two_factor_rescue": "is not offered",
    "security.two_factor_token_validation": "only between password and code (access/test_rare_pages.py)",
    "security.wan_delete": "leads to the page of passkeys",
    "security.wan_signin": "only before signing in (test_passkeys.py)",
    "visit_progress.part": "a part of a page",
}
"""Views without a page of their own in a demonstration, each with the reason."""
OWNERS = {
    "coding.code": "author",
    "day_plans.mine": "lead1",
    "draw_opening.show": "lead1",
    "outcomes.mine": "lead1",
    "outcomes.record_own": "lead1",
    "personal_data.confirm": "admin",
    "verifications.mine": "lead1",
}
"""Who has something on a page that others open without, or are led away from."""


def walker(app: Flask, username: str, language: str) -> tuple[User, frozenset[str], frozenset[str]]:
    """The person, who reads this language from now on, their roles, and the names that everybody signs in with."""
    with Session(app.extensions["survey.engine"], expire_on_commit=False) as session:
        person = session.scalars(select(User).where(User.username == username)).one()
        person.locale = language
        roles = frozenset(role.name for role in person.roles)
        usernames = frozenset(session.scalars(select(User.username)))
        session.commit()
    return person, roles, usernames


def open_in(page: Page, address: str) -> Response | None:
    """The answer to an address, shown in the page; None where it is a file to be kept."""
    try:
        return page.goto(address)
    except Error as error:
        if any(sign in str(error) for sign in FILES):
            return None
        raise


def links_unseen(context: BrowserContext, address: str) -> list[str]:
    """The addresses that a page links to which somebody else looks at: it is not shown."""
    answer = context.request.get(address, timeout=PATIENCE_MS)
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    return list(links_of(answer.text(), address)) if is_page else []


def is_looked_at(view: str, username: str, roles: frozenset[str]) -> bool:
    """Whether this person is the one who looks at the view: its owner, else the first who may open it."""
    if view in OWNERS:
        return OWNERS[view] == username
    others = frozenset(WALKERS[username])
    right = RIGHT_OF[view].who
    return right.admits(roles) and not (others and right.admits(others))


def pages_for(app: Flask, username: str, roles: frozenset[str]) -> set[str]:
    """The views with a page that this person looks at."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not FILES_AND_PROGRAMS.search(rule.rule)]
    views = {rule.endpoint for rule in rules} - NOT_THERE.keys()
    return {each for each in views if is_looked_at(each, username, roles)}


def findings(page: Page, language: str, usernames: frozenset[str], drawn: set[str]) -> Iterator[str]:
    """Everything that is found on a page that has just been opened; leaves it spaced, and the window wide."""
    yield from shift_findings(page)
    yield from look_findings(page, drawn)
    yield from language_findings(page, language)
    # A form draws itself; each state of the tablet's screens is looked through in access/test_tablet_screens.py.
    if page.locator(OF_TABLETS).count():
        return
    yield from axe_findings(page, without_colours=language != "zh")
    yield from name_findings(page, language, usernames)
    if language == "zh":
        yield from theme_findings(page)
    yield from room_findings(page)


@pytest.mark.soak
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("username", WALKERS)
def test_pages__at_every_size_and_theme__serve_everybody(
    browser: Browser, demo_app: Flask, username: str, language: str, record_property: Callable[[str, object], None]
) -> None:
    person, roles, usernames = walker(demo_app, username, language)
    demo_app.config["WTF_CSRF_ENABLED"] = False
    further = [*page_addresses(demo_app, username), *plain_addresses(demo_app)]
    found: dict[str, list[str]] = {}
    drawn: set[str] = set()
    views: set[str] = set()
    with serving(demo_app) as base_url, browser.new_context(base_url=base_url, reduced_motion="reduce", locale=language) as context:
        context.add_init_script(SHIFTS)
        context.add_cookies([session_cookie(signed_in_cookie(demo_app, person), base_url)])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)

        def look_at(address: str, view: str) -> Iterable[str]:
            if view != START and not is_looked_at(view, username, roles):
                return links_unseen(context, address)
            page.set_viewport_size(dict(zip(("width", "height"), SIZES["upright"], strict=True)))
            answer = open_in(page, address)
            if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
                return ()
            there = view_of(demo_app, page.url)
            if there == "security.login":
                found[address] = ["is not signed in any more"]
            # An address without arguments that a page cannot be without: another address of its view is among the further ones.
            if there != view or answer.status in WITHOUT_ARGUMENTS:
                return ()
            views.add(view)
            page.wait_for_selector(DRAWN, state="attached")
            links = list(links_of(page.content(), address))
            found[address] = [] if answer.ok else [f"answered {answer.status}"]
            found[address] += findings(page, language, usernames, drawn)
            return links

        follow_links(demo_app, roles, look_at, 1, further)
    record_property("pages", len(found))
    record_property("views", len(views))
    record_property("findings", sum(map(len, found.values())))
    assert {address: each for address, each in found.items() if each} == {}
    assert pages_for(demo_app, username, roles) - views == set(), "no link, and no address of tests/every_page.py, leads there"


def test_findings__of_a_page_with_faults__tell_each(open_page: Callable[..., Page]) -> None:
    page = open_page("coordinator", "/reminders", SIZES["upright"])
    page.emulate_media(reduced_motion="reduce")
    assert [*look_findings(page, set()), *language_findings(page, "zh"), *theme_findings(page)] == []
    page.locator("main").evaluate(
        """main => { main.innerHTML = '<h1>提醒</h1><button>小</button><button>远</button><button>下</button><p>盖</p><p>看不见</p>'
            + '<p>不够宽的一行文字</p><p>Show everything there is</p><p>\\u{2FFFC}</p>';
          const [small, far, under] = main.querySelectorAll("button");
          const [over, faint, cut] = main.querySelectorAll("p");
          Object.assign(small.style, { padding: 0, width: "1rem", height: "1rem", display: "block" });
          Object.assign(far.style, { position: "fixed", right: "-20rem" });
          Object.assign(under.style, { position: "fixed", top: "50%" });
          Object.assign(over.style, { position: "fixed", inset: 0, zIndex: 99 });
          faint.style.color = "#777";
          main.style.minWidth = "90rem";
          Object.assign(cut.style, { width: "3rem", overflow: "hidden", whiteSpace: "nowrap" }); }"""
    )
    told = "\n".join([*look_findings(page, set()), *language_findings(page, "zh"), *theme_findings(page)])
    for expected in (
        "outside the window: main.page > button 远",
        "wider than the window",
        "cut off",
        "covered by",
        "small, 16 × 16",
        "dark: faint",
        "no font has",
        "English on a Chinese page: Show everything there is",
    ):
        assert expected in told, expected
