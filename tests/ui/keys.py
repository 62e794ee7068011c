"""Hands that only have a keyboard: what has the focus is always seen, and no mouse is ever used."""

from __future__ import annotations

from tests.browsers import comes_true
from tests.ui.consoles import Locator, Page, expect

_WATCH = """() => {
  window.byMouse = [];
  addEventListener('pointerdown', (event) => window.byMouse.push(event.target.outerHTML), true);
}"""

# Why nobody could see what has the focus; empty: it is in sight, uncovered, with a ring.
_UNSEEN = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return 'nothing';
  const name = one.outerHTML.slice(0, 160);
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return 'no ring: ' + name;
  const box = one.getBoundingClientRect();
  const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
  if (right <= left || bottom <= top) return 'not in sight: ' + name;
  const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return one.contains(there) ? '' : 'covered by ' + there?.outerHTML.slice(0, 80) + ': ' + name;
}"""


def hands_off_the_mouse(page: Page) -> None:
    """From here on every press of a mouse is noted."""
    page.evaluate(_WATCH)


def used_no_mouse(page: Page) -> bool:
    """Whether nothing was pressed by a mouse since `hands_off_the_mouse`."""
    pressed: list[str] = page.evaluate("window.byMouse")
    return pressed == []


def focus_is_seen(page: Page) -> None:
    """Something has the focus, in sight, with a ring around it."""

    def check() -> None:
        assert page.evaluate(_UNSEEN) == ""

    comes_true(check)


def at(page: Page, target: Locator) -> None:
    """The focus comes to be there, and is seen."""
    expect(target).to_be_focused()
    focus_is_seen(page)


def reach(page: Page, target: Locator, key: str = "Tab") -> None:
    """By Tab alone; every stop on the way is seen. Past the last one, nothing has the focus."""
    expect(target).to_be_visible()
    for _ in range(150):
        if target.evaluate("one => one === document.activeElement"):
            return focus_is_seen(page)
        page.keyboard.press(key)
        if page.evaluate(_UNSEEN) != "nothing":
            focus_is_seen(page)
    raise AssertionError("Tab does not get there")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Reach it, and press a key on it."""
    reach(page, target)
    page.keyboard.press(key)
