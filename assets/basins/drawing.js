// The maps on their canvas: colours, the surface's level lines, its minima, the start, what is pointed at, and the axes.
import { paint_levels, paint_marks } from "../screen/ground.js";
import { outline_of, paint_start, stroke_outlined } from "../screen/marks.js";
import { lies_in } from "../screen/names.js";
import { path_for } from "../screen/pen.js";
import { laid_side_by_side, paint_frames } from "../screen/planes.js";
import { clipped } from "../screen/strokes.js";

const CROWD = 25; // local minima from which on their marks are smaller
const TITLE = { head: 0.42, gap: 1.25, above: 0.95 }; // of the type

// what is shown of a work: [{ label, ink, colour, head, picture }] -> where each stands
export function paint_maps(pen, shown, view) {
  const { look, width, height } = view;
  const { full, planes } = laid_side_by_side(look.layout, shown.length, width, height);
  pen.fillStyle = full.paper_bgcolor;
  pen.fillRect(0, 0, width, height);
  planes.forEach((plane, i) => {
    clipped(pen, plane.box, () => paint_inside(pen, plane, shown[i], view, full));
    paint_title(pen, plane.box, shown[i], full);
    paint_begin(pen, plane, view, full);
  });
  paint_frames(pen, full);
  return planes;
}

function paint_inside(pen, plane, { picture }, { look, at }, full) {
  const { x, y, width, height } = plane.box;
  pen.globalAlpha = 1;
  pen.imageSmoothingEnabled = false;
  if (picture) pen.drawImage(picture, x, y, width, height);
  pen.imageSmoothingEnabled = true;
  if (look.levels.z.length) paint_levels(pen, look.levels, look.levels.line, plane.x, plane.y);
  paint_minima(pen, look.minima, plane);
  if (at) paint_cross(pen, plane.box, plane.to_pixels(at), full.paper_bgcolor, look.ink);
}

// the start, where it lies on the map
function paint_begin(pen, { box, to_pixels }, { look, start }, { font, paper_bgcolor }) {
  const place = to_pixels(start);
  if (lies_in(...place, box)) paint_start(pen, place, "start", { font: { ...font, color: look.ink }, paper: paper_bgcolor });
}

function paint_minima(pen, { x, y, lowest, star, dot }, plane) {
  const size = x.length - lowest > CROWD ? dot.size * 0.6 : dot.size;
  const others = { symbol: "circle-open", ...dot, size };
  paint_marks(pen, { x: x.slice(lowest), y: y.slice(lowest) }, { marker: others }, plane.x, plane.y);
  paint_marks(pen, { x: x.slice(0, lowest), y: y.slice(0, lowest) }, { marker: { symbol: "star", ...star } }, plane.x, plane.y);
}

// hair lines through the place that is pointed at
function paint_cross(pen, box, [x, y], paper, ink) {
  const lines = path_for(pen);
  lines.moveTo(box.x, y);
  lines.lineTo(box.x + box.width, y);
  lines.moveTo(x, box.y);
  lines.lineTo(x, box.y + box.height);
  pen.setLineDash([]);
  pen.globalAlpha = 0.7;
  stroke_outlined(pen, lines, paper, ink, 3, 1);
  pen.globalAlpha = 1;
}

// whose map it is: marker and name of a run, or what two are compared in
function paint_title(pen, box, { label, ink, colour, head }, { font }) {
  const [size, middle] = [font.size * 1.1, box.y - font.size * TITLE.above];
  const room = head ? size * TITLE.gap : 0;
  pen.font = `600 ${size}px ${font.family}`;
  pen.textBaseline = "middle";
  pen.textAlign = "start";
  if (head) {
    pen.save();
    pen.translate(box.x + size * TITLE.head, middle);
    pen.scale(size * TITLE.head, size * TITLE.head);
    pen.fillStyle = colour;
    pen.fill(outline_of(pen, head));
    pen.restore();
  }
  pen.fillStyle = ink;
  pen.fillText(cut(pen, label, box.width - room), box.x + room, middle);
}

function cut(pen, text, room) {
  let shown = text;
  while (shown.length > 1 && pen.measureText(shown).width > room) shown = `${shown.replace(/…$/, "").slice(0, -1)}…`;
  return shown;
}
