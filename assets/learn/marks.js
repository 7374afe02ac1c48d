// What somebody marks on the map, and beside it what is so: a cross that can be dragged or moved by keys before the
// answer, and stays as a ghost behind it, with a line from it to the truth.
import { make } from "../screen/elements.js";
import { graphs, painted } from "../screen/graphs.js";

const SVG = "http://www.w3.org/2000/svg";
const CROSS = "M-8,0H8M0,-8V8";
const RING = 9; // px, of the truth
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const [FINE, LARGE] = [1 / 200, 1 / 20]; // of the room: what an arrow moves, and with Shift
const STILL = 6; // px: a pointer that moved farther has dragged the map

class Marks {
  #hear = () => {}; // where the cross has been put
  #room = null; // [[x0, x1], [y0, y1]] while the map can be marked
  #at = null; // the cross, in the map's own units
  #truths = [];
  #layer = null;
  #cross = null;
  #down = null; // where the pointer went down
  #held = false; // the cross follows the pointer

  constructor() {
    painted.listen((graph) => graph === graphs.map && this.#place());
    document.addEventListener("pointerdown", (event) => this.#press(event), true);
    document.addEventListener("click", (event) => this.#click(event), true);
    document.addEventListener("pointermove", (event) => this.#drag(event));
    for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => (this.#held = false));
  }

  // the map is asked, and shows this cross from before, or none; `hear(point)` when it is put somewhere
  ask(room, at, hear) {
    this.#hear = hear;
    this.#begin(room, at, []);
  }

  // what was said, and where it is: no cross can be moved any more
  tell(at, truths) {
    this.#begin(null, at, truths);
  }

  stop() {
    this.#begin(null, null, []);
  }

  move(point) {
    this.#at = point;
    this.#place();
  }

  #begin(room, at, truths) {
    this.#room = room;
    this.#at = at;
    this.#truths = truths;
    document.documentElement.classList.toggle("marking", Boolean(room));
    this.#place();
  }

  // --- the gesture ---

  #press(event) {
    this.#down = [event.clientX, event.clientY];
    this.#held = Boolean(this.#room && event.target.closest?.("#lesson-cross"));
    if (this.#held) event.target.setPointerCapture(event.pointerId);
  }

  #click(event) {
    if (!this.#room || !event.target.closest?.("#graph-map") || event.target.closest("button")) return;
    const [x, y] = this.#down ?? [event.clientX, event.clientY];
    if (Math.hypot(event.clientX - x, event.clientY - y) < STILL) this.#mark(event);
  }

  #drag(event) {
    if (this.#held) this.#mark(event);
  }

  #mark({ clientX, clientY }) {
    const plane = graphs.map?.plane();
    if (!plane) return;
    const box = graphs.map.gd.getBoundingClientRect();
    const point = plane.to_values([clientX - box.x, clientY - box.y]);
    if (this.#held || plane.holds(point)) this.#say(point);
  }

  #say(point) {
    this.#at = point.map((value, i) => Math.min(Math.max(value, this.#room[i][0]), this.#room[i][1]));
    this.#place();
    this.#hear(this.#at);
  }

  #key(event) {
    const way = KEYS[event.key];
    if (!way || !this.#room) return;
    event.preventDefault();
    const part = event.shiftKey ? LARGE : FINE;
    this.#say(this.#at.map((value, i) => value + way[i] * part * (this.#room[i][1] - this.#room[i][0])));
  }

  // --- on the picture ---

  #place() {
    const graph = graphs.map;
    if (!graph?.skeleton || (!this.#layer && !this.#at && !this.#truths.length)) return;
    this.#layer ??= this.#laid(graph);
    const [from, to] = [this.#at ? [this.#at] : [], this.#truths].map((points) => points.map((point) => graph.pictured(point)));
    this.#layer.replaceChildren(...from.flatMap((places) => lines(places, to)), ...to.flat().map(ring), ...from.flat().map((place) => cross(place, !this.#room)));
    this.#place_cross(from[0]?.[0]);
  }

  #laid(graph) {
    const layer = element("svg", { class: "lesson-marks", "aria-hidden": "true" });
    graph.gd.parentElement.append(layer);
    return layer;
  }

  // where it can be taken hold of
  #place_cross(place) {
    if (!this.#room || !place) return this.#cross?.remove();
    this.#cross ??= this.#button();
    if (!this.#cross.isConnected) this.#layer.before(this.#cross);
    this.#cross.style.transform = `translate(${place[0]}px, ${place[1]}px)`;
  }

  #button() {
    const label = "Your mark: drag it, or move it with the arrow keys";
    const button = make("button", { type: "button", id: "lesson-cross", "aria-label": label, "data-handle": "mark" });
    button.addEventListener("keydown", (event) => this.#key(event));
    return button;
  }
}

export const marks = new Marks();

// from the mark to the nearest of what is so, in each picture
function lines(places, truths) {
  return places.flatMap(([x, y], picture) => {
    const ends = truths.map((those) => those[picture]).filter(Boolean);
    if (!ends.length) return [];
    const [end] = ends.sort((a, b) => Math.hypot(a[0] - x, a[1] - y) - Math.hypot(b[0] - x, b[1] - y));
    const way = { x1: x, y1: y, x2: end[0], y2: end[1] };
    return [element("line", { ...way, class: "casing" }), element("line", { ...way, class: "way" })];
  });
}

const ring = ([x, y]) => element("circle", { cx: x, cy: y, r: RING, class: "truth" });

function cross([x, y], ghost) {
  const group = element("g", { transform: `translate(${x},${y})`, class: ghost ? "yours" : "yours live" });
  group.append(element("path", { d: CROSS, class: "casing" }), element("path", { d: CROSS, class: "cross" }));
  if (ghost) {
    const word = element("text", { x: 11, y: -7 });
    word.textContent = "you";
    group.append(word);
  }
  return group;
}

function element(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
