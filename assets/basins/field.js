// The ends of the walks of one run, as far as they are known: what stands in each cell of the finest map.
// what stands for a minimum where there is none
export const UNKNOWN = -3;
export const DIVERGED = -2;
export const NOWHERE = -1;

export class Field {
  constructor(order) {
    this.order = order;
    const { size } = order;
    this.nearest = new Int16Array(size * size).fill(UNKNOWN);
    this.since = new Int16Array(size * size);
    this.done = 0; // starts that are known
  }

  // a tile "first-last"
  fill(part, { nearest, since }) {
    const [first, last] = part.split("-").map(Number);
    const { ends, cells, blocks } = this.order;
    const block = blocks[ends.findIndex((end) => last <= end)];
    for (let i = first; i < last; i++) this.#block(cells[i], block, nearest[i - first], since[i - first]);
    this.done = Math.max(this.done, last);
  }

  #block(cell, { from, to }, nearest, since) {
    const { size } = this.order;
    const [row, column] = [Math.floor(cell / size), cell % size];
    for (let y = from[row]; y < to[row]; y++) {
      this.nearest.fill(nearest, y * size + from[column], y * size + to[column]);
      this.since.fill(since, y * size + from[column], y * size + to[column]);
    }
  }

  // the pass that is whole, -1: none
  pass() {
    return this.order.ends.filter((end) => end <= this.done).length - 1;
  }
}

// how many cells belong to each of `count` minima, to none and to what diverges, and after how many steps the middle one
// of each stays; of the starts that were walked in a whole pass alone
export function shares_of(field, count) {
  const { cells, ends } = field.order;
  const walked = ends[field.pass()] ?? 0;
  const steps = Array.from({ length: count }, () => []);
  const found = { walked, none: 0, diverged: 0, minima: [] };
  for (let i = 0; i < walked; i++) {
    const at = field.nearest[cells[i]];
    if (at >= 0) steps[at].push(field.since[cells[i]]);
    else if (at === DIVERGED) found.diverged += 1;
    else found.none += 1;
  }
  found.minima = steps.map((some) => ({ n: some.length, median: median(some) }));
  return found;
}

function median(numbers) {
  if (!numbers.length) return null;
  const sorted = Int16Array.from(numbers).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
