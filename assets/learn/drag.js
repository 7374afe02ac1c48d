// A value on a scale: dragged, moved by keys, or typed.
import { make } from "../screen/elements.js";
import { written } from "../screen/numbers.js";
import { signal } from "../signal.js";
import { plain, typed } from "./words.js";

const PLACES = 400; // of the slider
const DIGITS = 3;
const ROOM = 0.18; // of the scale, for what is written at its ends
const NEAR = 0.16; // of the scale: two ticks nearer than that write one above the other

// between the values of a scale and its parts from 0 to 1
const scale_of = ({ range: [low, high], scale }) =>
  scale === "log"
    ? { part: (value) => Math.log(value / low) / Math.log(high / low), value: (part) => low * (high / low) ** part }
    : { part: (value) => (value - low) / (high - low), value: (part) => low + part * (high - low) };

const inside = (part) => Math.min(Math.max(part, 0), 1);
const counted = ({ range: [low, high], unit }) => /^(steps|epochs)$/.test(unit ?? "") && high - low >= 20;

export class Drag {
  changed = signal();
  #ask;
  #scale;
  #slider = make("input", { type: "range", min: 0, max: PLACES, step: 1, class: "untouched" });
  #field = make("input", { type: "text", inputmode: "decimal", autocomplete: "off" });

  constructor(ask, said) {
    this.#ask = ask;
    this.#scale = scale_of(ask);
    const unit = ask.unit ? make("span", { class: "unit" }, ask.unit) : "";
    const number = make("div", { class: "numbers" }, this.#field, unit);
    this.element = make("div", { class: "value-asked" }, number, this.#slider, ends(ask));
    for (const element of [this.#slider, this.#field]) element.setAttribute("aria-labelledby", "lesson-asked");
    this.#slider.value = PLACES / 2;
    this.#slider.setAttribute("aria-valuetext", "not set yet");
    for (const name of ["input", "pointerup"]) this.#slider.addEventListener(name, () => this.#move());
    this.#field.addEventListener("input", () => this.#type());
    if (Number.isFinite(typed(said))) this.#put(typed(said));
  }

  said() {
    const value = typed(this.#field.value);
    return this.#fits(value) ? plain(value) : "";
  }

  wrong() {
    const { range: [low, high] } = this.#ask;
    return this.#field.value.trim() && !this.said() ? `A number from ${written(low, 4)} to ${written(high, 4)}.` : "";
  }

  stop() {}

  #fits(value) {
    const { range: [low, high] } = this.#ask;
    return value >= low && value <= high;
  }

  #move() {
    const value = this.#scale.value(this.#slider.value / PLACES);
    this.#field.value = written(counted(this.#ask) ? Math.round(value) : value, DIGITS);
    this.#show();
  }

  #type() {
    const value = typed(this.#field.value);
    if (this.#fits(value)) this.#slider.value = PLACES * this.#scale.part(value);
    this.#show();
  }

  #put(value) {
    this.#field.value = written(value, 6);
    this.#type();
  }

  #show() {
    this.#slider.classList.toggle("untouched", !this.said());
    this.#slider.style.setProperty("--done", `${(100 * this.#slider.value) / PLACES}%`);
    this.#slider.setAttribute("aria-valuetext", this.#field.value ? `${this.#field.value} ${this.#ask.unit ?? ""}`.trim() : "not set yet");
    this.changed.tell();
  }
}

// what the ends of the scale are, and between them its decades
function ends(ask) {
  const { part } = scale_of(ask);
  return make("div", { class: "ends", "aria-hidden": "true" }, ...marked(ask).map((value) => at(part(value), make("span", {}, written(value, 4)))));
}

function marked({ range: [low, high], scale }) {
  if (scale !== "log") return [low, (low + high) / 2, high];
  const between = [];
  const { part } = scale_of({ range: [low, high], scale });
  for (let k = Math.ceil(Math.log10(low)); 10 ** k < high; k++)
    if (part(10 ** k) > ROOM && part(10 ** k) < 1 - ROOM) between.push(Number(`1e${k}`));
  const each = Math.ceil(between.length / 3);
  return [low, ...between.filter((_, i) => i % each === Math.floor(each / 2)), high];
}

function at(part, element) {
  element.style.setProperty("--at", `${100 * part}%`);
  return element;
}

// the scale, with a tick where it was put and one where it is
export function told_drag(ask, { truth }, said) {
  const { part } = scale_of(ask);
  const value = typed(said);
  const ticks = [
    ...(Number.isFinite(value) ? [tick("yours", inside(part(value)), "you")] : []),
    ...(Number.isFinite(truth) ? [tick("truth", inside(part(truth)), "it is")] : []),
  ];
  const close = ticks.length > 1 && Math.abs(part(value) - part(truth)) < NEAR;
  return make("div", { class: `value-told${close ? " close" : ""}`, "aria-hidden": "true" }, make("div", { class: "track" }, ...ticks), ends(ask));
}

const tick = (name, part, word) => at(part, make("span", { class: `tick ${name}` }, make("b", {}, word)));
