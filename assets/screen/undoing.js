// Undo and redo, by buttons and by keys; a text keeps the browser's own while it is written.
import { undo } from "../page/undo.js";
import { gate } from "../wire/gate.js";
import { put_out } from "./elements.js";
import { is_playhead } from "./playhead.js";
import { pointer } from "./pointer.js";

const WRITTEN = "input[type=text], textarea";
const WAYS = { undo: () => undo.back(), redo: () => undo.forth() };
const CAN = { undo: () => undo.can_go_back(), redo: () => undo.can_go_forth() };
const NOTHING = { undo: "Nothing to undo", redo: "Nothing to redo" };

// a change that the server has not answered yet is the one to take back
function go(way) {
  if (pointer.pressed) return; // a gesture ends where the pointer lets go
  if (gate.edits.length) gate.finish();
  const unanswered = gate.edits.some(([, key]) => key !== "goto" && !is_playhead(key));
  const query = way === "undo" && unanswered ? undo.now() : WAYS[way]();
  if (query !== null) gate.edit("text", "goto", query);
}

function way_of({ key, shiftKey, ctrlKey, metaKey, altKey }) {
  if (!(ctrlKey || metaKey) || altKey) return null;
  if (key.toLowerCase() === "z") return shiftKey ? "redo" : "undo";
  return key.toLowerCase() === "y" && !shiftKey ? "redo" : null;
}

document.addEventListener("keydown", (event) => {
  const way = way_of(event);
  if (!way || event.target.closest?.(WRITTEN)) return;
  event.preventDefault();
  go(way);
});

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-undo]");
  if (button) go(button.dataset.undo);
});

export function show_undo() {
  for (const button of document.querySelectorAll("[data-undo]")) {
    const way = button.dataset.undo;
    put_out(button, CAN[way]() ? "" : NOTHING[way]);
  }
}

undo.changed.listen(show_undo);
