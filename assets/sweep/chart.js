// The curves against η: every run's in its colour, with its marker at the η that it has. Any pen draws it, so a picture is
// drawn by the same hand.
import { laid_out, paint_axes, paint_grid, paint_paper, plot_of } from "../screen/axes.js";
import { best_place } from "../screen/best.js";
import { fill_outlined, outline_of, stroke_outlined, write } from "../screen/marks.js";
import { free_place } from "../screen/names.js";
import { path_for } from "../screen/pen.js";
import { clipped } from "../screen/strokes.js";
import { values_axis } from "./frame.js";
import { column_of, nearest, placed, roomy, said, steps_by } from "./values.js";

const ASIDE = 0.2; // the others, while one is pointed at
const STALE = 0.35; // what was there before, until the first of the new is
const BAND = 0.14; // between the best and the worst of several starts
const HEAD = 0.54; // radius of a marker, of the type
const GAP = 11; // px between a marker and its name
const LANE = 0.9; // height of the row of a run's marks for what diverges, of the type
const LANES = 4.5; // and of all of them at most
const CROSS = 0.24; // radius of such a mark at most, of the type
const LIMIT = [1.5, 3]; // px of a dotted line
const TARGET = [6, 4];

export class Chart {
  lines = []; // as they were painted last: { run, xs, ys, places } in px
  #span = null; // of the values while tiles are coming

  // what is drawn: `of(run)` gives { found, stale } of it
  constructor(look, of) {
    this.look = look;
    this.of = of;
    this.column = column_of(look);
  }

  // the axis of values is the one of before for as long as it holds what comes
  follow(before) {
    if (before && before.column === this.column && before.look.log === this.look.log) this.#span = before.#span;
  }

  settle() {
    this.#span = null;
  }

  lay(width, height) {
    const shown = this.look.runs.map((run) => this.of(run).found).filter(Boolean);
    this.#span = values_axis(this.look, shown, this.#span);
    const { runs } = this.look;
    const layout = roomy(this.look.layout, width);
    const yaxis = { ...layout.yaxis, ...this.#span.axis };
    this.lane = Math.min(LANE, LANES / runs.length) * layout.font.size;
    const margin = { ...layout.margin, t: layout.margin.t + (runs.length + 0.5) * this.lane };
    this.full = laid_out({ ...layout, yaxis, margin }, width, height);
    this.plot = plot_of(this.full);
  }

  paint(pen, view) {
    const { full, plot } = this;
    paint_paper(pen, full);
    paint_grid(pen, full);
    const look = { ...view, font: full.font, paper: full.paper_bgcolor, strength: ({ slot }) => (view.pointed === null || view.pointed === slot ? 1 : ASIDE) };
    this.#paint_target(pen);
    this.lines = this.look.runs.map((run) => this.#line(run));
    clipped(pen, plot.box, () => {
      for (const line of this.lines) this.#paint_limit(pen, line.run, look);
      for (const line of this.lines) this.#paint_band(pen, line, look);
      for (const line of this.lines) paint_line(pen, line, look);
    });
    const lost = this.lines.filter((line, i) => this.#paint_lost(pen, line, i, look));
    if (lost.length) this.#name_lost(pen);
    if (view.at !== null) this.#paint_cursor(pen, view.at, look);
    paint_axes(pen, full);
    this.#paint_heads(pen, look);
  }

  // the pixels of a run's curve: of what is known, in its order; NaN where it diverges
  #line(run) {
    const { found, stale } = this.of(run);
    const xs = [], ys = [], places = [];
    if (found)
      for (let i = 0; i < found.known.length; i++)
        if (found.known[i]) {
          xs.push(this.plot.x(this.look.places[i]));
          ys.push(this.#y(found[this.column][i]));
          places.push(i);
        }
    return { run, found, stale, xs, ys, places };
  }

  // what is infinitely far down on a log axis stands below the frame
  #y(value) {
    const at = this.plot.y(placed(value, this.column));
    return at === Infinity ? this.plot.box.y + this.plot.box.height + 40 : at;
  }

  #paint_target(pen) {
    const { plot, look, full } = this;
    if (this.column !== "final" && this.column !== "best") return;
    const y = plot.y(look.target);
    if (!(y > plot.box.y && y < plot.box.y + plot.box.height)) return;
    dashed(pen, look.inks.soft, 1, TARGET, [plot.box.x, y], [plot.box.x + plot.box.width, y]);
    pen.font = `${full.font.size * 0.9}px ${full.font.family}`;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    write(pen, "target", plot.box.x + 6, y - full.font.size * 0.7, full.paper_bgcolor, look.inks.soft);
  }

  #paint_limit(pen, run, { strength }) {
    if (run.limit === null) return;
    const { box } = this.plot;
    const x = this.plot.x(run.limit);
    pen.globalAlpha = strength(run);
    dashed(pen, run.color, 1.5 * this.look.scale, LIMIT, [x, box.y], [x, box.y + box.height]);
    pen.globalAlpha = 1;
  }

  // how far apart the starts of a race end
  #paint_band(pen, { run, found, xs, places, stale }, { strength }) {
    if (!found || this.column !== "final" || this.look.kind !== "race") return;
    const path = path_for(pen);
    const runs = unbroken(places, (i) => Number.isFinite(found.low[i]) && Number.isFinite(found.high[i]));
    for (const [from, to] of runs) {
      for (let k = from; k < to; k++) path[k === from ? "moveTo" : "lineTo"](xs[k], this.#y(found.high[places[k]]));
      for (let k = to - 1; k >= from; k--) path.lineTo(xs[k], this.#y(found.low[places[k]]));
    }
    pen.globalAlpha = BAND * strength(run) * (stale ? STALE : 1);
    pen.fillStyle = run.color;
    pen.fill(path);
    pen.globalAlpha = 1;
  }

  // a cross for every rate that diverges, in a row of the run's own above the frame; whether there is one
  #paint_lost(pen, { run, found, xs, places }, row, { strength, font }) {
    const lost = places.filter((place) => found.diverged[place] > 0.5);
    if (!lost.length) return false;
    const apart = xs.length > 1 ? Math.abs(xs.at(-1) - xs[0]) / (this.look.places.length - 1) : Infinity;
    const radius = Math.min(CROSS * font.size, 0.36 * this.lane, Math.max(apart * 0.4, 1.5));
    const y = this.plot.box.y - (this.look.runs.length - row) * this.lane;
    const path = path_for(pen);
    places.forEach((place, k) => {
      if (found.diverged[place] > 0.5) cross(path, xs[k], y, radius);
    });
    pen.globalAlpha = strength(run);
    pen.strokeStyle = run.color;
    pen.lineWidth = 1.6 * this.look.scale;
    pen.lineCap = "butt";
    pen.setLineDash([]);
    pen.stroke(path);
    pen.globalAlpha = 1;
    return true;
  }

  // what the crosses mean, beside them
  #name_lost(pen) {
    const { plot, full, look } = this;
    pen.font = `${full.font.size * 0.9}px ${full.font.family}`;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    const [text, middle] = ["diverges", plot.box.y - ((look.runs.length + 1) / 2) * this.lane];
    write(pen, text, plot.box.x - pen.measureText(text).width - 8, middle, full.paper_bgcolor, look.inks.soft);
  }

  #paint_cursor(pen, at, { font }) {
    const { box } = this.plot;
    const x = this.plot.x(this.look.places[at]);
    dashed(pen, this.look.inks.soft, 1.5, [], [x, box.y], [x, box.y + box.height]);
    for (const { run, xs, ys, places } of this.lines) {
      const k = places.indexOf(at);
      if (k < 0 || !(ys[k] >= box.y && ys[k] <= box.y + box.height)) continue;
      const dot = path_for(pen);
      dot.arc(xs[k], ys[k], font.size * 0.28, 0, 2 * Math.PI);
      pen.globalAlpha = 1;
      pen.setLineDash([]);
      stroke_outlined(pen, dot, this.full.paper_bgcolor, run.color, 5, 3);
    }
  }

  // where each run stands now, and in a race also where it is best
  #paint_heads(pen, look) {
    const { font } = look;
    pen.font = `600 ${font.size * 0.96}px ${font.family}`;
    const taken = [];
    const heads = this.lines.map((line) => ({ line, place: this.head(line) })).filter(({ place }) => place);
    for (const { line, place } of heads) this.#paint_best(pen, line, look, place);
    for (const { line: { run }, place: [x, y] } of heads) paint_head(pen, run, x, y, look);
    for (const { line: { run }, place: [x, y] } of [...heads].sort((a, b) => a.place[1] - b.place[1])) {
      pen.font = `600 ${font.size * 0.96}px ${font.family}`;
      const text = `${run.label}${this.#fate(run)}`;
      const width = pen.measureText(text).width;
      const { box } = this.plot;
      const left = x + GAP + width > box.x + box.width + 4 ? x - GAP - width : x + GAP;
      const middle = free_place({ left, middle: y, width, lowest: box.y + box.height }, font.size * 1.15, taken);
      pen.globalAlpha = look.strength(run);
      pen.textBaseline = "middle";
      pen.setLineDash([]);
      pen.lineJoin = "round";
      write(pen, text, left, middle, look.paper, run.ink);
    }
    pen.globalAlpha = 1;
  }

  // the rate that is next to a place; null outside the plot
  place_at(x, y) {
    const { box } = this.plot;
    if (x < box.x - 4 || y < box.y || x > box.x + box.width + 4 || y > box.y + box.height) return null;
    return nearest(this.look.places, this.plot.x_at(x));
  }

  // the numbers of a rate: of the run that is near, or what is drawn of each
  told({ at, run }) {
    if (at === null) return [];
    const { letter, rates } = this.look;
    const seen = this.lines.filter((line) => line.found?.known[at] && (!run || line.run === run));
    const lines = seen.flatMap(({ run: { slot, label }, found }) => (run ? this.#in_full(slot, label, found, at) : [[slot, `${label} ${said(found[this.column][at], this.column, this.look)}`]]));
    return [[null, `${letter} ${rates[at]}`], ...lines];
  }

  #in_full(slot, label, found, at) {
    const told = (name, column) => [null, `${name} ${said(found[column][at], column, this.look)}`];
    return [[slot, label], told("final loss", "final"), told("best loss", "best"), told("steps to target", steps_by(this.look.criterion))];
  }

  // the run whose curve or marker passes within reach of a place; null: none
  near(x, y, reach) {
    let [best, least] = [null, reach];
    for (const line of this.lines) {
      const across = Math.abs(between(line.xs, line.ys, x) - y);
      const away = Math.min(across === across ? across : Infinity, from_head(this.head(line), x, y));
      if (away < least) [best, least] = [line.run, away];
    }
    return best;
  }

  // what became of a run, where its height says nothing
  #fate(run) {
    const { found } = this.of(run);
    const at = nearest(this.look.places, run.at);
    if (!found?.known[at] || found[this.column][at] === found[this.column][at]) return "";
    return found.diverged[at] > 0.5 ? " diverges" : " never";
  }

  // on the curve, between what is known beside it; at the edge of the frame where that is outside
  head({ run, found, xs, ys }) {
    const { box } = this.plot;
    if (run.at === null) return null;
    const x = Math.min(Math.max(this.plot.x(run.at), box.x), box.x + box.width);
    if (!found || !xs.length) return null;
    const y = between(xs, ys, x);
    return [x, Math.min(Math.max(y === y ? y : box.y, box.y), box.y + box.height)];
  }

  // a ring at the best rate of a race
  #paint_best(pen, { run, found, xs, ys, places }, { font, strength, paper }) {
    const k = this.look.kind === "race" ? places.indexOf(best_place(this.look, found)) : -1;
    if (k < 0 || !(ys[k] >= this.plot.box.y)) return;
    const ring = path_for(pen);
    ring.arc(xs[k], Math.min(ys[k], this.plot.box.y + this.plot.box.height), font.size * 0.75, 0, 2 * Math.PI);
    pen.globalAlpha = strength(run);
    pen.setLineDash([]);
    stroke_outlined(pen, ring, paper, run.color, 6, 2.5);
  }
}

function paint_line(pen, { run, xs, ys, stale }, { strength }) {
  const [path, points] = [path_for(pen), path_for(pen)];
  const there = (k) => k >= 0 && k < ys.length && ys[k] === ys[k];
  xs.forEach((x, k) => {
    if (there(k) && !there(k - 1) && !there(k + 1)) points.arc(x, ys[k], run.width, 0, 2 * Math.PI);
    else if (there(k)) path[there(k - 1) ? "lineTo" : "moveTo"](x, ys[k]);
  });
  pen.globalAlpha = strength(run) * (stale ? STALE : 1);
  pen.fillStyle = run.color;
  pen.fill(points);
  pen.strokeStyle = run.color;
  pen.lineWidth = run.width;
  pen.lineCap = pen.lineJoin = "round";
  pen.setLineDash([]);
  pen.stroke(path);
  pen.globalAlpha = 1;
}

const from_head = (head, x, y) => (head ? Math.hypot(head[0] - x, head[1] - y) : Infinity);

function paint_head(pen, run, x, y, { font, paper, strength }) {
  const radius = font.size * HEAD;
  pen.save();
  pen.translate(x, y);
  pen.scale(radius, radius);
  pen.globalAlpha = strength(run);
  fill_outlined(pen, outline_of(pen, run.head), paper, run.color, 4 / radius);
  pen.restore();
}

function dashed(pen, colour, width, dash, [x0, y0], [x1, y1]) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.lineCap = "butt";
  pen.setLineDash(dash);
  pen.lineDashOffset = 0;
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

function cross(path, x, y, radius) {
  path.moveTo(x - radius, y - radius);
  path.lineTo(x + radius, y + radius);
  path.moveTo(x - radius, y + radius);
  path.lineTo(x + radius, y - radius);
}

// [from, to) of each stretch whose places all are so
function unbroken(places, so) {
  const stretches = [];
  places.forEach((place, k) => {
    if (!so(place)) return;
    if (stretches.at(-1)?.[1] === k) stretches.at(-1)[1] = k + 1;
    else stretches.push([k, k + 1]);
  });
  return stretches;
}

// the height of a curve between its points; NaN where one of the two has none
function between(xs, ys, x) {
  const next = xs.findIndex((one) => one >= x - 1e-6);
  if (next < 0) return ys.length ? ys.at(-1) : NaN;
  if (next === 0 || Math.abs(xs[next] - x) < 1e-6) return ys[next];
  const share = (x - xs[next - 1]) / (xs[next] - xs[next - 1]);
  return ys[next - 1] + share * (ys[next] - ys[next - 1]);
}
