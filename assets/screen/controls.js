// Between Dash's components and the gate: what was edited goes there, what a reply says is shown.
import { set_props } from "../wire/channel.js";
import { gate } from "../wire/gate.js";

const PROPERTY = { switch: "checked" }; // of a kind, where it is not "value"

const known = new Map(); // "kind key" -> what the component shows
const wrong = new Set(); // keys of fields whose text could not be used: it stays, with the reason beside it
const latest = { rail: "", texts: {}, hidden: [], locked: [] };

// what Dash says has changed
export function heard(triggered) {
  for (const { prop_id, value } of triggered) {
    if (!prop_id.startsWith("{")) continue;
    const [[kind, key]] = Object.entries(JSON.parse(prop_id.slice(0, prop_id.lastIndexOf("}") + 1)));
    const news = value !== undefined && value !== null && known.get(`${kind} ${key}`) !== value;
    if (news) edited(kind, key, value);
  }
}

function edited(kind, key, value) {
  if (kind === "action" && !value) return;
  known.set(`${kind} ${key}`, value);
  if (wrong.delete(key)) {
    set_props({ number: key }, { error: null });
    known.delete(`number ${key}`);
  }
  if (key.startsWith("open.")) open_or_close(Number(key.slice(5)));
  else gate.edit(kind, key, value);
}

function open_or_close(slot) {
  gate.open = gate.open === slot ? null : slot;
  gate.refresh();
}

export function show_values(reply) {
  const rebuilt = reply.rail !== latest.rail;
  if (rebuilt) for (const one of [known, wrong]) one.clear();
  for (const key of Object.keys(reply.messages)) wrong.add(key);
  const { say, ...kinds } = reply.shown;
  for (const [kind, values] of Object.entries(kinds))
    for (const [key, value] of Object.entries(values)) show_value(kind, key, value, rebuilt);
  for (const [key, error] of Object.entries(reply.messages)) set_props({ number: key }, { error });
  Object.assign(latest, { rail: reply.rail, texts: say, hidden: reply.hide, locked: reply.lock });
  show_texts_and_areas();
}

function show_value(kind, key, value, rebuilt) {
  const name = `${kind} ${key}`;
  if (known.get(name) === value || (kind === "number" && wrong.has(key)) || is_moving(kind, key)) return;
  known.set(name, value);
  const element = document.getElementById(JSON.stringify({ [kind]: key }));
  const comes_with_the_rail = rebuilt && (!element || element.closest("#rail"));
  if (!comes_with_the_rail) set_props({ [kind]: key }, { [PROPERTY[kind] || "value"]: value });
}

const is_moving = (kind, key) =>
  kind === "slider" && gate.edits.some(([moved, which]) => moved === "slider" && which === key);

function show_texts_and_areas() {
  for (const element of document.querySelectorAll("[data-text]")) {
    const text = latest.texts[element.dataset.text] ?? "";
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of document.querySelectorAll("[data-area]")) {
    element.hidden = latest.hidden.includes(element.dataset.area);
    element.inert = latest.locked.includes(element.dataset.area);
  }
}

// Dash builds the rail anew after the reply that it came with
export function watch_rail(rail) {
  new MutationObserver(show_texts_and_areas).observe(rail, { childList: true, subtree: true });
}
