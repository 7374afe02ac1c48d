// The controls beside the map. Dash builds them: it is read when the first view is painted.
import { focus } from "./focus.js";
import { fetch_ahead, run, run_text } from "./scripts.js";

const place = { wanted: null, begun: false }; // the components that it does not have yet
const rail = () => document.getElementById("rail");
const is_there = () => Boolean(document.getElementById("controls"));
const scripts = () => [...document.getElementById("dash").content.querySelectorAll("script")];

export function fetch_dash() {
  for (const { src } of scripts()) if (src) fetch_ahead(src);
}

export async function renew_rail(children) {
  place.wanted = children;
  if (!place.begun) await begin();
  if (!is_there() || !place.wanted) return;
  focus.hold(rail());
  window.dash_clientside.set_props("controls", { children: place.wanted });
  place.wanted = null;
}

async function begin() {
  place.begun = true;
  focus.watch(rail());
  for (const { src, textContent } of scripts()) await (src ? run(src) : run_text(textContent));
  while (!is_there()) await changed(rail());
}

function changed(element) {
  return new Promise((done) => {
    const observer = new MutationObserver(() => {
      observer.disconnect();
      done();
    });
    observer.observe(element, { childList: true, subtree: true });
  });
}
