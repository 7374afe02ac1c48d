// Pointing at a run's row, its line or its head.
import { graph_at, point_at, point_near } from "./graphs.js";

document.addEventListener("pointerover", ({ target }) => {
  const row = target.closest?.("[data-slot]");
  if (row) point_at(Number(row.dataset.slot));
  else if (!target.closest?.(".graph")) point_at(null);
});

document.addEventListener("pointermove", (event) => {
  const graph = graph_at(event.target);
  if (!graph || event.buttons) return;
  const box = graph.gd.getBoundingClientRect();
  point_near(graph, event.clientX - box.x, event.clientY - box.y);
});
