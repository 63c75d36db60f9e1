import { $, button, el, unseen } from "/assets/dom.js";
import { openMenu } from "/assets/menu.js";
import { messageMenu } from "/assets/options.js";
import { picture, shownParts } from "/assets/parts.js";
import { emoji, shown } from "/assets/store.js";
import { moment, word, wordOf } from "/assets/words.js";

const SHORT = 80;

export function brief(entry) {
  if (entry.unsent) return word("unsent");
  const text = entry.text ?? wordOf("kinds_of_files", entry.attachments[0]?.type ?? "");
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
}

/** The message that this one answers, in short. */
export function quoted(entry) {
  const answered = shown.state.thread.find((one) => one.mid === entry.reply_to);
  return answered ? brief(answered) : null;
}

function quote(entry) {
  if (entry.unsent) return null;
  if (entry.story) {
    return el("div", { className: "quote story" }, el("small", {}, word("storyReplied")), picture(entry.story.url, word("story")));
  }
  const text = quoted(entry);
  return text === null ? null : el("div", { className: "quote" }, word("repliedTo", { text }));
}

function linked(text) {
  return text.split(/(https?:\/\/[^\s]+)/g).map((part, index) =>
    index % 2 ? el("a", { href: part, target: "_blank", rel: "noreferrer noopener" }, part) : part,
  );
}

function said(entry) {
  if (entry.unsent) return [el("p", { className: "words gone" }, word("unsent"))];
  const parts = shownParts(entry);
  return entry.text ? [el("p", { className: "words" }, ...linked(entry.text)), ...parts] : parts;
}

function reactions(entry) {
  const given = [entry.contact_reaction && emoji(entry.contact_reaction), entry.business_reaction].filter(Boolean);
  return given.length ? el("span", { className: "reactions" }, given.join(" ")) : null;
}

export function bubble(entry) {
  const more = button("⋯", () => openMenu(more, word("options", { text: brief(entry) }), messageMenu(entry)), {
    className: "more",
    aria: { label: word("options", { text: brief(entry) }), haspopup: "dialog" },
  });
  const who = entry.by_contact ? word("you") : $("phone-name").textContent;
  const row = el(
    "article",
    { className: `row ${entry.by_contact ? "mine" : "theirs"}`, title: moment(entry.at), dataset: { mid: entry.mid } },
    unseen(`${who}: `),
    quote(entry),
    el("div", { className: "said" }, el("div", { className: "bubble" }, ...said(entry)), entry.unsent ? null : more),
    reactions(entry),
    entry.edits && !entry.unsent ? el("small", { className: "edited" }, word("edited")) : null,
  );
  row.oncontextmenu = (event) => {
    if (entry.unsent || event.target.closest("a")) return;
    event.preventDefault();
    more.click();
  };
  return row;
}
