// What is drawn and told of the epochs of a training: of all its shuffles the median, the lowest and the highest.

// the curves of each choice: [column of what is found, what it is called, its dash]
export const CURVES = {
  loss: [
    ["loss", "on all data", []],
    ["during", "during the epoch", [2, 3.5]],
    ["validation", "held out", [10, 5]],
  ],
  accuracy: [
    ["accuracy", "on all data", []],
    ["validation_accuracy", "held out", [10, 5]],
  ],
};

const kept = new WeakMap(); // what is found -> column -> what is made of it

// { middle, low, high } of a column, one number an epoch; null where there is none. Row 0 of `during` is the first epoch,
// of the others what was there before it.
export function over_shuffles(found, column) {
  if (!found?.[column]) return null;
  if (!kept.has(found)) kept.set(found, {});
  return (kept.get(found)[column] ??= summed_up(found[column]));
}

function summed_up(rows) {
  const [middle, low, high] = [0, 0, 0].map(() => new Float64Array(rows.length));
  rows.forEach((row, i) => {
    const sorted = in_order(row);
    [middle[i], low[i], high[i]] = [median(sorted), sorted[0], sorted.at(-1)];
  });
  return { middle, low, high };
}

// a shuffle that diverged is larger than all
const in_order = (row) => Array.from(row, (one) => (Number.isFinite(one) ? one : Infinity)).sort((a, b) => a - b);

function median(sorted) {
  const half = (sorted.length - 1) / 2;
  const [one, other] = [sorted[Math.floor(half)], sorted[Math.ceil(half)]];
  return one === other ? one : (one + other) / 2;
}

// how far a training has come
export const epochs_of = (found) => found?.during.length ?? 0;

// the first epoch of each shuffle whose mean over its batches is at most this, as { middle, low, high }; Infinity: none yet
export function epochs_to(found, goal) {
  const [{ length: shuffles }] = found.during;
  const first = Array.from({ length: shuffles }, (_, k) => {
    const epoch = found.during.findIndex((row) => row[k] <= goal);
    return epoch < 0 ? Infinity : epoch + 1;
  }).sort((a, b) => a - b);
  return { middle: median(first), low: first[0], high: first.at(-1) };
}

// the lowest of the medians on all data, and after which epoch
export function lowest_of(found) {
  const { middle } = over_shuffles(found, "loss");
  const epoch = middle.reduce((best, value, i) => (value < middle[best] ? i : best), 0);
  return { value: middle[epoch], epoch };
}

// after how many epochs the median on all data is no number any more; -1: it is one to the end
export const gone_after = (found) => over_shuffles(found, "loss").middle.findIndex((value) => !Number.isFinite(value));

// shuffles that are no numbers any more, and the first step of one of them
export function lost_of({ diverged_at }) {
  const steps = Array.from(diverged_at).filter((step) => step >= 0);
  return steps.length ? { count: steps.length, of: diverged_at.length, step: Math.min(...steps) } : null;
}
