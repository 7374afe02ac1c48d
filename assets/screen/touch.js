// Fingers on a graph: one scrolls the page and taps, two zoom. Plotly alone would take the first for a drag and has no
// second; a graph in space keeps its own gestures.
import { graph_at } from "./graphs.js";

const fingers = { pinch: null, next: null };

function plane_touched(event) {
  const graph = graph_at(event.target);
  return graph?.skeleton && !graph.is_space() ? graph : null;
}

// the middle between two fingers on a graph, and how far they are apart
function spread(graph, [one, two]) {
  const box = graph.gd.getBoundingClientRect();
  return {
    middle: [(one.clientX + two.clientX) / 2 - box.x, (one.clientY + two.clientY) / 2 - box.y],
    apart: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY),
  };
}

document.addEventListener("touchstart", (event) => {
  const graph = plane_touched(event);
  if (!graph) return;
  event.stopPropagation();
  if (event.touches.length !== 2) return;
  event.preventDefault();
  fingers.pinch = { graph, axes: graph.axes_shown(), from: spread(graph, event.touches) };
}, { capture: true, passive: false });

document.addEventListener("touchmove", (event) => {
  if (!fingers.pinch || event.touches.length !== 2) return;
  event.preventDefault();
  event.stopPropagation();
  if (!fingers.next) requestAnimationFrame(zoom);
  fingers.next = spread(fingers.pinch.graph, event.touches);
}, { capture: true, passive: false });

for (const name of ["touchend", "touchcancel"])
  document.addEventListener(name, (event) => {
    if (plane_touched(event)) event.stopPropagation();
    if (event.touches.length < 2) fingers.pinch = null;
  }, true);

// what was between the fingers stays between them
function zoom() {
  const { pinch, next } = fingers;
  fingers.next = null;
  if (!pinch) return;
  const closer = pinch.from.apart / Math.max(next.apart, 1);
  pinch.graph.zoom(pinch.axes.map(({ range: [low, high], share }, i) => {
    const held = low + share(pinch.from.middle[i]) * (high - low);
    const size = (high - low) * closer;
    const begin = held - share(next.middle[i]) * size;
    return [begin, begin + size];
  }));
}
