import { act, call } from "/assets/api.js";
import { $, el, paint } from "/assets/dom.js";
import { paintTime } from "/assets/phone.js";
import { shown } from "/assets/store.js";
import { moment, word, wordOf } from "/assets/words.js";

let changing = 0;

function delivery(one) {
  const outcome = wordOf("outcomes", one.outcome);
  const fine = one.outcome === "200" || one.outcome === "waiting";
  return el("li", { className: fine ? "" : "bad" }, word("delivered", { number: one.number, outcome, tries: one.tries }));
}

/** Meta's clock, and how the webhooks fared. */
export function paintMeta() {
  const { now, ahead_seconds: ahead, deliveries, quirks } = shown.state;
  $("now").textContent = moment(now);
  $("ahead").textContent = ahead ? word("ahead", { hours: Math.round(ahead / 3600) }) : "";
  if (changing === 0) paintQuirks(quirks);
  paintTime();
  paint("deliveries", deliveries, () =>
    deliveries.length ? deliveries.toReversed().map(delivery) : [el("li", {}, word("noDeliveries"))],
  );
}

/** But not while one is changed: an answer from before would take back what was just ticked. */
function paintQuirks(quirks) {
  $("webhooks-lost").checked = quirks.webhooks_lost === true;
  $("webhooks-twice").checked = quirks.copies_of_webhooks > 1;
}

async function change(quirks) {
  changing += 1;
  try {
    await call("PATCH", "/quirks", quirks);
  } finally {
    changing -= 1;
  }
}

export function startMeta() {
  const quirk = (body) => act(() => change(body));
  $("webhooks-lost").onchange = (event) => quirk({ webhooks_lost: event.target.checked });
  $("webhooks-twice").onchange = (event) => quirk({ copies_of_webhooks: event.target.checked ? 2 : 1 });
  $("repeat").onclick = () => act(() => call("POST", "/webhooks/repeat", { count: 1 }));
  $("revoke").onclick = () => confirm(word("revokeSure")) && act(() => call("POST", "/tokens/revoke", {}));
  $("present").onclick = () => act(() => call("DELETE", "/clock"));
  for (const one of document.querySelectorAll("[data-advance]")) {
    one.onclick = () => act(() => call("POST", "/clock", { advance_seconds: Number(one.dataset.advance) }));
  }
}
