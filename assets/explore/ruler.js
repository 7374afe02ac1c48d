// The ruler under η: where each run would end at every rate. Its tiles are asked for when the hand rests, and stay
// while only η moves; what follows the hand are the marks of the present rates, and what is said of them.
import { dot, make } from "../screen/elements.js";
import { after_frame } from "../screen/frames.js";
import { pointer } from "../screen/pointer.js";
import { Tiles } from "../wire/tiles.js";

const REST = 150; // ms without a reply
const VOICE = 700; // ms of rest before it is said to a screen reader
const tiles = new Tiles("explore");
const ruler = { key: "", marks: [], rows: new Map(), timer: 0, voice: 0, said: "" }; // rows: slot -> { key, ...arrays }

const places = () => [...document.querySelectorAll("[data-ruler]")];
const percent = (share) => `${(100 * share).toFixed(2)}%`;

export function follow_ruler({ shown }) {
  const { key, marks, meaning } = shown.ruler;
  Object.assign(ruler, { key, marks, meaning, letter: shown.say["strip.lr.symbol"] });
  after_frame(show);
  if (is_stale()) rest();
  speak_soon();
}

const is_stale = () => ruler.marks.some(([slot]) => ruler.rows.get(String(slot))?.key !== ruler.key);

// --- the tiles ---------------------------------------------------------------------------------------------------------

function rest() {
  clearTimeout(ruler.timer);
  ruler.timer = setTimeout(renew, REST);
}

function renew() {
  const seen = places().some((place) => !place.closest("[hidden]"));
  if (pointer.pressed || !seen || !is_stale()) return;
  const { key } = ruler;
  const parts = ruler.marks.map(([slot]) => String(slot));
  tiles.follow({ key, parts }, (arrays, part) => {
    ruler.rows.set(part, { key, ...arrays });
    show();
  });
}

pointer.released.listen(rest);

// --- what is drawn -----------------------------------------------------------------------------------------------------

function show() {
  for (const place of places()) {
    place.style.setProperty("--rows", ruler.marks.length);
    place.classList.toggle("stale", is_stale());
    place.title = ruler.meaning;
    const slots = String(ruler.marks.map(([slot]) => slot));
    if (place.dataset.slots !== slots || !place.firstChild) build(place, slots);
    ruler.marks.forEach(([slot, , share], i) => show_row(place.children[i], slot, share));
    if (!place.matches(":hover")) read(place, null);
  }
}

function build(place, slots) {
  place.dataset.slots = slots;
  const rows = ruler.marks.map(([slot]) => make("div", { class: "ruler-row", "data-slot": slot, style: `--run: var(--run-${slot})` }));
  const reading = make("div", { class: "reading", hidden: "" }, make("b"));
  place.replaceChildren(...rows, reading, make("div", { class: "ruler-said" }));
}

function show_row(element, slot, share) {
  const row = ruler.rows.get(String(slot));
  if (row && element.row !== row) element.replaceChildren(...drawn(row), make("i", { class: "now" }));
  else if (!element.firstChild) element.append(make("i", { class: "now" }));
  element.row = row;
  element.lastChild.style.left = percent(share);
}

function drawn({ depth, limit }) {
  const shade = make("span", { class: "depth" });
  shade.style.background = gradient(depth);
  const tick = limit < 0 ? [] : [make("i", { class: "limit", title: "2/λ" })];
  for (const one of tick) one.style.left = percent(limit);
  return [shade, ...lost(depth), ...tick];
}

const at = (i, depth) => i / (depth.length - 1);

function gradient(depth) {
  const stops = [...depth].map((deep, i) => `${colour(deep)} ${percent(at(i, depth))}`);
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

function colour(deep) {
  if (Number.isNaN(deep)) return "transparent"; // a stretch of its own lies there
  const [ink, share] = deep < 0 ? ["--wrong", 25] : ["--run", 6 + 94 * deep];
  return `color-mix(in srgb, var(${ink}) ${share.toFixed(1)}%, var(--panel))`;
}

// the stretches where it diverges, each from half a rate before to half a rate behind
function lost(depth) {
  const found = [];
  depth.forEach((deep, i) => {
    if (!Number.isNaN(deep)) return;
    const half = 0.5 / (depth.length - 1);
    const [from, to] = [Math.max(at(i, depth) - half, 0), Math.min(at(i, depth) + half, 1)];
    if (found.length && Number.isNaN(depth[i - 1])) found.at(-1)[1] = to;
    else found.push([from, to]);
  });
  return found.map(([from, to]) => {
    const stretch = make("span", { class: "lost" });
    Object.assign(stretch.style, { left: percent(from), width: percent(to - from) });
    return stretch;
  });
}

// --- what is read ------------------------------------------------------------------------------------------------------

// under the pointer, a share of the way; null: at the rates that the runs have
function read(place, share) {
  const reading = place.querySelector(".reading");
  const said = place.querySelector(".ruler-said");
  if (!said) return;
  reading.hidden = share === null;
  if (share !== null) {
    reading.style.left = percent(share);
    reading.firstChild.textContent = `${ruler.letter} ${rate_at(place, share)}`;
  }
  const cells = ruler.marks.map(([slot, , , end]) => make("span", {}, dot(slot), share === null ? end : told(slot, share)));
  said.replaceChildren(...cells);
}

const many = ({ depth }) => depth.length - 1;

function told(slot, share) {
  const row = ruler.rows.get(String(slot));
  return row?.key === ruler.key ? row.said[Math.round(share * many(row))] : "…";
}

// of the nearest rate that the ruler knows
function rate_at(place, share) {
  const { min, max } = place.closest("[data-double], .with-ruler").querySelector("input[type=range]");
  const [row] = ruler.rows.values();
  const step = row ? Math.round(share * many(row)) / many(row) : share;
  return String(Number((10 ** (Number(min) + step * (max - min))).toPrecision(3)));
}

document.addEventListener("pointermove", ({ target, clientX, buttons }) => {
  const place = target.closest?.("[data-ruler]");
  if (!place || buttons) return;
  const { left, width } = place.getBoundingClientRect();
  read(place, Math.min(Math.max((clientX - left) / width, 0), 1));
});

document.addEventListener("pointerout", ({ target, relatedTarget }) => {
  const place = target.closest?.("[data-ruler]");
  if (place && !place.contains(relatedTarget)) read(place, null);
});

// to a screen reader, when η rests at another place than before
function speak_soon() {
  const rates = String(ruler.marks.map(([slot, , share]) => [slot, share]));
  const first = !ruler.said;
  if (rates === ruler.said) return;
  ruler.said = rates;
  clearTimeout(ruler.voice);
  if (!first) ruler.voice = setTimeout(speak, VOICE);
}

function speak() {
  const ends = ruler.marks.map(([, label, , end]) => (Number.isNaN(parseFloat(end)) ? `${label} ${end}` : `${label} ends at ${end}`));
  document.getElementById("ruler-told").textContent = `${ends.join(", ")}.`;
}

// the rail is built anew where the runs are others
new MutationObserver(() => places().some((place) => !place.firstChild) && ruler.marks.length && show()).observe(
  document.getElementById("rail"), { childList: true, subtree: true },
);
