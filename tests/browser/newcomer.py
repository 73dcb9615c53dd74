"""A newcomer who knows the guide and nothing else: presses what it names, writes what it says where it says, and looks for the rest.

Nothing here knows an address, an identifier or the database: things are found by the words that stand on the page, as a reader finds them.
"""

import re
import time
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import ElementHandle, Error, Page, expect

from survey.db import utc_now
from survey.field_time import field_date
from tests.browser.field import PATIENCE_MS
from tests.guide import Token

FIND_CONTROL = r"""word => {
    const PRESSED = 'a[href], button, summary, label, input[type=submit], [role=button], [role=tab]';
    const text = element => (element.innerText || element.value || '').replace(/\s+/g, ' ').trim();
    const bare = element => text(element).replace(/^[\d,.]+ | ?[\d,]+$/g, '');
    const names = element => [text(element), bare(element), element.getAttribute('aria-label') || '', element.title || ''];
    const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0
        && !element.disabled && (element.tagName !== 'LABEL' || ['radio', 'checkbox'].includes(element.control?.type));
    const areas = [...document.querySelectorAll('dialog[open], [data-newcomer]'),
        ...document.querySelectorAll('main'), document.body];
    // A list that is just being drawn or brought up to date is waited for, as its reader would.
    const { screen, ready } = document.body.dataset;
    const waits = document.querySelector('[aria-busy=true]') || (screen === 'home' && !ready);
    if (waits && !document.querySelector('dialog[open]')) return null;
    if (['第一行', 'first row'].includes(word)) return document.querySelector('main tbody a[href]');
    const fits = [each => names(each).includes(word), each => text(each).startsWith(word)];
    for (const fit of fits) {
        for (const area of areas) {
            const found = [...area.querySelectorAll(PRESSED)].filter(seen).find(fit);
            if (found) return found;
        }
    }
    return null;
}"""
"""What is pressed: the first thing of this name in the open dialog, in what was opened last, in the page, and in the header."""
FIND_FIELD = r"""word => {
    const text = element => element.textContent.replace(/\s+/g, ' ').trim();
    const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    const areas = [...document.querySelectorAll('dialog[open], [data-newcomer]'), document.body];
    for (const area of areas) {
        const fields = [...area.querySelectorAll('input, select, textarea')].filter(seen);
        const named = each => [...each.labels].map(text).concat(each.getAttribute('aria-label') || '', each.placeholder || '');
        const group = [...area.querySelectorAll('.question, fieldset')].filter(seen)
            .find(each => text(each.querySelector('legend') || each).startsWith(word));
        const found = fields.find(each => named(each).includes(word))
            || fields.find(each => named(each).some(name => name.startsWith(word))) || group;
        if (found) return found;
    }
    return null;
}"""
"""What is written into: the first field of this name, or the group of choices that bears it."""
FIND_ROW = r"""word => {
    const rows = [...document.querySelectorAll('main :is(tr, li, article, fieldset, .card, .panel)')]
        .filter(each => each.checkVisibility() && each.innerText.includes(word));
    return rows.filter(each => !rows.some(other => other !== each && each.contains(other)))[0] || null;
}"""
"""What is looked at: the innermost row or card that holds these words."""
FIND_CHOICE = """(element, text) => [...(element.closest('fieldset') || element).querySelectorAll('label')]
    .find(each => each.textContent.trim() === text)"""
KEEP_TO_FORM = """element => {
    [...document.querySelectorAll('[data-newcomer]')].filter(each => !each.contains(element))
        .forEach(each => each.removeAttribute('data-newcomer'));
    (element.tagName === 'SUMMARY' ? element.parentElement : element.closest('form'))?.setAttribute('data-newcomer', '');
}"""
"""Where somebody has begun to write, or what they have opened, is where they go on."""
PICTURE = b"\xff\xd8\xff" + b"0" * 64
LEAVES = """element => {
    const isOnTablet = location.pathname.startsWith('/tablet/') && document.body.dataset.ready;
    const link = element.closest('a[href]');
    const form = element.type === 'submit' ? element.form : null;
    window.isLeft = true;
    const isElsewhere = each => isOnTablet ? !each.href.includes('#') : each.href.split('#')[0] !== location.href.split('#')[0];
    if (link) return isElsewhere(link) && !link.hasAttribute('download');
    return Boolean(form) && !isOnTablet && form.checkValidity();
}"""
"""Whether pressing leads to another page; marks this one, so that the other is told from it."""
REDRAWN = 20
"""So often something may be drawn anew between its being seen and pressed."""
WRITTEN_INTO = ("text", "textarea", "search", "number", "date", "datetime-local", "password")
DAYS = re.compile(r"^(?:今天|today|(\d+) ?天后|in (\d+) days)( \d\d:\d\d)?$")


def written(text: str) -> str:
    """What is typed for a value of the guide: its days count from today, where the interviews are held."""
    days = DAYS.match(text)
    if days is None:
        return text
    day = (field_date(utc_now()) + timedelta(days=int(days[1] or days[2] or 0))).isoformat()
    return f"{day}T{days[3].strip()}" if days[3] else day


@dataclass
class Newcomer:
    """Somebody at a page, who counts what they press and write."""

    page: Page
    n_clicks: int = 0
    n_entries: int = 0

    def find(self, script: str, word: str) -> ElementHandle:
        """What the script finds for this word, once it is there."""
        handle = self.page.wait_for_function(script, arg=word, timeout=PATIENCE_MS)
        element = handle.as_element()
        assert element is not None, word
        return element

    def press(self, word: str, *, stays: bool = False) -> None:
        """Presses what bears this name, and waits for the page that it leads to, unless one stays (a download)."""
        leaves = self._click(word) and not stays
        self.n_clicks += 1
        if leaves:
            self.page.wait_for_function("() => !window.isLeft && document.readyState === 'complete'", timeout=PATIENCE_MS)

    def _click(self, word: str) -> bool:
        """Whether the click leads away; what was drawn anew under the finger is looked for again."""
        for _ in range(REDRAWN):
            element = self.find(FIND_CONTROL, word)
            element.evaluate(KEEP_TO_FORM)
            leaves = bool(element.evaluate(LEAVES))
            try:
                element.click()
                return leaves
            except Error as error:
                if "not attached" not in error.message:
                    raise
        raise AssertionError(f"{word} is drawn anew again and again")

    def write(self, word: str, text: str) -> None:
        """Writes into the field of this name, or chooses there."""
        element, value = self.find(FIND_FIELD, word), written(text)
        element.evaluate(KEEP_TO_FORM)
        kind = element.evaluate("element => element.type || element.tagName.toLowerCase()")
        if kind.startswith("select"):
            option = element.evaluate(
                "(element, text) => [...element.options].find(each => each.label.trim().includes(text))?.value ?? null", value
            )
            assert option is not None, f"{word} offers no {value}"
            element.select_option(option)
        elif kind == "file":
            element.set_input_files({"name": value, "mimeType": "image/jpeg", "buffer": PICTURE})
        elif kind in WRITTEN_INTO:
            element.fill(value)
        else:
            choice = element.evaluate_handle(FIND_CHOICE, value).as_element()
            assert choice is not None, f"{word} offers no {value}"
            choice.click()
        self.n_entries += 1

    def load_anew_for(self, word: str) -> None:
        """Loads the page anew until something of this name is there: what a tablet sends arrives when it arrives."""
        ends_at = time.monotonic() + PATIENCE_MS / 1000
        while self.page.evaluate_handle(FIND_CONTROL, word).as_element() is None:
            assert time.monotonic() < ends_at, f"{word} never appears"
            self.page.reload()

    def look_at(self, word: str) -> None:
        """Goes on in the row that tells of this."""
        self.find(FIND_ROW, word).evaluate("row => row.setAttribute('data-newcomer', '')")

    def see(self, word: str) -> None:
        """Waits until the page shows these words."""
        expect(self.page.locator("body")).to_contain_text(word)

    def follow(self, token: Token, following: Token | None) -> None:
        """Does what a marked word of the guide says; a word that a value follows is written into."""
        if token.kind == "see":
            self.see(token.text)
        elif token.kind == "at":
            self.look_at(token.text)
        elif token.kind == "press" and following is not None and following.kind == "value":
            self.write(token.text, following.text)
        elif token.kind == "press":
            self.press(token.text)
