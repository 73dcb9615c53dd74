"""A newcomer who has no mouse: goes to everything by Tab, and presses, chooses and writes by keys; the focus is seen on all the way."""

from itertools import permutations

from playwright.sync_api import ElementHandle

from tests.browser.access.keyboard import LOOK, MOST_TABS, PLACES, catch_choosers, open_chooser
from tests.browser.newcomer import (
    FIND_CHOICE,
    FIND_CONTROL,
    FIND_FIELD,
    KEEP_TO_FORM,
    LEAVES,
    PICTURE,
    REDRAWN,
    WRITTEN_INTO,
    Newcomer,
    written,
)

KIND = "element => element.type || element.tagName.toLowerCase()"
PARTS = {"date": 3, "datetime-local": 5}
"""Of how many parts the fields of days and times consist."""


class ByKeys(Newcomer):
    """Somebody at a page with a keyboard."""

    def __post_init__(self) -> None:
        catch_choosers(self.page)

    def reach(self, element: ElementHandle) -> bool:
        """Whether the element is reached by Tab and, among radio buttons, arrow keys before it is drawn anew; the focus is always seen."""
        for _ in range(MOST_TABS):
            looked = element.evaluate(LOOK)
            assert not looked["hidden"], looked["hidden"]
            if looked["isThere"] or looked["isGone"]:
                return bool(looked["isThere"])
            self.page.keyboard.press("ArrowDown" if looked["isBeside"] else "Tab")
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {element.evaluate('each => each.outerHTML.slice(0, 200)')}")

    def choose(self, label: ElementHandle) -> bool:
        """Choose what a label stands beside by the space bar, unless going there has chosen it; false if it was drawn anew."""
        control = label.evaluate_handle("each => each.control || each").as_element()
        assert control is not None
        if not self.reach(control):
            return False
        if control.evaluate("each => each.type !== 'radio' || !each.checked"):
            self.page.keyboard.press("Space")
        return True

    def _click(self, word: str) -> bool:
        for _ in range(REDRAWN):
            element = self.find(FIND_CONTROL, word)
            element.evaluate(KEEP_TO_FORM)
            leaves = bool(element.evaluate(LEAVES))
            if element.evaluate("each => each.tagName === 'LABEL'"):
                if self.choose(element):
                    return leaves
            elif self.reach(element):
                self.page.keyboard.press("Enter")
                return leaves
        raise AssertionError(f"{word} is drawn anew again and again")

    def write(self, word: str, text: str) -> None:
        """Writes into the field of this name, or chooses there."""
        for _ in range(REDRAWN):
            element = self.find(FIND_FIELD, word)
            element.evaluate(KEEP_TO_FORM)
            if self.enter(element, word, written(text)):
                self.n_entries += 1
                return
        raise AssertionError(f"{word} is drawn anew again and again")

    def enter(self, element: ElementHandle, word: str, value: str) -> bool:
        """Whether the value was given to the field, before that was drawn anew."""
        kind = str(element.evaluate(KIND))
        if not (kind.startswith("select") or kind == "file" or kind in WRITTEN_INTO):
            choice = element.evaluate_handle(FIND_CHOICE, value).as_element()
            assert choice is not None, f"{word} offers no {value}"
            return self.choose(choice)
        if not self.reach(element):
            return False
        if kind.startswith("select"):
            self.pick(element, word, value)
        elif kind == "file":
            open_chooser(self.page).set_files({"name": value, "mimeType": "image/jpeg", "buffer": PICTURE})
        elif kind in PARTS:
            self.enter_day(element, value, PARTS[kind])
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(value)
        return True

    def pick(self, element: ElementHandle, word: str, text: str) -> None:
        """Choose in a drop-down that has the focus by arrow keys."""
        at, place = element.evaluate(PLACES, text)
        assert place >= 0, f"{word} offers no {text}"
        for _ in range(abs(place - at)):
            self.page.keyboard.press("ArrowDown" if place > at else "ArrowUp")
        assert element.evaluate(PLACES, text)[0] == place, word

    def enter_day(self, element: ElementHandle, value: str, n_parts: int) -> None:
        """Type a day, and the time of it where there is one, in the order in which this browser has the parts."""
        year, month, day, *clock = value.replace("T", "-").replace(":", "-").split("-")
        for order in permutations((f"{year}>", month, day)):
            self.page.keyboard.press("Control+a")
            self.page.keyboard.press("Backspace")
            for _ in range(n_parts + 1):
                self.page.keyboard.press("ArrowLeft")
            for part in (*order, *clock, *("a" if clock else "")):
                self.page.keyboard.type(part.removesuffix(">"))
                if part.endswith(">"):
                    self.page.keyboard.press("ArrowRight")
            if element.input_value() == value:
                return
        raise AssertionError(f"{value} cannot be typed, but only {element.input_value()}")
