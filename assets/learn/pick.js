// One of a few, or several of them: a row in the panel, or where they are runs what the page shows of one. Of curves
// each row has a drawing.
import { dot, make } from "../screen/elements.js";
import { graph_at } from "../screen/graphs.js";
import { nearest } from "../screen/nearest.js";
import { signal } from "../signal.js";
import { drawn } from "./shapes.js";
import { letter, places_in } from "./words.js";

export class Pick {
  changed = signal();
  #boxes;
  #slots;
  #click = (event) => this.#choose(event);

  constructor({ options, several, gesture }, said) {
    const kind = several ? "checkbox" : "radio";
    const chosen = places_in(said);
    this.#slots = options.map(({ slot }) => slot ?? null);
    this.#boxes = options.map((_, place) => make("input", { type: kind, name: "lesson-option", value: place }));
    for (const place of chosen) if (this.#boxes[place]) this.#boxes[place].checked = true;
    const rows = options.map((option, place) => row(option, place, this.#boxes[place]));
    const role = several ? "group" : "radiogroup";
    this.element = make("div", { class: `options ${gesture}`, role, "aria-labelledby": "lesson-asked" }, ...rows);
    if (several) this.element.prepend(make("p", { class: "note" }, "One or more."));
    this.element.addEventListener("change", () => this.changed.tell());
    if (this.#slots.some((slot) => slot !== null)) document.addEventListener("click", this.#click, true);
  }

  said() {
    return this.#boxes.filter(({ checked }) => checked).map(({ value }) => value).join(",");
  }

  wrong() {
    return "";
  }

  stop() {
    document.removeEventListener("click", this.#click, true);
  }

  // a run's name, line or head on the page
  #choose({ target, clientX, clientY }) {
    const graph = graph_at(target);
    if (!graph) return;
    const box = graph.gd.getBoundingClientRect();
    const chosen = this.#boxes[this.#slots.indexOf(nearest(graph, clientX - box.x, clientY - box.y))];
    if (!chosen) return;
    chosen.checked = chosen.type === "radio" || !chosen.checked;
    this.changed.tell();
  }
}

function row({ text, slot, shape }, place, box) {
  const picture = drawn(shape);
  const whose = slot === null || slot === undefined ? [] : [dot(slot)];
  const pointed = whose.length ? { "data-slot": slot } : {};
  return make("label", { class: "option", ...pointed }, box, letter(place), ...(picture ? [picture] : []), make("span", {}, ...whose, text));
}

// the same rows, with what was chosen and what is so
export function told_pick({ options, gesture }, { options_right = [] }, said) {
  const [chosen, right] = [places_in(said), Array.from(options_right)];
  const rows = options.map((option, place) => told_row(option, place, chosen.includes(place), right.includes(place)));
  return make("ul", { class: `options told ${gesture}` }, ...rows);
}

function told_row({ text, slot, shape }, place, chosen, right) {
  const picture = drawn(shape);
  const whose = slot === null || slot === undefined ? [] : [dot(slot)];
  const signs = [...(chosen ? [make("b", { class: "sign yours" }, "you")] : []), ...(right ? [make("b", { class: "sign truth" }, "✓ so it is")] : [])];
  const look = ["option", ...(right ? ["right"] : []), ...(chosen ? ["chosen"] : [])].join(" ");
  return make("li", { class: look, ...(whose.length && { "data-slot": slot }) }, letter(place), ...(picture ? [picture] : []), make("span", {}, ...whose, text), ...signs);
}
