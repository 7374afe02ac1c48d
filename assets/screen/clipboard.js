// Copying. A browser gives its clipboard to pages on https or of this machine alone, while a class opens ours over plain
// http: there the old command copies a selection, and where that is refused too, the text stays selected to be copied
// by hand.
import { make } from "./elements.js";

const COPIED = 1500; // ms for which a button says so
const BY_HAND = "The browser does not let this page copy. The text is selected: Ctrl+C (or ⌘C) copies it.";

// the button, which is called `label`, says that it has copied; else a dialog shows the text
export async function copy(text, button, label) {
  if (!((await to_clipboard(text)) || by_selection(text))) return;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = label), COPIED);
}

async function to_clipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // there is none, or it is not allowed
  }
}

// the dialog closes by itself where its selection could be copied
function by_selection(text) {
  const dialog = dialog_with(text);
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector("textarea").select();
  const copied = document.execCommand("copy");
  if (copied) dialog.close();
  return copied;
}

function dialog_with(text) {
  const area = make("textarea", { readonly: "", rows: 8, "aria-label": "Text to copy" }, text);
  const close = make("button", { class: "plain" }, "Close");
  const form = make("form", { method: "dialog" }, make("p", {}, BY_HAND), area, close);
  const dialog = make("dialog", { class: "card", "aria-label": "Copy by hand" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}
