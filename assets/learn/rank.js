// An order: rows that are dragged, or moved by their buttons.
import { dot, make } from "../screen/elements.js";
import { signal } from "../signal.js";
import { places_in } from "./words.js";

export class Rank {
  changed = signal();
  #rows;
  #list = make("ol", { class: "ranked", "aria-labelledby": "lesson-asked" });
  #order;
  #touched = false;
  #keep = make("button", { type: "button", class: "plain small" }, "Keep this order");
  #told = make("p", { class: "unseen", role: "status" });
  #held = null;

  constructor({ options }, said) {
    const before = places_in(said);
    this.#touched = before.length === options.length;
    this.#order = this.#touched ? before : options.map((_, place) => place);
    this.#rows = options.map((option, place) => this.#row(option, place));
    this.#keep.addEventListener("click", () => this.#touch());
    const hint = make("p", { class: "note" }, "Drag the rows, or use the arrows; the first on top.");
    this.element = make("div", { class: "order-asked" }, hint, this.#list, this.#keep, this.#told);
    this.#lay();
  }

  said() {
    return this.#touched ? this.#order.join(",") : "";
  }

  wrong() {
    return "";
  }

  stop() {}

  #row({ text, slot }, place) {
    const whose = slot === null || slot === undefined ? [] : [dot(slot)];
    const [up, down] = [["up", -1], ["down", 1]].map(([way, by]) => this.#button(text, place, way, by));
    const grip = make("span", { class: "grip", "aria-hidden": "true" });
    const row = make("li", { "data-option": place, ...(whose.length && { "data-slot": slot }) }, grip, make("span", { class: "what" }, ...whose, text), up, down);
    row.addEventListener("pointerdown", (event) => this.#grab(event, place));
    row.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"]) row.addEventListener(name, () => this.#drop());
    return row;
  }

  #button(text, place, way, by) {
    const icon = make("span", { class: `icon icon-${way}` });
    const button = make("button", { type: "button", class: "bare", "aria-label": `${text}: ${way}` }, icon);
    button.addEventListener("click", () => {
      this.#move(place, this.#order.indexOf(place) + by);
      this.#told.textContent = `${text}: place ${this.#order.indexOf(place) + 1} of ${this.#order.length}`;
      button.focus();
    });
    return button;
  }

  #move(place, to) {
    const from = this.#order.indexOf(place);
    const wanted = Math.min(Math.max(to, 0), this.#order.length - 1);
    this.#order.splice(from, 1);
    this.#order.splice(wanted, 0, place);
    this.#touch();
    this.#lay();
  }

  #touch() {
    this.#touched = true;
    this.#keep.classList.add("kept"); // it keeps its room
    this.changed.tell();
  }

  #lay() {
    this.#list.append(...this.#order.map((place) => this.#rows[place]));
  }

  // --- by a pointer ---

  #grab(event, place) {
    if (event.button || event.target.closest("button")) return;
    this.#held = place;
    this.#rows[place].classList.add("held");
    this.#rows[place].setPointerCapture(event.pointerId);
  }

  #drag({ clientY }) {
    if (this.#held === null) return;
    const middles = this.#order.map((place) => middle(this.#rows[place]));
    const from = this.#order.indexOf(this.#held);
    const over = middles.filter((y, i) => i !== from && y < clientY).length;
    if (over !== from) this.#move(this.#held, over);
  }

  #drop() {
    if (this.#held !== null) this.#rows[this.#held].classList.remove("held");
    this.#held = null;
  }
}

function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

// the order that is so, and beside each where it was put
export function told_rank({ options }, { options_right = [], values = [] }, said) {
  const put = places_in(said);
  const rows = Array.from(options_right).map((place, i) => {
    const { text, slot } = options[place];
    const whose = slot === null || slot === undefined ? [] : [dot(slot)];
    const was = put.indexOf(place);
    const sign = was < 0 ? [] : [make("b", { class: `sign ${was === i ? "truth" : "yours"}` }, was === i ? "✓ you too" : `you: ${was + 1}.`)];
    const value = values[place] ? [make("span", { class: "value" }, values[place])] : [];
    return make("li", whose.length ? { "data-slot": slot } : {}, make("span", { class: "what" }, ...whose, text), ...value, ...sign);
  });
  return make("ol", { class: "ranked told" }, ...rows);
}
