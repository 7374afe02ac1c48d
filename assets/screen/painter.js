// Draws the paths on a canvas over a graph, in the styles that the figure's own traces declare. It asks the axes where a
// value stands: Plotly's own, whose private functions tests hold to their contract, or before those are there ours.
import { lay_backdrop } from "./backdrop.js";
import { Layers } from "./layers.js";
import { free_place, lies_in, names_of } from "./names.js";
import { fill_outlined, outline_of, paint_minima, paint_start, stroke_outlined, write } from "./marks.js";
import { path_for } from "./pen.js";
import { sight, standing, walk_in_space } from "./space.js";
import { paint_fan } from "./fans.js";
import { clipped, faint_path, walked_path } from "./strokes.js";

const ASIDE = 0.2; // the other runs, while one is pointed at
const HEAD = 0.54; // radius of a marker, of the height of the type
const FAR = 1e5; // px beyond which a canvas loses its way
const BARBS = [-0.45, 0.45]; // of an arrow, in radians off its shaft
const CHEVRON = "M0,0L-1,-.55L-.72,0L-1,.55Z"; // of length 1, its tip at the origin
const START = { left: -18, middle: -21, width: 36 }; // where the word stands at the handle of the start

// `view`: step, at_end and playing of the playhead, and the slot pointed at, or null
export function paint(graph, view) {
  graph.canvas ||= canvas_over(graph.gd);
  const full = graph.full();
  const pen = cleared(graph.canvas, full);
  if (!graph.is_drawn() || graph.ahead || graph.has_moved()) lay_backdrop(pen, graph, full);
  else graph.backdrop = null;
  paint_with(pen, graph, view);
}

// the same with any pen; `view.whole`: also what the page itself shows beside the canvas
export function paint_with(pen, graph, view) {
  const full = graph.full();
  const space = full.scene && sight(graph, full);
  place_lines(graph, full, space);
  const strength = ({ slot }) => (view.pointed === null || view.pointed === slot ? 1 : ASIDE);
  const look = { ...view, strength, font: full.font, paper: full.paper_bgcolor };
  if (graph.empty) write_in_the_middle(pen, graph, full, look);
  paint_cursor(pen, graph, full, view);
  for (const line of graph.valleys) walked_path(pen, line, 0, line.xs.length);
  if (space) paint_minima(pen, graph, space, look);
  const begins = starts(graph, space, view);
  for (const place of begins) paint_start(pen, place, begins.length > 1 ? "" : "start", look);
  for (const line of graph.fans) paint_fan(pen, line, look);
  paint_paths(pen, graph, look);
  for (const line of graph.lines) paint_stop(pen, line, graph.stops[line.meta.slot], look);
  for (const line of graph.lines) paint_head(pen, line, look);
  const taken = place_names(pen, graph, look);
  for (const one of space ? [] : graph.overlays) paint_overlay(pen, graph, one, { ...look, taken });
  for (const one of graph.names) paint_name(pen, one, look);
}

// --- the canvas ------------------------------------------------------------------------------------------------------

function canvas_over(gd) {
  const canvas = document.createElement("canvas");
  canvas.className = "overlay";
  lay_over(canvas, gd);
  return canvas;
}

// over what Plotly has drawn; what it says of a point stands above it
export function lay_over(canvas, gd) {
  const above = gd.querySelector(".main-svg:last-of-type");
  if (above) above.before(canvas);
  else gd.append(canvas);
}

// Plotly knows the size; asking the element would force a layout
function cleared(canvas, { width, height }) {
  const ratio = window.devicePixelRatio || 1;
  const pen = canvas.getContext("2d");
  canvas.ratio = ratio;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

// --- where things stand ----------------------------------------------------------------------------------------------

// the pixels of every line, worked out again only when the data, the axes or the canvas are others
function place_lines(graph, full, space) {
  const drawn = space ? "scatter3d" : "scatter";
  const declared = graph.skeleton.data.filter((trace) => trace.type === drawn && trace.meta?.first !== undefined);
  const { width, height } = full;
  const axes = space ? space.stamp : declared.flatMap((trace) => axes_stand(full, trace));
  const stands = [graph.traces, graph.skeleton, width, height, ...axes];
  if (graph.stands?.every((one, i) => one === stands[i]) && graph.stands.length === stands.length) return;
  graph.stands = stands;
  graph.lines = declared.map((trace) => (space ? line_on(graph, space, trace) : line_of(graph, full, trace)));
  const beside = space ? [] : graph.skeleton.data.filter(({ meta }) => meta?.fan);
  graph.fans = beside.map((trace) => line_of(graph, full, trace));
  graph.valleys = space ? graph.skeleton.data.filter(({ meta }) => meta?.dash).map((trace) => valley_on(graph, space, trace)) : [];
  graph.layers = null;
}

const axes_stand = (full, trace) =>
  axes_of(full, trace).flatMap(({ type, _offset, _length, _b, _m }) => [type, _offset, _length, _b, _m]);

const axes_of = (full, { xaxis, yaxis }) => [full[axis_name(xaxis || "x")], full[axis_name(yaxis || "y")]];

// the pixels of a trace's points
function line_of(graph, full, trace) {
  const [xaxis, yaxis] = axes_of(full, trace);
  const data = graph.traces[trace.uid] || { y: [] };
  const along = data.x || { from: data.x0, by: data.dx };
  const xs = pixels(xaxis, along, data.y.length);
  const ys = pixels(yaxis, data.y, data.y.length);
  const box = { x: xaxis._offset, y: yaxis._offset, width: xaxis._length, height: yaxis._length };
  box.margin = full._size.r; // room beside the plot
  return { xs, ys, box, xaxis, yaxis, trace, meta: trace.meta };
}

// the same of a trace in space
function line_on(graph, space, trace) {
  return { ...walk_in_space(space, graph.traces[trace.uid] || { x: [], y: [] }), box: space.box, trace, meta: trace.meta };
}

// a curve of minima, which like a star nothing hides: on the flat map Plotly shows it
function valley_on(graph, space, { uid, line, meta }) {
  const { x = [], y = [] } = graph.ground[uid] || {};
  const places = Array.from(x, (_, i) => standing(space, [x[i], y[i]]));
  const [xs, ys] = [0, 1].map((axis) => Float64Array.from(places, (place) => place[axis]));
  return { xs, ys, box: space.box, trace: { line: { ...line, dash: meta.dash } }, meta };
}

const axis_name = (id) => `${id[0]}axis${id.slice(1)}`;

function pixels(axis, values, n) {
  const out = new Float64Array(n);
  const zero = axis._offset + axis._b; // what l2p rounds to a hundredth of a pixel
  const unit = axis._m;
  const log = axis.type === "log";
  for (let i = 0; i < n; i++) {
    const value = values.from === undefined ? values[i] : values.from + i * values.by;
    const at = zero + unit * (log ? (value <= 0 ? -Infinity : Math.log10(value)) : value);
    out[i] = at > FAR ? FAR : at < -FAR ? -FAR : at;
  }
  return out;
}

// --- the playhead and the paths --------------------------------------------------------------------------------------

function paint_cursor(pen, graph, { xaxis, yaxis }, { step, at_end }) {
  const colour = graph.skeleton.layout.meta?.cursor;
  const along = colour && xaxis.l2p(step);
  if (!colour || at_end || along < 0 || along > xaxis._length) return;
  pen.globalAlpha = 1;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(xaxis._offset + along, yaxis._offset);
  pen.lineTo(xaxis._offset + along, yaxis._offset + yaxis._length);
  pen.stroke();
}

function paint_paths(pen, graph, { step, playing, pointed, strength }) {
  if (playing && pointed === null) {
    graph.layers ||= new Layers(graph.canvas, graph.lines);
    graph.layers.lay(pen, step);
    return;
  }
  graph.layers = null;
  for (const line of graph.lines) {
    const reached = Math.min(step - line.meta.first + 1, line.xs.length);
    if (reached < line.xs.length) faint_path(pen, line, strength(line.meta));
    walked_path(pen, line, 0, reached, strength(line.meta));
  }
}

// where to draw the start: once on each map
function starts(graph, space, { whole }) {
  if (space) return [standing(space, graph.start)];
  const maps = whole ? new Map(graph.lines.filter(({ meta }) => meta.casing).map((line) => [line.xaxis, line])) : [];
  return [...maps.values()].map((line) => place_of(line, graph.start));
}

// --- heads, rings and names ------------------------------------------------------------------------------------------

function paint_head(pen, { xs, ys, box, trace, meta }, { step, strength, font, paper }) {
  const at = Math.min(step - meta.first, xs.length - 1);
  if (!meta.head || at < 0 || !lies_in(xs[at], ys[at], box)) return;
  const radius = font.size * (meta.casing ? HEAD : HEAD * 0.6);
  pen.save();
  pen.translate(xs[at], ys[at]);
  pen.scale(radius, radius);
  pen.globalAlpha = strength(meta);
  fill_outlined(pen, outline_of(pen, meta.head), paper, trace.line.color, 4 / radius);
  pen.restore();
}

// a ring where the stopping rule would have ended the run
function paint_stop(pen, { xs, ys, box, trace, meta }, stopped, { strength, font, paper }) {
  const at = stopped - meta.first;
  if (!(at >= 0 && at < xs.length) || !lies_in(xs[at], ys[at], box)) return;
  const ring = path_for(pen);
  ring.arc(xs[at], ys[at], font.size * 0.75, 0, 2 * Math.PI);
  pen.globalAlpha = strength(meta);
  pen.setLineDash([]);
  stroke_outlined(pen, ring, paper, trace.line.color, 6, 2.5);
}

function place_names(pen, graph, { font, step }) {
  const size = font.size;
  pen.font = `600 ${size * 0.96}px ${font.family}`;
  const taken = start_word(graph);
  const measure = (text) => pen.measureText(text).width;
  const labels = graph.skeleton.layout.meta?.titled ? {} : graph.labels;
  graph.names = names_of(graph.lines, { step, size, labels, ends: graph.ends, measure, taken });
  return [...taken, ...graph.names];
}

function start_word(graph) {
  const plane = graph.start && graph.skeleton.layout.clickanywhere && graph.plane();
  if (!plane) return [];
  const [x, y] = plane.to_pixels(graph.start);
  return [{ left: x + START.left, middle: y + START.middle, width: START.width }];
}

function paint_name(pen, { line, text, left, middle, arrow }, { strength, font, paper }) {
  const colour = line.meta.ink;
  pen.globalAlpha = strength(line.meta);
  pen.font = `600 ${font.size * 0.96}px ${font.family}`;
  pen.textBaseline = "middle";
  pen.setLineDash([]);
  pen.lineJoin = "round";
  write(pen, text, left, middle, paper, colour);
  if (arrow) paint_arrow(pen, arrow, font.size * 0.8, paper, colour);
}

function paint_arrow(pen, { x, y, way }, length, paper, colour) {
  pen.save();
  pen.translate(x, y);
  pen.rotate(way);
  pen.scale(length, length);
  fill_outlined(pen, outline_of(pen, CHEVRON), paper, colour, 3 / length);
  pen.restore();
}

// why there is nothing to see
function write_in_the_middle(pen, graph, { xaxis, yaxis }, { font, paper }) {
  pen.globalAlpha = 1;
  pen.font = `${font.size}px ${font.family}`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  const [x, y] = [xaxis, yaxis].map(({ _offset, _length }) => _offset + _length / 2);
  wrapped(pen, graph.empty, xaxis._length).forEach((line, i, { length }) => {
    write(pen, line, x, y + (i - (length - 1) / 2) * font.size * 1.4, paper, font.color);
  });
  pen.textAlign = "start";
}

// in lines that fit
function wrapped(pen, text, width) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

// --- what is drawn at the heads --------------------------------------------------------------------------------------

// lines in the map's units; an arrow is at most a third of the map long, and is dashed when it is cut
function paint_overlay(pen, graph, { slot, label, points, arrow }, look) {
  const line = graph.lines.find(({ meta }) => meta.slot === slot);
  const places = line && points.map((point) => place_of(line, point));
  if (!line || (arrow && apart(...places) < 2)) return;
  const most = arrow ? Math.min(line.box.width, line.box.height) / 3 : Infinity;
  const cut = arrow && apart(...places) > most;
  const shown = cut ? shortened(places, most) : places;
  const colour = line.trace.line.color;
  clipped(pen, line.box, () => {
    pen.globalAlpha = look.strength(line.meta);
    pen.setLineDash(cut ? [6, 3] : []);
    stroke_outlined(pen, overlay_path(path_for(pen), shown, arrow), look.paper, colour, 4, 1.75);
    if (label) write_beside(pen, label, shown.at(-1), look, line.meta.ink);
  });
}

const place_of = ({ xaxis, yaxis }, [x, y]) => [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)];

const apart = ([x0, y0], [x1, y1]) => Math.hypot(x1 - x0, y1 - y0);

function shortened([from, to], length) {
  const share = length / apart(from, to);
  return [from, [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]];
}

function overlay_path(path, places, arrow) {
  places.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  if (!arrow) return path;
  const [[x0, y0], [x1, y1]] = places;
  const way = Math.atan2(y1 - y0, x1 - x0);
  for (const side of BARBS) {
    path.moveTo(x1, y1);
    path.lineTo(x1 - 9 * Math.cos(way + side), y1 - 9 * Math.sin(way + side));
  }
  return path;
}

function write_beside(pen, label, [x, y], { font, paper, taken }, colour) {
  pen.font = `${font.size * 0.9}px ${font.family}`;
  pen.setLineDash([]);
  const place = { left: x + 4, middle: y - 4 - font.size * 0.3, width: pen.measureText(label).width };
  pen.textBaseline = "middle";
  write(pen, label, place.left, free_place(place, font.size, taken), paper, colour);
}
