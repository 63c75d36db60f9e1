"""What no screen may do to its words: cut them off where nobody can get at the rest."""

import time

from playwright.sync_api import Page

_CUT_OFF = """
() => {
  const words = "button, a, h1, h2, h3";
  const scrolls = (one) =>
    /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth;
  const inScroller = (one) => one !== null && (scrolls(one) || inScroller(one.parentElement));
  const isSeen = (one) => {
    const box = one.getBoundingClientRect();
    const isThere = box.width > 2 && box.height > 2 && box.bottom > 0 && box.top < innerHeight;
    return isThere && one.checkVisibility() && !one.closest("[hidden], [inert], [aria-hidden=true]");
  };
  const standsOut = (one) => {
    const { left, right } = one.getBoundingClientRect();
    return (left < -1 || right > innerWidth + 1) && !inScroller(one.parentElement);
  };
  const isCut = (one) => {
    const { overflowX, overflowY, textOverflow } = getComputedStyle(one);
    if (!one.matches(words) || textOverflow === "ellipsis") return false;
    const isWide = overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1;
    return isWide || (overflowY === "hidden" && one.scrollHeight > one.clientHeight + 1);
  };
  return [...document.querySelectorAll(`${words}, input, textarea, select, label, [role]`)]
    .filter((one) => isSeen(one) && (standsOut(one) || isCut(one)))
    .map((one) => one.outerHTML.slice(0, 160));
}
"""
_WIDE = "() => [document.documentElement.scrollWidth, innerWidth]"
_SOON = 2.0


def require_room_for_all(page: Page) -> None:
    """AssertionError when the page is wider than its window, or hides words.

    It has a moment for it: what floats beside a control follows it when the window changes.
    """
    ends = time.monotonic() + _SOON
    while True:
        wide, window = page.evaluate(_WIDE)
        cut = page.evaluate(_CUT_OFF)
        if wide <= window and not cut:
            return
        if time.monotonic() > ends:
            raise AssertionError("\n".join([f"{wide} wide in a window of {window}; cut off:", *cut]))
        page.wait_for_timeout(50)
