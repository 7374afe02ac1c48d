// What is drawn with an edge in the paper's colour: words, rings and markers.
import { path_for } from "./pen.js";
import { standing } from "./space.js";

// first wide in the paper's colour, then narrow in the run's own
export function stroke_outlined(pen, path, paper, colour, wide, narrow) {
  for (const [style, width] of [[paper, wide], [colour, narrow]]) {
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.stroke(path);
  }
}

export function fill_outlined(pen, outline, paper, colour, width) {
  pen.setLineDash([]);
  pen.lineJoin = "round";
  pen.lineWidth = width;
  pen.strokeStyle = paper;
  pen.stroke(outline);
  pen.fillStyle = colour;
  pen.fill(outline);
}

const outlines = new Map(); // of markers, as paths of a canvas

export function outline_of(pen, head) {
  if (pen.svg !== undefined) return path_for(pen, head);
  if (!outlines.has(head)) outlines.set(head, path_for(pen, head));
  return outlines.get(head);
}

export function write(pen, text, x, y, paper, colour) {
  pen.lineWidth = 3;
  pen.strokeStyle = paper;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

// the minima of a surface in space: on the flat map Plotly shows them
export function paint_minima(pen, graph, space, { font }) {
  pen.globalAlpha = 1;
  for (const { uid, meta } of graph.skeleton.data.filter((trace) => trace.meta?.mark)) {
    const { x = [], y = [] } = graph.ground[uid] || {};
    const [outline, fill, edge] = meta.mark;
    Array.from(x, (_, i) => paint_mark(pen, standing(space, [x[i], y[i]]), outline, font.size * 0.5, fill, edge));
  }
}

function paint_mark(pen, [x, y], outline, radius, fill, edge) {
  if (x !== x) return;
  pen.save();
  pen.translate(x, y);
  pen.scale(radius, radius);
  fill_outlined(pen, outline_of(pen, outline), edge, fill, 2.5 / radius);
  pen.restore();
}

// where the walks begin: on the page's flat map its handle shows it
export function paint_start(pen, [x, y], word, { font, paper }) {
  if (x !== x) return;
  const ring = path_for(pen);
  ring.arc(x, y, font.size * 0.7, 0, 2 * Math.PI);
  pen.globalAlpha = 1;
  pen.setLineDash([]);
  stroke_outlined(pen, ring, paper, font.color, 4, 2);
  pen.font = `${font.size}px ${font.family}`;
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  if (word) write(pen, word, x - pen.measureText(word).width / 2, y - font.size * 1.4, paper, font.color);
}
