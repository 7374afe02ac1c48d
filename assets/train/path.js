// The paths of all runs, projected on a plane through the space of the weights, over the loss in that plane.
import { laid_out, paint_axes, paint_notes, paint_paper, place_of } from "../screen/axes.js";
import { paint_bands, paint_marks } from "../screen/ground.js";
import { lies_in } from "../screen/names.js";
import { fitted, ratio, stretch } from "../screen/scale.js";
import { clipped, faint_path, next_stretch, walked_path } from "../screen/strokes.js";
import { paint_start } from "../screen/marks.js";
import { STALE, head_size, paint_head, paint_name, row_at, strength_of } from "./drawn.js";
import { said } from "./heat.js";
import { projected } from "./moments.js";

const ROOM = { l: 60, r: 14, t: 12, b: 42 }; // px around the plot, growing with its type
const BESIDE = 0.1; // of what is shown, around the paths
const OFF = 0.05; // of the squared distance of the minimum may lie off a plane that it is said to lie in
const MOST = 2.5; // times as far as the paths go, a side is shown so that both have one scale
const LEVELS = 18;
const FAR = 1e5; // px beyond which a canvas loses its way
const NEAR = 14; // px from a path
const AWAY = 10; // times the loss it began from: who ends there runs away
const REACH = 30; // first steps: so far from the start a path that runs away decides what is seen
const DEEPEST = 1e30;

export class PathMap {
  #walked = null;

  // `plane`: { origin, u, v, shares } or null; `ground`: { z, window } or null; `need(window)` asks for another one
  constructor(look, of, plane, ground, need) {
    Object.assign(this, { look, of, plane, ground, need });
  }

  lay(width, height) {
    const { look, plane } = this;
    const { layout } = look;
    const margin = Object.fromEntries(Object.entries(ROOM).map(([side, px]) => [side, px * look.scale]));
    const paths = look.runs.map((run) => {
      const { found, stale } = this.of(run);
      return { run, found, stale, ...(found && plane ? projected(found.params, plane) : { xs: [], ys: [] }) };
    });
    this.star = look.least && plane ? projected([look.least], plane) : null;
    const wanted = this.#wanted(paths);
    const sizes = [width - margin.l - margin.r, height - margin.t - margin.b];
    const room = wanted.map(([low, high]) => [low - ((MOST - 1) / 2) * (high - low), high + ((MOST - 1) / 2) * (high - low)]);
    const [x, y] = fitted(wanted, sizes, room);
    this.window = [...x, ...y];
    const note = { text: ratio(stretch([x, y], sizes)), x: 1, y: 0, xanchor: "right", yanchor: "bottom", font: { size: 11 * look.scale, color: look.inks.ink }, bgcolor: look.inks.panel };
    const [across, up] = this.#titles();
    const axes = { xaxis: { ...layout.xaxis, range: x, title: { text: across, standoff: 4 } }, yaxis: { ...layout.yaxis, range: y, title: { text: up, standoff: 4 } } };
    this.full = laid_out({ ...layout, ...axes, margin, clickanywhere: true, annotations: [{ ...note, visible: Boolean(note.text) }] }, width, height);
    this.place = place_of(this.full);
    this.paths = paths.map((path) => this.#line(path));
    this.#walked = null;
    this.laid = true;
    if (plane && x[0] < x[1] && y[0] < y[1]) this.need(this.window); // so far out that numbers have no room between, there is none
  }

  #titles() {
    const { names } = this.look;
    const plane = this.plane?.of ?? this.look.plane;
    return plane === "pca" ? ["first principal component", "second principal component"] : plane.map((place) => names[place]);
  }

  // what the paths reach that run not away, and the minimum
  #wanted(paths) {
    const seen = this.plane ? deciding(paths.map(({ found }) => found).filter(Boolean)).map((rows) => projected(rows, this.plane)) : [];
    return ["xs", "ys"].map((side) => {
      let [low, high] = [Infinity, -Infinity];
      for (const value of [...seen.flatMap((path) => Array.from(path[side])), ...(this.star?.[side] ?? [])])
        if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
      if (low > high) [low, high] = [-1, 1];
      const room = BESIDE * (high - low) || 0.5;
      return [low - room, high + room];
    });
  }

  // as the strokes of the maps are painted
  #line({ run, found, stale, xs, ys }) {
    const { place, look } = this;
    const [px, py] = [new Float64Array(xs.length), new Float64Array(xs.length)];
    for (let i = 0; i < xs.length; i++) {
      const at = place.to_pixels([xs[i], ys[i]]);
      [px[i], py[i]] = at.every((one) => Math.abs(one) < FAR) ? at : [NaN, NaN];
    }
    const trace = { line: { color: run.color, width: run.width, dash: "solid" } };
    return { run, found, stale, values: { xs, ys }, xs: px, ys: py, box: place.box, trace, meta: { slot: run.slot, first: 0, casing: [look.inks.panel, 5 * look.scale] } };
  }

  still(pen, view) {
    const { full, place, look } = this;
    paint_paper(pen, full);
    clipped(pen, place.box, () => {
      if (this.ground) this.#paint_ground(pen);
      if (this.star) this.#paint_star(pen);
    });
    for (const line of this.paths) if (line.xs.length) faint_path(pen, line, strength_of(line.run, view) * (line.stale ? STALE : 1));
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    pen.lineCap = "butt";
    paint_axes(pen, full);
    paint_notes(pen, full);
  }

  // at even distances from the lowest: in a bowl its level lines are evenly apart
  #paint_ground(pen) {
    const { z, window: [x0, x1, y0, y1] } = this.ground;
    const { low, high, levels } = this.look.inks;
    const { heights, top } = heights_of(z);
    const size = top / LEVELS || 1;
    const arrays = { z: heights, x0, dx: (x1 - x0) / (z[0].length - 1), y0, dy: (y1 - y0) / (z.length - 1), contours: { start: size, end: top, size }, zmin: -0.5 * size, zmax: top + 0.5 * size };
    const look = { colorscale: [[0, low], [1, high]], line: { color: levels, width: this.look.scale } };
    const { box, x, y } = this.place;
    if (pen.svg !== undefined) return paint_bands(pen, arrays, look, x, y);
    const key = JSON.stringify([this.look.inks, box, this.window, pen.getTransform().a]);
    if (backdrop.z !== z || backdrop.key !== key) {
      const sheet = this.#sheet(pen);
      paint_bands(sheet, arrays, look, x, y);
      Object.assign(backdrop, { z, key, sheet: sheet.canvas });
    }
    pen.drawImage(backdrop.sheet, 0, 0, this.full.width, this.full.height);
  }

  // the pen of a canvas like that of another one
  #sheet({ canvas: { width, height } }) {
    const pen = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
    pen.setTransform(width / this.full.width, 0, 0, height / this.full.height, 0, 0);
    return pen;
  }

  #paint_star(pen) {
    const { inks, scale } = this.look;
    const marker = { symbol: "star", size: 13 * scale, color: inks.gold, line: { color: inks.ink, width: 1 } };
    paint_marks(pen, { x: this.star.xs, y: this.star.ys }, { marker }, this.place.x, this.place.y);
  }

  moving(pen, view) {
    const { full, place } = this;
    const font = { font: full.font, paper: full.paper_bgcolor };
    const shown = this.paths.filter(({ xs }) => xs.length).map((line) => ({ line, i: row_at(line.found, view.step) }));
    this.#paint_walked(pen, shown, view);
    pen.setLineDash([]);
    const heads = shown.map(({ line, i }) => ({ run: line.run, at: [line.xs[i], line.ys[i]] })).filter(({ at }) => lies_in(...at, place.box));
    for (const { run, at } of heads) {
      pen.globalAlpha = strength_of(run, view);
      paint_head(pen, run, at, head_size(full.font), full.paper_bgcolor);
    }
    const taken = [];
    const begin = shown[0] && [shown[0].line.xs[0], shown[0].line.ys[0]];
    if (begin && this.#have_one_start(shown)) paint_start(pen, begin, "start", { ...font, font: { ...full.font, color: this.look.inks.ink } });
    for (const { run, at } of heads) {
      pen.globalAlpha = strength_of(run, view);
      paint_name(pen, run.label, at, place.box, taken, font, run.ink);
    }
    pen.globalAlpha = 1;
  }

  // while it plays what was walked stands on a sheet of its own, to which each frame adds its steps
  #paint_walked(pen, shown, view) {
    if (!view.playing || view.pointed !== null) {
      for (const { line, i } of shown) walked_path(pen, line, 0, i + 1, strength_of(line.run, view) * (line.stale ? STALE : 1));
      return;
    }
    if (!this.#walked || view.step < this.#walked.step) this.#walked = { pen: this.#sheet(pen), rows: new Map() };
    const { pen: sheet, rows } = this.#walked;
    for (const { line, i } of shown) {
      const from = rows.get(line) ?? 0;
      if (i > from) next_stretch(sheet, line, from, i + 1);
      rows.set(line, i);
    }
    this.#walked.step = view.step;
    pen.globalAlpha = 1;
    pen.drawImage(sheet.canvas, 0, 0, this.full.width, this.full.height);
  }

  #have_one_start(shown) {
    return shown.every(({ line: { xs, ys } }) => Math.hypot(xs[0] - shown[0].line.xs[0], ys[0] - shown[0].line.ys[0]) < 2);
  }

  // the point of a path that is near, and the place in the plane; null outside
  at(x, y) {
    if (!lies_in(x, y, this.place.box)) return null;
    let [best, near, row] = [NEAR * NEAR, null, null];
    for (const line of this.paths)
      for (let i = 0; i < line.xs.length; i++) {
        const away = (line.xs[i] - x) ** 2 + (line.ys[i] - y) ** 2;
        if (away < best) [best, near, row] = [away, line, i];
      }
    return { slot: near?.run.slot ?? null, row, values: this.place.to_values([x, y]) };
  }

  first = () => ({ slot: this.look.runs[0]?.slot ?? null, row: null, values: null });

  // up and down go from run to run
  key(place, name) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[name];
    if (!by) return undefined;
    const { runs } = this.look;
    const at = runs.findIndex(({ slot }) => slot === place.slot);
    return { slot: runs[Math.min(Math.max(at + by, 0), runs.length - 1)].slot, row: null, values: null };
  }

  stands({ slot }) {
    const line = this.paths.find(({ run }) => run.slot === slot);
    const i = (line?.xs.length ?? 1) - 1;
    return line && line.xs[i] === line.xs[i] ? [line.xs[i], line.ys[i]] : [this.place.box.x, this.place.box.y];
  }

  lines({ slot, row, values }, view) {
    const line = this.paths.find(({ run }) => run.slot === slot);
    const told = [];
    if (line?.found) {
      const i = row ?? row_at(line.found, view.step);
      const [x, y] = [line.values.xs[i], line.values.ys[i]];
      told.push([slot, `${line.run.label}, step ${line.found.at[i]}: (${said(x)}, ${said(y)})`]);
      values ??= [x, y];
    }
    const loss = values && this.loss_at(values);
    if (loss !== null) told.push([null, `loss in the plane here ${said(loss)}`]);
    return told;
  }

  // between the places of the ground
  loss_at([x, y]) {
    if (!this.ground) return null;
    const { z, window: [x0, x1, y0, y1] } = this.ground;
    const [i, u] = cell((x - x0) / (x1 - x0), z[0].length);
    const [j, v] = cell((y - y0) / (y1 - y0), z.length);
    if (i === null || j === null) return null;
    const along = (row) => row[i] + u * (row[i + 1] - row[i]);
    return along(z[j]) + v * (along(z[j + 1]) - along(z[j]));
  }

  told(step) {
    const places = this.paths.filter(({ found, xs }) => found && xs.length).map(({ run, found, values }) => {
      const i = row_at(found, step);
      return `${run.label} at (${said(values.xs[i])}, ${said(values.ys[i])})`;
    });
    return `Paths of the weights over the loss, in the plane of ${this.#titles().join(" and ")}. At step ${step}: ${places.join("; ")}. ${share_in_words(this.look, this.plane, this.of)}`;
  }
}

function cell(share, count) {
  if (!(share >= 0 && share <= 1)) return [null, 0];
  const at = share * (count - 1);
  const i = Math.min(Math.floor(at), count - 2);
  return [i, at - i];
}

const backdrop = { z: null, key: "", sheet: null }; // the ground as it was painted last: it stands while paths move

// heights whose level lines are evenly apart in a bowl: the root of what a loss is above the lowest
const heights_by_ground = new WeakMap();

function heights_of(z) {
  if (!heights_by_ground.has(z)) {
    let low = Infinity;
    for (const row of z) for (const value of row) if (value < low) low = value;
    const heights = z.map((row) => Float64Array.from(row, (value) => Math.sqrt(Math.min(value - low, DEEPEST) || 0)));
    let top = 0;
    for (const row of heights) for (const value of row) if (value > top) top = value;
    heights_by_ground.set(z, { heights, top });
  }
  return heights_by_ground.get(z);
}

// a path that the plane is not chosen for: it would be all that one sees of it
export function runs_away({ params, loss }) {
  const [begin, end] = [loss?.[0]?.[0], loss?.at(-1)?.[0]];
  return !params.at(-1).every(Number.isFinite) || (Number.isFinite(begin) && !(end <= AWAY * Math.max(begin, 1e-12)));
}

// The points of all paths that decide what is seen: of the runs that stay; where none does, of each as long as it is near
export function deciding(all) {
  const staying = all.filter((found) => !runs_away(found));
  return staying.length ? staying.map(({ params }) => params) : all.map(({ params }) => params.slice(0, near(params)));
}

// the first point that is much farther from the start than the second one is
function near(params) {
  const away = (row) => Math.hypot(...row.map((value, i) => value - params[0][i]));
  const first = away(params[1] ?? params[0]);
  const far = params.findIndex((row) => !(away(row) <= REACH * first));
  return far < 0 ? params.length : Math.max(far, 2);
}

// what of all movement the plane holds
export function share_in_words(look, plane, of) {
  if (!plane) return "";
  const [first, second] = plane.shares;
  if (first !== first) return "No weight moves.";
  const whole = `${percent(first + second)} of the variance of all paths`;
  const without = left_out(look, of);
  if (plane.of !== "pca") {
    const rest = look.names.length > 2 ? `; the other weights stand at ${look.least ? "the minimum" : "the mean of the paths"}` : "";
    return `${plane.of.map((place) => look.names[place]).join(" and ")} hold ${whole}${rest}.${without}`;
  }
  const beside = is_beside(look, plane) ? " The star: the minimum, which lies off this plane." : "";
  return `The first two principal components hold ${whole} (${percent(first)} and ${percent(second)}).${without}${beside}`;
}

function left_out({ runs }, of) {
  const known = runs.filter((run) => of(run).found);
  const away = known.filter((run) => runs_away(of(run).found));
  if (!away.length) return "";
  const names = `${away.map(({ label }) => label).join(", ")} ${away.length > 1 ? "run" : "runs"} away`;
  return away.length < known.length ? ` Without ${names.replace(/ runs? away$/, ", which$&")}.` : ` ${names}: of the steps near the start.`;
}

// whether the minimum is farther from the plane than a part of its distance from where the paths have their middle
function is_beside({ least }, plane) {
  if (!least) return false;
  const { xs: [x], ys: [y] } = projected([least], plane);
  const all = least.reduce((sum, value, i) => sum + (value - plane.origin[i]) ** 2, 0);
  return all - x * x - y * y > OFF * all;
}

// two digits, and as many as it takes to tell it from the whole
function percent(share) {
  const left = 1 - share;
  if (left > 0 && left < 0.01) return `${(100 * share).toFixed(Math.min(Math.ceil(-Math.log10(100 * left)), 4))} %`;
  return `${Number((100 * share).toPrecision(2))} %`;
}
