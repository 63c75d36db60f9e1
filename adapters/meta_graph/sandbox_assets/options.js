import { begin } from "/assets/composer.js";
import { el } from "/assets/dom.js";
import { item } from "/assets/menu.js";
import { asked } from "/assets/sheet.js";
import { change, emoji, play, player, readAtOnce, readsAtOnce, shown } from "/assets/store.js";
import { word } from "/assets/words.js";

/** What the contact can do with a message. */
export function messageMenu(entry) {
  const { mid } = entry;
  if (!entry.by_contact) return [reactions(entry), item(word("reply"), () => begin({ kind: "reply", entry }))];
  const text = entry.text && !entry.postback;
  return [
    item(word("reply"), () => begin({ kind: "reply", entry })),
    text ? item(word("edit"), () => begin({ kind: "edit", entry })) : null,
    item(word("unsend"), () => play("unsends", { mid }), { className: "item bad" }),
    player().surface === "page" ? el("p", { className: "hint" }, word("unsendHint")) : null,
  ];
}

function reactions(entry) {
  const { mid, contact_reaction: given } = entry;
  const all = shown.state.phone.reactions.map((one) => {
    const taken = one.name === given;
    const label = word(taken ? "unreact" : "reactWith", { emoji: one.emoji });
    const react = () => play("reactions", { mid, reaction: taken ? null : one.name });
    return item(one.emoji, react, { className: "item emoji", aria: { label, pressed: String(taken) } });
  });
  if (given && !shown.state.phone.reactions.some((one) => one.name === given)) {
    const label = word("unreact", { emoji: emoji(given) });
    all.unshift(item(emoji(given), () => play("reactions", { mid, reaction: null }), { className: "item emoji", aria: { label, pressed: "true" } }));
  }
  return el("div", { className: "emojis" }, ...all);
}

/** What the contact, or the business in another app, can do with the conversation. */
export function openConversationMenu() {
  const contact = player();
  const reads = el("input", { type: "checkbox", checked: readsAtOnce(contact.id) });
  reads.onchange = () => readAtOnce(contact.id, reads.checked);
  return [
    el("label", { className: "choice" }, reads, el("span", {}, word("readAtOnce"))),
    item(word(contact.available ? "block" : "unblock"), () => change({ available: !contact.available })),
    item(word(contact.profile_shown ? "hideProfile" : "showProfile"), () => change({ profile_shown: !contact.profile_shown })),
    asked(word("elsewhere"), [["text", word("answer")]], word("answerSend"), ({ text }) => play("native-replies", { text })),
  ];
}
