import { act, after, call } from "/assets/api.js";

const unhurried = new Set(JSON.parse(localStorage.getItem("unhurried") ?? "[]"));

/** What is shown: the sandbox's latest state, and who is played. */
export const shown = { state: null, contact: localStorage.getItem("contact") };

export function choose(id) {
  shown.contact = id;
  localStorage.setItem("contact", id);
  return after.look();
}

export function player() {
  return shown.state.contact;
}

/** Something that the contact who is played does. */
export function play(what, body, id = shown.contact) {
  return act(() => call("POST", `/contacts/${id}/${what}`, body));
}

export function change(body) {
  return act(() => call("PATCH", `/contacts/${shown.contact}`, body));
}

export function accountOf(contact) {
  return shown.state.accounts.find((one) => one.id === contact.account_id);
}

export function emoji(reaction) {
  return shown.state.phone?.reactions.find((one) => one.name === reaction)?.emoji ?? reaction;
}

export function readsAtOnce(id) {
  return !unhurried.has(id);
}

export function readAtOnce(id, yes) {
  if (yes) unhurried.delete(id);
  else unhurried.add(id);
  localStorage.setItem("unhurried", JSON.stringify([...unhurried]));
}

export function show(view) {
  document.body.dataset.view = view;
  for (const one of document.querySelectorAll("#views [data-view]")) {
    if (one.dataset.view === view) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
}
