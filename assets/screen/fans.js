// What stands beside a run's line: the walks of all its seeds, their spread, and the steps that were clipped.
import { lies_in } from "./names.js";
import { path_for } from "./pen.js";
import { clipped } from "./strokes.js";

const PAINTERS = { paths: paint_paths, band: paint_band, marks: paint_marks };

export function paint_fan(pen, line, look) {
  if (!line.xs.length) return;
  clipped(pen, line.box, () => {
    pen.lineDashOffset = 0;
    pen.setLineDash([]);
    PAINTERS[line.meta.fan](pen, line, look);
  });
}

// every walk up to the playhead; a gap parts it from the next one
function paint_paths(pen, { xs, ys, trace, meta }, { step, strength }) {
  const path = path_for(pen);
  let walked = 0;
  for (let i = 0; i < xs.length; i++) {
    const is_gap = xs[i] !== xs[i];
    if (!is_gap && walked <= step) walked ? path.lineTo(xs[i], ys[i]) : path.moveTo(xs[i], ys[i]);
    walked = is_gap ? 0 : walked + 1;
  }
  pen.globalAlpha = trace.opacity * strength(meta);
  pen.strokeStyle = trace.line.color;
  pen.lineWidth = trace.line.width;
  pen.lineJoin = "round";
  pen.stroke(path);
}

function paint_band(pen, { xs, ys, trace, meta }, { strength }) {
  const path = path_for(pen);
  for (let i = 0; i < xs.length; i++) i ? path.lineTo(xs[i], ys[i]) : path.moveTo(xs[i], ys[i]);
  pen.globalAlpha = strength(meta);
  pen.fillStyle = trace.fillcolor;
  pen.fill(path);
}

// a ring where a step began whose gradient was clipped
function paint_marks(pen, { xs, ys, box, trace, meta }, { step, strength, paper }) {
  const { color, size } = trace.marker;
  for (let i = 0; i < Math.min(step, xs.length); i++) {
    if (xs[i] !== xs[i] || !lies_in(xs[i], ys[i], box)) continue;
    const ring = path_for(pen);
    ring.arc(xs[i], ys[i], size / 2, 0, 2 * Math.PI);
    pen.globalAlpha = strength(meta);
    pen.fillStyle = paper;
    pen.fill(ring);
    pen.strokeStyle = color;
    pen.lineWidth = 1.25;
    pen.stroke(ring);
  }
}
