// The start on the map: a handle to drag or to move by keys, and the exact loss and gradient under the pointer.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const PART = 200, LARGE = 10; // an arrow moves a 200th of the map, with Shift ten times that
  let start = [0, 0], domain = [[0, 1], [0, 1]], dragged = false;

  const graph = () => downslope.graphs.map;
  const handle = () => document.getElementById("start-handle");
  const plane = () => {
    const full = graph()?.gd._fullLayout;
    return full?.xaxis && !full.xaxis2 && graph().skeleton.layout.clickanywhere ? full : null;
  };

  downslope.handle = (point, span) => {
    domain = span;
    if (!dragged) start = point;
    place();
  };
  downslope.painted = (painted) => painted === graph() && place();

  function place() {
    const full = plane();
    const element = handle();
    element.hidden = !full;
    if (!full) return;
    const { xaxis, yaxis } = full;
    const x = xaxis._offset + xaxis.l2p(start[0]), y = yaxis._offset + yaxis.l2p(start[1]);
    const inside = x >= xaxis._offset && x <= xaxis._offset + xaxis._length && y >= yaxis._offset && y <= yaxis._offset + yaxis._length;
    element.style.transform = `translate(${x}px, ${y}px)`;
    element.style.visibility = inside ? "" : "hidden";
  }

  function at(event) {
    const { xaxis, yaxis } = plane();
    const box = graph().gd.getBoundingClientRect();
    return [xaxis.p2l(event.clientX - box.x - xaxis._offset), yaxis.p2l(event.clientY - box.y - yaxis._offset)];
  }

  function move(point) {
    start = point.map((value, i) => Math.min(Math.max(value, domain[i][0]), domain[i][1]));
    place();
    downslope.gate.edit("point", "start", start);
  }

  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest?.("#start-handle") || event.button) return;
    dragged = true;
    handle().setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (dragged) move(at(event));
    else if (event.target.closest?.("#graph-map") && plane()) probe(event);
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => (dragged = false));
  document.addEventListener("keydown", (event) => {
    const way = event.target.closest?.("#start-handle") && STEPS[event.key];
    if (!way) return;
    event.preventDefault();
    const far = event.shiftKey ? LARGE : 1;
    move(start.map((value, i) => value + (way[i] * far * (domain[i][1] - domain[i][0])) / PART));
  });

  // one question in flight; the newest place waits
  let asking = false, next = null;
  function probe(event) {
    const full = plane();
    const point = at(event);
    const inside = point.every((value, i) => [full.xaxis, full.yaxis][i].range[0] <= value && value <= [full.xaxis, full.yaxis][i].range[1]);
    if (!inside) return;
    next = point;
    if (!asking) ask();
  }
  function ask() {
    asking = true;
    window.dash_clientside.set_props("probe", { data: { query: location.search, at: next } });
    next = null;
  }
  downslope.probe_read = (text) => {
    asking = false;
    document.getElementById("readout").textContent = text;
    if (next) ask();
  };
})();
