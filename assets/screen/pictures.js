// PNG and SVG of the map or of the whole board at print size, made in the browser from Plotly's own copy.
import { save } from "./downloads.js";
import { graphs } from "./graphs.js";

const SIZE = { width: 1200, height: 900 }; // of one panel, in px; PNG at twice that
const TYPE = 11; // of the caption, px for each column of panels

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-picture]");
  if (button) save_picture(...button.dataset.picture.split(" "));
});

async function save_picture(what, format) {
  const drawn = what === "board" ? Object.values(graphs) : [graphs[what]];
  for (const graph of drawn) graph.update();
  const parts = await Promise.all(drawn.map(({ gd }) => window.Plotly.toImage(gd, { format: "svg", ...SIZE })));
  const svg = sheet(parts.map(markup_of), drawn.length > 1 ? 2 : 1);
  const blob = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await raster(svg);
  save(blob, `downslope-${what}.${format}`);
}

const markup_of = (uri) => decodeURIComponent(uri.slice(uri.indexOf(",") + 1));

// the panels side by side over a caption with the settings
function sheet(parts, columns) {
  const size = columns * TYPE;
  const width = columns * SIZE.width;
  const top = Math.ceil(parts.length / columns) * SIZE.height;
  const lines = caption(Math.floor((width - 48) / (0.62 * size)));
  const height = top + Math.round((1.5 * lines.length + 1.5) * size);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
  const text = lines.map((line, i) => `<tspan x="24" y="${top + (1.5 * i + 1.75) * size}">${escaped(line)}</tspan>`);
  const panels = parts.map((part, i) => placed(part, i, columns));
  const spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  const type = `font-family="sans-serif" font-size="${size}" fill="${colour("--soft")}" xml:space="preserve"`;
  return `<svg ${spaces} width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" fill="${colour("--panel")}"/>${panels.join("")}
<text ${type}>${text.join("")}</text></svg>`;
}

function placed(markup, i, columns) {
  const x = (i % columns) * SIZE.width;
  const y = Math.floor(i / columns) * SIZE.height;
  return markup.replace("<svg ", `<svg x="${x}" y="${y}" `);
}

// what the page is about, every run and its settings, and the address, in lines of at most so many characters
function caption(most) {
  const runs = [...document.querySelectorAll(".run-title")].map(run_text);
  const surface = document.querySelector(".surface-menu select").selectedOptions[0].text;
  const lines = [];
  for (const piece of ["Downslope", surface, ...runs])
    if (lines.length && lines.at(-1).length + piece.length + 5 <= most) lines[lines.length - 1] += `  ·  ${piece}`;
    else lines.push(piece);
  const address = location.search || "?";
  for (let at = 0; at < address.length; at += most) lines.push(address.slice(at, at + most));
  return lines;
}

const run_text = (row) =>
  [...row.querySelectorAll(".label, .summary, .end")].map((part) => part.textContent).join("  ");

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

async function raster(svg) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const size = { width: 2 * picture.width, height: 2 * picture.height };
  const canvas = Object.assign(document.createElement("canvas"), size);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
