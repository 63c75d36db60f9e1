import { $, button } from "/assets/dom.js";

const menu = $("menu");
const GAP = 6;
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

let beside = null;

function place() {
  if (!beside?.isConnected || !menu.matches(":popover-open")) return;
  const at = beside.getBoundingClientRect();
  const screen = (beside.closest(".device") ?? document.body).getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + GAP + height <= innerHeight;
  const top = below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - height);
  menu.style.top = `${Math.max(GAP, Math.min(top, innerHeight - height - GAP))}px`;
  menu.style.left = `${Math.max(GAP, Math.min(at.left, screen.right - width - 2 * GAP))}px`;
}

/** Shows what can be done beside what was pressed; Escape or a press elsewhere closes it. */
export function openMenu(anchor, label, children) {
  if (menu.matches(":popover-open")) menu.hidePopover();
  menu.setAttribute("aria-label", label);
  menu.replaceChildren(...children.filter(Boolean));
  beside = anchor;
  menu.showPopover();
  place();
  menu.querySelector("button, input, summary")?.focus();
}

export function closeMenu() {
  if (menu.matches(":popover-open")) menu.hidePopover();
}

/** An entry of the menu, which closes with it. */
export function item(label, does, properties = {}) {
  return button(label, () => (closeMenu(), does()), { className: "item", ...properties });
}

new ResizeObserver(place).observe(menu);
menu.onkeydown = (event) => {
  const step = STEPS[event.key];
  if (!step || event.target.matches("input, select")) return;
  const all = [...menu.querySelectorAll("button, summary, input, label[tabindex]")].filter((one) => one.getClientRects().length);
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
  event.preventDefault();
  next?.focus();
};
