import { act, call } from "/assets/api.js";
import { brief } from "/assets/bubble.js";
import { $ } from "/assets/dom.js";
import { openMenu } from "/assets/menu.js";
import { attachSheet } from "/assets/sheet.js";
import { player, shown } from "/assets/store.js";
import { word } from "/assets/words.js";

const box = $("text");
const drafts = new Map();
let about = null;
let owner = null;

/** Begins a reply, an edit or an answer to a story, which the next text then is. */
export function begin(what) {
  about = what;
  if (what.kind === "edit") box.value = what.entry.text;
  paintComposer();
  grow();
  box.focus();
}

function end() {
  if (about?.kind === "edit") box.value = "";
  about = null;
  paintComposer();
  grow();
}

function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 140)}px`;
}

function aboutText() {
  if (about.kind === "edit") return word("editing");
  return about.kind === "story" ? word("storyReplying") : word("replying", { text: brief(about.entry) });
}

/** Another contact has a draft of its own. */
function changeOwner() {
  if (owner === shown.contact) return;
  drafts.set(owner, box.value);
  owner = shown.contact;
  about = null;
  box.value = drafts.get(owner) ?? "";
  grow();
}

export function paintComposer() {
  if (player()) changeOwner();
  $("composer").hidden = !player()?.available;
  $("blocked").hidden = player()?.available !== false;
  $("about").hidden = !about;
  if (about) $("about-text").textContent = aboutText();
}

function written(text) {
  if (about?.kind === "edit") return ["edits", { mid: about.entry.mid, text }];
  if (about?.kind === "story") return ["story-replies", { text, story_id: about.story.id }];
  return ["messages", about ? { text, reply_to: about.entry.mid } : { text }];
}

async function send(event) {
  event.preventDefault();
  const text = box.value.trim();
  if (!text || !player()) return;
  const [what, body] = written(text);
  const before = { about, contact: shown.contact };
  box.value = "";
  end();
  const done = await act(() => call("POST", `/contacts/${before.contact}/${what}`, body));
  if (!done && before.contact === shown.contact && !box.value) {
    about = before.about;
    box.value = text;
    paintComposer();
    grow();
  }
}

export function startComposer() {
  $("composer").onsubmit = send;
  box.oninput = grow;
  box.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $("composer").requestSubmit();
    }
    if (event.key === "Escape" && about) end();
  };
  $("about-end").onclick = () => (end(), box.focus());
  $("add").onclick = async () => openMenu($("add"), word("add"), await attachSheet(begin));
}
