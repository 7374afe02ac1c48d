// The numbers in a table, with a button for each that can go into a run.
import { best_place } from "../screen/best.js";
import { show_texts } from "../screen/controls.js";
import { dot, make, replace_keeping_focus, small_button } from "../screen/elements.js";
import { put } from "./put.js";
import { column_of, decades, said, steps_by } from "./values.js";

export function fill_table(place, look, of, view) {
  const made = { rates: rates_table, race: race_table, grid: grid_table }[look.kind](look, of, view);
  replace_keeping_focus(place, [made]);
  show_texts(); // what is locked says so
}

// the same in words, for who cannot see the plot
export function in_words(look, of) {
  if (look.problem) return look.problem;
  if (look.kind === "grid") return grid_in_words(look, of);
  const each = look.runs.map((run) => {
    const { found } = of(run);
    const best = best_place(look, found);
    if (!found?.chosen) return `${run.label}: not known yet`;
    if (best === null) return `${run.label} diverges at every rate`;
    return `${run.label} is best at ${look.letter} ${look.rates[best]}, with a final loss of ${said(found.final[best], "final", look)}`;
  });
  return `${look.layout.yaxis.title.text} against ${look.layout.xaxis.title.text}. ${each.join("; ")}.`;
}

function grid_in_words(look, of) {
  const [across, up] = look.sides;
  const best = best_cell(of(look.runs[0]).found, look, across.places.length);
  const where = best ? ` The best of the grid: ${pair(look, [across.shown[best[0]], up.shown[best[1]]])}.` : "";
  return `${look.runs[0].label}, ${look.colour === "steps" ? "steps to target" : "final loss"} by ${across.title} and ${up.title}.${where}`;
}

// --- curves ----------------------------------------------------------------------------------------------------------

function rates_table(look, of, { at }) {
  const { letter } = look;
  const steps = steps_by(look.criterion);
  const by = look.criterion === "final" ? "final" : steps;
  const docs = widths(look);
  const columns = ["Run", `${letter} now`, `best ${letter}`, by === "final" ? "final loss there" : "steps there", ...Object.keys(docs), `at ${letter} ${at === null ? "…" : look.rates[at]}`];
  const rows = look.runs.map((run) => {
    const { found } = of(run);
    const best = best_place(look, found);
    const there = !found?.chosen ? "…" : best === null ? "all diverge" : said(found[by][best], by, look);
    const wide = found?.widths ? Array.from(found.widths, decades) : Object.keys(docs).map(() => "…");
    const here = at === null || !found?.known[at] ? "…" : said(found[column_of(look)][at], column_of(look), look);
    return [run, [run.lr, best === null ? "…" : look.rates[best], there, ...wide, here], [best, at]];
  });
  return table(columns, rows.map(([run, cells, places]) => row(run, cells, rate_buttons(look, run, places))), docs);
}

// over how many decades of the rate it is so
const widths = ({ goal }) => ({
  "decades that end within 10 × of its best": "decades of the rate whose final loss is at most 10 times its best one, above the lowest",
  "that reach it at some step": "decades of the rate at which it is at such a loss at some step, whether it stays or not",
  [`that end below ${goal}`]: "decades of the rate whose final loss is at most the target",
  [`that come below ${goal}`]: "decades of the rate at which it is at most at the target at some step",
});

// the best rate, and that under the cursor
function rate_buttons(look, run, places) {
  return [...new Set(places)].filter((place) => place !== null).map((place) => put_button(look, run, { lr: look.rates[place] }, `${look.letter} ${look.rates[place]}`));
}

function put_button(look, run, numbers, words) {
  const button = small_button(`${words} → ${run.label}`, () => put(run, numbers), `run.${run.place}.lr`);
  button.title = `Put ${words} into ${run.label}`;
  button.setAttribute("aria-label", button.title);
  return button;
}

function race_table(look, of) {
  const { letter } = look;
  const steps = steps_by(look.criterion);
  const columns = ["Run", `${letter} now`, `tuned ${letter}`, "median final loss", "lowest … highest", "median steps to target", "starts that diverge"];
  const rows = look.runs.map((run) => {
    const { found } = of(run);
    const best = best_place(look, found);
    if (best === null) return row(run, [run.lr, found?.chosen ? "all diverge" : "…", "", "", "", ""], []);
    const spread = ["low", "high"].map((name) => said(found[name][best], "final", look)).join(" … ");
    const lost = `${Math.round(found.diverged[best] * look.starts)} of ${look.starts}`;
    const cells = [run.lr, look.rates[best], said(found.final[best], "final", look), spread, said(found[steps][best], steps, look), lost];
    return row(run, cells, [put_button(look, run, { lr: look.rates[best] }, `${letter} ${look.rates[best]}`)]);
  });
  return table(columns, rows, {});
}

// --- a grid ----------------------------------------------------------------------------------------------------------

function grid_table(look, of, { cell }) {
  const [across, up] = look.sides;
  const [run] = look.runs;
  const { found } = of(run);
  const columns = ["", across.symbol, up ? up.symbol : "", "final loss", "steps to target"];
  const steps = steps_by(look.criterion);
  const numbers = (i) => (i === null || !found?.known[i] ? ["…", "…"] : [said(found.final[i], "final", look), said(found[steps][i], steps, look)]);
  const at = (place) => place && place[1] * across.places.length + place[0];
  const rows = [];
  const add = (name, place) => rows.push(line(name, [across.shown[place[0]], up.shown[place[1]], ...numbers(at(place))], [cell_button(look, run, place)]));
  const best = best_cell(found, look, across.places.length);
  if (best) add("best of the grid", best);
  if (cell) add("under the cursor", cell);
  const theory = look.theory?.best;
  if (theory) rows.push(line("fastest by theory", [...theory.shown, "", ""], [put_button(look, run, named(look, theory.values), pair(look, theory.shown))]));
  return table(columns, rows, {});
}

function cell_button(look, run, [i, j]) {
  const [across, up] = look.sides;
  return put_button(look, run, named(look, [across.values[i], up.values[j]]), pair(look, [across.shown[i], up.shown[j]]));
}

export const named = ({ sides }, values) => Object.fromEntries(sides.map(({ name }, k) => [name, values[k]]));

const pair = ({ sides }, shown) => sides.map(({ symbol }, k) => `${symbol} ${shown[k]}`).join(", ");

// the fewest steps, and of those, or where none arrives, the lowest final loss; it is kept with what was found
function best_cell(found, look, n) {
  if (!found) return null;
  const by = look.criterion;
  if (found.best_cell?.by !== by) found.best_cell = { by, place: found_best(found, by === "final" ? null : found[steps_by(by)]) };
  const { place } = found.best_cell;
  return place === null ? null : [place % n, Math.floor(place / n)];
}

function found_best({ known, final }, steps) {
  const rank = (i) => [steps && steps[i] === steps[i] ? steps[i] : Infinity, final[i] === final[i] ? final[i] : Infinity];
  let [best, least] = [null, [Infinity, Infinity]];
  for (let i = 0; i < known.length; i++) {
    if (!known[i]) continue;
    const mine = rank(i);
    if (before(mine, least)) [best, least] = [i, mine];
  }
  return best;
}

const before = ([a, b], [c, d]) => a < c || (a === c && b < d);

// --- made of ---------------------------------------------------------------------------------------------------------

function table(columns, rows, docs) {
  const heads = columns.map((title) => make("th", { scope: "col", ...(docs[title] && { title: docs[title] }) }, title));
  return make("table", {}, make("thead", {}, make("tr", {}, ...heads, make("th", { scope: "col" }, "into the run"))), make("tbody", {}, ...rows));
}

function row(run, cells, buttons) {
  const name = make("th", { scope: "row" }, dot(run.slot), run.label);
  return make("tr", { "data-slot": run.slot }, name, ...cells.map((text) => make("td", { class: "figure" }, text)), make("td", {}, make("div", { class: "puts" }, ...buttons)));
}

function line(name, cells, buttons) {
  return make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((text) => make("td", { class: "figure" }, text)), make("td", {}, make("div", { class: "puts" }, ...buttons)));
}
