// The cursor by keyboard, and on a phone: a range for η, or two for the numbers of a grid, with what they stand on.
import { make } from "../screen/elements.js";

export class Cursor {
  #spec = "";
  #ranges = [];

  constructor(place, stage) {
    this.place = place;
    this.stage = stage;
  }

  // the sides that it can go along: { symbol, shown }
  follow(sides) {
    const spec = JSON.stringify(sides.map(({ symbol, shown }) => [symbol, shown.length]));
    this.sides = sides;
    if (spec !== this.#spec) this.#build(sides);
    this.#spec = spec;
    this.show();
  }

  #build(sides) {
    this.#ranges = sides.map(({ symbol, shown }) => make("input", { type: "range", min: 0, max: shown.length - 1, step: 1, "aria-label": `Look at ${symbol}` }));
    this.outputs = sides.map(() => make("output", { class: "value" }));
    const rows = this.#ranges.map((range, k) => make("label", { class: "cursor-row" }, make("i", {}, sides[k].symbol), range, this.outputs[k]));
    for (const range of this.#ranges) range.addEventListener("input", () => this.#moved());
    this.place.replaceChildren(...rows);
  }

  #moved() {
    const [across, up] = this.#ranges.map(({ value }) => Number(value));
    this.stage.to(this.#ranges.length > 1 ? { cell: [across, up] } : { at: across });
  }

  show() {
    const { at, cell } = this.stage;
    const where = this.#ranges.length > 1 ? cell : at === null ? null : [at];
    this.#ranges.forEach((range, k) => {
      const place = where?.[k];
      if (place !== undefined) range.value = place;
      const words = place === undefined ? "–" : this.sides[k].shown[place];
      range.style.setProperty("--done", `${(100 * range.value) / range.max}%`);
      range.setAttribute("aria-valuetext", words);
      this.outputs[k].textContent = words;
    });
  }
}
