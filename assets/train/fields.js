// The four fields of a training: every parameter at every step, lines of some, the weights, and the paths in a plane.
import { make } from "../screen/elements.js";
import { after_frame } from "../screen/frames.js";
import { playhead } from "../screen/playhead.js";
import { gate } from "../wire/gate.js";
import { Tiles } from "../wire/tiles.js";
import { file } from "./file.js";
import { Heat } from "./heat.js";
import { Lines } from "./lines.js";
import { given_moments, given_window, moments_of } from "./moments.js";
import { Panel } from "./panel.js";
import { PathMap, deciding, runs_away, share_in_words } from "./path.js";
import { Weights } from "./weights.js";

const TAB = "train";
const NEAR = 0.02; // of a window: another one that differs by less needs no other ground
const LARGEST = 1e15; // of a window in whose ground there is something to see
const REST = 250; // ms after which what stands there is said in words
const MANY = 20; // parameters that need higher fields
const MOST = 8; // parameters with lines
const KEYS = {
  heat: "Parameters: up and down go through them, Enter draws the line of one or drops it; left and right move the playhead",
  lines: "Lines: up and down go through the parameters; left and right move the playhead",
  weights: "Weights: up and down go through them; left and right move the playhead",
  path: "Paths: up and down go from run to run; left and right move the playhead",
};
const ONE = "One parameter spans no plane: its path is its line.";

class Fields {
  #root = document.querySelector(".fields");
  #tiles = new Tiles(TAB, (hash, late) => file.bring(hash, late));
  #panels = {};
  #look = null;
  #of = null;
  #key = "";
  #plane = { asked: "", busy: false, next: null, found: null };
  #ground = { asked: "", busy: false, next: null, found: null };
  #menus = {};
  #saying = 0;

  constructor() {
    for (const [name, keys] of Object.entries(KEYS)) this.#panels[name] = new Panel(document.getElementById(`${TAB}-${name}`), keys);
    for (const name of ["shown", "across", "up"]) this.#menus[name] = this.#menu(name);
    playhead.moved.listen(() => this.#say_soon());
  }

  // the drawings as they stand: name -> drawing
  get drawings() {
    return Object.fromEntries(Object.entries(this.#panels).map(([name, { drawing }]) => [name, drawing]));
  }

  // whether a plane or a ground is on its way
  is_busy() {
    return this.#plane.busy || this.#ground.busy;
  }

  // the same anew, for another size; null where there is none
  drawn_anew(name) {
    return this.#panels[name].drawing && this.#made(name, () => {});
  }

  // the loss in the plane that is shown, in another window of it; null where there is no plane
  async ground_in(window) {
    const { found } = this.#plane;
    return found && this.#tiles.one(this.#key, "ground", given_window(found, window));
  }

  // what is drawn before its numbers are there, and after each of them: `of(run)` gives { found, stale }
  show(look, of, key) {
    this.#look = look;
    this.#of = (run) => fitting(of(run), look);
    this.#key = key;
    if (this.#plane.found && this.#plane.found.u.length !== look.names?.length) this.#plane.found = this.#ground.found = null;
    this.#fill_menus();
    this.#root.dataset.many = (look.names?.length ?? 0) > MANY;
    for (const name of Object.keys(KEYS)) this.#draw(name);
    if (!look.problem && look.names.length > 1) this.#want_plane();
    this.#say_soon();
  }

  #draw(name) {
    const problem = this.#look.problem ? " " : name === "path" && this.#look.names.length < 2 ? ONE : "";
    this.#panels[name].show(problem ? null : this.#made(name), problem);
  }

  #made(name, need = (window) => this.#want_ground(window)) {
    const [look, of] = [this.#look, this.#of];
    if (name === "path") return new PathMap(look, of, this.#plane.found, this.#ground.found, need);
    const drawing = new { heat: Heat, lines: Lines, weights: Weights }[name](look, of);
    if (name === "heat") drawing.chosen = (part) => choose_line(look, part);
    return drawing;
  }

  // --- the plane ---

  #want_plane() {
    const { plane, names, runs } = this.#look;
    const there = runs.map((run) => this.#of(run));
    const known = there.map(({ found }) => found).filter(Boolean);
    if (known.length < runs.length && (!known.length || this.#plane.found || known.every(runs_away))) return; // more will come
    if (this.#plane.found && there.some(({ stale }) => stale)) return;
    const moments = moments_of(deciding(known), names.length);
    if (!moments.count) return;
    const part = plane === "pca" ? "plane" : `plane|${plane.join("|")}`;
    this.#ask(this.#plane, part, given_moments(moments), (arrays) => {
      if (arrays.u.length !== this.#look.names?.length) return;
      this.#plane.found = { ...arrays, of: plane };
      this.#draw("path");
      this.#say_soon();
    });
  }

  #want_ground(window) {
    const { found } = this.#plane;
    const there = this.#ground.found;
    const key = this.#key;
    if (!window.every((end) => Math.abs(end) < LARGEST)) return;
    if (there && there.plane === found && there.key === this.#key && alike(there.window, window)) return;
    this.#ask(this.#ground, "ground", given_window(found, window), (arrays) => {
      this.#ground.found = { ...arrays, plane: found, key };
      if (this.#plane.found) this.#draw("path");
    });
  }

  // one question at a time; of those that wait the newest
  async #ask(line, part, given, then) {
    const what = `${this.#key} ${part} ${given}`;
    if (what === line.asked) return;
    line.asked = what;
    line.next = { key: this.#key, part, given, then };
    if (line.busy) return;
    line.busy = true;
    while (line.next) {
      const { key, part, given, then } = line.next;
      line.next = null;
      const arrays = await this.#tiles.one(key, part, given);
      if (arrays) then(arrays);
      else if (!line.next) line.asked = "";
    }
    line.busy = false;
  }

  // --- menus ---

  #menu(name) {
    const labels = { shown: "Runs that are shown", across: "What the plane shows across", up: "What the plane shows upwards" };
    const select = make("select", { "aria-label": labels[name] });
    document.getElementById(`${TAB}-${name}-menu`).append(select);
    select.addEventListener("change", () => this.#chosen(name, select.value));
    return select;
  }

  #fill_menus() {
    const { runs, shown, names = [], plane } = this.#look;
    const weights = names.map((name, i) => [String(i), name]);
    const pca = plane === "pca" || !plane;
    fill(this.#menus.shown, [["", "all runs"], ...runs.map(({ slot, label }) => [String(slot), label])], shown === null ? "" : String(shown));
    fill(this.#menus.across, [["", "principal components"], ...weights], pca ? "" : String(plane[0]));
    fill(this.#menus.up, weights, pca ? "" : String(plane[1]));
    this.#menus.up.closest("label").hidden = pca;
    const dead = gate.last?.shown.dead ?? {};
    for (const [name, key] of [["shown", "train.shown"], ["across", "train.plane"], ["up", "train.plane"]]) {
      this.#menus[name].disabled = Boolean(dead[key]);
      this.#menus[name].title = dead[key] ?? "";
    }
  }

  #chosen(name, value) {
    if (name === "shown") return gate.edit("choice", "train.shown", value);
    const { plane, names } = this.#look;
    if (name === "across" && value === "") return gate.edit("text", "train.plane", "");
    const [across, up] = plane === "pca" ? [null, null] : plane;
    const mine = Number(value);
    const pair = name === "across" ? [mine, mine === up || up === null ? other(mine, across, names) : up] : [mine === across ? other(mine, up, names) : across, mine];
    gate.edit("text", "train.plane", pair.join(","));
  }

  // --- in words, when it stands ---

  #say_soon() {
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => after_frame(() => this.#say()), REST);
  }

  #say() {
    if (!this.#look || playhead.playing()) return;
    const step = playhead.step();
    for (const [name, panel] of Object.entries(this.#panels)) document.getElementById(`${TAB}-${name}-told`).textContent = panel.ready() ? panel.drawing.told(step) : "";
    const there = !this.#look.problem && this.#panels.path.drawing;
    document.getElementById(`${TAB}-share`).textContent = there ? share_in_words(this.#look, this.#plane.found, this.#of) : "";
  }
}

// what was there before may have had other parameters
function fitting({ found, stale }, { names }) {
  return { found: found && found.params[0].length === names.length ? found : null, stale };
}

// another weight than this one
const other = (mine, wanted, names) => (wanted !== null && wanted !== mine ? wanted : (mine + 1) % names.length);

const alike = (one, two) => one.every((end, i) => Math.abs(end - two[i]) < NEAR * Math.abs(one[i | 1] - one[i & ~1]));

// its line is drawn, or dropped if it was
function choose_line({ lines }, part) {
  if (gate.last?.shown.dead?.["train.lines"]) return;
  const next = lines.includes(part) ? lines.filter((one) => one !== part) : [...lines, part].slice(-MOST);
  if (next.length) gate.edit("text", "train.lines", next.join(","));
}

function fill(select, choices, chosen) {
  const told = JSON.stringify(choices);
  if (select.dataset.choices !== told) {
    select.replaceChildren(...choices.map(([value, text]) => make("option", { value }, text)));
    select.dataset.choices = told;
  }
  if (document.activeElement !== select || select.value !== chosen) select.value = chosen;
}

export const fields = new Fields();
