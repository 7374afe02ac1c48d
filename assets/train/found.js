// What is known of each training: the arrays of its stretches, joined in their order.
const ROWS = ["during", "loss", "validation", "accuracy", "validation_accuracy", "effective_lr", "rms_grad", "params", "at", "weights"];
const AGAIN = new Set(["loss", "validation", "accuracy", "validation_accuracy", "params", "at", "weights"]); // begin with the last row of before

export class Found {
  #known = new Map(); // subject -> its arrays so far

  of(subject) {
    return this.#known.get(subject) ?? null;
  }

  add(subject, arrays) {
    const before = this.#known.get(subject);
    this.#known.set(subject, before ? joined(before, arrays) : { ...arrays });
  }

  // a work begins anew with these, for its tiles come again, from what is kept or from the server
  drop(subject) {
    this.#known.delete(subject);
  }
}

function joined(before, next) {
  // each stretch says it of itself: what is lost is so since the first of them
  const diverged_at = before.diverged_at.map((at, k) => (at >= 0 ? at : next.diverged_at[k]));
  const whole = { ...before, diverged_at, seconds: before.seconds + next.seconds };
  for (const name of ROWS)
    if (before[name]) {
      const more = AGAIN.has(name) ? tail(next[name]) : next[name];
      whole[name] = Array.isArray(before[name]) ? [...before[name], ...more] : appended(before[name], more);
    }
  return whole;
}

const tail = (rows) => (Array.isArray(rows) ? rows.slice(1) : rows.subarray(1));

function appended(one, more) {
  const whole = new one.constructor(one.length + more.length);
  whole.set(one);
  whole.set(more, one.length);
  return whole;
}
