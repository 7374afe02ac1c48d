// What the fields have in common: where a step stands in what is recorded, the playhead through a plot, markers and names.
import { free_place } from "../screen/names.js";
import { fill_outlined, outline_of, write } from "../screen/marks.js";

export const ASIDE = 0.2; // the others, while one is pointed at
export const STALE = 0.35; // what was there before, until the first of the new is
const VEIL = 0.72; // of the paper over what lies beyond the playhead
const HEAD = 0.5; // radius of a marker, of the type
const STEPS = 4; // of an axis that has no powers, about
const GAP = 10; // px between a marker and its name

// the last recorded row that is not later than a step
export function row_at({ at }, step) {
  let [low, high] = [0, at.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at[middle] <= step) low = middle;
    else high = middle - 1;
  }
  return low;
}

// of what there is of each step but no start: that of the step which led to a row
export const step_row = (found, step) => Math.max(row_at(found, step) - 1, 0);

export const strength_of = ({ slot }, { pointed }) => (pointed === null || pointed === slot ? 1 : ASIDE);

// how wide a text in the type of a plot is at most
export function widest(pen, texts, { size, family }) {
  pen.font = `${size}px ${family}`;
  return Math.max(0, ...texts.map((text) => pen.measureText(text).width));
}

// at most so wide, cut in the end
export function cut(pen, text, room) {
  let shown = text;
  while (shown.length > 1 && pen.measureText(shown).width > room) shown = `${shown.replace(/…$/, "").slice(0, -1)}…`;
  return shown;
}

// what lies beyond the playhead recedes, and a line stands where it is
export function paint_playhead(pen, { box, x }, step, steps, { panel, ink }, scale = 1) {
  if (step >= steps) return;
  const at = Math.round(x(step));
  pen.globalAlpha = VEIL;
  pen.fillStyle = panel;
  pen.fillRect(at, box.y, box.x + box.width - at, box.height);
  pen.globalAlpha = 1;
  pen.fillStyle = ink;
  pen.fillRect(at - Math.round(scale / 2), box.y, Math.max(Math.round(scale), 1), box.height);
}

export function paint_head(pen, { head, color }, [x, y], radius, paper) {
  pen.save();
  pen.translate(x, y);
  pen.scale(radius, radius);
  fill_outlined(pen, outline_of(pen, head), paper, color, 4 / radius);
  pen.restore();
}

export function head_size({ size }) {
  return HEAD * size;
}

// a name beside a marker, where it has room
export function paint_name(pen, text, [x, y], box, taken, { font, paper }, ink) {
  pen.font = `600 ${font.size * 0.96}px ${font.family}`;
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.setLineDash([]);
  const width = pen.measureText(text).width;
  const left = x + GAP + width > box.x + box.width ? x - GAP - width : x + GAP;
  const middle = free_place({ left, middle: y, width, lowest: box.y + box.height }, font.size * 1.15, taken);
  write(pen, text, left, middle, paper, ink);
}

// whose plot it is, above it
export function paint_title(pen, { head, color, ink, label }, box, { font }) {
  const size = font.size * 1.05;
  const middle = box.y - size * 0.85;
  const radius = head_size(font) * 0.9;
  pen.globalAlpha = 1;
  pen.save();
  pen.translate(box.x + radius, middle);
  pen.scale(radius, radius);
  pen.fillStyle = color;
  pen.fill(outline_of(pen, head));
  pen.restore();
  pen.font = `600 ${size}px ${font.family}`;
  pen.textBaseline = "middle";
  pen.fillStyle = ink;
  const room = 2 * radius + 0.5 * size;
  pen.fillText(cut(pen, label, box.width - room), box.x + room, middle);
}

// a layout with an axis of steps
export function step_axis(layout, steps, shown = true) {
  const title = { text: shown ? "step (one batch each)" : "", standoff: 4 };
  return { ...layout.xaxis, type: "linear", range: [0, Math.max(steps, 1)], nticks: 6, showticklabels: shown, title };
}

// powers of ten between two exponents, about so many
export function powers(low, high, most = 6) {
  const [first, last] = [Math.ceil(low - 1e-9), Math.floor(high + 1e-9)];
  if (last - first < 1) return fine(low, high);
  const by = Math.max(Math.ceil((last - first + 1) / most), 1);
  const values = [];
  for (let at = first; at <= last; at += by) values.push(at);
  return { tickvals: values, ticktext: values.map(power) };
}

// between two powers: 1, 2, 5
function fine(low, high) {
  const values = [];
  for (let at = Math.floor(low); at <= high; at++)
    for (const digit of [1, 2, 3, 5]) {
      const place = at + Math.log10(digit);
      if (place >= low - 1e-9 && place <= high + 1e-9) values.push(place);
    }
  if (values.length < 2) return even(low, high);
  return { tickvals: values, ticktext: values.map((place) => [plain(10 ** place), ""]) };
}

// where less than two of those are: numbers at equal distances
function even(low, high) {
  const [from, to] = [10 ** low, 10 ** high];
  const rough = (to - from) / STEPS;
  const base = 10 ** Math.floor(Math.log10(rough));
  const by = [1, 2, 5, 10].map((one) => one * base).find((one) => one >= rough);
  const count = Math.max(Math.floor(to / by) - Math.ceil(from / by) + 1, 0);
  const values = Array.from({ length: count }, (_, i) => (Math.ceil(from / by) + i) * by);
  const digits = Math.ceil(Math.log10(to / by) + 1e-9) + 1;
  return { tickvals: values.map(Math.log10), ticktext: values.map((value) => [plain(value, digits), ""]) };
}

const plain = (value, digits = 1) => (value >= 1e-4 && value < 1e5 ? String(Number(value.toPrecision(digits))) : value.toExponential(digits - 1).replace("-", "−").replace("+", ""));

const power = (at) => (at >= -2 && at <= 3 ? [String(Number((10 ** at).toPrecision(1))), ""] : ["10", String(at).replace("-", "−")]);

// of the parameters that have lines of their own, in the order in which they were chosen
export const DASHES = [[], [8, 4], [2.5, 3], [11, 3, 2.5, 3], [4, 2], [14, 5], [6, 2, 2, 2], [1.5, 5]];
