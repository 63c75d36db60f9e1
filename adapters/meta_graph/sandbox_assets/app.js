import { after, call, complain, content } from "/assets/api.js";
import { paintBroken } from "/assets/broken.js";
import { startComposer } from "/assets/composer.js";
import { $ } from "/assets/dom.js";
import { paintFaults, startFaults } from "/assets/faults.js";
import { paintMeta, startMeta } from "/assets/meta.js";
import { paintPeople, startPeople } from "/assets/people.js";
import { notice, paintPhone, startPhone } from "/assets/phone.js";
import { show, shown } from "/assets/store.js";
import { paintWords, switchLanguage, word } from "/assets/words.js";

const EVERY = 700;
let known = "";
let asked = 0;

function paintAll() {
  paintPeople();
  paintPhone();
  paintBroken();
  paintFaults();
  paintMeta();
}

/** Asks for what is new; an answer that a later question has overtaken is not shown. */
async function refresh() {
  const turn = ++asked;
  const query = new URLSearchParams({ contact: shown.contact ?? "", known });
  const answer = await call("GET", `/state?${query}`);
  if (turn !== asked) return;
  known = answer.version;
  if (answer.accounts) shown.state = answer;
  else shown.state.now = answer.now;
  if (answer.accounts) paintAll();
  else paintMeta();
  if (await notice()) await refresh();
}

async function look() {
  try {
    await refresh();
    content("poll");
  } catch {
    complain(word("offline"), "poll");
  }
}

async function poll() {
  if (!document.hidden) await look();
  setTimeout(poll, EVERY);
}

function repaintWords() {
  paintWords();
  $("language").textContent = word("other");
  $("language").lang = word("language") === "en" ? "pt-BR" : "en";
}

repaintWords();
startPeople();
startPhone();
startComposer();
startFaults();
startMeta();
for (const one of document.querySelectorAll("button[data-view]")) one.onclick = () => show(one.dataset.view);
$("language").onclick = () => {
  switchLanguage();
  repaintWords();
  paintAll();
};
after.look = look;
document.addEventListener("visibilitychange", () => !document.hidden && look());
show(shown.contact ? "phone" : "people");
poll();
