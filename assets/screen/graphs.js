// The graphs: skeletons and arrays come from the server, the canvas shows them at once, Plotly follows when idle.
import { signal } from "../signal.js";
import { axis_names, laid_out } from "./axes.js";
import { make } from "./elements.js";
import { nearest } from "./nearest.js";
import { lay_over, paint } from "./painter.js";
import { playhead } from "./playhead.js";
import { tab_shown } from "./place.js";
import { arrived, is_here } from "./plotly.js";
import { pointer } from "./pointer.js";
import { alike, fitted, ratio, stretch } from "./scale.js";
import { sight, standing } from "./space.js";

const IDLE = 150; // ms after the last change before Plotly is brought up to date
const LATEST = 300; // ms that it waits at most for an idle moment: a browser that paints nothing may have none
const TURN = 500; // ms after which a turn of the wheel that Plotly says nothing of was none
export const CONFIG = {
  displaylogo: false,
  showSendToCloud: false,
  displayModeBar: false, // a button of our own resets the view, where there is something to reset
  scrollZoom: true,
  doubleClick: "reset",
};

export const graphs = {}; // by name
export const painted = signal(); // this graph
export const drawn = signal(); // this graph, by Plotly for the first time
export const pointed = signal(); // this run, or null
export const clicked = signal(); // this point of a plane that asks to be clicked
export const looked = signal(); // at another part of the plane of this graph, or in another shape
export const doubled = signal(); // such a plane, twice: the first click was none
const pointing = { slot: null }; // the run that is pointed at anywhere
const pace = { idle: 0 };

const SLACK = 0.02; // of an axis: what sticks out by less has not left it

function has([low, high], [least, most]) {
  const slack = SLACK * (high - low);
  return least >= low - slack && most <= high + slack;
}

// while another tab is shown there is nothing to draw on
const is_away = () => tab_shown() !== "explore";

// a dotted name is a place inside
const at = (whole, name) => name.split(".").reduce((part, step) => (part[step] ??= {}), whole);

function filled(whole, values) {
  for (const [name, value] of Object.entries(values)) {
    const place = name.lastIndexOf(".");
    (place < 0 ? whole : at(whole, name.slice(0, place)))[name.slice(place + 1)] = value;
  }
  return whole;
}

// Plotly's camera sees as much upwards whatever the frame: in a narrow one it must be farther away
function camera_for({ clientWidth: width, clientHeight: height }, { scene: { camera } }) {
  const farther = Math.max(1, height / width) || 1;
  return { ...camera, eye: Object.fromEntries(Object.entries(camera.eye).map(([axis, at]) => [axis, farther * at])) };
}

// Plotly keeps what is not drawn by it for hover and export; in space it would draw it nevertheless
const shown_by_plotly = (trace) => (trace.type === "scatter3d" ? { ...trace, visible: false } : structuredClone(trace));

class Graph {
  skeleton = null;
  traces = {}; // uid -> arrays
  ground = {};
  axes = {};
  labels = {}; // of the runs, by slot
  stops = {};
  drift = null; // how the surface moves: in x, in y, and at which step alone
  #stood = "0,0"; // by how much it had moved as Plotly drew it last
  ends = {}; // of the walks, by slot: since when, and in words
  empty = ""; // why nothing is drawn
  start = null;
  names = []; // as they were painted last
  dirty = false; // Plotly lags behind
  turning = false; // by the wheel: Plotly moves its axes before it knows of it, and what it is told now takes them back
  early = null; // the layout that Plotly will make, for as long as it has not drawn
  ahead = false; // the canvas shows a ground that Plotly does not know yet
  zoomed = false; // by the user
  sight = null; // the ranges of a plane of the surface to which the user has moved it
  #reset = null; // the button that ends that
  #turned = 0;
  #held = null; // the ranges of a panel that it was zoomed to before Plotly was there
  #missed = { skeleton: false, ground: false }; // what came while another tab was shown
  sheet = null; // while on paper: what is drawn there instead of the canvas, and the skeleton for the screen
  lines = []; // as they were painted last
  overlays = []; // lines at the heads of runs
  canvas = null;

  constructor(name) {
    this.name = name;
    this.gd = document.getElementById(`graph-${name}`);
    new ResizeObserver(() => this.#resize()).observe(this.gd);
  }

  is_drawn() {
    return Boolean(this.gd._fullLayout);
  }

  // its layout with its pixels
  full() {
    return this.gd._fullLayout || this.early;
  }

  follow(scene) {
    const ground = scene.ground[this.name];
    const skeleton = scene.skeletons[this.name];
    this.traces = scene.traces[this.name] || this.traces;
    if (ground) this.ground = ground;
    this.axes = scene.axes[this.name];
    this.labels = scene.labels;
    this.stops = scene.stops;
    this.ends = scene.ends;
    this.empty = scene.empty[this.name] || "";
    this.drift = this.name === "map" ? scene.drift : null;
    this.start = scene.start;
    this.plane_shown = { domain: scene.domain, room: scene.room };
    this.dirty = true;
    if (skeleton) this.#dress(skeleton);
    this.#missed = { skeleton: this.#missed.skeleton || Boolean(skeleton), ground: this.#missed.ground || Boolean(ground) };
    if (!is_away()) this.#show(this.#missed);
  }

  #show({ skeleton, ground }) {
    this.#missed = { skeleton: false, ground: false };
    if (!is_here()) this.#sketch();
    else if (skeleton || !this.is_drawn()) this.rebuild(this.skeleton);
    else if (ground && this.is_space()) this.update();
    else if (ground) this.ahead = true;
    if (this.is_drawn()) this.widen();
    this.repaint();
  }

  #dress(skeleton) {
    if (skeleton.layout.uirevision !== this.skeleton?.layout.uirevision) this.#zoom(false);
    this.skeleton = skeleton;
  }

  // as the canvas draws it until Plotly is there
  #sketch() {
    const { width, height } = getComputedStyle(this.gd);
    this.early = laid_out(this.#layout(), parseFloat(width) || 0, parseFloat(height) || 0);
  }

  #sketch_anew() {
    this.#sketch();
    this.repaint();
  }

  #layout() {
    const layout = structuredClone(this.skeleton.layout);
    for (const [axis, { extent, ...wanted }] of Object.entries(this.axes)) filled(at(layout, axis), wanted);
    if (layout.scene) layout.scene.camera = camera_for(this.gd, layout);
    if (this.is_plane()) this.#frame(layout);
    else if (this.#held) for (const [i, name] of ["xaxis", "yaxis"].entries()) layout[name].range = this.#held[i];
    return layout;
  }

  // with another look, or at another size
  rebuild(skeleton) {
    const fresh = !this.is_drawn();
    this.skeleton = skeleton;
    const data = skeleton.data.map((trace) => filled(shown_by_plotly(trace), this.placed(trace)));
    window.Plotly.react(this.gd, data, this.#layout(), CONFIG);
    this.gd.querySelector(".plot-container").ariaHidden = "true"; // its letters say nothing without their places
    if (fresh) this.#begin();
    this.#watch_camera();
    this.#stood = String(this.moved());
    this.dirty = this.ahead = false;
  }

  // Plotly has drawn it, and the canvas shows the walks alone
  #begin() {
    this.early = this.#held = null;
    if (this.canvas) lay_over(this.canvas, this.gd);
    this.#watch();
    this.repaint();
    drawn.tell(this);
  }

  // Plotly's own copy of the data, for hover, zoom and export; with the axes that fit it, in one go
  update() {
    if (!this.is_drawn()) return this.rebuild(this.skeleton);
    const data = this.skeleton.data.map((trace) => this.placed(trace));
    const names = new Set(data.flatMap(Object.keys));
    const columns = Object.fromEntries([...names].map((name) => [name, data.map((trace) => trace[name])]));
    this.#stood = String(this.moved());
    this.dirty = this.ahead = false;
    window.Plotly.update(this.gd, columns, this.#refit(false), [...data.keys()]);
  }

  // the axes alone, where the picture on the canvas no longer fits them
  widen() {
    const change = this.#refit(true);
    if (Object.keys(change).length) window.Plotly.relayout(this.gd, change);
  }

  // what the runs decide beside what the surface decides
  arrays({ uid, meta }) {
    const name = meta?.like || uid;
    const own = { ...this.ground[name], ...this.traces[name] };
    return Object.keys(own).length ? own : { x: [], y: [] };
  }

  // by how much the surface has moved at the playhead's step
  moved(step = playhead.step()) {
    if (!this.drift) return [0, 0];
    const [x, y, at] = this.drift;
    const times = at === null ? step : Number(step >= at);
    return [times * x, times * y];
  }

  // whether the surface has moved since Plotly drew it
  has_moved() {
    return String(this.moved()) !== this.#stood;
  }

  // the arrays as Plotly draws them: those of the surface where it stands now
  placed(trace) {
    const own = this.arrays(trace);
    const [x, y] = this.moved();
    if (!(x || y) || trace.meta?.first !== undefined || trace.meta?.fan) return own;
    const by = { x, y, x0: x, y0: y };
    const beside = ([name, value]) => [name, !by[name] ? value : value.map ? value.map((one) => one + by[name]) : value + by[name]];
    return Object.fromEntries(Object.entries(own).map(beside));
  }

  // While something moves an axis holds still until a curve has really left it; when all is quiet it fits again.
  #refit(moving) {
    if (this.is_plane()) return this.#reframe();
    const change = {};
    for (const [axis, { extent, ...wanted }] of Object.entries(this.zoomed && !this.is_space() ? {} : this.axes)) {
      const now = at(this.gd._fullLayout, axis).range;
      if (now[0] === wanted.range[0] && now[1] === wanted.range[1]) continue;
      if (moving && has(now, extent)) continue;
      for (const [name, value] of Object.entries(wanted)) change[`${axis}.${name}`] = value;
    }
    return change;
  }

  // --- a plane of the surface: one unit of x is as long as one unit of y ---

  is_plane() {
    return Boolean(this.skeleton?.layout.clickanywhere);
  }

  // the px of its x axis and of its y axis
  #sizes() {
    const { margin, xaxis, yaxis } = this.skeleton.layout;
    const share = ({ domain: [from, to] = [0, 1] }) => to - from;
    const { clientWidth, clientHeight } = this.gd;
    const { width = clientWidth, height = clientHeight } = this.skeleton.layout;
    const inner = [width - margin.l - margin.r, height - margin.t - margin.b].map((size) => Math.max(size, 1));
    return [inner[0] * share(xaxis), inner[1] * share(yaxis)];
  }

  // the ranges of its axes, and what has to be said of them
  #fit() {
    const sizes = this.#sizes();
    const { domain, room } = this.plane_shown;
    const own = fitted(domain, sizes, room);
    const by = stretch(own, sizes);
    return { ranges: this.sight ? fitted(this.sight, [sizes[0] / by, sizes[1]]) : own, said: ratio(by) };
  }

  #frame(layout) {
    const { ranges, said } = this.#fit();
    for (const name of axis_names(layout)) layout[name].range = ranges[name[0] === "x" ? 0 : 1];
    Object.assign(layout.annotations.find(({ name }) => name === "ratio"), { text: said, visible: Boolean(said) });
  }

  // the change that sets the axes right again; nothing while they are being moved
  #reframe() {
    return pointer.pressed || this.turning || alike(this.#fit().ranges, this.#ranges()) ? {} : this.#framing();
  }

  #framing() {
    const { ranges, said } = this.#fit();
    const at = this.gd._fullLayout.annotations.findIndex(({ name }) => name === "ratio");
    const change = { [`annotations[${at}].text`]: said, [`annotations[${at}].visible`]: Boolean(said) };
    for (const name of axis_names(this.skeleton.layout)) change[`${name}.range`] = ranges[name[0] === "x" ? 0 : 1];
    return change;
  }

  #look(ranges) {
    this.sight = ranges;
    looked.tell(this);
  }

  // what the user has chosen to see of the plane; null: nothing
  chosen() {
    return this.sight && this.#fit().ranges;
  }

  #ranges() {
    const { xaxis, yaxis } = this.full();
    return [[...xaxis.range], [...yaxis.range]];
  }

  repaint() {
    if (!this.full()?.width || !this.skeleton || this.sheet) return;
    paint(this, this.view());
    painted.tell(this);
  }

  view() {
    return { step: playhead.step(), at_end: playhead.at_end(), playing: playhead.playing(), pointed: pointing.slot };
  }

  overlay(lines) {
    this.overlays = lines;
    this.repaint();
  }

  // whatever changed the size of the element: the window, a presentation, a sheet, the type
  #resize() {
    if (this.sheet || !this.skeleton) return;
    if (this.is_plane()) looked.tell(this);
    if (!this.is_drawn()) return this.#sketch_anew();
    const { clientWidth, clientHeight, _fullLayout: full } = this.gd;
    const fits = Math.abs(full.width - clientWidth) < 1 && Math.abs(full.height - clientHeight) < 1;
    if (fits || !clientWidth || !clientHeight) return;
    window.Plotly.relayout(this.gd, { autosize: true, ...(this.is_plane() ? this.#reframe() : {}) });
  }

  #watch() {
    this.gd.on("plotly_afterplot", () => this.repaint());
    this.gd.on("plotly_relayouting", () => this.repaint());
    this.gd.addEventListener("wheel", ({ ctrlKey }) => ctrlKey && this.#turn(), { capture: true, passive: true });
    this.gd.on("plotly_relayout", (change) => {
      this.turning = false;
      if (Object.keys(change).some((name) => /range\[0\]$|^scene\.camera/.test(name))) this.#zoom(true);
      if (this.zoomed && this.is_plane()) setTimeout(() => this.widen(), 0);
    });
    this.gd.on("plotly_doubleclick", () => {
      this.#zoom(false);
      if (this.skeleton.layout.clickanywhere) doubled.tell();
      setTimeout(() => this.update(), 0);
    });
    this.gd.on("plotly_click", ({ xvals, yvals, event }) => {
      const second = event?.detail > 1; // of a double click
      if (xvals && !second && this.skeleton.layout.clickanywhere) clicked.tell([xvals[0], yvals[0]]);
    });
  }

  #turn() {
    this.turning = true;
    clearTimeout(this.#turned);
    this.#turned = setTimeout(() => (this.turning = false), TURN);
  }

  // whether the user sees another part of it, or from another side, than it shows by itself
  #zoom(on, ranges = null) {
    this.zoomed = on;
    if (this.is_plane()) this.#look(on ? ranges || this.#ranges() : null);
    if (on && !this.#reset) {
      this.#reset = make("button", { type: "button", class: "plain small reset" }, "Reset view");
      this.#reset.addEventListener("click", () => this.#show_all());
      this.gd.append(this.#reset);
    }
    if (this.#reset) this.#reset.hidden = !on;
  }

  #show_all() {
    this.#zoom(false);
    if (!this.is_drawn()) {
      this.#held = null;
      return this.#sketch_anew();
    }
    const { layout } = this.skeleton;
    const names = Object.keys(layout).filter((name) => /^[xy]axis/.test(name) && layout[name].range);
    const change = Object.fromEntries(names.map((name) => [`${name}.range`, [...layout[name].range]]));
    for (const [axis, { range }] of Object.entries(this.axes)) change[`${axis}.range`] = [...range];
    if (this.is_plane()) Object.assign(change, this.#framing());
    if (layout.scene) change["scene.camera"] = camera_for(this.gd, layout);
    window.Plotly.relayout(this.gd, change).then(() => this.#zoom(false));
  }

  // Plotly says only where a gesture leaves the camera; the canvas goes with it
  #watch_camera() {
    const plot = this.gd._fullLayout.scene?._scene?.glplot;
    if (!plot || plot === this.watched) return;
    const theirs = plot.onrender;
    plot.onrender = () => {
      theirs?.();
      this.repaint();
    };
    this.watched = plot;
  }

  is_space() {
    return Boolean(this.skeleton?.layout.scene);
  }

  // the only plane of the graph, between its values and the pixels of its element
  plane() {
    const { xaxis, yaxis, xaxis2 } = this.full() || {};
    if (!xaxis || xaxis2) return null;
    const axes = [xaxis, yaxis];
    return {
      to_pixels: (point) => axes.map((axis, i) => axis._offset + axis.l2p(point[i])),
      to_values: (place) => axes.map((axis, i) => axis.p2l(place[i] - axis._offset)),
      holds: (point) => axes.every((axis, i) => axis.l2p(point[i]) >= 0 && axis.l2p(point[i]) <= axis._length),
    };
  }

  // the pixels of a point in every picture of the surface that the graph shows: one, one a run, or in space
  pictured(point) {
    const full = this.full();
    if (!full) return [];
    if (this.is_space()) {
      const space = sight(this, full);
      return [space && standing(space, point)].filter((place) => place && !Number.isNaN(place[0]));
    }
    const names = axis_names(this.skeleton.layout);
    const [across, up] = ["x", "y"].map((side) => names.filter((name) => name[0] === side).map((name) => full[name]));
    const places = across.map((axis, i) => [axis, up[i] ?? up[0]]);
    return places.map((axes) => axes.map((axis, i) => axis._offset + axis.l2p(point[i])));
  }

  // what of x and y is shown, and how far along each a pixel lies
  axes_shown() {
    const { xaxis, yaxis } = this.full();
    return [
      { range: [...xaxis.range], share: (x) => (x - xaxis._offset) / xaxis._length },
      { range: [...yaxis.range], share: (y) => 1 - (y - yaxis._offset) / yaxis._length },
    ];
  }

  zoom([x, y]) {
    this.#zoom(true, [x, y]);
    if (!this.is_drawn()) {
      this.#held = [x, y];
      return this.#sketch_anew();
    }
    window.Plotly.relayout(this.gd, { "xaxis.range": x, "yaxis.range": y });
  }
}

export function draw(scene) {
  for (const name of Object.keys(scene.axes)) (graphs[name] ||= new Graph(name)).follow(scene);
  commit_soon();
}

// such a run stands out everywhere
export function point_at(slot) {
  if (slot === pointing.slot) return;
  pointing.slot = slot;
  repaint_all();
  pointed.tell(slot);
}

export function point_near(graph, x, y) {
  point_at(nearest(graph, x, y));
}

export function graph_at(element) {
  return graphs[element?.closest?.(".graph")?.dataset.graph];
}

function repaint_all() {
  for (const graph of Object.values(graphs)) graph.repaint();
}

function commit_soon() {
  clearTimeout(pace.idle);
  pace.idle = setTimeout(commit, IDLE);
}

// one graph per idle moment; never while something is pressed or the playhead runs, for it blocks
function commit() {
  const graph = Object.values(graphs).find((one) => one.dirty);
  if (!graph || !is_here() || is_away()) return; // it says when it has arrived
  if (pointer.pressed || graph.turning || playhead.playing()) return commit_soon();
  const first = !graph.is_drawn(); // who waits for the graphs has waited already
  graph.update();
  if (window.requestIdleCallback && !first) requestIdleCallback(commit, { timeout: LATEST });
  else setTimeout(commit, 0);
}

arrived.listen(commit);
playhead.moved.listen(() => {
  repaint_all();
  if (!graphs.map?.drift) return;
  graphs.map.dirty = true;
  commit_soon();
});
