// The wheel scrolls the page, wherever the pointer is; with Ctrl, which two fingers on a trackpad press too, it zooms.
import { graph_at } from "./graphs.js";

document.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && graph_at(event.target)) event.stopPropagation(); // Plotly would zoom by any
}, { capture: true, passive: true });
