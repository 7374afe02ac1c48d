// What the tiles have brought so far: of each subject a column for every number, and which places of it are known.

const COLUMNS = ["final", "best", "first", "stays", "diverged", "low", "high"];

export class Found {
  #subjects = new Map();
  #parts = new Set();

  constructor(key, count) {
    this.key = key;
    this.count = count;
  }

  has(part) {
    return this.#parts.has(part);
  }

  add(part, { at, widths, chosen, ...columns }) {
    this.#parts.add(part);
    const subject = this.#of(part.slice(0, part.lastIndexOf("|")));
    subject.best_cell = undefined; // it may be among what comes
    for (let i = 0; i < at.length; i++) {
      subject.known[at[i]] = 1;
      for (const name of COLUMNS) if (columns[name]) subject[name][at[i]] = columns[name][i];
    }
    Object.assign(subject, widths && { widths }, chosen && { chosen });
  }

  // null where nothing is known of it
  of(subject) {
    return this.#subjects.get(subject) ?? null;
  }

  // what no run asks for any more is forgotten
  keep(subjects) {
    for (const one of [...this.#subjects.keys()]) if (!subjects.includes(one)) this.#forget(one);
  }

  #forget(subject) {
    this.#subjects.delete(subject);
    for (const part of [...this.#parts]) if (part.startsWith(`${subject}|`)) this.#parts.delete(part);
  }

  #of(subject) {
    if (!this.#subjects.has(subject)) this.#subjects.set(subject, this.#empty());
    return this.#subjects.get(subject);
  }

  #empty() {
    const column = () => new Float64Array(this.count).fill(NaN);
    return { known: new Uint8Array(this.count), ...Object.fromEntries(COLUMNS.map((name) => [name, column()])) };
  }
}
