// Fingers on a graph: one scrolls the page and taps, two zoom. Plotly alone would take the first for a drag and has no
// second; a graph in space keeps its own gestures.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  let pinch = null, next = null;

  const touched = (event) => {
    const element = event.target.closest?.(".graph");
    const graph = element && downslope.graphs[element.dataset.graph];
    return graph?.skeleton && !graph.skeleton.layout.scene ? graph : null;
  };
  const place = (gd, [one, two]) => {
    const box = gd.getBoundingClientRect();
    return {
      x: (one.clientX + two.clientX) / 2 - box.x,
      y: (one.clientY + two.clientY) / 2 - box.y,
      apart: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY),
    };
  };

  document.addEventListener("touchstart", (event) => {
    const graph = touched(event);
    if (!graph) return;
    event.stopPropagation();
    if (event.touches.length !== 2) return;
    event.preventDefault();
    const { xaxis, yaxis } = graph.gd._fullLayout;
    const axes = { xaxis, yaxis };
    const ranges = Object.fromEntries(Object.entries(axes).map(([name, axis]) => [name, [...axis.range]]));
    pinch = { graph, axes, ranges, from: place(graph.gd, event.touches) };
  }, { capture: true, passive: false });

  document.addEventListener("touchmove", (event) => {
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault();
    event.stopPropagation();
    if (next === null) requestAnimationFrame(zoom);
    next = place(pinch.graph.gd, event.touches);
  }, { capture: true, passive: false });

  for (const name of ["touchend", "touchcancel"])
    document.addEventListener(name, (event) => {
      if (touched(event)) event.stopPropagation();
      if (event.touches.length < 2) pinch = null;
    }, true);

  // what was between the fingers stays between them
  function zoom() {
    const to = next;
    next = null;
    if (!pinch) return;
    const { graph, axes, ranges, from } = pinch;
    const change = {};
    for (const [name, axis] of Object.entries(axes)) {
      const [low, high] = ranges[name];
      const side = name[0];
      const share = (at) => (side === "x" ? at - axis._offset : axis._length + axis._offset - at) / axis._length;
      const size = ((high - low) * from.apart) / Math.max(to.apart, 1);
      const held = low + share(from[side]) * (high - low);
      const begin = held - share(to[side]) * size;
      change[`${name}.range`] = [begin, begin + size];
    }
    graph.zoomed = true;
    window.Plotly.relayout(graph.gd, change);
  }
})();
