// Where the names of the runs stand, and the marks where a line has left its frame: geometry alone, in pixels.
// A line is what the painter made of a trace: its points { xs, ys }, its frame { box }, and what its trace says { meta }.

const GAP = 11; // px between a head and its name
const EDGE = 3; // px between the frame and a mark
const HEIGHT = 1.08; // of a name, of its type
const ARROW = 0.8; // length of an arrow, of the type
const TOGETHER = 48; // px: x and y of a run that leave so near each other share a mark
const EARLY = 0.1; // of a curve: what leaves the frame there and comes back needs no mark
const OUTWARD = { right: 0, bottom: Math.PI / 2, left: Math.PI, top: -Math.PI / 2 };

export const lies_in = (x, y, box) =>
  x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y - 1 && y <= box.y + box.height + 1;

// Every name with the middle of its left end, and its arrow { x, y, way } where it stands for what has left the frame.
// `look`: step of the playhead, size of the type, labels by slot, how walks end by slot, measure(text), places `taken`
export function names_of(lines, look) {
  const taken = [...look.taken];
  const named = lines.filter(({ meta }) => meta.part !== undefined);
  const wanted = by_run(named).flatMap((own) => (own[0].meta.casing ? on_map(own[0], look) : in_panel(own, look)));
  const marks = wanted.filter(({ edge }) => edge).map((one) => at_edge(one, look, taken));
  const rest = wanted.filter(({ edge }) => !edge).sort((a, b) => a.y - b.y);
  return [...marks, ...rest.map((one) => beside(one, look, taken))];
}

// where a text may stand near this place
export function free_place(place, height, taken) {
  const meets = (middle) => (one) =>
    Math.abs(one.middle - middle) < height && one.left < place.left + place.width && place.left < one.left + one.width;
  const { lowest = Infinity } = place;
  let middle = place.middle;
  while (middle <= lowest && taken.some(meets(middle))) middle += 2;
  if (middle > lowest) for (middle = place.middle; taken.some(meets(middle)); ) middle -= 2;
  taken.push({ ...place, middle });
  return middle;
}

function by_run(lines) {
  const runs = new Map();
  for (const line of lines) runs.set(line.meta.slot, [...(runs.get(line.meta.slot) || []), line]);
  return [...runs.values()];
}

// --- what has a name, and where --------------------------------------------------------------------------------------

// a run at its head; where it left, as long as its head is outside
function on_map(line, { step, labels, ends }) {
  const { xs, ys, meta } = line;
  const at = Math.min(step - meta.first, xs.length - 1);
  if (at < 0) return [];
  const end = ends[meta.slot];
  const short = labels[meta.slot] || ""; // in a map of its own its title says it
  const text = [short, end && step >= end.since ? end.words : ""].filter(Boolean).join(" ");
  const seen = seen_at(line, at);
  if (seen === null) return [{ line, text, short, ...exit(line, at) }];
  return text && seen >= 0 ? [{ line, text, short, x: xs[seen], y: ys[seen] }] : [];
}

// the point in the frame that a head stands for, null where it has left; in space the last one on the surface, or -1
function seen_at(line, at) {
  if (lies_in(line.xs[at], line.ys[at], line.box)) return at;
  return Number.isNaN(line.xs[at]) ? last_inside(line)[at] : null;
}

// a run at the end of its line, that of x before that of y; and every line where it left
function in_panel(lines, { labels }) {
  const found = lines.filter(({ xs }) => xs.length).map((line) => ({ line, ...line_end(line) }));
  const label = labels[lines[0].meta.slot];
  if (!label) return [];
  const part = ({ meta }) => (meta.part ? `${label} ${meta.part}` : label);
  const ended = found.find(({ end }) => end);
  const left = found.filter(({ gone }) => gone);
  const [first, second] = left;
  const shared = second && first.gone.edge === second.gone.edge && Math.abs(first.gone.x - second.gone.x) < TOGETHER;
  return [
    ...(ended ? [{ line: ended.line, text: label, ...ended.end }] : []),
    ...(shared ? [first] : left).map(({ line, gone }) => ({ line, text: shared ? label : part(line), ...gone })),
  ];
}

// in a frame that shows a part of the steps a line ends at its side
function line_end(line) {
  line.end ??= ended(line);
  return line.end;
}

function ended(line) {
  const { xs, ys, box } = line;
  const last = last_shown(line);
  if (!lies_in(xs[last], ys[last], box)) return { gone: exit(line, last) };
  const end = last + 1 < xs.length ? exit(line, last + 1) : { x: xs[last], y: ys[last] };
  const out = last_outside(line, last);
  const came_back = out >= EARLY * xs.length && xs[out] >= box.x;
  return { end: { x: end.x, y: end.y }, ...(came_back ? { gone: exit(line, out) } : {}) };
}

// of the steps that the frame shows
function last_shown({ xs, box }) {
  let at = xs.length - 1;
  while (at > 0 && xs[at] > box.x + box.width + 1) at--;
  return at;
}

const first_shown = ({ xs, box }) => Math.max(xs.findIndex((x) => x >= box.x - 1), 0);

function last_outside({ xs, ys, box }, at) {
  while (at >= 0 && lies_in(xs[at], ys[at], box)) at--;
  return at;
}

// --- where a line crosses its frame ----------------------------------------------------------------------------------

// where it was last seen before a point outside: { x, y, edge }
function exit(line, at) {
  const { xs, ys, box } = line;
  const seen = last_inside(line)[at];
  const never = line.meta.casing ? at : first_shown(line); // a curve that was never seen has its name where it begins
  if (seen < 0) return nearest_edge(xs[never], ys[never], box);
  return crossing([xs[seen], ys[seen]], [xs[seen + 1], ys[seen + 1]], box);
}

// of each point, the last one up to it that lies in the frame; -1 for none
function last_inside(line) {
  if (line.inside) return line.inside;
  line.inside = new Int32Array(line.xs.length);
  let last = -1;
  for (let i = 0; i < line.xs.length; i++) {
    if (lies_in(line.xs[i], line.ys[i], line.box)) last = i;
    line.inside[i] = last;
  }
  return line.inside;
}

function crossing([x0, y0], [x1, y1], { x, y, width, height }) {
  const along = (from, to, low, high) => (to > from ? (high - from) / (to - from) : to < from ? (low - from) / (to - from) : Infinity);
  const across = along(x0, x1, x, x + width);
  const up = along(y0, y1, y, y + height);
  const share = Math.max(Math.min(across, up), 0);
  const edge = across < up ? (x1 > x0 ? "right" : "left") : y1 > y0 ? "bottom" : "top";
  return { x: x0 + share * (x1 - x0), y: y0 + share * (y1 - y0), edge };
}

function nearest_edge(px, py, { x, y, width, height }) {
  const beyond = { left: x - px, right: px - x - width, top: y - py, bottom: py - y - height };
  const [edge] = Object.entries(beyond).sort(([, a], [, b]) => b - a)[0];
  const between = (value, low, high) => Math.min(Math.max(value, low), high);
  return { x: between(px, x, x + width), y: between(py, y, y + height), edge };
}

// --- where a name has room -------------------------------------------------------------------------------------------

function beside({ line, text, x, y }, { size, measure }, taken) {
  const { box, meta } = line;
  const right = box.x + box.width + box.margin;
  const shown = meta.casing ? text : elided(text, right - Math.min(x, box.x + box.width) - GAP, measure);
  const width = measure(shown);
  const left = x + GAP + width <= right ? x + GAP : x - GAP - width;
  const middle = free_place({ left, width, middle: y, lowest: box.y + box.height + size }, size * HEIGHT, taken);
  return { line, text: shown, left, middle, width, arrow: null };
}

// an arrow that points out of the frame, with the name beside it
function at_edge({ line, text, short = text, x, y, edge }, { size, measure }, taken) {
  const { box } = line;
  const arrow = size * ARROW;
  const room = box.width - 2 * EDGE - 2 * arrow;
  const shown = measure(text) <= room ? text : elided(short, room, measure);
  const width = measure(shown);
  const sideways = edge === "left" || edge === "right";
  const reach = arrow + EDGE; // from the tip to the name
  const flips = edge === "right" || (!sideways && x + reach + width > box.x + box.width);
  const left = Math.max(flips ? x - reach - width : x + reach, box.x + (edge === "left" ? reach : EDGE));
  const [high, low] = [box.y + size * 0.75, box.y + box.height - size * 0.75];
  const wanted = { left: left - arrow, width: width + 2 * arrow, middle: Math.min(Math.max(y, high), low), lowest: low };
  const middle = free_place(wanted, size * HEIGHT, taken);
  const tip = sideways ? (edge === "right" ? -EDGE : EDGE) : 0;
  const ends = { top: middle - arrow / 2, bottom: middle + arrow / 2 };
  return { line, text: shown, left, middle, width, arrow: { x: x + tip, y: ends[edge] ?? middle, way: OUTWARD[edge] } };
}

// cut before its end to the room there is, for that is what sets a name apart from others
function elided(name, room, measure) {
  const letters = [...name];
  const head = (n) => Math.floor(n / 4);
  const cut = (n) => [...letters.slice(0, head(n)), "…", ...letters.slice(letters.length - n + head(n))].join("");
  let shown = name;
  for (let n = letters.length - 1; n > 0 && measure(shown) > room; n--) shown = cut(n);
  return shown;
}
