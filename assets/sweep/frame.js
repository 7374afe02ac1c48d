// The axis of values: what it shows follows what is known, in whole decades, and only grows while tiles are coming.
import { column_of, is_steps } from "./values.js";

const MOST = 18; // decades of a loss
const ABOVE = 1; // decades above where the walks begin: what ends higher leaves through the frame
const MARKS = 7; // of an axis at most
const ROOM = 0.04; // of a span, at either end
const MOST_OF = 0.6; // of the values lie no farther from where the walks begin than
const FARTHER = 5; // this many times nearer than what is shown

export function values_axis(look, subjects, before) {
  const column = column_of(look);
  if (is_steps(column)) return log_axis(0, Math.log10(Math.max(look.steps, 10)));
  const values = subjects.flatMap((subject) => Array.from(subject[column]).filter(Number.isFinite));
  return look.log ? loss_axis(look, values, before) : plain_axis(look, values, before);
}

function loss_axis({ begin, target }, values, before) {
  const start = begin ?? 0;
  const top = Math.ceil(Math.min(Math.max(...values, start, target), start + ABOVE) + ROOM);
  const low = Math.floor(Math.max(Math.min(...values, target, top - 2), top - MOST));
  return log_axis(Math.min(low, before?.low ?? low), Math.max(top, before?.top ?? top));
}

function log_axis(low, top) {
  const step = Math.max(Math.ceil((top - low) / MARKS), 1);
  const marks = [];
  for (let at = Math.ceil(low); at <= top; at += step) marks.push(at);
  const room = ROOM * (top - low);
  return { low, top, axis: { type: "log", range: [low - room, top + room], tickvals: marks, ticktext: marks.map(power) } };
}

const power = (at) => (at >= -1 && at <= 3 ? [String(Number((10 ** at).toPrecision(1))), ""] : ["10", String(at).replace("-", "−")]);

function plain_axis({ begin }, values, before) {
  const [low, top] = bulk(values, begin ?? 0);
  const span = { low: Math.min(low, before?.low ?? low), top: Math.max(top, before?.top ?? top) };
  const room = ROOM * (span.top - span.low) || 1;
  return { ...span, axis: { type: "linear", range: [span.low - room, span.top + room] } };
}

// The lowest and the highest of losses that know no lowest one: what is much farther from the start than most runs away
// without an end, and leaves through the frame
export function bulk(values, begin) {
  const away = values.map((value) => Math.abs(value - begin)).sort((a, b) => a - b);
  const reach = FARTHER * (away[Math.floor(MOST_OF * (away.length - 1))] ?? 0) || 1;
  const kept = [begin, ...values.filter((value) => Math.abs(value - begin) <= reach)];
  return [Math.min(...kept), Math.max(...kept)];
}
