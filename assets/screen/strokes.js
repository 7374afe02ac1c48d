// The lines of the walks, in the styles that their traces declare.
import { lies_in } from "./names.js";
import { path_for } from "./pen.js";

const FAINT = 0.22; // what lies beyond the playhead
const AWAY = { width: 1, alpha: 0.3 }; // of the strokes on the map between two points that are not on it
const HIDDEN = 0.25; // what the surface stands before, in space
const BACK = 1; // points of a walk that are drawn once more

// the whole walk, as what lies ahead
export function faint_path(pen, line, strength = 1) {
  styled(pen, line, 0, () => stroke(pen, path_of(pen, line, 0, line.xs.length), line.trace.line, null, FAINT * strength));
}

// a stretch of points as it was walked
export function walked_path(pen, line, from, to, strength = 1) {
  styled(pen, line, from, () => {
    stroke_away(pen, line, from, to, strength);
    stroke_hidden(pen, line, from, to, strength);
    stroke(pen, path_of(pen, line, from, to), line.trace.line, line.meta.casing, strength);
  });
}

// the next stretch of a walk, onto what is drawn of it already: its casing begins bluntly, and what that covers of the
// stretch before is drawn once more
export function next_stretch(pen, line, from, to) {
  const { casing } = line.meta;
  const again = casing ? Math.max(from - BACK, 0) : from;
  styled(pen, line, again, () => {
    stroke_away(pen, line, from, to, 1);
    const { lineCap } = pen;
    pen.lineCap = "butt";
    stroke_hidden(pen, line, from, to, 1);
    if (casing) stroke_casing(pen, path_of(pen, line, from, to), line.trace.line, casing, 1);
    pen.lineCap = lineCap;
    stroke(pen, path_of(pen, line, again, to), line.trace.line, null, 1);
  });
}

// nothing outside the plot area is painted
export function clipped(pen, { x, y, width, height }, painting) {
  pen.save();
  pen.beginPath();
  pen.rect(x, y, width, height);
  pen.clip();
  painting();
  pen.restore();
}

function styled(pen, line, from, painting) {
  const { dash } = line.trace.line;
  const solid = dash === "solid";
  clipped(pen, line.box, () => {
    pen.lineJoin = "round";
    pen.lineCap = solid ? "round" : "butt";
    pen.setLineDash(solid ? [] : dash.split(",").map(parseFloat));
    pen.lineDashOffset = solid || !from ? 0 : length_up_to(line, from);
    painting();
  });
}

// of the unbroken stretch that leads to a point, so that its dashes go on where they were
function length_up_to(line, to) {
  line.lengths ??= lengths(line);
  return line.lengths[to];
}

function lengths({ xs, ys }) {
  const out = new Float64Array(xs.length);
  for (let i = 1; i < xs.length; i++) out[i] = out[i - 1] + Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]) || 0;
  return out;
}

function stroke_hidden(pen, line, from, to, strength) {
  if (line.back) stroke(pen, path_of(pen, line.back, from, to), line.trace.line, null, HIDDEN * strength);
}

// The steps of a stretch; in space also what lies between them. NaN breaks a line in two.
function path_of(pen, line, from, to, away = false) {
  const { xs, ys, starts } = line.front || line;
  const [begin, end] = starts && to > from ? [starts[from], starts[to - 1] + 1] : [from, to];
  const skipped = strokes_away(line);
  const path = path_for(pen);
  let down = false;
  for (let i = begin; i < end; i++) {
    const finite = xs[i] === xs[i] && ys[i] === ys[i];
    if (finite && down && Boolean(skipped?.[i]) === away) path.lineTo(xs[i], ys[i]);
    else if (finite) path.moveTo(xs[i], ys[i]);
    down = finite;
  }
  return path;
}

// which strokes of a map lead from a point outside its frame to another one: a few make a wall of it
function strokes_away(line) {
  if (!line.meta?.casing || line.front) return null;
  line.away ??= line.xs.map((x, i) => i > 0 && !lies_in(x, line.ys[i], line.box) && !lies_in(line.xs[i - 1], line.ys[i - 1], line.box));
  return line.away;
}

function stroke_away(pen, line, from, to, strength) {
  if (!strokes_away(line)?.some(Boolean)) return;
  stroke(pen, path_of(pen, line, from, to, true), { ...line.trace.line, width: AWAY.width }, null, AWAY.alpha * strength);
}

function stroke(pen, path, { color, width }, casing, alpha) {
  if (casing) stroke_casing(pen, path, { width }, casing, alpha);
  pen.globalAlpha = alpha;
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.stroke(path);
}

function stroke_casing(pen, path, { width }, [colour, wide], alpha) {
  pen.globalAlpha = alpha * 0.75;
  pen.strokeStyle = colour;
  pen.lineWidth = Math.max(wide, width + 2);
  pen.stroke(path);
}
