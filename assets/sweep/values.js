// What is drawn of the numbers, and how they are read out.
import { written } from "../screen/numbers.js";

const DIGITS = 3;

// the column that a curve, or the colours of a grid, are drawn from
export function column_of({ curve, colour, criterion }) {
  const shown = curve ?? colour;
  return shown === "steps" ? steps_by(criterion) : shown;
}

// which steps a criterion counts
export const steps_by = (criterion) => (criterion === "stays" ? "stays" : "first");

// where a value of a column stands on its axis
export const placed = (value, column) => (is_steps(column) ? Math.log10(Math.max(value, 1)) : value);

export const is_steps = (column) => column === "first" || column === "stays";

export function said(value, column, look) {
  if (is_steps(column)) return value === value ? String(Math.round(value * 10) / 10) : "never";
  if (value !== value) return "diverged";
  return written(look.log ? 10 ** value : value, DIGITS);
}

export const decades = (value) => value.toFixed(2);

// the place of the value that is nearest to this one
export function nearest(places, wanted) {
  let best = 0;
  for (let k = 1; k < places.length; k++) if (Math.abs(places[k] - wanted) < Math.abs(places[best] - wanted)) best = k;
  return best;
}

const NARROW = 480; // px: in a plot of less there is no room for a title beside it, which the choice above it says too
const SPARED = 28; // px of it

// the layout as there is room for it
export function roomy({ yaxis, margin, ...layout }, width) {
  if (width >= NARROW) return { ...layout, yaxis, margin };
  return { ...layout, yaxis: { ...yaxis, title: { text: "" } }, margin: { ...margin, l: margin.l - SPARED } };
}
