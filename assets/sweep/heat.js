// Two numbers of one run: a cell for each pair, in the run's own colour, the stronger the better; coarse cells first.
import { laid_out, paint_axes, paint_paper, plot_of } from "../screen/axes.js";
import { fill_outlined, outline_of, stroke_outlined, write } from "../screen/marks.js";
import { mixed } from "../screen/mixing.js";
import { path_for } from "../screen/pen.js";
import { clipped } from "../screen/strokes.js";
import { free_place } from "../screen/names.js";
import { bulk } from "./frame.js";
import { column_of, is_steps, nearest, placed, roomy, said, steps_by } from "./values.js";

const EVERY = 4; // cells that a coarse one covers along each side
const WEAKEST = 0.94; // how much of the paper is in the colour of the worst
const SHADES = 64;
const HEAD = 0.54; // radius of a marker, of the type
const GAP = 11;
const MOST = 18; // decades of a loss that the colours tell apart
const KEY = { beside: 1.4, width: 1.1, marks: 5 }; // of the type
const STAR = "M.225,-.309H.951L.363,.118L.588,.809L0,.382L-.588,.809L-.363,.118L-.951,-.309H-.225L0,-1Z";

export class Heat {
  #shades; // from the best to the worst

  constructor(look, of) {
    this.look = look;
    this.of = of;
    this.column = column_of(look);
    this.run = look.runs[0];
    [this.across, this.up] = look.sides;
    const { panel } = look.inks;
    this.#shades = Array.from({ length: SHADES + 1 }, (_, k) => mixed(this.run.color, panel, (WEAKEST * k) / SHADES));
  }

  follow() {}

  settle() {}

  lay(width, height) {
    this.full = laid_out(roomy(this.look.layout, width), width, height);
    this.plot = plot_of(this.full);
  }

  paint(pen, view) {
    const { full, plot, look } = this;
    paint_paper(pen, full);
    const { found } = this.of(this.run);
    if (!found || !this.up) return;
    this.#scale(found);
    clipped(pen, plot.box, () => {
      this.#paint_cells(pen, found);
      if (look.theory) this.#paint_border(pen);
    });
    paint_axes(pen, full);
    this.#paint_key(pen);
    const taken = [];
    const marks = { font: full.font, paper: full.paper_bgcolor, taken };
    if (look.theory?.best) this.#paint_best(pen, look.theory.best, marks);
    this.#paint_now(pen, marks);
    if (view.cell !== null) this.#paint_cursor(pen, view.cell);
  }

  // between which values the colours run
  #scale(found) {
    const values = Array.from(found[this.column]).filter(Number.isFinite).map((value) => placed(value, this.column));
    const { begin, log, steps } = this.look;
    if (!log && !is_steps(this.column)) return this.#scale_plainly(values, begin ?? 0);
    const top = is_steps(this.column) ? Math.log10(Math.max(steps, 10)) : Math.min(Math.max(...values), begin ?? Infinity);
    const low = values.length ? Math.min(...values) : 0;
    this.scale = { low: is_steps(this.column) ? Math.min(low, top) : Math.max(low, top - MOST), top };
  }

  #scale_plainly(values, begin) {
    const [low, top] = bulk(values, begin);
    this.scale = { low, top };
  }

  // the colour of a cell, as a text
  colour(found, i) {
    const { inks } = this.look;
    if (found.diverged[i] > 0.5) return inks.diverged;
    const value = found[this.column][i];
    if (value !== value) return inks.none;
    return this.#shade(placed(value, this.column));
  }

  #shade(value) {
    const { low, top } = this.scale;
    const share = top > low ? Math.min(Math.max((value - low) / (top - low), 0), 1) : 0;
    return this.#shades[Math.round(share * SHADES)];
  }

  #paint_cells(pen, found) {
    const { across, up, plot } = this;
    const n = across.places.length;
    const [xs, ys] = [edges(across, plot.x), edges(up, plot.y)];
    const seam = pen.svg === undefined ? 0 : 0.5; // at another size cells would stand apart
    for (let j = n - 1; j >= 0; j--)
      for (let i = 0; i < n; ) {
        const colour = this.#cell(found, i, j, n);
        let next = i + 1;
        while (next < n && this.#cell(found, next, j, n) === colour) next++;
        if (colour) {
          pen.fillStyle = colour;
          const [left, right, top, bottom] = [xs[i], xs[next], ys[j + 1], ys[j]].map(Math.round);
          pen.fillRect(left, top, right - left + seam, bottom - top + seam);
        }
        i = next;
      }
  }

  // its own, or that of the coarse one that covers it until then
  #cell(found, i, j, n) {
    const at = j * n + i;
    if (found.known[at]) return this.colour(found, at);
    const coarse = (j - (j % EVERY)) * n + (i - (i % EVERY));
    return found.known[coarse] ? this.colour(found, coarse) : "";
  }

  #paint_border(pen) {
    const [xs, ys] = this.look.theory.border;
    const path = path_for(pen);
    for (let i = 0; i < xs.length; i++) path[i ? "lineTo" : "moveTo"](this.plot.x(xs[i]), this.plot.y(ys[i]));
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    pen.lineJoin = "round";
    pen.lineCap = "butt";
    pen.strokeStyle = this.look.inks.panel;
    pen.lineWidth = 5 * this.look.scale;
    pen.stroke(path);
    pen.setLineDash([7, 4]);
    pen.strokeStyle = this.look.inks.ink;
    pen.lineWidth = 2 * this.look.scale;
    pen.stroke(path);
    pen.setLineDash([]);
  }

  #paint_best(pen, { at }, { font, paper, taken }) {
    const [x, y] = [this.plot.x(at[0]), this.plot.y(at[1])];
    if (!this.#inside(x, y)) return;
    mark(pen, STAR, x, y, font.size * 0.85, this.look.inks.gold, this.look.inks.ink);
    label(pen, "fastest by theory", x, y, this.plot.box, { font, paper, taken }, this.look.inks.ink);
  }

  #paint_now(pen, { font, paper, taken }) {
    const [x, y] = [this.plot.x(this.across.now), this.plot.y(this.up.now)];
    if (!this.#inside(x, y)) return;
    mark(pen, this.run.head, x, y, font.size * HEAD * 1.2, this.run.color, paper, 5);
    label(pen, this.run.label, x, y, this.plot.box, { font, paper, taken }, this.look.inks.ink);
  }

  #inside(x, y) {
    const { box } = this.plot;
    return x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y - 1 && y <= box.y + box.height + 1;
  }

  #paint_cursor(pen, [i, j]) {
    const [xs, ys] = [edges(this.across, this.plot.x), edges(this.up, this.plot.y)];
    const path = path_for(pen);
    path.rect(xs[i], ys[j + 1], xs[i + 1] - xs[i], ys[j] - ys[j + 1]);
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    stroke_outlined(pen, path, this.look.inks.panel, this.look.inks.ink, 5, 2);
  }

  // which cell lies there; null outside
  cell_at(x, y) {
    const { box } = this.plot;
    if (x < box.x || y < box.y || x >= box.x + box.width || y >= box.y + box.height) return null;
    return [nearest(this.across.places, this.plot.x_at(x)), nearest(this.up.places, this.plot.y_at(y))];
  }

  // the numbers of a cell
  told({ cell }) {
    const { found } = this.of(this.run);
    if (!cell || !found) return [];
    const at = cell[1] * this.across.places.length + cell[0];
    const steps = steps_by(this.look.criterion);
    const lines = [`${this.across.symbol} ${this.across.shown[cell[0]]}, ${this.up.symbol} ${this.up.shown[cell[1]]}`];
    if (found.known[at]) lines.push(`final loss ${said(found.final[at], "final", this.look)}`, `steps to target ${said(found[steps][at], steps, this.look)}`);
    return lines.map((line) => [null, line]);
  }

  // what the colours mean, beside the plot
  #paint_key(pen) {
    const { box } = this.plot;
    const { font, paper_bgcolor: paper } = this.full;
    const { size } = font;
    const left = box.x + box.width + KEY.beside * size;
    const top = box.y + 1.6 * size;
    const height = Math.min(box.height - 6 * size, 14 * size);
    if (height < 3 * size) return;
    const { low, top: high } = this.scale;
    const bands = 40;
    for (let k = 0; k < bands; k++) {
      pen.fillStyle = this.#shade(high + ((low - high) * (k + 0.5)) / bands);
      pen.fillRect(left, top + (k * height) / bands, KEY.width * size, height / bands + 0.5);
    }
    const { inks } = this.look;
    const write_at = (text, y, weight = 400) => {
      pen.font = `${weight} ${0.9 * size}px ${font.family}`;
      pen.textBaseline = "middle";
      write(pen, text, left + (KEY.width + 0.4) * size, y, paper, inks.soft);
    };
    pen.globalAlpha = 1;
    pen.lineJoin = "round";
    for (let k = 0; k < KEY.marks; k++) {
      const share = k / (KEY.marks - 1);
      const value = high + (low - high) * share;
      const shown = is_steps(this.column) ? Math.round(10 ** value) : value;
      write_at(said(shown, this.column, this.look), top + share * height);
    }
    const box_at = (colour, y) => {
      pen.fillStyle = colour;
      pen.fillRect(left, y - 0.45 * size, KEY.width * size, 0.9 * size);
    };
    const below = top + height + 1.6 * size;
    if (is_steps(this.column)) {
      box_at(inks.none, below);
      write_at("never", below);
    }
    const last = below + (is_steps(this.column) ? 1.5 * size : 0);
    box_at(inks.diverged, last);
    write_at("diverged", last);
  }
}

function mark(pen, outline, x, y, radius, colour, edge, width = 2.5) {
  pen.save();
  pen.translate(x, y);
  pen.scale(radius, radius);
  pen.globalAlpha = 1;
  fill_outlined(pen, outline_of(pen, outline), edge, colour, width / radius);
  pen.restore();
}

function label(pen, text, x, y, box, { font, paper, taken }, ink) {
  pen.font = `600 ${font.size * 0.96}px ${font.family}`;
  const width = pen.measureText(text).width;
  const left = x + GAP + width > box.x + box.width ? x - GAP - width : x + GAP;
  const middle = free_place({ left, middle: y, width }, font.size * 1.15, taken);
  pen.globalAlpha = 1;
  pen.textBaseline = "middle";
  pen.setLineDash([]);
  pen.lineJoin = "round";
  write(pen, text, left, middle, paper, ink);
}

// the pixels of the sides of cells, which are as wide as their middles are apart
function edges({ places, range }, pixel) {
  const middles = [];
  for (let k = 1; k < places.length; k++) middles.push((places[k - 1] + places[k]) / 2);
  return [range[0], ...middles, range[1]].map(pixel);
}
