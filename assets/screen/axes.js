// The axes of a graph as Plotly will draw them: the same places, ticks and words, before it is there to ask.

const LINE = 1; // px of an axis and of its grid
const APART = 0.2; // of the type, between an axis and its labels
const MIDDLE = 0.35; // of the type, from the middle of a label down to its baseline
const DESCENT = 0.236; // of the type
const TITLE = { larger: 1.2, below: 0.67, beside: 0.37 }; // of its own type
const POWER = { larger: 1.25, smaller: 0.7, up: 0.6 }; // a power of ten, and of its type the exponent
const NOTE = { pad: 1, line: 1.3 }; // around an annotation, in px and in heights of its type
const STEPS = [2, 5, 10];
const NEAR = 1e-4; // of a range: a tick so far outside is at its end

const AXIS = /^[xy]axis[0-9]{0,2}$/;

export const axis_names = (layout) => Object.keys(layout).filter((name) => AXIS.test(name));

// a layout with the pixels that Plotly would work out for it
export function laid_out(layout, width, height) {
  const [l, r, t, b] = ["l", "r", "t", "b"].map((side) => Math.round(layout.margin[side]));
  const _size = { l, r, t, b, w: Math.round(width) - l - r, h: Math.round(height) - t - b };
  const full = { ...layout, width, height, _size };
  for (const name of axis_names(layout)) full[name] = axis_of(layout[name], name[0] === "x", _size);
  return full;
}

function axis_of(axis, across, { l, t, w, h }) {
  const [from, to] = axis.domain || [0, 1];
  const [low, high] = axis.range;
  const _length = (to - from) * (across ? w : h);
  const _m = ((across ? 1 : -1) * _length) / (high - low);
  const _b = -_m * (across ? low : high);
  const places = { _offset: across ? l + from * w : t + (1 - to) * h, _length, _m, _b };
  return { type: "linear", ...axis, ...places, l2p: (value) => _b + _m * value, p2l: (place) => (place - _b) / _m };
}

// the plane of a pair of axes: its frame in px, and the way between its values and the px of the whole
export function place_of(full, tail = "") {
  const axes = [full[`xaxis${tail}`], full[`yaxis${tail}`]];
  const [x, y] = axes;
  return {
    x,
    y,
    box: { x: x._offset, y: y._offset, width: x._length, height: y._length },
    to_pixels: (point) => axes.map((axis, i) => axis._offset + axis.l2p(point[i])),
    to_values: (place) => axes.map((axis, i) => axis.p2l(place[i] - axis._offset)),
  };
}

// the frame of a plot, and where values stand in it; on a log axis those of a power of ten are its exponent
export function plot_of({ xaxis, yaxis }) {
  const box = { x: xaxis._offset, y: yaxis._offset, width: xaxis._length, height: yaxis._length };
  const [x, y] = [xaxis, yaxis].map((axis) => (value) => axis._offset + axis.l2p(value));
  return { box, x, y, x_at: (px) => xaxis.p2l(px - xaxis._offset), y_at: (px) => yaxis.p2l(px - yaxis._offset) };
}

// --- ticks -----------------------------------------------------------------------------------------------------------

// [value, [text, exponent of a power of ten or ""]] of every tick
export function ticks(axis) {
  if (axis.tickvals) return axis.tickvals.map((value, i) => [value, axis.ticktext[i]]);
  const [low, high] = axis.range;
  const step = axis.dtick || step_for((high - low) / axis.nticks);
  const slack = NEAR * (high - low);
  const first = Math.ceil((low - slack) / step);
  const count = Math.max(Math.floor((high + slack) / step) - first + 1, 0);
  const values = Array.from({ length: count }, (_, i) => (first + i) * step);
  return values.map((value) => [value, axis.type === "log" ? power(value) : number(value, step, axis)]);
}

function step_for(rough) {
  const base = 10 ** Math.floor(Math.log10(rough));
  return base * (STEPS.find((one) => one > rough / base) ?? 10);
}

function power(exponent) {
  const p = Math.round(exponent);
  return p === 0 || p === 1 ? [String(10 ** p), ""] : ["10", signed(String(p))];
}

function number(value, step, { range, minexponent, tickformat }) {
  if (tickformat) return [signed(String(Number(value.toPrecision(6)))), ""]; // "~g", the only one we use
  const size = Math.floor(Math.log10(Math.max(...range.map(Math.abs))) + 0.01);
  const exponent = Math.abs(size) > minexponent ? size : 0;
  const digits = 2 - Math.floor(Math.log10(step) + 0.01) + exponent;
  const shown = signed(String(Number((value / 10 ** exponent).toFixed(Math.min(Math.max(digits, 0), 20)))));
  return exponent && value ? [`${shown}×10`, signed(String(exponent))] : [shown, ""];
}

const signed = (text) => text.replace(/^-/, "−").replace("e-", "e−").replace(/^−0$/, "0");

// --- ink -------------------------------------------------------------------------------------------------------------

export function paint_paper(pen, full) {
  pen.fillStyle = full.paper_bgcolor;
  pen.fillRect(0, 0, full.width, full.height);
}

export function paint_grid(pen, full) {
  for (const [x, y] of pairs(full)) {
    for (const [value] of inner(x)) fill(pen, x.gridcolor, crisp(x._offset + x.l2p(value)), y._offset, LINE, y._length);
    for (const [value] of inner(y)) fill(pen, y.gridcolor, x._offset, crisp(y._offset + y.l2p(value)), x._length, LINE);
  }
}

// a line of a grid has no place on an axis
const inner = (axis) => ticks(axis).filter(([value]) => {
  const at = axis.l2p(value);
  return at > 1 && at < axis._length - 1;
});

const crisp = (place) => Math.round(place - LINE / 2);

function fill(pen, colour, x, y, width, height) {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

export function paint_axes(pen, full) {
  for (const [x, y] of pairs(full)) {
    if (!full.clickanywhere) paint_lines(pen, x, y); // Plotly draws none where a trace lies below the grid
    paint_labels(pen, full, x, y);
  }
}

function paint_lines(pen, x, y) {
  const [left, bottom] = [x._offset, y._offset + y._length];
  fill(pen, x.linecolor, left - LINE, bottom, x._length + LINE, LINE);
  fill(pen, y.linecolor, left - LINE, y._offset, LINE, y._length);
}

// every x axis with its y axis
const pairs = (full) =>
  axis_names(full)
    .filter((name) => name[0] === "x")
    .map((name) => [full[name], full[name.replace("x", "y")]]);

function paint_labels(pen, { font }, x, y) {
  const [sx, sy] = [x, y].map((axis) => axis.tickfont?.size ?? font.size);
  const below = y._offset + y._length + sx * (1 + APART) + LINE;
  const beside = x._offset - LINE - sy * APART;
  let widest = 0;
  if (x.showticklabels !== false)
    for (const [value, text] of ticks(x)) label(pen, font, text, x._offset + x.l2p(value), below, sx, 0.5);
  if (y.showticklabels !== false)
    for (const [value, text] of ticks(y)) {
      const size = sy * (y.type === "log" ? POWER.larger : 1);
      widest = Math.max(widest, label(pen, font, text, beside, y._offset + y.l2p(value) + size * MIDDLE, size, 1));
    }
  const size = Math.round(font.size * TITLE.larger);
  if (x.title?.text) {
    const down = below + DESCENT * sx + x.title.standoff + TITLE.below * size;
    label(pen, font, [x.title.text, ""], x._offset + x._length / 2, down, size, 0.5);
  }
  if (y.title?.text) {
    pen.save();
    pen.translate(beside - widest - y.title.standoff - TITLE.beside * size, y._offset + y._length / 2);
    pen.rotate(-Math.PI / 2);
    label(pen, font, [y.title.text, ""], 0, 0, size, 0.5);
    pen.restore();
  }
}

// a text of which this share stands before the place, and how wide it is
function label(pen, { family, color }, [text, exponent], x, y, size, before) {
  const [large, small] = [`${size}px ${family}`, `${size * POWER.smaller}px ${family}`];
  pen.textAlign = "start";
  pen.textBaseline = "alphabetic";
  pen.fillStyle = color;
  pen.font = small;
  const more = exponent ? pen.measureText(exponent).width : 0;
  pen.font = large;
  const width = pen.measureText(text).width;
  const left = x - before * (width + more);
  pen.fillText(text, left, y);
  if (exponent) {
    pen.font = small;
    pen.fillText(exponent, left + width, y - POWER.up * size * POWER.smaller);
  }
  return width + more;
}

// the words beside the plots and in their corners
export function paint_notes(pen, full) {
  for (const note of full.annotations || []) if (note.text && note.visible !== false) paint_note(pen, full, note);
}

function paint_note(pen, { _size: { l, t, w, h }, font }, note) {
  const { x, y, xanchor, yanchor, xshift = 0, yshift = 0, bgcolor } = note;
  const { size, color } = { ...font, ...note.font };
  const text = note.text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  pen.font = `${size}px ${font.family}`;
  const width = pen.measureText(text).width + 2 * NOTE.pad;
  const height = Math.round(NOTE.line * size + 2 * NOTE.pad);
  const left = Math.round(l + x * w + xshift - (xanchor === "right" ? width : 0));
  const top = Math.round(t + (1 - y) * h - yshift - (yanchor === "bottom" ? height : 0));
  if (bgcolor) fill(pen, bgcolor, left, top, width, height);
  label(pen, { family: font.family, color }, [text, ""], left + NOTE.pad, top + NOTE.pad + size, size, 0);
}
