"""Whatever is pressed by Enter on a page of the office leaves the focus on something: without it, Tab and a screen reader begin at the top.

Links to other pages are left out: a browser begins there by itself.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Error, Page, TimeoutError, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import WIDE, serving, session_cookie, signed_in_cookie
from tests.browser.field import PATIENCE_MS
from tests.browser.test_every_page import FILES_AND_PROGRAMS, NOT_THERE, is_looked_at, links_unseen, open_in, walker
from tests.builders import NOW, find_or_add_person
from tests.every_page import page_addresses
from tests.issues import add_reported_issue
from tests.walking import follow_links, plain_addresses

WALKERS = ("coordinator", "admin", "author", "lead1")
ELSEWHERE = re.compile(r"^(?:tablet|guide|openid|tablet_\w+)\.")
"""Views whose pages have tests of their own: the tablet's and the guide's."""
ENDS = ("/logout", "/language/", "/theme/")
"""Where forms of the frame lead that every page has: they end the sign-in, or load the same page in another language or another look."""
SETTLED_MS, NOTHING_COMES_MS = 4_000, 300
TO_PRESS = """(wanted) => {
  const HERE = location.pathname;
  const kind = (each) => {
    const form = each.form;
    if (each.matches("a")) {
      const to = new URL(each.href, location.href);
      if (to.origin !== location.origin || !to.protocol.startsWith("http")) return null;
      if (to.pathname !== HERE || each.closest("header, .pagination")) return null;
      if (to.hash && to.search === location.search) return "jump";
      return to.search === location.search ? null : "again";
    }
    if (each.type !== "button" && form) return form.method === "post" ? "post" : "get";
    return "button";
  };
  const name = (each) => {
    const action = each.form && each.type !== "button" ? new URL(each.formAction || each.form.action).pathname : "";
    const label = (each.getAttribute("aria-label") ?? each.innerText).replace(/[\\d\\s]+/g, " ").trim().slice(0, 40);
    const isRow = each.closest("tbody, li, .difference, .card");
    const words = isRow ? [...each.classList].join(".") + (each.dataset.key ?? "") + (each.name ?? "") : label;
    const part = each.closest("header, main, dialog, footer")?.localName;
    return [kind(each), action.replace(/[0-9a-f-]{8,}|\\d+|uuid[^/]*/g, "*"), words, part].join(" ");
  };
  for (const each of document.querySelectorAll("main details:not([open])")) each.open = true;
  const all = [...document.querySelectorAll("a[href], button, input[type=submit], input[type=image]")];
  const found = all.filter((each) => kind(each) && each.checkVisibility() && !each.disabled && !each.closest(".demo-banner"));
  const named = found.map((each) => ({ name: name(each), kind: kind(each), each }));
  if (wanted === null) {
    const danger = ({ each }) => (each.matches(".danger, .danger *") ? 1 : 0);
    const once = [...new Map(named.map((one) => [one.name, one])).values()];
    return once.sort((a, b) => danger(a) - danger(b)).map((one) => [one.name, one.kind]);
  }
  const one = named.find((each) => each.name === wanted);
  if (!one) return false;
  window.isHere = true;
  one.each.focus();
  return document.activeElement === one.each;
}"""
"""What is to be pressed on the page, each of its kind once; told a name, the focus is given to the first of that name."""
WATCH = """() => {
  window.acted = { leaves: false };
  addEventListener("submit", (event) => setTimeout(() => { window.acted.leaves ||= !event.defaultPrevented; }));
}"""
WHERE = """() => {
  const at = document.activeElement;
  const isSomewhere = at && at !== document.body && at.isConnected && at.checkVisibility() && !at.disabled;
  if (isSomewhere || document.querySelector(":target")) return "somewhere";
  return "";
}"""


@dataclass
class Sweep:
    """One person's pages, and what was lost on them."""

    app: Flask
    page: Page
    kinds: tuple[str, ...]
    lost: dict[str, list[str]] = field(default_factory=dict)
    n_pressed: int = 0
    n_gone: int = 0

    def open(self, address: str) -> bool:
        """Whether the address shows a page of the office."""
        answer = open_in(self.page, address)
        if answer is None or not answer.ok or not answer.headers.get("content-type", "").startswith("text/html"):
            return False
        self.page.evaluate(f"({WATCH})()")
        return True

    def press_all(self, address: str) -> None:
        """Press whatever is of the wanted kinds; the page is opened anew after each act that left it."""
        if not self.open(address):
            self.n_gone += 1
            return
        for name, kind in self.page.evaluate(TO_PRESS):
            if kind not in self.kinds or any(end in name for end in ENDS):
                continue
            if not self.page.evaluate("() => window.isClean ?? true"):
                continue
            try:
                has_focus = self.page.evaluate(TO_PRESS, name)
            except Error:
                has_focus = False
            if not has_focus:
                continue
            self.n_pressed += 1
            told = self.press(address, kind)
            if told:
                self.lost.setdefault(address, []).append(f"{name}: {told}")
            if not self.open(address):
                return

    def press(self, address: str, kind: str) -> str:
        """Press Enter, wait until that has had its effect: what is wrong with the focus then, or nothing."""
        page = self.page
        before = urlsplit(page.url)
        page.keyboard.press("Enter")
        try:
            page.wait_for_timeout(150)
            leaves = bool(page.evaluate("() => !window.isHere || (window.acted.leaves && location.href)"))
        except Error:
            leaves = True
        if leaves:
            try:
                page.wait_for_function("() => !window.isHere && document.readyState === 'complete'", timeout=SETTLED_MS * 3)
            except TimeoutError:
                leaves = False
        after = urlsplit(page.url)
        if leaves and kind not in ("post", "again", "get") and after.path != before.path:
            return ""
        try:
            page.wait_for_function(WHERE, timeout=SETTLED_MS)
        except TimeoutError:
            if leaves and kind == "get" and after.path != before.path:
                return ""
            return f"{'left for' if leaves else 'stayed at'} {after.path}?{after.query}, focus on " + str(
                page.evaluate("document.activeElement?.cloneNode().outerHTML.slice(0, 120)")
            )
        return ""


def office_addresses(app: Flask, context: BrowserContext, username: str, roles: frozenset[str]) -> list[str]:
    """An address of each view that has a page and that this person looks at."""
    found: dict[str, str] = {}

    def look_at(address: str, view: str) -> Iterator[str]:
        if FILES_AND_PROGRAMS.search(urlsplit(address).path):
            return iter(())
        is_wanted = view == "dashboard.start" or is_looked_at(view, username, roles)
        if is_wanted and view not in NOT_THERE.keys() - {"dashboard.start"}:
            found.setdefault(view, address)
        return iter(links_unseen(context, address))

    follow_links(app, roles, look_at, 1, [*page_addresses(app, username), *plain_addresses(app)])
    return [address for view, address in found.items() if not ELSEWHERE.search(view)]


def test_filters_and_languages__pressed_by_keys__keep_the_focus(open_page: Callable[..., Page], session: Session) -> None:
    add_reported_issue(session, find_or_add_person(session, "coordinator"), NOW)
    page = open_page("coordinator", "/issues", WIDE)
    button = page.locator("form.filters button[type=submit]")
    for pressed in (page.locator("#text"), button):
        with page.expect_navigation():
            pressed.press("Enter")
        expect(button).to_be_focused()
    with page.expect_navigation():
        page.locator("nav.states a").nth(1).press("Enter")
    expect(page.locator("nav.states a").nth(1)).to_be_focused()
    with page.expect_navigation():
        page.get_by_role("button", name="English").press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("button", name="English")).to_be_focused()
    with page.expect_navigation():
        page.locator("nav.states a").first.press("Enter")
    page.evaluate("document.querySelector('form.filters button[type=submit]').textContent = '只此一次'")
    # What was pressed is not on the page that comes.
    with page.expect_navigation():
        button.press("Enter")
    expect(page.locator("main h1")).to_be_focused()
    # Whoever comes from another page, or points, begins at the top.
    with page.expect_navigation():
        page.get_by_role("button", name="Filter", exact=True).click()
    page.wait_for_load_state("load")
    page.wait_for_timeout(NOTHING_COMES_MS)
    expect(page.locator(":focus")).to_have_count(0)


@pytest.mark.soak
@pytest.mark.parametrize("username", WALKERS)
def test_pages__everything_pressed_by_enter__leaves_the_focus_somewhere(
    browser: Browser, demo_app: Flask, username: str, record_property: Callable[[str, object], None]
) -> None:
    person, roles, _ = walker(demo_app, username, "zh")
    with serving(demo_app) as base_url, browser.new_context(base_url=base_url, reduced_motion="reduce", locale="zh") as context:
        context.add_cookies([session_cookie(signed_in_cookie(demo_app, person), base_url)])
        demo_app.config["WTF_CSRF_ENABLED"] = False
        addresses = office_addresses(demo_app, context, username, roles)
        demo_app.config["WTF_CSRF_ENABLED"] = True
        page = context.new_page()
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        page.set_default_timeout(PATIENCE_MS)
        page.on("dialog", lambda dialog: dialog.accept())
        page.on("filechooser", lambda _: None)
        lost: dict[str, list[str]] = {}
        n_pressed = 0
        for kinds in (("button", "jump", "again", "get"), ("post",)):
            sweep = Sweep(demo_app, page, kinds)
            for address in addresses:
                sweep.press_all(address)
                if sweep.lost.get(address):
                    print(address, *sweep.lost[address], sep="\n    ", flush=True)
            n_pressed += sweep.n_pressed
            print(username, kinds, sweep.n_pressed, "gone", sweep.n_gone, flush=True)
            lost |= sweep.lost
    record_property("pages", len(addresses))
    record_property("pressed", n_pressed)
    assert lost == {}
