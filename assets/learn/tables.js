// The tables of the course page: what texts say, and which optimizer when.
import { make } from "../screen/elements.js";
import { query_of } from "./links.js";

const VERDICTS = { refuted: "refuted here", half: "half", holds: "holds here", depends: "depends" };
const EVERY = "every verdict";

export class Tables {
  #verdict = ""; // of the claims that are shown; "" all
  #claims = [];
  #body = make("tbody");
  #counted = make("span", { class: "note", role: "status" });
  element = make("div", { class: "course-tables" });

  show({ claims = [], uses = [] }) {
    this.#claims = claims;
    const tables = [claims.length && this.#of_claims(), uses.length && of_uses(uses)];
    this.element.replaceChildren(...tables.filter(Boolean));
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
    this.#body.replaceChildren(...shown.map(claim_row));
    this.#counted.textContent = shown.length === this.#claims.length ? "" : `${shown.length} of ${this.#claims.length}`;
  }
}

function claim_row({ claim, source, verdict, number, address, lesson }) {
  const said = make("span", { class: `says ${verdict}` }, VERDICTS[verdict] ?? verdict);
  return row([claim, source ?? "", said, number ?? "", ways(address, lesson)], ["Claim", "Source", "Verdict", "Number", "See it"]);
}

function of_uses(uses) {
  const words = ["Use", "What texts advise", "What we find", "How far", "See it"];
  const body = make("tbody", {}, ...uses.map((one) => use_row(one, words)));
  return card("Which one, when", [], words, body, "uses");
}

function use_row({ use, advice, verdict, reach, address, lesson }, words) {
  const seen = address || lesson ? ways(address, lesson) : make("span", { class: "note" }, "No toy surface can show this.");
  return row([use, advice, verdict, reach ?? "", seen], words);
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
