// A point of the map: clicked there, or typed as two numbers.
import { make } from "../screen/elements.js";
import { written } from "../screen/numbers.js";
import { signal } from "../signal.js";
import { marks } from "./marks.js";
import { plain, typed } from "./words.js";

const DIGITS = 3;
const SIDES = ["x", "y"];

export class Click {
  changed = signal();
  #fields;
  #room;

  constructor({ room }, said) {
    this.#room = room;
    this.#fields = SIDES.map((side, i) => this.#field(side, i));
    const named = this.#fields.map((field, i) => make("label", {}, make("i", {}, SIDES[i]), field));
    const hint = make("p", { class: "note" }, "Click the map, or type the place.");
    this.element = make("div", { class: "point-asked" }, hint, make("div", { class: "numbers" }, ...named));
    const before = point_in(said);
    if (before) this.#write(before);
    marks.ask(room, before, (point) => this.#follow(point));
  }

  said() {
    const point = this.#point();
    return point.every(Number.isFinite) ? point.map(plain).join(",") : "";
  }

  // what of it cannot be used, in words
  wrong() {
    return this.#fields.some(({ value }) => value.trim()) && !this.said() ? "Two numbers, x and y." : "";
  }

  stop() {
    marks.stop();
  }

  #field(side) {
    const field = make("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": `${side} of your mark` });
    field.addEventListener("input", () => {
      const point = this.#point();
      if (point.every(Number.isFinite)) marks.move(point.map((value, i) => Math.min(Math.max(value, this.#room[i][0]), this.#room[i][1])));
      this.changed.tell();
    });
    return field;
  }

  #point() {
    return this.#fields.map(({ value }) => typed(value));
  }

  #follow(point) {
    this.#write(point);
    this.changed.tell();
  }

  #write(point) {
    this.#fields.forEach((field, i) => (field.value = written(point[i], DIGITS)));
  }
}

// the point that an address tells, or null
export function point_in(said) {
  const point = said.split(",").map(Number);
  return said && point.length === 2 && point.every(Number.isFinite) ? point : null;
}

// on the map: the mark from before, and where it is
export function told_click(_, { truth, others = [] }, said) {
  marks.tell(point_in(said), [truth, ...others].filter(Boolean).map((point) => Array.from(point)));
  return null;
}
