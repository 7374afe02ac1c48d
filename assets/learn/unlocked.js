// Of the rail a target shows what may be moved for it, and nothing else.
const rail = document.getElementById("rail");
const OTHERWISE = { run: "runs", master: "masters", schedule: "weather" }; // first word of an edit -> its area
const AREAS = ["weather", "start", "steps", "sweep", "basins", "train", "runs", "masters"];
let free = null; // the areas, or null where all are shown

const area_of = (key) => {
  const word = key.split(".")[0];
  const area = OTHERWISE[word] ?? word;
  return AREAS.includes(area) ? area : "surface";
};

// what is unlocked, as edits or areas; null: there is no target
export function unlock(keys) {
  free = keys && [...new Set(keys.map(area_of))];
  show();
}

function show() {
  for (const card of rail.querySelectorAll(".card[data-area]"))
    card.classList.toggle("locked-away", Boolean(free) && !card.dataset.area.split(" ").some((area) => free.includes(area)));
}

new MutationObserver(show).observe(rail, { childList: true, subtree: true });
