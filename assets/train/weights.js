// The weights at the playhead, each beside what it should be: the true one where the data were made, and that of least
// squares, or of the minimum where the model has another loss.
import { laid_out, paint_axes, paint_grid, paint_paper, plot_of } from "../screen/axes.js";
import { write } from "../screen/marks.js";
import { path_for } from "../screen/pen.js";
import { clipped } from "../screen/strokes.js";
import { STALE, cut, head_size, paint_head, row_at, strength_of, widest } from "./drawn.js";
import { said } from "./heat.js";

const NAMES = 0.3; // of the width at most for the names
const FAR = 1.6; // times as far from 0 as the largest weight that should be, a plot may reach
const LEAST = 2; // px of a marker's radius
const TRUE = [2, 2]; // dash of the mark of a true weight

export class Weights {
  constructor(look, of) {
    this.look = look;
    this.of = of;
  }

  lay(width, height, pen) {
    const { look } = this;
    const { layout } = look;
    const { size } = layout.font;
    const names = Math.min(widest(pen, look.names, layout.font) + 0.6 * size, NAMES * width);
    const [low, high] = this.#ends();
    const room = 0.05 * (high - low);
    const margin = { l: names + 8, r: 1.2 * size, t: 2.2 * size, b: 3.2 * size };
    const xaxis = { ...layout.xaxis, type: "linear", range: [low - room, high + room], nticks: 6, title: { text: "weight", standoff: 4 } };
    const yaxis = { ...layout.yaxis, type: "linear", range: [look.names.length, 0], showticklabels: false, tickvals: [], ticktext: [] };
    this.names = names;
    this.full = laid_out({ ...layout, xaxis, yaxis, margin }, width, height);
    this.plot = plot_of(this.full);
    this.laid = true;
  }

  // what the runs reach and what they should; who runs far away leaves through the frame
  #ends() {
    const { truth, least, runs } = this.look;
    const ideal = [0, ...(truth ?? []), ...(least ?? [])];
    const reached = runs.flatMap((run) => {
      const rows = this.of(run).found?.params ?? [];
      return [0, 0.25, 0.5, 0.75, 1].flatMap((share) => Array.from(rows[Math.round(share * (rows.length - 1))] ?? []));
    });
    const finite = reached.filter(Number.isFinite);
    const most = truth || least ? FAR * Math.max(...ideal.map(Math.abs)) || 1 : Infinity;
    const all = [...ideal, ...finite.filter((value) => Math.abs(value) <= most)];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return high > low ? [low, high] : [low - 1, high + 1];
  }

  still(pen) {
    const { look, full, plot } = this;
    const { inks } = look;
    const { box } = plot;
    paint_paper(pen, full);
    paint_grid(pen, full);
    const each = box.height / look.names.length;
    pen.fillStyle = full.xaxis.gridcolor;
    pen.globalAlpha = 0.55;
    if (each >= 6) for (let i = 0; i < look.names.length; i += 2) pen.fillRect(box.x, plot.y(i), box.width, each);
    pen.globalAlpha = 1;
    pen.fillStyle = inks.soft;
    pen.fillRect(Math.round(plot.x(0)), box.y, 1, box.height);
    paint_axes(pen, full);
    this.#paint_names(pen, each);
    this.#paint_key(pen);
  }

  #paint_names(pen, each) {
    const { look: { names, inks }, full: { font, paper_bgcolor: paper }, plot } = this;
    const every = Math.ceil((0.95 * font.size) / each);
    pen.font = `${0.9 * font.size}px ${font.family}`;
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    names.forEach((name, i) => {
      if (i % every) return;
      const shown = cut(pen, name, this.names);
      write(pen, shown, plot.box.x - 6 - pen.measureText(shown).width, plot.y(i + 0.5), paper, inks.soft);
    });
  }

  // over the markers: to which side of it each of them stands
  #paint_ideals(pen, each) {
    const { truth, least, names, inks } = this.look;
    for (let i = 0; i < names.length; i++) {
      const middle = this.plot.y(i + 0.5);
      if (truth) this.#tick(pen, this.plot.x(truth[i]), middle, each * 0.5, inks.soft, TRUE);
      if (least) this.#tick(pen, this.plot.x(least[i]), middle, each * 0.5, inks.ink, []);
    }
  }

  #tick(pen, x, middle, reach, colour, dash) {
    const { inks, scale } = this.look;
    const path = path_for(pen);
    path.moveTo(x, middle - reach);
    path.lineTo(x, middle + reach);
    pen.globalAlpha = 1;
    pen.lineCap = "butt";
    pen.setLineDash([]);
    pen.strokeStyle = inks.panel;
    pen.lineWidth = 3.5 * scale;
    pen.stroke(path);
    pen.setLineDash(dash);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.75 * scale;
    pen.stroke(path);
    pen.setLineDash([]);
  }

  // what the marks mean
  #paint_key(pen) {
    const { look, full, plot } = this;
    const { font, paper_bgcolor: paper } = full;
    const y = plot.box.y - font.size * 1.1;
    let x = plot.box.x + 0.4 * font.size;
    const named = (text) => {
      pen.font = `${0.95 * font.size}px ${font.family}`;
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      write(pen, text, x + font.size, y, paper, look.inks.soft);
      x += 2.6 * font.size + pen.measureText(text).width;
    };
    if (look.least) {
      this.#tick(pen, x, y, 0.6 * font.size, look.inks.ink, []);
      named(look.kind === "linear" ? "least squares" : "lowest loss");
    }
    if (look.truth) {
      this.#tick(pen, x, y, 0.6 * font.size, look.inks.soft, TRUE);
      named("true weight");
    }
  }

  moving(pen, view) {
    const { look, plot, full } = this;
    const { box } = plot;
    const count = look.runs.length;
    const each = box.height / look.names.length;
    const radius = Math.max(Math.min(head_size(full.font), (0.9 * each) / (count > 1 ? 3.2 : 2)), LEAST);
    const spread = Math.max(each - 2.2 * radius, 0) / Math.max(count - 1, 1);
    clipped(pen, box, () => {
      look.runs.forEach((run, k) => {
        const { found, stale } = this.of(run);
        if (!found) return;
        const row = found.params[row_at(found, view.step)];
        pen.globalAlpha = strength_of(run, view) * (stale ? STALE : 1);
        const middle = (i) => plot.y(i + 0.5) + (k - (count - 1) / 2) * spread;
        for (let i = 0; i < look.names.length; i++) if (Number.isFinite(row[i])) paint_head(pen, run, [plot.x(row[i]), middle(i)], radius, full.paper_bgcolor);
      });
      this.#paint_ideals(pen, each);
    });
    pen.globalAlpha = 1;
    if (view.place) this.#paint_cursor(pen, view.place.part, each);
  }

  #paint_cursor(pen, part, each) {
    const path = path_for(pen);
    const { box } = this.plot;
    path.rect(box.x, this.plot.y(part), box.width, each);
    pen.setLineDash([]);
    pen.strokeStyle = this.look.inks.soft;
    pen.lineWidth = 1;
    pen.stroke(path);
  }

  at(x, y) {
    const { box } = this.plot;
    if (x < 0 || x > box.x + box.width || y < box.y || y >= box.y + box.height) return null;
    return { part: Math.floor(this.plot.y_at(y)), slot: null };
  }

  first = () => ({ part: 0, slot: null });

  key(place, name) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[name];
    return by && { slot: null, part: Math.min(Math.max(place.part + by, 0), this.look.names.length - 1) };
  }

  stands({ part }) {
    const { box, y } = this.plot;
    return [box.x + box.width / 2, y(part + 0.5)];
  }

  lines({ part }, view) {
    const { names, truth, least, kind, runs } = this.look;
    const ideals = [least && `${kind === "linear" ? "least squares" : "lowest loss"} ${said(least[part])}`, truth && `true ${said(truth[part])}`];
    const told = runs.map((run) => {
      const { found } = this.of(run);
      return [run.slot, `${run.label} ${found ? said(found.params[row_at(found, view.step)][part]) : "…"}`];
    });
    return [[null, [names[part], ...ideals.filter(Boolean)].join(", ")], ...told];
  }

  // in words, of the playhead: how far each run is from what should be
  told(step) {
    const { truth, least, kind, names, runs } = this.look;
    const ideal = least ?? truth;
    const which = least ? (kind === "linear" ? "the least-squares weights" : "the weights of the lowest loss") : "the true weights";
    const parts = runs.map((run) => {
      const { found } = this.of(run);
      if (!found) return `${run.label}: not known yet`;
      const row = found.params[row_at(found, step)];
      if (!ideal) return `${run.label}: ${names.map((name, i) => `${name} ${said(row[i])}`).join(", ")}`;
      return `${run.label}: ${farthest(row, ideal, names)}`;
    });
    return `${names.length} weights at step ${step}${ideal ? `, against ${which}` : ""}. ${parts.join("; ")}.`;
  }
}

function farthest(row, ideal, names) {
  let worst = 0;
  for (let i = 0; i < names.length; i++) if (!(Math.abs(row[i] - ideal[i]) <= Math.abs(row[worst] - ideal[worst]))) worst = i;
  return `farthest off is ${names[worst]}, ${said(row[worst])} instead of ${said(ideal[worst])}`;
}
