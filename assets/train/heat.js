// One number of every parameter at every step: a row for each parameter, in the run's own colour, the stronger the larger;
// for one run, or a small field for each.
import { laid_out, paint_axes, paint_paper, plot_of } from "../screen/axes.js";
import { write } from "../screen/marks.js";
import { mixed, rgb } from "../screen/mixing.js";
import { written } from "../screen/numbers.js";
import { path_for } from "../screen/pen.js";
import { STALE, cut, paint_playhead, paint_title, row_at, step_axis, step_row, strength_of, widest } from "./drawn.js";

const SHADES = 128;
const WEAKEST = 0.93; // how much of the paper is in the colour of the smallest
const MOST = 8; // decades that the colours tell apart
const TAIL = 0.02; // of the numbers may lie beyond either end of the colours
const SAMPLE = 4000; // numbers of each run from which the ends are found
const WIDE = 400; // px from which on small fields stand side by side
const NAMES = 0.26; // of the width at most for the names of the parameters
const KEY = { room: 6.8, width: 1, beside: 1, marks: 5 }; // of the type
const DIGITS = 3;

const pictures = new WeakMap(); // arrays of a run -> its cells, as they were painted last

export class Heat {
  constructor(look, of) {
    this.look = look;
    this.of = of;
    this.runs = look.shown === null ? look.runs : look.runs.filter(({ slot }) => slot === look.shown);
    this.column = look.quantity === "rms" ? "rms_grad" : "effective_lr";
  }

  lay(width, height, pen) {
    const { look, runs } = this;
    const { size } = look.layout.font;
    this.scale = scale_of(runs.map((run) => this.of(run).found?.[this.column]));
    const columns = runs.length > 1 && width >= WIDE ? 2 : 1;
    const rows = Math.ceil(runs.length / columns);
    const names = Math.min(widest(pen, look.names, look.layout.font) + 0.6 * size, NAMES * width);
    const room = { l: names + 6, r: KEY.room * size, t: 1.9 * size, b: 3.2 * size, gap: 2.4 * size, foot: 1.4 * size };
    const [wide, high] = [(width - room.l - room.r - (columns - 1) * room.gap) / columns, (height - room.b) / rows - room.t];
    this.cells = runs.map((run, i) => {
      const box = { x: room.l + (i % columns) * (wide + room.gap), y: room.t + Math.floor(i / columns) * (high + room.t), width: wide, height: high };
      return { run, box, column: i % columns, last: i + columns >= runs.length };
    });
    this.names = names;
    this.full = this.#laid(width, height);
    this.plots = this.cells.map((_, i) => plot_of({ xaxis: this.full[`xaxis${i ? i + 1 : ""}`], yaxis: this.full[`yaxis${i ? i + 1 : ""}`] }));
    this.laid = true;
  }

  #laid(width, height) {
    const { layout } = this.look;
    const count = this.look.names.length;
    const whole = { ...layout, margin: { l: 0, r: 0, t: 0, b: 0 } };
    this.cells.forEach(({ box, last }, i) => {
      const tail = i ? String(i + 1) : "";
      const domain = [1 - (box.y + box.height) / height, 1 - box.y / height];
      whole[`xaxis${tail}`] = { ...step_axis(layout, this.look.steps, last), domain: [box.x / width, (box.x + box.width) / width] };
      whole[`yaxis${tail}`] = { ...layout.yaxis, domain, range: [count, 0], showticklabels: false };
    });
    return laid_out(whole, width, height);
  }

  still(pen, view) {
    paint_paper(pen, this.full);
    this.cells.forEach(({ run, box, column }, i) => {
      const { found, stale } = this.of(run);
      pen.globalAlpha = strength_of(run, view) * (stale ? STALE : 1);
      if (found) pen.drawImage(this.#picture(run, found, box.width), box.x, box.y, box.width, box.height);
      pen.globalAlpha = 1;
      paint_title(pen, run, box, this.full);
      if (!column) this.#paint_names(pen, this.plots[i]);
    });
    paint_axes(pen, this.full);
    this.#paint_key(pen);
  }

  // a pixel for each parameter and each step that there is room for
  #picture(run, found, width) {
    const rows = found[this.column];
    const { low, high } = this.scale;
    const key = [this.column, low, high, run.color, this.look.inks.panel, width, this.plots[0].box.height].join(" ");
    if (pictures.get(found)?.key === key) return pictures.get(found).sheet;
    const [across, down] = [Math.max(Math.min(this.look.steps, Math.round(width * 2)), 1), this.look.names.length];
    const image = new ImageData(across, down);
    const ink = new Uint32Array(image.data.buffer);
    const shades = shades_of(run.color, this.look.inks);
    for (let i = 0; i < across; i++) {
      const step = Math.ceil(((i + 0.5) / across) * this.look.steps);
      if (step > found.at.at(-1)) break; // it has not come so far
      const numbers = rows[step_row(found, step)];
      for (let j = 0; j < down; j++) ink[j * across + i] = this.#shade(shades, numbers?.[j]);
    }
    const sheet = Object.assign(document.createElement("canvas"), { width: across, height: down });
    sheet.getContext("2d").putImageData(image, 0, 0);
    const large = enlarged(sheet, this.plots[0].box.height);
    pictures.set(found, { key, sheet: large });
    return large;
  }

  #shade({ steps, none, lost }, value) {
    if (!Number.isFinite(value)) return lost;
    if (value <= 0) return none;
    return steps[Math.round(this.#share(Math.log10(value)) * SHADES)];
  }

  #share(place) {
    const { low, high } = this.scale;
    return high > low ? Math.min(Math.max((place - low) / (high - low), 0), 1) : 0.6;
  }

  // as many names as there is room for; those with lines of their own are strong
  #paint_names(pen, { box, y }) {
    const { names, lines, inks } = this.look;
    const { font, paper_bgcolor: paper } = this.full;
    const apart = (0.95 * font.size) / (box.height / names.length); // rows between two names at least
    const order = [...lines, ...names.keys()]; // who is chosen comes first
    const taken = [];
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    for (const i of order) {
      if (taken.some((one) => Math.abs(one - i) < apart)) continue;
      taken.push(i);
      const chosen = lines.includes(i);
      pen.font = `${chosen ? 650 : 400} ${0.9 * font.size}px ${font.family}`;
      const shown = cut(pen, names[i], this.names);
      write(pen, shown, box.x - 6 - pen.measureText(shown).width, y(i + 0.5), paper, chosen ? inks.ink : inks.soft);
    }
  }

  // what the colours mean, beside the fields
  #paint_key(pen) {
    const { inks } = this.look;
    const { font, paper_bgcolor: paper, width } = this.full;
    const { size } = font;
    const { box } = this.plots[0];
    const [left, top] = [width - (KEY.room - KEY.beside) * size, box.y];
    const height = Math.min(Math.max(box.height, 8 * size), 14 * size);
    const colour = this.runs.length === 1 ? this.runs[0].color : inks.ink;
    const bands = 48;
    for (let k = 0; k < bands; k++) {
      pen.fillStyle = mixed(colour, inks.panel, (WEAKEST * (k + 0.5)) / bands);
      pen.fillRect(left, top + (k * height) / bands, KEY.width * size, height / bands + 0.5);
    }
    const { low, high, under, over } = this.scale;
    pen.font = `${0.9 * size}px ${font.family}`;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    if (high === low) return write(pen, said(10 ** low), left + 1.4 * size, top + height / 2, paper, inks.soft);
    for (let k = 0; k < KEY.marks; k++) {
      const share = k / (KEY.marks - 1);
      const sign = !k && over ? "≥" : share === 1 && under ? "≤" : "";
      write(pen, `${sign}${said(10 ** (high + (low - high) * share), 2)}`, left + 1.4 * size, top + share * height, paper, inks.soft);
    }
  }

  moving(pen, view) {
    const { look, plots } = this;
    const { inks } = look;
    for (const plot of plots) paint_playhead(pen, plot, view.step, look.steps, inks, look.scale);
    const { place } = view;
    if (!place) return;
    for (const { box, y } of plots) {
      const path = path_for(pen);
      path.rect(box.x, y(place.part), box.width, Math.max(y(place.part + 1) - y(place.part), 2));
      pen.globalAlpha = 1;
      pen.setLineDash([]);
      pen.strokeStyle = inks.ink;
      pen.lineWidth = 1.25;
      pen.stroke(path);
    }
  }

  // { slot, part, step } of a cell; null between the fields
  at(x, y) {
    const i = this.plots.findIndex(({ box }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
    if (i < 0) return null;
    const part = Math.min(Math.floor(this.plots[i].y_at(y)), this.look.names.length - 1);
    return { slot: this.cells[i].run.slot, part, step: Math.max(Math.ceil(this.plots[i].x_at(x)), 1) };
  }

  first = () => ({ slot: null, part: 0, step: null });

  // up and down go through the parameters, Enter draws or drops its line
  key(place, name) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[name];
    if (by) return { ...place, slot: null, step: null, part: Math.min(Math.max(place.part + by, 0), this.look.names.length - 1) };
    if (name !== "Enter") return undefined;
    this.choose(place);
    return place;
  }

  choose(place) {
    this.chosen?.(place.part);
  }

  stands({ part }) {
    const { box, y } = this.plots[0];
    return [box.x + box.width / 2, y(part + 0.5)];
  }

  // the numbers of a cell; without a step those of the playhead
  lines({ slot, part, step }, view) {
    const at = step ?? view.step;
    const runs = slot === null ? this.runs : this.runs.filter((run) => run.slot === slot);
    const told = runs.map((run) => {
      const { found } = this.of(run);
      return [run.slot, `${run.label} ${found ? said(found[this.column][step_row(found, at)]?.[part]) : "…"}`];
    });
    return [[null, `${this.look.names[part]}, step ${at}`], ...told];
  }

  // in words, of the playhead
  told(step) {
    const { names } = this.look;
    const parts = this.runs.map((run) => {
      const { found } = this.of(run);
      const row = found?.[this.column][step_row(found, step)];
      if (!row) return `${run.label}: not known yet`;
      const [low, high] = ends(row);
      if (low === null) return `${run.label}: no number`;
      return row[low] === row[high] ? `${run.label}: ${said(row[low])} for each` : `${run.label}: from ${said(row[low])} (${names[low]}) to ${said(row[high])} (${names[high]})`;
    });
    return `${capital(this.look.measured)} of ${names.length} parameters at step ${step}. ${parts.join("; ")}.`;
  }
}

export const capital = (text) => text[0].toUpperCase() + text.slice(1);

export const said = (value, digits = DIGITS) => (value === undefined || value !== value ? "no number" : written(value, digits));

function ends(row) {
  let [low, high] = [null, null];
  row.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    if (low === null || value < row[low]) low = i;
    if (high === null || value > row[high]) high = i;
  });
  return [low, high];
}

// between which powers of ten the colours run: all but a tail at either end
function scale_of(tables) {
  const values = tables.filter(Boolean).flatMap(sampled).sort((a, b) => a - b);
  if (!values.length) return { low: 0, high: 0, under: false, over: false };
  const at = (share) => values[Math.round(share * (values.length - 1))];
  const high = at(1 - TAIL);
  const low = Math.max(at(TAIL), high - MOST);
  if (high - low < 1e-6) return { low: high, high, under: false, over: false };
  return { low, high, under: values[0] < low - 1e-6, over: values.at(-1) > high + 1e-6 };
}

function sampled(rows) {
  const found = [];
  const by = Math.max(Math.floor((rows.length * rows[0].length) / SAMPLE), 1);
  for (let k = 0; k < rows.length * rows[0].length; k += by) {
    const value = rows[Math.floor(k / rows[0].length)][k % rows[0].length];
    if (value > 0 && Number.isFinite(value)) found.push(Math.log10(value));
  }
  return found;
}

function shades_of(colour, { panel, none, diverged }) {
  const packed = (one) => rgb(one).reduceRight((whole, part) => (whole << 8) | part, 255) >>> 0;
  const steps = Array.from({ length: SHADES + 1 }, (_, k) => packed(mixed(colour, panel, WEAKEST * (1 - k / SHADES))));
  return { steps, none: packed(none), lost: packed(diverged) };
}

// with sharp rows wherever it is shown at another size
function enlarged(sheet, height) {
  const by = Math.max(Math.ceil((2 * height) / sheet.height), 1);
  const large = Object.assign(document.createElement("canvas"), { width: sheet.width, height: sheet.height * by });
  const pen = large.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(sheet, 0, 0, large.width, large.height);
  return large;
}
