// What explains itself: the meaning of a term on hover, on focus and on a tap, beside it. The texts come with the page.
import { make } from "./elements.js";

const GAP = 6; // px between a term and its meaning
const tip = make("div", { id: "tip", popover: "manual", "aria-hidden": "true" }); // what describes it is read out anyhow
let term = null; // the one that is explained now,
let stood = 0; // and how high it stood

const term_at = (element) => element.closest?.("[data-term]");

// a tap on what does something does that
const tapped = (element) => element.closest("[data-term]:not([data-action])");

function explain(asked) {
  if (asked === term) return;
  dismiss();
  const meaning = document.getElementById(`term-${asked.dataset.term}`);
  if (!meaning) return;
  term = asked;
  tip.replaceChildren(make("b", {}, meaning.previousElementSibling.textContent), meaning.textContent);
  document.body.append(tip);
  stood = asked.getBoundingClientRect().top;
  tip.showPopover();
  place(asked.getBoundingClientRect(), (asked.closest(".field, .card-head, tr") || asked).getBoundingClientRect());
}

// above, where it hides neither the term nor what belongs to it; else below all of that
function place(box, row) {
  const { width, height } = tip.getBoundingClientRect();
  const above = box.top - height - GAP;
  tip.style.left = `${Math.max(8, Math.min(box.left, document.documentElement.clientWidth - width - 8))}px`;
  tip.style.top = `${above >= 0 ? above : Math.min(row.bottom + GAP, innerHeight - height)}px`;
}

function dismiss() {
  if (term) tip.hidePopover();
  term = null;
}

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse" || target.closest?.("#tip")) return;
  if (term_at(target)) explain(term_at(target));
  else if (term !== document.activeElement) dismiss();
});
document.addEventListener("focusin", ({ target }) => (term_at(target) ? explain(term_at(target)) : dismiss()));
document.addEventListener("focusout", dismiss);
document.addEventListener("click", ({ target }) => target.isConnected && tapped(target) && explain(tapped(target)));
document.addEventListener("pointerdown", ({ target }) => target.closest?.("[data-term], #tip") || dismiss());
addEventListener("scroll", () => term?.getBoundingClientRect().top !== stood && dismiss(), { capture: true, passive: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !term) return;
  event.stopImmediatePropagation(); // it closes this and nothing else
  dismiss();
}, true);
