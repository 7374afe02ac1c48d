// How far somebody is in the course: what this browser remembers of it, and nobody else. A browser may keep nothing.
import { signal } from "../signal.js";

const KEY = "downslope-learn";
const FAR = { seen: 1, reached: 2 }; // answered once; its target met

class Progress {
  changed = signal();
  #known = read();

  // whether the browser keeps it for the next visit
  kept() {
    return this.#known !== null;
  }

  // "", "seen" or "reached"
  of(id) {
    return this.#known?.[id] ?? this.#here[id] ?? "";
  }

  #here = {}; // for as long as the page lives

  mark(id, how) {
    if ((FAR[this.of(id)] ?? 0) >= FAR[how]) return;
    this.#here[id] = how;
    if (this.#known && !write({ ...this.#known, [id]: how })) this.#known = null;
    else if (this.#known) this.#known[id] = how;
    this.changed.tell();
  }
}

// what was written there is not trusted: another page of this address may have written it
function read() {
  try {
    localStorage.setItem(`${KEY}-try`, "1");
    localStorage.removeItem(`${KEY}-try`);
    return sound(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
  } catch (error) {
    return error instanceof SyntaxError ? {} : null;
  }
}

function sound(known) {
  if (typeof known !== "object" || known === null) return {};
  return Object.fromEntries(Object.entries(known).filter(([, how]) => how in FAR));
}

function write(known) {
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
    return true;
  } catch {
    return false;
  }
}

export const progress = new Progress();
