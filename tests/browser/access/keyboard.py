"""A page gone through by keys alone, as by somebody who uses no mouse; on the way it is seen that the focus never lies hidden."""

from pathlib import Path

from playwright.sync_api import FileChooser, Locator, Page, TimeoutError, expect

MOST_TABS = 400
PRESSES, HEARD_MS = 3, 20_000
LOOK = """wanted => {
  const at = document.activeElement;
  const isThere = at === wanted, isGone = !wanted.isConnected;
  const isBeside = at.type === "radio" && wanted.type === "radio" && at.name === wanted.name && at.form === wanted.form;
  const box = [...at.getClientRects()].find((each) => each.width > 4 && each.height > 4);
  if (!box || at === document.body) return { isThere, isGone, isBeside, hidden: "" };
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
  const isSeen = points.some(([x, y]) => {
    const seen = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    return seen && (at.contains(seen) || seen.contains(at) || at.labels?.[0]?.contains(seen));
  });
  return { isThere, isGone, isBeside, hidden: isSeen ? "" : at.outerHTML.slice(0, 160) };
}"""
"""Whether the wanted element has the focus or is gone, or its group of radio buttons has it; what has it unseen (WCAG 2.4.11)."""
PLACES = """(select, text) => {
  const offered = [...select.options].filter((each) => !each.disabled && !each.hidden);
  return [offered.indexOf(select.selectedOptions[0]), offered.findIndex((each) => each.label.includes(text))];
}"""
"""Which of the choices of a drop-down is chosen, and which holds the text."""


def tab_to(wanted: Locator, *, key: str = "Tab") -> None:
    """Press Tab until the element has the focus, which has to be seen wherever it is on the way; among radio buttons, arrow keys."""
    page = wanted.page
    wanted.wait_for()
    for _ in range(MOST_TABS):
        looked = wanted.evaluate(LOOK)
        assert not looked["hidden"], looked["hidden"]
        if looked["isThere"]:
            return
        page.keyboard.press("ArrowDown" if looked["isBeside"] else key)
    raise AssertionError(f"{MOST_TABS} times Tab do not lead to {wanted}")


def press(wanted: Locator, key: str = "Enter") -> None:
    """Go to the element by Tab, and press the key there."""
    tab_to(wanted)
    wanted.page.keyboard.press(key)


def follow(link: Locator) -> None:
    """Go to the link by Tab, press Enter there, wait for the page that it leads to, and skip that page's header."""
    page = link.page
    tab_to(link)
    address = str(link.evaluate("each => each.href"))
    # Where a link leads to the page that is shown, its address alone would not tell when that has been loaded anew.
    with page.expect_navigation(url=lambda url: url.partition("#")[0] == address.partition("#")[0]):
        page.keyboard.press("Enter")
    press(page.locator(".skip-link"))


def send(button: Locator) -> None:
    """Go to the button by Tab, press Enter there, and wait for the page that answers."""
    tab_to(button)
    with button.page.expect_navigation():
        button.page.keyboard.press("Enter")


def expect_told(page: Page, words: str = "", *, of: str = ".flash.success") -> None:
    """Wait until what was just done is told in these words where the focus is, so that Tab goes on from there."""
    told = page.locator(of).first
    expect(told).to_be_focused()
    expect(told).to_contain_text(words)


def tick(box: Locator) -> None:
    """Go to a box or a radio button, and tick it by the space bar unless going there did."""
    tab_to(box)
    if not box.is_checked():
        box.page.keyboard.press("Space")
    expect(box).to_be_checked()


def write(wanted: Locator, text: str) -> None:
    """Go to the field by Tab, and type into it instead of what it holds."""
    tab_to(wanted)
    wanted.page.keyboard.press("Control+a")
    wanted.page.keyboard.type(text)


def choose(wanted: Locator, text: str) -> None:
    """Go to the drop-down by Tab, and to the choice that holds the text by arrow keys."""
    tab_to(wanted)
    at, place = wanted.evaluate(PLACES, text)
    assert place >= 0, f"{wanted} offers no {text}"
    for _ in range(abs(place - at)):
        wanted.page.keyboard.press("ArrowDown" if place > at else "ArrowUp")
    assert wanted.evaluate(PLACES, text)[0] == place


def choose_next(wanted: Locator, n: int = 1) -> None:
    """Go to the drop-down by Tab, and move to a later choice by arrow keys."""
    tab_to(wanted)
    for _ in range(n):
        wanted.page.keyboard.press("ArrowDown")


def set_day(wanted: Locator, n: int = 1) -> None:
    """Go to the date field by Tab, and move each of its parts up `n` times by arrow keys, whatever their order; from none, to January 1."""
    tab_to(wanted)
    for key in (*["ArrowUp"] * n, "ArrowRight") * 3:
        wanted.page.keyboard.press(key)


def catch_choosers(page: Page) -> None:
    """From now on, which is before any key that opens one, have windows for choosing files caught: they are as long as somebody listens."""
    page.on("filechooser", lambda _: None)


def attach(wanted: Locator, file: Path) -> None:
    """Go to the field of a file by Tab, press Enter there, and choose the file in what opens, on a page where choosers are caught."""
    tab_to(wanted)
    open_chooser(wanted.page).set_files(file)


def open_chooser(page: Page) -> FileChooser:
    """Press Enter on the field of a file that has the focus, once more where the browser did not hear it: the window that opens."""
    for _ in range(PRESSES):
        try:
            with page.expect_file_chooser(timeout=HEARD_MS) as chooser:
                page.keyboard.press("Enter")
            return chooser.value
        except TimeoutError:
            continue
    raise AssertionError(f"{PRESSES} times Enter open no window for files")
