// The Sweep tab: a reply says what is asked, the server plans it, and its tiles are painted as they come.
import { tuned_edits } from "../screen/best.js";
import { after_frame, once } from "../screen/frames.js";
import { offer_picture } from "../screen/pictures.js";
import { while_open } from "../screen/tabs.js";
import { gate } from "../wire/gate.js";
import { Tiles } from "../wire/tiles.js";
import { Chart } from "./chart.js";
import { Cursor } from "./cursor.js";
import { Found } from "./found.js";
import { Heat } from "./heat.js";
import { sweep_picture } from "./picture.js";
import { put } from "./put.js";
import { Stage } from "./stage.js";
import { fill_table, in_words, named } from "./table.js";

const TAB = "sweep";

class Sweep {
  #root = document.getElementById(TAB);
  #table = document.getElementById("sweep-table");
  #tiles = new Tiles(TAB);
  #stage = new Stage(document.getElementById("sweep-plot"));
  #cursor = new Cursor(document.getElementById("sweep-cursor"), this.#stage);
  #found = new Found("", 0);
  #before = new Map(); // slot -> what was drawn of a run until its new numbers come
  #look = null;
  #drawing = null;
  #asked = ""; // the query that was planned last

  constructor() {
    this.#stage.moved.listen(() => {
      this.#cursor.show();
      this.#tell();
    });
    this.#stage.chosen.listen((what) => this.#put(what));
    document.getElementById("sweep-load").addEventListener("click", ({ currentTarget }) => currentTarget.ariaDisabled === "true" || this.#load());
  }

  async follow(reply) {
    this.#root.dataset.kind = reply.shown.choice["sweep.kind"];
    show_steps(reply.shown.number.steps);
    const asked = `${reply.query} ${document.documentElement.dataset.theme}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#root.ariaBusy = "true";
    const work = await this.#tiles.plan(reply.query);
    if (work) this.#begin(work);
  }

  #begin({ key, parts, look }) {
    const count = look.kind === "grid" ? look.sides[0].places.length ** 2 : look.places.length;
    this.#remember();
    if (this.#found.key !== key || this.#found.count !== count) this.#found = new Found(key, count);
    this.#look = look;
    this.#draw(look);
    const missing = parts.filter((part) => !this.#found.has(part));
    const subjects = look.runs.map(({ subject }) => subject);
    this.#tiles.follow({ key, parts: missing }, (arrays, part) => this.#add(arrays, part), () => this.#end(subjects));
  }

  #draw(look) {
    const drawing = look.problem ? null : new (look.kind === "grid" ? Heat : Chart)(look, (run) => this.#of(run));
    if (this.#drawing instanceof Chart && drawing instanceof Chart) drawing.follow(this.#drawing);
    this.#drawing = drawing;
    this.#stage.show(drawing, look.problem);
    this.#stage.fit(look);
    this.#cursor.follow(look.problem ? [] : look.sides ?? [{ symbol: look.letter, shown: look.rates }]);
    this.#tell();
  }

  // what is on the screen, null where nothing can be
  get drawing() {
    return this.#drawing;
  }

  // the same anew, for another size
  drawn_anew() {
    return new this.#drawing.constructor(this.#look, (run) => this.#of(run));
  }

  // what is drawn of a run: its numbers, or as stale ones those of before
  #of({ slot, subject }) {
    const found = this.#found.of(subject);
    return found ? { found, stale: false } : { found: this.#before.get(slot) ?? null, stale: true };
  }

  // of the runs as they are drawn now
  #remember() {
    const kept = new Map();
    for (const run of this.#look?.runs ?? []) kept.set(run.slot, this.#of(run).found);
    this.#before = kept;
  }

  #add(arrays, part) {
    this.#found.add(part, arrays);
    this.#stage.repaint();
    this.#tell();
  }

  #end(subjects) {
    this.#found.keep(subjects);
    this.#before.clear();
    this.#root.ariaBusy = "false";
    this.#drawing?.settle();
    this.#stage.repaint();
    this.#tell();
  }

  // for all that comes within a frame
  #tell = once(() => {
    const of = (run) => this.#of(run);
    if (this.#look.problem) this.#table.replaceChildren();
    else fill_table(this.#table, this.#look, of, this.#stage.view());
    document.getElementById("sweep-said").textContent = [this.#look.budget, this.#look.note].filter(Boolean).join(" ");
    document.getElementById("sweep-told").textContent = in_words(this.#look, of);
  }, after_frame);

  // the tuned rates, as far as they are known, and the tab where they walk
  #load() {
    const edits = tuned_edits(this.#look, (run) => this.#of(run).found);
    if (!edits.length) return;
    for (const edit of edits) gate.edit(...edit);
    gate.edit("choice", "view.tab", "explore");
  }

  #put({ run, at, cell }) {
    const look = this.#look;
    if (run) put(run, { lr: look.rates[at] });
    else if (cell) put(look.runs[0], named(look, look.sides.map(({ values }, k) => values[cell[k]])));
  }
}

// where none are asked for, those of the page are walked
const show_steps = (steps) => {
  const field = document.querySelector('[data-key="sweep.steps"] input');
  if (field) field.placeholder = steps;
};

export const sweep = new Sweep();

offer_picture(TAB, () => sweep_picture(sweep));
while_open(TAB, (reply) => sweep.follow(reply));
