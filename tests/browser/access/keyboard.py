"""A page gone through by keys alone, as by somebody who uses no mouse; on the way it is seen that the focus never lies hidden."""

from playwright.sync_api import Locator

MOST_TABS = 400
LOOK = """wanted => {
  const at = document.activeElement;
  const box = [...at.getClientRects()].find((each) => each.width > 4 && each.height > 4);
  if (!box || at === document.body) return { isThere: at === wanted, hidden: "" };
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
  const isSeen = points.some(([x, y]) => {
    const seen = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    return seen && (at.contains(seen) || seen.contains(at) || at.labels?.[0]?.contains(seen));
  });
  return { isThere: at === wanted, hidden: isSeen ? "" : at.outerHTML.slice(0, 160) };
}"""
"""Whether the wanted element has the focus, and what has it if that lies under something else or outside the window (WCAG 2.4.11)."""


def tab_to(wanted: Locator, *, key: str = "Tab") -> None:
    """Press Tab until the element has the focus, which has to be seen wherever it is on the way."""
    page = wanted.page
    wanted.wait_for()
    for _ in range(MOST_TABS):
        looked = wanted.evaluate(LOOK)
        assert not looked["hidden"], looked["hidden"]
        if looked["isThere"]:
            return
        page.keyboard.press(key)
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
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.partition("#")[0] == address.partition("#")[0])
    press(page.locator(".skip-link"))


def pick(group: Locator, n: int) -> None:
    """Go to a group of radio buttons by Tab, which leads to its first, and choose the one `n` places further by arrow keys."""
    tab_to(group.locator("input[type=radio]").first)
    for _ in range(n):
        group.page.keyboard.press("ArrowDown")


def write(wanted: Locator, text: str) -> None:
    """Go to the field by Tab, and type into it."""
    tab_to(wanted)
    wanted.page.keyboard.type(text)


def choose_next(wanted: Locator, n: int = 1) -> None:
    """Go to the drop-down by Tab, and move to a later choice by arrow keys."""
    tab_to(wanted)
    for _ in range(n):
        wanted.page.keyboard.press("ArrowDown")


def set_day(wanted: Locator) -> None:
    """Go to the date field by Tab, and give each of its parts a value by arrow keys, whatever their order."""
    tab_to(wanted)
    for key in ("ArrowUp", "ArrowRight", "ArrowUp", "ArrowRight", "ArrowUp"):
        wanted.page.keyboard.press(key)
