// The start on the map: a handle to drag or to move by keys, and the exact loss and gradient under the pointer.
import { address } from "../page/address.js";
import { ask } from "../wire/channel.js";
import { gate } from "../wire/gate.js";
import { show_texts } from "./controls.js";
import { clicked, doubled, graphs, painted } from "./graphs.js";
import { playhead } from "./playhead.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const PART = 200; // an arrow moves a 200th of the map,
const LARGE = 10; // with Shift ten times that

class Handle {
  #start = [0, 0];
  #domain = [[0, 1], [0, 1]];
  #room = [[0, 1], [0, 1]];
  #dragged = false;
  #barred = ""; // why the start stays where it is

  follow(start, domain, room, barred = "") {
    this.#domain = domain;
    this.#room = room;
    this.#bar(barred);
    if (!this.#dragged) this.#start = start;
    this.place();
  }

  #bar(why) {
    if (why === this.#barred) return;
    this.#barred = why;
    this.#dragged &&= !why;
    const element = document.getElementById("start-handle");
    element.dataset.does ??= element.ariaLabel;
    element.disabled = Boolean(why);
    element.ariaLabel = why ? `Start point, ${why}` : element.dataset.does;
  }

  place() {
    const element = document.getElementById("start-handle");
    const plane = start_plane();
    element.hidden = !plane;
    if (!plane) return;
    const [x, y] = plane.to_pixels(this.#start);
    element.style.transform = `translate(${x}px, ${y}px)`;
    element.style.visibility = plane.holds(this.#start) ? "" : "hidden";
  }

  move(point) {
    if (this.#barred) return;
    this.#start = point.map((value, i) => Math.min(Math.max(value, this.#room[i][0]), this.#room[i][1]));
    this.place();
    gate.edit("point", "start", this.#start);
  }

  step(way, far) {
    const size = ([low, high]) => (far * (high - low)) / PART;
    this.move(this.#start.map((value, i) => value + way[i] * size(this.#domain[i])));
  }

  grab(event) {
    this.#dragged = true;
    event.target.closest("#start-handle").setPointerCapture(event.pointerId);
  }

  let_through(on) {
    document.getElementById("start-handle").style.pointerEvents = on ? "none" : "";
  }

  let_go() {
    this.#dragged = false;
  }

  is_dragged() {
    return this.#dragged;
  }
}

export const handle = new Handle();

// where a start can be set, if the map shows such a plane
const start_plane = () => (graphs.map?.skeleton?.layout.clickanywhere ? graphs.map.plane() : null);

function value_under({ clientX, clientY }) {
  const box = graphs.map.gd.getBoundingClientRect();
  return start_plane().to_values([clientX - box.x, clientY - box.y]);
}

painted.listen((graph) => graph === graphs.map && handle.place());

// A double click resets the view, and its first click alone would have moved the start: that is taken back.
// The handle has come under the pointer by then, and lets the second click through.
const DOUBLE = 500; // ms
const before_click = { start: undefined, timer: 0 }; // where a change that is not over yet had put it

clicked.listen((point) => {
  before_click.start = gate.pending("point", "start");
  handle.move(point);
  handle.let_through(true);
  clearTimeout(before_click.timer);
  before_click.timer = setTimeout(() => handle.let_through(false), DOUBLE);
});
doubled.listen(() => {
  if (before_click.start) handle.move(before_click.start);
  else gate.withdraw("point", "start");
});

document.addEventListener("pointerdown", (event) => {
  if (event.target.closest?.("#start-handle:enabled") && !event.button) handle.grab(event);
});
document.addEventListener("pointermove", (event) => {
  if (handle.is_dragged()) handle.move(value_under(event));
  else if (event.target.closest?.("#graph-map") && start_plane()) probe.look(value_under(event));
  else probe.leave();
});
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => handle.let_go());
document.addEventListener("keydown", (event) => {
  const way = event.target.closest?.("#start-handle") && STEPS[event.key];
  if (!way) return;
  event.preventDefault();
  handle.step(way, event.shiftKey ? LARGE : 1);
});

// one question in flight; the newest place waits
const probe = {
  asking: false,
  next: null,
  away: true, // the pointer is not on the map
  look(point) {
    if (!start_plane().holds(point)) return this.leave();
    this.away = false;
    this.next = point;
    if (!this.asking) this.ask();
  },
  leave() {
    if (this.away) return;
    this.away = true;
    this.next = null;
    show_texts();
  },
  async ask() {
    this.asking = true;
    const data = { query: address.read(), at: this.next, t: playhead.step() };
    this.next = null;
    const { answer } = await ask("probe", data);
    this.asking = false;
    if (answer && !this.away) document.getElementById("readout").textContent = answer.text;
    if (this.next) this.ask();
  },
};
