// Between controls and server: at most one request in flight, the newest edit of each control waits, none is lost.
// A request is the query a gesture began from and the edits since, so it can be sent again at any time.
import { address } from "../page/address.js";
import { is_playhead, playhead } from "../screen/playhead.js";
import { pointer } from "../screen/pointer.js";
import { theme } from "../screen/theme.js";
import { signal } from "../signal.js";
import { ask } from "./channel.js";

const QUIET = 500; // ms after which keyboard steps of one control count as one change
const COARSE = 200; // ms between replies that bring a new surface

class Gate {
  replied = signal(); // the reply to the newest request
  edits = []; // [kind, key, value] since the base
  open = null; // the slot whose settings are open
  aspect = null; // of the map's element, width to height, in steps of 1/8
  last = null; // the newest reply
  window = null; // x0, x1, y0, y1 that the user looks at
  requests = 0;
  #base = "";
  #have = {}; // the keys of what the page has already
  #busy = false; // a request is in flight
  #dragging = false; // what was edited is edited by a pointer that is down
  #waiting = false; // another one is wanted after it
  #sent_at = 0;
  #quiet = 0;
  #pause = 0;

  constructor() {
    address.travelled.listen((query) => this.restart(query));
    theme.turned.listen(() => this.refresh());
    playhead.rested.listen((step, key) => this.edit("point", key, step));
    pointer.released.listen(() => setTimeout(() => this.#let_go(), 0));
  }

  idle() {
    return !this.#busy && !this.#waiting;
  }

  restart(query) {
    this.#base = query;
    this.edits = [];
    this.#dragging = false;
    this.last = null;
    playhead.release();
    this.refresh();
  }

  // with an answer that is there already; what this page is in particular is asked for behind it
  begin(query, reply) {
    this.#base = query;
    if (reply) this.#receive(reply, this);
    this.refresh();
    if (reply) this.replied.tell(reply);
  }

  edit(kind, key, value) {
    const known = this.edits.findIndex(([k, name]) => k === kind && name === key);
    const another = this.edits.length && this.last && !this.#busy && !pointer.pressed && known < 0;
    if (another) this.finish(); // the change before it is done
    if (known >= 0 && kind !== "action") this.edits.splice(known, 1);
    this.#dragging ||= pointer.pressed;
    this.edits.push([kind, key, value]);
    this.refresh();
  }

  // what this control has sent since the last finished change
  pending(kind, key) {
    return this.edits.find(([k, name]) => k === kind && name === key)?.[2];
  }

  // a change that is not finished is none
  withdraw(kind, key) {
    this.edits = this.edits.filter(([k, name]) => k !== kind || name !== key);
    this.refresh();
  }

  // ask again with what is there: for the theme, an opened run, the fine surface after a gesture
  refresh() {
    if (this.#busy) {
      this.#waiting = true;
      return;
    }
    const wait = this.last?.coarse ? this.#sent_at + COARSE - performance.now() : 0;
    clearTimeout(this.#pause);
    if (wait > 0) this.#pause = setTimeout(() => this.#send(), wait);
    else this.#send();
  }

  async #send() {
    this.#busy = true;
    this.#waiting = false;
    clearTimeout(this.#quiet);
    this.#sent_at = performance.now();
    this.requests += 1;
    const asked = this.#request();
    const { answer, refused } = await ask("request", asked, () => this.#waiting);
    this.#busy = false;
    if (answer) this.#receive(answer, asked);
    else if (refused) this.edits = []; // for good: the page goes on from the last state
    if (this.#waiting) this.refresh(); // the server works while this answer is painted
    else if (answer) this.#settle();
    if (answer) this.replied.tell(answer);
  }

  #request() {
    return {
      base: this.#base,
      edits: [...this.edits],
      have: this.#have,
      open: this.open,
      mode: theme.mode(),
      coarse: pointer.pressed,
      version: document.documentElement.dataset.version,
      aspect: this.aspect,
      window: this.window,
    };
  }

  #receive(reply, asked) {
    this.last = reply;
    if (reply.open !== asked.open) this.open = reply.open; // a copy, to be changed next
    this.#have = { ...reply.keys, rail: reply.rail };
  }

  // the end of a gesture; a click on the map is none, for a second one may follow and take it back
  #let_go() {
    if (pointer.pressed || this.#busy || !this.last || !this.edits.length) return;
    if (this.#dragging) this.finish();
    else this.#settle();
  }

  // without a pointer that says when a gesture ends, silence does
  #settle() {
    if (pointer.pressed) return;
    const moving = this.edits.some(([kind]) => kind === "slider" || kind === "point");
    clearTimeout(this.#quiet);
    if (moving) this.#quiet = setTimeout(() => this.finish(), QUIET);
    else this.finish();
  }

  // the change is over, if the server has answered it
  finish() {
    clearTimeout(this.#quiet);
    if (this.#busy || !this.last) return;
    const silent = this.edits.every(([, key]) => is_playhead(key));
    this.#base = this.last.query;
    this.edits = [];
    this.#dragging = false;
    if (silent) address.replace(this.last.query);
    else address.commit(this.last.query);
    if (this.last.coarse || this.last.partly) this.refresh();
  }
}

export const gate = new Gate();
