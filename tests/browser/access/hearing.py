"""What a page says to a screen reader by itself: live regions as they change, and what the focus is moved to without a key for it."""

from collections.abc import Sequence

from playwright.sync_api import Page, TimeoutError

LISTEN = """() => {
  const LIVE = "[role=alert], [role=status], [role=log], [aria-live=polite], [aria-live=assertive], output";
  const text = (each) => (each.innerText ?? each.textContent ?? "").replace(/\\s+/g, " ").trim();
  const said = [];
  const say = (how, words) => {
    if (words && said.at(-1)?.words !== words) said.push({ how, words });
  };
  const regions = new Set();
  const tell = () => {
    for (const each of regions) if (each.isConnected && each.checkVisibility()) say(each.getAttribute("role") ?? "live", text(each));
    regions.clear();
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const at = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
      const around = at?.closest(LIVE);
      if (around) regions.add(around);
      for (const each of addedNodes)
        if (each.nodeType === Node.ELEMENT_NODE)
          for (const found of [each, ...each.querySelectorAll(LIVE)]) if (found.matches(LIVE)) regions.add(found);
    }
    tell();
  }).observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ["hidden", "class"] });
  document.addEventListener("focusin", ({ target }) => {
    const name = target.getAttribute("aria-label") ?? target.labels?.[0]?.innerText ?? target.innerText ?? "";
    say("focus", name.replace(/\\s+/g, " ").trim().slice(0, 200));
  });
  const isSaid = ([how, words]) => said.some((each) => each.how === how && each.words.includes(words));
  window.heard = (wanted) => wanted.every(isSaid) && said.splice(0);
}"""


def listen(page: Page) -> None:
    """Let every page that is opened from now on be listened to."""
    page.add_init_script(f"({LISTEN})()")


def heard(page: Page, wanted: Sequence[tuple[str, str]] = ()) -> list[dict[str, str]]:
    """What was said since the last time it was asked: `how` it came about, and the words.

    What is `wanted`, how and with which words in it, is waited for: a page says it when it has drawn it, which may be later than the page
    is seen. If it is not said at all, what was said instead is given.
    """
    said: list[dict[str, str]]
    try:
        said = page.wait_for_function("wanted => window.heard(wanted)", arg=wanted).json_value()
    except TimeoutError:
        said = page.evaluate("window.heard([])")
    return said
