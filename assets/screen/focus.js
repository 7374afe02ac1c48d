// A control that has the focus keeps it when the rail is made anew: the same control of the same run, wherever the run
// stands now; where there is no such control any more, the run that is open; else the one that has its place.
const CONTROL = "[data-key], [data-action]";
const run_of = (element) => element?.closest(".run");
const slot_of = (run) => run?.querySelector("[data-slot]").dataset.slot;

// what a control is, whichever place its run has
function named(element) {
  const { control = "action", key, action } = element.dataset;
  return `${control} ${(key ?? action).replace(/^(run|open)\.\d/, "$1")}`;
}

const worked = (element) => (element.dataset.key ? element.querySelector("input:checked, input, select") : element);

class Focus {
  #held = null; // the control that may be about to go

  watch(rail) {
    new MutationObserver(() => this.#give_back(rail)).observe(rail, { childList: true, subtree: true });
  }

  // before the rail is made anew
  hold(rail) {
    const control = rail.contains(document.activeElement) && document.activeElement.closest(CONTROL);
    if (!control) return;
    const run = run_of(control);
    this.#held = { name: named(control), slot: slot_of(run), place: [...rail.querySelectorAll(".run")].indexOf(run) };
  }

  #give_back(rail) {
    if (!this.#held) return;
    if (document.activeElement === document.body) this.#successor(rail, this.#held)?.focus({ preventScroll: true });
    this.#held = null;
  }

  #successor(rail, { name, slot, place }) {
    const controls = [...rail.querySelectorAll(CONTROL)];
    const found = controls.find((one) => named(one) === name && slot_of(run_of(one)) === slot);
    if (found) return worked(found);
    const runs = rail.querySelectorAll(".run");
    const heir = rail.querySelector(".run.open") || runs[Math.min(Math.max(place, 0), runs.length - 1)];
    const like = [...heir.querySelectorAll(CONTROL)].find((one) => named(one) === name);
    return like ? worked(like) : heir.querySelector("[data-slot]");
  }
}

export const focus = new Focus();

// what the keyboard goes to is seen whole: a browser is content with a part of it
document.addEventListener("focusin", ({ target }) => {
  const inside = target.closest?.(".details, .segments, .views") && target.matches(":focus-visible");
  if (inside) target.scrollIntoView({ block: "nearest", inline: "nearest" });
});
