// A lesson lies over the tab that its address names: a reply says which and where one is in it, the server plans what the
// panel says of that, and what somebody does there becomes edits like those of any control.
import { address } from "../page/address.js";
import { presents } from "../screen/keys.js";
import { playhead } from "../screen/playhead.js";
import { pointer } from "../screen/pointer.js";
import { tab_shown } from "../screen/place.js";
import { while_over } from "../screen/tabs.js";
import { theme } from "../screen/theme.js";
import { gate } from "../wire/gate.js";
import { Tiles } from "../wire/tiles.js";
import { Panel } from "./panel.js";
import { kind_of } from "./phases.js";
import { progress } from "./progress.js";
import { unlock } from "./unlocked.js";
import { watch } from "./watched.js";

const PATIENT = 300; // ms that an answer may take before the panel says that it is computed
const AHEAD = "ahead"; // how the tiles begin that tell nothing: what takes long is worked out in them
const WAIT = 100; // ms between two looks at whether a training is there
const PAGES = { PageUp: -1, PageDown: 1 };
const KEEPS_PAGES = "textarea, select";
const KEEPS_IN_HAND = "input[type=range]"; // where nothing is presented
const PLAYHEAD = /(^|[?&])(t|step)=\d+/g;
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const root = document.documentElement;

class Lesson {
  #place = document.getElementById("lesson");
  #tiles = new Tiles("learn");
  #panel = new Panel(this.#place, this.#acts());
  #asked = ""; // what was planned last
  #open = null; // { id, phase } of what the panel shows
  #acted = false; // somebody on this page led to what comes next
  #waiting = 0; // until the panel says that it is computed
  #ready = new Set(); // the questions of which all is worked out that takes long
  #target = null; // how far the target of this lesson is tried

  follow(reply) {
    const { lesson } = reply;
    if (!lesson) return this.#close();
    root.dataset.phase = kind_of(lesson.phase);
    const asked = `${reply.query.replace(PLAYHEAD, "")} ${theme.mode()}`;
    this.complain(reply.messages);
    if (asked === this.#asked || this.#is_moving(lesson)) return;
    this.#asked = asked;
    this.#ask(reply.query);
  }

  // a target is looked at when a change is over
  #is_moving({ id, phase }) {
    const same = id === this.#open?.id && phase === this.#open.phase;
    return same && kind_of(phase) === "try" && (pointer.pressed || gate.edits.length > 0);
  }

  // what was typed there and cannot be used
  complain(messages) {
    const why = Object.entries(messages).find(([key]) => key.startsWith("lesson."));
    if (why) this.#panel.complain(why[1]);
  }

  step(by) {
    this.#panel.step(by);
  }

  is_open() {
    return this.#open !== null;
  }

  async #ask(query) {
    this.#place.ariaBusy = "true";
    clearTimeout(this.#waiting);
    const work = await this.#tiles.plan(query);
    if (!work) return;
    const { look, key, parts } = work;
    if (!look.lesson) return;
    const telling = parts.filter((part) => !part.startsWith(AHEAD));
    this.#waiting = telling.length ? setTimeout(() => this.#show(look, null), PATIENT) : 0;
    if (!telling.length) this.#show(look, null, key);
    const whose = `${look.lesson.id} ${look.ask.n}`;
    const wanted = this.#ready.has(whose) ? telling : parts;
    await this.#tiles.follow({ key, parts: wanted }, (arrays, part) => {
      if (part === telling[0]) this.#show(look, arrays, key);
    }, () => this.#ready.add(whose));
  }

  #show(look, piece, key = null) {
    clearTimeout(this.#waiting);
    const before = this.#open;
    const { id } = look.lesson;
    this.#open = { id, phase: look.phase };
    const revealed = before?.id === id && kind_of(before.phase) === "ask" && kind_of(look.phase) === "see";
    this.#count(look, piece, key);
    if (before?.phase !== look.phase) this.#open_run(look.target?.open ?? null);
    this.#panel.show(look, piece, { asked: this.#acted, played: this.#target });
    if (key !== null) this.#end(look, piece);
    if (revealed) play();
  }

  #end({ lesson: { id }, phase, target }, piece) {
    this.#place.ariaBusy = "false";
    this.#acted = false;
    unlock(target && (target.unlock.length ? target.unlock : null));
    watch(piece?.watch);
    if (kind_of(phase) === "see") progress.mark(id, "seen");
  }

  // whose settings are to be moved, these are open
  #open_run(slot) {
    if (slot === null || gate.open === slot) return;
    gate.open = slot;
    gate.refresh();
  }

  // changes that did not meet the target, of this lesson in this visit
  #count({ lesson: { id }, phase }, piece, key) {
    if (this.#target?.id !== id) this.#target = { id, tries: 0, shown: false, given_up: false, last: null };
    if (kind_of(phase) !== "try" || !piece) return;
    const { last, shown } = this.#target;
    if (last !== null && last !== key && !piece.holds) Object.assign(this.#target, { tries: this.#target.tries + 1, shown: false });
    this.#target.last = key;
    if ((piece.holds && !shown) || (piece.cannot && this.#target.given_up)) progress.mark(id, "reached");
  }

  #close() {
    if (!this.#open) return;
    this.#tiles.stop();
    this.#panel.hide();
    watch(null);
    unlock(null);
    delete root.dataset.phase;
    this.#open = null;
    this.#asked = "";
  }

  #acts() {
    const edit = (kind, key, value) => {
      this.#acted = true;
      gate.edit(kind, key, value);
    };
    return {
      presents,
      say: (said) => edit("text", "lesson.said", said),
      phase: (name) => edit("choice", "lesson.phase", name),
      open: (id) => edit("choice", "lesson.open", id),
      lang: (code) => edit("choice", "view.lang", code),
      reason: (place) => gate.edit("choice", "lesson.reason", String(place)),
      controls: () => setTimeout(() => document.getElementById("drawer").click(), 0), // this click is one beside the sheet
      leave: () => edit("action", "lesson.leave", 1),
      way: () => {
        this.#target.shown = true;
        gate.edit("action", "lesson.way", 1);
      },
      give_up: () => {
        this.#target.given_up = true;
        this.#asked = "";
        this.follow(gate.last);
      },
    };
  }
}

// what was asked is seen from its first step on; a training when it is there
function play(tries = 50) {
  if (STILL.matches || !["explore", "train"].includes(tab_shown())) return;
  const waits = tab_shown() === "train" && (!playhead.is_shown() || document.getElementById("train").ariaBusy === "true");
  if (!waits) playhead.run();
  else if (tries) setTimeout(() => play(tries - 1), WAIT);
}

export const lesson = new Lesson();

while_over((reply) => lesson.follow(reply));
address.written.listen(() => gate.last && lesson.follow(gate.last));

document.addEventListener("keydown", (event) => {
  const by = PAGES[event.key];
  const kept = event.target.closest?.(presents() ? KEEPS_PAGES : `${KEEPS_PAGES}, ${KEEPS_IN_HAND}`);
  if (!by || !lesson.is_open() || kept || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault(); // and so the playhead leaves it alone
  lesson.step(by);
}, true);
