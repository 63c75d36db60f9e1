"""Pictures of pages: to look at, and to compare with those that were approved.

Only the carried Chromium draws alike everywhere, so only its pictures are compared, and only while it is the
version that drew the approved ones. ``RECORD_PICTURES=1`` approves what is drawn now.
"""

import io
import json
import os
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page

TAKEN = Path(__file__).parent / "screens"
APPROVED = Path(__file__).parent / "approved"
VERSION = APPROVED / "version.json"
_RECORDS = "RECORD_PICTURES"
_FAINT = 40
"""How much of 255 a pixel may differ by: the edges of letters depend on the processor."""
_STRAY = 60
"""Pixels that may differ by more; an icon of 12 by 12 that is missing is more than twice as many."""

_DRAWN = """
async () => {
  const waits = () => document.fonts.status !== "loaded" || [...document.images].some((one) => !one.complete);
  for (let turns = 0; waits() && turns < 500; turns += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
"""
"""Letters and pictures are there. Not waited for by the browser's library, which the page's policy stops."""


def shot(page: Page, name: str, *, hidden: tuple[Locator, ...] = (), frozen: bool = False) -> Path:
    """What is seen, without motion and caret; ``hidden`` is painted over, unless ``frozen`` times are too."""
    path = TAKEN / f"{name}.webp"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.evaluate(_DRAWN)
    covered = [*hidden] if frozen else [page.locator("time"), *hidden]
    drawn = page.screenshot(animations="disabled", caret="hide", mask=covered, mask_color="#808080")
    _opened(drawn).save(path, lossless=True, method=6 if os.environ.get(_RECORDS) else 0)
    return path


def compare(page: Page, name: str, *, hidden: tuple[Locator, ...] = (), frozen: bool = False) -> None:
    """AssertionError when the page does not look as was approved; the difference is beside the picture."""
    taken = shot(page, name, hidden=hidden, frozen=frozen)
    approved = APPROVED / f"{name}.webp"
    browser = page.context.browser
    version = browser.version if browser else "?"
    if os.environ.get(_RECORDS):
        approved.parent.mkdir(parents=True, exist_ok=True)
        approved.write_bytes(taken.read_bytes())
        VERSION.write_text(json.dumps({"chromium": version}) + "\n")
        return
    assert approved.is_file(), f"{approved} is missing: look at {taken}, then approve it by {_RECORDS}=1"
    before, now = _opened(approved.read_bytes()), _opened(taken.read_bytes())
    assert now.size == before.size, f"{name} was {before.size} and is {now.size}"
    if json.loads(VERSION.read_text())["chromium"] != version:
        return
    spots = differing(before, now)
    if (count := sum(spots.histogram()[1:])) > _STRAY:
        spots.save(taken.with_suffix(".difference.webp"), lossless=True)
        raise AssertionError(f"{count} pixels of {name} differ, within {spots.getbbox()}: look at {taken}")


def differing(one: Image.Image, other: Image.Image) -> Image.Image:
    """By how much the two differ beyond what the edges of letters do; black where they do not."""
    channels = ImageChops.difference(one, other).split()
    most = channels[0]
    for channel in channels[1:]:
        most = ImageChops.lighter(most, channel)
    return ImageChops.subtract(most, Image.new("L", most.size, _FAINT))


def require_room(page: Page) -> None:
    """AssertionError when the page is wider than its window, which no screen may be."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, f"the page is {wide} wide in a window of {window}"


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")
