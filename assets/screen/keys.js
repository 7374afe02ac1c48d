// Whom Space and Enter belong to, on the whole page: Space plays, unless it is a letter of a text or was meant for a
// control that the keyboard went to (a click is no such wish, and a presentation has only one use for it). Enter
// leaves a field, and so what was typed holds.
const TEXT = "input[type=text], textarea";
const PRESSED_BY_SPACE = "button:not([data-handle]), a, summary, select, input:not([type=range])";

export const presents = () => document.documentElement.classList.contains("present");

export function keeps_space({ target }) {
  if (target.closest?.(TEXT)) return true;
  if (presents()) return false;
  return reached.by_keys && Boolean(target.closest?.(PRESSED_BY_SPACE));
}

// How the focus came where it is. :focus-visible is no answer: any key makes it true of what was clicked.
const reached = { by_keys: false, lately: "keys" };

document.addEventListener("pointerdown", () => Object.assign(reached, { by_keys: false, lately: "pointer" }), true);
document.addEventListener("keydown", ({ key }) => {
  if (/^(Tab$|Arrow)/.test(key)) reached.lately = "keys";
}, true);
document.addEventListener("focusin", () => (reached.by_keys = reached.lately === "keys"), true);

let taken = false; // a control is pressed when Space comes up again, though it went down for us

export function take_space(event) {
  event.preventDefault();
  taken = true;
}

document.addEventListener("keyup", (event) => {
  if (event.key !== " " || !taken) return;
  event.preventDefault();
  taken = false;
});

document.addEventListener("keydown", ({ key, target, isComposing }) => {
  if (key === "Enter" && !isComposing && target.matches?.("input[type=text]")) target.blur();
});
