// "Tuned on this surface": a race of the Sweep tab, whose rates go into the runs when all of them are known.
import { tuned_edits } from "../screen/best.js";
import { gate } from "../wire/gate.js";
import { Tiles } from "../wire/tiles.js";

const tiles = new Tiles("sweep");

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-tune]:not([aria-disabled=true])");
  if (target.closest?.("[data-action], [data-tune]")) say("");
  if (button && !button.ariaBusy) tune(button);
});

// the same page as a race, by the settings that it has
function as_race(query) {
  const [, own = ""] = /[?&]sweep=([^&]*)/.exec(query) ?? [];
  const kept = own.split("~").filter((one) => one && !one.startsWith("kind="));
  const rest = query.replace(/^\?/, "").split("&").filter((part) => part && !part.startsWith("sweep="));
  return `?${[...rest, `sweep=${["kind=race", ...kept].join("~")}`].join("&")}`;
}

async function tune(button) {
  const words = button.textContent;
  const asked = gate.last.query;
  button.ariaBusy = "true";
  const work = await tiles.plan(as_race(asked));
  const found = new Map(); // subject -> what is told of all its rates
  const parts = work?.parts.filter((part) => part.endsWith("|whole")) ?? [];
  const heard = (arrays, part) => {
    found.set(part.slice(0, part.lastIndexOf("|")), arrays);
    button.textContent = `tuning, ${found.size} of ${parts.length}`;
  };
  if (work) await tiles.follow({ key: work.key, parts }, heard);
  button.textContent = words;
  button.ariaBusy = null;
  if (work?.look.problem) say(work.look.problem);
  else if (found.size === parts.length && work) load(work.look, found, asked);
}

// if the page is still the one that was tuned
function load(look, found, asked) {
  if (gate.last.query !== asked) return;
  for (const edit of tuned_edits(look, ({ subject }) => found.get(subject))) gate.edit(...edit);
  say(look.budget);
}

// before the rail is built there is nothing to take back
function say(words) {
  const place = document.getElementById("tuned-said");
  if (place) place.textContent = words;
}

// it holds until something else is done
document.addEventListener("input", () => say(""));
