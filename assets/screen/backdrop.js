// What lies beneath the walks for as long as Plotly does not draw it: of a graph that it has not drawn at all everything,
// of one whose surface it does not know yet the ground. It is drawn once, and laid beneath each frame.
import { paint_axes, paint_grid, paint_notes, paint_paper } from "./axes.js";
import { paint_ground } from "./ground.js";
import { clipped } from "./strokes.js";

export function lay_backdrop(pen, graph, full) {
  const stands = stands_for(graph, full);
  if (!graph.backdrop || graph.backdrop.stands.some((one, i) => one !== stands[i])) graph.backdrop = drawn_once(graph, full, stands);
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.drawImage(graph.backdrop.sheet, 0, 0);
  pen.restore();
}

// all that it depends on
function stands_for(graph, full) {
  const { canvas } = graph;
  const { xaxis, yaxis } = full;
  const axes = [xaxis, yaxis].flatMap((axis) => (axis ? [axis._offset, axis._length, axis._m, axis._b] : [0, 0, 0, 0]));
  return [graph.ground, String(graph.moved()), graph.skeleton, graph.is_drawn(), graph.early, canvas.width, canvas.height, canvas.ratio, ...axes];
}

function drawn_once(graph, full, stands) {
  const { width, height, ratio } = graph.canvas;
  const sheet = new OffscreenCanvas(width, height);
  const pen = sheet.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const alone = !graph.is_drawn();
  if (alone) {
    paint_paper(pen, full);
    paint_grid(pen, full);
  }
  paint_ground(pen, graph, plots(graph, full));
  if (alone) paint_axes(pen, full);
  for (const shape of full.shapes || []) paint_outline(pen, full, shape);
  if (alone) paint_notes(pen, full);
  return { sheet, stands };
}

// the traces that are no walks, from below, each with its axes
function plots(graph, full) {
  const by = graph.moved();
  return graph.skeleton.data
    .filter(({ meta }) => meta?.first === undefined && !meta?.fan)
    .map((trace) => {
      const axes = [trace.xaxis || "x", trace.yaxis || "y"].map((id) => full[`${id[0]}axis${id.slice(1)}`]);
      const [xaxis, yaxis] = axes.map((axis, i) => axis && beside(axis, by[i]));
      return { trace, xaxis, yaxis, box: xaxis && frame_of(xaxis, yaxis) };
    })
    .filter(({ box }) => box);
}

// an axis on which everything stands farther on, for the surface has moved
function beside(axis, by) {
  return by ? { _offset: axis._offset, _length: axis._length, l2p: (value) => axis.l2p(value + by) } : axis;
}

const frame_of = (x, y) => ({ x: x._offset, y: y._offset, width: x._length, height: y._length });

function paint_outline(pen, full, { xref, yref, x0, x1, y0, y1, line }) {
  const [x, y] = [xref, yref].map((id) => full[`${id[0]}axis${id.slice(1)}`]);
  const [left, right] = [x0, x1].map((value) => x._offset + x.l2p(value));
  const [bottom, top] = [y0, y1].map((value) => y._offset + y.l2p(value));
  clipped(pen, frame_of(x, y), () => {
    pen.globalAlpha = 1;
    pen.strokeStyle = line.color;
    pen.lineWidth = line.width;
    pen.setLineDash(line.dash.split(",").map(parseFloat));
    pen.lineDashOffset = 0;
    pen.beginPath();
    pen.moveTo(left, bottom); // the dots begin where Plotly's do
    for (const [across, down] of [[right, bottom], [right, top], [left, top]]) pen.lineTo(across, down);
    pen.closePath();
    pen.stroke();
  });
}
