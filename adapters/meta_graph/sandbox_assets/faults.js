import { act, call } from "/assets/api.js";
import { calm } from "/assets/broken.js";
import { $, el, options } from "/assets/dom.js";
import { shown } from "/assets/store.js";
import { language, word, wordOf } from "/assets/words.js";

const GROUPS = {
  slow: ["delay", "answer_late"],
  idle: ["refuse", "throttle", "drop", "html_503", "empty_500", "redirect"],
  done: ["accept_then_hang", "accept_then_reset", "accept_then_500", "accept_then_refuse", "bad_json", "drip", "bomb", "endless"],
  dead: ["token_dies"],
};
const WAITS = ["delay", "answer_late", "drip", "throttle"];
const ANSWERS = ["refuse", "accept_then_refuse"];
const CODES = ["2", "1", "10", "100", "190", "368", "551"];
const STATUS = { 190: 401, 10: 403, 1: 500, 2: 500 };
const form = $("new-fault");
const field = form.elements;
let painted = "";

function paintKinds() {
  const kept = field.kind.value;
  const groups = Object.entries(GROUPS).map(([group, kinds]) => {
    const known = kinds.filter((kind) => shown.state.fault_kinds.includes(kind));
    const texts = known.map((value) => el("option", { value }, wordOf("fault_kinds", value)[0]));
    return el("optgroup", { label: wordOf("fault_groups", group) }, ...texts);
  });
  field.kind.replaceChildren(...groups);
  if (kept) field.kind.value = kept;
}

function paintMeaning() {
  $("kind-means").textContent = wordOf("fault_kinds", field.kind.value)[1];
  $("seconds").hidden = !WAITS.includes(field.kind.value);
  $("code").hidden = !ANSWERS.includes(field.kind.value);
}

function paintForm() {
  const first = field.endpoint.options.length === 0;
  const known = shown.state.endpoints.map((name) => [name, wordOf("endpoints", name)]);
  options(field.endpoint, known, first ? "messages" : undefined);
  paintKinds();
  options(field.count, [["1", word("once")], ["3", word("times", { count: 3 })], ["10", word("times", { count: 10 })], ["", word("forever")]]);
  options(field.code, CODES.map((value) => [value, wordOf("codes", value)]));
  paintMeaning();
}

function paintRate() {
  $("chaos-rate").textContent = `${$("chaos").elements.rate.value}%`;
}

export function paintFaults() {
  if (painted !== language()) paintForm();
  painted = language();
  const met = Object.entries(shown.state.chaos.met).map(([kind, count]) => {
    const [name, code = ""] = kind.split(" ");
    return `${wordOf("fault_kinds", name)[0]}${code && ` ${code}`} ×${count}`;
  });
  $("chaos-met").textContent = met.length ? word("chaosMet", { met: met.join(", ") }) : "";
}

function asked() {
  const { endpoint, kind, count, seconds, code } = field;
  const body = { endpoint: endpoint.value, kind: kind.value, count: count.value ? Number(count.value) : null };
  if (WAITS.includes(kind.value)) body.seconds = Number(seconds.value);
  if (ANSWERS.includes(kind.value)) Object.assign(body, { code: Number(code.value), status: STATUS[code.value] ?? 400 });
  return body;
}

export function startFaults() {
  field.kind.onchange = paintMeaning;
  form.onsubmit = (event) => {
    event.preventDefault();
    act(() => call("POST", "/faults", asked()));
  };
  $("chaos").elements.rate.oninput = paintRate;
  $("chaos").onsubmit = (event) => {
    event.preventDefault();
    act(() => call("POST", "/chaos", { rate: Number($("chaos").elements.rate.value) / 100 }));
  };
  $("calm").onclick = $("calm-here").onclick = calm;
  paintRate();
}
