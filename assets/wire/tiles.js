// Heavy work in tiles: one is asked for at a time and painted when it comes, light requests pass in between, and what
// is no longer wanted is not asked for.
import { theme } from "../screen/theme.js";
import { ask_heavy } from "./channel.js";

const KEPT = 48 * 2 ** 20; // bytes of tiles that are kept: back and forward paint them at once
const SMALL = 1024; // bytes that a tile costs at least

export class Tiles {
  #tab;
  #bring; // the bytes of a file that the server does not know, by its hash; null where the page has none
  #wanted = 0; // counts what was wanted so far
  #kept = new Map(); // key, part and what was given -> arrays, the one used last at the end
  #size = 0; // bytes of all of them

  constructor(tab, bring = () => null) {
    this.#tab = tab;
    this.#bring = bring;
  }

  // nothing of before is wanted any more
  stop() {
    this.#wanted += 1;
  }

  // the work that a page with this query has for this tab; null where something newer is wanted by now, or refused
  async plan(query) {
    const mine = ++this.#wanted;
    const told = { query, mode: theme.mode(), version: document.documentElement.dataset.version, tab: this.#tab };
    const answer = await ask_bringing("plan", told, this.#bring, () => mine !== this.#wanted);
    return mine === this.#wanted && answer ? answer : null;
  }

  // Each tile of a work in its order, to `paint(arrays, part)`; `done` when all are there. What a tile hands on as its
  // `checkpoint`, the next one is given whose part says the same before its last "|".
  async follow(work, paint, done = () => {}) {
    const mine = ++this.#wanted;
    const handed = new Map();
    for (const part of work.parts) {
      const whose = part.slice(0, part.lastIndexOf("|"));
      const arrays = await this.#tile(work.key, part, handed.get(whose) ?? "", mine);
      if (mine !== this.#wanted || !arrays) return;
      handed.set(whose, arrays.checkpoint ?? "");
      paint(arrays, part);
    }
    done();
  }

  // one tile beside those of a work, which leaves them as they are; null where it is refused
  one(key, part, given = "") {
    return this.#tile(key, part, given, null);
  }

  async #tile(key, part, given, mine) {
    const name = JSON.stringify([key, part, given]);
    const superseded = () => mine !== null && mine !== this.#wanted;
    const arrays = this.#kept.get(name) ?? (await this.#asked({ key, part, given, tab: this.#tab }, superseded));
    if (arrays) this.#keep(name, arrays);
    return arrays;
  }

  async #asked(fields, superseded) {
    const answer = await ask_bringing("tile", fields, this.#bring, superseded);
    return answer && !answer.arrays.unknown ? answer.arrays : null;
  }

  // what was used longest ago goes first
  #keep(name, arrays) {
    if (this.#kept.delete(name)) this.#size -= size_of(name, arrays);
    this.#kept.set(name, arrays);
    this.#size += size_of(name, arrays);
    for (const [oldest, old] of this.#kept) {
      if (this.#size <= KEPT || oldest === name) return;
      this.#kept.delete(oldest);
      this.#size -= size_of(oldest, old);
    }
  }
}

// The answer to what is heavy, asked for again with the file where one was missing.
async function ask_bringing(kind, fields, bring, superseded) {
  const { answer } = await ask_heavy(kind, fields, superseded);
  const { unknown } = answer?.look ?? answer?.arrays ?? {};
  const file = unknown && !superseded() ? bring(unknown, kind === "tile") : null;
  return (file ? (await ask_heavy(kind, fields, superseded, file)).answer : answer) ?? null;
}

const size_of = (name, arrays) =>
  SMALL + name.length + Object.values(arrays).flat().reduce((sum, one) => sum + (one?.byteLength ?? one?.length ?? 0), 0);
