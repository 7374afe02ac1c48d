// Heavy work in tiles: one is asked for at a time and painted when it comes, light requests pass in between, and what
// is no longer wanted is not asked for.
import { theme } from "../screen/theme.js";
import { ask_heavy } from "./channel.js";

const KEPT = 6; // works whose tiles are kept: back and forward paint them at once

export class Tiles {
  #tab;
  #wanted = 0; // counts what was wanted so far
  #kept = new Map(); // key -> part -> arrays, the one used last at the end

  constructor(tab) {
    this.#tab = tab;
  }

  // nothing of before is wanted any more
  stop() {
    this.#wanted += 1;
  }

  // the work that a page with this query has for this tab; null where something newer is wanted by now, or refused
  async plan(query) {
    const mine = ++this.#wanted;
    const told = { query, mode: theme.mode(), version: document.documentElement.dataset.version, tab: this.#tab };
    const { answer } = await ask_heavy("plan", told, () => mine !== this.#wanted);
    return mine === this.#wanted && answer ? answer : null;
  }

  // each tile of a work in its order, to `paint(arrays, part)`; `done` when all are there
  async follow(work, paint, done = () => {}) {
    const mine = ++this.#wanted;
    const { key, parts } = work;
    const there = this.#tiles_of(key);
    for (const part of parts) {
      if (!there.has(part)) {
        const { answer } = await ask_heavy("tile", { key, part, tab: this.#tab }, () => mine !== this.#wanted);
        if (answer) there.set(answer.part, answer.arrays);
        if (mine !== this.#wanted || !answer) return;
      }
      paint(there.get(part), part);
    }
    done();
  }

  #tiles_of(key) {
    const there = this.#kept.get(key) ?? new Map();
    this.#kept.delete(key);
    this.#kept.set(key, there);
    if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value);
    return there;
  }
}
