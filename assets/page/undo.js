// The finished changes of this page, to step back and forward among them. The browser's own history is another thing: it
// leads out of the page, and a step here is an entry there like any other change.
import { signal } from "../signal.js";
import { address } from "./address.js";

// where the playhead stands, how the page is lit and what it has at hand are no changes
const ASIDE = ["t", "step", "theme", "present", "strip"];

const parts = (query) => query.replace(/^\?/, "").split("&").filter(Boolean);
const is_aside = (part) => ASIDE.includes(part.split("=")[0]);
const told = (query) => parts(query).filter((part) => !is_aside(part)).join("&");

class Undo {
  changed = signal();
  #past = [];
  #future = [];
  #now = address.read();

  constructor() {
    address.written.listen((query, change) => this.#follow(query, change));
    address.travelled.listen((query) => this.#follow(query, true));
  }

  can_go_back() {
    return this.#past.length > 0;
  }

  can_go_forth() {
    return this.#future.length > 0;
  }

  // what the last change began from, seen as the page is seen now; null: there is none
  back() {
    return this.#step(this.#past, this.#future);
  }

  // what the last step back left
  forth() {
    return this.#step(this.#future, this.#past);
  }

  // the last finished change
  now() {
    return this.#now;
  }

  #step(from, to) {
    if (!from.length) return null;
    to.push(this.#now);
    const aside = parts(this.#now).filter(is_aside);
    this.#now = `?${[told(from.pop()), ...aside].filter(Boolean).join("&")}`;
    this.changed.tell();
    return this.#now;
  }

  #follow(query, change) {
    const same = told(query) === told(this.#now);
    if (change && !same) {
      this.#past.push(this.#now);
      this.#future.length = 0;
    }
    this.#now = query;
    this.changed.tell();
  }
}

export const undo = new Undo();
