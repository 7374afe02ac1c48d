// The Train tab: a reply says what is asked, the server plans it, and what its tiles bring is shown as it comes.
import { brought_by } from "../screen/downloads.js";
import { make } from "../screen/elements.js";
import { after_frame, once } from "../screen/frames.js";
import { playhead } from "../screen/playhead.js";
import { while_open } from "../screen/tabs.js";
import { theme } from "../screen/theme.js";
import { gate } from "../wire/gate.js";
import { Tiles } from "../wire/tiles.js";
import { show_asked, show_known } from "./asked.js";
import { epochs_of } from "./epochs.js";
import { file } from "./file.js";
import { fields } from "./fields.js";
import { Found } from "./found.js";
import { Losses } from "./losses.js";
import { Panel } from "./panel.js";
import { Progress } from "./progress.js";
import { fill_results } from "./table.js";

const TAB = "train";
const KEYS = "Losses: up and down go from run to run; left and right move the playhead";
const REST = 200; // ms after which what stands there is said in words
const STEP = /(^|&)step=\d+/; // of a query: where the playhead stands
const subject_of = (part) => part.slice(0, part.lastIndexOf("|"));
const at_home = (name) => document.getElementById(`train-${name}`);

class Train {
  #root = document.getElementById(TAB);
  #tiles = new Tiles(TAB, (hash, late) => file.bring(hash, late));
  #panel = new Panel(at_home("losses"), KEYS);
  #progress = new Progress(at_home("progress"));
  #asked = ""; // what was planned last
  #work = null; // { key, parts } of it
  #look = null;
  #found = new Found();
  #before = new Map(); // slot -> what was drawn of a run until its new numbers come
  #stopped = ""; // the work that was told to stop
  #saying = 0;
  #lighter = null; // gives a look its colours on paper

  constructor() {
    this.#progress.pressed.listen(() => this.#stop_or_go());
    playhead.moved.listen(() => this.#look && playhead.is_shown() && this.#tell_place());
    theme.printed.listen((lighter) => this.#print(lighter));
  }

  get drawing() {
    return this.#panel.drawing;
  }

  // the same anew, for another size
  drawn_anew() {
    return this.drawing && new Losses(this.#look, (run) => this.#of(run));
  }

  async follow(reply) {
    show_asked(reply);
    file.follow(reply);
    const asked = `${reply.query.replace(STEP, "")} ${theme.mode()}`;
    if (asked === this.#asked) return this.#follow_playhead(reply);
    this.#asked = asked;
    this.#root.ariaBusy = "true";
    const work = await this.#tiles.plan(reply.query);
    if (work) this.#begin(work);
  }

  // an address may say another step of the same training
  #follow_playhead({ query, shown }) {
    if (!this.#look?.steps) return;
    const [, step] = query.match(/(?:^|&)step=(\d+)/) ?? [];
    playhead.follow(this.#look.steps, step === undefined ? null : Number(step), shown.dead["playhead.train"], TAB);
  }

  #begin({ key, parts, look }) {
    this.#before = new Map((this.#look?.runs ?? []).map((run) => [run.slot, this.#of(run).found]));
    if (key !== this.#work?.key) this.#found = new Found();
    this.#work = { key, parts };
    this.#look = look;
    show_known(look);
    if (look.steps) playhead.follow(look.steps, look.t, gate.last.shown.dead["playhead.train"], TAB);
    this.#train();
  }

  // all that is not there yet; a training that is half there comes again, from what is kept
  #train() {
    const { key, parts } = this.#work;
    const missing = parts.filter((part) => epochs_of(this.#found.of(subject_of(part))) < this.#look.epochs);
    for (const subject of new Set(missing.map(subject_of))) {
      this.#remember(subject);
      this.#found.drop(subject);
    }
    this.#show();
    if (missing.length && this.#stopped === this.#name) this.#show_progress();
    else {
      this.#root.ariaBusy = "true";
      this.#tiles.follow({ key, parts: missing }, (arrays, part) => this.#add(arrays, part), () => this.#end(this.#look));
    }
  }

  get #name() {
    return JSON.stringify(this.#work);
  }

  #remember(subject) {
    const found = this.#found.of(subject);
    for (const run of this.#look.runs) if (found && run.subject === subject) this.#before.set(run.slot, found);
  }

  #add(arrays, part) {
    if (arrays.unknown) return;
    this.#found.add(subject_of(part), arrays);
    this.#show_soon();
  }

  #end(look) {
    this.#root.ariaBusy = "false";
    this.#before.clear();
    this.drawing?.settle?.();
    this.#show_soon();
    this.#count(look);
  }

  // what it costs to train as the listing does
  async #count(look) {
    const { key } = this.#work;
    for (const { subject, label } of look.problem ? [] : look.runs.filter(({ restarts }) => restarts)) {
      const cost = await this.#tiles.one(key, `${subject}|cost`, String(look.goal));
      if (look !== this.#look || !cost) return;
      look.said.push(`${label} ${cost.said}.`);
      this.#tell();
    }
  }

  #stop_or_go() {
    const stops = this.#stopped !== this.#name;
    this.#stopped = stops ? this.#name : "";
    if (stops) {
      this.#tiles.stop();
      this.#root.ariaBusy = "false";
      this.#show();
    } else this.#train();
  }

  #of({ slot, subject }) {
    const found = this.#found.of(subject);
    return found ? { found, stale: false } : { found: this.#before.get(slot) ?? null, stale: true };
  }

  // --- shown ---

  #show_soon = once(() => this.#show(), after_frame);

  // a print waits for nothing
  #print(lighter) {
    this.#lighter = lighter;
    if (!this.#look) return;
    this.#show();
    this.#panel.ready();
    fields.ready();
  }

  #show() {
    const look = this.#lighter?.(this.#look) ?? this.#look;
    const of = (run) => this.#of(run);
    const before = this.drawing;
    const drawing = look.problem ? null : new Losses(look, of);
    if (this.#root.ariaBusy === "true") drawing?.follow(before);
    this.#panel.show(drawing, look.problem ? " " : "");
    fields.show(look, of, this.#work.key);
    this.#show_progress();
    this.#tell();
  }

  #show_progress() {
    const { problem, epochs, runs } = this.#look;
    if (problem) return this.#progress.hide();
    const there = [...new Set(runs.map(({ subject }) => subject))].map((subject) => epochs_of(this.#found.of(subject)));
    const share = there.reduce((sum, one) => sum + one, 0) / (there.length * epochs);
    this.#progress.show(Math.min(...there), epochs, share, this.#stopped === this.#name);
  }

  #tell() {
    const { problem, about, notes = [], said = [] } = this.#look;
    const words = at_home("problem");
    words.textContent = problem;
    words.hidden = !problem;
    at_home("about").textContent = about ?? "";
    at_home("notes").replaceChildren(...notes.map((text) => make("li", {}, text)));
    at_home("said").replaceChildren(...said.map((text) => make("li", {}, text)));
    this.#tell_place();
  }

  // what follows the playhead: the table at once, and in words when it stands
  #tell_place() {
    const look = this.#look;
    const table = at_home("table");
    if (look.problem) return table.replaceChildren();
    fill_results(table, look, (run) => this.#of(run), { at: Math.floor(playhead.step() / look.per_epoch), stopped: this.#stopped === this.#name });
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => {
      if (!playhead.playing() && this.drawing?.laid) at_home("losses-told").textContent = this.drawing.told(playhead.step());
    }, REST);
  }
}

export const train = new Train();

brought_by((hash) => file.bring(hash, true));
while_open(TAB, (reply) => train.follow(reply));
