// What of the plane is in sight: the shape of the map, and where the user has moved it. The server hears of it as soon
// as it rests, and brings the ground that is missing.
import { gate } from "../wire/gate.js";
import { graphs, looked } from "./graphs.js";

const REST = 120; // ms
const PARTS = 8; // the aspect and the window go by such parts of themselves, so that answers can be used again
const LOOSE = 2; // times what is seen: a window that is larger is too coarse

let rest = 0;

looked.listen((graph) => {
  if (graph !== graphs.map) return;
  clearTimeout(rest);
  rest = setTimeout(() => measure() && gate.refresh(), REST);
});

// whether anything is in sight that was not
export function measure() {
  const before = `${gate.aspect} ${gate.window}`;
  const { clientWidth, clientHeight } = document.getElementById("graph-map");
  if (clientWidth && clientHeight) gate.aspect = Math.max(Math.round((PARTS * clientWidth) / clientHeight), 1) / PARTS;
  const seen = graphs.map?.chosen();
  gate.window = seen ? window_of(seen) : null;
  return before !== `${gate.aspect} ${gate.window}`;
}

// the window that was asked for, if it still fits; else another one, with a margin
function window_of(seen) {
  const known = gate.window && [gate.window.slice(0, 2), gate.window.slice(2)];
  return known?.every((range, i) => fits(range, seen[i])) ? gate.window : seen.flatMap(stepped);
}

const fits = ([low, high], [least, most]) => low <= least && high >= most && high - low <= LOOSE * (most - least);

function stepped([low, high]) {
  const step = 2 ** Math.round(Math.log2((high - low) / PARTS));
  return [(Math.floor(low / step) - 1) * step, (Math.ceil(high / step) + 1) * step];
}
