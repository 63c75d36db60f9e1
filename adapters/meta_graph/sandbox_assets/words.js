import { english } from "/assets/words-en.js";
import { portuguese } from "/assets/words-pt.js";

let current = localStorage.getItem("language") === "en" ? english : portuguese;

/** The text of this name, with what stands in {braces} put in. */
export function word(name, given = {}) {
  return String(current[name]).replace(/\{(\w+)\}/g, (_, part) => given[part] ?? "");
}

/** One text of a group; what the group does not know is its own name. */
export function wordOf(group, name) {
  return current[group][name] ?? name;
}

export function language() {
  return current.language;
}

export function switchLanguage() {
  current = current === english ? portuguese : english;
  localStorage.setItem("language", current.language);
}

export function paintWords() {
  document.documentElement.lang = current.language;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.placeholder = word(element.dataset.hint);
  }
}

export function clock(at) {
  return new Date(at).toLocaleTimeString(current.language, { hour: "2-digit", minute: "2-digit" });
}

export function moment(at) {
  return new Date(at).toLocaleString(current.language, { dateStyle: "medium", timeStyle: "short" });
}
