import { act, call } from "/assets/api.js";
import { $, button, el, paint } from "/assets/dom.js";
import { shown } from "/assets/store.js";
import { word, wordOf } from "/assets/words.js";

function often(count) {
  if (count === null) return word("forever");
  return count === 1 ? word("once") : word("times", { count });
}

function planned({ endpoint, fault, count }) {
  const waits = fault.seconds ? `, ${fault.seconds} s` : "";
  const query = new URLSearchParams({ endpoint, kind: fault.kind });
  return {
    what: `${wordOf("endpoints", endpoint)}: ${wordOf("fault_kinds", fault.kind)[0]}${waits} (${often(count)})`,
    end: () => call("DELETE", `/faults?${query}`),
  };
}

function reigning({ endpoint, rate }) {
  return {
    what: word("chaosNow", { rate: Math.round(rate * 100) }),
    end: () => call("DELETE", `/chaos?${new URLSearchParams({ endpoint })}`),
  };
}

const USUAL = { copies_of_webhooks: 1, webhooks_lost: false, usage_percent: {}, regain_minutes: 0 };

function odd([name, value]) {
  return {
    what: wordOf("quirk_names", name).replace("{value}", value),
    end: () => call("PATCH", "/quirks", { [name]: USUAL[name] ?? null }),
  };
}

function all() {
  const { faults, chaos, quirks } = shown.state;
  return [...faults.map(planned), ...chaos.reigning.map(reigning), ...Object.entries(quirks).map(odd)];
}

function line(one) {
  const off = button("×", () => act(one.end), { className: "round", aria: { label: word("turnOff", { what: one.what }) } });
  return el("li", {}, el("span", {}, one.what), off);
}

/** Everything that is made to go wrong, where nobody can overlook it. */
export function paintBroken() {
  const broken = all();
  $("alarm").hidden = $("calm-here").hidden = $("faults-all").hidden = !broken.length;
  $("alarm-count").textContent = broken.length === 1 ? word("brokenOne") : word("broken", { count: broken.length });
  $("faults-all").textContent = String(broken.length);
  paint("active", broken.map((one) => one.what), () =>
    broken.length ? broken.map(line) : [el("li", { className: "fine" }, word("noFaults"))],
  );
}

export function calm() {
  return act(() => call("DELETE", "/troubles"));
}
