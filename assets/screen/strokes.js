// The lines of the walks, in the styles that their traces declare.

const FAINT = 0.22; // what lies beyond the playhead

// the whole walk, as what lies ahead
export function faint_path(pen, line, strength = 1) {
  styled(pen, line, 0, () => stroke(pen, path_of(line, 0, line.xs.length), line.trace.line, null, FAINT * strength));
}

// a stretch of points as it was walked
export function walked_path(pen, line, from, to, strength = 1) {
  styled(pen, line, from, () => stroke(pen, path_of(line, from, to), line.trace.line, line.meta.casing, strength));
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
  if (casing) {
    pen.globalAlpha = alpha * 0.75;
    pen.strokeStyle = casing[0];
    pen.lineWidth = Math.max(casing[1], width + 2);
    pen.stroke(path);
  }
  pen.globalAlpha = alpha;
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.stroke(path);
}
