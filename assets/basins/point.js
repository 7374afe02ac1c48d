// The point of the maps that is looked at: with the pointer, or by keys. How a walk from there ends is said below, and the
// start can be put there.
import { playhead } from "../screen/playhead.js";
import { ask } from "../wire/channel.js";
import { gate } from "../wire/gate.js";
import { basins } from "./basins.js";

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const PART = 96; // an arrow moves a 96th of the map,
const LARGE = 8; // with Shift eight times that

const element = document.getElementById("basins-point");
const frame = document.getElementById("basins-frame");

const reading = {
  asking: false,
  next: null,
  say(text) {
    document.getElementById("basins-reading").textContent = text;
  },
  look(at) {
    this.next = at;
    if (!this.asking) this.ask();
  },
  async ask() {
    this.asking = true;
    const data = { query: gate.last.query, at: this.next, t: playhead.step(), tab: "basins" };
    this.next = null;
    const { answer } = await ask("probe", data);
    this.asking = false;
    if (answer && basins.at) this.say(answer.text);
    if (this.next) this.ask();
  },
};

function point_at(at) {
  basins.at = at;
  basins.repaint();
  if (at) reading.look(at);
  else reading.say("");
}

// the values under a place of the frame; null between the maps
function under({ clientX, clientY }) {
  const { x, y } = frame.getBoundingClientRect();
  const place = [clientX - x, clientY - y];
  const plane = basins.planes.find(({ box }) => lies_in(place, box));
  return plane ? plane.to_values(place) : null;
}

const lies_in = ([px, py], { x, y, width, height }) => px >= x && px <= x + width && py >= y && py <= y + height;

const is_barred = () => element.ariaDisabled === "true";

function put_start(at) {
  if (at && !is_barred()) gate.edit("point", "start", at);
}

frame.addEventListener("pointermove", (event) => {
  if (event.pointerType !== "touch") point_at(under(event));
});
frame.addEventListener("pointerleave", () => document.activeElement !== element && point_at(null));
frame.addEventListener("click", (event) => {
  if (event.target.closest("#basins-point") && !event.detail) return put_start(basins.at); // by Enter or Space
  const at = under(event);
  if (!at) return;
  point_at(at);
  put_start(at);
});

// by keys: it begins at the start
element.addEventListener("focus", () => basins.at || (basins.look && point_at(basins.look.start)));
element.addEventListener("blur", () => point_at(null));
element.addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  if (!way || !basins.look) return;
  event.preventDefault();
  const { xaxis, yaxis } = basins.look.layout;
  const far = event.shiftKey ? LARGE : 1;
  const from = basins.at ?? basins.look.start;
  point_at([xaxis, yaxis].map(({ range: [low, high] }, i) => clamped(from[i] + (way[i] * far * (high - low)) / PART, low, high)));
});

const clamped = (value, low, high) => Math.min(Math.max(value, low), high);

// the button that takes the keys lies on the first map
basins.painted = () => {
  const [{ box }] = basins.planes;
  Object.assign(element.style, { left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` });
};
