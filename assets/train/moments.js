// What the principal components are found from: of all points of some paths their number, their sum and that of their
// products; and the plane that they are asked for, in the text that a request carries.

// { count, sum (d,), products: the rows of the upper triangle } of tables of rows
export function moments_of(paths, size) {
  const sum = new Float64Array(size);
  const products = new Float64Array((size * (size + 1)) / 2);
  let count = 0;
  for (const rows of paths)
    for (const row of rows) {
      if (!row.every(Number.isFinite)) continue;
      count += 1;
      for (let i = 0, at = 0; i < size; i++) {
        sum[i] += row[i];
        for (let j = i; j < size; j++) products[at++] += row[i] * row[j];
      }
    }
  return { count, sum, products };
}

export const given_moments = ({ count, sum, products }) => JSON.stringify({ count, sum: base64(sum), products: base64(products) });

export const given_window = ({ origin, u, v }, window) => JSON.stringify({ origin: base64(origin), u: base64(u), v: base64(v), window: base64(window) });

// of little-endian float64
function base64(numbers) {
  const bytes = new Uint8Array(Float64Array.from(numbers).buffer);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

// where the points of a path stand in a plane
export function projected(rows, { origin, u, v }) {
  const [xs, ys] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  rows.forEach((row, i) => {
    let [x, y] = [0, 0];
    for (let k = 0; k < origin.length; k++) {
      x += (row[k] - origin[k]) * u[k];
      y += (row[k] - origin[k]) * v[k];
    }
    [xs[i], ys[i]] = [x, y];
  });
  return { xs, ys };
}
