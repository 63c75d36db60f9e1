"""How a browser draws the elements of a page: what a style of somebody else's would change."""

from playwright.sync_api import Locator

Looks = dict[str, dict[str, str]]
"""What is drawn how, by the way to each element."""
_SIDES = ("top", "right", "bottom", "left")
LOOKS = (
    *("color", "background-color", "background-image", "opacity", "box-shadow", "box-sizing", "cursor"),
    *(
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "line-height",
        "letter-spacing",
        "word-spacing",
    ),
    *(
        "text-transform",
        "text-align",
        "text-indent",
        "direction",
        "text-decoration-line",
        "text-shadow",
        "white-space",
    ),
    *(
        "list-style-type",
        "display",
        "position",
        "float",
        "appearance",
        "vertical-align",
        "fill",
        "stroke",
        "stroke-width",
    ),
    *("border-top-left-radius", "border-bottom-right-radius", "outline-style", "transform", "filter"),
    *(f"border-{side}-{what}" for side in _SIDES for what in ("style", "width", "color")),
    *(f"{what}-{side}" for side in _SIDES for what in ("margin", "padding")),
)
_LOOK = """
(top, looks) => {
  const found = {};
  const look = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    // Gradients are named anew in every page.
    const value = (name) => style.getPropertyValue(name).replace(/url\\("#[^"]*"\\)/, "url(#)");
    return Object.fromEntries(looks.map((name) => [name, value(name)]));
  };
  const parts = (element) => [
    ...(element instanceof SVGElement ? [] : ["::before", "::after"]),
    ...(element.matches("input, textarea") ? ["::placeholder"] : []),
    ...(element.matches("dialog") ? ["::backdrop"] : []),
  ];
  const walk = (element, path) => {
    found[path] = look(element);
    for (const part of parts(element)) found[path + part] = look(element, part);
    [...element.children].forEach((child, at) => walk(child, `${path} > ${child.localName}:${at}`));
  };
  walk(top, top.localName);
  return found;
}
"""


def looks_of(top: Locator) -> Looks:
    """How this element and everything in it looks while nothing is pointed at or has the focus."""
    top.page.mouse.move(0, 0)
    top.page.evaluate("document.activeElement.blur()")
    found: Looks = top.evaluate(_LOOK, list(LOOKS))
    return found


def require_alike(here: Looks, there: Looks) -> None:
    """AssertionError that names what differs, and where."""
    assert list(here) == list(there), "not the same elements: " + str(set(here) ^ set(there))
    differing = [
        f"{way}: {name} is {here[way][name]} here and {there[way][name]} there"
        for way in here
        for name in here[way]
        if here[way][name] != there[way][name]
    ]
    assert not differing, f"{len(differing)} differ\n" + "\n".join(differing[:40])
