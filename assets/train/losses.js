// The curves over the epochs: of each run its loss on all data, during the epoch and on the rows held out, or how many
// it classes right. A run is its colour and its marker, a curve its dash; the band is between the shuffles.
import { laid_out, paint_axes, paint_grid, paint_paper, plot_of } from "../screen/axes.js";
import { stroke_outlined, write } from "../screen/marks.js";
import { written } from "../screen/numbers.js";
import { path_for } from "../screen/pen.js";
import { clipped } from "../screen/strokes.js";
import { STALE, head_size, paint_head, paint_name, paint_playhead, powers, strength_of } from "./drawn.js";
import { CURVES, epochs_of, gone_after, lost_of, over_shuffles } from "./epochs.js";

const DIGITS = 3;
const BAND = 0.16; // between the lowest and the highest of the shuffles
const ABOVE = 0.5; // decades above where the trainings begin: what is higher leaves through the frame
const LEAST = 0.06; // decades of an axis
const NEAR = 22; // px from a curve
const ROOM = { l: 58, r: 96, t: 34, b: 44 }; // px around the plot, growing with its type
const NARROW = 480; // px: of less, names stand inside
const MARKS = 8; // epochs with a number, at most
const THIN = 0.72; // of its width, what is not on all data
const SAMPLE = { wide: 28, narrow: 16 }; // px of a dash in the key
const GOAL = [6, 4];
const ASIDE_OF = [0.36, 0.72, 0.06]; // of the width stands the word of such a line: the first that no head is near
const NEAR_TO = [-0.27, 0.18]; // of the width, with its name
const BENEATH = 2.4; // times as much room below, where the lowest loss has its word
const LEAST_LINE = [1.5, 3];
const [OVER, UNDER] = [-0.7, 0.8]; // lines of type from the line that a word is of

export class Losses {
  drawn = []; // as painted last: { run, column, xs, ys } in px
  #span = null; // of the values, while numbers are coming

  constructor(look, of) {
    this.look = look;
    this.of = of;
    this.curve = look.curve;
    this.columns = CURVES[look.curve];
  }

  // the axis is the one of before for as long as it holds what comes
  follow(before) {
    if (before?.curve === this.curve && before.look.kind === this.look.kind) this.#span = before.#span;
  }

  // all has come
  settle() {
    this.#span = null;
  }

  lay(width, height) {
    const { look } = this;
    const { layout, scale } = look;
    const [low, high] = (this.#span = this.#ends());
    const logs = this.curve === "loss";
    const room = 0.05 * (high - low);
    const range = [low - (logs ? BENEATH : 1) * room, high + room];
    const yaxis = { ...layout.yaxis, type: logs ? "log" : "linear", range, nticks: 6, ...(logs ? powers(...range, 5) : {}), title: { text: "" } };
    const side = (px) => px * scale;
    const margin = { l: side(ROOM.l), r: side(width < NARROW ? 18 : ROOM.r), t: side(ROOM.t), b: side(ROOM.b) };
    this.full = laid_out({ ...layout, xaxis: this.#epoch_axis(), yaxis, margin }, width, height);
    this.plot = plot_of(this.full);
    this.drawn = look.runs.flatMap((run) => this.columns.map((curve) => this.#line(run, curve)).filter(Boolean));
    this.laid = true;
  }

  #epoch_axis() {
    const { epochs, per_epoch, layout } = this.look;
    const by = nice(epochs / MARKS);
    const tickvals = Array.from({ length: Math.floor(epochs / by) + 1 }, (_, i) => i * by * per_epoch);
    const ticktext = tickvals.map((value) => [String(value / per_epoch), ""]);
    return { ...layout.xaxis, type: "linear", range: [0, epochs * per_epoch], tickvals, ticktext, title: { text: "epoch", standoff: 4 } };
  }

  // the values that are shown, in exponents of ten where they are losses
  #ends() {
    const made = this.look.runs.flatMap((run) => this.columns.map(([column]) => over_shuffles(this.of(run).found, column)).filter(Boolean));
    const before = this.#span ?? [Infinity, -Infinity];
    if (this.curve === "accuracy") {
      const values = made.flatMap(({ middle }) => [...middle]).filter(Number.isFinite);
      return [Math.max(Math.min(0.9, ...values, before[0]), 0), 1];
    }
    const begun = this.look.runs.map((run) => over_shuffles(this.of(run).found, this.curve)?.middle[0]).filter((one) => one > 0 && one < Infinity);
    const top = Math.log10(Math.max(...begun)) + ABOVE;
    const { goal, lowest } = this.look;
    const logs = made.flatMap(({ middle }) => [...middle]).filter((one) => one > 0).map((one) => Math.min(Math.log10(one), top));
    const marked = [goal, lowest].filter((one) => one > 0).map(Math.log10);
    const all = [...(logs.length ? logs : [0]), ...marked];
    const [low, high] = [Math.min(...all, before[0]), Math.max(...all, before[1])];
    const lack = Math.max(LEAST - (high - low), 0) / 2;
    return [low - lack, high + lack];
  }

  #line(run, [column, , dash]) {
    const { found, stale } = this.of(run);
    const made = over_shuffles(found, column);
    if (!made) return null;
    const first = column === "during" ? 1 : 0; // it is known when the epoch is over
    const at = (i) => this.plot.x((i + first) * this.look.per_epoch);
    return { run, column, found, stale, made, first, dash, xs: Float64Array.from(made.middle, (_, i) => at(i)), ys: this.#heights(made.middle) };
  }

  #heights = (values) => Float64Array.from(values, (value) => this.#height(value));

  #height(value) {
    if (!Number.isFinite(value)) return NaN;
    return this.plot.y(this.curve === "loss" ? (value > 0 ? Math.log10(value) : this.full.yaxis.range[0] - 1) : value);
  }

  still(pen, view) {
    const { full, plot } = this;
    paint_paper(pen, full);
    paint_grid(pen, full);
    clipped(pen, plot.box, () => {
      for (const mark of this.#marks()) this.#paint_mark(pen, mark);
      for (const line of this.drawn) if (line.column === this.columns[0][0]) this.#paint_band(pen, line, view);
      for (const line of [...this.drawn].reverse()) this.#paint_line(pen, line, view);
    });
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    paint_axes(pen, full);
    this.#paint_key(pen);
  }

  // the loss to be reached, and the lowest that there is, as far as the frame holds them
  #marks() {
    const { goal, lowest } = this.look;
    const { box } = this.plot;
    const marks = [
      { value: lowest, words: "lowest", dash: LEAST_LINE, beneath: goal < lowest ? OVER : UNDER },
      { value: goal, words: "to reach", dash: GOAL, beneath: goal < lowest ? UNDER : OVER },
    ];
    const there = this.curve === "loss" ? marks.filter(({ value }) => value > 0).map((one) => ({ ...one, y: this.#height(one.value) })) : [];
    return there.filter(({ y }) => y >= box.y && y <= box.y + box.height);
  }

  #paint_mark(pen, { y, dash }) {
    const { plot: { box }, look: { inks, scale } } = this;
    const path = path_for(pen);
    path.moveTo(box.x, y);
    path.lineTo(box.x + box.width, y);
    pen.setLineDash(dash);
    pen.lineWidth = 1.2 * scale;
    pen.strokeStyle = inks.soft;
    pen.stroke(path);
    pen.setLineDash([]);
  }

  // beside the heads and their names, wherever they stand
  #name_mark(pen, { value, words, y, beneath }, heads) {
    const { plot: { box }, full: { font, paper_bgcolor }, look: { inks } } = this;
    const shares = heads.filter((one) => one.place).map((one) => (one.place[0] - box.x) / box.width);
    const is_free = (place) => !shares.some((share) => share > place + NEAR_TO[0] && share < place + NEAR_TO[1]);
    const place = ASIDE_OF.find(is_free) ?? ASIDE_OF[0];
    pen.font = `${font.size * 0.9}px ${font.family}`;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    write(pen, `${words} ${written(value, DIGITS)}`, box.x + place * box.width, y + beneath * font.size, paper_bgcolor, inks.soft);
  }

  #paint_band(pen, { run, made, xs, stale }, view) {
    if (this.look.shuffles < 2) return;
    const path = path_for(pen);
    const [low, high] = [made.low, made.high].map(this.#heights);
    const far = high.findIndex((y) => y !== y);
    const end = far < 0 ? xs.length : far;
    for (let i = 0; i < end; i++) path[i ? "lineTo" : "moveTo"](xs[i], high[i]);
    for (let i = end - 1; i >= 0; i--) path.lineTo(xs[i], low[i]);
    pen.globalAlpha = BAND * strength_of(run, view) * (stale ? STALE : 1);
    pen.fillStyle = run.color;
    pen.fill(path);
    pen.globalAlpha = 1;
  }

  #paint_line(pen, { run, column, xs, ys, dash, stale }, view) {
    const path = path_for(pen);
    let down = false;
    for (let i = 0; i < xs.length; i++) {
      if (ys[i] === ys[i]) path[down ? "lineTo" : "moveTo"](xs[i], ys[i]);
      down = ys[i] === ys[i];
    }
    const { scale } = this.look;
    pen.globalAlpha = strength_of(run, view) * (stale ? STALE : 1);
    pen.strokeStyle = run.color;
    pen.lineWidth = run.width * (column === this.columns[0][0] ? 1 : THIN);
    pen.lineCap = "butt";
    pen.lineJoin = "round";
    pen.setLineDash(dash.map((one) => one * scale));
    pen.stroke(path);
  }

  // which dash is which curve
  #paint_key(pen) {
    const { plot, full: { font, width }, look: { inks, scale } } = this;
    const sample = (width < NARROW ? SAMPLE.narrow : SAMPLE.wide) * scale;
    let x = width < NARROW ? scale : plot.box.x;
    const y = plot.box.y - font.size * 1.2;
    for (const [column, name, dash] of this.columns) {
      if (!this.drawn.some((line) => line.column === column)) continue;
      pen.font = `${0.95 * font.size}px ${font.family}`;
      pen.textBaseline = "middle";
      const wide = sample + 6 + pen.measureText(name).width + 14;
      if (x + wide > width + 14) return;
      const path = path_for(pen);
      path.moveTo(x, y);
      path.lineTo(x + sample, y);
      pen.setLineDash(dash.map((one) => one * scale));
      pen.strokeStyle = inks.ink;
      pen.lineWidth = 2 * scale;
      pen.lineCap = "butt";
      pen.stroke(path);
      pen.setLineDash([]);
      pen.lineJoin = "round";
      write(pen, name, x + sample + 6, y, inks.panel, inks.ink);
      x += wide;
    }
  }

  moving(pen, view) {
    const { look, plot, full } = this;
    paint_playhead(pen, plot, view.step, look.steps, look.inks, look.scale);
    const taken = [];
    const room = { ...plot.box, width: full.width - plot.box.x };
    const heads = this.drawn.filter(({ column }) => column === this.columns[0][0]).map((line) => ({ ...line, place: this.head(line, view.step) }));
    for (const mark of this.#marks()) this.#name_mark(pen, mark, heads);
    for (const { run, place } of heads) {
      if (!place) continue;
      pen.globalAlpha = strength_of(run, view);
      paint_head(pen, run, place, head_size(full.font), full.paper_bgcolor);
    }
    for (const { run, found, place } of heads.filter((one) => one.place).sort((a, b) => a.place[1] - b.place[1])) {
      pen.globalAlpha = strength_of(run, view);
      paint_name(pen, `${run.label}${fate(found, view.step, look.per_epoch)}`, place, room, taken, { font: full.font, paper: full.paper_bgcolor }, run.ink);
    }
    pen.globalAlpha = 1;
    if (view.place && view.place.epoch !== null) this.#paint_cursor(pen, view.place.epoch * look.per_epoch);
  }

  // where a run stands at a step: on its curve, at the edge of the frame where that is outside, or where it diverged
  head({ xs, ys, first }, step) {
    const { box } = this.plot;
    const place = Math.max(step / this.look.per_epoch - first, 0);
    let at = Math.min(Math.floor(place), ys.length - 1);
    const share = Math.min(place - at, 1);
    while (at > 0 && ys[at] !== ys[at]) at--;
    if (!(at >= 0) || ys[at] !== ys[at]) return null;
    const next = ys[at + 1] === ys[at + 1] && at + 1 < ys.length ? at + 1 : at;
    const between = (values) => values[at] + (next > at ? share : 0) * (values[next] - values[at]);
    return [between(xs), Math.min(Math.max(between(ys), box.y), box.y + box.height)];
  }

  #paint_cursor(pen, step) {
    const { plot: { x, box }, look: { inks } } = this;
    const path = path_for(pen);
    path.moveTo(x(step), box.y);
    path.lineTo(x(step), box.y + box.height);
    pen.setLineDash([]);
    stroke_outlined(pen, path, inks.panel, inks.soft, 3, 1);
  }

  // the epoch, and the run whose curve is near; null outside
  at(x, y) {
    const { box } = this.plot;
    if (x < box.x - 4 || x > box.x + box.width + 4 || y < box.y || y > box.y + box.height) return null;
    const { per_epoch, epochs } = this.look;
    const epoch = Math.min(Math.max(Math.round(this.plot.x_at(x) / per_epoch), 0), epochs);
    let [best, slot] = [NEAR, null];
    for (const line of this.drawn) {
      const place = this.head(line, this.plot.x_at(x));
      if (place && Math.abs(place[1] - y) < best) [best, slot] = [Math.abs(place[1] - y), line.run.slot];
    }
    return { epoch, slot };
  }

  first = () => ({ epoch: null, slot: null });

  // up and down go from run to run
  key(place, name) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[name];
    const slots = this.look.runs.map(({ slot }) => slot);
    if (!by || !slots.length) return undefined;
    const next = place?.slot === null || !place ? (by > 0 ? 0 : slots.length - 1) : slots.indexOf(place.slot) + by;
    return { epoch: null, slot: slots[Math.min(Math.max(next, 0), slots.length - 1)] };
  }

  stands({ slot }) {
    const { box } = this.plot;
    const line = this.drawn.find(({ run }) => run.slot === slot);
    return line ? [box.x + box.width / 2, line.ys[line.ys.length >> 1] || box.y] : [box.x, box.y];
  }

  lines({ epoch, slot }, { step }) {
    const { per_epoch, epochs, runs } = this.look;
    const at = epoch ?? Math.floor(step / per_epoch);
    const seen = runs.filter((run) => slot === null || run.slot === slot).filter((run) => this.of(run).found);
    const told = (run) => (slot === null ? [[run.slot, `${run.label}: ${this.#said(run, this.columns[0], at)}`]] : [[run.slot, run.label], ...this.#in_full(run, at)]);
    return [[null, `epoch ${at} of ${epochs}`], ...seen.flatMap(told)];
  }

  #in_full(run, at) {
    return this.columns.filter(([column]) => this.of(run).found[column]).map((curve) => [null, `${curve[1]} ${this.#said(run, curve, at)}`]);
  }

  // a number, and of several shuffles how far apart they are
  #said(run, [column], epoch) {
    const made = over_shuffles(this.of(run).found, column);
    const i = column === "during" ? epoch - 1 : epoch;
    if (i < 0 || i >= made.middle.length) return "–";
    return said(made.middle[i]) + (made.low[i] === made.high[i] ? "" : ` (${said(made.low[i])} to ${said(made.high[i])})`);
  }

  // in words, of the playhead
  told(step) {
    const { look } = this;
    const what = this.curve === "loss" ? look.loss : "accuracy";
    const [, ...runs] = this.lines({ epoch: null, slot: null }, { step });
    const far = look.runs.some((run) => epochs_of(this.of(run).found) < look.epochs) ? " Still training." : "";
    return `${what.charAt(0).toUpperCase()}${what.slice(1)} on all data after epoch ${Math.floor(step / look.per_epoch)}. ${runs.map(([, text]) => text).join("; ")}.${far}`;
  }
}

export const said = (value) => (Number.isFinite(value) ? written(value, DIGITS) : "diverged");

function fate(found, step, per_epoch) {
  const lost = lost_of(found);
  const gone = gone_after(found);
  if (!lost && gone >= 0 && gone * per_epoch <= step) return " diverged";
  return lost && lost.count * 2 > lost.of && lost.step <= step ? " diverged" : "";
}

// 1, 2 or 5 of a power of ten, not below this
function nice(rough) {
  const base = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return Math.max([1, 2, 5, 10].map((one) => one * base).find((one) => one >= rough), 1);
}
