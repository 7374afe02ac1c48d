// Print: always light, whatever the theme, and every graph at a size for paper, which the style fits to the sheet.
import { graphs } from "./graphs.js";
import { from_paper, to_paper } from "./sheets.js";
import { theme } from "./theme.js";

const MAP = { width: 640, height: 490 };
const PANEL = { width: 400, height: 175 };

const printing = matchMedia("print");
addEventListener("beforeprint", () => lay_out(true));
addEventListener("afterprint", () => lay_out(false));
printing.addEventListener("change", ({ matches }) => lay_out(matches));

function lay_out(on) {
  if (on === theme.on_paper) return;
  const lighter = on ? recoloured(colours(theme.mode()), colours("light")) : null;
  theme.print(lighter);
  if (!on) return requestAnimationFrame(back_to_the_screen); // when it has its size again
  for (const graph of Object.values(graphs)) to_paper(graph, graph.name === "map" ? MAP : PANEL, lighter);
}

function back_to_the_screen() {
  if (!theme.on_paper) for (const graph of Object.values(graphs)) from_paper(graph);
}

// name -> colour, of all that the page's style names, in a theme
function colours(mode) {
  const root = document.documentElement;
  const shown = root.dataset.theme;
  root.dataset.theme = mode;
  const style = getComputedStyle(root);
  const found = names().map((name) => [name, style.getPropertyValue(name).trim()]);
  root.dataset.theme = shown;
  return Object.fromEntries(found);
}

const names = () => [...new Set([...document.styleSheets].flatMap(rules).flatMap(({ style }) => [...style]))].filter(is_own);

const rules = (sheet) => [...sheet.cssRules].filter(({ selectorText }) => selectorText?.startsWith(":root"));

const is_own = (name) => name.startsWith("--");

// a skeleton with each of these colours instead of the one it had; a name may be written in the colour of its line
function recoloured(from, to) {
  const [text, line] = [true, false].map((of_names) => {
    const own = Object.keys(from).filter((name) => name.startsWith("--text-") === of_names);
    return new Map(own.map((name) => [from[name], to[name]]));
  });
  const other = (key, value) => (key === "ink" && text.get(value)) || line.get(value);
  const changed = (key, value) => (typeof value === "string" && other(key, value)) || value;
  return (skeleton) => JSON.parse(JSON.stringify(skeleton), changed);
}
