import { act, call } from "/assets/api.js";
import { button, el } from "/assets/dom.js";
import { closeMenu, item } from "/assets/menu.js";
import { play, player, shown } from "/assets/store.js";
import { word, wordOf } from "/assets/words.js";

const PHOTOS = ["image/png", "image/jpeg", "image/gif"];
let pictures = null;

/** Something that needs a few words first: a part that opens, with a form in it. */
export function asked(title, fields, does, then) {
  const inputs = fields.map(([name, label, value = ""]) => [
    el("label", {}, el("span", {}, label), el("input", { name, value, required: true, autocomplete: "off", maxLength: 1000 })),
  ]);
  const form = el("form", {}, ...inputs.flat(), el("button", { className: "main" }, does));
  form.onsubmit = (event) => {
    event.preventDefault();
    closeMenu();
    then(Object.fromEntries(new FormData(form)));
  };
  const opening = el("details", { className: "asked", name: "asked" }, el("summary", { className: "item" }, title), form);
  opening.ontoggle = () => opening.open && form.querySelector("input").focus();
  return opening;
}

function tile(one, label, does) {
  const picture = el("img", { src: one.url, alt: "" });
  return el("button", { type: "button", className: "tile", onclick: () => (closeMenu(), does()), aria: { label } }, picture);
}

function part(title, ...children) {
  return el("fieldset", {}, el("legend", {}, title), ...children);
}

async function sendFile(file) {
  const photo = PHOTOS.includes(file.type);
  const path = photo ? "/media" : `/media?${new URLSearchParams({ kind: file.type || "application/octet-stream" })}`;
  const kind = ["image", "video", "audio"].find((name) => file.type.startsWith(`${name}/`)) ?? "file";
  const contact = shown.contact;
  await act(async () => {
    const { url } = await call("POST", path, file);
    await call("POST", `/contacts/${contact}/messages`, { attachments: [{ type: kind, payload: { url } }] });
  });
}

function ownFile() {
  const input = el("input", { type: "file", hidden: true, accept: "image/*,video/*,audio/*,application/pdf" });
  input.onchange = () => input.files[0] && (closeMenu(), sendFile(input.files[0]));
  return el("div", {}, button(word("ownFile"), () => input.click(), { className: "item" }), input);
}

function storyParts(begin) {
  const { stories } = shown.state.phone;
  if (!stories.length) return [];
  const tiles = stories.map((story, index) =>
    tile(story, `${word("stories")}: ${index + 1}`, () => begin({ kind: "story", story })),
  );
  return [part(word("stories"), el("div", { className: "tiles" }, ...tiles)), item(word("mention"), () => play("story-mentions", {}))];
}

function menuOfAccount() {
  const items = shown.state.phone.offers.menu.filter((one) => one.type === "postback");
  const all = items.map((one) => item(one.title, () => play("postbacks", { payload: one.payload, title: one.title })));
  return all.length ? [part(word("menu"), ...all)] : [];
}

/** Everything that can be sent beside text. */
export async function attachSheet(begin) {
  pictures ??= await call("GET", "/pictures");
  const photos = pictures.map((one) =>
    tile(one, `${word("photos")}: ${wordOf("pictures", one.name)}`, () => play("messages", { image_url: one.url })),
  );
  const postback = [["title", word("postbackTitle"), word("start")], ["payload", word("postbackPayload"), "GET_STARTED"]];
  return [
    part(word("photos"), el("div", { className: "tiles" }, ...photos)),
    ownFile(),
    ...storyParts(begin),
    ...menuOfAccount(),
    asked(word("postback"), postback, word("press"), (body) => play("postbacks", body)),
    player() && asked(word("link"), [["ref", word("ref"), "outono"]], word("follow"), (body) => play("referrals", body)),
  ];
}
