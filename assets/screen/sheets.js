// A graph beside the page: as a picture, and on paper. What the canvas shows is written there as SVG.
import { CONFIG } from "./graphs.js";
import { paint_with } from "./painter.js";
import { SvgPen } from "./pen.js";

const FINE = 3; // pixels of what is not drawn in lines, for one on the sheet

// As it is now, at this size: the markup of an SVG of what Plotly draws, and of what is drawn over it
export async function picture(graph, size) {
  const gd = off_screen(size);
  const layout = { ...structuredClone(graph.gd.layout), ...size, autosize: false, ...shape_kept(graph.gd) };
  thin_out(layout);
  const data = graph.gd.data.filter(({ meta }) => meta?.first === undefined && !meta?.fan);
  await window.Plotly.newPlot(gd, data, layout, { ...CONFIG, staticPlot: true, plotGlPixelRatio: FINE });
  const over = written(graph, gd);
  const plotly = window.Plotly.Snapshot.toSVG(gd, "svg");
  window.Plotly.purge(gd);
  gd.remove();
  return [plotly, over];
}

// On paper: in these colours, and in the plane at a size of its own, which the style fits to the sheet
export function to_paper(graph, wanted, recoloured) {
  const { gd, skeleton } = graph;
  if (graph.sheet || !gd._fullLayout) return; // in another tab than its own it may never have been drawn
  const { width, height } = gd._fullLayout;
  const size = graph.is_space() ? { width, height } : wanted;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  graph.sheet = { skeleton, svg };
  const { data, layout } = recoloured(skeleton);
  graph.rebuild({ data, layout: { ...layout, ...size, autosize: false } });
  svg.classList.add("written");
  svg.innerHTML = photograph(gd._fullLayout) + written(graph, gd);
  gd.append(svg);
  gd.style.aspectRatio = `${size.width} / ${size.height}`;
  for (const part of drawings(gd)) part.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
}

export function from_paper(graph) {
  if (!graph.sheet) return;
  const { skeleton, svg } = graph.sheet;
  for (const part of drawings(graph.gd)) part.removeAttribute("viewBox");
  svg.remove();
  graph.gd.style.aspectRatio = "";
  graph.sheet = null;
  graph.rebuild({ ...skeleton, layout: { ...skeleton.layout, autosize: true } });
  graph.skeleton = skeleton;
  graph.repaint();
}

const drawings = (gd) => gd.querySelectorAll(".main-svg, .written");

// what the canvas shows, and what the page shows beside it, over this drawing of Plotly's
function written(graph, gd) {
  const pen = new SvgPen();
  const labels = have_room(graph.labels, gd._fullLayout) ? graph.labels : {}; // else the key alone names them
  const copy = Object.assign(Object.create(graph), { gd, labels, lines: [], stands: null, layers: null });
  paint_with(pen, copy, { ...graph.view(), playing: false, pointed: null, whole: true });
  return pen.svg;
}

// a surface in space as an image: on paper there is none of its own
function photograph({ scene, width, height }) {
  if (!scene) return "";
  return `<image href="${scene._scene.toImage("png")}" width="${width}" height="${height}"/>`;
}

// where a picture is made
function off_screen({ width, height }) {
  const gd = document.createElement("div");
  gd.style.cssText = `position:fixed;left:-9999px;top:0;width:${width}px;height:${height}px`;
  document.body.append(gd);
  return gd;
}

// the ticks of a log axis stand apart also where there is less room
function thin_out({ yaxis, height, font, margin }) {
  if (!yaxis?.dtick) return;
  const ticks = ((height - margin.t - margin.b) / font.size) * 0.55;
  yaxis.dtick = Math.max(yaxis.dtick, Math.ceil((yaxis.range[1] - yaxis.range[0]) / ticks));
}

// whether all names can stand beneath each other
const have_room = (labels, { _size, font }) => Object.keys(labels).length * font.size * 1.1 <= _size.h + 2 * font.size;

// a map keeps the ratio of its units, whatever the frame
function shape_kept({ layout, _fullLayout: full }) {
  if (!layout.clickanywhere) return {};
  const names = Object.keys(layout).filter((name) => /^yaxis/.test(name));
  const { xaxis, yaxis } = full;
  const scaleratio = Math.abs(yaxis._m / xaxis._m);
  const kept = (name) => ({ ...layout[name], scaleanchor: full[name].anchor, scaleratio, constrain: "domain" });
  return {
    ...Object.fromEntries(names.map((name) => [name, kept(name)])),
    ...Object.fromEntries(names.map((name) => name.replace("y", "x")).map((name) => [name, { ...layout[name], constrain: "domain" }])),
  };
}
