// The lines of the walks, in the styles that their traces declare.

const FAINT = 0.22; // what lies beyond the playhead
const BACK = 1; // points of a walk that are drawn once more

// the whole walk, as what lies ahead
export function faint_path(pen, line, strength = 1) {
  styled(pen, line, 0, () => stroke(pen, path_of(line, 0, line.xs.length), line.trace.line, null, FAINT * strength));
}

// a stretch of points as it was walked
export function walked_path(pen, line, from, to, strength = 1) {
  styled(pen, line, from, () => stroke(pen, path_of(line, from, to), line.trace.line, line.meta.casing, strength));
}

// the next stretch of a walk, onto what is drawn of it already: its casing begins bluntly, and what that covers of the
// stretch before is drawn once more
export function next_stretch(pen, line, from, to) {
  const { casing } = line.meta;
  const again = casing ? Math.max(from - BACK, 0) : from;
  styled(pen, line, again, () => {
    const { lineCap } = pen;
    pen.lineCap = "butt";
    if (casing) stroke_casing(pen, path_of(line, from, to), line.trace.line, casing, 1);
    pen.lineCap = lineCap;
    stroke(pen, path_of(line, again, to), line.trace.line, null, 1);
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

// NaN breaks a line in two
function path_of({ xs, ys }, from, to) {
  const path = new Path2D();
  let down = false;
  for (let i = from; i < to; i++) {
    const finite = xs[i] === xs[i] && ys[i] === ys[i];
    if (finite && down) path.lineTo(xs[i], ys[i]);
    else if (finite) path.moveTo(xs[i], ys[i]);
    down = finite;
  }
  return path;
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
