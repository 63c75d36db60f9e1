import { act, call } from "/assets/api.js";
import { $, el, face, options, paint, unseen } from "/assets/dom.js";
import { choose, show, shown } from "/assets/store.js";
import { clock, word, wordOf } from "/assets/words.js";

const form = $("new-contact");

function service(one) {
  return one.surface === "page" ? "Messenger" : "Instagram";
}

function summary(contact) {
  const { latest } = contact;
  if (!latest) return "";
  const said = latest.unsent ? word("unsent") : (latest.text ?? wordOf("kinds_of_files", latest.attachments[0]?.type));
  return latest.by_contact ? `${word("you")}: ${said ?? ""}` : (said ?? "");
}

function person(contact) {
  const account = shown.state.accounts.find((one) => one.id === contact.account_id);
  const unread = contact.unread ? el("span", { className: "badge" }, String(contact.unread), unseen(word("unread"))) : null;
  const chosen = el(
    "button",
    { type: "button", className: "person", onclick: () => (choose(contact.id), show("phone")), dataset: { key: contact.id } },
    face(contact.name, contact.id),
    el("strong", {}, contact.name),
    el("small", { className: "when" }, contact.latest ? clock(contact.latest.at) : ""),
    el("small", { className: "of" }, `${service(contact)} · ${account?.name ?? contact.account_id}`),
    el("small", { className: "last" }, summary(contact)),
    unread,
  );
  if (contact.id === shown.contact) chosen.setAttribute("aria-current", "true");
  return el("li", { className: contact.unread ? "news" : "" }, chosen);
}

function newestFirst(one, other) {
  return (other.latest?.at ?? "").localeCompare(one.latest?.at ?? "");
}

function paintHeard() {
  const account = shown.state.accounts.find((one) => one.id === form.elements.account.value);
  $("heard").textContent = account ? word(account.heard ? "heard" : "unheard") : "";
}

function paintUnread() {
  const unread = shown.state.contacts.reduce((sum, one) => sum + one.unread, 0);
  $("unread-all").hidden = !unread;
  $("unread-all").textContent = String(unread);
  document.title = (unread ? `(${unread}) ` : "") + word("title");
}

export function paintPeople() {
  const { accounts, contacts } = shown.state;
  const labels = accounts.map((one) => [one.id, `${one.name} (${service(one)})`]);
  if (form.elements.account.options.length !== labels.length) {
    options(form.elements.account, labels, localStorage.getItem("account") ?? undefined);
  }
  paintHeard();
  paintUnread();
  const people = [...contacts].sort(newestFirst);
  paint("contacts", [shown.contact, people], () =>
    people.length ? people.map(person) : [el("li", { className: "hint" }, word("nobody"))],
  );
}

export function startPeople() {
  form.elements.account.onchange = () => {
    localStorage.setItem("account", form.elements.account.value);
    paintHeard();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const name = form.elements.name.value.trim();
    if (!name) return;
    act(async () => {
      const made = await call("POST", "/contacts", { account_id: form.elements.account.value, name });
      form.elements.name.value = "";
      show("phone");
      await choose(made.id);
      $("text").focus();
    });
  };
}
