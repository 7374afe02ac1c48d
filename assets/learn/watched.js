// The place on the page where the deciding number stands has a frame: found by its id, never by what it is called.

const FRAMED = "framed";
let wanted = null; // the id, in words of a lesson
let framed = null;

const PLACES = {
  map: () => document.querySelector(".map-card"),
  sweep: () => document.getElementById("sweep-plot")?.closest(".card"),
  basins: () => document.querySelector(".basins-card"),
  train: (part) => document.querySelector(`.train .${part}-card`) ?? document.getElementById(`train-${part}`)?.closest(".card"),
  panel: (name) => document.querySelector(`[data-graph="${name}"]`)?.closest(".card") ?? showing(name),
  table: (...parts) => document.querySelector(`#details [data-place="${parts.at(-1)}"] [data-column="${parts.slice(0, -1).join(".")}"]`),
};

// the panel of a quantity: the one that always shows it, or the one where it is chosen
function showing(quantity) {
  const fixed = { effective_lr: "lr", rms_grad: "rms" }[quantity] ?? "third";
  return document.querySelector(`[data-graph="${fixed}"]`)?.closest(".card");
}

export function watch(id) {
  wanted = id || null;
  frame();
}

// again, for what is made anew loses it
export function frame() {
  const [kind, ...rest] = wanted?.split(".") ?? [];
  const found = PLACES[kind]?.(...rest) ?? null;
  if (found === framed && (!found || found.isConnected)) return;
  framed?.classList.remove(FRAMED);
  found?.classList.add(FRAMED);
  framed = found;
}

new MutationObserver(frame).observe(document.getElementById("page"), { childList: true, subtree: true });
