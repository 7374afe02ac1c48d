// The platform's own elements, in the places that the page lays out for them: what is moved goes to the gate, what a
// reply says is shown. A place says in its data which control it is, and what its element needs to know.
import { gate } from "../wire/gate.js";
import { explain, make, put_out } from "./elements.js";

// kind -> place, spec -> { elements to put there, show(value), hear(listener) }
const KINDS = { slider, number: typed, text: typed, choice, switch: toggle };

const places = new Map(); // element -> { kind, key, place, control, shown, described }; a key may have several
const wrong = new Set(); // keys of fields whose text could not be used: it stays, with the reason beside it
const latest = { rail: "", shown: {}, offered: {}, hidden: [], moved: null };

// --- the kinds --------------------------------------------------------------------------------------------------------

function slider(_, { min, max, step, label }) {
  const range = make("input", { type: "range", min, max, step, "aria-label": label });
  const mark = () => range.style.setProperty("--done", `${(100 * (range.value - min)) / (max - min)}%`);
  range.addEventListener("input", mark);
  return {
    elements: [range],
    hear: (listener) => range.addEventListener("input", () => listener(Number(range.value))),
    show(position) {
      range.value = position;
      mark();
    },
    // a position means nothing: the value in its own units does
    describe: (value) => range.setAttribute("aria-valuetext", value),
  };
}

function typed(key, { label, length, example, done }) {
  const named = { "aria-label": label, autocomplete: "off", spellcheck: "false" };
  const field = done ? make("textarea", { ...named, rows: 3, placeholder: example }) : make("input", { ...named, type: "text" });
  const error = make("span", { class: "error", id: `error ${key}`.replaceAll(" ", "-"), hidden: "" });
  if (length) Object.assign(field, { maxLength: length, placeholder: "name" });
  else if (!done) field.inputMode = "decimal";
  field.setAttribute("aria-describedby", error.id);
  return {
    elements: done ? [field, error, finisher(field, done)] : [field, error],
    hear: (listener) => field.addEventListener("change", () => listener(field.value)),
    show: (value) => (field.value = value),
    complain(reason) {
      error.textContent = reason;
      error.hidden = !reason;
      if (reason) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    },
  };
}

// A text of several lines is done when it is pasted, or left: as for its button. The browser tells of a change when a
// field is left, and only once.
function finisher(field, done) {
  const finish = () => {
    field.blur();
    field.focus();
  };
  field.addEventListener("paste", () => setTimeout(finish, 0));
  field.addEventListener("keydown", (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && finish());
  return make("button", { type: "button", class: "plain small" }, done);
}

function choice(key, spec) {
  return spec.segments ? segments(key, spec) : menu(spec);
}

function menu({ label, groups, first, areas, changing }) {
  const option = ([value, text, title]) =>
    make("option", { value, ...(title && { title }), ...(areas && { "data-area": value }) }, text);
  const grouped = groups.map(([name, choices]) => make("optgroup", { label: name }, ...choices.map(option)));
  const select = make("select", { "aria-label": label }, ...(first ? [option(["", first])] : []), ...grouped);
  return {
    elements: [select],
    hear: (listener) => select.addEventListener("change", () => {
      listener(select.value);
      if (first) select.value = ""; // what is chosen here is done, not kept
    }),
    show: (value) => (select.value = value),
    ...(changing && { offer: (choices) => select.replaceChildren(...choices.map(option)) }),
  };
}

function segments(key, { label, segments: choices, areas }) {
  const radio = (value) => make("input", { type: "radio", name: key, value });
  const area = (value) => (areas ? { "data-area": value } : {});
  const labels = choices.map(([value, text]) => make("label", area(value), radio(value), make("span", {}, text)));
  const group = make("div", { class: "segments", role: "radiogroup", "aria-label": label }, ...labels);
  return {
    elements: [group],
    hear: (listener) => group.addEventListener("change", ({ target }) => listener(target.value)),
    show(value) {
      for (const one of group.querySelectorAll("input")) one.checked = one.value === value;
      reveal(group, group.querySelector(":checked")?.parentElement);
    },
  };
}

// where there is no room for all, the chosen one is in sight
function reveal(group, chosen) {
  if (!chosen || group.scrollWidth <= group.clientWidth) return;
  const left = chosen.offsetLeft - group.offsetLeft;
  group.scrollLeft = Math.min(Math.max(group.scrollLeft, left + chosen.offsetWidth - group.clientWidth), left);
}

function toggle(_, { label }) {
  const box = make("input", { type: "checkbox" });
  return {
    elements: [make("label", { class: "toggle" }, box, make("span", {}, label))],
    hear: (listener) => box.addEventListener("change", () => listener(box.checked)),
    show: (value) => (box.checked = value),
  };
}

// --- from the page to the gate ----------------------------------------------------------------------------------------

function fill(place) {
  const { control: kind, key, spec } = place.dataset;
  const control = KINDS[kind](key, JSON.parse(spec));
  place.replaceChildren(...control.elements);
  control.hear((value) => {
    latest.moved = place;
    edited(kind, key, value);
  });
  const known = { kind, key, place, control, shown: undefined, described: undefined };
  places.set(place, known);
  show_value(known);
}

const places_of = (kind, key) => [...places.values()].filter((known) => known.kind === kind && known.key === key);

function edited(kind, key, value) {
  for (const known of places_of(kind, key)) known.shown = undefined; // whatever the answer, it must be shown
  forgive(key);
  gate.edit(kind, key, value);
}

document.addEventListener("click", ({ target }) => {
  const key = target.closest?.("[data-action]:not([aria-disabled=true])")?.dataset.action;
  if (key?.startsWith("open.")) open_or_close(Number(key.slice(5)));
  else if (key) edited("action", key, 1);
});

function open_or_close(slot) {
  gate.open = gate.open === slot ? null : slot;
  gate.refresh();
}

// --- from a reply to the page -----------------------------------------------------------------------------------------

export function show_values(reply) {
  if (reply.rail !== latest.rail) wrong.clear();
  Object.assign(latest, { rail: reply.rail, shown: reply.shown });
  for (const [key, reason] of Object.entries(reply.messages)) complain(key, reason);
  for (const known of places.values()) show_value(known);
  show_texts();
}

// the choices of a menu that no reply knows
export function offer_choices(key, choices) {
  latest.offered[key] = choices;
  for (const known of places_of("choice", key)) show_value(known);
}

// what an address hides is away before anything is drawn, for the rest has more room then
export function hide_areas(hidden) {
  latest.hidden = hidden;
  for (const element of document.querySelectorAll("[data-area]"))
    element.hidden = element.dataset.area.split(" ").every((name) => hidden.includes(name));
}

function show_value(known) {
  const { kind, key } = known;
  const value = latest.shown[kind]?.[key];
  if (known.control.offer) offer(known, latest.shown.options?.[key] ?? latest.offered[key]);
  const held = ((kind === "number" || kind === "text") && wrong.has(key)) || is_moving(known);
  if (value !== undefined && value !== known.shown && !held) {
    known.control.show(value);
    known.shown = value;
  }
  describe(known, latest.shown.number?.[key] ?? "");
  show_dead(known, key);
}

// a menu whose choices are others by now
function offer(known, choices) {
  if (!choices || known.offered === String(choices)) return;
  known.offered = String(choices);
  known.control.offer(choices);
  known.shown = undefined;
}

// what can do nothing now says why
function show_dead(known, key) {
  const why = latest.shown.dead?.[key] ?? "";
  if (known.dead === why) return;
  known.dead = why;
  known.place.title = why;
  for (const element of known.place.querySelectorAll("input, select, textarea, button")) {
    element.disabled = Boolean(why);
    explain(element, why);
  }
}

function describe(known, words) {
  if (words === known.described) return;
  known.control.describe?.(words);
  known.described = words;
}

// a slider stays under the hand; another one of the same number follows it
const is_moving = ({ place, kind, key }) =>
  place === latest.moved && kind === "slider" && gate.edits.some(([moved, which]) => moved === "slider" && which === key);

function complain(key, reason) {
  wrong.add(key);
  for (const { control } of typed_at(key)) control.complain(reason);
}

function forgive(key) {
  if (wrong.delete(key)) for (const { control } of typed_at(key)) control.complain("");
}

const typed_at = (key) => ["number", "text"].flatMap((kind) => places_of(kind, key));

// what the page says, in its places
export function show_texts() {
  for (const element of document.querySelectorAll("[data-text]")) {
    const text = latest.shown.say?.[element.dataset.text] ?? "";
    if (element.textContent !== text) element.textContent = text;
  }
  // one that is no edit itself says which it needs
  for (const element of document.querySelectorAll("[data-action], [data-needs]"))
    put_out(element, latest.shown.dead?.[element.dataset.action ?? element.dataset.needs] ?? "");
}

// Places come with the page and, when the runs are others, with a new rail; React keeps those that stay the same.
export function watch_places(page, rail) {
  fill_places(page);
  new MutationObserver((changes) => changes.some(brings_elements) && fill_places(rail)).observe(rail, {
    childList: true,
    subtree: true,
  });
}

const brings_elements = ({ addedNodes }) => [...addedNodes].some((node) => node.nodeType === Node.ELEMENT_NODE);

function fill_places(area) {
  for (const place of places.keys()) if (!place.isConnected) places.delete(place);
  for (const place of area.querySelectorAll("[data-control]:empty")) fill(place);
  hide_areas(latest.hidden);
  show_texts();
}
