// The equations of a run with one step's numbers, which come once for the whole walk and follow the playhead here. A
// forked run has two of them, and shows the one at the playhead.
// Texts are templates: pieces that are texts, numbers to look up ([column, steps back, how to guard it]), and choices
// between pieces.
import { copy } from "../screen/clipboard.js";
import { dot, make, small_button } from "../screen/elements.js";
import { written } from "../screen/numbers.js";
import { playhead } from "../screen/playhead.js";
import { signal } from "../signal.js";

export const inspected = signal(); // this run alone, null: all of them

export class Equations {
  #story;
  #numbers; // of each column, for x and y or for both at once
  #title = make("span", { class: "note step" });
  #rows;

  constructor(story, alone) {
    this.#story = story;
    this.#numbers = story.columns;
    this.#rows = story.lines.map((line) => this.#row(line));
    this.element = this.#card(alone);
  }

  fill() {
    const t = this.#step();
    this.element.hidden = t !== Math.max(playhead.step(), 1);
    this.#title.textContent = `step ${t}`;
    this.#rows.forEach((row, at) =>
      ["x", "y"].forEach((_, axis) => {
        row.children[axis + 1].innerHTML = this.#filled(this.#story.lines[at].math, t, axis);
      }),
    );
  }

  #as_text() {
    const t = this.#step();
    const lines = ["x", "y"].flatMap((name, axis) => [
      `${this.#story.label}, step ${t}, ${name}`,
      ...this.#story.lines.map((line) => this.#filled(line.text, t, axis)),
    ]);
    return lines.join("\n");
  }

  // the step of the playhead, of those that there are
  #step() {
    const { first, last } = this.#story;
    return Math.min(Math.max(playhead.step(), first + 1), last);
  }

  #filled(pieces, t, axis) {
    return filled(pieces, (column, back) => this.#number(column, t - this.#story.first - back, axis), this.#story.digits);
  }

  #number(column, row, axis) {
    const both = this.#numbers[column];
    const one = both[Math.min(axis, both.length - 1)];
    return typeof one === "number" ? one : one[row];
  }

  #card(alone) {
    const { slot, label } = this.#story;
    const head = make("tr", {}, ...["", "for x", "for y"].map((text) => make("th", { scope: "col" }, text)));
    const only = small_button(alone ? "All runs" : "Only this run", () => inspected.tell(alone ? null : slot), "view.inspect");
    const title = make("h3", {}, dot(slot), `${label} `, this.#title, " ", this.#copy_button(), " ", only);
    const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...this.#rows));
    return make("section", { class: "story", "data-slot": slot }, title, table);
  }

  #row(line) {
    const formula = make("th", { scope: "row" });
    formula.innerHTML = line.formula; // our own MathML: symbols, no text of the user
    const row = make("tr", { "data-line": this.#story.lines.indexOf(line) }, formula, make("td"), make("td"));
    row.addEventListener("pointerover", () => this.#light(line.needs));
    row.addEventListener("pointerout", () => this.#light([]));
    return row;
  }

  #light(needed) {
    this.#rows.forEach((row, at) => row.classList.toggle("needed", needed.includes(at)));
  }

  #copy_button() {
    const label = "Copy as text";
    const button = small_button(label, () => copy(this.#as_text(), button, label));
    return button;
  }
}

function filled(pieces, at, digits) {
  return pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    if (!Array.isArray(piece)) return filled(at(piece.if, 0) === 1 ? piece.then : piece.else, at, digits);
    const [column, back, guard] = piece;
    return guarded(written(at(column, back), digits), guard);
  }).join("");
}

// in brackets where a sign, or a power of ten as well, could be misread
function guarded(text, guard) {
  return (guard && text.startsWith("−")) || (guard === 2 && text.includes("e")) ? `(${text})` : text;
}
