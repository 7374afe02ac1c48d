// In numbers: how much of the area belongs to each minimum, and after how many steps the middle one of its walks stays.
import { make } from "../screen/elements.js";
import { shares_of } from "./field.js";

export function share_table(fields, { maps, minima, inks }) {
  const found = fields.map((field) => shares_of(field, minima.x.length));
  const heads = ["minimum", "loss", ...maps.flatMap(({ label }) => (maps.length > 1 ? [`${label}: share`, "steps"] : ["share", "steps"]))];
  const head = make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)));
  const rows = in_order(found, minima.x.length).map((at) => minimum_row(at, found, minima, inks));
  const rest = [["ends near none", "none", inks.none], ["diverges", "diverged", inks.diverged]];
  rows.push(...rest.map(([words, kind, ink]) => other_row(words, kind, ink, found)));
  return make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
}

// those that many walks end in first; of those in which nobody ends the lowest
function in_order(found, count) {
  const all = (at) => found.reduce((sum, { minima }) => sum + minima[at].n, 0);
  return Array.from({ length: count }, (_, at) => at).sort((a, b) => all(b) - all(a) || a - b);
}

function minimum_row(at, found, { place, loss, colour, lowest }, { wells }) {
  const name = make("th", { scope: "row" }, swatch(wells[colour[at]][0]), place[at], at < lowest ? " ★" : "");
  if (at < lowest) name.title = "a global minimum";
  const cells = found.flatMap(({ walked, minima }) => [figure(share(minima[at].n, walked)), figure(minima[at].median ?? "–")]);
  return make("tr", {}, name, figure(loss[at]), ...cells);
}

function other_row(words, kind, ink, found) {
  const cells = found.flatMap((one) => [figure(share(one[kind], one.walked)), figure("–")]);
  return make("tr", {}, make("th", { scope: "row" }, swatch(ink), words), figure("–"), ...cells);
}

const figure = (text) => make("td", { class: "figure" }, String(text));

export const swatch = (colour) => make("span", { class: "swatch", style: `background: ${colour}` });

// of a whole, with as many digits as three passes can know
export function share(n, walked) {
  if (!walked) return "…";
  const hundredths = (100 * n) / walked;
  return n && hundredths < 0.05 ? "< 0.1 %" : `${hundredths.toFixed(1)} %`;
}

// in a sentence, for who does not see the maps
export function told(fields, { maps, minima }) {
  return maps.map(({ label }, i) => `${label}: ${in_words(shares_of(fields[i], minima.x.length), minima)}.`).join(" ");
}

function in_words({ walked, none, diverged, minima: found }, { place }) {
  const most = in_order([{ minima: found }], found.length).slice(0, 5).filter((at) => found[at].n);
  const parts = most.map((at) => `${share(found[at].n, walked)} end at ${place[at]}`);
  if (none) parts.push(`${share(none, walked)} near no minimum`);
  if (diverged) parts.push(`${share(diverged, walked)} diverge`);
  return parts.join(", ");
}
