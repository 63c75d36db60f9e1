import { button, el, webAddress } from "/assets/dom.js";
import { play } from "/assets/store.js";
import { word, wordOf } from "/assets/words.js";

export function picture(url, alt) {
  const src = webAddress(url);
  return src ? el("img", { src, alt, className: "photo", decoding: "async" }) : null;
}

function anchor(href, text, className = "") {
  return el("a", { href, target: "_blank", rel: "noreferrer noopener", className }, text);
}

/** A button of a template; pressing one is an act of the contact. */
function pressable(one) {
  const href = one.type === "web_url" ? webAddress(one.url) : null;
  if (href) return anchor(href, `${one.title} ↗`, "press");
  return button(one.title, () => play("postbacks", { payload: one.payload, title: one.title }), { className: "press" });
}

function card(one) {
  const url = webAddress(one.image_url ?? (one.media_type === "video" ? null : one.url));
  return el(
    "div",
    { className: "card-shown" },
    url ? el("img", { src: url, alt: "", className: "photo" }) : null,
    el("strong", {}, one.title ?? (one.id ? `#${one.id}` : "")),
    one.subtitle ? el("span", {}, one.subtitle) : null,
    ...(one.buttons ?? []).map(pressable),
  );
}

function template(content) {
  const cards = (content.elements ?? []).map(card);
  const text = content.text ?? content.name;
  return el(
    "div",
    { className: "template" },
    text ? el("p", { className: "words" }, text) : null,
    ...(content.buttons ?? []).map(pressable),
    cards.length ? el("div", { className: "cards", tabIndex: cards.length > 1 ? 0 : -1 }, ...cards) : null,
  );
}

function file(one) {
  const content = one.payload ?? {};
  const url = webAddress(content.url);
  const label = wordOf("kinds_of_files", one.type);
  if (one.type === "like_heart") return el("span", { className: "big" }, "❤️");
  if (one.type === "template") return template(content);
  if (url && ["image", "sticker"].includes(one.type)) return picture(url, label);
  if (url && one.type === "video") return el("video", { src: url, controls: true, className: "photo" });
  if (url && one.type === "audio") return el("audio", { src: url, controls: true });
  if (url && one.type === "story_mention") {
    return el("div", { className: "quote story" }, el("small", {}, word("storyMentioned")), picture(url, word("picture")));
  }
  const text = content.title ?? label;
  return el("p", { className: "words file" }, "📎 ", url ? anchor(url, text) : text);
}

export function shownParts(entry) {
  const parts = entry.attachments.map(file).filter(Boolean);
  if (parts.length || entry.text) return parts;
  return [el("p", { className: "words gone" }, word("attachment"))];
}
