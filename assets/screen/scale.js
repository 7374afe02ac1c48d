// How much of a plane a picture shows, so that one unit of x is as long as one unit of y.

const SEEN = 1.01; // a ratio of lengths that nobody sees

// the ranges around those wanted that fill so many px of x and of y, as far as there is room
export function fitted(wanted, sizes, room = null) {
  const unit = Math.min(...wanted.map((range, i) => sizes[i] / span(range))); // px
  return wanted.map((range, i) => {
    const most = room ? span(room[i]) : Infinity;
    return around(range, Math.max(Math.min(sizes[i] / unit, most), span(range)));
  });
}

// how long a unit of x is, of a unit of y
export function stretch([x, y], [width, height]) {
  return (width / span(x)) * (span(y) / height);
}

// what the map says of it
export function ratio(stretched) {
  const [axis, by] = stretched < 1 ? ["x", 1 / stretched] : ["y", stretched];
  return by < SEEN ? "" : `${axis} drawn at 1:${Number(by.toPrecision(2))}`;
}

// whether two frames are the same to the eye
export const alike = (one, other) =>
  one.every((range, i) => range.every((end, k) => Math.abs(end - other[i][k]) < 1e-6 * span(range)));

const span = ([low, high]) => high - low;

function around([low, high], wide) {
  if (wide === high - low) return [low, high];
  const middle = (low + high) / 2;
  return [middle - wide / 2, middle + wide / 2];
}
