import { call } from "/assets/api.js";
import { bubble, quoted } from "/assets/bubble.js";
import { paintComposer } from "/assets/composer.js";
import { $, button, el, face, paint } from "/assets/dom.js";
import { openMenu } from "/assets/menu.js";
import { openConversationMenu } from "/assets/options.js";
import { accountOf, play, player, readsAtOnce, shown } from "/assets/store.js";
import { clock, word } from "/assets/words.js";

const rows = new Map();
const NEAR = 80;
let painted = null;
let heard = new Set();
let sticks = true;
let lastTop = 0;

function rowOf(entry) {
  const key = JSON.stringify([document.documentElement.lang, entry, quoted(entry), shown.state.phone.reactions.length]);
  const row = rows.get(entry.mid);
  if (row?.key === key) return row.node;
  const node = bubble(entry);
  rows.set(entry.mid, { key, node });
  return node;
}

function status() {
  const { thread, contact } = shown.state;
  const last = thread.at(-1);
  if (!last?.by_contact || last.unsent) return null;
  const seen = contact.seen_by_business_at && contact.seen_by_business_at >= last.at;
  return el("p", { className: "status" }, word(seen ? "seen" : "sent"));
}

function typing() {
  if (!shown.state.phone.typing) return null;
  const dots = el("span", { className: "dots", aria: { hidden: "true" } }, el("i"), el("i"), el("i"));
  return el("p", { className: "typing" }, dots, el("span", { className: "unseen" }, word("typing")));
}

/** Puts rows in their places and leaves those alone that have not changed. */
function place(wanted) {
  const thread = $("thread");
  wanted.forEach((node, index) => {
    if (thread.children[index] !== node) thread.insertBefore(node, thread.children[index] ?? null);
  });
  while (thread.children.length > wanted.length) thread.lastElementChild.remove();
}

/** The message whose row has the focus, which a row that takes its place is given back. */
function focused() {
  const at = document.activeElement;
  return $("thread").contains(at) ? at.closest("article")?.dataset.mid : undefined;
}

/** Says what the business wrote, for those who do not see the screen. */
function announce(thread) {
  const news = thread.filter((entry) => !entry.by_contact && !heard.has(entry.mid));
  if (painted === shown.contact && news.length) {
    $("said").textContent = news.map((entry) => `${$("phone-name").textContent}: ${entry.text ?? word("attachment")}`).join(". ");
  }
  heard = new Set(thread.map((entry) => entry.mid));
}

function paintThread() {
  const { thread } = shown.state;
  const other = painted !== shown.contact;
  if (other) rows.clear();
  const own = !other && thread.at(-1)?.by_contact && !rows.has(thread.at(-1).mid);
  const nodes = thread.map(rowOf);
  const nothing = thread.length ? null : el("p", { className: "hint nothing" }, shown.state.phone.offers.greeting ?? word("empty"));
  const had = focused();
  place([nothing, ...nodes, status(), typing()].filter(Boolean));
  if (had && focused() !== had) rows.get(had)?.node.querySelector(".more")?.focus();
  announce(thread);
  sticks = sticks || other || own;
  if (sticks) $("thread").scrollTop = $("thread").scrollHeight;
  painted = shown.contact;
}

function press(title, payload) {
  return button(title, () => play("postbacks", { payload, title }), { className: "offer", dataset: { key: payload } });
}

/** What can be pressed below the thread: quick replies, or what begins a conversation. */
function offers() {
  const { thread, phone } = shown.state;
  if (!thread.length) {
    const asked = phone.offers.ice_breakers.map((one) => press(one.question, one.payload));
    return phone.offers.get_started ? [press(word("start"), phone.offers.get_started), ...asked] : asked;
  }
  const last = thread.at(-1);
  return (last.by_contact ? [] : last.quick_replies).map((one) => {
    const title = one.title || (one.content_type === "user_email" ? "cliente@example.com" : "+55 11 90000-0000");
    const answer = { text: title, quick_reply: one.payload || title };
    return button(title, () => play("messages", answer), { className: "offer", dataset: { key: title } });
  });
}

export function paintPhone() {
  const contact = player();
  $("phone").dataset.surface = contact?.surface ?? "none";
  $("phone").classList.toggle("empty", !contact);
  $("more").hidden = !contact;
  const account = contact && accountOf(contact);
  paint("phone-picture", account?.id, () => (account ? [face(account.name, account.id)] : []));
  $("phone-name").textContent = account?.name ?? word("choose");
  $("phone-account").textContent = contact ? (contact.surface === "page" ? "Messenger" : "Instagram") : "";
  $("bar-owner").textContent = contact ? contact.name : "";
  if (contact) paintThread();
  else place([el("p", { className: "hint nothing" }, word("nobody"))]);
  paint("offers", contact ? [contact.id, shown.state.thread.at(-1), shown.state.phone.offers] : null, () => (contact ? offers() : []));
  paintComposer();
}

export function paintTime() {
  $("bar-time").textContent = clock(shown.state.now);
}

/** A phone that is on has received everything; who looks at a conversation has read it. Whether that was news. */
export async function notice() {
  const looks = !document.hidden && $("phone").getClientRects().length > 0;
  const calls = [];
  for (const one of shown.state.contacts.filter((contact) => readsAtOnce(contact.id))) {
    if (one.unreceived) calls.push(`/contacts/${one.id}/deliveries`);
    if (one.unread && looks && one.id === shown.contact) calls.push(`/contacts/${one.id}/reads`);
  }
  for (const path of calls) await call("POST", path);
  return calls.length > 0;
}

export function startPhone() {
  const thread = $("thread");
  thread.onscroll = () => {
    const near = thread.scrollHeight - thread.scrollTop - thread.clientHeight < NEAR;
    sticks = near || (sticks && thread.scrollTop >= lastTop);
    lastTop = thread.scrollTop;
  };
  const keepDown = () => sticks && (thread.scrollTop = thread.scrollHeight);
  thread.addEventListener("load", keepDown, true);
  new ResizeObserver(keepDown).observe(thread);
  $("more").onclick = () => openMenu($("more"), word("more"), openConversationMenu());
}
