// A field on the page: its canvas, what is under the pointer or under the keys, and the reading of that in a few lines.
// What stands still is painted once; the playhead, the heads and what they have walked follow it frame by frame.
import { make } from "../screen/elements.js";
import { once } from "../screen/frames.js";
import { point_at, pointed } from "../screen/graphs.js";
import { playhead } from "../screen/playhead.js";
import { Tip } from "../screen/tip.js";

const NEAR = "200px"; // of the screen: what may be seen soon is painted

export class Panel {
  #drawing = null;
  #still = make("canvas"); // that is not shown
  #pointed = null;
  #place = null; // that is looked at, in the drawing's own words
  #stale = true; // the still part
  #seen = true; // whether any of it is on the screen: what is not costs nothing
  #tip;

  // `keys`: the button that takes the keyboard, with what it does as its label; `told`: where the field stands in words
  constructor(place, keys, told) {
    this.place = place;
    this.told = told;
    this.canvas = make("canvas", { "aria-hidden": "true" });
    this.words = make("p", { class: "problem", role: "status", hidden: "" });
    this.keys = make("button", { type: "button", class: "field-keys", "aria-label": keys });
    this.reading = make("p", { class: "unseen", role: "status" });
    place.append(this.canvas, this.keys, this.words, this.reading);
    this.#tip = new Tip(place);
    new ResizeObserver(() => this.changed()).observe(place);
    new IntersectionObserver((all) => this.#see(all.at(-1).isIntersecting), { rootMargin: NEAR }).observe(place);
    pointed.listen((slot) => {
      this.#pointed = slot;
      this.changed();
    });
    playhead.moved.listen(() => this.#follow_playhead());
    addEventListener("beforeprint", () => this.#paint(true));
    place.addEventListener("pointermove", (event) => event.pointerType === "touch" || this.#point(event));
    place.addEventListener("pointerleave", () => this.#leave());
    place.addEventListener("click", (event) => this.#click(event));
    this.keys.addEventListener("keydown", (event) => this.#key(event));
    this.keys.addEventListener("focus", () => this.keys.matches(":focus-visible") && this.#look(this.#drawing?.first?.() ?? null));
    this.keys.addEventListener("blur", () => this.#leave());
  }

  get drawing() {
    return this.#drawing;
  }

  // a drawing, or in words why there is none
  show(drawing, problem = "") {
    this.#drawing = drawing;
    this.words.textContent = problem;
    this.words.hidden = !problem;
    this.canvas.hidden = Boolean(problem);
    this.keys.disabled = Boolean(problem);
    if (problem) this.#leave();
    this.changed();
  }

  // its data, its size or the run that is pointed at
  changed() {
    this.#stale = true;
    this.#soon();
  }

  #follow_playhead() {
    this.#soon();
    if (!playhead.playing()) this.#read();
  }

  #see(seen) {
    this.#seen = seen;
    if (seen) this.#soon();
  }

  // painted, though perhaps not seen: what it says in words follows from that
  ready() {
    this.#paint(true);
    return Boolean(this.#drawing?.laid);
  }

  #soon = once(() => this.#paint());

  view() {
    return { step: playhead.step(), playing: playhead.playing(), pointed: this.#pointed, place: this.#place };
  }

  #paint(all = this.#seen) {
    const { clientWidth: width, clientHeight: height } = this.place;
    if (!this.#drawing || !width || !height || this.canvas.hidden || !all) return;
    const ratio = window.devicePixelRatio || 1;
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    const view = this.view();
    if (this.#stale || this.#still.width !== size.width || this.#still.height !== size.height) {
      this.#stale = false;
      this.#drawing.lay(width, height, this.canvas.getContext("2d"));
      this.#drawing.still(this.#pen(this.#still, size, ratio), view);
    }
    const pen = this.#pen(this.canvas, size, ratio);
    pen.drawImage(this.#still, 0, 0, width, height);
    this.#drawing.moving(pen, view);
  }

  #pen(canvas, size, ratio) {
    if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  }

  #place_of({ clientX, clientY }) {
    const box = this.place.getBoundingClientRect();
    return [clientX - box.x, clientY - box.y];
  }

  #point(event) {
    if (!this.#drawing?.laid || !this.words.hidden) return;
    const [x, y] = this.#place_of(event);
    const found = this.#drawing.at(x, y);
    point_at(found?.slot ?? null);
    this.#place = found;
    this.#tip.show(found ? this.#drawing.lines(found, this.view()) : [], x, y);
    this.place.style.cursor = found && this.#drawing.choose ? "pointer" : "default";
    this.#soon();
  }

  #leave() {
    this.#tip.hide();
    this.reading.textContent = "";
    if (this.#place !== null) point_at(null);
    this.#place = null;
    this.#soon();
  }

  #click(event) {
    if (event.target === this.keys && !event.detail) return; // by a key, which has been heard
    if (!this.#drawing?.laid || !this.words.hidden) return;
    const [x, y] = this.#place_of(event);
    const found = this.#drawing.at(x, y);
    if (event.pointerType === "touch") this.#tip.show(found ? this.#drawing.lines(found, this.view()) : [], x, y);
    if (found) this.#drawing.choose?.(found);
  }

  #key(event) {
    if (!this.#drawing?.laid || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = this.#drawing.key?.(this.#place ?? this.#drawing.first?.() ?? null, event.key);
    if (next === undefined) return;
    event.preventDefault();
    this.#look(next);
  }

  #look(place) {
    this.#place = place;
    this.#read();
    this.#soon();
  }

  // what the keys look at, for who cannot see it
  #read() {
    if (document.activeElement !== this.keys || this.#place === null) return;
    const lines = this.#drawing.lines(this.#place, this.view());
    this.reading.textContent = lines.map(([, text]) => text).join("; ");
    if (this.keys.matches(":focus-visible")) this.#tip.show(lines, ...this.#drawing.stands(this.#place));
  }
}
