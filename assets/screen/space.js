// A graph in space. The surface is Plotly's, and so is the camera; what stands on the surface is laid on it here, and
// becomes places on the canvas like those of a plane, for Plotly's own lines and marks sink into it.

const FINEST = 60; // pieces of a step
const PIECES = 6000; // of a walk
const SHALLOW = 0.004; // of the height shown: what the surface may stand above a point that it does not hide

// how the graph looks at its surface, or null before it does
export function sight(graph, full) {
  const scene = full.scene?._scene;
  const ground = graph.ground["map-ground"];
  if (!scene?.glplot?.cameraParams || !ground?.x) return null;
  const { projection, view, model } = scene.glplot.cameraParams;
  const scale = scene.dataScale;
  const [low, top] = full.scene.zaxis.range;
  const to_eye = times(view, model);
  const all = times(projection, to_eye);
  const cell = [ground.x, ground.y].map((along) => along[1] - along[0]);
  const eye = eye_of(to_eye, scale);
  return { ground, cell, scale, all, low, top, eye, box: box_of(full), stamp: [...all, ...scale, low, top, ground] };
}

const box_of = ({ _size: { l, t, w, h, r }, scene: { domain } }) => ({
  x: l + w * domain.x[0],
  y: t + h * (1 - domain.y[1]),
  width: w * (domain.x[1] - domain.x[0]),
  height: h * (domain.y[1] - domain.y[0]),
  margin: r,
});

// of two 4 x 4 matrices, column by column
function times(a, b) {
  const out = new Float64Array(16);
  for (let column = 0; column < 4; column++)
    for (let row = 0; row < 4; row++)
      for (let k = 0; k < 4; k++) out[4 * column + row] += a[4 * k + row] * b[4 * column + k];
  return out;
}

// where the eye is among the values: the point that the matrix moves to the origin
function eye_of(m, scale) {
  const [a, b, c] = [[m[0], m[1], m[2]], [m[4], m[5], m[6]], [m[8], m[9], m[10]]];
  const away = [-m[12], -m[13], -m[14]];
  const volume = det(a, b, c);
  return [det(away, b, c), det(a, away, c), det(a, b, away)].map((part, i) => part / volume / scale[i]);
}

const det = ([a, b, c], [d, e, f], [g, h, i]) => a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);

// the pixel of a point of space
function seen({ all: m, scale, box }, x, y, z) {
  const [X, Y, Z] = [x * scale[0], y * scale[1], z * scale[2]];
  const w = m[3] * X + m[7] * Y + m[11] * Z + m[15];
  const across = (m[0] * X + m[4] * Y + m[8] * Z + m[12]) / w;
  const up = (m[1] * X + m[5] * Y + m[9] * Z + m[13]) / w;
  return [box.x + 0.5 * (1 + across) * box.width, box.y + 0.5 * (1 - up) * box.height];
}

// how high the drawn surface is, NaN beside it
export function height_at({ x: xs, y: ys, z }, x, y) {
  const across = ((x - xs[0]) / (xs.at(-1) - xs[0])) * (xs.length - 1);
  const up = ((y - ys[0]) / (ys.at(-1) - ys[0])) * (ys.length - 1);
  if (!(across >= 0 && up >= 0 && across <= xs.length - 1 && up <= ys.length - 1)) return NaN;
  const i = Math.min(Math.floor(across), xs.length - 2);
  const j = Math.min(Math.floor(up), ys.length - 2);
  const [u, v] = [across - i, up - j];
  const [below, above] = [z[j], z[j + 1]];
  return (below[i] * (1 - u) + below[i + 1] * u) * (1 - v) + (above[i] * (1 - u) + above[i + 1] * u) * v;
}

// the pixel of a point of the ground, NaN where no surface is shown
export function standing(view, [x, y]) {
  const z = height_at(view.ground, x, y);
  return z <= view.top + SHALLOW * (view.top - view.low) ? seen(view, x, y, z) : [NaN, NaN];
}

// whether the surface stands between a point and the eye
function hidden({ ground, cell, eye, low, top }, x, y, z) {
  const cells = Math.max(Math.abs(eye[0] - x) / cell[0], Math.abs(eye[1] - y) / cell[1]);
  const [dx, dy, dz] = [(eye[0] - x) / cells, (eye[1] - y) / cells, (eye[2] - z) / cells];
  for (let k = 1; k < cells; k++) {
    const level = z + k * dz;
    const there = level > top ? NaN : height_at(ground, x + k * dx, y + k * dy);
    if (there !== there) return false;
    if (there > level + SHALLOW * (top - low) && there <= top) return true;
  }
  return false;
}

// A walk on the surface: the pixels of its steps, and between them those of the ground it crosses: what can be seen of
// them, and what the surface hides.
export function walk_in_space(view, { x, y }) {
  const { starts, fine } = laid(view, x, y);
  const places = fine.map((point) => standing(view, point));
  const behind = fine.map((point) => hidden(view, ...point, height_at(view.ground, ...point)));
  const next_to_hidden = (i) => behind[i] || behind[i - 1] || behind[i + 1];
  const part = (kept, axis) => Float64Array.from(places, (place, i) => (kept(i) ? place[axis] : NaN));
  const steps = (axis) => Float64Array.from(starts, (start) => places[start][axis]);
  const [front, back] = [(i) => !behind[i], next_to_hidden].map((kept) => ({ xs: part(kept, 0), ys: part(kept, 1), starts }));
  return { xs: steps(0), ys: steps(1), front, back };
}

// the points of a walk with those between them, and where each step stands among them
function laid({ cell }, x, y) {
  const pieces = pieces_of(cell, x, y);
  const share = Math.min(1, PIECES / pieces.reduce((sum, one) => sum + one, 0));
  const starts = [];
  const fine = [];
  for (let i = 0; i < x.length; i++) {
    starts.push(fine.length);
    const n = Math.max(1, Math.floor(pieces[i] * share));
    for (let k = 0; k < n; k++) fine.push([x, y].map((along) => along[i] + ((along[i + 1] ?? along[i]) - along[i]) * (k / n)));
  }
  return { starts, fine };
}

// of each step, one for each cell that it crosses
function pieces_of(cell, x, y) {
  const cells = (i) => Math.max(...[x, y].map((along, axis) => Math.abs(along[i + 1] - along[i]) / cell[axis]));
  return Array.from(x, (_, i) => Math.min(Math.max(Math.ceil(cells(i)) || 1, 1), FINEST));
}
