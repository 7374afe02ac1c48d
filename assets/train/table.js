// The results: a row for each run, as far as its training has come.
import { dot, make } from "../screen/elements.js";
import { written } from "../screen/numbers.js";

const COLUMNS = ["run", "epochs to the goal", "final loss", "state"];
const DIGITS = 3;

export function fill_results(place, look, rows) {
  const head = make("tr", {}, ...COLUMNS.map((name) => make("th", { scope: "col" }, name)));
  place.replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows.map((run) => row(look, run)))));
}

function row(look, { slot, label, stretches }) {
  const during = stretches.flatMap((one) => [...one.during].map((losses) => median([...losses])));
  const loss = stretches.at(-1)?.loss.at(-1);
  const reached = during.findIndex((one) => one < look.goal) + 1;
  const step = Math.max(-1, ...stretches.map((one) => one.diverged_at[0]));
  const state = step >= 0 ? `diverged at step ${step}` : during.length < look.epochs ? `epoch ${during.length} of ${look.epochs}` : "";
  const cells = [reached ? `${reached}` : "–", loss ? written(median([...loss]), DIGITS) : "–", state];
  return make("tr", { "data-slot": slot }, make("th", { scope: "row" }, dot(slot), label), ...cells.map((text) => make("td", {}, text)));
}

// a shuffle that diverged is larger than all
function median(values) {
  const sorted = values.map((one) => (Number.isFinite(one) ? one : Infinity)).sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
}
