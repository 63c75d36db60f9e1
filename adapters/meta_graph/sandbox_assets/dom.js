export const $ = (id) => document.getElementById(id);

const painted = new Map();

export function el(tag, properties = {}, ...children) {
  const { dataset = {}, aria = {}, ...plain } = properties;
  const element = Object.assign(document.createElement(tag), plain);
  Object.assign(element.dataset, dataset);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function button(label, onclick, properties = {}) {
  return el("button", { type: "button", onclick, ...properties }, label);
}

/** What only a screen reader says. */
export function unseen(text) {
  return el("span", { className: "unseen" }, text);
}

/** Repaints a part only when what it shows has changed, so that focus and scroll stay. */
export function paint(id, value, children) {
  const key = JSON.stringify([document.documentElement.lang, value]);
  if (painted.get(id) === key) return false;
  painted.set(id, key);
  const had = $(id).contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  $(id).replaceChildren(...children());
  if (had) $(id).querySelector(`[data-key="${CSS.escape(had)}"]`)?.focus();
  return true;
}

/** A coloured round with the first letter of the name, as the profile's picture is coloured. */
export function face(name, id) {
  const letter = [...name.trim().replace(/^@/, "")][0] ?? "?";
  const picture = el("img", { src: `/media/avatar/${encodeURIComponent(id)}.png`, alt: "" });
  return el("span", { className: "face", aria: { hidden: "true" } }, picture, letter.toUpperCase());
}

export function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export function options(select, texts, chosen) {
  const kept = chosen ?? (select.options.length ? select.value : texts[0]?.[0]);
  select.replaceChildren(...texts.map(([value, text]) => el("option", { value }, text)));
  if (texts.some(([value]) => value === kept)) select.value = kept;
}
