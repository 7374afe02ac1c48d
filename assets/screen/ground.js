// A surface seen from above, as Plotly draws it: bands of colour between level lines, its minima, arrows downhill. Here it
// is drawn where Plotly would be late: in the first view, and while the surface itself is moved.
import { path_for } from "./pen.js";
import { clipped } from "./strokes.js";

const FIT = 1.4; // of a star, beside other marks of its size
const DOT = "M1,0A1,1 0 1 1 -1,0A1,1 0 1 1 1,0Z";
const STAR = "M.225,-.309H.951L.363,.118L.588,.809L0,.382L-.588,.809L-.363,.118L-.951,-.309H-.225L0,-1Z";
const SLOPE = { head: 8.7, most: 0.7, angle: Math.PI / 12 }; // px of an arrow's head, at most of its length, and off its shaft

// the planes of a map: the traces of its bands, each with its axes
export function paint_ground(pen, graph, plots) {
  for (const { trace, xaxis, yaxis, box } of plots) {
    const arrays = graph.arrays(trace);
    clipped(pen, box, () => PAINTERS[trace.type]?.(pen, arrays, trace, xaxis, yaxis));
  }
}

const PAINTERS = { contour: paint_bands, scatter: paint_scatter, quiver: paint_arrows };

// --- bands and level lines -------------------------------------------------------------------------------------------

// a grid of heights in the colours, and with the level lines, that a trace declares
export function paint_bands(pen, arrays, { colorscale, line }, xaxis, yaxis) {
  if (!arrays.z?.length) return;
  const levels = levels_of(arrays.contours);
  paint_colours(pen, grid_of(arrays, xaxis, yaxis), band_colours(arrays, colorscale, levels), levels, xaxis, yaxis);
  paint_levels(pen, arrays, line, xaxis, yaxis);
}

const grid_of = ({ z, x0, dx, y0, dy }, xaxis, yaxis) => ({
  z,
  columns: places(xaxis, x0, dx, z[0].length),
  rows: places(yaxis, y0, dy, z.length),
});

// the level lines alone, over whatever is there
export function paint_levels(pen, arrays, line, xaxis, yaxis) {
  pen.globalAlpha = 1;
  pen.strokeStyle = line.color;
  pen.lineWidth = line.width;
  pen.lineCap = "butt"; // round ends would darken every joint
  pen.setLineDash([]);
  pen.stroke(level_lines(pen, grid_of(arrays, xaxis, yaxis), levels_of(arrays.contours)));
}

// the pixels of the lines of a grid
const places = (axis, from, by, n) => Float64Array.from({ length: n }, (_, i) => axis._offset + axis.l2p(from + i * by));

const levels_of = ({ start, end, size }) => ({ start, size, count: Math.floor((end - start) / size + 1e-6) + 1 });

// of each band, from the one below the lowest level on: [red, green, blue]
function band_colours({ zmin, zmax }, [[, low], [, high]], { start, size, count }) {
  const [from, to] = [low, high].map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)));
  return Array.from({ length: count + 1 }, (_, band) => {
    // Plotly takes half a band off either end of the scale
    const share = Math.min(Math.max((start + (band - 1) * size - zmin) / (zmax - zmin - size), 0), 1);
    return from.map((part, i) => Math.round(part + share * (to[i] - part)));
  });
}

// one pixel after the other: the band of what lies there
function paint_colours(pen, { z, columns, rows }, palette, { start, size }, xaxis, yaxis) {
  const scale = pen.getTransform().a;
  const [left, top] = [Math.floor(xaxis._offset * scale), Math.floor(yaxis._offset * scale)];
  const [right, bottom] = [Math.ceil((xaxis._offset + xaxis._length) * scale), Math.ceil((yaxis._offset + yaxis._length) * scale)];
  const [width, height] = [right - left, bottom - top];
  if (width < 1 || height < 1) return;
  const image = new ImageData(width, height);
  const ink = new Uint32Array(image.data.buffer);
  const packed = Uint32Array.from(palette, ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  const last = packed.length - 1;
  const across = cells(columns, left, width, scale);
  const up = cells(rows, top, height, scale);
  for (let y = 0; y < height; y++) {
    const j = up.cell[y];
    if (j < 0) continue;
    const [below, above, v] = [z[j], z[j + 1], up.share[y]];
    for (let x = 0; x < width; x++) {
      const i = across.cell[x];
      if (i < 0) continue;
      const u = across.share[x];
      const low = below[i] + u * (below[i + 1] - below[i]);
      const high = above[i] + u * (above[i + 1] - above[i]);
      const band = Math.floor((low + v * (high - low) - start) / size) + 1;
      ink[y * width + x] = packed[band < 0 ? 0 : band > last ? last : band];
    }
  }
  const sheet = new OffscreenCanvas(width, height);
  sheet.getContext("2d").putImageData(image, 0, 0);
  pen.drawImage(sheet, left / scale, top / scale, width / scale, height / scale);
}

// of each pixel: the cell of the grid that its middle lies in, -1 outside, and how far along it
function cells(lines, from, count, scale) {
  const cell = new Int32Array(count);
  const share = new Float64Array(count);
  const [first, step] = [lines[0], (lines.at(-1) - lines[0]) / (lines.length - 1)];
  for (let k = 0; k < count; k++) {
    const at = ((from + k + 0.5) / scale - first) / step;
    const inside = at >= -1e-9 && at <= lines.length - 1 + 1e-9;
    cell[k] = inside ? Math.min(Math.max(Math.floor(at), 0), lines.length - 2) : -1;
    share[k] = at - cell[k];
  }
  return { cell, share };
}

// where the ground crosses its levels: in each cell, a stroke from side to side
function level_lines(pen, { z, columns, rows }, { start, size, count }) {
  const path = path_for(pen);
  const ends = new Float64Array(8);
  for (let j = 0; j + 1 < rows.length; j++) {
    const [below, above] = [z[j], z[j + 1]];
    for (let i = 0; i + 1 < columns.length; i++) {
      const [a, b, c, d] = [below[i], below[i + 1], above[i + 1], above[i]];
      const first = Math.max(Math.ceil((Math.min(a, b, c, d) - start) / size), 0);
      const last = Math.min(Math.floor((Math.max(a, b, c, d) - start) / size), count - 1);
      for (let k = first; k <= last; k++) cross(path, ends, start + k * size, a, b, c, d, columns[i], columns[i + 1], rows[j], rows[j + 1]);
    }
  }
  return path;
}

// corners a b c d, around a cell from its first one on
function cross(path, ends, level, a, b, c, d, x0, x1, y0, y1) {
  let n = 0;
  if (a >= level !== b >= level) (ends[n++] = x0 + ((x1 - x0) * (level - a)) / (b - a)), (ends[n++] = y0);
  if (b >= level !== c >= level) (ends[n++] = x1), (ends[n++] = y0 + ((y1 - y0) * (level - b)) / (c - b));
  if (c >= level !== d >= level) (ends[n++] = x1 + ((x0 - x1) * (level - c)) / (d - c)), (ends[n++] = y1);
  if (d >= level !== a >= level) (ends[n++] = x0), (ends[n++] = y1 + ((y0 - y1) * (level - d)) / (a - d));
  // at a saddle the corners on the side of its middle stay together
  if (n === 8 && (a + b + c + d) / 4 >= level !== a >= level) {
    join(path, ends, 0, 6);
    join(path, ends, 2, 4);
    return;
  }
  for (let k = 0; k < n; k += 4) join(path, ends, k, k + 2);
}

function join(path, ends, from, to) {
  path.moveTo(ends[from], ends[from + 1]);
  path.lineTo(ends[to], ends[to + 1]);
}

// --- what stands on it -----------------------------------------------------------------------------------------------

function paint_scatter(pen, arrays, trace, xaxis, yaxis) {
  (trace.mode === "lines" ? paint_line : paint_marks)(pen, arrays, trace, xaxis, yaxis);
}

// a curve of minima; NaN breaks it in two
function paint_line(pen, { x = [], y = [] }, { line }, xaxis, yaxis) {
  const path = path_for(pen);
  let down = false;
  for (let i = 0; i < x.length; i++) {
    const place = [xaxis._offset + xaxis.l2p(x[i]), yaxis._offset + yaxis.l2p(y[i])];
    if (x[i] === x[i]) down ? path.lineTo(...place) : path.moveTo(...place);
    down = x[i] === x[i];
  }
  pen.globalAlpha = 1;
  pen.strokeStyle = line.color;
  pen.lineWidth = line.width;
  pen.lineCap = "butt";
  pen.lineDashOffset = 0;
  pen.setLineDash(line.dash.split(",").map(parseFloat));
  pen.stroke(path);
}

// stars, or open circles
export function paint_marks(pen, { x = [], y = [] }, { marker }, xaxis, yaxis) {
  const open = marker.symbol.endsWith("-open");
  const outline = path_for(pen, open ? DOT : STAR);
  const radius = (marker.size / 2) * (open ? 1 : FIT);
  Array.from(x, (_, i) => {
    pen.save();
    pen.translate(xaxis._offset + xaxis.l2p(x[i]), yaxis._offset + yaxis.l2p(y[i]));
    pen.scale(radius, radius);
    pen.globalAlpha = 1;
    pen.setLineDash([]);
    pen.lineJoin = "miter";
    pen.lineWidth = marker.line.width / radius;
    pen.fillStyle = marker.color;
    pen.strokeStyle = open ? marker.color : marker.line.color;
    if (!open) pen.fill(outline);
    pen.stroke(outline);
    pen.restore();
  });
}

function paint_arrows(pen, { x = [], y = [], u = [], v = [] }, { marker }, xaxis, yaxis) {
  const path = path_for(pen);
  const place = (px, py) => [xaxis._offset + xaxis.l2p(px), yaxis._offset + yaxis.l2p(py)];
  for (let i = 0; i < x.length; i++) {
    if (!u[i] && !v[i]) continue;
    const [[x0, y0], [x1, y1]] = [place(x[i], y[i]), place(x[i] + u[i], y[i] + v[i])];
    const [way, head] = [Math.atan2(y1 - y0, x1 - x0), Math.min(SLOPE.head, SLOPE.most * Math.hypot(x1 - x0, y1 - y0))];
    path.moveTo(x0, y0);
    path.lineTo(x1, y1);
    for (const side of [-SLOPE.angle, SLOPE.angle]) {
      path.moveTo(x1, y1);
      path.lineTo(x1 - head * Math.cos(way + side), y1 - head * Math.sin(way + side));
    }
  }
  pen.globalAlpha = 1;
  pen.strokeStyle = marker.color;
  pen.lineWidth = marker.line.width;
  pen.setLineDash([]);
  pen.stroke(path);
}
