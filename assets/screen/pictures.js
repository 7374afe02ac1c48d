// PNG and SVG of a panel, the map or the whole board, as a slide: what the graphs show, with titles, and a key of colours.
import { save } from "./downloads.js";
import { graphs } from "./graphs.js";
import { playhead } from "./playhead.js";
import { SvgPen, path_for } from "./pen.js";
import { there } from "./plotly.js";
import { picture } from "./sheets.js";

const SIZE = { width: 1600, height: 900 }; // px of a slide; PNG at twice that
const SMALLEST = 22; // px of the smallest type on it,
const PART = 0.9; // which is this much of the type of a graph
const PAGE = { edge: 0.9, head: 2.6, title: 1.7, gap: 0.8, line: 1.35 }; // in heights of the type
const MAP = 0.56; // of the width of a board

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-picture]");
  if (button) save_picture(...button.dataset.picture.split(" "));
});

const others = {}; // name -> how a picture is made that is none of graphs

export const offer_picture = (name, drawn) => (others[name] = drawn);

async function save_picture(what, format) {
  const svg = await (others[what] ? others[what]() : of_graphs(what));
  if (!svg) return; // there is nothing to be seen
  const blob = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg);
  save(blob, `downslope-${what}.${format}`);
}

async function of_graphs(what) {
  await there();
  for (const graph of Object.values(graphs)) graph.update();
  const drawn = what === "board" ? Object.values(graphs) : [graphs[what]];
  return slide({ font: drawn[0].gd.layout.font, said: walked(), outline: head_of }, async (box, look) => {
    const parts = [];
    for (const [graph, place] of places(drawn, box, look))
      parts.push(placed(await picture(graph, { width: place.width, height: place.height }), place));
    return parts;
  });
}

// Everything in the units of the page, then made as large as the smallest type must be: `draw(box, look)` gives the
// markup of what stands between the head, from a `title`, the surface's name where there is none, to what is `said`,
// and the key
export async function slide({ font, title, said, outline }, draw) {
  const scale = SMALLEST / (PART * font.size);
  const page = { width: SIZE.width / scale, height: SIZE.height / scale };
  const pen = new SvgPen();
  const look = { pen, size: font.size, family: font.family, colour, page, edge: PAGE.edge * font.size, outline };
  head(look, title ?? surface(), said);
  const bottom = key(look);
  const box = { x: look.edge, y: PAGE.head * font.size, width: page.width - 2 * look.edge };
  const parts = await draw({ ...box, height: bottom - box.y }, look);
  const spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  const size = `width="${SIZE.width}" height="${SIZE.height}" viewBox="0 0 ${page.width} ${page.height}"`;
  return `<svg ${spaces} ${size}><desc>${escaped(location.href)}</desc>
<rect width="100%" height="100%" fill="${colour("panel")}"/>${parts.join("")}${pen.svg}</svg>`;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const placed = ([plotly, painted], { x, y }) =>
  `${plotly.replace("<svg ", `<svg x="${x}" y="${y}" `)}<g transform="translate(${x},${y})">${painted}</g>`;

// --- where the graphs stand ------------------------------------------------------------------------------------------

// the map at the left and the panels beneath each other beside it, each below its title; or one alone
function places(drawn, box, look) {
  if (drawn.length === 1) return [titled(drawn[0], box, look)];
  const [map, ...panels] = drawn;
  const left = Math.round(MAP * box.width);
  const each = box.height / panels.length;
  const beside = { x: box.x + left + look.edge, width: box.width - left - look.edge, height: each };
  return [
    titled(map, { ...box, width: left }, look),
    ...panels.map((panel, i) => titled(panel, { ...beside, y: box.y + i * each }, look)),
  ];
}

function titled(graph, { x, y, width, height }, look) {
  const title = title_of(graph);
  const room = title ? PAGE.title * look.size : 0;
  if (title) text(look, title, x, y + room / 2, { weight: 650 });
  return [graph, { x, y: y + room, width: Math.floor(width), height: Math.floor(height - room) }];
}

// what stands above a panel on the page
function title_of({ gd }) {
  const card = gd.closest(".panels .card");
  if (!card) return "";
  const chosen = card.querySelector(".card-head select")?.selectedOptions[0]?.text;
  const title = chosen || card.querySelector("h2").textContent;
  return card.querySelector(".legend") ? `${title}: x solid, y dashed` : title;
}

// --- what is written around them -------------------------------------------------------------------------------------

const surface = () => document.querySelector(".surface-menu select").selectedOptions[0].text;

function head(look, title, said) {
  const { edge, size, page } = look;
  text(look, title, edge, 1.35 * size, { weight: 700, larger: 1.25 });
  text(look, said, page.width - edge, 1.35 * size, { ink: colour("soft"), end: true });
}

function walked() {
  const [x, y] = graphs.map.start.map((value) => String(Number(value.toPrecision(4))).replace("-", "−"));
  const [step, steps] = document.getElementById("counter").textContent.split(" / ");
  const far = playhead.at_end() ? `${steps} steps` : `step ${step} of ${steps}`;
  return `start (${x}, ${y}) · ${far}`;
}

// every run: its marker, its name and its settings; where that begins, from above
function key(look) {
  const { edge, size, page } = look;
  const runs = [...document.querySelectorAll(".run-title")];
  const columns = Math.min(runs.length, 4);
  const rows = Math.ceil(runs.length / columns);
  const each = (2 * PAGE.line + 0.35) * size;
  const top = page.height - rows * each - 0.5 * edge;
  const width = (page.width - 2 * edge) / columns;
  runs.forEach((run, i) => entry(look, run, edge + (i % columns) * width, top + Math.floor(i / columns) * each, width));
  return top - PAGE.gap * size;
}

function entry(look, run, x, y, width) {
  const { pen, size } = look;
  const { slot } = run.closest("[data-slot]").dataset;
  const ink = colour(`run-${slot}`);
  const [name, ...rest] = [".label", ".summary", ".end"].map((part) => run.querySelector(part).textContent);
  pen.save();
  pen.translate(x + 0.6 * size, y + 0.7 * size);
  pen.scale(0.52 * size, 0.52 * size);
  pen.fillStyle = ink;
  pen.fill(path_for(pen, look.outline(Number(slot))));
  pen.restore();
  const room = width - 2 * size;
  text(look, name, x + 1.5 * size, y + 0.7 * size, { weight: 650, ink, room });
  text(look, fitting(pen, rest.filter(Boolean), room), x + 1.5 * size, y + (0.7 + PAGE.line) * size, { ink: colour("soft"), room });
}

const head_of = (slot) => graphs.map.skeleton.data.find(({ meta }) => meta?.slot === slot && meta.head).meta.head;

function text({ pen, size, family }, words, x, y, { weight = 400, larger = 1, ink = colour("ink"), end = false, room = Infinity }) {
  pen.font = `${weight} ${larger * size}px ${family}`;
  pen.textBaseline = "middle";
  pen.globalAlpha = 1;
  pen.fillStyle = ink;
  const shown = cut(pen, words, room);
  pen.fillText(shown, end ? x - pen.measureText(shown).width : x, y);
}

// as many of the pieces as there is room for, at least the first one
function fitting(pen, pieces, room) {
  const shown = (n) => pieces.slice(0, n).join(" · ");
  let n = pieces.length;
  pen.font = pen.font.replace("650", "400");
  while (n > 1 && pen.measureText(shown(n)).width > room) n--;
  return shown(n);
}

function cut(pen, words, room) {
  let shown = words;
  for (let n = words.length - 1; n > 0 && pen.measureText(shown).width > room; n--) shown = `${words.slice(0, n)}…`;
  return shown;
}

async function raster(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * SIZE.width, height: 2 * SIZE.height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
