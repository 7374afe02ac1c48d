// The tables of the course page: what texts say, and which optimizer when. What has numbers in it comes row by row, once
// the tables are about to be seen.
import { make } from "../screen/elements.js";
import { Tiles } from "../wire/tiles.js";
import { query_of } from "./links.js";

const VERDICTS = { refuted: "refuted here", half: "half", holds: "holds here", depends: "depends" };
const EVERY = "every verdict";
const COMES = "…"; // in place of what is not there yet
const CELLS = { number: "Number", verdict: "What we find", reach: "How far" }; // what comes -> its column
const USES = ["Use", "What texts advise", "What we find", "How far", "See it"];
const NEAR = "400px"; // from the screen

export class Tables {
  #verdict = ""; // of the claims that are shown; "" all
  #claims = [];
  #rows = {}; // table -> what its rows say
  #drawn = new Map(); // what a row says -> the row
  #work = null; // what is still to come
  #tiles = new Tiles("learn");
  #body = make("tbody");
  #counted = make("span", { class: "note", role: "status" });
  element = make("div", { class: "course-tables" });

  constructor() {
    const seen = ([{ isIntersecting }]) => (isIntersecting ? this.#ask() : this.#tiles.stop());
    new IntersectionObserver(seen, { rootMargin: NEAR }).observe(this.element);
  }

  show({ look: { claims = [], uses = [] }, key, parts }) {
    [this.#claims, this.#rows, this.#work] = [claims, { claims, uses }, { key, parts }];
    const tables = [claims.length && this.#of_claims(), uses.length && this.#of_uses(uses)];
    this.element.replaceChildren(...tables.filter(Boolean));
  }

  // what is still to come: whoever leaves the tables meanwhile waits for none of it
  #ask() {
    if (this.#work?.parts.length) this.#tiles.follow(this.#work, (arrays, part) => this.#tell(arrays, part));
  }

  #tell({ table, place, said }, part) {
    this.#work = { ...this.#work, parts: this.#work.parts.filter((one) => one !== part) };
    const one = Object.assign(this.#rows[table][place], said);
    for (const key of Object.keys(said)) {
      const cell = this.#drawn.get(one)?.querySelector(`[data-of="${CELLS[key]}"]`);
      if (cell) cell.textContent = said[key];
    }
  }

  // a row, which is told later what comes later
  #row(one, draw) {
    const drawn = draw(one);
    this.#drawn.set(one, drawn);
    return drawn;
  }

  #of_claims() {
    const words = ["Claim", "Source", "Verdict", "Number", "See it"];
    this.#fill();
    return card("What texts say", [this.#choice(), this.#counted], words, this.#body, "claims");
  }

  #choice() {
    const select = make("select", { "aria-label": "Verdict" });
    const kinds = Object.keys(VERDICTS).filter((kind) => this.#claims.some(({ verdict }) => verdict === kind));
    for (const kind of ["", ...kinds]) select.append(make("option", { value: kind }, kind ? VERDICTS[kind] : EVERY));
    select.value = this.#verdict;
    select.addEventListener("change", () => {
      this.#verdict = select.value;
      this.#fill();
    });
    return make("span", { class: "control choice" }, select);
  }

  #fill() {
    const shown = this.#claims.filter(({ verdict }) => !this.#verdict || verdict === this.#verdict);
    this.#body.replaceChildren(...shown.map((one) => this.#row(one, claim_row)));
    this.#counted.textContent = shown.length === this.#claims.length ? "" : `${shown.length} of ${this.#claims.length}`;
  }

  #of_uses(uses) {
    const body = make("tbody", {}, ...uses.map((one) => this.#row(one, use_row)));
    return card("Which one, when", [], USES, body, "uses");
  }
}

function claim_row({ claim, source, verdict, number, address, lesson }) {
  const said = make("span", { class: `says ${verdict}` }, VERDICTS[verdict] ?? verdict);
  return row([claim, source ?? "", said, number || COMES, ways(address, lesson)], ["Claim", "Source", "Verdict", "Number", "See it"]);
}

function use_row({ use, advice, verdict, reach, address, lesson }) {
  const seen = address || lesson ? ways(address, lesson) : make("span", { class: "note" }, "No toy surface can show this.");
  return row([use, advice, verdict || COMES, reach || COMES, seen], USES);
}

function ways(address, lesson) {
  const links = [];
  if (lesson) links.push(make("a", { href: query_of({ lesson }) }, lesson));
  if (address) links.push(make("a", { href: address, "aria-label": "See it in the explorer" }, "see it"));
  return make("span", { class: "ways" }, ...links);
}

// the first cell is what the row is about; on a phone each says to which column it belongs
function row([first, ...cells], words) {
  const of = (cell, place) => make("td", { "data-of": words[place + 1] }, cell);
  return make("tr", {}, make("th", { scope: "row" }, first), ...cells.map(of));
}

function card(title, beside, words, body, name) {
  const id = `course-${name}`;
  const heading = make("div", { class: "card-head" }, make("h2", { id }, title), ...beside);
  const head = make("thead", {}, make("tr", {}, ...words.map((word) => make("th", { scope: "col" }, word))));
  const table = make("table", { class: name }, head, body);
  const area = make("div", { class: "details", tabindex: 0, role: "region", "aria-labelledby": id }, table);
  return make("section", { class: "card", "aria-labelledby": id }, heading, area);
}
