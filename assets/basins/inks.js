// The colours of a map, cell by cell: which minimum, and the brighter the sooner a walk stays there; or of two maps, who
// comes sooner.
import { DIVERGED, NOWHERE, UNKNOWN } from "./field.js";

const SHADES = 32;

const parts_of = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const packed = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
const between = (one, other, share) => one.map((part, i) => Math.round(part + share * (other[i] - part)));
const shades = (one, other) =>
  Array.from({ length: SHADES }, (_, i) => packed(between(parts_of(one), parts_of(other), i / (SHADES - 1))));

// from 0, at once, to 1, at the last step, for each number of steps
function lateness(steps) {
  return Float32Array.from({ length: steps + 1 }, (_, since) => Math.sqrt(since / Math.max(steps, 1)));
}

// a picture of one map
export function coloured(field, { inks, minima, steps }) {
  const wells = inks.wells.map(([soon, late]) => shades(soon, late));
  const [none, diverged] = [inks.none, inks.diverged].map((colour) => packed(parts_of(colour)));
  const places = lateness(steps).map((late) => Math.round(late * (SHADES - 1)));
  return picture(field.order.size, (cell) => {
    const at = field.nearest[cell];
    if (at >= 0) return wells[minima.colour[at]][places[field.since[cell]]];
    return { [UNKNOWN]: 0, [DIVERGED]: diverged, [NOWHERE]: none }[at];
  });
}

// a picture of two maps: whose walk stays sooner in the same minimum, who alone ends in one, and who ends in another
export function compared([one, other], { inks, difference, steps }) {
  const late = lateness(steps);
  const sides = difference.sides.map((colour) => shades(difference.same, colour));
  const [none, elsewhere] = [inks.none, difference.elsewhere].map((colour) => packed(parts_of(colour)));
  const alone = difference.sides.map((colour) => packed(parts_of(colour)));
  const { near, far } = difference;
  const same = packed(parts_of(difference.same));
  return picture(one.order.size, (cell) => {
    const [a, b] = [one.nearest[cell], other.nearest[cell]];
    if (a === UNKNOWN || b === UNKNOWN) return 0;
    if (a < 0 || b < 0) return a < 0 && b < 0 ? none : alone[a < 0 ? 1 : 0];
    if (a !== b) return elsewhere;
    const by = late[other.since[cell]] - late[one.since[cell]];
    const strength = near + (far - near) * Math.min(2 * Math.abs(by), 1);
    return by ? sides[by > 0 ? 0 : 1][Math.round(strength * (SHADES - 1))] : same;
  });
}

// rows of cells from the lowest one on, as a picture that begins above
function picture(size, ink_of) {
  const image = new ImageData(size, size);
  const ink = new Uint32Array(image.data.buffer);
  for (let row = 0; row < size; row++) {
    const from = (size - 1 - row) * size;
    for (let column = 0; column < size; column++) ink[from + column] = ink_of(row * size + column);
  }
  const sheet = new OffscreenCanvas(size, size);
  sheet.getContext("2d").putImageData(image, 0, 0);
  return sheet;
}
