// Which run is at a place of a graph: on its name, else along its line, between the points as at them. Geometry alone.
const REACH = 9; // px from a line; a head is no larger
const HALF = 8; // px, of the height of a name

// the slot of that run, or null
export function nearest({ lines, names }, px, py) {
  const named = names.find(({ left, middle, width }) => px >= left && px <= left + width && Math.abs(py - middle) <= HALF);
  if (named) return named.line.meta.slot;
  let best = REACH * REACH;
  let found = null;
  for (const line of lines) {
    const away = squared_distance(line, px, py, best);
    if (away < best) [best, found] = [away, line.meta.slot];
  }
  return found;
}

// from a place to a line, where it is less than `best`; a point without a number ends a stroke
function squared_distance({ xs, ys }, px, py, best) {
  const reach = Math.sqrt(best);
  for (let i = 0; i < xs.length; i++) {
    const j = Math.max(i - 1, 0);
    if (Math.max(xs[i], xs[j]) < px - reach || Math.min(xs[i], xs[j]) > px + reach) continue;
    if (Math.max(ys[i], ys[j]) < py - reach || Math.min(ys[i], ys[j]) > py + reach) continue;
    const away = to_stroke(px - xs[j], py - ys[j], xs[i] - xs[j], ys[i] - ys[j]);
    if (away < best) best = away;
  }
  return best;
}

// from (x, y) to the stroke between the origin and (dx, dy)
function to_stroke(x, y, dx, dy) {
  const share = Math.min(Math.max((x * dx + y * dy) / (dx * dx + dy * dy || 1), 0), 1);
  return (x - share * dx) ** 2 + (y - share * dy) ** 2;
}
