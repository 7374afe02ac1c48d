// The Train tab: a reply says what is asked, the server plans it, and its tiles are told as they come.
import { make } from "../screen/elements.js";
import { playhead } from "../screen/playhead.js";
import { while_open } from "../screen/tabs.js";
import { theme } from "../screen/theme.js";
import { Tiles } from "../wire/tiles.js";
import { show_asked, show_known } from "./asked.js";
import { bring, file } from "./file.js";
import { Found } from "./found.js";
import { fields } from "./fields.js";
import { fill_results } from "./table.js";

const TAB = "train";

class Train {
  #tiles = new Tiles(TAB, bring);
  #asked = ""; // what was planned last
  #look = null;
  #found = new Map(); // subject -> the arrays of its stretches, in their order
  #joined = new Found();
  #before = new Map(); // slot -> what was drawn of a run until its new numbers come
  #key = "";

  async follow(reply) {
    show_asked(reply);
    const { query } = reply;
    file.follow(reply);
    const asked = `${query} ${theme.mode()}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    const work = await this.#tiles.plan(query);
    if (work) this.#begin(work);
  }

  #begin({ key, parts, look }) {
    this.#before = new Map((this.#look?.runs ?? []).map((run) => [run.slot, this.#of(run).found]));
    this.#look = look;
    show_known(look);
    this.#key = key;
    this.#found = new Map();
    this.#joined = new Found();
    if (look.steps) playhead.follow(look.steps, look.t);
    this.#tell();
    this.#tiles.follow({ key, parts }, (arrays, part) => {
      const subject = part.slice(0, part.lastIndexOf("|"));
      this.#found.set(subject, [...(this.#found.get(subject) ?? []), arrays]);
      this.#joined.add(subject, arrays);
      this.#tell();
    }, () => this.#count(key, look));
  }

  // what it costs to train as the listing does
  async #count(key, look) {
    for (const { subject, label } of look.problem ? [] : look.runs.filter(({ restarts }) => restarts)) {
      const cost = await this.#tiles.one(key, `${subject}|cost`, String(look.goal));
      if (look !== this.#look || !cost) return;
      look.said.push(`${label} ${cost.said}.`);
      this.#tell();
    }
  }

  #of({ slot, subject }) {
    const found = this.#joined.of(subject);
    return found ? { found, stale: false } : { found: this.#before.get(slot) ?? null, stale: true };
  }

  #tell() {
    fields.show(this.#look, (run) => this.#of(run), this.#key);
    const { problem, about, notes = [], said = [], runs } = this.#look;
    const words = document.getElementById("train-problem");
    words.textContent = problem;
    words.hidden = !problem;
    document.getElementById("train-about").textContent = about ?? "";
    document.getElementById("train-notes").replaceChildren(...notes.map((text) => make("li", {}, text)));
    document.getElementById("train-said").replaceChildren(...said.map((text) => make("li", {}, text)));
    const rows = problem ? [] : runs.map((run) => ({ ...run, stretches: this.#found.get(run.subject) ?? [] }));
    fill_results(document.getElementById("train-table"), this.#look, rows);
  }
}

const train = new Train();
while_open(TAB, (reply) => train.follow(reply));
