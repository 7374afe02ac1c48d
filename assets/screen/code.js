// The address of the page as a QR code, for a class that looks at the wall: Q shows it in a presentation, and hides it.
import { make } from "./elements.js";
import { presents } from "./keys.js";

const TEXT = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select";
const code = make("dialog", { id: "code", "aria-label": "QR code of this page" });

// where a class finds the page, which may be elsewhere than where its teacher does, and what it shows
function link() {
  const home = document.documentElement.dataset.class || location.origin + location.pathname;
  return home + location.search;
}

function show() {
  const of = link();
  const picture = make("img", { src: `qr?of=${encodeURIComponent(of)}`, alt: `QR code of ${of}` });
  code.replaceChildren(picture, make("p", {}, of));
  document.body.append(code);
  code.showModal();
}

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey, target, repeat } = event;
  if (key.toLowerCase() !== "q" || ctrlKey || metaKey || altKey || repeat || !presents() || target.closest?.(TEXT)) return;
  event.preventDefault();
  if (code.open) code.close();
  else show();
});
code.addEventListener("click", () => code.close());
code.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation()); // it closes this alone
