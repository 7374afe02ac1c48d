// The same number as lines, of the parameters that were chosen: a run is its colour, a parameter its dash.
import { laid_out, paint_axes, paint_grid, paint_paper, plot_of } from "../screen/axes.js";
import { stroke_outlined, write } from "../screen/marks.js";
import { path_for } from "../screen/pen.js";
import { clipped } from "../screen/strokes.js";
import { DASHES, STALE, cut, head_size, paint_head, paint_name, paint_playhead, powers, row_at, step_axis, step_row, strength_of } from "./drawn.js";
import { capital, said } from "./heat.js";

const [BELOW, ABOVE, LEAST] = [4, 2.5, 0.25]; // decades of the axis: at most below and above the middle one, and half of it at least
const NEAR = 18; // px from a line
const ROOM = { l: 52, r: 92, t: 30, b: 40 }; // px around the plot, growing with its type
const NARROW = 480; // px: of less, names stand inside
const WIDTH = 1.75; // px of a line at most: there are several of each run
const SAMPLE = 26; // px of a dash in the key

export class Lines {
  drawn = []; // as painted last: { run, part, xs, ys } in px

  constructor(look, of) {
    this.look = look;
    this.of = of;
    this.column = look.quantity === "rms" ? "rms_grad" : "effective_lr";
  }

  lay(width, height) {
    const { look } = this;
    const { layout } = look;
    const [low, high] = this.#ends();
    const room = 0.04 * (high - low);
    const yaxis = { ...layout.yaxis, type: "log", range: [low - room, high + room], ...powers(low - room, high + room, 5) };
    const side = (px) => px * look.scale;
    const margin = { l: side(ROOM.l), r: side(width < NARROW ? 14 : ROOM.r), t: side(ROOM.t), b: side(ROOM.b) };
    this.full = laid_out({ ...layout, xaxis: step_axis(layout, look.steps), yaxis, margin }, width, height);
    this.plot = plot_of(this.full);
    this.drawn = look.runs.flatMap((run) => look.lines.map((part, place) => this.#line(run, part, place)).filter(Boolean));
    this.laid = true;
  }

  // all of them, but what is much farther from most: before its first gradient a rate may be that over ε
  #ends() {
    const found = this.look.runs.flatMap((run) => this.look.lines.flatMap((part) => (this.of(run).found?.[this.column] ?? []).map((row) => row[part])));
    const values = Float64Array.from(found.filter((value) => value > 0 && value < Infinity)).sort();
    if (!values.length) return [-2, 0];
    const [least, middle, most] = [0, values.length >> 1, values.length - 1].map((at) => Math.log10(values[at]));
    const [low, high] = [Math.max(least, middle - BELOW), Math.min(most, middle + ABOVE)];
    const half = Math.max((high - low) / 2, LEAST);
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  }

  #line(run, part, place) {
    const { found, stale } = this.of(run);
    if (!found) return null;
    const rows = found[this.column];
    const [xs, ys] = [new Float64Array(rows.length), new Float64Array(rows.length)];
    rows.forEach((row, i) => {
      xs[i] = this.plot.x(found.at[i + 1]);
      ys[i] = row[part] > 0 ? this.plot.y(Math.log10(row[part])) : NaN;
    });
    return { run, part, found, stale, xs, ys, dash: DASHES[place % DASHES.length] };
  }

  still(pen, view) {
    paint_paper(pen, this.full);
    paint_grid(pen, this.full);
    clipped(pen, this.plot.box, () => this.drawn.forEach((line) => this.#paint(pen, line, view)));
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    paint_axes(pen, this.full);
    this.#paint_key(pen);
  }

  #paint(pen, { run, xs, ys, dash, stale }, view) {
    const path = path_for(pen);
    let down = false;
    for (let i = 0; i < xs.length; i++) {
      if (ys[i] === ys[i]) path[down ? "lineTo" : "moveTo"](xs[i], ys[i]);
      down = ys[i] === ys[i];
    }
    pen.globalAlpha = strength_of(run, view) * (stale ? STALE : 1);
    pen.strokeStyle = run.color;
    pen.lineWidth = Math.min(run.width, WIDTH * this.look.scale);
    pen.lineJoin = "round";
    pen.lineCap = "butt";
    pen.setLineDash(dash);
    pen.stroke(path);
  }

  // which dash is which parameter
  #paint_key(pen) {
    const { look, full, plot } = this;
    const { ink, soft, panel } = look.inks;
    const { font } = full;
    let x = plot.box.x;
    const y = plot.box.y - font.size * 1.2;
    look.lines.forEach((part, place) => {
      pen.font = `${0.95 * font.size}px ${font.family}`;
      pen.textBaseline = "middle";
      const name = cut(pen, look.names[part], 12 * font.size);
      const wide = SAMPLE + 6 + pen.measureText(name).width + 16;
      if (x + wide > full.width) return;
      const path = path_for(pen);
      path.moveTo(x, y);
      path.lineTo(x + SAMPLE, y);
      pen.setLineDash(DASHES[place % DASHES.length]);
      pen.strokeStyle = soft;
      pen.lineWidth = 2 * look.scale;
      pen.stroke(path);
      pen.setLineDash([]);
      pen.lineJoin = "round";
      write(pen, name, x + SAMPLE + 6, y, panel, ink);
      x += wide;
    });
  }

  moving(pen, view) {
    const { look, plot, full } = this;
    const { inks } = look;
    paint_playhead(pen, plot, view.step, look.steps, inks, look.scale);
    const taken = [];
    const named = new Set();
    for (const line of this.drawn) {
      const i = step_row(line.found, view.step);
      const at = [line.xs[i], line.ys[i]];
      if (!(at[1] >= plot.box.y - 1 && at[1] <= plot.box.y + plot.box.height + 1)) continue;
      pen.globalAlpha = strength_of(line.run, view);
      paint_head(pen, line.run, at, head_size(full.font) * 0.8, full.paper_bgcolor);
      if (!named.has(line.run.slot)) {
        const room = { ...plot.box, width: full.width - plot.box.x };
        paint_name(pen, line.run.label, at, room, taken, { font: full.font, paper: full.paper_bgcolor }, line.run.ink);
      }
      named.add(line.run.slot);
    }
    pen.globalAlpha = 1;
    if (view.place?.step) this.#paint_cursor(pen, view.place.step);
  }

  #paint_cursor(pen, step) {
    const { plot, look } = this;
    const { soft, panel } = look.inks;
    const x = plot.x(step);
    const path = path_for(pen);
    path.moveTo(x, plot.box.y);
    path.lineTo(x, plot.box.y + plot.box.height);
    pen.setLineDash([]);
    stroke_outlined(pen, path, panel, soft, 3, 1);
  }

  // the step, and the line that is near; null outside
  at(x, y) {
    const { box } = this.plot;
    if (x < box.x || x > box.x + box.width || y < box.y || y > box.y + box.height) return null;
    const step = Math.max(Math.round(this.plot.x_at(x)), 1);
    let [best, near] = [NEAR, null];
    for (const line of this.drawn) {
      const away = Math.abs(line.ys[step_row(line.found, step)] - y);
      if (away < best) [best, near] = [away, line];
    }
    return { step, slot: near?.run.slot ?? null, part: near?.part ?? null };
  }

  first = () => ({ step: null, slot: null, part: null });

  key(place, name) {
    const parts = this.look.lines;
    const by = { ArrowUp: -1, ArrowDown: 1 }[name];
    if (!by || !parts.length) return undefined;
    const next = place?.part === null ? (by > 0 ? 0 : parts.length - 1) : parts.indexOf(place.part) + by;
    return { step: null, slot: null, part: parts[Math.min(Math.max(next, 0), parts.length - 1)] };
  }

  stands({ part }) {
    const line = this.drawn.find((one) => one.part === part) ?? this.drawn[0];
    const { box } = this.plot;
    return line ? [box.x + box.width / 2, line.ys[line.ys.length >> 1]] : [box.x, box.y];
  }

  lines({ step, slot, part }, view) {
    const at = step ?? view.step;
    const seen = this.drawn.filter(({ run, part: mine }) => (slot === null || run.slot === slot) && (part === null || mine === part));
    const told = seen.map(({ run, part: mine, found }) => [run.slot, `${run.label}, ${this.look.names[mine]}: ${said(found[this.column][step_row(found, at)]?.[mine])}`]);
    return [[null, `step ${at}`], ...told];
  }

  told(step) {
    const told = this.lines({ step, slot: null, part: null }, {}).slice(1).map(([, text]) => text);
    return `${capital(this.look.measured)} of the chosen parameters at step ${step}. ${told.join("; ")}.`;
  }
}
