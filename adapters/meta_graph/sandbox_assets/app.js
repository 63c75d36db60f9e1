import { paintWords, switchLanguage, word } from "/assets/words.js";

const $ = (id) => document.getElementById(id);
const shown = new Map();
let state = null;
let account = localStorage.getItem("account");
let contact = localStorage.getItem("contact");
let noticed = "";

function el(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

async function call(method, path, body) {
  const json = body !== undefined && !(body instanceof Blob);
  const answer = await fetch(`/sandbox${path}`, {
    method,
    headers: json ? { "Content-Type": "application/json" } : {},
    body: json ? JSON.stringify(body) : body,
  });
  const text = await answer.text();
  const content = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(content?.detail ?? String(answer.status));
  return content;
}

async function act(...calls) {
  try {
    for (const one of calls) await call(...one);
    $("problem").textContent = "";
    await refresh();
  } catch (error) {
    $("problem").textContent = error.message;
  }
}

const asContact = (what, body) => act(["POST", `/contacts/${contact}/${what}`, body]);

/** Repaints a part only when what it shows has changed, so that focus and scroll stay. */
function paint(id, value, children) {
  const key = JSON.stringify([document.documentElement.lang, value]);
  if (shown.get(id) === key) return false;
  shown.set(id, key);
  $(id).replaceChildren(...children());
  return true;
}

function webAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function button(label, onclick) {
  return el("button", { type: "button", onclick }, label);
}

function templateButton(one) {
  const href = one.type === "web_url" ? webAddress(one.url) : null;
  if (href) return el("a", { href, target: "_blank", rel: "noreferrer noopener", className: "button" }, one.title);
  return button(one.title, () => asContact("postbacks", { payload: one.payload, title: one.title }));
}

function card(one) {
  const url = webAddress(one.image_url ?? (one.media_type === "image" ? one.url : null));
  return el(
    "div",
    { className: "card" },
    url ? el("img", { src: url, alt: "" }) : null,
    el("strong", {}, one.title ?? one.id ?? one.media_type ?? ""),
    el("span", {}, one.subtitle ?? ""),
    ...(one.buttons ?? []).map(templateButton),
  );
}

function attachment(file) {
  const content = file.payload ?? {};
  const url = webAddress(content.url);
  if (["image", "sticker"].includes(file.type) && url) return el("img", { src: url, alt: word("attachment") });
  if (file.type === "template") {
    return el(
      "div",
      {},
      el("p", {}, content.text ?? content.name ?? ""),
      ...(content.buttons ?? []).map(templateButton),
      ...(content.elements ?? []).map(card),
    );
  }
  if (url) return el("a", { href: url, target: "_blank", rel: "noreferrer noopener" }, `${word("attachment")}: ${file.type}`);
  return el("span", {}, file.type === "like_heart" ? "❤️" : `${word("attachment")}: ${file.type}`);
}

function actions(entry) {
  if (entry.unsent) return null;
  const reacted = entry.contact_reaction !== null;
  const reaction = { mid: entry.mid, reaction: reacted ? null : "love" };
  return el(
    "div",
    { className: "small" },
    entry.by_contact
      ? button(word("unsend"), () => asContact("unsends", { mid: entry.mid }))
      : button(word(reacted ? "unreact" : "react"), () => asContact("reactions", reaction)),
  );
}

function bubble(entry) {
  const reactions = [entry.contact_reaction && "❤️", entry.business_reaction].filter(Boolean).join(" ");
  const time = new Date(entry.at).toLocaleString(word("language"), { dateStyle: "short", timeStyle: "short" });
  return el(
    "article",
    { className: entry.by_contact ? "mine" : "theirs" },
    entry.unsent ? el("em", {}, word("unsent")) : el("p", {}, entry.text ?? ""),
    ...entry.attachments.map(attachment),
    el("small", {}, [time, entry.edits ? word("edited") : "", reactions].filter(Boolean).join(" · ")),
    actions(entry),
  );
}

function quickReplies() {
  const last = state.thread.at(-1);
  if (!last || last.by_contact) return [];
  return last.quick_replies.map((one) =>
    button(one.title, () => asContact("messages", { text: one.title, quick_reply: one.payload ?? "" })),
  );
}

function paintTalk() {
  const known = state.contact;
  $("composer").hidden = !known;
  $("talk-title").textContent = known ? known.name : word("choose");
  const moved = paint("thread", [contact, state.thread], () =>
    state.thread.length || !known ? state.thread.map(bubble) : [el("p", { className: "hint" }, word("empty"))],
  );
  if (moved) $("thread").scrollTop = $("thread").scrollHeight;
  paint("replies", state.thread.at(-1) ?? null, quickReplies);
  const last = state.thread.at(-1);
  const seen = known?.seen_by_business_at && last?.by_contact && known.seen_by_business_at >= last.at;
  $("status").textContent = known?.typing_shown ? word("typing") : seen ? word("seen") : "";
}

function paintWho() {
  if (!state.accounts.some((one) => one.id === account)) account = state.accounts[0]?.id ?? null;
  const label = (one) => `${one.name} (${one.surface === "page" ? "Messenger" : "Instagram"})`;
  paint("account", state.accounts.map(label), () =>
    state.accounts.map((one) => el("option", { value: one.id }, label(one))),
  );
  $("account").value = account;
  const heard = state.accounts.find((one) => one.id === account)?.heard;
  $("heard").textContent = word(heard ? "heard" : "unheard");
  const people = state.contacts.filter((one) => one.account_id === account);
  paint("contacts", [contact, people.map((one) => [one.id, one.name, one.last])], () =>
    people.map((one) => {
      const chosen = button(one.name, () => choose(one.id));
      if (one.id === contact) chosen.setAttribute("aria-current", "true");
      return el("li", {}, chosen, el("small", {}, one.last ?? ""));
    }),
  );
}

function paintWrong() {
  const [endpoint, kind] = ["endpoint", "kind"].map((name) => $("new-fault").elements[name]);
  if (!endpoint.options.length) {
    endpoint.append(...state.endpoints.map((name) => el("option", {}, name)));
    kind.append(...state.fault_kinds.map((name) => el("option", {}, name)));
    endpoint.value = "messages";
  }
  paint("faults", state.faults, () =>
    state.faults.length
      ? state.faults.map((one) => {
          const often = one.count === null ? word("forever") : `${one.count} ${word("times")}`;
          return el("li", {}, `${one.endpoint}: ${one.fault.kind} (${often})`);
        })
      : [el("li", {}, word("noFaults"))],
  );
  $("now").textContent = new Date(state.now).toLocaleString(word("language"));
  const outcomes = { waiting: word("waiting"), "no callback": word("noCallback") };
  paint("deliveries", state.deliveries, () =>
    state.deliveries.length
      ? state.deliveries
          .toReversed()
          .map((one) =>
            el("li", {}, `#${one.number} ${one.object}: ${outcomes[one.outcome] ?? one.outcome} (${one.tries} ${word("tries")})`),
          )
      : [el("li", {}, word("noDeliveries"))],
  );
}

/** A person who looks at the screen has received and read what is on it. */
async function notice() {
  const last = state.thread.findLast((entry) => !entry.by_contact);
  if (!last || document.hidden || noticed === last.mid) return;
  noticed = last.mid;
  await call("POST", `/contacts/${contact}/deliveries`);
  await call("POST", `/contacts/${contact}/reads`);
}

async function refresh() {
  const query = contact ? `?contact=${encodeURIComponent(contact)}` : "";
  state = await call("GET", `/state${query}`);
  paintWho();
  paintTalk();
  paintWrong();
  await notice();
}

async function choose(id) {
  contact = id;
  noticed = "";
  localStorage.setItem("contact", id);
  await act();
}

function repaintAll() {
  paintWords();
  $("language").textContent = word("other");
}

$("language").onclick = async () => {
  switchLanguage();
  repaintAll();
  await act();
};
$("account").onchange = async () => {
  account = $("account").value;
  contact = null;
  localStorage.setItem("account", account);
  localStorage.removeItem("contact");
  await act();
};
$("new-contact").onsubmit = async (event) => {
  event.preventDefault();
  const name = event.target.elements.name.value.trim();
  if (!name) return;
  event.target.reset();
  try {
    const made = await call("POST", "/contacts", { account_id: account, name });
    await choose(made.id);
  } catch (error) {
    $("problem").textContent = error.message;
  }
};
$("composer").onsubmit = async (event) => {
  event.preventDefault();
  const text = event.target.elements.text.value.trim();
  if (!text) return;
  event.target.reset();
  await asContact("messages", { text });
};
$("photo").onchange = async () => {
  const file = $("photo").files[0];
  if (!file) return;
  $("photo").value = "";
  try {
    const { url } = await call("POST", "/media", file);
    await asContact("messages", { image_url: url });
  } catch (error) {
    $("problem").textContent = error.message;
  }
};
$("new-fault").onsubmit = async (event) => {
  event.preventDefault();
  const { endpoint, kind, count, seconds } = event.target.elements;
  const body = { endpoint: endpoint.value, kind: kind.value, seconds: Number(seconds.value) };
  await act(["POST", "/faults", { ...body, count: count.value ? Number(count.value) : null }]);
};
$("present").onclick = () => act(["DELETE", "/clock"]);
$("clear-faults").onclick = () => act(["DELETE", "/faults"]);
for (const travel of document.querySelectorAll("[data-advance]")) {
  travel.onclick = () => act(["POST", "/clock", { advance_seconds: Number(travel.dataset.advance) }]);
}

async function poll() {
  try {
    await refresh();
    if ($("problem").textContent === word("offline")) $("problem").textContent = "";
  } catch {
    $("problem").textContent = word("offline");
  }
  setTimeout(poll, 1000);
}

repaintAll();
poll();
