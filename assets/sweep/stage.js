// The plot on the page: its canvas, what is under the pointer, and the cursor, which a range moves too.
import { make } from "../screen/elements.js";
import { once } from "../screen/frames.js";
import { point_at, pointed } from "../screen/graphs.js";
import { signal } from "../signal.js";
import { Tip } from "../screen/tip.js";
import { nearest } from "./values.js";

const NEAR = { mouse: 24, touch: 34 }; // px from a curve

export class Stage {
  moved = signal(); // the cursor
  chosen = signal(); // a click on this: { run, at } of a curve, or { cell }
  at = null; // the rate under the cursor, or null
  cell = null; // the cell, [across, up], or null
  #pointed = null;
  #drawing = null;
  #tip;

  constructor(place) {
    this.place = place;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.words = make("p", { class: "problem", role: "alert", hidden: "" });
    place.append(this.canvas, this.words);
    this.#tip = new Tip(place);
    new ResizeObserver(() => this.repaint()).observe(place);
    pointed.listen((slot) => {
      this.#pointed = slot;
      this.repaint();
    });
    place.addEventListener("pointermove", (event) => this.#follow(event));
    place.addEventListener("pointerleave", () => this.#leave());
    place.addEventListener("click", (event) => this.#click(event));
  }

  show(drawing, problem) {
    this.#drawing = drawing;
    if (problem) this.#tip.hide();
    this.words.textContent = problem;
    this.words.hidden = !problem;
    this.canvas.hidden = Boolean(problem);
    this.repaint();
  }

  repaint = once(() => this.#paint());

  view() {
    return { at: this.at, cell: this.cell, pointed: this.#pointed };
  }

  #paint() {
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!this.#drawing || !width || !height) return;
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [width, height].map((size) => Math.round(size * ratio));
    if (this.canvas.width !== across || this.canvas.height !== down) Object.assign(this.canvas, { width: across, height: down });
    const pen = this.canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#drawing.lay(width, height);
    this.#drawing.paint(pen, this.view());
  }

  #place_of({ clientX, clientY }) {
    const box = this.place.getBoundingClientRect();
    return [clientX - box.x, clientY - box.y];
  }

  #follow(event) {
    if (!this.#drawing?.plot || event.pointerType === "touch") return;
    const [x, y] = this.#place_of(event);
    const found = this.#look([x, y], NEAR.mouse);
    this.#tip.show(this.#drawing.told(found), x, y);
  }

  #leave() {
    this.#tip.hide();
    point_at(null);
  }

  // moves the cursor to what is there, and says which curve is near
  #look([x, y], reach) {
    if (this.#drawing.cell_at) {
      const cell = this.#drawing.cell_at(x, y);
      if (cell) this.to({ cell });
      return { cell };
    }
    const at = this.#drawing.place_at(x, y);
    const run = at === null ? null : this.#drawing.near(x, y, reach);
    point_at(run ? run.slot : null);
    if (at !== null) this.to({ at });
    return { at, run };
  }

  #click(event) {
    if (!this.#drawing?.plot || !this.words.hidden) return;
    const found = this.#look(this.#place_of(event), event.pointerType === "touch" ? NEAR.touch : NEAR.mouse);
    if (found.cell || found.run) this.chosen.tell(found);
  }

  // the cursor stands on something that there is: at first where the first run is
  fit({ places, sides, runs }) {
    if (sides?.length === 2) this.cell = sides.map((side, k) => kept(this.cell?.[k], side.places, side.now));
    else if (places) this.at = kept(this.at, places, runs[0].at);
  }

  to({ at = null, cell = null }) {
    if (cell === null ? at === this.at : String(cell) === String(this.cell)) return;
    Object.assign(this, cell === null ? { at } : { cell });
    this.repaint();
    this.moved.tell();
  }
}

const kept = (place, places, wanted) => (place >= 0 && place !== null && place < places.length ? place : nearest(places, wanted));
