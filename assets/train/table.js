// The results: a row for each run, as far as its training has come.
import { dot, make } from "../screen/elements.js";
import { written } from "../screen/numbers.js";
import { epochs_of, epochs_to, gone_after, lost_of, lowest_of, over_shuffles } from "./epochs.js";
import { said } from "./losses.js";

const DIGITS = 4;
const FEW = 8; // columns, of more the type is smaller
const PLACES = 6; // after the point, in the listing
const GONE = "–";

// `at`: the epoch of the playhead, `stopped`: nothing more comes
export function fill_results(place, look, of, { at, stopped }) {
  const columns = columns_of(look, at, stopped);
  const head = columns.map(([name, doc]) => make("th", { scope: "col", title: doc }, name));
  const rows = look.runs.map((run) => row(run, columns, of(run)));
  const table = make("table", { "data-many": columns.length > FEW }, make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "run"), ...head)), make("tbody", {}, ...rows));
  place.replaceChildren(table);
}

function row({ slot, label }, columns, { found, stale }) {
  const cells = columns.map(([, , told, kind = "figure"]) => make("td", { class: kind }, found ? told(found) : "…"));
  return make("tr", { "data-slot": slot, ...(stale && { class: "stale" }) }, make("th", { scope: "row" }, dot(slot), label), ...cells);
}

// [name, what it is, what stands there of what is found, class]
function columns_of(look, at, stopped) {
  const { goal, samples, epochs, has_validation, kind } = look;
  const several = look.shuffles > 1 ? ", the median of the shuffles" : "";
  const rated = (column, name, doc) => [name, `${doc}${several}`, (found) => percent(over_shuffles(found, column))];
  return [
    [`epochs to ${written(goal, 3)}`, `The first epoch whose mean over its batches is at most that${several}, and from the first to the last of them`, (found) => reached(found, look)],
    [`loss at ${at}`, `On all data, after as many epochs as the playhead has passed${several}`, (found) => number(over_shuffles(found, "loss").middle[at])],
    ["final loss", `On all data, after the last epoch that is there${several}`, (found) => number(last(over_shuffles(found, "loss")))],
    ["lowest", `The lowest on all data${several}, and after which epoch`, lowest],
    ...(look.printed ? [["as printed", "The mean over the batches of the last epoch, as the listing prints it", printed]] : []),
    ...(has_validation ? [["held out", `The loss on the rows held out, after the last epoch${several}`, (found) => number(last(over_shuffles(found, "validation")))]] : []),
    ...(kind === "logistic" ? [rated("accuracy", "accuracy", "Of all data, the share in the right class")] : []),
    ...(kind === "logistic" && has_validation ? [rated("validation_accuracy", "of held out", "Of the rows held out, the share in the right class")] : []),
    ["samples seen", "By each shuffle: epochs times samples", (found) => (epochs_of(found) * samples).toLocaleString("en")],
    ["seconds", look.shuffles > 1 ? "That the server took, for all shuffles together" : "That the server took", ({ seconds }) => written(seconds, 2)],
    ["state", "", (found) => state(found, epochs, stopped), ""],
  ];
}

const last = (made) => made?.middle.at(-1);

const number = (value) => (value === undefined ? GONE : Number.isFinite(value) ? written(value, DIGITS) : "diverged");

const percent = (made) => (made ? `${written(100 * last(made), 3)} %` : GONE);

function reached(found, { goal, epochs }) {
  const { middle, low, high } = epochs_to(found, goal);
  if (middle === Infinity) return epochs_of(found) < epochs && !lost_of(found) ? "…" : `not in ${epochs_of(found)}`;
  const range = low === high ? "" : ` (${low}–${high === Infinity ? "…" : high})`;
  return `${written(middle, 3)}${range}`;
}

const printed = ({ during }) => (Number.isFinite(during.at(-1)[0]) ? during.at(-1)[0].toFixed(PLACES) : "diverged");

function lowest(found) {
  const { value, epoch } = lowest_of(found);
  return Number.isFinite(value) ? `${said(value)} (${epoch})` : GONE;
}

// in words: where it stands, and what became of it
function state(found, epochs, stopped) {
  const lost = lost_of(found);
  if (lost) return `${lost.count < lost.of ? `${lost.count} of ${lost.of} shuffles ` : ""}diverged at step ${lost.step}`;
  const gone = gone_after(found); // squares leave the numbers before the weights do
  if (gone >= 0) return `diverged by epoch ${gone}`;
  const there = epochs_of(found);
  return there < epochs ? `${stopped ? "stopped at " : ""}epoch ${there} of ${epochs}` : "trained";
}
