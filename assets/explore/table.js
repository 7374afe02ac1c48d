// The table of results, sorted by the column whose head is pressed.
import { dot, make, replace_keeping_focus } from "../screen/elements.js";

const order = { title: null, way: 0 }; // of the rows: 1 ascending, -1 descending
const SORTED = { 1: "ascending", "-1": "descending" };

export function table({ columns, rows, terms, ids }) {
  const by = columns.indexOf(order.title);
  const compared = (a, b) => compare(a.cells[by].by, b.cells[by].by, order.way);
  const sorted = by < 0 ? rows : [...rows].sort(compared);
  const whole = make("table");
  const again = () => replace_keeping_focus(whole.parentElement, [table({ columns, rows, terms, ids })]);
  const heads = columns.map((title, at) => column_head(title, terms[at], at === by ? order.way : 0, again));
  const line = ({ slot, cells }) => cells.map((cell, at) => (at ? value(cell, ids[at]) : name(slot, cell)));
  const lines = sorted.map((row) => make("tr", { "data-slot": row.slot, "data-place": rows.indexOf(row) }, ...line(row)));
  whole.append(make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...lines));
  return whole;
}

function column_head(title, term, way, again) {
  const explained = term ? { "data-term": term, "aria-describedby": `term-${term}` } : {};
  const button = make("button", { type: "button", class: "sort", ...explained }, title);
  button.addEventListener("click", () => {
    Object.assign(order, { title, way: way > 0 ? -1 : 1 });
    again();
  });
  return make("th", { scope: "col", "aria-sort": SORTED[way] || "none" }, button);
}

const name = (slot, { text }) => make("th", { scope: "row" }, dot(slot), text);

// what a lesson speaks of is found by the name of its column
const value = ({ text, by, doc }, id) => {
  const look = { "data-column": id, ...(typeof by === "number" && { class: "figure" }) };
  return make("td", { ...look, title: doc || (typeof by === "number" ? by : text) }, text);
};

// numbers by size, texts by alphabet, what is missing last either way
function compare(a, b, way) {
  if (a === null || b === null) return (a === null) - (b === null);
  return way * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
}
