// Several planes of one scale beside each other or below: where each stands on a canvas, and its axes.
import { laid_out, paint_axes, paint_notes, place_of } from "./axes.js";
import { ratio } from "./scale.js";

const MOST = 2.5; // times as long as wide: a plane that is more slender is drawn at another scale

// the layout of `count` planes of this one's ranges, as large as they can be, each with room for a title above it
export function laid_side_by_side(layout, count, width, height) {
  const { margin, xaxis, yaxis, font } = layout;
  const [wide, high] = [xaxis, yaxis].map(({ range: [low, end] }) => end - low);
  const aspect = Math.min(Math.max(wide / high, 1 / MOST), MOST);
  const room = { ...margin, t: margin.t + font.size * 1.9 };
  const boxes = best_boxes(count, aspect, room, width, height);
  const stretched = (boxes[0].width / wide) * (high / boxes[0].height);
  const whole = { ...layout, margin: { l: 0, r: 0, t: 0, b: 0 }, annotations: note_on(boxes, ratio(stretched), layout, width, height) };
  boxes.forEach((box, i) => Object.assign(whole, axes_at(box, i ? String(i + 1) : "", layout, width, height)));
  const full = laid_out(whole, width, height);
  return { full, planes: boxes.map((_, i) => place_of(full, i ? String(i + 1) : "")) };
}

function best_boxes(count, aspect, room, width, height) {
  const tables = Array.from({ length: count }, (_, i) => boxes_in(i + 1, count, aspect, room, width, height));
  return tables.reduce((best, one) => (one[0].width > best[0].width ? one : best));
}

function boxes_in(columns, count, aspect, { l, r, t, b }, width, height) {
  const rows = Math.ceil(count / columns);
  const [across, up] = [width / columns, height / rows];
  const size = Math.max(Math.min(across - l - r, (up - t - b) * aspect), 1);
  const [free, left_over] = [across - l - r - size, up - t - b - size / aspect];
  return Array.from({ length: count }, (_, i) => ({
    x: (i % columns) * across + l + free / 2,
    y: Math.floor(i / columns) * up + t + Math.max(left_over, 0) / 2,
    width: size,
    height: size / aspect,
  }));
}

function axes_at(box, tail, { xaxis, yaxis }, width, height) {
  const up = [1 - (box.y + box.height) / height, 1 - box.y / height];
  return {
    [`xaxis${tail}`]: { ...xaxis, domain: [box.x / width, (box.x + box.width) / width] },
    [`yaxis${tail}`]: { ...yaxis, domain: up },
  };
}

// at which ratio x is drawn, if it cannot be 1:1
function note_on([box], said, { font, paper_bgcolor }, width, height) {
  const at = { x: (box.x + box.width) / width, y: 1 - (box.y + box.height) / height, xanchor: "right", yanchor: "bottom" };
  return [{ text: said, visible: Boolean(said), font: { size: font.size }, bgcolor: paper_bgcolor, ...at }];
}

export function paint_frames(pen, full) {
  paint_axes(pen, full);
  paint_notes(pen, full);
}
